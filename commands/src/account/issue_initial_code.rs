use super::{AccountRefusal, State};
use events::CredentialId;
use events::account::AccountEvent;

/// Hands out a new initial code. Nothing else opens the account from then on: not an earlier code, and not a
/// password that its agent has forgotten or lost to somebody else. A suspension stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IssueInitialCode {
    /// The new code.
    pub initial_code: CredentialId,
}

pub(super) fn decide(state: &State, command: IssueInitialCode) -> Result<Vec<AccountEvent>, AccountRefusal> {
    let IssueInitialCode { initial_code } = command;
    state.provisioned()?;
    Ok(vec![AccountEvent::InitialCodeIssued { initial_code }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::samples::{credential, provisioned, suspended_account};
    use crate::account::{Account, Credential};
    use crate::specification::given;

    fn issue() -> IssueInitialCode {
        IssueInitialCode { initial_code: credential(2) }
    }

    #[test]
    fn a_code_is_issued_to_an_account_suspended_or_not() {
        for stream in [vec![provisioned()], suspended_account()] {
            given::<Account>(stream)
                .when(issue())
                .then([AccountEvent::InitialCodeIssued { initial_code: credential(2) }]);
        }
    }

    #[test]
    fn no_code_is_issued_for_a_name_that_no_account_has() {
        given::<Account>([]).when(issue()).refused(AccountRefusal::NotProvisioned);
    }

    #[test]
    fn the_code_replaces_code_and_password() {
        let state = [
            provisioned(),
            AccountEvent::PersonalPasswordSet { password: credential(9) },
            AccountEvent::InitialCodeIssued { initial_code: credential(2) },
        ]
        .into_iter()
        .fold(State::default(), State::after);
        assert_eq!(state.credential(), Some(Credential::InitialCode(credential(2))));
    }
}
