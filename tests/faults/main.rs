//! Faults in the running service, a few rounds of them; and faults planted in what the checker is shown, each of which
//! it must name. `./intraparis chaos` runs as many rounds as one likes.
//!
//! A program of its own, so that nothing else is measured while the machine is busy with it.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test ends at what it did not expect")]

mod leave;

use chaos::check::{Promise, check};
use chaos::evidence::leave::WaitingRow;
use chaos::evidence::{Event, Evidence};
use chaos::history::{Answer, Ask, History};
use chaos::plan::Plan;
use chaos::{Harness, Outcome};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;
use uuid::Uuid;

async fn harness() -> Harness {
    let harness = Harness::start(Path::new(env!("CARGO_BIN_EXE_intraparis"))).await.unwrap();
    harness.left_out().into_iter().for_each(test_support::left_out);
    harness
}

async fn rounds(plans: &[Plan]) -> Vec<Outcome> {
    let harness = harness().await;
    let mut outcomes = Vec::new();
    for (number, plan) in plans.iter().enumerate() {
        let database = format!("round_{number}");
        outcomes.push(harness.round(plan, &database).await.unwrap());
        harness.forget(&database).await.unwrap();
    }
    harness.end().await.unwrap();
    outcomes
}

#[tokio::test(flavor = "multi_thread")]
async fn rounds_of_faults_break_no_promise() {
    let plans: Vec<Plan> =
        (0..5).map(|round| Plan::of_round(20_261_124, round, Duration::from_millis(1_500))).collect();
    for (outcome, plan) in rounds(&plans).await.iter().zip(&plans) {
        assert!(outcome.violations.is_empty(), "{:#?}\n{:#?}", plan.strikes, outcome.violations);
        assert!(outcome.history.commands.iter().any(|command| command.done().is_some()));
    }
}

/// What clients saw and what is there after a round in which nothing broke.
#[derive(Clone)]
struct Shown {
    history: History,
    evidence: Evidence,
    base: i64,
}

static CALM: LazyLock<Shown> = LazyLock::new(|| {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let plan = Plan::calm(7, Duration::from_secs(3));
    let outcome = runtime.block_on(rounds(&[plan])).remove(0);
    Shown { history: outcome.history, evidence: outcome.evidence, base: outcome.base }
});

impl Shown {
    fn broken(&self) -> BTreeSet<Promise> {
        check(&self.history, &self.evidence, self.base).into_iter().map(|violation| violation.promise).collect()
    }

    /// The place, among the events, of some change of a role that was acknowledged and after which others come.
    fn acknowledged(&self) -> usize {
        let done = |command: &chaos::history::Command| match command.ask {
            Ask::Grant(..) => command.done()?.0,
            _ => None,
        };
        let position = self.history.commands.iter().filter_map(done).min().expect("a role that was given");
        usize::try_from(position - 1).unwrap()
    }

    fn renumber(&mut self) {
        let mut versions = std::collections::BTreeMap::new();
        for (place, event) in (1..).zip(&mut self.evidence.events) {
            let version = versions.entry((event.stream_type.clone(), event.stream_id)).or_insert(0);
            *version += 1;
            (event.position, event.version) = (place, *version);
        }
        for (of, id, version) in &mut self.evidence.streams {
            *version = versions.get(&(of.clone(), *id)).copied().unwrap_or(0);
        }
        self.evidence.head.position = self.evidence.events.len() as i64;
    }

    fn add(&mut self, event: Event) {
        self.evidence.events.push(event);
        self.renumber();
    }
}

/// Plants a fault in a calm round and requires the checker to name these promises.
#[track_caller]
fn planted(plant: impl FnOnce(&mut Shown), promises: &[Promise]) {
    let mut shown = CALM.clone();
    assert_eq!(shown.broken(), BTreeSet::new(), "without the fault");
    plant(&mut shown);
    let broken = shown.broken();
    assert!(promises.iter().all(|promise| broken.contains(promise)), "{broken:?}, expected {promises:?}");
}

#[test]
fn an_event_that_is_dropped_is_found() {
    let dropped = |shown: &mut Shown| drop(shown.evidence.events.remove(shown.acknowledged()));
    planted(dropped, &[Promise::Order, Promise::NothingLost, Promise::Tree]);
}

#[test]
fn an_event_that_is_dropped_is_found_though_all_the_others_close_the_gap() {
    let dropped = |shown: &mut Shown| {
        shown.evidence.events.remove(shown.acknowledged());
        shown.renumber();
    };
    planted(dropped, &[Promise::NothingLost, Promise::Tree, Promise::OneOrder]);
}

