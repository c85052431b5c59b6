use super::{AccountRefusal, State};
use events::account::{AccountEvent, Role};

/// Takes a role. That an administrator is left cannot be seen from one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RevokeRole {
    /// The role.
    pub role: Role,
}

pub(super) fn decide(state: &State, command: RevokeRole) -> Result<Vec<AccountEvent>, AccountRefusal> {
    let RevokeRole { role } = command;
    state.provisioned()?;
    if !state.roles().contains(&role) {
        return Err(AccountRefusal::RoleNotHeld { role });
    }
    Ok(vec![AccountEvent::RoleRevoked { role }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Account;
    use crate::account::samples::provisioned;
    use crate::specification::given;

    const GRANTED: AccountEvent = AccountEvent::RoleGranted { role: Role::Hr };
    const REVOKED: AccountEvent = AccountEvent::RoleRevoked { role: Role::Hr };

    #[test]
    fn a_role_is_revoked() {
        given::<Account>([provisioned(), GRANTED]).when(RevokeRole { role: Role::Hr }).then([REVOKED]);
    }

    #[test]
    fn a_role_that_is_not_held_cannot_be_revoked() {
        for stream in [vec![provisioned()], vec![provisioned(), GRANTED, REVOKED]] {
            given::<Account>(stream)
                .when(RevokeRole { role: Role::Hr })
                .refused(AccountRefusal::RoleNotHeld { role: Role::Hr });
        }
    }

    #[test]
    fn a_name_that_no_account_has_holds_no_role() {
        given::<Account>([]).when(RevokeRole { role: Role::Agent }).refused(AccountRefusal::NotProvisioned);
    }
}
