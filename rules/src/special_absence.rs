//! Special absences (*autorisations spéciales d'absence*) by motive.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use events::counted;
use events::leave::Charge;
use serde::{Deserialize, Serialize};

use crate::date::{OutsideCalendar, plus_months};
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
    /// Hours of travel that may be added.
    #[serde(default)]
    pub travel_hours: u32,
}

const fn yes() -> bool {
    true
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Working days; none where the need decides.
    half_days: Option<HalfDays>,
    /// Dates on which the agent may be absent.
    dates: Option<u32>,
    /// The months after the event within which it is taken.
    within_months: Option<u32>,
}

/// What absences take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    half_days: HalfDays,
    dates: u32,
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
    /// Too early, or too late after the event.
    #[error("what this motive gives is taken from {first} to {last} (CGFP L.622-2)")]
    Outside {
        /// The day of the event.
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
        let dates: BTreeSet<_> = half_days.iter().map(|half_day| half_day.date).collect();
        let count = |count| u32::try_from(count).unwrap_or(u32::MAX);
        Self { half_days: HalfDays::new(count(half_days.len())), dates: count(dates.len()) }
    }
}

impl Given {
    /// Holds an absence over `period` that takes so much, after what others on the same occasion take, against this;
    /// `occurred_on` is the day of the event, or the one on which the procedure began.
    ///
    /// # Errors
    /// [`SpecialAbsenceRefused`] with the reason.
    pub fn check(
        self,
        occurred_on: Option<NaiveDate>,
        period: Period,
        asked: Taken,
        before: Taken,
    ) -> Result<(), SpecialAbsenceRefused> {
        let Some(occurred_on) = occurred_on else {
            return if self == Self::default() { Ok(()) } else { Err(SpecialAbsenceRefused::NoDay) };
        };
        if self == Self::default() {
            return Err(SpecialAbsenceRefused::NeedlessDay);
        }
        if let Some(months) = self.within_months {
            let (first, last) = (occurred_on, plus_months(occurred_on, months)?);
            if period.start().date < first || last < period.end().date {
                return Err(SpecialAbsenceRefused::Outside { first, last });
            }
        }
        if let Some(given) = self.half_days.filter(|given| before.half_days + asked.half_days > *given) {
            return Err(SpecialAbsenceRefused::Days { given, before: before.half_days });
        }
        match self.dates.filter(|given| before.dates.saturating_add(asked.dates) > *given) {
            Some(given) => Err(SpecialAbsenceRefused::Dates { given, before: before.dates }),
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
            return Ok(Given { half_days, dates: None, within_months: Some(further_within_months) });
        }
        let unknown = || SpecialAbsenceRefused::Motive { known: self.names().map(str::to_owned).collect() };
        let absence = motive.and_then(|motive| self.of(motive)).ok_or_else(unknown)?;
        let travel = match circumstances {
            Some(Circumstances::Travel { hours }) if hours > absence.travel_hours => {
                return Err(SpecialAbsenceRefused::Travel { most_hours: absence.travel_hours });
            }
            Some(Circumstances::Travel { hours }) => HalfDays::new(hours.div_ceil(HOURS_A_HALF_DAY)),
            _ => HalfDays::ZERO,
        };
        let half_days = absence.days.map(|days| HalfDays::days(days) + travel);
        Ok(Given { half_days, dates: absence.occasions, within_months: None })
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
        let taken = |half_days, dates| Taken { half_days: HalfDays::new(half_days), dates };
        let period = Period::days(day("2026-06-08"), day("2026-06-09")).unwrap();
        let married = given("marriage_or_pacs", None).unwrap();
        let on = Some(day("2026-06-06"));
        assert_eq!(married.check(on, period, taken(4, 2), taken(8, 4)), Ok(()));
        let (six, before) = (HalfDays::days(6), HalfDays::new(9));
        let refused = SpecialAbsenceRefused::Days { given: six, before };
        assert_eq!(married.check(on, period, taken(4, 2), taken(9, 5)), Err(refused));
        let adopting = given("adoption_interview", None).unwrap();
        assert_eq!(adopting.check(on, period, taken(2, 2), taken(3, 3)), Ok(()));
        let refused = SpecialAbsenceRefused::Dates { given: 5, before: 4 };
        assert_eq!(adopting.check(on, period, taken(2, 2), taken(4, 4)), Err(refused));
    }

    #[test]
    fn a_day_is_said_where_what_is_given_is_for_one_event_and_nowhere_else() {
        let period = Period::days(day("2026-06-08"), day("2026-06-09")).unwrap();
        let check = |motive, on| given(motive, None).unwrap().check(on, period, Taken::default(), Taken::default());
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
            mourning.check(Some(first), period, Taken::default(), Taken::default())
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
