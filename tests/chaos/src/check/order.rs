//! One dense order, and in each stream one.

use super::{Findings, Promise};
use crate::evidence::Evidence;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(evidence: &Evidence, findings: &mut Findings) {
    let (mut ids, mut versions) = (BTreeSet::new(), BTreeMap::new());
    let mut latest = None;
    for (place, event) in (1..).zip(&evidence.events) {
        findings.unless(event.position == place, Promise::Order, || {
            format!("the {place}th event is at position {}", event.position)
        });
        findings.unless(ids.insert(event.id), Promise::NothingTwice, || format!("event {} is there twice", event.id));
        let version = versions.entry((event.stream_type.clone(), event.stream_id)).or_insert(0);
        *version += 1;
        findings.unless(event.version == *version, Promise::Order, || {
            let (of, id) = (&event.stream_type, event.stream_id);
            format!("position {}: version {} of {of} {id} comes where {version} should", event.position, event.version)
        });
        findings.unless(latest <= Some(event.recorded_at), Promise::Order, || {
            format!("position {} was recorded before the one before it", event.position)
        });
        latest = Some(event.recorded_at);
    }
    findings.unless(evidence.head.position == evidence.events.len() as i64, Promise::Order, || {
        format!("the head is at {}, and there are {} events", evidence.head.position, evidence.events.len())
    });
    for (of, id, version) in &evidence.streams {
        let last = versions.remove(&(of.clone(), *id)).unwrap_or(0);
        findings.unless(*version == last, Promise::Order, || format!("{of} {id} is at version {version}, not {last}"));
    }
    for ((of, id), _) in versions {
        findings.add(Promise::Order, format!("{of} {id} has events and no row"));
    }
}
