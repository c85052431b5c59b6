use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::date::{OutsideCalendar, plus_days};

/// Maternity leave: weeks before and after the birth by rank and number of the children (CGFP L.631-3; Code du travail
/// L.1225-17 to -21; D 2021-846).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Maternity {
    first_or_second: Weeks,
    third_or_later: Weeks,
    twins: Weeks,
    triplets_or_more: Weeks,
    movable_weeks: u32,
    #[serde(default = "born_weeks_before")]
    born_weeks_before: u16,
    #[serde(default = "born_weeks_after")]
    born_weeks_after: u16,
    #[serde(default = "due_weeks_after_leave")]
    due_weeks_after_leave: u16,
    #[serde(default = "leave_weeks_after_due")]
    leave_weeks_after_due: u16,
}

/// As it is for a book of before this was in it: from the 22nd week of pregnancy on.
const fn born_weeks_before() -> u16 {
    19
}

/// As it is for a book of before this was in it: up to the 44th week of pregnancy.
const fn born_weeks_after() -> u16 {
    3
}

/// As it is for a book of before this was in it: 42 weeks from birth to birth, less the longest leave after the first.
const fn due_weeks_after_leave() -> u16 {
    17
}

/// As it is for a book of before this was in it: 42 weeks from birth to birth, less the longest leave before the second.
const fn leave_weeks_after_due() -> u16 {
    18
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Weeks {
    before: u32,
    after: u32,
}

/// What the length of the leave depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pregnancy {
    /// One child, fewer than two before.
    FirstOrSecond,
    /// One child, two or more before.
    ThirdOrLater,
    /// Two children.
    Twins,
    /// Three or more children.
    TripletsOrMore,
}

impl Pregnancy {
    /// Its place among them.
    pub(super) const fn place(self) -> usize {
        match self {
            Self::FirstOrSecond => 0,
            Self::ThirdOrLater => 1,
            Self::Twins => 2,
            Self::TripletsOrMore => 3,
        }
    }
}

/// The dates of a maternity leave, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct MaternityLeave {
    /// The first day.
    pub first_day: NaiveDate,
    /// The last day.
    pub last_day: NaiveDate,
}

impl MaternityLeave {
    /// Its length in calendar days.
    pub fn calendar_days(&self) -> i64 {
        (self.last_day - self.first_day).num_days() + 1
    }
}

/// Why the dates asked for cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MaternityRefused {
    /// Too many weeks moved.
    #[error("at most {most} weeks may move after the birth (Code du travail L.1225-17): {asked} were asked for")]
    TooManyWeeksMoved {
        /// The most that may move.
        most: u32,
        /// What was asked for.
        asked: u32,
    },
    /// A birth so long before or after the day on which it was expected that it is of another pregnancy.
    #[error(
        "a birth expected on that day is between {first} and {last} (Code du travail L.1225-20 and L.1225-21; convention)"
    )]
    OtherBirth {
        /// The first day on which the child may be born.
        first: NaiveDate,
        /// The last.
        last: NaiveDate,
    },
    /// A date that is not supported.
    #[error(transparent)]
    Outside(#[from] OutsideCalendar),
}

impl Maternity {
    /// The leave for a birth expected on `due`, with `moved_weeks` taken after the birth instead of before.
    ///
    /// # Errors
    /// [`MaternityRefused`] when too many weeks move or the dates are not supported.
    pub fn leave(
        &self,
        pregnancy: Pregnancy,
        due: NaiveDate,
        moved_weeks: u32,
    ) -> Result<MaternityLeave, MaternityRefused> {
        let Weeks { before, after } = self.weeks(pregnancy);
        let most = self.movable_weeks.min(before);
        if moved_weeks > most {
            return Err(MaternityRefused::TooManyWeeksMoved { most, asked: moved_weeks });
        }
        let first_day = plus_days(due, -7 * i64::from(before - moved_weeks))?;
        let last_day = plus_days(due, 7 * i64::from(after + moved_weeks) - 1)?;
        Ok(MaternityLeave { first_day, last_day })
    }

