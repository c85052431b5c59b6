//! Leave to care for a close person (*congé de proche aidant*).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::date::{OutsideCalendar, minus_months, plus_days};
use crate::quantity::HalfDays;
use crate::status::Status;

/// Three months, renewable, at most a year in a career; whole, split or part-time; unpaid, and service (CGFP L.634-1;
/// D 2020-1557).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarerLeave {
    months: u32,
    career_months: u32,
    ask_months_before: u32,
    ask_days_before_renewal: u16,
    least_half_days: u32,
    least_half_days_contract: u32,
}

/// How the leave is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CarerForm {
    /// In one piece.
    Whole,
    /// In parts, the shortest of this length.
    Split {
        /// The shortest part.
        shortest: HalfDays,
    },
    /// As part-time work.
    PartTime,
}

/// A request for carer leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CarerRequest {
    /// The date on which it is asked for; none where the employer takes it late.
    pub asked_on: Option<NaiveDate>,
    /// The first day.
    pub first_day: NaiveDate,
    /// Its length.
    pub months: u32,
    /// Whether it prolongs one that is running.
    pub renewal: bool,
    /// The agent's status.
    pub status: Status,
    /// How it is taken.
    pub form: CarerForm,
    /// Months of carer leave used before.
    pub used_months: u32,
}

/// Why carer leave is refused by law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CarerRefused {
    /// Not one to three months.
    #[error("carer leave is of 1 to {0} months at a time (CGFP L.634-1)")]
    Length(u32),
    /// Beyond what a career allows.
    #[error("{left} months of carer leave are left in the career (CGFP L.634-1): {asked} are asked for")]
    Career {
        /// Months left.
        left: u32,
        /// Months asked for.
        asked: u32,
    },
    /// Asked for too late.
    #[error("carer leave is asked for by {0} (D 2020-1557 art. 3)")]
    Late(NaiveDate),
    /// Parts too short.
    #[error("the shortest part is of {0} days (D 2020-1557 art. 2)")]
    TooShort(HalfDays),
    /// A date that is not supported.
    #[error(transparent)]
    Outside(#[from] OutsideCalendar),
}

impl CarerLeave {
    /// Whether the leave is of right.
    ///
    /// # Errors
    /// [`CarerRefused`] with the reason.
    pub fn check(&self, request: CarerRequest) -> Result<(), CarerRefused> {
        let ask_by = if request.renewal {
            plus_days(request.first_day, -i64::from(self.ask_days_before_renewal))?
        } else {
            minus_months(request.first_day, self.ask_months_before)?
        };
        let left = self.career_months.saturating_sub(request.used_months);
        let least = self.least_part(request.status);
        if !(1..=self.months).contains(&request.months) {
            return Err(CarerRefused::Length(self.months));
        }
        if request.months > left {
            return Err(CarerRefused::Career { left, asked: request.months });
        }
        if request.asked_on.is_some_and(|asked_on| asked_on > ask_by) {
            return Err(CarerRefused::Late(ask_by));
        }
        match request.form {
            CarerForm::Split { shortest } if shortest < least => Err(CarerRefused::TooShort(least)),
            CarerForm::Whole | CarerForm::Split { .. } | CarerForm::PartTime => Ok(()),
        }
    }

    /// The shortest part of a leave that is split.
    pub fn least_part(&self, status: Status) -> HalfDays {
        HalfDays::new(match status {
            Status::Contract => self.least_half_days_contract,
            Status::Official | Status::Trainee => self.least_half_days,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleBook;
    use crate::date::day;

    fn check(request: impl FnOnce(&mut CarerRequest)) -> Result<(), CarerRefused> {
        let book = RuleBook::embedded().unwrap();
        let mut asked = CarerRequest {
            asked_on: Some(day("2026-03-01")),
            first_day: day("2026-04-01"),
            months: 3,
            renewal: false,
            status: Status::Official,
            form: CarerForm::Whole,
            used_months: 9,
        };
        request(&mut asked);
        book.at(day("2026-03-01")).carer_leave().unwrap().check(asked)
    }

    #[test]
    fn a_year_in_a_career_is_the_most() {
        assert_eq!(check(|_| {}), Ok(()));
        assert_eq!(check(|asked| asked.used_months = 12), Err(CarerRefused::Career { left: 0, asked: 3 }));
        assert_eq!(check(|asked| asked.months = 4), Err(CarerRefused::Length(3)));
        assert_eq!(check(|asked| asked.months = 0), Err(CarerRefused::Length(3)));
    }

    #[test]
    fn it_is_asked_for_a_month_ahead_and_renewed_15_days_ahead() {
        let late = check(|asked| asked.asked_on = Some(day("2026-03-02")));
        assert_eq!(late, Err(CarerRefused::Late(day("2026-03-01"))));
        let renewal = |asked_on| check(|asked| (asked.renewal, asked.asked_on) = (true, Some(day(asked_on))));
        assert_eq!(renewal("2026-03-17"), Ok(()));
        assert_eq!(renewal("2026-03-18"), Err(CarerRefused::Late(day("2026-03-17"))));
    }

    #[test]
    fn parts_are_of_a_day_and_of_half_a_day_under_contract() {
        let split = |status| {
            check(|asked| (asked.status, asked.form) = (status, CarerForm::Split { shortest: HalfDays::new(1) }))
        };
        assert_eq!(split(Status::Official), Err(CarerRefused::TooShort(HalfDays::days(1))));
        assert_eq!(split(Status::Contract), Ok(()));
    }
}
