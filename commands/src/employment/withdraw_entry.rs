use super::{EmploymentRefusal, State};
use chrono::NaiveDate;
use events::Sealed;
use events::employment::{EmploymentAttribute, EmploymentEvent};

/// Withdraws a value that was recorded by mistake: the one before it stays in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithdrawEntry {
    /// Of which attribute.
    pub attribute: EmploymentAttribute,
    /// The date from which the value was said to be in force.
    pub from: NaiveDate,
    /// Why.
    pub motive: Sealed<String>,
}

pub(super) fn decide(state: &State, command: WithdrawEntry) -> Result<Vec<EmploymentEvent>, EmploymentRefusal> {
    let WithdrawEntry { attribute, from, motive } = command;
    let withdrawn = EmploymentEvent::EmploymentEntryWithdrawn { attribute, from, motive };
    let after = state.clone().after(&withdrawn);
    if after == *state {
        return Err(EmploymentRefusal::Unknown { attribute, from });
    }
    match after.unended_service() {
        Some((_, next)) if state.unended_service() != after.unended_service() => {
            Err(EmploymentRefusal::EnteredAgain { next })
        }
        Some(_) | None => Ok(vec![withdrawn]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::employment::Employment;
    use crate::specification::given;
    use events::KeyId;
    use uuid::Uuid;

    #[test]
    fn a_value_is_withdrawn_where_there_is_one() {
        let from = "2020-01-01".parse().unwrap();
        let motive = || Sealed::new(KeyId::from_uuid(Uuid::nil()), vec![1]);
        let withdraw = |attribute| WithdrawEntry { attribute, from, motive: motive() };
        let left = EmploymentAttribute::Exit;
        let attribute = EmploymentAttribute::Entry;
        given::<Employment>([EmploymentEvent::ServiceEntered { on: from }])
            .when(withdraw(attribute))
            .then([EmploymentEvent::EmploymentEntryWithdrawn { attribute, from, motive: motive() }]);
        given::<Employment>([EmploymentEvent::ServiceEntered { on: from }])
            .when(withdraw(left))
            .refused(EmploymentRefusal::Unknown { attribute: left, from });
        let (last, next) = ("2021-12-31".parse().unwrap(), "2023-01-01".parse().unwrap());
        let twice = [from, next].map(|on| EmploymentEvent::ServiceEntered { on });
        let [first, again] = twice;
        given::<Employment>([first, EmploymentEvent::ServiceLeft { on: last }, again])
            .when(WithdrawEntry { from: last, ..withdraw(left) })
            .refused(EmploymentRefusal::EnteredAgain { next });
    }
}
