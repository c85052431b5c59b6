//! What came of a file of absences.

use crate::import::table::BadRow;
use serde::Serialize;
use std::fmt;

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
    /// Rows that an import of the same file had recorded before.
    pub known_before: usize,
    /// Rows of which nothing was recorded, with the reason.
    pub bad: Vec<BadRow>,
}

impl fmt::Display for AbsencesReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = |half_days: u32| format!("{}{}", half_days / 2, if half_days % 2 == 1 { ".5" } else { "" });
        writeln!(
            f,
            "  {} rows: {} spells of sickness ({} days) and {} other absences ({} days) of {} agents",
            self.rows,
            self.sicknesses,
            days(self.sick_half_days),
            self.other_absences,
            days(self.other_half_days),
            self.agents
        )?;
        writeln!(f, "  4 hours begun are half a day; the file tells no day: the first one that is free")?;
        if self.known_before > 0 {
            writeln!(f, "  {} rows were recorded before", self.known_before)?;
        }
        writeln!(f, "  {} rows that are wrong, of which nothing was recorded", self.bad.len())?;
        self.bad.iter().try_for_each(|bad| writeln!(f, "    {bad}"))
    }
}
