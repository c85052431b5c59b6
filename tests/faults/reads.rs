//! Faults planted in what the read side has answered.

use crate::shown::{Shown, planted};
use chaos::check::Promise;
use chaos::evidence::Event;

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
