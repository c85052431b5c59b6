use super::{EmploymentRefusal, State};
use events::AccountId;
use events::date::supported;
use events::employment::EmploymentEvent;

/// Records what the HR file says of an agent, whole or not at all. What is known already is left out, so that the
/// same file read twice changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordEmployment {
    /// The agent of this stream.
    pub agent: AccountId,
    /// What is said of him, in an order that makes sense: he enters before he leaves.
    pub facts: Vec<EmploymentEvent>,
}

/// 48 hours (D 2000-815 art. 3): no book of rules gives rights for a longer week.
const LONGEST_WEEK_MINUTES: u32 = 48 * 60;
const LONGEST_TITLE: usize = 200;

pub(super) fn decide(state: &State, command: RecordEmployment) -> Result<Vec<EmploymentEvent>, EmploymentRefusal> {
    let RecordEmployment { agent, facts } = command;
    let mut after = state.clone();
    let mut new = Vec::new();
    for fact in facts {
        let next = after.clone().after(&fact);
        if next == after {
            continue;
        }
        check(&after, agent, &fact)?;
        after = next;
        new.push(fact);
    }
    match after.unended_service() {
        Some((on, next)) if state.unended_service() != Some((on, next)) => Err(EmploymentRefusal::NotLeft { on, next }),
        Some(_) | None => Ok(new),
    }
}

fn check(state: &State, agent: AccountId, fact: &EmploymentEvent) -> Result<(), EmploymentRefusal> {
    supported(fact.entry().1)?;
    match fact {
        EmploymentEvent::EmploymentEntryWithdrawn { .. } => Err(EmploymentRefusal::Withdrawal),
        EmploymentEvent::ServiceEntered { on } if state.in_service(*on) => {
            Err(EmploymentRefusal::InService { on: *on })
        }
        EmploymentEvent::ServiceEntered { .. } => Ok(()),
        _ if !state.is_known() => Err(EmploymentRefusal::NeverEntered),
        EmploymentEvent::ServiceLeft { on } if !state.in_service(*on) => {
            Err(EmploymentRefusal::NotInService { on: *on })
        }
        EmploymentEvent::ManagerAssigned { manager, .. } if *manager == Some(agent) => {
            Err(EmploymentRefusal::OwnManager)
        }
        EmploymentEvent::WorkingTimeSet { full_time_week_minutes, .. }
            if !(1..=LONGEST_WEEK_MINUTES).contains(full_time_week_minutes) =>
        {
            Err(EmploymentRefusal::Week { most: LONGEST_WEEK_MINUTES })
        }
        EmploymentEvent::TitleSet { title, .. } if !(1..=LONGEST_TITLE).contains(&title.trim().chars().count()) => {
            Err(EmploymentRefusal::Title { most: LONGEST_TITLE })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::employment::Employment;
    use crate::specification::given;
    use chrono::NaiveDate;
    use uuid::Uuid;

    fn agent() -> AccountId {
        AccountId::from_uuid(Uuid::from_u128(1))
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn record(facts: impl IntoIterator<Item = EmploymentEvent>) -> RecordEmployment {
        RecordEmployment { agent: agent(), facts: facts.into_iter().collect() }
    }

    fn entered(on: &str) -> EmploymentEvent {
        EmploymentEvent::ServiceEntered { on: day(on) }
    }

    fn left(on: &str) -> EmploymentEvent {
        EmploymentEvent::ServiceLeft { on: day(on) }
    }

    fn titled(title: &str, from: &str) -> EmploymentEvent {
        EmploymentEvent::TitleSet { title: title.to_owned(), from: day(from) }
    }

    #[test]
    fn a_file_read_twice_changes_nothing() {
        let facts = [entered("2020-01-01"), titled("Staff", "2020-01-01"), titled("Senior Staff", "2024-01-01")];
        given::<Employment>([]).when(record(facts.clone())).then(facts.clone());
        given::<Employment>(facts.clone()).when(record(facts)).then([]);
    }

    #[test]
    fn another_value_from_the_same_date_is_a_correction() {
        let before = [entered("2020-01-01"), titled("Staff", "2020-01-01")];
        let corrected = titled("Engineer", "2020-01-01");
        given::<Employment>(before).when(record([corrected.clone()])).then([corrected]);
    }

    #[test]
    fn who_left_may_enter_again() {
        let before = [entered("2020-01-01"), left("2021-12-31")];
        given::<Employment>(before.clone()).when(record([entered("2023-01-01")])).then([entered("2023-01-01")]);
        given::<Employment>(before.clone())
            .when(record([entered("2021-12-31")]))
            .refused(EmploymentRefusal::InService { on: day("2021-12-31") });
        given::<Employment>(before)
            .when(record([left("2022-06-30")]))
            .refused(EmploymentRefusal::NotInService { on: day("2022-06-30") });
    }

    #[test]
    fn a_service_before_another_has_its_end() {
        let before = [entered("2020-01-01")];
        let (on, next) = (day("2015-01-01"), day("2020-01-01"));
        given::<Employment>(before.clone())
            .when(record([entered("2015-01-01")]))
            .refused(EmploymentRefusal::NotLeft { on, next });
        let whole = [entered("2015-01-01"), left("2017-12-31")];
        given::<Employment>(before).when(record(whole.clone())).then(whole);
    }

    #[test]
    fn what_makes_no_sense_is_refused_and_nothing_of_the_rest_recorded() {
        let refused = |fact: EmploymentEvent, refusal| {
            given::<Employment>([]).when(record([entered("2020-01-01"), fact])).refused(refusal);
        };
        let from = day("2020-01-01");
        refused(EmploymentEvent::ManagerAssigned { manager: Some(agent()), from }, EmploymentRefusal::OwnManager);
        refused(titled(" ", "2020-01-01"), EmploymentRefusal::Title { most: 200 });
        let last = day("9999-01-01");
        refused(left("9999-01-01"), EmploymentRefusal::Outside(events::date::OutsideCalendar(last)));
        let quota = events::employment::Quota::FULL;
        let week = |full_time_week_minutes| EmploymentEvent::WorkingTimeSet {
            quota,
            full_time_week_minutes,
            annualised: false,
            from,
        };
        refused(week(0), EmploymentRefusal::Week { most: 2880 });
        refused(week(2881), EmploymentRefusal::Week { most: 2880 });
        let longest = [entered("2020-01-01"), week(2880)];
        given::<Employment>([]).when(record(longest.clone())).then(longest);
        given::<Employment>([]).when(record([titled("Staff", "2020-01-01")])).refused(EmploymentRefusal::NeverEntered);
    }
}
