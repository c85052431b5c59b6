//! Gift of days of rest to a colleague (*don de jours*).

use chrono::NaiveDate;
use serde::Deserialize;

use crate::date::{DayOfYear, OutsideCalendar};
use crate::quantity::HalfDays;

/// All RTT and annual leave beyond the twentieth day may be given, anonymously and for good, to a colleague of the
/// same employer, who receives at most 90 days a year, as whole days, and has them for that year: what he does not take
/// in it goes back to the employer, who may give it to another (D 2015-580; D 2021-259; service-public F32944).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GiftOfDays {
    keep_annual_leave_days: u32,
    receive_days_a_year: u32,
    #[serde(default = "year_end")]
    usable_until: DayOfYear,
}

/// As it is for a book of before this was in it.
const fn year_end() -> DayOfYear {
    DayOfYear::LAST
}

/// Why a gift is refused by law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GiftRefused {
    /// Nothing, or a part of a day.
    #[error("a gift is of whole days (D 2015-580 art. 5)")]
    NotWhole,
    /// More than may be given.
    #[error("{} may be given, {offered} are offered (D 2015-580 art. 2)", .givable.in_english())]
    TooMuch {
        /// What may be given.
        givable: HalfDays,
        /// What is offered.
        offered: HalfDays,
    },
    /// More than the beneficiary may receive.
    #[error("the beneficiary may still receive {} this year (D 2015-580 art. 5)", .left.in_english())]
    Beneficiary {
        /// What may still be received.
        left: HalfDays,
    },
    /// A beneficiary who left the service.
    #[error("the beneficiary is no longer in service (D 2015-580 art. 1)")]
    Left,
    /// Another employer.
    #[error("days are given to a colleague of the same employer (D 2015-580 art. 1)")]
    OtherEmployer,
}

impl GiftOfDays {
    /// The annual leave that a donor of this year's right may give, all of it still unused.
    pub fn givable_annual_leave(&self, held: HalfDays, left: HalfDays) -> HalfDays {
        held.saturating_sub(HalfDays::days(self.keep_annual_leave_days)).min(left)
    }

    /// Whether so much may be given at all.
    ///
    /// # Errors
    /// [`GiftRefused::NotWhole`] for nothing, or a part of a day.
    pub fn whole(&self, half_days: HalfDays) -> Result<(), GiftRefused> {
        if half_days.is_zero() || !half_days.get().is_multiple_of(2) { Err(GiftRefused::NotWhole) } else { Ok(()) }
    }

    /// The last day on which what was received in `year` may be taken.
    ///
    /// # Errors
    /// [`OutsideCalendar`] for a year that is not supported.
    pub fn usable_until(&self, year: i32) -> Result<NaiveDate, OutsideCalendar> {
        self.usable_until.in_year(year)
    }

    /// What a beneficiary may still receive this year.
    pub fn receivable(&self, received: HalfDays) -> HalfDays {
        HalfDays::days(self.receive_days_a_year).saturating_sub(received)
    }

    /// Whether `offered` of the `givable` days may go to a colleague who has `received` so much this year.
    ///
    /// # Errors
    /// [`GiftRefused`] with the reason.
    pub fn check(
        &self,
        givable: HalfDays,
        offered: HalfDays,
        received: HalfDays,
        same_employer: bool,
    ) -> Result<(), GiftRefused> {
        let left = self.receivable(received);
        self.whole(offered)?;
        if !same_employer {
            Err(GiftRefused::OtherEmployer)
        } else if offered > givable {
            Err(GiftRefused::TooMuch { givable, offered })
        } else if offered > left {
            Err(GiftRefused::Beneficiary { left })
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleBook;
    use crate::date::day;

    fn rule(check: impl FnOnce(&GiftOfDays)) {
        let book = RuleBook::embedded().unwrap();
        check(book.at(day("2026-01-01")).gift_of_days().unwrap());
    }

    #[test]
    fn a_donor_of_22_days_may_give_two() {
        rule(|gift| {
            assert_eq!(gift.givable_annual_leave(HalfDays::days(22), HalfDays::days(22)), HalfDays::days(2));
            assert_eq!(gift.givable_annual_leave(HalfDays::days(25), HalfDays::days(1)), HalfDays::days(1));
            assert_eq!(gift.givable_annual_leave(HalfDays::days(18), HalfDays::days(18)), HalfDays::ZERO);
        });
    }

    #[test]
    fn the_91st_day_is_refused() {
        rule(|gift| {
            let check = |received| gift.check(HalfDays::days(5), HalfDays::days(1), HalfDays::days(received), true);
            assert_eq!(check(89), Ok(()));
            assert_eq!(check(90), Err(GiftRefused::Beneficiary { left: HalfDays::ZERO }));
        });
    }

    #[test]
    fn what_was_received_is_taken_in_its_year_also_by_a_book_that_does_not_say_so() {
        rule(|gift| assert_eq!(gift.usable_until(2026), Ok(day("2026-12-31"))));
        let old: GiftOfDays = toml::from_str("keep_annual_leave_days = 20\nreceive_days_a_year = 90").unwrap();
        assert_eq!(old.usable_until(2026), Ok(day("2026-12-31")));
    }

    #[test]
    fn nothing_too_much_and_another_employer_are_refused() {
        rule(|gift| {
            let check = |offered, same| gift.check(HalfDays::days(2), HalfDays::days(offered), HalfDays::ZERO, same);
            assert_eq!(check(0, true), Err(GiftRefused::NotWhole));
            assert_eq!(gift.whole(HalfDays::new(3)), Err(GiftRefused::NotWhole));
            assert!(matches!(check(3, true), Err(GiftRefused::TooMuch { .. })));
            assert_eq!(check(1, false), Err(GiftRefused::OtherEmployer));
        });
    }
}
