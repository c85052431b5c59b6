use chrono::NaiveDate;
use serde::Deserialize;

use crate::date::{OutsideCalendar, minus_months, plus_days, supported};

/// The first day of a sick leave is unpaid (L 2017-1837 art. 115), and nothing may stand in for it: no leave, RTT or
/// special absence.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaitingDay {
    applies: bool,
    exempt: Vec<Motive>,
    relapse_hours: u16,
    bereavement_weeks: u16,
    long_term_condition_months: u32,
}

/// The motives that may free a sick leave from its waiting day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Motive {
    WorkInjury,
    LongIllness,
    DeclaredPregnancy,
    Miscarriage,
    ChildDeath,
    LongTermCondition,
}

/// What frees a sick leave from its waiting day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exemption {
    /// Accident or illness of service (CITIS).
    WorkInjury,
    /// Long or grave illness leave (CLM, CLD, CGM).
    LongIllness,
    /// From the declaration of a pregnancy to the maternity leave.
    DeclaredPregnancy,
    /// Miscarriage.
    Miscarriage,
    /// The first leave in the weeks after the death of a child.
    ChildDeath {
        /// The date of the death.
        on: NaiveDate,
        /// The first day of the latest leave that was freed for a death.
        freed_before: Option<NaiveDate>,
    },
    /// A long-term condition (ALD), whose waiting day is due once in three years.
    LongTermCondition {
        /// The latest waiting day borne for it.
        last_waiting_day: Option<NaiveDate>,
    },
}

impl Exemption {
    fn motive(self) -> Motive {
        match self {
            Self::WorkInjury => Motive::WorkInjury,
            Self::LongIllness => Motive::LongIllness,
            Self::DeclaredPregnancy => Motive::DeclaredPregnancy,
            Self::Miscarriage => Motive::Miscarriage,
            Self::ChildDeath { .. } => Motive::ChildDeath,
            Self::LongTermCondition { .. } => Motive::LongTermCondition,
        }
    }
}

/// The sick leave before the one at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EarlierSpell {
    /// Its last day.
    pub last: NaiveDate,
    /// Whether the two have one cause.
    pub same_cause: bool,
    /// Whether work was resumed between them: else the one at hand prolongs it.
    pub resumed: bool,
}

/// A sick leave about to be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewSpell {
    /// The day on which the certificate was issued.
    pub issued: NaiveDate,
    /// Whether the agent worked on that day: the leave then begins on the next.
    pub worked_that_day: bool,
    /// What may free it.
    pub exemption: Option<Exemption>,
    /// The one before.
    pub earlier: Option<EarlierSpell>,
}

impl WaitingDay {
    /// The unpaid day of this leave; none when it is exempt.
    ///
    /// # Errors
    /// [`OutsideCalendar`] for dates that are not supported.
    pub fn of(&self, spell: NewSpell) -> Result<Option<NaiveDate>, OutsideCalendar> {
        let first = plus_days(spell.issued, i64::from(spell.worked_that_day))?;
        let relapse = spell.earlier.is_some_and(|earlier| self.is_relapse(earlier, first));
        let exempt = match spell.exemption {
            Some(exemption) => self.exempts(exemption, first)?,
            None => false,
        };
        Ok((self.applies && !relapse && !exempt).then_some(first))
    }

    /// Work was resumed for at most 48 hours between two leaves of one cause, or not at all.
    fn is_relapse(&self, earlier: EarlierSpell, first: NaiveDate) -> bool {
        let days_between = (first - earlier.last).num_days() - 1;
        let soon = days_between <= i64::from(self.relapse_hours / 24);
        earlier.same_cause && 0 <= days_between && (soon || !earlier.resumed)
    }

