use super::{AccountRefusal, LockoutPolicy, State};
use chrono::{DateTime, Utc};
use events::account::{AccountEvent, LoginFailure, LoginRefusal, Verdict};
use events::{AttemptId, Source};

/// Takes a slot for an attempt, without which no password is compared.
///
/// What came of it is the last event: [`AccountEvent::LoginAttempted`], or [`AccountEvent::LoginRefused`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptLogin {
    /// The attempt.
    pub attempt: AttemptId,
    /// Where it comes from.
    pub source: Source,
    /// When.
    pub at: DateTime<Utc>,
    /// When the account is suspended.
    pub policy: LockoutPolicy,
    /// Whether to wait for a slot.
    pub patience: Patience,
    /// What the system that wrote the log answered; none at our own door.
    pub reported: Option<Verdict>,
}

/// Whether a caller waits while every slot is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// He waits: honest logins in parallel all pass.
    Waiting,
    /// He has waited long enough: the attempt is turned away, on the record.
    Exhausted,
}

pub(super) fn decide(state: &State, command: AttemptLogin) -> Result<Vec<AccountEvent>, AccountRefusal> {
    let AttemptLogin { attempt, source, at, policy, patience, reported } = command;
    if state.slot_until(attempt).is_some() {
        return Err(AccountRefusal::AttemptAlreadyOpen { attempt });
    }
    if state.is_suspended() {
        return Ok(vec![AccountEvent::LoginRefused { attempt, source, reason: LoginRefusal::Suspended, reported }]);
    }

    let mut events = abandoned_by(state, at);
    let state = events.iter().cloned().fold(state.clone(), State::after);
    let failures = state.failures();
    let free = usize::from(policy.max_failures().saturating_sub(failures));
    let first_until = state.slots().iter().map(|slot| slot.until).min();

    if free == 0 {
        events.push(AccountEvent::AccountSuspended { failures });
        events.push(AccountEvent::LoginRefused { attempt, source, reason: LoginRefusal::Suspended, reported });
    } else if let Some(until) = first_until
        && state.slots().len() >= free
    {
        match patience {
            Patience::Waiting => return Err(AccountRefusal::SlotsBusy { until }),
            Patience::Exhausted => {
                events.push(AccountEvent::LoginRefused { attempt, source, reason: LoginRefusal::Busy, reported });
            }
        }
    } else {
        events.push(AccountEvent::LoginAttempted { attempt, source, slot_until: policy.slot_until(at) });
    }
    Ok(events)
}

