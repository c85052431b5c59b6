use serde::{Deserialize, Serialize};

use super::{Given, Recurrence, SpecialAbsenceRefused};
use crate::family::Circumstances;
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
    /// Days within which another day names the same event, unless the two are numbered.
    #[serde(default)]
    pub days_apart: u16,
    #[serde(default)]
    recurrence: Option<Recurrence>,
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
    #[serde(default)]
    days_apart: u16,
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

/// An hour of travel in half-days: a day has 24 (convention).
const HOURS_A_HALF_DAY: u32 = 12;

impl SpecialAbsence {
    /// How often what it is for can come; none where nothing tells.
    pub fn recurrence(&self) -> Option<Recurrence> {
        self.recurrence.clone().or_else(|| Recurrence::before_it_was_written(&self.motive))
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
            return Ok(Given { half_days, dates: None, dates_at_once: None, about, events_a_day, recurrence: None });
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
        Ok(Given { half_days, dates, dates_at_once, about, events_a_day, recurrence: absence.recurrence() })
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

    /// Days within which another day names the same event, unless the two are numbered (convention): nobody has what an
    /// event gives again by naming the day after.
    pub fn days_apart(&self, motive: &str) -> u16 {
        if motive == DEATH_OF_CHILD {
            return self.death_of_child.days_apart;
        }
        self.of(motive).map_or(0, |absence| absence.days_apart)
    }

    /// Whether a child of this age, or who was a parent, gives the longer absence: for one child, always the same.
    pub const fn is_longer(&self, age_years: u32, was_parent: bool) -> bool {
        was_parent || age_years < self.death_of_child.young_below_years
    }

    /// Absence after the death of a child of this age; the longer absence and the further days are for a child below
    /// the age of the rule, or of any age who was a parent.
    pub fn death_of_child(&self, age_years: u32, was_parent: bool) -> Bereavement {
        let rule = &self.death_of_child;
        let longer = self.is_longer(age_years, was_parent);
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

    fn given(motive: &str, circumstances: Option<Circumstances>) -> Result<Given, SpecialAbsenceRefused> {
        let book = RuleBook::embedded().unwrap();
        book.at(day("2026-01-01")).special_absences().unwrap().given(Some(motive), circumstances)
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
    fn a_book_of_before_it_was_written_knows_how_often_an_event_comes() {
        let book = RuleBook::embedded().unwrap();
        for motive in book.at(day("2026-01-01")).special_absences().unwrap().motives() {
            let unwritten = SpecialAbsence { recurrence: None, ..motive.clone() };
            assert_eq!(unwritten.recurrence(), motive.recurrence, "{}", motive.motive);
        }
    }

    #[test]
    fn a_close_death_gives_three_days_and_travel() {
        let book = RuleBook::embedded().unwrap();
        let death = book.at(day("2026-01-01")).special_absences().unwrap().of("close_death_or_grave_illness").unwrap();
        assert_eq!((death.days, death.travel_hours), (Some(3), 48));
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
