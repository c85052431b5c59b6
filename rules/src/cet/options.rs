use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::date::{DayOfYear, OutsideCalendar};
use crate::quantity::{Cents, HalfDays};
use crate::status::{Category, Status};

/// What becomes of saved days where the deliberation allows it: the first 15 are leave only; beyond, the agent chooses
/// by 31 January to keep them, be paid, or turn them into pension (RAFP) (D 2004-878 art. 4 to 7).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CetOptions {
    leave_only_days: u32,
    choose_by: DayOfYear,
    pensionable: Vec<Status>,
}

/// What happens to the optional days of an agent who says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Silence {
    /// There is no optional day.
    Nothing,
    /// They become points of additional pension.
    Pension,
    /// They are paid.
    Paid,
}

/// The choice that an account opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Options {
    /// Days that can only be taken as leave.
    pub leave_only: HalfDays,
    /// Days among which the agent chooses.
    pub optional: HalfDays,
    /// What silence means.
    pub silence: Silence,
}

/// An agent's choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// Kept on the account.
    pub kept: HalfDays,
    /// Paid.
    pub paid: HalfDays,
    /// Turned into pension.
    pub pension: HalfDays,
}

/// Why a choice cannot stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SplitRefused {
    /// The parts are not the whole.
    #[error(
        "the choice is over {}, and {} (D 2004-878 art. 5)",
        .chosen.in_english(),
        .optional.in_english_as("day is optional", "days are optional")
    )]
    Sum {
        /// What the parts add up to.
        chosen: HalfDays,
        /// What there is to choose of.
        optional: HalfDays,
    },
    /// Pension is for officials.
    #[error("only officials turn days into pension (D 2004-878 art. 5)")]
    Pension,
    /// The choice came before the year was over.
    #[error("the choice is made from {0} on (D 2004-878 art. 5)")]
    Early(NaiveDate),
    /// The choice came after the last date.
    #[error("the choice was due by {0} (D 2004-878 art. 5)")]
    Late(NaiveDate),
    /// No rule on saved days is in force then.
    #[error("no rule on saved days is in force at the end of {0} (D 2004-878 art. 4)")]
    NoRule(i32),
    /// The employment does not say what the agent is then.
    #[error("nothing is known of the agent at the end of {0} (D 2004-878 art. 4)")]
    Unknown(i32),
    /// A date that is not supported.
    #[error(transparent)]
    Outside(#[from] OutsideCalendar),
}

impl CetOptions {
    /// The choice that an account of `balance` on 31 December opens.
    pub fn of(&self, balance: HalfDays, status: Status) -> Options {
        let leave_only = balance.min(HalfDays::days(self.leave_only_days));
        let optional = balance.saturating_sub(leave_only);
        let silence = if optional.is_zero() {
            Silence::Nothing
        } else if self.pensionable.contains(&status) {
            Silence::Pension
        } else {
            Silence::Paid
        };
        Options { leave_only, optional, silence }
    }

    /// The last date of the choice over the account of 31 December `year`.
    ///
    /// # Errors
    /// [`OutsideCalendar`] for a year that is not supported.
    pub fn choose_by(&self, year: i32) -> Result<NaiveDate, OutsideCalendar> {
        self.choose_by.in_year(year.saturating_add(1))
    }

    /// Whether this choice may be made.
    ///
    /// # Errors
    /// [`SplitRefused`] with the reason.
    pub fn check(&self, balance: HalfDays, status: Status, split: Split) -> Result<(), SplitRefused> {
        let optional = self.of(balance, status).optional;
        let chosen = split.kept + split.paid + split.pension;
        if chosen != optional {
            Err(SplitRefused::Sum { chosen, optional })
        } else if !split.pension.is_zero() && !self.pensionable.contains(&status) {
            Err(SplitRefused::Pension)
        } else {
            Ok(())
        }
    }

