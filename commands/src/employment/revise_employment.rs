use super::{EmploymentRefusal, RecordEmployment, State, record_employment};
use chrono::NaiveDate;
use events::Sealed;
use events::employment::{EmploymentAttribute, EmploymentEvent};

/// Records what the HR file says of an agent now, in place of what it said before: values that it no longer says are
/// withdrawn in the same append, so that balances follow a date that was corrected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviseEmployment {
    /// The attributes and dates of which the file said something, and says nothing any more.
    pub unsaid: Vec<(EmploymentAttribute, NaiveDate)>,
    /// Why they are withdrawn.
    pub motive: Sealed<String>,
    /// What the file says.
    pub said: RecordEmployment,
}

pub(super) fn decide(state: &State, command: ReviseEmployment) -> Result<Vec<EmploymentEvent>, EmploymentRefusal> {
    let ReviseEmployment { unsaid, motive, said } = command;
    let mut without = state.clone();
    let mut events = Vec::new();
    for (attribute, from) in unsaid {
        let withdrawn = EmploymentEvent::EmploymentEntryWithdrawn { attribute, from, motive: motive.clone() };
        let next = without.clone().after(&withdrawn);
        if next != without {
            without = next;
            events.push(withdrawn);
        }
    }
    let recorded = record_employment::decide(&without, said)?;
    let after = recorded.iter().fold(without, State::after);
    events.extend(recorded);
    match after.unended_service() {
        Some((on, next)) if state.unended_service() != Some((on, next)) => Err(EmploymentRefusal::NotLeft { on, next }),
        Some(_) | None => Ok(events),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::employment::Employment;
    use crate::specification::given;
    use events::{AccountId, KeyId};
    use uuid::Uuid;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn entered(on: &str) -> EmploymentEvent {
        EmploymentEvent::ServiceEntered { on: day(on) }
    }

    fn left(on: &str) -> EmploymentEvent {
        EmploymentEvent::ServiceLeft { on: day(on) }
    }

    fn motive() -> Sealed<String> {
        Sealed::new(KeyId::from_uuid(Uuid::nil()), vec![1])
    }

    fn withdrawn(attribute: EmploymentAttribute, from: &str) -> EmploymentEvent {
        EmploymentEvent::EmploymentEntryWithdrawn { attribute, from: day(from), motive: motive() }
    }

    fn revise(unsaid: &[(EmploymentAttribute, &str)], facts: &[EmploymentEvent]) -> ReviseEmployment {
        let said = RecordEmployment { agent: AccountId::from_uuid(Uuid::from_u128(1)), facts: facts.to_vec() };
        let unsaid = unsaid.iter().map(|(attribute, from)| (*attribute, day(from))).collect();
        ReviseEmployment { unsaid, motive: motive(), said }
    }

    #[test]
    fn a_date_that_was_corrected_takes_the_place_of_the_wrong_one() {
        let before = [entered("2020-01-01")];
        let entry = EmploymentAttribute::Entry;
        given::<Employment>(before.clone())
            .when(revise(&[(entry, "2020-01-01")], &[entered("2020-03-01")]))
            .then([withdrawn(entry, "2020-01-01"), entered("2020-03-01")]);
        given::<Employment>(before.clone()).when(revise(&[], &before)).then([]);
        given::<Employment>(before).when(revise(&[(entry, "2019-01-01")], &[])).then([]);
    }

    #[test]
    fn a_service_before_another_keeps_an_end() {
        let before = [entered("2015-01-01"), left("2017-12-31"), entered("2020-01-01")];
        let exit = EmploymentAttribute::Exit;
        let (on, next) = (day("2015-01-01"), day("2020-01-01"));
        given::<Employment>(before.clone())
            .when(revise(&[(exit, "2017-12-31")], &[]))
            .refused(EmploymentRefusal::NotLeft { on, next });
        given::<Employment>(before)
            .when(revise(&[(exit, "2017-12-31")], &[left("2018-12-31")]))
            .then([withdrawn(exit, "2017-12-31"), left("2018-12-31")]);
    }
}
