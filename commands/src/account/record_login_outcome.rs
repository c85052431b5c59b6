use super::{AccountRefusal, LockoutPolicy, State};
use events::account::{AccountEvent, LoginFailure};
use events::{AttemptId, CredentialId, SessionId};

/// Closes the slot of an attempt with what the comparison gave.
///
/// Outcomes count in the order in which they are recorded. A success clears the failures recorded before it; slots
/// still open stay open and count from zero, so that somebody who guesses beside an honest agent gains no more by
/// guessing in parallel than one after the other. A slot stays open past its time until another attempt finds it
/// abandoned; from then on, or from a suspension on, an outcome is refused, a right one too: nobody enters a
/// suspended account, nor by a slot from before its reactivation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordLoginOutcome {
    /// The attempt.
    pub attempt: AttemptId,
    /// What the comparison gave.
    pub outcome: LoginOutcome,
    /// When the account is suspended.
    pub policy: LockoutPolicy,
}

/// What comparing a password gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginOutcome {
    /// It was right.
    Right {
        /// The session that it opens; none for a log of another system, or a proof that opens none.
        session: Option<SessionId>,
        /// The secret that was compared; none for a log of another system, or a request that was proved when it came
        /// before. One that was replaced meanwhile proves nothing: the outcome is to be recorded as wrong.
        proved: Option<CredentialId>,
    },
    /// It was wrong, or the account has no secret to compare with.
    Wrong,
    /// No account has the name; a password was compared all the same, in the same time.
    UnknownName,
}

pub(super) fn decide(state: &State, command: RecordLoginOutcome) -> Result<Vec<AccountEvent>, AccountRefusal> {
    let RecordLoginOutcome { attempt, outcome, policy } = command;
    if state.slot_until(attempt).is_none() {
        return Err(AccountRefusal::AttemptNotOpen { attempt });
    }
    let reason = match outcome {
        LoginOutcome::Right { session, proved } => {
            state.provisioned()?;
            if proved.is_some_and(|proved| state.credential().is_none_or(|now| now.id() != proved)) {
                return Err(AccountRefusal::CredentialNotInForce);
            }
            return Ok(vec![AccountEvent::LoginSucceeded { attempt, session }]);
        }
        LoginOutcome::Wrong => {
            state.provisioned()?;
            LoginFailure::WrongPassword
        }
        LoginOutcome::UnknownName => {
            state.not_provisioned()?;
            LoginFailure::UnknownName
        }
    };

    let failures = state.failures().saturating_add(1);
    let mut events = vec![AccountEvent::LoginFailed { attempt, reason }];
    if failures >= policy.max_failures() {
        events.push(AccountEvent::AccountSuspended { failures });
    }
    Ok(events)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Account;
    use crate::account::samples::{
        attempt, attempted, credential, failed, outcome, provisioned, reactivated, session, succeeded, suspended,
        wrong_passwords,
    };
    use crate::specification::given;

    #[test]
    fn a_secret_that_was_replaced_while_it_was_compared_opens_nothing() {
        let replaced = AccountEvent::PersonalPasswordSet { password: credential(2) };
        given::<Account>([provisioned(), attempted(1, 30), replaced])
            .when(right(1))
            .refused(AccountRefusal::CredentialNotInForce);
    }

    fn right(number: u128) -> RecordLoginOutcome {
        outcome(number, LoginOutcome::Right { session: Some(session(number)), proved: Some(credential(1)) })
    }

    fn wrong(number: u128) -> RecordLoginOutcome {
        outcome(number, LoginOutcome::Wrong)
    }

    fn unknown(number: u128) -> RecordLoginOutcome {
        outcome(number, LoginOutcome::UnknownName)
    }

    fn not_open(number: u128) -> AccountRefusal {
        AccountRefusal::AttemptNotOpen { attempt: attempt(number) }
    }

    #[test]
    fn a_right_password_opens_a_session() {
        given::<Account>([provisioned(), attempted(1, 30)]).when(right(1)).then([succeeded(1)]);
    }

    #[test]
    fn a_wrong_password_is_a_failure() {
        given::<Account>([provisioned(), attempted(1, 30)])
            .when(wrong(1))
            .then([failed(1, LoginFailure::WrongPassword)]);
    }

    #[test]
    fn the_third_failure_suspends_in_the_same_append() {
        given::<Account>([vec![provisioned()], wrong_passwords(2), vec![attempted(3, 30)]].concat())
            .when(wrong(3))
            .then([failed(3, LoginFailure::WrongPassword), suspended(3)]);
    }

    #[test]
    fn a_name_that_no_account_has_is_suspended_alike() {
        let unknown_name = LoginFailure::UnknownName;
        let mut stream = vec![attempted(1, 30), failed(1, unknown_name), attempted(2, 30)];
        given::<Account>(stream.clone()).when(unknown(2)).then([failed(2, unknown_name)]);
        stream.extend([failed(2, unknown_name), attempted(3, 30)]);
        given::<Account>(stream).when(unknown(3)).then([failed(3, unknown_name), suspended(3)]);
    }

    #[test]
    fn a_success_clears_the_failures_before_it() {
        let stream = [vec![provisioned()], wrong_passwords(2), vec![attempted(3, 30), succeeded(3), attempted(4, 30)]];
        given::<Account>(stream.concat()).when(wrong(4)).then([failed(4, LoginFailure::WrongPassword)]);
    }

    #[test]
    fn failures_of_slots_that_were_open_at_a_success_count_from_zero() {
        let stream = [attempted(1, 30), attempted(2, 30), attempted(3, 30), succeeded(1)];
        let after = |more: Vec<AccountEvent>| [vec![provisioned()], stream.to_vec(), more].concat();
        let first = vec![failed(2, LoginFailure::WrongPassword)];
        given::<Account>(after(vec![])).when(wrong(2)).then(first.clone());
        given::<Account>(after(first)).when(wrong(3)).then([failed(3, LoginFailure::WrongPassword)]);
    }

    #[test]
    fn an_outcome_closes_its_slot() {
        for closing in [succeeded(1), failed(1, LoginFailure::WrongPassword), failed(1, LoginFailure::Abandoned)] {
            for late in [right(1), wrong(1)] {
                given::<Account>([provisioned(), attempted(1, 30), closing.clone()]).when(late).refused(not_open(1));
            }
        }
    }

    #[test]
    fn without_a_slot_there_is_no_outcome() {
        given::<Account>([provisioned(), attempted(1, 30)]).when(right(2)).refused(not_open(2));
    }

    /// Only a policy that became stricter meanwhile leaves a slot open at a suspension.
    #[test]
    fn a_suspension_closes_every_slot_for_good() {
        let stream = [vec![provisioned(), attempted(4, 30)], wrong_passwords(3), vec![suspended(3)]].concat();
        given::<Account>(stream.clone()).when(right(4)).refused(not_open(4));
        given::<Account>([stream, vec![reactivated()]].concat()).when(right(4)).refused(not_open(4));
    }

    #[test]
    fn what_is_recorded_is_true_of_the_name() {
        for impossible in [right(1), wrong(1)] {
            given::<Account>([attempted(1, 30)]).when(impossible).refused(AccountRefusal::NotProvisioned);
        }
        given::<Account>([provisioned(), attempted(1, 30)])
            .when(unknown(1))
            .refused(AccountRefusal::AlreadyProvisioned);
    }
}
