//! Instants of dates that do not tell their year or their offset.

use super::stamp::Stamp;
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Utc};

/// Places the dates of one log: where a date fits several instants, it means the one nearest to the line before.
///
/// So a log that passes from December to January passes into the next year, the hour that comes twice in autumn comes
/// twice, and lines slightly out of order stay where they belong.
pub(super) struct Calendar<Z> {
    first_year: Option<i32>,
    zone: Z,
    until: DateTime<Utc>,
    last: Option<DateTime<Utc>>,
}

/// Why a date has no instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unplaced {
    /// No such date in that year, or a time that the zone's clocks skip.
    NoSuchDate,
    /// Before any log of an SSH server, or after the last date that the log may have.
    OutOfTime,
    /// The date has no year, and the log's first one was not given.
    YearMissing,
}

/// SSH is of 1995: what is before this year is no log of it.
pub(in crate::import) const FIRST_YEAR: i32 = 1990;

/// How far lines of the first year may reach back into the year before it.
const DISORDER: TimeDelta = TimeDelta::days(7);

/// How far from the line before a date may be and still belong to another year.
const HALF_A_YEAR: TimeDelta = TimeDelta::days(183);

impl<Z: TimeZone> Calendar<Z> {
    pub(super) fn new(first_year: Option<i32>, zone: Z) -> Self {
        Self { first_year, zone, until: DateTime::<Utc>::MAX_UTC, last: None }
    }

    /// Places no date after `until`.
    pub(super) fn until(self, until: DateTime<Utc>) -> Self {
        Self { until, ..self }
    }

    pub(super) fn place(&mut self, stamp: Stamp) -> Result<DateTime<Utc>, Unplaced> {
        let at = match stamp {
            Stamp::Instant(at) => Some(at),
            Stamp::Civil(civil) => self.nearest(self.instants(civil)),
            Stamp::Yearless { month, day, time } => {
                let first_year = self.first_year.ok_or(Unplaced::YearMissing)?;
                let years = self.years(first_year);
                let dates = years.filter_map(|year| NaiveDate::from_ymd_opt(year, month, day));
                self.nearest(
                    dates.flat_map(|date| self.instants(date.and_time(time))).filter(|at| self.fits(*at, first_year)),
                )
            }
        };
        let at = at.ok_or(Unplaced::NoSuchDate)?;
        if at.year() < FIRST_YEAR || at > self.until {
            return Err(Unplaced::OutOfTime);
        }
        self.last = Some(at);
        Ok(at)
    }

    /// The years that a date without one may mean.
    fn years(&self, first_year: i32) -> std::ops::RangeInclusive<i32> {
        match self.last {
            None => first_year..=first_year,
            Some(last) => {
                let year = last.with_timezone(&self.zone).year();
                year - 1..=year + 1
            }
        }
    }

    fn fits(&self, at: DateTime<Utc>, first_year: i32) -> bool {
        let Some(last) = self.last else { return true };
        let year = |at: DateTime<Utc>| at.with_timezone(&self.zone).year();
        let reach = if year(at) < first_year { DISORDER } else { HALF_A_YEAR };
        year(at) == year(last) || (at - last).abs() <= reach
    }

    fn nearest(&self, candidates: impl Iterator<Item = DateTime<Utc>>) -> Option<DateTime<Utc>> {
        candidates.min_by_key(|at| self.last.map(|last| distance(last, *at)))
    }

    /// One instant, two where clocks go back, none where they go forward.
    fn instants(&self, civil: NaiveDateTime) -> impl Iterator<Item = DateTime<Utc>> + use<Z> {
        let mapped = self.zone.from_local_datetime(&civil);
        let utc = |at: DateTime<Z>| at.with_timezone(&Utc);
        let (earliest, latest) = (mapped.clone().earliest().map(utc), mapped.latest().map(utc));
        earliest.into_iter().chain(latest.filter(|at| Some(*at) != earliest))
    }
}

