use super::{AccountRefusal, State};
use events::account::AccountEvent;
use events::{AccountId, Actor, Capacity, CredentialId};

/// Hands out a new initial code. Nothing else opens the account from then on: not an earlier code, and not a
/// password that its agent has forgotten or lost to somebody else. A suspension stays.
///
/// Whoever has the code has the account, and every role that it holds: only [`State::issuer`] hands it out, and nobody
/// to himself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IssueInitialCode {
    /// The account of this stream.
    pub account: AccountId,
    /// The new code.
    pub initial_code: CredentialId,
    /// Who hands it out.
    pub by: Actor,
    /// In which capacity.
    pub capacity: Capacity,
}

pub(super) fn decide(state: &State, command: IssueInitialCode) -> Result<Vec<AccountEvent>, AccountRefusal> {
    let IssueInitialCode { account, initial_code, by, capacity } = command;
    state.provisioned()?;
    if by.account() == Some(account) {
        return Err(AccountRefusal::OwnInitialCode);
    }
    let issuer = state.issuer();
    if capacity != issuer.capacity() {
        return Err(AccountRefusal::NotTheIssuer { issuer });
    }
    Ok(vec![AccountEvent::InitialCodeIssued { initial_code }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::samples::{account, credential, provisioned, suspended_account};
    use crate::account::{Account, Credential};
    use crate::specification::given;
    use events::account::Role;

    fn issue() -> IssueInitialCode {
        issue_as(Capacity::Hr)
    }

    fn issue_as(capacity: Capacity) -> IssueInitialCode {
        let by = Actor::Account(account(2));
        IssueInitialCode { account: account(1), initial_code: credential(2), by, capacity }
    }

    fn issued() -> AccountEvent {
        AccountEvent::InitialCodeIssued { initial_code: credential(2) }
    }

    #[test]
    fn a_code_is_issued_to_an_account_suspended_or_not() {
        for stream in [vec![provisioned()], suspended_account()] {
            given::<Account>(stream).when(issue()).then([issued()]);
        }
    }

    #[test]
    fn human_resources_issue_it_to_agents_and_managers_and_administrators_to_everybody_above() {
        for role in Role::ALL.into_iter().filter(|role| *role != Role::Agent) {
            let stream = vec![provisioned(), AccountEvent::RoleGranted { role }];
            let (issuer, other) = match role {
                Role::Agent | Role::Manager => (Role::Hr, Role::Administrator),
                _ => (Role::Administrator, Role::Hr),
            };
            given::<Account>(stream.clone()).when(issue_as(issuer.capacity())).then([issued()]);
            for capacity in [other.capacity(), Capacity::Agent, Capacity::Manager, Capacity::Stranger] {
                given::<Account>(stream.clone())
                    .when(issue_as(capacity))
                    .refused(AccountRefusal::NotTheIssuer { issuer });
            }
        }
    }

    #[test]
    fn nobody_issues_it_to_himself() {
        let by = Actor::Account(account(1));
        for (role, capacity) in [(Role::Manager, Capacity::Hr), (Role::Administrator, Capacity::Administrator)] {
            given::<Account>([provisioned(), AccountEvent::RoleGranted { role }])
                .when(IssueInitialCode { by, ..issue_as(capacity) })
                .refused(AccountRefusal::OwnInitialCode);
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
