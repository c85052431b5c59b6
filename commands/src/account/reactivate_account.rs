use super::{AccountRefusal, State};
use events::account::AccountEvent;
use events::{AccountId, Actor, Sealed};

/// Lifts a suspension. The count starts again at zero, and armed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReactivateAccount {
    /// The account of this stream.
    pub account: AccountId,
    /// Why, in the administrator's words.
    pub motive: Sealed<String>,
    /// Who lifts it.
    pub by: Actor,
}

pub(super) fn decide(state: &State, command: ReactivateAccount) -> Result<Vec<AccountEvent>, AccountRefusal> {
    let ReactivateAccount { account, motive, by } = command;
    state.provisioned()?;
    if by.account() == Some(account) {
        return Err(AccountRefusal::OwnSuspension);
    }
    if !state.is_suspended() {
        return Err(AccountRefusal::NotSuspended);
    }
    Ok(vec![AccountEvent::AccountReactivated { motive }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::samples::{
        account, attempt_login, attempted, failed, outcome, provisioned, reactivated, sealed, suspended,
        suspended_account, wrong_passwords,
    };
    use crate::account::{Account, LoginOutcome};
    use crate::specification::given;
    use events::account::LoginFailure;

    fn reactivate(by: Actor) -> ReactivateAccount {
        ReactivateAccount { account: account(1), motive: sealed("called back"), by }
    }

    fn reactivated_account() -> Vec<AccountEvent> {
        [suspended_account(), vec![reactivated()]].concat()
    }

    #[test]
    fn a_suspension_is_lifted() {
        for by in [Actor::Account(account(2)), Actor::Service] {
            given::<Account>(suspended_account()).when(reactivate(by)).then([reactivated()]);
        }
    }

    #[test]
    fn there_must_be_one() {
        for stream in [vec![provisioned()], reactivated_account()] {
            given::<Account>(stream).when(reactivate(Actor::Service)).refused(AccountRefusal::NotSuspended);
        }
    }

    #[test]
    fn nobody_lifts_his_own() {
        given::<Account>(suspended_account())
            .when(reactivate(Actor::Account(account(1))))
            .refused(AccountRefusal::OwnSuspension);
    }

    #[test]
    fn a_name_that_no_account_has_stays_suspended() {
        given::<Account>([wrong_passwords(3), vec![suspended(3)]].concat())
            .when(reactivate(Actor::Service))
            .refused(AccountRefusal::NotProvisioned);
    }

    /// Sorcery CVE-2020-11052: after the lockout expired the counter was never armed again.
    #[test]
    fn the_count_starts_again_at_zero_and_armed() {
        let wrong = LoginFailure::WrongPassword;
        let mut stream = reactivated_account();
        for number in [11, 12] {
            given::<Account>(stream.clone()).when(attempt_login(number, 0)).then([attempted(number, 30)]);
            stream.push(attempted(number, 30));
            given::<Account>(stream.clone()).when(outcome(number, LoginOutcome::Wrong)).then([failed(number, wrong)]);
            stream.push(failed(number, wrong));
        }
        stream.push(attempted(13, 30));
        given::<Account>(stream).when(outcome(13, LoginOutcome::Wrong)).then([failed(13, wrong), suspended(3)]);
    }
}
