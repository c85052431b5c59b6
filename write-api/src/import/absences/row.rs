//! One row of a file of absences in the columns of UCI's "Absenteeism at work".

use crate::import::table::Row;
use web::Text;

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
pub(super) fn read(row: &Row) -> Result<Absence, Text> {
    let [id, reason, month, weekday, hours] = COLUMNS;
    let wrong = |column: &str, fr, en| Err(Text::new(fr, en).of(column));
    let person = row.number(id)?;
    let in_year = row.number(month)?;
    if !(1..=12).contains(&in_year) {
        return wrong(month, "n’est pas un mois de 1 à 12", "not a month from 1 to 12");
    }
    // 1 is Sunday.
    let in_week = match row.number(weekday)? {
        1 => 6,
        day @ 2..=7 => u8::try_from(day - 2).unwrap_or_default(),
        _ => return wrong(weekday, "n’est pas un jour de 1 (dimanche) à 7", "not a day from 1 (Sunday) to 7"),
    };
    let taken = row.number(hours)?;
    if taken == 0 {
        let (fr, en) =
            ("0, et une absence prend au moins une demi-journée", "0, and an absence takes at least half a day");
        return wrong(hours, fr, en);
    }
    if taken > MOST_HOURS {
        return Err(Text::made(format!("plus de {MOST_HOURS}"), format!("more than {MOST_HOURS}")).of(hours));
    }
    let why = match row.number(reason)? {
        1..=23 | 25 | 27 | 28 => Reason::Sickness,
        26 => Reason::Unjustified,
        0 => return wrong(reason, "0, aucun motif", "0, no reason"),
        24 => {
            let fr = "24, un don du sang, pour lequel aucune règle ne donne de congé";
            return wrong(reason, fr, "24, a blood donation, for which no rule gives leave");
        }
        _ => return wrong(reason, "n’est pas de 0 à 28", "not one from 0 to 28"),
    };
    let half_days = taken.div_ceil(HOURS_A_HALF_DAY);
    Ok(Absence { person, reason: why, month: in_year, weekday: in_week, half_days })
}