#[test]
fn an_event_that_is_there_twice_is_found() {
    planted(
        |shown| {
            let event = shown.evidence.events[shown.acknowledged()].clone();
            shown.add(Event { id: Uuid::new_v4(), ..event });
        },
        &[Promise::NothingTwice, Promise::Tree],
    );
}

#[test]
fn an_event_that_nobody_asked_for_is_found() {
    planted(
        |shown| {
            let event = shown.evidence.events[shown.acknowledged()].clone();
            shown.add(Event { id: Uuid::new_v4(), trace: Some(vec![1; 16]), ..event });
        },
        &[Promise::NothingTwice],
    );
}

#[test]
fn events_that_changed_places_are_found() {
    planted(
        |shown| {
            let place = shown.acknowledged();
            shown.evidence.events.swap(place, place + 1);
            shown.renumber();
        },
        &[Promise::OneOrder, Promise::Tree, Promise::Projections],
    );
}

#[test]
fn a_reader_that_missed_an_event_is_found() {
    planted(
        |shown| {
            let sights = &mut shown.history.sights;
            let sight = sights.iter_mut().rfind(|sight| sight.events.len() > 3).expect("a reader");
            sight.events.remove(1);
        },
        &[Promise::OneOrder],
    );
}

#[test]
fn a_stale_read_is_found() {
    planted(
        |shown| {
            let Shown { history, evidence, .. } = shown;
            // A read that shows the account without a role that it holds from before the position asked for to the end.
            let role_of = |event: &Event, kind: &str| {
                let payload: serde_json::Value = serde_json::from_slice(&event.payload).unwrap();
                payload[kind]["role"].as_str().map(str::to_owned)
            };
            let stale = history.reads.iter_mut().find_map(|read| {
                let own = || evidence.events.iter().filter(|event| event.stream_id == read.account);
                let found = read.found.as_mut()?;
                let kept = own().rev().filter(|event| event.position <= read.at_least).find_map(|event| {
                    let role = role_of(event, "RoleGranted").filter(|role| found.roles.contains(role))?;
                    let revoked = |later: &Event| {
                        later.position > event.position && role_of(later, "RoleRevoked").as_ref() == Some(&role)
                    };
                    (!own().any(revoked)).then_some(role)
                })?;
                found.roles.remove(&kept).then_some(())
            });
            stale.expect("a read of one's own write");
        },
        &[Promise::ReadYourWrites],
    );
}

#[test]
fn a_read_that_tells_of_less_than_it_was_asked_for_is_found() {
    let behind = |shown: &mut Shown| shown.history.reads[0].shown = shown.history.reads[0].at_least - 1;
    planted(behind, &[Promise::ReadYourWrites]);
}

#[test]
fn a_stale_read_of_a_leave_is_found() {
    planted(
        |shown| {
            let reads = &mut shown.history.leaves_read;
            let decided =
                reads.iter_mut().find(|read| read.status.as_deref().is_some_and(|status| status != "pending"));
            decided.expect("a leave that was read once it was decided").status = Some("pending".to_owned());
        },
        &[Promise::ReadYourWrites],
    );
}

#[test]
fn a_leave_that_is_not_there_for_who_asked_for_it_is_found() {
    let nowhere = |shown: &mut Shown| shown.history.leaves_read.first_mut().expect("a read").status = None;
    planted(nowhere, &[Promise::ReadYourWrites]);
}

#[test]
fn a_trail_one_event_behind_its_checkpoint_is_found() {
    planted(|shown| drop(shown.evidence.trail.pop()), &[Promise::Projections]);
}

#[test]
fn an_outcome_without_the_source_of_its_attempt_is_found() {
    let nowhere = |shown: &mut Shown| {
        let row = shown.evidence.trail.iter_mut().find(|row| row.kind == "LoginSucceeded");
        assert!(row.expect("a login").source.0.take().is_object());
    };
    planted(nowhere, &[Promise::Projections]);
}

#[test]
fn absences_one_event_behind_their_checkpoint_are_found() {
    planted(
        |shown| {
            let row = shown.evidence.leave.absences.iter_mut().rfind(|row| row.status != "pending");
            let row = row.expect("a leave that was decided");
            row.status = "pending".to_owned();
        },
        &[Promise::Projections],
    );
}

#[test]
fn a_queue_one_event_behind_its_checkpoint_is_found() {
    planted(
        |shown| {
            let waits = shown.evidence.leave.queue.pop();
            waits.expect("a leave that waits");
        },
        &[Promise::Projections],
    );
}

