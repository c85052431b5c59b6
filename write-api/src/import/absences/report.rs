//! What came of a file of absences.

use crate::import::table::BadRow;
use serde::Serialize;
use std::fmt;
use web::Text;

/// What came of a file of absences.
#[derive(Debug, Default, Serialize)]
pub struct AbsencesReport {
    /// Rows read, the first line not counted.
    pub rows: usize,
    /// Spells of sickness recorded.
    pub sicknesses: usize,
    /// Half-days of work that they take.
    pub sick_half_days: u32,
    /// Other absences recorded.
    pub other_absences: usize,
    /// Half-days of work that they take.
    pub other_half_days: u32,
    /// Agents who have any.
    pub agents: usize,
    /// Rows that an import had recorded before, of this file or of one that said the same.
    pub known_before: usize,
    /// Rows of which nothing was recorded, with the reason.
    pub bad: Vec<BadRow>,
}

impl fmt::Display for AbsencesReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = |half_days| Text::counted(f64::from(half_days) / 2.0, ["jour", "jours"], ["day", "days"]);
        let rows = Text::counted(self.rows, ["ligne", "lignes"], ["row", "rows"]).and(Text::counted(
            self.agents,
            ["agent", "agents"],
            ["agent", "agents"],
        ));
        let sicknesses = Text::counted(
            self.sicknesses,
            ["arrêt de maladie", "arrêts de maladie"],
            ["spell of sickness", "spells of sickness"],
        )
        .and(days(self.sick_half_days));
        let others = Text::counted(
            self.other_absences,
            ["autre absence", "autres absences"],
            ["other absence", "other absences"],
        )
        .and(days(self.other_half_days));
        writeln!(f, "  {rows}\n  {sicknesses}\n  {others}")?;
        let conventions = Text::new(
            "4 heures entamées font une demi-journée ; le fichier ne dit pas le jour : le premier qui est libre",
            "4 hours begun are half a day; the file tells no day: the first one that is free",
        );
        writeln!(f, "  {conventions}")?;
        if self.known_before > 0 {
            let known = ["ligne connue d’un import précédent", "lignes connues d’un import précédent"];
            writeln!(
                f,
                "  {}",
                Text::counted(self.known_before, known, ["row recorded before", "rows recorded before"])
            )?;
        }
        writeln!(
            f,
            "  {}",
            Text::counted(self.bad.len(), ["ligne refusée", "lignes refusées"], ["row refused", "rows refused"])
        )?;
        self.bad.iter().try_for_each(|bad| writeln!(f, "    {bad}"))
    }
}
