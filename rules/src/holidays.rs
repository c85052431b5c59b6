//! Public holidays, computed, and the City's exceptional days off.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;

use crate::book::Enacted;
use crate::date::{DayOfYear, OutsideCalendar, YEARS, plus_days, supported};

/// The public holidays of a year (Code du travail L.3133-1, by CGFP L.621-8).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicHolidays {
    fixed: Vec<Fixed>,
    movable: Vec<Movable>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixed {
    name: String,
    on: DayOfYear,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Movable {
    name: String,
    days_after_easter: u16,
}

impl PublicHolidays {
    /// The holidays of `year` with their names, in no order; two may fall on one date.
    ///
    /// # Errors
    /// [`OutsideCalendar`] for a year that is not supported.
    pub fn of_year(&self, year: i32) -> Result<Vec<(NaiveDate, &str)>, OutsideCalendar> {
        let easter = easter(year)?;
        let fixed = self.fixed.iter().map(|holiday| Ok((holiday.on.in_year(year)?, holiday.name.as_str())));
        let movable = self
            .movable
            .iter()
            .map(|holiday| Ok((plus_days(easter, i64::from(holiday.days_after_easter))?, holiday.name.as_str())));
        fixed.chain(movable).collect()
    }
}

/// Days off that the City grants once (decision of the employer).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalHolidays {
    days: Vec<LocalHoliday>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LocalHoliday {
    name: String,
    on: NaiveDate,
}

/// Easter Sunday of `year` in the Gregorian calendar (the computus of Meeus, Jones and Butcher).
///
/// # Errors
/// [`OutsideCalendar`] for a year that is not supported.
pub fn easter(year: i32) -> Result<NaiveDate, OutsideCalendar> {
    let golden = year % 19;
    let (century, of_century) = (year / 100, year % 100);
    let correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - correction + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let shift = (golden + 11 * epact + 22 * weekday) / 451;
    let march = epact + weekday - 7 * shift + 22;
    let first = NaiveDate::from_ymd_opt(year, 3, 1).ok_or(OutsideCalendar(NaiveDate::MAX))?;
    plus_days(supported(first)?, i64::from(march - 1))
}

/// Every holiday of the supported years, by date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    names: BTreeMap<NaiveDate, Vec<String>>,
}

impl Calendar {
    /// The calendar of these rules, each over the dates for which it is enacted.
    pub(crate) fn new<'a>(
        public: impl Iterator<Item = &'a Enacted<PublicHolidays>>,
        local: impl Iterator<Item = &'a Enacted<LocalHolidays>>,
    ) -> Self {
        let mut names: BTreeMap<NaiveDate, Vec<String>> = BTreeMap::new();
        for rule in public {
            let holidays = YEARS.flat_map(|year| rule.of_year(year).unwrap_or_default());
            for (date, name) in holidays.filter(|(date, _)| rule.provision().covers(*date)) {
                names.entry(date).or_default().push(name.to_owned());
            }
        }
        for rule in local {
            for day in rule.days.iter().filter(|day| rule.provision().covers(day.on)) {
                names.entry(day.on).or_default().push(day.name.clone());
            }
        }
        Self { names }
    }

    /// Whether nobody is due to work on `date`.
    pub fn is_holiday(&self, date: NaiveDate) -> bool {
        self.names.contains_key(&date)
    }

    /// The names of the holidays that fall on `date`.
    pub fn names(&self, date: NaiveDate) -> &[String] {
        self.names.get(&date).map_or(&[], Vec::as_slice)
    }

    /// The holidays from `first` to `last`, both included, in order.
    pub fn between(&self, first: NaiveDate, last: NaiveDate) -> impl Iterator<Item = (NaiveDate, &[String])> {
        self.names
            .range(first..)
            .take_while(move |(date, _)| **date <= last)
            .map(|(date, names)| (*date, names.as_slice()))
    }
}
