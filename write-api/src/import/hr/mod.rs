//! An HR base: departments become units, and the staff get their employments, with all their dates.

mod files;
mod in_force;
mod recorded;
mod report;
mod terms;

pub use files::HrError;
pub use report::HrReport;

use crate::account::agent_of_staff_number;
use crate::import::table::{self, BadRow};
use crate::leave::unit_of_code;
use crate::{WriteApi, leave, seal};
use chrono::{Datelike, NaiveDate};
use commands::employment::{EmploymentCommand, RecordEmployment, ReviseEmployment};
use commands::unit::{OpenUnit, RenameUnit, Unit};
use commands::{Execution, NotExecuted};
use events::employment::{EmploymentAttribute, EmploymentEvent, Quota};
use events::pattern::WorkCycle;
use events::status::Status;
use events::{AccountId, Metadata, UnitId};
use files::{Files, Statement, Statements, Validity};
use futures::{StreamExt, TryStreamExt, stream};
use in_force::in_force;
use recorded::recorded;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use web::Text;

/// What the files do not tell: full time, Monday to Friday, 39 hours a week; officials.
const WEEK: &str = "11111111110000";
const FULL_TIME_WEEK_MINUTES: u32 = 39 * 60;
/// Why a value that files said before is withdrawn.
const NO_LONGER_SAID: &str = "Les fichiers des ressources humaines ne le disent plus.";
/// Employments recorded at once, so that they share commits.
const AT_ONCE: usize = 64;

/// Reads the files of `folder` and records what they say; what is known already is left as it is, so that the same
/// files again change nothing. What files said before of somebody whom these name, and they no longer do, is withdrawn,
/// unless a row could not be read: it may be the one that says it.
///
/// # Errors
/// [`HrError`] when a file as a whole cannot be read, or the journal takes nothing; rows that are wrong are reported.
pub async fn import_hr(api: &WriteApi, folder: &Path, metadata: &Metadata) -> Result<HrReport, HrError> {
    let mut files = Files::read(folder)?;
    let (mut units, mut bad, mut closed) = (0, Vec::new(), BTreeMap::new());
    for (code, (line, name)) in &files.departments {
        match unit(api, code, name, metadata).await? {
            Ok(()) => units += 1,
            Err(NotKept { reason, closed: on }) => {
                bad.push(BadRow { file: "departments".to_owned(), line: *line, reason });
                closed.extend(on.map(|on| (code.clone(), on)));
            }
        }
    }
    files.refuse_closed(&closed);
    let mut report = HrReport::new(&files);
    report.units = units;
    report.bad.extend(bad);
    let numbers: BTreeSet<u32> =
        files.assignments.keys().chain(files.titles.keys()).chain(files.managers.keys()).copied().collect();
    let mut outcomes =
        stream::iter(numbers.into_iter().map(|number| employment(api, &files, number, metadata))).buffered(AT_ONCE);
    while let Some(outcome) = outcomes.try_next().await? {
        report.add(outcome);
    }
    drop(outcomes);
    terms::record(api, &files, &mut report, metadata).await?;
    table::sort(&mut report.bad);
    Ok(report)
}

/// What came of one of the staff.
pub(super) enum Outcome {
    Recorded {
        number: u32,
        in_service: bool,
        statements: u64,
        overdrawn: Vec<leave::Overdrawn>,
    },
    Refused(BadRow),
    /// A title for somebody whom no department has.
    Nowhere(Vec<BadRow>),
}

fn recording(error: impl std::error::Error + Send + Sync + 'static) -> HrError {
    HrError::Recording(error.into())
}

async fn agent(api: &WriteApi, number: u32) -> Result<AccountId, HrError> {
    agent_of_staff_number(api, &number.to_string()).await.map_err(recording)
}

/// Why a unit is not as the file has it.
struct NotKept {
    reason: Text,
    /// Its last day, where it is closed.
    closed: Option<NaiveDate>,
}

/// Opens a unit, or gives it the name that the file has now.
async fn unit(api: &WriteApi, code: &str, name: &str, metadata: &Metadata) -> Result<Result<(), NotKept>, HrError> {
    let id: UnitId = unit_of_code(code);
    let state = api.journal.unit::<Unit>(metadata.clone()).fresh_state(id).await.map_err(recording)?;
    let name = name.to_owned();
    let command = match state.inner().name() {
        Some(_) => RenameUnit { name }.into(),
        None => OpenUnit { code: code.to_owned(), name, parent: None }.into(),
    };
    match Execution::<Unit>::new(&api.journal, metadata.clone()).on(id, command).await {
        Ok(_) => Ok(Ok(())),
        Err(error @ NotExecuted::Refused(_)) => {
            Ok(Err(NotKept { reason: leave::problems::unit(error).text(), closed: state.inner().closed() }))
        }
        Err(NotExecuted::Journal(error)) => Err(recording(error)),
    }
}

