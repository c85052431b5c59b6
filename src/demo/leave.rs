//! The staff of an HR base, and the absences of 24 of them.

use anyhow::Context;
use events::{Actor, Capacity, Clock, Metadata};
use std::fmt::Write;
use std::time::Instant;
use web::Text;
use write_api::WriteApi;
use write_api::import::{Input, People, Reading, import_absences, import_hr};

/// A sample HR base; its licence stands beside it.
const HR: [(&str, &str); 4] = [
    ("departments.csv", include_str!("hr/departments.csv")),
    ("dept_manager.csv", include_str!("hr/dept_manager.csv")),
    ("dept_emp_10001_10600.csv", include_str!("hr/dept_emp_10001_10600.csv")),
    ("titles_10001_10600.csv", include_str!("hr/titles_10001_10600.csv")),
];

/// The absences of 24 persons of another firm, from July of a first year on; the licence stands beside them.
const ABSENCES: &str = include_str!("absence/absenteeism_ids_1_24.csv");
const ABSENCES_NAME: &str = "absenteeism_ids_1_24.csv";
const FIRST_YEAR: i32 = 2007;
const PERSONS: usize = 24;

/// Imports both, and says what came of them.
pub(super) async fn report(api: &WriteApi) -> anyhow::Result<String> {
    let metadata = || Metadata::new(Actor::Service, Capacity::Operator, Clock::system().now());
    let folder = tempfile::tempdir().context(Text::new("aucun dossier pour la base", "no folder for the HR base"))?;
    for (name, text) in HR {
        tokio::fs::write(folder.path().join(name), text).await?;
    }
    let started = Instant::now();
    let staff = import_hr(api, folder.path(), &metadata()).await?;
    let hr_took = started.elapsed();
    let people = staff.numbers_in_service.iter().copied().take(PERSONS).collect();
    let reading = Reading { name: ABSENCES_NAME, first_year: FIRST_YEAR, people: People::Listed(people) };
    let started = Instant::now();
    let absences = import_absences(api, &Input::Bytes(ABSENCES.as_bytes().into()), reading, &metadata()).await?;

    let base = Text::new("Une base des ressources humaines", "An HR base");
    let mut text = format!("{base} ({:.2} s)\n{staff}", hr_took.as_secs_f64());
    let of = Text::made(format!("absences de {PERSONS} de ses agents"), format!("absences of {PERSONS} of its people"));
    write!(text, "\n{ABSENCES_NAME}, {of} ({:.2} s)\n", started.elapsed().as_secs_f64())?;
    write!(text, "{absences}")?;
    Ok(text)
}
