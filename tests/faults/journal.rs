//! Faults planted in what the journal holds, and in what its readers saw.

use crate::shown::{Shown, planted};
use chaos::check::Promise;
use chaos::evidence::Event;
use uuid::Uuid;

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
fn a_root_that_is_not_consistent_with_the_tree_is_found() {
    planted(|shown| shown.history.roots[0].1[0] ^= 1, &[Promise::Tree]);
}

#[test]
fn a_payload_that_was_changed_is_found() {
    planted(|shown| shown.evidence.events[0].payload.push(b' '), &[Promise::Tree]);
}
