//! Special absences (*autorisations spéciales d'absence*) by motive.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use events::counted;
use events::leave::Charge;
use serde::{Deserialize, Serialize};

use crate::date::{OutsideCalendar, plus_days, plus_months};
use crate::family::Circumstances;
use crate::period::Period;
use crate::quantity::HalfDays;

/// The absences granted of right or by decision, motive by motive (CGFP L.622-1 and -2). They never fall on a day off
/// and change no other counter; the table is replaced as a whole at a date, as the decree ordered by CE 10 December
/// 2025 n° 503871 will.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpecialAbsences {
    motives: Vec<SpecialAbsence>,
    death_of_child: DeathOfChild,
}

/// The motive whose days follow from the age of the child (CGFP L.622-2), so that it is not of the table.
pub const DEATH_OF_CHILD: &str = "death_of_child";

/// What a motive gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpecialAbsence {
    /// The motive's stable name.
    pub motive: String,
    /// Whether it tells of the agent's health, and those who decide do not read it; so it is unless the law says no.
    #[serde(default = "yes")]
    pub medical: bool,
    /// The text or decision that grants it.
    pub source: String,
    /// Whether it is of right or left to decision.
    pub grant: Grant,
    /// Working days; none where the need decides, as for a medical examination.
    pub days: Option<u32>,
    /// Dates for one procedure, where they are limited.
    pub occasions: Option<u32>,
    /// Dates of one absence, where the need is that of an act at a time.
    #[serde(default)]
    pub dates_at_once: Option<u32>,
    /// Hours of travel that may be added.
    #[serde(default)]
    pub travel_hours: u32,
    /// When it is taken, about the day of what it is for; none leaves it open.
    #[serde(default)]
    pub about: Option<About>,
    /// How many of what it is for may fall on one day: two persons may die on one.
    #[serde(default = "one")]
    pub events_a_day: u8,
}

/// When an absence is taken, about the day of what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// From so many days before it.
    #[serde(default)]
    pub days_before: u16,
    /// To so many months after it.
    pub months_after: u32,
}

const fn yes() -> bool {
    true
}

const fn one() -> u8 {
    1
}

/// Who decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// The law.
    OfRight,
    /// The employer, where the service allows.
    ByDecision,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeathOfChild {
    days: u32,
    days_if_young_or_parent: u32,
    young_below_years: u32,
    further_days: u32,
    further_within_months: u32,
    #[serde(default = "one")]
    events_a_day: u8,
}

/// Absence after the death of a child (CGFP L.622-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Bereavement {
    /// Working days at once.
    pub days: u32,
    /// Working days more, which may be split.
    pub further_days: u32,
    /// The months after the death within which the further days are taken.
    pub further_within_months: u32,
}

/// What a motive gives on one occasion: for one event of life, or one procedure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    /// Working days; none where the need decides.
    half_days: Option<HalfDays>,
    /// Dates on which the agent may be absent.
    dates: Option<u32>,
    /// Dates of one absence.
    dates_at_once: Option<u32>,
    /// When it is taken.
    about: Option<About>,
    /// How many events may fall on one day.
    events_a_day: u8,
}

/// What an absence is for: an event of life, or a procedure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The day of the event, or the one on which the procedure began.
    pub on: Option<NaiveDate>,
    /// Which one of that day, from 1.
    pub number: u8,
}

/// What absences take.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    half_days: HalfDays,
    dates: BTreeSet<NaiveDate>,
}

