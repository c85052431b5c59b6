//! One row of a file of absences in the columns of UCI's "Absenteeism at work".

use crate::import::table::Row;

pub(super) const COLUMNS: [&str; 5] =
    ["ID", "Reason for absence", "Month of absence", "Day of the week", "Absenteeism time in hours"];

/// An absence as the file tells it: a month and a weekday, and no day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Absence {
    pub(super) person: u32,
    pub(super) reason: Reason,
    /// 1 to 12.
    pub(super) month: u32,
    /// Days from Monday, 0 to 6.
    pub(super) weekday: u8,
    pub(super) half_days: u32,
}

/// What leave makes of a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    /// Chapters I to XXI of the ICD, and care: 22 follow-up, 23 consultation, 25 examination, 27 physiotherapy, 28
    /// dentist. Which of them is medical, and kept nowhere.
    Sickness,
    /// 26: nothing justifies it.
    Unjustified,
}

/// A half-day is 4 hours of the 8 that the firm worked; what is begun counts whole.
const HOURS_A_HALF_DAY: u32 = 4;
/// A year.
const MOST_HOURS: u32 = 8 * 366;

/// Reads a row.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read(row: &Row) -> Result<Absence, String> {
    let [id, reason, month, weekday, hours] = COLUMNS;
    let person = row.number(id)?;
    let month = row.number(month)?;
    if !(1..=12).contains(&month) {
        return Err("Month of absence: not a month from 1 to 12".to_owned());
    }
    // 1 is Sunday.
    let weekday = row.number(weekday)?;
    let weekday = match weekday {
        1 => 6,
        2..=7 => u8::try_from(weekday - 2).unwrap_or_default(),
        _ => return Err("Day of the week: not a day from 1 (Sunday) to 7".to_owned()),
    };
    let hours = row.number(hours)?;
    if hours == 0 {
        return Err("Absenteeism time in hours: 0, and an absence takes at least half a day".to_owned());
    }
    if hours > MOST_HOURS {
        return Err(format!("Absenteeism time in hours: more than {MOST_HOURS}"));
    }
    let reason = match row.number(reason)? {
        1..=23 | 25 | 27 | 28 => Reason::Sickness,
        26 => Reason::Unjustified,
        0 => return Err("Reason for absence: 0, no reason".to_owned()),
        24 => return Err("Reason for absence: 24, a blood donation, for which no rule gives leave".to_owned()),
        _ => return Err("Reason for absence: not one from 0 to 28".to_owned()),
    };
    Ok(Absence { person, reason, month, weekday, half_days: hours.div_ceil(HOURS_A_HALF_DAY) })
}
