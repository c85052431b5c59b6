use super::{AccountRefusal, State};
use events::account::{AccountEvent, Role};
use events::{AccountId, Actor};

/// Gives a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrantRole {
    /// The account of this stream.
    pub account: AccountId,
    /// The role.
    pub role: Role,
    /// Who gives it.
    pub by: Actor,
}

pub(super) fn decide(state: &State, command: GrantRole) -> Result<Vec<AccountEvent>, AccountRefusal> {
    let GrantRole { account, role, by } = command;
    state.provisioned()?;
    if by.account() == Some(account) {
        return Err(AccountRefusal::OwnRole);
    }
    if state.roles().contains(&role) {
        return Err(AccountRefusal::RoleAlreadyHeld { role });
    }
    Ok(vec![AccountEvent::RoleGranted { role }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Account;
    use crate::account::samples::{account, provisioned};
    use crate::specification::given;

    fn grant(role: Role, by: Actor) -> GrantRole {
        GrantRole { account: account(1), role, by }
    }

    #[test]
    fn a_role_is_granted() {
        for by in [Actor::Account(account(2)), Actor::Service] {
            given::<Account>([provisioned()])
                .when(grant(Role::Auditor, by))
                .then([AccountEvent::RoleGranted { role: Role::Auditor }]);
        }
    }

    #[test]
    fn a_role_is_held_once() {
        let stream = [provisioned(), AccountEvent::RoleGranted { role: Role::Auditor }];
        for role in [Role::Agent, Role::Auditor] {
            given::<Account>(stream.clone())
                .when(grant(role, Actor::Service))
                .refused(AccountRefusal::RoleAlreadyHeld { role });
        }
    }

    #[test]
    fn nobody_gives_himself_a_role() {
        given::<Account>([provisioned(), AccountEvent::RoleGranted { role: Role::Administrator }])
            .when(grant(Role::Auditor, Actor::Account(account(1))))
            .refused(AccountRefusal::OwnRole);
    }

    #[test]
    fn a_name_that_no_account_has_gets_no_role() {
        given::<Account>([]).when(grant(Role::Agent, Actor::Service)).refused(AccountRefusal::NotProvisioned);
    }
}
