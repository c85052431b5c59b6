use chrono::NaiveDate;
use serde::Deserialize;

use crate::date::{OutsideCalendar, minus_months, plus_days, plus_months};

/// Adoption leave by the number of children, lengthened when the parents share it (CGFP L.631-8; Code du travail
/// L.1225-37 and -40).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adoption {
    weeks: u16,
    large_family_children: u32,
    weeks_large_family: u16,
    weeks_several_children: u16,
    shared_days: u32,
    shared_days_several_children: u32,
    #[serde(default = "days_before_arrival")]
    days_before_arrival: u16,
    #[serde(default)]
    within_months: Option<u32>,
    #[serde(default = "months_between_arrivals")]
    months_between_arrivals: u32,
    #[serde(default = "most_children")]
    most_children: u32,
}

/// As it is for a book of before this was in it.
const fn months_between_arrivals() -> u32 {
    8
}

/// As it is for a book of before this was in it.
const fn most_children() -> u32 {
    30
}

/// As it is for a book of before this was in it.
const fn days_before_arrival() -> u16 {
    7
}

/// The children of the family that adopts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdoptionFamily {
    adopted: u32,
    in_charge: u32,
}

/// Numbers of children that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidFamily {
    /// Nobody is adopted.
    #[error("at least one child is adopted")]
    NobodyAdopted,
    /// Fewer children in charge than arrive.
    #[error("the children that are adopted are among those in charge")]
    NotInCharge,
    /// More children than a family has.
    #[error("a family has at most {most} children in charge (convention)")]
    TooMany {
        /// The most.
        most: u32,
    },
}

impl AdoptionFamily {
    /// `adopted` children arrive, after which the family has `in_charge` of them in charge, those adopted among them.
    ///
    /// # Errors
    /// [`InvalidFamily`] when nobody is adopted.
    pub fn new(adopted: u32, in_charge: u32) -> Result<Self, InvalidFamily> {
        if adopted == 0 { Err(InvalidFamily::NobodyAdopted) } else { Ok(Self { adopted, in_charge }) }
    }
}

/// What of the children the length of an adoption leave follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Adopted {
    One,
    OneInLargeFamily,
    Several,
}

/// The length of an adoption leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdoptionLeave {
    /// In weeks.
    pub weeks: u16,
    /// Calendar days more when both parents share it.
    pub extra_days: u32,
}

impl AdoptionLeave {
    /// Without the days for sharing, in calendar days.
    pub fn calendar_days(&self) -> u32 {
        u32::from(self.weeks) * 7
    }
}

impl Adoption {
    /// The first day on which the leave may begin, and the last on which it may end, where the law names one, for a child
    /// that arrives on `arrived` (D 2023-873).
    ///
    /// # Errors
    /// [`OutsideCalendar`] for dates that are not supported.
    pub fn window(&self, arrived: NaiveDate) -> Result<(NaiveDate, Option<NaiveDate>), OutsideCalendar> {
        let first = plus_days(arrived, -i64::from(self.days_before_arrival))?;
        Ok((first, self.within_months.map(|months| plus_months(arrived, months)).transpose()?))
    }

    /// Holds what is said of a family against what one can be.
    ///
    /// # Errors
    /// [`InvalidFamily`] with the reason.
    pub fn check(&self, family: AdoptionFamily) -> Result<(), InvalidFamily> {
        if family.in_charge > self.most_children {
            Err(InvalidFamily::TooMany { most: self.most_children })
        } else if family.adopted > family.in_charge {
            Err(InvalidFamily::NotInCharge)
        } else {
            Ok(())
        }
    }

    /// The day from which on other leave counts as for the same children as those that arrive on `arrived`: a family that
    /// adopts again waits longer (convention).
    ///
    /// # Errors
    /// [`OutsideCalendar`] for dates that are not supported.
    pub fn counts_since(&self, arrived: NaiveDate) -> Result<NaiveDate, OutsideCalendar> {
        minus_months(arrived, self.months_between_arrivals)
    }

    pub(super) const fn adopted(&self, family: AdoptionFamily) -> Adopted {
        if family.adopted > 1 {
            Adopted::Several
        } else if family.in_charge >= self.large_family_children {
            Adopted::OneInLargeFamily
        } else {
            Adopted::One
        }
    }

    /// The leave of this family.
    pub fn leave(&self, family: AdoptionFamily, shared: bool) -> AdoptionLeave {
        let (weeks, shared_days) = match self.adopted(family) {
            Adopted::One => (self.weeks, self.shared_days),
            Adopted::OneInLargeFamily => (self.weeks_large_family, self.shared_days),
            Adopted::Several => (self.weeks_several_children, self.shared_days_several_children),
        };
        AdoptionLeave { weeks, extra_days: if shared { shared_days } else { 0 } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleBook;
    use crate::date::day;

    #[test]
    fn weeks_follow_the_children_and_sharing_adds_days() {
        let book = RuleBook::embedded().unwrap();
        let rule = book.at(day("2026-01-01")).adoption().unwrap();
        let leave = |adopted, in_charge, shared| {
            let leave = rule.leave(AdoptionFamily::new(adopted, in_charge).unwrap(), shared);
            (leave.calendar_days(), leave.extra_days)
        };
        assert_eq!(leave(1, 2, false), (112, 0));
        assert_eq!(leave(1, 2, true), (112, 25));
        assert_eq!(leave(1, 3, true), (126, 25));
        assert_eq!(leave(2, 2, true), (154, 32));
    }

    #[test]
    fn somebody_is_adopted() {
        assert_eq!(AdoptionFamily::new(0, 2), Err(InvalidFamily::NobodyAdopted));
        let book = RuleBook::embedded().unwrap();
        let rule = book.at(day("2026-01-01")).adoption().unwrap();
        let check = |adopted, in_charge| rule.check(AdoptionFamily::new(adopted, in_charge).unwrap());
        assert_eq!(check(2, 2), Ok(()));
        assert_eq!(check(2, 1), Err(InvalidFamily::NotInCharge));
        assert_eq!(check(u32::MAX, u32::MAX), Err(InvalidFamily::TooMany { most: 30 }));
    }
}