/// Records all that the files say of one of the staff, in one append.
async fn employment(api: &WriteApi, files: &Files, number: u32, metadata: &Metadata) -> Result<Outcome, HrError> {
    let of = |all: &Statements| all.get(&number).cloned().unwrap_or_default();
    let (assigned, titles, office) = (of(&files.assignments), of(&files.titles), of(&files.managers));
    let statements = (assigned.len() + titles.len()) as u64;
    // Who only ever leads a department works there; nobody knows since when of whom a row could not be read.
    let places = match assigned {
        none if none.is_empty() && !files.misplaced.contains(&number) => office,
        assigned => assigned,
    };
    let Some(first) = places.first().cloned() else {
        let nowhere = |title: Statement| BadRow {
            file: title.file,
            line: title.line,
            reason: Text::new("aucun service n’a cette personne", "no department has this person").of("emp_no"),
        };
        return Ok(Outcome::Nowhere(titles.into_iter().map(nowhere).collect()));
    };
    let mut facts = facts(&places, &titles).map_err(recording)?;
    if facts.is_empty() {
        let year = events::date::YEARS.start();
        let reason = Text::made(format!("tout a fini avant {year}"), format!("it all ended before {year}"));
        return Ok(Outcome::Refused(BadRow { file: first.file, line: first.line, reason }));
    }
    let agent = agent(api, number).await?;
    let withdrawn = |event: &EmploymentEvent| matches!(event, EmploymentEvent::EmploymentEntryWithdrawn { .. });
    let before = recorded(api, agent.as_uuid(), |event: &EmploymentEvent| Some(event.entry()), withdrawn).await?;
    let said: BTreeSet<Entry> = facts.iter().map(EmploymentEvent::entry).collect();
    let no_longer = before.iter().filter(|(entry, recorded)| recorded.is_of_files() && !said.contains(entry));
    let unsaid: Vec<Entry> = no_longer.map(|(entry, _)| *entry).filter(|_| files.bad.is_empty()).collect();
    facts.retain(|fact| before.get(&fact.entry()).is_none_or(|recorded| !recorded.stands_against(fact)));
    let changed = facts.iter().map(EmploymentEvent::entry).chain(unsaid.iter().copied());
    let since = changed.map(|(_, from)| from).min().unwrap_or(first.validity.from);
    let said = RecordEmployment { agent, facts };
    let command: EmploymentCommand = if unsaid.is_empty() {
        said.into()
    } else {
        let motive = seal::employment_motive(&api.vault, agent, metadata.correlation, NO_LONGER_SAID).await;
        ReviseEmployment { unsaid, motive: motive.map_err(recording)?, said }.into()
    };
    match leave::change_employment(api, metadata, agent, since, command).await.map_err(recording)? {
        Ok(executed) => {
            let today = events::date::in_paris(metadata.occurred_at);
            let in_service = executed.state.in_service(today);
            let (overdrawn, _) = leave::announce_overdrafts(api, agent).await.map_err(recording)?;
            Ok(Outcome::Recorded { number, in_service, statements, overdrawn })
        }
        Err(refused) => Ok(Outcome::Refused(BadRow { file: first.file, line: first.line, reason: refused.text() })),
    }
}

type Entry = (EmploymentAttribute, NaiveDate);

/// What the rules know begins in 1990: what was in force then is so from that day on.
fn known_from(date: NaiveDate) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(*events::date::YEARS.start(), 1, 1).unwrap_or(date);
    date.max(first)
}

fn facts(places: &[Statement], titles: &[Statement]) -> Result<Vec<EmploymentEvent>, events::pattern::InvalidPattern> {
    let counts =
        |statement: &&Statement| statement.validity.to.is_none_or(|to| to.year() >= *events::date::YEARS.start());
    let places: Vec<&Statement> = places.iter().filter(counts).collect();
    let mut facts = Vec::new();
    for (entered, left) in services(&places) {
        facts.push(EmploymentEvent::ServiceEntered { on: entered });
        if let Some(left) = left {
            facts.push(EmploymentEvent::ServiceLeft { on: left });
        }
    }
    if let Some(from) = places.first().map(|place| known_from(place.validity.from)) {
        let pattern = WorkCycle::weekly(WEEK)?;
        let (quota, full_time_week_minutes, annualised) = (Quota::FULL, FULL_TIME_WEEK_MINUTES, false);
        facts.push(EmploymentEvent::StatusSet { status: Status::Official, from });
        facts.push(EmploymentEvent::WorkingTimeSet { quota, full_time_week_minutes, annualised, from });
        facts.push(EmploymentEvent::WorkPatternSet { pattern, from });
        let said = places.into_iter().map(by_validity).collect::<Vec<_>>();
        facts.extend(in_force(&said).into_iter().filter_map(|(from, code)| {
            code.map(|code| EmploymentEvent::UnitAssigned { unit: unit_of_code(code), from })
        }));
        let said = titles.iter().map(by_validity).collect::<Vec<_>>();
        facts.extend(in_force(&said).into_iter().filter_map(|(from, title)| {
            title.map(|title| EmploymentEvent::TitleSet { title: title.to_owned(), from })
        }));
    }
    Ok(facts)
}

fn by_validity(statement: &Statement) -> (Validity, &str) {
    (statement.validity, statement.value.as_str())
}

/// The times in service: assignments that follow or overlap each other are one.
fn services(places: &[&Statement]) -> Vec<(NaiveDate, Option<NaiveDate>)> {
    let mut services: Vec<(NaiveDate, Option<NaiveDate>)> = Vec::new();
    for place in places {
        let (from, to) = (known_from(place.validity.from), place.validity.to);
        match services.last_mut() {
            Some((_, end)) if end.is_none_or(|end| from <= end) => {
                *end = end.zip(to).map(|(one, other)| one.max(other));
            }
            _ => services.push((from, to)),
        }
    }
    services.into_iter().map(|(entered, end)| (entered, end.and_then(|end| end.pred_opt()))).collect()
}