/// Why a special absence is not given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpecialAbsenceRefused {
    /// No motive, or none that the rules know.
    #[error("the motive of a special absence is one of {} (CGFP L.622-1)", .known.join(", "))]
    Motive {
        /// Those that the rules know.
        known: Vec<String>,
    },
    /// The age of the child that died is not said.
    #[error("the age of the child is not said: what is given follows from it (CGFP L.622-2)")]
    Age,
    /// Circumstances that change nothing of what the motive gives.
    #[error("what this motive gives follows from no such circumstances (CGFP L.622-1)")]
    OtherCircumstances,
    /// More travel than the motive allows.
    #[error("this motive gives {} of travel", counted::en(*most_hours, "hour", "hours"))]
    Travel {
        /// The most.
        most_hours: u32,
    },
    /// The day of the event or the procedure is not said, and what is given is for one of them.
    #[error("the day of what it is for is not said: what is given is for one event (CGFP L.622-1)")]
    NoDay,
    /// A day is said and nothing follows from it.
    #[error("what this motive gives follows from no day (CGFP L.622-1)")]
    NeedlessDay,
    /// More days than the motive gives.
    #[error("this motive gives {} for one event: {before} taken or asked for before (CGFP L.622-1)", .given.in_english())]
    Days {
        /// What it gives.
        given: HalfDays,
        /// What other absences on the same occasion take of it.
        before: HalfDays,
    },
    /// More dates than the motive gives.
    #[error("this motive gives {} for one procedure: {before} taken or asked for before (CGFP L.622-1)",
        counted::en(*given, "date", "dates"))]
    Dates {
        /// What it gives.
        given: u32,
        /// What other absences on the same occasion take of it.
        before: u32,
    },
    /// More dates at once than the act that it is for can take.
    #[error("this motive gives {} at a time (CGFP L.622-1; Code du travail L.1225-16)", counted::en(*most, "date", "dates"))]
    DatesAtOnce {
        /// The most.
        most: u32,
    },
    /// More events than can fall on one day.
    #[error("at most {most} of what this motive is for on one day, counted from 1 (CGFP L.622-1; convention)")]
    Number {
        /// The most.
        most: u8,
    },
    /// Too early, or too late after the event.
    #[error("what this motive gives is taken from {first} to {last} (CGFP L.622-1 and L.622-2)")]
    Outside {
        /// The first day.
        first: NaiveDate,
        /// The last day.
        last: NaiveDate,
    },
    /// A date that is not supported.
    #[error(transparent)]
    Unsupported(#[from] OutsideCalendar),
}

/// An hour of travel in half-days: a day has 24 (convention).
const HOURS_A_HALF_DAY: u32 = 12;

impl Taken {
    /// What these charges take.
    pub fn of<'a>(charges: impl IntoIterator<Item = &'a Charge>) -> Self {
        let half_days: Vec<_> = charges.into_iter().flat_map(|charge| charge.half_days.iter()).collect();
        let dates = half_days.iter().map(|half_day| half_day.date).collect();
        Self { half_days: HalfDays::new(count(half_days.len())), dates }
    }
}

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl Given {
    /// Whether it is for one event or procedure, whose day has to be known.
    const fn is_for_one(self) -> bool {
        self.half_days.is_some() || self.dates.is_some() || self.about.is_some()
    }

    /// Holds an absence over `period` that takes so much, after what others on the same occasion take, against this.
    ///
    /// # Errors
    /// [`SpecialAbsenceRefused`] with the reason.
    pub fn check(
        self,
        event: Event,
        period: Period,
        asked: &Taken,
        before: &Taken,
    ) -> Result<(), SpecialAbsenceRefused> {
        if let Some(most) = self.dates_at_once.filter(|most| count(asked.dates.len()) > *most) {
            return Err(SpecialAbsenceRefused::DatesAtOnce { most });
        }
        if !(1..=self.events_a_day).contains(&event.number) {
            return Err(SpecialAbsenceRefused::Number { most: self.events_a_day });
        }
        let Some(on) = event.on else {
            return if self.is_for_one() { Err(SpecialAbsenceRefused::NoDay) } else { Ok(()) };
        };
        if !self.is_for_one() {
            return Err(SpecialAbsenceRefused::NeedlessDay);
        }
        if let Some(About { days_before, months_after }) = self.about {
            let (first, last) = (plus_days(on, -i64::from(days_before))?, plus_months(on, months_after)?);
            if period.start().date < first || last < period.end().date {
                return Err(SpecialAbsenceRefused::Outside { first, last });
            }
        }
        if let Some(given) = self.half_days.filter(|given| before.half_days + asked.half_days > *given) {
            return Err(SpecialAbsenceRefused::Days { given, before: before.half_days });
        }
        let dates = count(before.dates.union(&asked.dates).count());
        match self.dates.filter(|given| dates > *given) {
            Some(given) => Err(SpecialAbsenceRefused::Dates { given, before: count(before.dates.len()) }),
            None => Ok(()),
        }
    }
}

