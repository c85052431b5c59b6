//! Faults planted in what the write side has answered.

use crate::shown::{CALM, Shown, planted};
use chaos::check::{Promise, check};
use chaos::history::{Answer, Ask, Command};
use uuid::Uuid;

#[test]
fn a_command_that_was_acknowledged_at_another_place_is_found() {
    planted(
        |shown| {
            let commands = &mut shown.history.commands;
            let sent: Vec<Uuid> = commands.iter().map(|command| command.trace).collect();
            // One of several answers to a command would be another outcome of it.
            let once = |trace: Uuid| sent.iter().filter(|other| **other == trace).count() == 1;
            let position = commands.iter_mut().rev().filter(|command| once(command.trace)).find_map(|command| {
                match command.answers.as_mut_slice() {
                    [Answer::Done { position, .. }] => position.as_mut(),
                    _ => None,
                }
            });
            *position.expect("an acknowledgement") += 1;
        },
        &[Promise::NothingLost],
    );
}

#[test]
fn a_refusal_on_a_state_that_never_was_is_found() {
    planted(
        |shown| {
            let command = shown.history.commands.iter_mut().find(|command| matches!(command.ask, Ask::Provision));
            command.expect("an account").answers = vec![Answer::Refused("role-already-granted".to_owned())];
        },
        &[Promise::Refusals],
    );
}

#[test]
fn a_refusal_stays_true_though_what_was_done_before_it_is_sent_again_after_it() {
    let mut shown = CALM.clone();
    let commands = &mut shown.history.commands;
    let refused = |command: &Command| {
        matches!(command.ask, Ask::RequestLeave { .. } | Ask::Grant(..))
            && matches!(command.answers.last(), Some(Answer::Refused(_)))
    };
    assert!(commands.iter().any(refused), "a refusal for what was done before");
    let end = commands.iter().map(|command| command.ended).max().unwrap() + 1;
    let again = commands.iter().filter(|command| command.done().is_some() && !matches!(command.ask, Ask::LogIn { .. }));
    let again = again.map(|command| Command { begun: end, ended: end + 1, ..command.clone() });
    let again: Vec<_> = again.collect();
    commands.extend(again);
    assert_eq!(check(&shown.history, &shown.evidence, shown.base), []);
}

#[test]
fn a_right_password_that_is_refused_is_found() {
    planted(
        |shown| {
            let Shown { history, evidence, .. } = shown;
            let refused = history.commands.iter_mut().find_map(|command| {
                let right = matches!(command.ask, Ask::LogIn { right: true, .. }) && command.done().is_some();
                right.then_some(command)
            });
            let command = refused.expect("a login");
            command.answers = vec![Answer::Refused("invalid-credentials".to_owned())];
            // As it would be if the service had compared wrongly: the outcome on record is the answer that was given.
            let trace = Some(command.trace.as_bytes().to_vec());
            let outcome =
                evidence.events.iter_mut().find(|event| event.trace == trace && event.kind == "LoginSucceeded");
            let outcome = outcome.expect("its outcome");
            let said: serde_json::Value = serde_json::from_slice(&outcome.payload).unwrap();
            let attempt = &said["LoginSucceeded"]["attempt"];
            outcome.kind = "LoginFailed".to_owned();
            let failed = serde_json::json!({ "LoginFailed": { "attempt": attempt, "reason": "wrong-password" } });
            outcome.payload = failed.to_string().into_bytes();
        },
        &[Promise::Refusals],
    );
}

#[test]
fn a_login_that_is_refused_of_an_account_that_is_not_suspended_is_found() {
    planted(
        |shown| {
            let refused = shown.history.commands.iter_mut().find_map(|command| {
                let right = matches!(command.ask, Ask::LogIn { right: true, .. }) && command.done().is_some();
                right.then_some(&mut command.answers)
            });
            *refused.expect("a login") = vec![Answer::Refused("invalid-credentials".to_owned())];
        },
        &[Promise::Refusals],
    );
}
