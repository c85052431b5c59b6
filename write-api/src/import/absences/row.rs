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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::table;
    use proptest::prelude::*;

    /// What a file of one row says, without a trace of what is medical.
    fn of(fields: [&str; 5]) -> Result<Absence, Text> {
        let text = format!("{}\n{}\n", COLUMNS.join(","), fields.map(|field| format!("\"{field}\"")).join(","));
        let mut rows = table::rows("f.csv", text.as_bytes(), &COLUMNS).unwrap();
        rows.pop().unwrap().map_err(|bad| bad.reason).and_then(|row| read(&row))
    }

    proptest! {
        #[test]
        fn numbers_are_read_back_or_refused_by_their_column(
            person: u32, reason in 0..40u32, month in 0..20u32, weekday in 0..12u32, hours in 0..4_000u32,
        ) {
            let fields = [person, reason, month, weekday, hours].map(|number| number.to_string());
            let read = of(fields.each_ref().map(String::as_str));
            let known = (1..=28).contains(&reason) && reason != 24;
            let holds = [true, known, (1..=12).contains(&month), (1..=7).contains(&weekday), (1..=MOST_HOURS).contains(&hours)];
            match read {
                Ok(absence) => {
                    prop_assert!(holds.iter().all(|holds| *holds));
                    let why = if reason == 26 { Reason::Unjustified } else { Reason::Sickness };
                    prop_assert_eq!((absence.person, absence.reason, absence.month), (person, why, month));
                    prop_assert_eq!(u32::from((absence.weekday + 1) % 7 + 1), weekday);
                    prop_assert!(absence.half_days * HOURS_A_HALF_DAY >= hours && (absence.half_days - 1) * HOURS_A_HALF_DAY < hours);
                }
                Err(refused) => {
                    let named = COLUMNS.iter().zip(holds).any(|(column, holds)| !holds && refused.to_string().contains(column));
                    prop_assert!(named, "{refused}");
                }
            }
        }

        #[test]
        fn any_fields_are_read_or_refused(fields in proptest::array::uniform5("[^\"\\p{C}]{0,12}|[0-9]{1,12}")) {
            if let Ok(absence) = of(fields.each_ref().map(String::as_str)) {
                prop_assert_eq!(fields[0].trim().parse(), Ok(absence.person));
            }
        }
    }
}