    /// Whether a choice over the account of 31 December `year`, made on `date`, is in time.
    ///
    /// # Errors
    /// [`SplitRefused`] while the year lasts, after the last date, or for a year that is not supported.
    pub fn check_date(&self, year: i32, date: NaiveDate) -> Result<(), SplitRefused> {
        let first = DayOfYear::FIRST.in_year(year.saturating_add(1))?;
        let last = self.choose_by(year)?;
        if date < first {
            Err(SplitRefused::Early(first))
        } else if date > last {
            Err(SplitRefused::Late(last))
        } else {
            Ok(())
        }
    }
}

/// The gross worth of a saved day (arrêté of 28 August 2009, amended), in cents.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CetRates {
    paid: ByCategory,
    pension: Option<ByCategory>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ByCategory {
    a_cents: i64,
    b_cents: i64,
    c_cents: i64,
}

impl ByCategory {
    fn of(self, category: Category) -> Cents {
        Cents::new(match category {
            Category::A => self.a_cents,
            Category::B => self.b_cents,
            Category::C => self.c_cents,
        })
    }
}

impl CetRates {
    /// Gross pay for so many days.
    pub fn paid(&self, days: HalfDays, category: Category) -> Cents {
        self.paid.of(category).times(days.in_days())
    }

    /// Value of so many days turned into pension; none where the book does not know it.
    pub fn pension(&self, days: HalfDays, category: Category) -> Option<Cents> {
        self.pension.map(|rates| rates.of(category).times(days.in_days()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleBook;
    use crate::date::day;

    fn outcome(balance: u32, category: Category, status: Status) -> (u32, u32, i64, Silence) {
        let book = RuleBook::embedded().unwrap();
        let rules = book.at(day("2026-12-31"));
        let options = rules.cet_options().unwrap().of(HalfDays::days(balance), status);
        let paid = rules.cet_rates().unwrap().paid(options.optional, category);
        (options.leave_only.get() / 2, options.optional.get() / 2, paid.get() / 100, options.silence)
    }

    #[test]
    fn the_first_15_days_are_leave_only() {
        assert_eq!(outcome(15, Category::C, Status::Official), (15, 0, 0, Silence::Nothing));
        assert_eq!(outcome(22, Category::B, Status::Official), (15, 7, 700, Silence::Pension));
        assert_eq!(outcome(22, Category::A, Status::Official), (15, 7, 1050, Silence::Pension));
        assert_eq!(outcome(40, Category::C, Status::Contract), (15, 25, 2075, Silence::Paid));
    }

    #[test]
    fn rates_are_those_of_the_date() {
        let book = RuleBook::embedded().unwrap();
        let paid = |date| book.at(day(date)).cet_rates().unwrap().paid(HalfDays::days(1), Category::A);
        assert_eq!(paid("2023-12-31"), Cents::new(13_500));
        assert_eq!(paid("2024-01-01"), Cents::new(15_000));
    }

    #[test]
    fn a_choice_is_over_all_optional_days_and_in_time() {
        let book = RuleBook::embedded().unwrap();
        let rule = book.at(day("2026-12-31")).cet_options().unwrap();
        let split = |kept, paid, pension| Split {
            kept: HalfDays::days(kept),
            paid: HalfDays::days(paid),
            pension: HalfDays::days(pension),
        };
        let check = |status, split| rule.check(HalfDays::days(22), status, split);
        assert_eq!(check(Status::Official, split(2, 2, 3)), Ok(()));
        assert!(matches!(check(Status::Official, split(2, 2, 2)), Err(SplitRefused::Sum { .. })));
        assert_eq!(check(Status::Contract, split(0, 4, 3)), Err(SplitRefused::Pension));
        assert_eq!(rule.check_date(2026, day("2026-12-31")), Err(SplitRefused::Early(day("2027-01-01"))));
        assert_eq!(rule.check_date(2026, day("2027-01-31")), Ok(()));
        assert_eq!(rule.check_date(2026, day("2027-02-01")), Err(SplitRefused::Late(day("2027-01-31"))));
    }
}
