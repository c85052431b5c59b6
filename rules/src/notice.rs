//! How long ahead leave is asked for.

use chrono::{Datelike, NaiveDate};
use events::leave::LeaveType;
use serde::{Deserialize, Serialize};

use crate::date::{DayOfYear, OutsideCalendar, minus_months, plus_days, supported};
use crate::period::Period;

/// Notice as long as the absence; the calendar is settled a month before school holidays, and by 1 May for the summer
/// (City: CASVP rules part 4). Short notice warns and never refuses. Leave whose law has a notice of its own, as training
/// and carer and paternity leave, is held to that by its own rule; nobody asks ahead for what he cannot know.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    days_per_day_of_absence: u32,
    summer: (DayOfYear, DayOfYear),
    summer_calendar_by: DayOfYear,
    months_before_school_holidays: u32,
    #[serde(default = "of_the_calendar")]
    types: Vec<LeaveType>,
}

/// As it is for a book of before this was in it.
fn of_the_calendar() -> Vec<LeaveType> {
    vec![LeaveType::AnnualLeave, LeaveType::Rtt, LeaveType::TimeSavings]
}

/// The school holidays of Paris (zone C), as far as they are published.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchoolHolidays {
    periods: Vec<SchoolHoliday>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SchoolHoliday {
    name: String,
    first: NaiveDate,
    last: NaiveDate,
}

impl SchoolHolidays {
    /// The name and the first day of the school holidays in which `date` falls.
    pub fn around(&self, date: NaiveDate) -> Option<(&str, NaiveDate)> {
        let period = self.periods.iter().find(|period| (period.first..=period.last).contains(&date))?;
        Some((&period.name, period.first))
    }
}

/// What the agent and the validator are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// In time.
    InTime,
    /// It was due by this date.
    Short {
        /// The last date that would have been in time.
        due_by: NaiveDate,
    },
    /// In time, unless it begins in school holidays: those of its first day are not published.
    Unknown,
}

impl Notice {
    /// Whether leave of this type is asked for by the calendar of leave.
    pub fn is_due_for(&self, leave_type: LeaveType) -> bool {
        self.types.contains(&leave_type)
    }

    /// Judges a leave over `period` asked for on `asked_on`, with the school holidays of its first day where they are
    /// published. In the summer they are not asked for: its own date comes first.
    ///
    /// # Errors
    /// [`OutsideCalendar`] for dates that are not supported.
    pub fn advise(
        &self,
        asked_on: NaiveDate,
        period: Period,
        school_holidays: Option<&SchoolHolidays>,
    ) -> Result<Advice, OutsideCalendar> {
        let due_by = self.due_by(period, school_holidays)?;
        Ok(if supported(asked_on)? > due_by {
            Advice::Short { due_by }
        } else if school_holidays.is_none() && !self.in_summer(period.start().date) {
            Advice::Unknown
        } else {
            Advice::InTime
        })
    }

    fn in_summer(&self, date: NaiveDate) -> bool {
        let (first, last) = self.summer;
        (first..=last).contains(&DayOfYear::of(date))
    }

    fn due_by(&self, period: Period, school_holidays: Option<&SchoolHolidays>) -> Result<NaiveDate, OutsideCalendar> {
        let (first, absence) = (period.start().date, period.calendar_days());
        let mut due_by = plus_days(first, -absence * i64::from(self.days_per_day_of_absence))?;
        if let Some((_, start)) = school_holidays.and_then(|holidays| holidays.around(first)) {
            due_by = due_by.min(minus_months(start, self.months_before_school_holidays)?);
        }
        if self.in_summer(first) {
            due_by = due_by.min(self.summer_calendar_by.in_year(first.year())?);
        }
        Ok(due_by)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleBook;
    use crate::date::day;

    fn advice(asked: &str, first: &str, last: &str) -> Advice {
        let book = RuleBook::embedded().unwrap();
        let period = Period::days(day(first), day(last)).unwrap();
        let school_holidays = book.at(day(first)).school_holidays().ok().map(|rule| &**rule);
        book.at(day(asked)).notice().unwrap().advise(day(asked), period, school_holidays).unwrap()
    }

    #[test]
    fn ten_days_asked_five_days_before_are_short() {
        let short = Advice::Short { due_by: day("2026-03-06") };
        assert_eq!(advice("2026-03-11", "2026-03-16", "2026-03-25"), short);
        assert_eq!(advice("2026-03-06", "2026-03-16", "2026-03-25"), Advice::InTime);
    }

    #[test]
    fn the_summer_is_settled_by_1_may() {
        let short = Advice::Short { due_by: day("2026-05-01") };
        assert_eq!(advice("2026-05-02", "2026-07-20", "2026-07-24"), short);
    }

    #[test]
    fn school_holidays_are_settled_a_month_before() {
        let short = Advice::Short { due_by: day("2025-01-15") };
        assert_eq!(advice("2025-01-16", "2025-02-24", "2025-02-28"), short);
        assert_eq!(advice("2025-01-15", "2025-02-24", "2025-02-28"), Advice::InTime);
        let short = Advice::Short { due_by: day("2025-11-20") };
        assert_eq!(advice("2025-12-01", "2026-01-02", "2026-01-02"), short, "they began in the year before");
    }

    #[test]
    fn school_holidays_that_are_not_published_are_not_taken_for_none() {
        assert_eq!(advice("2028-01-03", "2028-10-23", "2028-10-27"), Advice::Unknown);
        assert_eq!(advice("2028-10-20", "2028-10-23", "2028-10-27"), Advice::Short { due_by: day("2028-10-18") });
        assert_eq!(advice("2029-04-30", "2029-07-23", "2029-07-27"), Advice::InTime, "the summer has its own date");
    }

    #[test]
    fn a_rule_of_before_it_named_types_is_of_the_calendar_alone() {
        let written = "days_per_day_of_absence = 1\nsummer = [\"07-01\", \"08-31\"]\nsummer_calendar_by = \"05-01\"\n\
                       months_before_school_holidays = 1";
        let rule: Notice = toml::from_str(written).unwrap();
        let due = LeaveType::ALL.into_iter().filter(|leave_type| rule.is_due_for(*leave_type));
        assert_eq!(due.collect::<Vec<_>>(), [LeaveType::AnnualLeave, LeaveType::Rtt, LeaveType::TimeSavings]);
    }
}