/// How far a line is from the one before. Logs go forward: one that goes back by more than the disorder of writers is
/// an hour further, or the autumn's second hour would be taken for the first after a few minutes' silence.
fn distance(last: DateTime<Utc>, at: DateTime<Utc>) -> TimeDelta {
    let back = last - at;
    if back > TimeDelta::minutes(5) { back + TimeDelta::hours(1) } else { back.abs() }
}

#[cfg(test)]
mod tests {
    use super::super::stamp::stamp;
    use super::*;
    use chrono_tz::Europe::Paris;

    fn placed<Z: TimeZone>(zone: Z, dates: &[&str]) -> Vec<String> {
        let mut calendar = Calendar::new(Some(2023), zone);
        dates
            .iter()
            .map(|date| match calendar.place(stamp(date.as_bytes()).unwrap().0) {
                Ok(at) => at.format("%F %T").to_string(),
                Err(unplaced) => format!("{unplaced:?}"),
            })
            .collect()
    }

    #[test]
    fn december_then_january_is_the_next_year() {
        assert_eq!(
            placed(
                Utc,
                &["Dec 31 23:59:59", "Jan  1 00:00:01", "Dec 31 23:59:58", "Jan  1 00:00:02", "Feb 29 12:00:00"]
            ),
            [
                "2023-12-31 23:59:59",
                "2024-01-01 00:00:01",
                "2023-12-31 23:59:58",
                "2024-01-01 00:00:02",
                "2024-02-29 12:00:00"
            ]
        );
    }

    #[test]
    fn a_first_line_of_the_new_year_lets_stragglers_of_the_old_one_follow() {
        assert_eq!(placed(Utc, &["Jan 1 00:00:00", "Dec 31 23:59:59"]), ["2023-01-01 00:00:00", "2022-12-31 23:59:59"]);
    }

    #[test]
    fn a_long_silence_within_the_year_is_not_another_year() {
        assert_eq!(
            placed(Utc, &["Jan 10 00:00:00", "Sep 10 00:00:00"]),
            ["2023-01-10 00:00:00", "2023-09-10 00:00:00"]
        );
    }

    #[test]
    fn one_stray_date_does_not_lead_the_others_astray() {
        assert_eq!(
            placed(Utc, &["Aug 1 00:00:00", "Jan 1 00:00:00", "Aug 1 00:00:01"]).last().unwrap(),
            "2023-08-01 00:00:01"
        );
    }

    #[test]
    fn dates_that_do_not_exist() {
        assert_eq!(
            placed(Utc, &["Feb 30 00:00:00", "Feb 29 00:00:00", "Jan 2 00:00:00", "Feb 29 00:00:00"]),
            ["NoSuchDate", "NoSuchDate", "2023-01-02 00:00:00", "NoSuchDate"]
        );
        assert_eq!(Calendar::new(None, Utc).place(stamp(b"Dec 1 00:00:00").unwrap().0), Err(Unplaced::YearMissing));
    }

    #[test]
    fn the_hour_that_comes_twice_comes_twice() {
        assert_eq!(
            placed(
                Paris,
                &["Oct 29 02:10:00", "Oct 29 02:59:00", "Oct 29 02:58:59", "Oct 29 02:01:00", "Oct 29 02:50:00"]
            ),
            [
                "2023-10-29 00:10:00",
                "2023-10-29 00:59:00",
                "2023-10-29 00:58:59",
                "2023-10-29 01:01:00",
                "2023-10-29 01:50:00"
            ]
        );
    }

    #[test]
    fn the_hour_that_comes_twice_is_the_first_one_where_nothing_tells() {
        assert_eq!(placed(Paris, &["Oct 29 02:30:00"]), ["2023-10-29 00:30:00"]);
    }

    #[test]
    fn the_hour_that_is_skipped_is_none() {
        assert_eq!(
            placed(Paris, &["Mar 26 01:59:59", "Mar 26 02:30:00", "Mar 26 03:00:00"]),
            ["2023-03-26 00:59:59", "NoSuchDate", "2023-03-26 01:00:00"]
        );
    }
}
