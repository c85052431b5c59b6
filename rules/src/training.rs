//! Professional training leave (*congé de formation professionnelle*).

use chrono::NaiveDate;
use serde::Deserialize;

use crate::date::{OutsideCalendar, plus_days};
use crate::quantity::{Fraction, Ratio};

/// At most three years in a career after three years of service, twelve months of them paid, asked for 90 days ahead
/// and answered within 30 with reasons (D 2007-1845 art. 11 to 17).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingLeave {
    service_months: u32,
    career_months: u32,
    paid_months: u32,
    pay: Fraction,
    ask_days_before: u16,
    answer_within_days: u16,
}

/// A request for training leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrainingRequest {
    /// The date on which it is asked for; none where the employer takes it late.
    pub asked_on: Option<NaiveDate>,
    /// The first day.
    pub first_day: NaiveDate,
    /// Its length.
    pub months: u32,
    /// Months of service of the agent.
    pub service_months: u32,
    /// Months of training leave used before.
    pub used_months: u32,
}

/// Why training leave is refused by law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrainingRefused {
    /// Of no length.
    #[error("a training leave lasts at least a month")]
    Empty,
    /// Asked for too late.
    #[error("training leave is asked for by {0} (D 2007-1845 art. 15)")]
    Late(NaiveDate),
    /// Too short a service.
    #[error("{required} months of service are needed (D 2007-1845 art. 11): there are {served}")]
    Service {
        /// Months needed.
        required: u32,
        /// Months served.
        served: u32,
    },
    /// Beyond what a career allows.
    #[error("{left} months of training leave are left in the career (D 2007-1845 art. 12): {asked} are asked for")]
    Career {
        /// Months left.
        left: u32,
        /// Months asked for.
        asked: u32,
    },
    /// A date that is not supported.
    #[error(transparent)]
    Outside(#[from] OutsideCalendar),
}

impl TrainingLeave {
    /// Whether the request may be examined.
    ///
    /// # Errors
    /// [`TrainingRefused`] with the reason.
    pub fn check(&self, request: TrainingRequest) -> Result<(), TrainingRefused> {
        let ask_by = plus_days(request.first_day, -i64::from(self.ask_days_before))?;
        let left = self.career_months.saturating_sub(request.used_months);
        if request.months == 0 {
            Err(TrainingRefused::Empty)
        } else if request.asked_on.is_some_and(|asked_on| asked_on > ask_by) {
            Err(TrainingRefused::Late(ask_by))
        } else if request.service_months < self.service_months {
            Err(TrainingRefused::Service { required: self.service_months, served: request.service_months })
        } else if request.months > left {
            Err(TrainingRefused::Career { left, asked: request.months })
        } else {
            Ok(())
        }
    }

    /// The last date for the answer.
    ///
    /// # Errors
    /// [`OutsideCalendar`] for dates that are not supported.
    pub fn answer_by(&self, asked_on: NaiveDate) -> Result<NaiveDate, OutsideCalendar> {
        plus_days(asked_on, i64::from(self.answer_within_days))
    }

    /// Of so many months after `used_months`, those that are paid.
    pub fn paid_months(&self, used_months: u32, months: u32) -> u32 {
        self.paid_months.saturating_sub(used_months).min(months)
    }

    /// The share of pay in a paid month.
    pub fn pay(&self) -> Ratio {
        self.pay.ratio()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleBook;
    use crate::date::day;

    const ASKED: &str = "2026-06-01";

    fn check(request: impl FnOnce(&mut TrainingRequest)) -> Result<(), TrainingRefused> {
        let book = RuleBook::embedded().unwrap();
        let mut asked = TrainingRequest {
            asked_on: Some(day(ASKED)),
            first_day: day("2026-08-30"),
            months: 6,
            service_months: 36,
            used_months: 0,
        };
        request(&mut asked);
        book.at(day(ASKED)).training_leave().unwrap().check(asked)
    }

    #[test]
    fn asked_for_90_days_ahead_it_is_examined() {
        assert_eq!(check(|_| {}), Ok(()));
        assert_eq!(check(|asked| asked.first_day = day("2026-08-29")), Err(TrainingRefused::Late(day("2026-05-31"))));
        assert!(matches!(check(|asked| asked.first_day = day("2026-07-31")), Err(TrainingRefused::Late(_))));
        assert_eq!(check(|asked| (asked.asked_on, asked.first_day) = (None, day("2026-07-31"))), Ok(()));
    }

    #[test]
    fn it_needs_three_years_of_service_and_is_three_years_in_a_career() {
        let service = check(|asked| asked.service_months = 35);
        assert_eq!(service, Err(TrainingRefused::Service { required: 36, served: 35 }));
        assert_eq!(check(|asked| asked.used_months = 31), Err(TrainingRefused::Career { left: 5, asked: 6 }));
        assert_eq!(check(|asked| asked.months = 0), Err(TrainingRefused::Empty));
    }

    #[test]
    fn twelve_months_are_paid_at_85_percent_and_the_answer_takes_30_days() {
        let book = RuleBook::embedded().unwrap();
        let rule = book.at(day(ASKED)).training_leave().unwrap();
        assert_eq!([rule.paid_months(0, 24), rule.paid_months(10, 6), rule.paid_months(15, 6)], [12, 2, 0]);
        assert_eq!(rule.pay(), Ratio::new(85, 100));
        assert_eq!(rule.answer_by(day(ASKED)), Ok(day("2026-07-01")));
    }
}
