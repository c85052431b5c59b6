//! Special absences (*autorisations spéciales d'absence*) by motive.

use serde::{Deserialize, Serialize};

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
    /// Occasions, where they are limited.
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

impl SpecialAbsences {
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