impl SpecialAbsences {
    /// What this motive gives on one occasion.
    ///
    /// # Errors
    /// [`SpecialAbsenceRefused`] for a motive that the table does not know, or other circumstances than its own.
    pub fn given(
        &self,
        motive: Option<&str>,
        circumstances: Option<Circumstances>,
    ) -> Result<Given, SpecialAbsenceRefused> {
        if motive == Some(DEATH_OF_CHILD) {
            let Some(Circumstances::DeathOfChild { age_years, was_parent }) = circumstances else {
                return Err(SpecialAbsenceRefused::Age);
            };
            let Bereavement { days, further_days, further_within_months } = self.death_of_child(age_years, was_parent);
            let half_days = Some(HalfDays::days(days + further_days));
            let about = Some(About { days_before: 0, months_after: further_within_months });
            let events_a_day = self.death_of_child.events_a_day;
            return Ok(Given { half_days, dates: None, dates_at_once: None, about, events_a_day });
        }
        let unknown = || SpecialAbsenceRefused::Motive { known: self.names().map(str::to_owned).collect() };
        let absence = motive.and_then(|motive| self.of(motive)).ok_or_else(unknown)?;
        let travel = match circumstances {
            Some(Circumstances::Travel { hours }) if hours > absence.travel_hours => {
                return Err(SpecialAbsenceRefused::Travel { most_hours: absence.travel_hours });
            }
            Some(Circumstances::Travel { hours }) => HalfDays::new(hours.div_ceil(HOURS_A_HALF_DAY)),
            Some(_) => return Err(SpecialAbsenceRefused::OtherCircumstances),
            None => HalfDays::ZERO,
        };
        let half_days = absence.days.map(|days| HalfDays::days(days) + travel);
        let SpecialAbsence { occasions: dates, dates_at_once, about, events_a_day, .. } = *absence;
        Ok(Given { half_days, dates, dates_at_once, about, events_a_day })
    }

    /// What this motive gives, if the table knows it.
    pub fn of(&self, motive: &str) -> Option<&SpecialAbsence> {
        self.motives.iter().find(|absence| absence.motive == motive)
    }

    /// Every motive of the table.
    pub fn motives(&self) -> &[SpecialAbsence] {
        &self.motives
    }

