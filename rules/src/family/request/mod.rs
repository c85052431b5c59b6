//! A family leave that is asked for, held against what the law gives: each leave in a file of its own.

mod adoption;
mod circumstances;
mod extra_birth_leave;
mod maternity;
mod paternity;
mod refused;

pub use circumstances::{Circumstances, SaidOfChild};
pub use refused::FamilyLeaveRefused;

use chrono::NaiveDate;
use events::leave::LeaveType;

use super::AdoptionFamily;
use crate::book::RuleBook;
use crate::period::Period;

/// A leave of one of the types that follow from [`Circumstances`].
#[derive(Clone, Copy, Debug)]
pub struct FamilyLeave<'a> {
    /// What it is.
    pub leave_type: LeaveType,
    /// From when to when.
    pub period: Period,
    /// The day on which it is asked for; none where the employer takes it late.
    pub asked_on: Option<NaiveDate>,
    /// When the agent's other leaves of the type are.
    pub others: &'a [Period],
}

impl FamilyLeave<'_> {
    /// Whether this type of leave follows from circumstances.
    pub const fn is_one(leave_type: LeaveType) -> bool {
        is_for_a_child_that_comes(leave_type) || matches!(leave_type, LeaveType::SickChild)
    }

    /// Whether the law gives it under these circumstances.
    ///
    /// # Errors
    /// [`FamilyLeaveRefused`] with the reason.
    pub fn check(&self, circumstances: Circumstances, book: &RuleBook) -> Result<(), FamilyLeaveRefused> {
        match (self.leave_type, circumstances) {
            (LeaveType::Maternity, Circumstances::Pregnancy { rank, due, born, moved_weeks }) => {
                self.maternity(rank, due, born, moved_weeks, book)
            }
            (LeaveType::Paternity, Circumstances::Birth { born, multiple, first_day }) => {
                self.paternity(born, multiple, first_day, book)
            }
            (LeaveType::ExtraBirthLeave, Circumstances::Birth { born, .. }) => self.extra_birth_leave(born, book),
            (LeaveType::Adoption, Circumstances::Adoption { arrived, adopted, in_charge, shared }) => {
                self.adoption(arrived, AdoptionFamily::new(adopted, in_charge)?, shared, book)
            }
            (LeaveType::SickChild, Circumstances::Child { age_years, disabled }) => {
                let rule = book.at(self.first()).sick_child()?;
                let covered = rule.covers(age_years, disabled);
                if covered { Ok(()) } else { Err(FamilyLeaveRefused::Age(rule.max_age_years())) }
            }
            _ => Err(FamilyLeaveRefused::OtherCircumstances),
        }
    }

    /// Whether `other` leave of the type is, by its dates, for the same child as this one.
    ///
    /// # Errors
    /// [`FamilyLeaveRefused`] where no rule in force tells.
    pub fn is_for_the_child_of(
        &self,
        other: Period,
        circumstances: Circumstances,
        book: &RuleBook,
    ) -> Result<bool, FamilyLeaveRefused> {
        let (first, last) = dates(&other);
        Ok(match (self.leave_type, circumstances) {
            (LeaveType::Maternity, Circumstances::Pregnancy { due, .. }) => {
                !book.at(due).maternity()?.is_of_another_birth(due, first, last)?
            }
            (LeaveType::Paternity, Circumstances::Birth { born, .. }) => {
                !book.at(born).paternity()?.is_of_another_birth(born, first, last)?
            }
            (LeaveType::Adoption, Circumstances::Adoption { arrived, .. }) => {
                book.at(self.first()).adoption()?.counts_since(arrived)? <= last
            }
            _ => false,
        })
    }

    fn first(&self) -> NaiveDate {
        self.period.start().date
    }

    fn last(&self) -> NaiveDate {
        self.period.end().date
    }
}

/// The leaves that a birth or an adoption gives (CGFP L.631-1 to L.631-9).
pub(crate) const fn is_for_a_child_that_comes(leave_type: LeaveType) -> bool {
    matches!(leave_type, LeaveType::Maternity | LeaveType::Paternity | LeaveType::ExtraBirthLeave | LeaveType::Adoption)
}