/// A slot whose time has come without an outcome is a failure: the process that held it may have compared.
fn abandoned_by(state: &State, at: DateTime<Utc>) -> Vec<AccountEvent> {
    state
        .slots()
        .iter()
        .filter(|slot| slot.until <= at)
        .map(|slot| AccountEvent::LoginFailed { attempt: slot.attempt, reason: LoginFailure::Abandoned })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Account;
    use crate::account::samples::{
        attempt, attempt_login, attempted, failed, login_refused, provisioned, reactivated, second, succeeded,
        suspended, suspended_account, wrong_passwords,
    };
    use crate::specification::given;
    use chrono::TimeDelta;

    fn exhausted(number: u128, at: i64) -> AttemptLogin {
        AttemptLogin { patience: Patience::Exhausted, ..attempt_login(number, at) }
    }

    /// The same for an account and for a name that no account has.
    fn either_way(events: Vec<AccountEvent>) -> [Vec<AccountEvent>; 2] {
        [events.clone(), [vec![provisioned()], events].concat()]
    }

    #[test]
    fn an_attempt_takes_a_slot() {
        for stream in either_way(vec![]) {
            given::<Account>(stream).when(attempt_login(1, 5)).then([attempted(1, 35)]);
        }
    }

    #[test]
    fn three_attempts_are_under_way_at_once_and_the_fourth_waits_for_the_first() {
        for stream in either_way(vec![attempted(1, 31), attempted(2, 30), attempted(3, 32)]) {
            given::<Account>(stream)
                .when(attempt_login(4, 29))
                .refused(AccountRefusal::SlotsBusy { until: second(30) });
        }
    }

    #[test]
    fn failures_take_slots_away() {
        for stream in either_way([wrong_passwords(2), vec![attempted(3, 30)]].concat()) {
            given::<Account>(stream).when(attempt_login(4, 1)).refused(AccountRefusal::SlotsBusy { until: second(30) });
        }
    }

    #[test]
    fn a_success_gives_them_back_but_not_those_under_way() {
        let stream = [vec![provisioned()], wrong_passwords(1), vec![attempted(2, 30), attempted(3, 30), succeeded(2)]];
        given::<Account>(stream.concat()).when(attempt_login(4, 1)).then([attempted(4, 31)]);
        given::<Account>([stream.concat(), vec![attempted(4, 31), attempted(5, 31)]].concat())
            .when(attempt_login(6, 1))
            .refused(AccountRefusal::SlotsBusy { until: second(30) });
    }

    #[test]
    fn who_has_waited_long_enough_is_turned_away_on_the_record() {
        for stream in either_way(vec![attempted(1, 30), attempted(2, 30), attempted(3, 30)]) {
            given::<Account>(stream).when(exhausted(4, 20)).then([login_refused(4, LoginRefusal::Busy)]);
        }
    }

    #[test]
    fn who_finds_a_slot_free_after_all_takes_it() {
        given::<Account>([provisioned(), attempted(1, 30)]).when(exhausted(2, 1)).then([attempted(2, 31)]);
    }

    #[test]
    fn a_slot_whose_time_has_come_is_a_failure() {
        for stream in either_way(vec![attempted(1, 30), attempted(2, 31), attempted(3, 32)]) {
            given::<Account>(stream)
                .when(attempt_login(4, 31))
                .refused(AccountRefusal::SlotsBusy { until: second(32) });
        }
        for stream in either_way(vec![attempted(1, 30), attempted(2, 31)]) {
            given::<Account>(stream)
                .when(attempt_login(3, 30))
                .then([failed(1, LoginFailure::Abandoned), attempted(3, 60)]);
        }
    }

    #[test]
    fn abandoned_slots_are_on_the_record_of_who_is_turned_away() {
        given::<Account>([provisioned(), attempted(1, 30), attempted(2, 40), attempted(3, 40)])
            .when(exhausted(4, 30))
            .then([failed(1, LoginFailure::Abandoned), login_refused(4, LoginRefusal::Busy)]);
    }

    #[test]
    fn the_third_abandoned_slot_suspends() {
        for stream in either_way([wrong_passwords(1), vec![attempted(2, 30), attempted(3, 30)]].concat()) {
            given::<Account>(stream).when(attempt_login(4, 30)).then([
                failed(2, LoginFailure::Abandoned),
                failed(3, LoginFailure::Abandoned),
                suspended(3),
                login_refused(4, LoginRefusal::Suspended),
            ]);
        }
    }

    #[test]
    fn a_suspended_account_compares_nothing() {
        for stream in either_way([wrong_passwords(3), vec![suspended(3)]].concat()) {
            for patience in [Patience::Waiting, Patience::Exhausted] {
                given::<Account>(stream.clone())
                    .when(AttemptLogin { patience, ..attempt_login(4, 1) })
                    .then([login_refused(4, LoginRefusal::Suspended)]);
            }
        }
    }

    #[test]
    fn a_refusal_keeps_what_the_other_system_answered() {
        let reported = Some(Verdict::Accepted);
        let AttemptLogin { attempt, source, .. } = attempt_login(4, 1);
        given::<Account>(suspended_account())
            .when(AttemptLogin { reported, ..attempt_login(4, 1) })
            .then([AccountEvent::LoginRefused { attempt, source, reason: LoginRefusal::Suspended, reported }]);
    }

    #[test]
    fn an_account_reactivated_has_three_slots() {
        let stream = [suspended_account(), vec![reactivated(), attempted(4, 30), attempted(5, 30)]].concat();
        given::<Account>(stream).when(attempt_login(6, 1)).then([attempted(6, 31)]);
    }

    #[test]
    fn a_stricter_policy_holds_from_the_next_attempt_on() {
        let strict = LockoutPolicy::new(2, TimeDelta::seconds(30)).unwrap();
        given::<Account>([vec![provisioned()], wrong_passwords(2)].concat())
            .when(AttemptLogin { policy: strict, ..attempt_login(3, 1) })
            .then([suspended(2), login_refused(3, LoginRefusal::Suspended)]);
    }

    #[test]
    fn an_attempt_takes_one_slot() {
        given::<Account>([provisioned(), attempted(1, 30)])
            .when(attempt_login(1, 60))
            .refused(AccountRefusal::AttemptAlreadyOpen { attempt: attempt(1) });
    }
}
