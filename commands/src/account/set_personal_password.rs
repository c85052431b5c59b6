use super::{AccountRefusal, Credential, State};
use events::CredentialId;
use events::account::AccountEvent;

/// Sets the agent's own password: at the first login in place of the initial code, later in place of the password
/// before. Either was proved by a login attempt that succeeded, so that proving it counts towards the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetPersonalPassword {
    /// The new password.
    pub password: CredentialId,
    /// The secret that was proved. It must still be the one in force: a code that was replaced meanwhile, or a
    /// password that was changed at once from two places, sets nothing.
    pub replaces: CredentialId,
}

pub(super) fn decide(state: &State, command: SetPersonalPassword) -> Result<Vec<AccountEvent>, AccountRefusal> {
    let SetPersonalPassword { password, replaces } = command;
    state.provisioned()?;
    if state.is_suspended() {
        return Err(AccountRefusal::Suspended);
    }
    if state.credential().map(Credential::id) != Some(replaces) {
        return Err(AccountRefusal::CredentialNotInForce);
    }
    Ok(vec![AccountEvent::PersonalPasswordSet { password }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Account;
    use crate::account::samples::{credential, provisioned, suspended_account};
    use crate::specification::given;

    fn set(password: u128, replaces: u128) -> SetPersonalPassword {
        SetPersonalPassword { password: credential(password), replaces: credential(replaces) }
    }

    fn password_set(password: u128) -> AccountEvent {
        AccountEvent::PersonalPasswordSet { password: credential(password) }
    }

    #[test]
    fn the_first_login_sets_a_personal_password() {
        given::<Account>([provisioned()]).when(set(2, 1)).then([password_set(2)]);
    }

    #[test]
    fn a_password_is_changed() {
        given::<Account>([provisioned(), password_set(2)]).when(set(3, 2)).then([password_set(3)]);
    }

    #[test]
    fn a_code_works_once() {
        given::<Account>([provisioned(), password_set(2)])
            .when(set(3, 1))
            .refused(AccountRefusal::CredentialNotInForce);
    }

    #[test]
    fn a_code_that_was_replaced_sets_nothing() {
        given::<Account>([provisioned(), AccountEvent::InitialCodeIssued { initial_code: credential(2) }])
            .when(set(3, 1))
            .refused(AccountRefusal::CredentialNotInForce);
    }

    #[test]
    fn a_suspended_account_keeps_its_secret() {
        given::<Account>(suspended_account()).when(set(2, 1)).refused(AccountRefusal::Suspended);
    }

    #[test]
    fn a_name_that_no_account_has_gets_no_password() {
        given::<Account>([]).when(set(2, 1)).refused(AccountRefusal::NotProvisioned);
    }
}
