//! What holds after any commands in any order.

use super::samples::{account, attempt, credential, sealed, second, session, source};
use super::{
    Account, AccountCommand, AttemptLogin, Credential, GrantRole, IssueInitialCode, LockoutPolicy, LogOut,
    LoginOutcome, Patience, ProvisionAccount, ReactivateAccount, RecordLoginOutcome, RevokeRole, SetPersonalPassword,
    State,
};
use esrs::Aggregate;
use events::Actor;
use events::account::{AccountEvent, LoginRefusal, Role};
use proptest::prelude::*;
use proptest::sample::select;

/// Few attempts and few instants, so that commands meet.
fn login_command() -> impl Strategy<Value = AccountCommand> {
    let outcomes = [
        LoginOutcome::Wrong,
        LoginOutcome::UnknownName,
        LoginOutcome::Right { session: Some(session(1)), proved: None },
    ];
    prop_oneof![
        (0u128..8, 0i64..120, select(vec![Patience::Waiting, Patience::Exhausted])).prop_map(
            |(number, at, patience)| AccountCommand::AttemptLogin(AttemptLogin {
                attempt: attempt(number),
                source: source(),
                at: second(at),
                policy: LockoutPolicy::default(),
                patience,
                reported: None,
            })
        ),
        (0u128..8, select(outcomes.to_vec())).prop_map(|(number, outcome)| {
            RecordLoginOutcome { attempt: attempt(number), outcome, policy: LockoutPolicy::default() }.into()
        }),
    ]
}

fn other_command() -> impl Strategy<Value = AccountCommand> {
    let role = || select(Role::ALL.to_vec());
    let by = select(vec![Actor::Service, Actor::Account(account(1)), Actor::Account(account(2))]);
    prop_oneof![
        Just(AccountCommand::from(ProvisionAccount {
            username: sealed("jean.dupont"),
            given_name: sealed("Jean"),
            family_name: sealed("Dupont"),
            staff_number: None,
            initial_code: credential(0),
        })),
        (0u128..4, by.clone(), role()).prop_map(|(code, by, role)| {
            let (initial_code, capacity) = (credential(code), role.capacity());
            IssueInitialCode { account: account(1), initial_code, by, capacity }.into()
        }),
        (0u128..4, 0u128..4).prop_map(|(password, replaces)| {
            SetPersonalPassword { password: credential(password), replaces: credential(replaces) }.into()
        }),
        Just(LogOut { session: session(1) }.into()),
        by.clone().prop_map(|by| ReactivateAccount { account: account(1), motive: sealed("why"), by }.into()),
        (role(), by).prop_map(|(role, by)| GrantRole { account: account(1), role, by }.into()),
        role().prop_map(|role| RevokeRole { role }.into()),
    ]
}

fn commands() -> impl Strategy<Value = Vec<AccountCommand>> {
    prop::collection::vec(prop_oneof![4 => login_command(), 1 => other_command()], 0..60)
}

/// Runs the commands one after the other: the events of each that was not refused, and the state in the end.
fn run(commands: Vec<AccountCommand>) -> (Vec<Vec<AccountEvent>>, State) {
    let mut appended = Vec::new();
    let mut state = State::default();
    for command in commands {
        if let Ok(events) = Account::handle_command(&state, command) {
            state = events.iter().cloned().fold(state, Account::apply_event);
            appended.push(events);
        }
    }
    (appended, state)
}

fn fold(state: State, events: &[AccountEvent]) -> State {
    events.iter().cloned().fold(state, Account::apply_event)
}

proptest! {
    #[test]
    fn failures_and_slots_stay_within_the_limit(commands in commands()) {
        let limit = usize::from(LockoutPolicy::default().max_failures());
        let mut state = State::default();
        for event in run(commands).0.concat() {
            state = state.after(event);
            prop_assert!(usize::from(state.failures()) + state.slots().len() <= limit, "{state:?}");
        }
    }

    #[test]
    fn suspended_is_suspended_and_not_yet_reactivated(commands in commands()) {
        let (appended, state) = run(commands);
        let last = appended.concat().into_iter().rfind(|event| {
            matches!(event, AccountEvent::AccountSuspended { .. } | AccountEvent::AccountReactivated { .. })
        });
        prop_assert_eq!(state.is_suspended(), matches!(last, Some(AccountEvent::AccountSuspended { .. })));
    }

    #[test]
    fn no_append_leaves_the_limit_reached_without_suspending(commands in commands()) {
        let mut state = State::default();
        for events in run(commands).0 {
            state = fold(state, &events);
            prop_assert_eq!(state.failures() >= LockoutPolicy::default().max_failures(), state.is_suspended());
        }
    }

    #[test]
    fn nothing_but_refusals_of_logins_comes_while_suspended(commands in commands()) {
        let mut state = State::default();
        for event in run(commands).0.concat() {
            let login = match &event {
                AccountEvent::LoginRefused { reason, .. } => *reason != LoginRefusal::Suspended,
                AccountEvent::LoginAttempted { .. }
                | AccountEvent::LoginSucceeded { .. }
                | AccountEvent::LoginFailed { .. }
                | AccountEvent::PersonalPasswordSet { .. } => true,
                _ => false,
            };
            prop_assert!(!(login && state.is_suspended()), "{event:?}");
            state = state.after(event);
        }
    }

    #[test]
    fn a_name_that_no_account_has_knows_logins_alone(commands in prop::collection::vec(login_command(), 0..60)) {
        let (appended, state) = run(commands);
        prop_assert_eq!(state.credential().map(Credential::id), None);
        let successes = appended.concat().into_iter().filter(|e| matches!(e, AccountEvent::LoginSucceeded { .. }));
        prop_assert_eq!(successes.count(), 0);
    }

    #[test]
    fn the_fold_is_the_state_that_was_decided_on(commands in commands()) {
        let (appended, state) = run(commands);
        prop_assert_eq!(fold(State::default(), &appended.concat()), state);
    }

    #[test]
    fn a_snapshot_and_the_tail_are_the_whole(commands in commands(), cut in any::<prop::sample::Index>()) {
        let (appended, state) = run(commands);
        let events = appended.concat();
        let (head, tail) = events.split_at(cut.index(events.len() + 1));
        let snapshot = serde_json::to_vec(&fold(State::default(), head)).unwrap();
        let restored = serde_json::from_slice(&snapshot).unwrap();
        prop_assert_eq!(fold(restored, tail), state);
    }
}