#[test]
fn a_leave_that_waits_though_it_is_decided_is_found() {
    planted(
        |shown| {
            let Evidence { leave, .. } = &mut shown.evidence;
            let decided = leave.absences.iter().find(|row| row.status != "pending").expect("a leave that was decided");
            let waits = leave.queue.first().expect("a leave that waits").clone();
            leave.queue.push(WaitingRow { absence: decided.absence, ..waits });
        },
        &[Promise::Projections],
    );
}

#[test]
fn notices_one_event_behind_their_checkpoint_are_found() {
    planted(|shown| assert!(shown.evidence.leave.notices.pop().is_some()), &[Promise::Projections]);
}

#[test]
fn who_works_where_one_event_behind_its_checkpoint_is_found() {
    planted(|shown| shown.evidence.leave.employments[0].1 -= 1, &[Promise::Projections]);
    planted(|shown| assert!(shown.evidence.leave.members.pop().is_some()), &[Promise::Projections]);
    planted(|shown| assert!(shown.evidence.leave.led.pop().is_some()), &[Promise::Projections]);
    planted(|shown| shown.evidence.leave.units[0].name.clear(), &[Promise::Projections]);
}

#[test]
fn a_row_of_what_nobody_made_is_found() {
    for place in 0..5 {
        planted(|shown| shown.evidence.leave.kept[place].1.push(Uuid::new_v4()), &[Promise::Projections]);
    }
}

#[test]
fn an_overview_one_event_behind_its_checkpoint_is_found() {
    planted(
        |shown| {
            let Evidence { accounts, events, .. } = &mut shown.evidence;
            let behind = accounts.iter_mut().find_map(|row| {
                let last = events.iter().rfind(|event| event.stream_id == row.account)?;
                let role = serde_json::from_slice::<serde_json::Value>(&last.payload).ok()?;
                let role = role.get("RoleGranted")?.get("role")?.as_str()?.to_owned();
                row.roles.retain(|held| *held != role);
                Some(())
            });
            behind.expect("an account whose last event gave it a role");
        },
        &[Promise::Projections],
    );
}

#[test]
fn a_checkpoint_that_runs_ahead_of_its_rows_is_found_in_a_glimpse() {
    let ahead = |shown: &mut Shown| shown.history.glimpses.last_mut().expect("a glimpse").checkpoint -= 1;
    planted(ahead, &[Promise::Projections]);
}

#[test]
fn a_projection_that_stands_still_is_found() {
    planted(|shown| shown.evidence.checkpoints[0].1 -= 1, &[Promise::Recovery]);
}

#[test]
fn a_root_that_is_not_consistent_with_the_tree_is_found() {
    planted(|shown| shown.history.roots[0].1[0] ^= 1, &[Promise::Tree]);
}

#[test]
fn a_payload_that_was_changed_is_found() {
    planted(|shown| shown.evidence.events[0].payload.push(b' '), &[Promise::Tree]);
}

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
    let refused = |command: &chaos::history::Command| {
        matches!(command.ask, Ask::RequestLeave { .. } | Ask::Grant(..))
            && matches!(command.answers.last(), Some(Answer::Refused(_)))
    };
    assert!(commands.iter().any(refused), "a refusal for what was done before");
    let end = commands.iter().map(|command| command.ended).max().unwrap() + 1;
    let again = commands.iter().filter(|command| command.done().is_some() && !matches!(command.ask, Ask::LogIn { .. }));
    let again = again.map(|command| chaos::history::Command { begun: end, ended: end + 1, ..command.clone() });
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

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_its_events_do_not_give_is_found_when_all_is_folded_anew() {
    let harness = harness().await;
    let round = harness.round(&Plan::calm(7, Duration::from_millis(500)), "round").await.unwrap();
    assert!(round.violations.is_empty(), "{:#?}", round.violations);
    harness.tamper("round", "DELETE FROM projections.employments_v1").await.unwrap();
    let found = harness.verify("round").await.unwrap().expect("a violation");
    assert_eq!(found.promise, Promise::Projections);
    harness.end().await.unwrap();
}

#[test]
fn a_rebuild_that_nobody_asked_for_is_found() {
    planted(
        |shown| {
            let event = shown.evidence.events[shown.acknowledged()].clone();
            let payload = br#"{"ProjectionRebuilt":{"projection":"accounts_v1","position":1}}"#.to_vec();
            let (kind, trace) = ("ProjectionRebuilt".to_owned(), None);
            shown.add(Event { id: Uuid::new_v4(), kind, trace, payload, ..event });
        },
        &[Promise::NothingTwice],
    );
}