    /// The leave once the child is born: an early birth shortens nothing, a late one lengthens the leave by the delay
    /// (Code du travail L.1225-20 and -21).
    ///
    /// # Errors
    /// As [`Maternity::leave`], and when the birth is implausible.
    pub fn leave_after_birth(
        &self,
        pregnancy: Pregnancy,
        due: NaiveDate,
        born: NaiveDate,
        moved_weeks: u32,
    ) -> Result<MaternityLeave, MaternityRefused> {
        let planned = self.leave(pregnancy, due, moved_weeks)?;
        let first = plus_days(due, -7 * i64::from(self.born_weeks_before))?;
        let last = plus_days(due, 7 * i64::from(self.born_weeks_after))?;
        if !(first..=last).contains(&born) {
            return Err(MaternityRefused::OtherBirth { first, last });
        }
        let delay = (born - due).num_days().max(0);
        let early = (planned.first_day - born).num_days().max(0);
        let first_day = plus_days(planned.first_day, -early)?;
        let last_day = plus_days(planned.last_day, delay - early)?;
        Ok(MaternityLeave { first_day, last_day })
    }

    /// Whether leave from `first` to `last` may be for another birth than the one expected on `due`: so far from it that a
    /// pregnancy lies between (convention).
    ///
    /// # Errors
    /// [`OutsideCalendar`] for dates that are not supported.
    pub fn is_of_another_birth(
        &self,
        due: NaiveDate,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<bool, OutsideCalendar> {
        let before = plus_days(due, -7 * i64::from(self.due_weeks_after_leave))?;
        let after = plus_days(due, 7 * i64::from(self.leave_weeks_after_due))?;
        Ok(last <= before || after <= first)
    }

    fn weeks(&self, pregnancy: Pregnancy) -> Weeks {
        match pregnancy {
            Pregnancy::FirstOrSecond => self.first_or_second,
            Pregnancy::ThirdOrLater => self.third_or_later,
            Pregnancy::Twins => self.twins,
            Pregnancy::TripletsOrMore => self.triplets_or_more,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleBook;
    use crate::date::day;

    fn rule(check: impl FnOnce(&Maternity)) {
        let book = RuleBook::embedded().unwrap();
        check(book.at(day("2026-01-01")).maternity().unwrap());
    }

    #[test]
    fn weeks_follow_the_rank_and_the_number_of_children() {
        let due = day("2026-09-15");
        rule(|maternity| {
            for (pregnancy, first, last, days) in [
                (Pregnancy::FirstOrSecond, "2026-08-04", "2026-11-23", 112),
                (Pregnancy::ThirdOrLater, "2026-07-21", "2027-01-18", 182),
                (Pregnancy::Twins, "2026-06-23", "2027-02-15", 238),
                (Pregnancy::TripletsOrMore, "2026-03-31", "2027-02-15", 322),
            ] {
                let leave = maternity.leave(pregnancy, due, 0).unwrap();
                assert_eq!(leave, MaternityLeave { first_day: day(first), last_day: day(last) });
                assert_eq!(leave.calendar_days(), days);
            }
        });
    }

    #[test]
    fn up_to_three_weeks_move_after_the_birth() {
        rule(|maternity| {
            let leave = maternity.leave(Pregnancy::FirstOrSecond, day("2026-09-15"), 3).unwrap();
            assert_eq!((leave.first_day, leave.calendar_days()), (day("2026-08-25"), 112));
            let refused = maternity.leave(Pregnancy::FirstOrSecond, day("2026-09-15"), 4);
            assert_eq!(refused, Err(MaternityRefused::TooManyWeeksMoved { most: 3, asked: 4 }));
        });
    }

    #[test]
    fn a_late_birth_lengthens_the_leave_and_an_early_one_keeps_its_length() {
        rule(|maternity| {
            let days = |born| {
                let leave = maternity.leave_after_birth(Pregnancy::FirstOrSecond, day("2026-09-15"), day(born), 0);
                leave.unwrap().calendar_days()
            };
            assert_eq!([days("2026-09-20"), days("2026-09-10"), days("2026-07-20")], [117, 112, 112]);
            let (first, last) = (day("2026-05-05"), day("2026-10-06"));
            for born in ["2026-05-04", "2026-10-07", "2027-09-15"] {
                let leave = maternity.leave_after_birth(Pregnancy::FirstOrSecond, day("2026-09-15"), day(born), 0);
                assert_eq!(leave, Err(MaternityRefused::OtherBirth { first, last }), "{born}");
            }
        });
    }
}