    /// The name of every motive, that of [`DEATH_OF_CHILD`] too.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.motives.iter().map(|absence| absence.motive.as_str()).chain([DEATH_OF_CHILD])
    }

    /// Whether this motive tells of the agent's health; one that the table does not know may.
    pub fn is_medical(&self, motive: &str) -> bool {
        motive != DEATH_OF_CHILD && self.of(motive).is_none_or(|absence| absence.medical)
    }

    /// Whether absence for this motive is of right (CGFP L.622-1), as it is after the death of a child (CGFP L.622-2).
    pub fn is_of_right(&self, motive: &str) -> bool {
        motive == DEATH_OF_CHILD || self.of(motive).is_some_and(|absence| absence.grant == Grant::OfRight)
    }

    /// Absence after the death of a child of this age; the longer absence and the further days are for a child below
    /// the age of the rule, or of any age who was a parent.
    pub fn death_of_child(&self, age_years: u32, was_parent: bool) -> Bereavement {
        let rule = &self.death_of_child;
        let longer = was_parent || age_years < rule.young_below_years;
        Bereavement {
            days: if longer { rule.days_if_young_or_parent } else { rule.days },
            further_days: if longer { rule.further_days } else { 0 },
            further_within_months: rule.further_within_months,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleBook;
    use crate::date::day;

    #[test]
    fn the_city_gives_six_days_for_a_marriage() {
        let book = RuleBook::embedded().unwrap();
        let table = book.at(day("2026-01-01")).special_absences().unwrap();
        let marriage = table.of("marriage_or_pacs").unwrap();
        assert_eq!((marriage.days, marriage.grant), (Some(6), Grant::ByDecision));
        assert!(table.of("birthday").is_none());
    }

    #[test]
    fn examinations_and_treatments_are_medical_and_so_is_what_the_law_does_not_name() {
        let book = RuleBook::embedded().unwrap();
        let table = book.at(day("2026-01-01")).special_absences().unwrap();
        for motive in ["pregnancy_examination", "pma_treatment", "birthday"] {
            assert!(table.is_medical(motive), "{motive}");
        }
        for motive in ["adoption_interview", "marriage_or_pacs", "close_death_or_grave_illness", DEATH_OF_CHILD] {
            assert!(!table.is_medical(motive), "{motive}");
        }
    }

    #[test]
    fn the_law_grants_examinations_treatments_interviews_and_mourning_for_a_child() {
        let book = RuleBook::embedded().unwrap();
        let table = book.at(day("2026-01-01")).special_absences().unwrap();
        let of_right: Vec<&str> = table.names().filter(|motive| table.is_of_right(motive)).collect();
        assert_eq!(of_right, ["pregnancy_examination", "pma_treatment", "adoption_interview", DEATH_OF_CHILD]);
    }

    #[test]
    fn a_close_death_gives_three_days_and_travel() {
        let book = RuleBook::embedded().unwrap();
        let death = book.at(day("2026-01-01")).special_absences().unwrap().of("close_death_or_grave_illness").unwrap();
        assert_eq!((death.days, death.travel_hours), (Some(3), 48));
    }

    fn given(motive: &str, circumstances: Option<Circumstances>) -> Result<Given, SpecialAbsenceRefused> {
        let book = RuleBook::embedded().unwrap();
        book.at(day("2026-01-01")).special_absences().unwrap().given(Some(motive), circumstances)
    }

    #[test]
    fn travel_adds_up_to_two_days_to_a_close_death_and_to_nothing_else() {
        let travel = |hours| Some(Circumstances::Travel { hours });
        let days = |hours| given("close_death_or_grave_illness", travel(hours)).map(|given| given.half_days);
        let half_days = |count| Ok(Some(HalfDays::new(count)));
        assert_eq!([days(0), days(12), days(13), days(48)], [6, 7, 8, 10].map(half_days));
        assert_eq!(days(49), Err(SpecialAbsenceRefused::Travel { most_hours: 48 }));
        assert_eq!(given("marriage_or_pacs", travel(1)), Err(SpecialAbsenceRefused::Travel { most_hours: 0 }));
    }

    #[test]
    fn days_and_dates_of_one_occasion_add_up() {
        let taken = |half_days, first: &str, dates| Taken {
            half_days: HalfDays::new(half_days),
            dates: day(first).iter_days().take(dates).collect(),
        };
        let period = Period::days(day("2026-06-08"), day("2026-06-09")).unwrap();
        let (asked, on) = (taken(4, "2026-06-08", 2), on("2026-06-06"));
        let married = given("marriage_or_pacs", None).unwrap();
        assert_eq!(married.check(on, period, &asked, &taken(8, "2026-06-01", 4)), Ok(()));
        let (six, before) = (HalfDays::days(6), HalfDays::new(9));
        let refused = SpecialAbsenceRefused::Days { given: six, before };
        assert_eq!(married.check(on, period, &asked, &taken(9, "2026-06-01", 5)), Err(refused));
        let adopting = given("adoption_interview", None).unwrap();
        assert_eq!(adopting.check(on, period, &asked, &taken(3, "2026-06-10", 3)), Ok(()));
        let refused = SpecialAbsenceRefused::Dates { given: 5, before: 4 };
        assert_eq!(adopting.check(on, period, &asked, &taken(4, "2026-06-10", 4)), Err(refused));
        assert_eq!(
            adopting.check(on, period, &asked, &taken(5, "2026-06-09", 4)),
            Ok(()),
            "a date is one in two halves"
        );
    }

    fn on(date: &str) -> Event {
        Event { on: Some(day(date)), number: 1 }
    }

    #[test]
    fn an_absence_is_about_the_day_of_what_it_is_for() {
        let check = |motive, occurred: &str, first: &str| {
            let period = Period::days(day(first), day(first)).unwrap();
            given(motive, None).unwrap().check(on(occurred), period, &Taken::default(), &Taken::default())
        };
        let outside = |first, last| Err(SpecialAbsenceRefused::Outside { first: day(first), last: day(last) });
        assert_eq!(check("marriage_or_pacs", "2026-06-06", "2026-05-25"), Ok(()));
        assert_eq!(check("marriage_or_pacs", "1999-06-06", "2026-05-25"), outside("1999-05-06", "2000-06-06"));
        assert_eq!(
            check("close_death_or_grave_illness", "2026-06-06", "2026-06-05"),
            outside("2026-06-06", "2027-06-06")
        );
        assert_eq!(check("adoption_interview", "2026-06-06", "2027-01-05"), Ok(()));
    }

    #[test]
    fn two_may_die_on_one_day_and_nobody_marries_twice_on_one() {
        let period = Period::days(day("2026-06-08"), day("2026-06-09")).unwrap();
        let check = |motive, number| {
            let event = Event { number, ..on("2026-06-06") };
            given(motive, None).unwrap().check(event, period, &Taken::default(), &Taken::default())
        };
        assert_eq!(check("close_death_or_grave_illness", 2), Ok(()));
        assert_eq!(check("close_death_or_grave_illness", 0), Err(SpecialAbsenceRefused::Number { most: 9 }));
        assert_eq!(check("marriage_or_pacs", 2), Err(SpecialAbsenceRefused::Number { most: 1 }));
    }

    #[test]
    fn an_examination_is_of_one_date() {
        let period = Period::days(day("2026-06-08"), day("2026-06-09")).unwrap();
        let dates = |last: &str| Taken { half_days: HalfDays::days(1), dates: [day("2026-06-08"), day(last)].into() };
        let never = Event { on: None, number: 1 };
        for motive in ["pregnancy_examination", "pma_treatment"] {
            let check = |last| given(motive, None).unwrap().check(never, period, &dates(last), &Taken::default());
            assert_eq!(check("2026-06-08"), Ok(()));
            assert_eq!(check("2026-06-09"), Err(SpecialAbsenceRefused::DatesAtOnce { most: 1 }), "{motive}");
        }
    }

    #[test]
    fn a_day_is_said_where_what_is_given_is_for_one_event_and_nowhere_else() {
        let period = Period::days(day("2026-06-08"), day("2026-06-09")).unwrap();
        let check = |motive, on| {
            let event = Event { on, number: 1 };
            given(motive, None).unwrap().check(event, period, &Taken::default(), &Taken::default())
        };
        assert_eq!(check("marriage_or_pacs", None), Err(SpecialAbsenceRefused::NoDay));
        assert_eq!(check("pregnancy_examination", None), Ok(()));
        assert_eq!(check("pregnancy_examination", Some(day("2026-06-08"))), Err(SpecialAbsenceRefused::NeedlessDay));
    }

    #[test]
    fn mourning_for_a_child_is_taken_within_a_year() {
        let mourning = given(DEATH_OF_CHILD, Some(Circumstances::DeathOfChild { age_years: 3, was_parent: false }));
        let mourning = mourning.unwrap();
        let (first, last) = (day("2026-03-02"), day("2027-03-02"));
        let check = |date| {
            let period = Period::days(day(date), day(date)).unwrap();
            mourning.check(on("2026-03-02"), period, &Taken::default(), &Taken::default())
        };
        assert_eq!([check("2026-03-02"), check("2027-03-02")], [Ok(()), Ok(())]);
        for date in ["2026-03-01", "2027-03-03"] {
            assert_eq!(check(date), Err(SpecialAbsenceRefused::Outside { first, last }));
        }
        assert_eq!(given(DEATH_OF_CHILD, None), Err(SpecialAbsenceRefused::Age));
    }

    #[test]
    fn the_death_of_a_child_gives_12_or_14_and_8_days() {
        let book = RuleBook::embedded().unwrap();
        let table = book.at(day("2026-01-01")).special_absences().unwrap();
        let days = |age, parent| {
            let bereavement = table.death_of_child(age, parent);
            (bereavement.days, bereavement.further_days)
        };
        assert_eq!([days(30, false), days(30, true), days(24, false)], [(12, 0), (14, 8), (14, 8)]);
    }
}
