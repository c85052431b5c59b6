use super::{AccountRefusal, State};
use events::account::AccountEvent;
use events::{CredentialId, Sealed};

/// Opens an account for an agent, with the code that his first login is made with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvisionAccount {
    /// The name to log in with, assigned to this account beforehand or in the same append.
    pub username: Sealed<String>,
    /// First name.
    pub given_name: Sealed<String>,
    /// Last name.
    pub family_name: Sealed<String>,
    /// The number in the HR system, if it is known.
    pub staff_number: Option<Sealed<String>>,
    /// The initial code.
    pub initial_code: CredentialId,
}

pub(super) fn decide(state: &State, command: ProvisionAccount) -> Result<Vec<AccountEvent>, AccountRefusal> {
    let ProvisionAccount { username, given_name, family_name, staff_number, initial_code } = command;
    state.not_provisioned()?;
    Ok(vec![AccountEvent::AccountProvisioned { username, given_name, family_name, staff_number, initial_code }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::samples::{credential, provisioned, sealed};
    use crate::account::{Account, Credential};
    use crate::specification::given;
    use events::account::Role;

    fn provision() -> ProvisionAccount {
        ProvisionAccount {
            username: sealed("jean.dupont"),
            given_name: sealed("Jean"),
            family_name: sealed("Dupont"),
            staff_number: None,
            initial_code: credential(1),
        }
    }

    #[test]
    fn an_account_is_provisioned() {
        given::<Account>([]).when(provision()).then([provisioned()]);
    }

    #[test]
    fn an_account_is_provisioned_once() {
        given::<Account>([provisioned()]).when(provision()).refused(AccountRefusal::AlreadyProvisioned);
    }

    #[test]
    fn its_agent_is_an_agent_and_opens_it_with_the_initial_code() {
        let state = State::default().after(provisioned());
        assert!(state.roles().iter().eq([&Role::Agent]));
        assert_eq!(state.credential(), Some(Credential::InitialCode(credential(1))));
    }
}