    fn exempts(&self, exemption: Exemption, first: NaiveDate) -> Result<bool, OutsideCalendar> {
        let holds = match exemption {
            Exemption::WorkInjury | Exemption::LongIllness | Exemption::DeclaredPregnancy | Exemption::Miscarriage => {
                true
            }
            Exemption::ChildDeath { on, freed_before } => {
                let weeks = i64::from(self.bereavement_weeks) * 7;
                let freed = freed_before.map(|freed| plus_days(freed, weeks)).transpose()?;
                (on..plus_days(on, weeks)?).contains(&first) && freed.is_none_or(|until| until <= first)
            }
            Exemption::LongTermCondition { last_waiting_day } => {
                let horizon = minus_months(first, self.long_term_condition_months)?;
                match last_waiting_day {
                    Some(borne) => horizon < supported(borne)? && borne <= first,
                    None => false,
                }
            }
        };
        Ok(holds && self.exempt.contains(&exemption.motive()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleBook;
    use crate::date::day;

    fn waiting_day(exemption: Option<Exemption>, earlier: Option<(&str, bool)>) -> Option<NaiveDate> {
        let book = RuleBook::embedded().unwrap();
        let earlier = earlier.map(|(last, same_cause)| EarlierSpell { last: day(last), same_cause, resumed: true });
        let spell = NewSpell { issued: day("2026-03-05"), worked_that_day: false, exemption, earlier };
        book.at(day("2026-03-05")).waiting_day().unwrap().of(spell).unwrap()
    }

    #[test]
    fn the_first_day_is_unpaid() {
        assert_eq!(waiting_day(None, None), Some(day("2026-03-05")));
    }

    #[test]
    fn a_note_issued_on_a_day_worked_leaves_the_next_day_unpaid() {
        let book = RuleBook::embedded().unwrap();
        let spell = NewSpell { issued: day("2026-03-05"), worked_that_day: true, exemption: None, earlier: None };
        let rule = book.at(day("2026-03-05")).waiting_day().unwrap();
        assert_eq!(rule.of(spell), Ok(Some(day("2026-03-06"))));
    }

    #[test]
    fn a_relapse_within_48_hours_of_the_same_cause_is_paid() {
        assert_eq!(waiting_day(None, Some(("2026-03-04", true))), None);
        assert_eq!(waiting_day(None, Some(("2026-03-02", true))), None);
        assert_eq!(waiting_day(None, Some(("2026-03-01", true))), Some(day("2026-03-05")));
        assert_eq!(waiting_day(None, Some(("2026-03-04", false))), Some(day("2026-03-05")));
    }

    #[test]
    fn exempt_leaves_are_paid_from_the_first_day() {
        for exemption in [
            Exemption::WorkInjury,
            Exemption::LongIllness,
            Exemption::DeclaredPregnancy,
            Exemption::Miscarriage,
            Exemption::ChildDeath { on: day("2025-12-05"), freed_before: None },
            Exemption::LongTermCondition { last_waiting_day: Some(day("2023-03-06")) },
        ] {
            assert_eq!(waiting_day(Some(exemption), None), None, "{exemption:?}");
        }
    }

    #[test]
    fn exemptions_end() {
        for exemption in [
            Exemption::ChildDeath { on: day("2025-12-04"), freed_before: None },
            Exemption::LongTermCondition { last_waiting_day: None },
            Exemption::LongTermCondition { last_waiting_day: Some(day("2023-03-05")) },
        ] {
            assert_eq!(waiting_day(Some(exemption), None), Some(day("2026-03-05")), "{exemption:?}");
        }
    }

    #[test]
    fn there_was_none_from_2014_to_2017_and_in_the_health_emergency() {
        let book = RuleBook::embedded().unwrap();
        let waiting_day = |date| {
            let spell = NewSpell { issued: day(date), worked_that_day: false, exemption: None, earlier: None };
            book.at(day(date)).waiting_day().unwrap().of(spell).unwrap()
        };
        assert_eq!([waiting_day("2017-12-31"), waiting_day("2020-07-10")], [None, None]);
        assert_eq!(waiting_day("2018-01-01"), Some(day("2018-01-01")));
        assert_eq!(waiting_day("2020-07-11"), Some(day("2020-07-11")));
    }
}