fn dates(period: &Period) -> (NaiveDate, NaiveDate) {
    (period.start().date, period.end().date)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date::day;

    fn period(first: &str, last: &str) -> Period {
        Period::days(day(first), day(last)).unwrap()
    }

    #[track_caller]
    fn asked(
        leave_type: LeaveType,
        circumstances: &str,
        others: &[(&str, &str)],
        (first, last): (&str, &str),
    ) -> Result<(), String> {
        let others: Vec<_> = others.iter().map(|(first, last)| period(first, last)).collect();
        let circumstances: Circumstances = serde_json::from_str(circumstances).unwrap();
        let leave =
            FamilyLeave { leave_type, period: period(first, last), asked_on: Some(day("2026-06-01")), others: &others };
        leave.check(circumstances, &RuleBook::embedded().unwrap()).map_err(|refused| refused.to_string())
    }

    #[test]
    fn no_leave_is_longer_than_the_law_gives_for_what_has_happened() {
        use LeaveType::{Adoption, ExtraBirthLeave, Maternity, Paternity, SickChild};
        let first = r#"{ "pregnancy": { "rank": "first_or_second", "due": "2026-09-15" } }"#;
        let twins = r#"{ "pregnancy": { "rank": "twins", "due": "2026-09-15" } }"#;
        let moved = r#"{ "pregnancy": { "rank": "first_or_second", "due": "2026-09-15", "moved_weeks": 3 } }"#;
        let four = r#"{ "pregnancy": { "rank": "first_or_second", "due": "2026-09-15", "moved_weeks": 4 } }"#;
        let late = r#"{ "pregnancy": { "rank": "first_or_second", "due": "2026-09-15", "born": "2026-09-20" } }"#;
        let born = r#"{ "birth": { "born": "2026-06-10" } }"#;
        let several = r#"{ "birth": { "born": "2026-06-10", "multiple": true } }"#;
        let earlier = r#"{ "birth": { "born": "2025-06-10" } }"#;
        let one = r#"{ "adoption": { "arrived": "2026-06-10", "adopted": 1, "in_charge": 2 } }"#;
        let long_ago = r#"{ "adoption": { "arrived": "1995-06-10", "adopted": 1, "in_charge": 2 } }"#;
        let other = r#"{ "pregnancy": { "rank": "first_or_second", "due": "2026-09-15", "born": "2027-09-20" } }"#;
        let to_come = r#"{ "birth": { "born": "2026-07-09" } }"#;
        let shared = r#"{ "adoption": { "arrived": "2026-06-10", "adopted": 1, "in_charge": 2, "shared": true } }"#;
        let millions = r#"{ "adoption": { "arrived": "2026-06-10", "adopted": 4294967295, "in_charge": 4294967295 } }"#;
        let more = r#"{ "adoption": { "arrived": "2026-06-10", "adopted": 2, "in_charge": 1 } }"#;
        let nobody = r#"{ "adoption": { "arrived": "2026-06-10", "adopted": 0, "in_charge": 2 } }"#;
        let child = r#"{ "child": { "age_years": 16 } }"#;
        let grown = r#"{ "child": { "age_years": 17 } }"#;
        for (leave_type, circumstances, others, dates, article) in [
            (Maternity, first, &[][..], ("2026-08-04", "2026-11-23"), None),
            (Maternity, first, &[], ("2026-08-03", "2026-11-23"), Some("2026-08-04 to 2026-11-23 (CGFP L.631-3")),
            (Maternity, first, &[], ("2026-08-04", "2026-11-24"), Some("CGFP L.631-3")),
            (Maternity, twins, &[], ("2026-06-23", "2027-02-15"), None),
            (Maternity, twins, &[], ("2026-06-23", "2027-02-16"), Some("CGFP L.631-3")),
            (Maternity, moved, &[], ("2026-08-25", "2026-12-14"), None),
            (Maternity, four, &[], ("2026-08-25", "2026-12-14"), Some("L.1225-17")),
            (Maternity, late, &[], ("2026-08-04", "2026-11-28"), None),
            (Maternity, born, &[], ("2026-08-04", "2026-11-23"), Some("another leave")),
            (Maternity, first, &[("2026-10-01", "2026-11-23")], ("2026-08-04", "2026-09-30"), None),
            (Maternity, first, &[("2026-04-14", "2026-08-03")], ("2026-08-04", "2026-11-23"), Some("same birth")),
            (Maternity, first, &[("2026-11-24", "2027-03-15")], ("2026-08-04", "2026-11-23"), Some("same birth")),
            (Maternity, first, &[("2026-01-01", "2026-04-22")], ("2026-08-04", "2026-11-23"), None),
            (Maternity, first, &[("2027-01-19", "2027-05-10")], ("2026-08-04", "2026-11-23"), None),
            (Paternity, born, &[], ("2026-06-10", "2026-06-16"), None),
            (Paternity, born, &[], ("2026-06-10", "2026-07-07"), None),
            (Paternity, born, &[], ("2026-06-10", "2026-07-08"), Some("22 days are asked for, 21 remain (D 2021-846")),
            (Paternity, several, &[], ("2026-06-10", "2026-07-14"), None),
            (Paternity, born, &[], ("2026-06-09", "2026-06-16"), Some("begins on 2026-06-10 (D 2021-846 art. 8)")),
            (
                Paternity,
                born,
                &[("2026-06-10", "2026-06-16")],
                ("2026-08-03", "2026-08-06"),
                Some("D 2021-846 art. 13"),
            ),
            (Paternity, born, &[("2026-06-10", "2026-06-21")], ("2026-08-03", "2026-08-18"), None),
            (Paternity, born, &[("2026-06-10", "2026-06-21")], ("2026-08-03", "2026-08-19"), Some("21 remain")),
            (
                Paternity,
                born,
                &[("2026-06-17", "2026-06-21"), ("2026-08-03", "2026-08-07")],
                ("2026-09-07", "2026-09-11"),
                Some("2 parts"),
            ),
            (Paternity, born, &[], ("2026-12-07", "2026-12-11"), Some("between the birth and 2026-12-09")),
            (Paternity, born, &[("2026-06-10", "2026-06-16")], ("2026-06-29", "2026-07-03"), Some("by 2026-05-29")),
            (ExtraBirthLeave, born, &[], ("2026-07-08", "2026-09-07"), None),
            (ExtraBirthLeave, born, &[], ("2026-07-08", "2026-09-08"), Some("1 to 2 months")),
            (ExtraBirthLeave, born, &[("2026-07-08", "2026-08-07")], ("2026-09-08", "2026-10-08"), Some("L.1225-46-2")),
            (
                ExtraBirthLeave,
                born,
                &[("2026-03-01", "2026-04-30")],
                ("2026-07-08", "2026-08-07"),
                Some("3 were asked"),
            ),
            (ExtraBirthLeave, born, &[("2026-02-01", "2026-03-31")], ("2026-07-08", "2026-08-07"), None),
            (
                Paternity,
                born,
                &[("2026-06-01", "2026-06-07")],
                ("2026-06-10", "2026-06-16"),
                Some("for the same birth"),
            ),
            (Paternity, born, &[("2026-12-10", "2026-12-16")], ("2026-06-10", "2026-06-16"), Some("CGFP L.631-9")),
            (Paternity, born, &[("2026-02-10", "2026-02-20")], ("2026-06-10", "2026-06-16"), Some("one leave")),
            (Paternity, born, &[("2026-02-10", "2026-02-18")], ("2026-06-10", "2026-07-07"), None),
            (Paternity, born, &[("2027-03-31", "2027-04-06")], ("2026-06-10", "2026-07-07"), None),
            (ExtraBirthLeave, earlier, &[], ("2026-07-08", "2026-08-07"), Some("LFSS 2026 art. 99")),
            (Adoption, one, &[], ("2026-06-10", "2026-09-29"), None),
            (Adoption, one, &[], ("2026-06-10", "2026-09-30"), Some("112 days: 113 are asked for (CGFP L.631-8")),
            (Adoption, shared, &[], ("2026-06-10", "2026-10-24"), None),
            (Adoption, one, &[("2026-06-10", "2026-09-28")], ("2026-10-05", "2026-10-06"), Some("113")),
            (Adoption, one, &[("2026-02-02", "2026-05-24")], ("2026-06-10", "2026-09-29"), Some("224")),
            (Adoption, one, &[("2025-06-02", "2025-09-21")], ("2026-06-10", "2026-09-29"), None),
            (Adoption, millions, &[], ("2026-06-10", "2026-11-10"), Some("at most 30 children")),
            (Adoption, more, &[], ("2026-06-10", "2026-11-10"), Some("among those in charge")),
            (Adoption, one, &[], ("2026-06-03", "2026-06-09"), None),
            (
                Adoption,
                one,
                &[],
                ("2026-06-02", "2026-06-09"),
                Some("from 2026-06-03 on, until 2027-02-10 (D 2023-873)"),
            ),
            (Adoption, long_ago, &[], ("2026-06-10", "2026-06-11"), Some("until 1996-02-10")),
            (Maternity, other, &[], ("2026-08-04", "2026-11-23"), Some("between 2026-05-05 and 2026-10-06")),
            (ExtraBirthLeave, to_come, &[], ("2026-07-08", "2026-08-07"), Some("from the birth on")),
            (Adoption, nobody, &[], ("2026-06-10", "2026-06-11"), Some("at least one child")),
            (SickChild, child, &[], ("2026-06-10", "2026-06-11"), None),
            (SickChild, grown, &[], ("2026-06-10", "2026-06-11"), Some("circular of 20 July 1982")),
        ] {
            let found = asked(leave_type, circumstances, others, dates);
            match (article, &found) {
                (None, Ok(())) => {}
                (Some(says), Err(refused)) if refused.contains(says) => {}
                _ => panic!("{leave_type} {circumstances} {dates:?}: {found:?}, not {article:?}"),
            }
        }
    }
}
