use super::{DelegationRefusal, State};
use chrono::{DateTime, Utc};
use events::AccountId;
use events::account::Role;
use events::delegation::DelegationEvent;
use std::collections::BTreeSet;

/// Takes a delegation back. What was decided under it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokeDelegation {
    /// Who takes it back.
    pub by: AccountId,
    /// The roles that he holds.
    pub roles: BTreeSet<Role>,
    /// When.
    pub at: DateTime<Utc>,
}

pub(super) fn decide(state: &State, command: RevokeDelegation) -> Result<Vec<DelegationEvent>, DelegationRefusal> {
    let RevokeDelegation { by, roles, at } = command;
    let granted = state.granted.as_ref().ok_or(DelegationRefusal::Unknown)?;
    if granted.from != by && !roles.contains(&Role::Hr) {
        return Err(DelegationRefusal::NotYours);
    }
    if state.revoked.is_some() {
        return Err(DelegationRefusal::AlreadyRevoked);
    }
    Ok(vec![DelegationEvent::DelegationRevoked { at }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delegation::Delegation;
    use crate::specification::given;
    use events::delegation::DelegationScope;
    use events::leave::LeaveType;
    use uuid::Uuid;

    fn account(number: u128) -> AccountId {
        AccountId::from_uuid(Uuid::from_u128(number))
    }

    fn granted() -> DelegationEvent {
        DelegationEvent::DelegationGranted {
            from: account(1),
            to: account(2),
            first: "2026-07-01".parse().unwrap(),
            last: "2026-07-31".parse().unwrap(),
            scope: DelegationScope::default(),
        }
    }

    fn revoke(by: u128, roles: &[Role]) -> RevokeDelegation {
        RevokeDelegation { by: account(by), roles: roles.iter().copied().collect(), at: DateTime::UNIX_EPOCH }
    }

    const REVOKED: DelegationEvent = DelegationEvent::DelegationRevoked { at: DateTime::UNIX_EPOCH };

    #[test]
    fn who_granted_it_takes_it_back_and_so_may_human_resources() {
        for command in [revoke(1, &[]), revoke(9, &[Role::Hr])] {
            given::<Delegation>([granted()]).when(command).then([REVOKED]);
        }
        let state =
            [granted(), REVOKED].into_iter().fold(State::default(), <Delegation as esrs::Aggregate>::apply_event);
        let on = "2026-07-02".parse().unwrap();
        assert_eq!(state.lets_decide(account(2), on, None, LeaveType::Rtt), None);
    }

    #[test]
    fn nobody_else_does_and_nobody_twice() {
        given::<Delegation>([granted()]).when(revoke(2, &[Role::Manager])).refused(DelegationRefusal::NotYours);
        given::<Delegation>([granted(), REVOKED]).when(revoke(1, &[])).refused(DelegationRefusal::AlreadyRevoked);
        given::<Delegation>([]).when(revoke(1, &[])).refused(DelegationRefusal::Unknown);
    }
}
