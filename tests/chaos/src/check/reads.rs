//! Reads that name a position, and readers of the whole order.

use super::fold::{Account, body};
use super::leave::{LEDGER, leave};
use super::projections::on_the_trail;
use super::{Findings, Promise};
use crate::evidence::{Event, Evidence};
use crate::history::{History, LeaveRead, Moment, Read, Sight};
use std::collections::BTreeMap;
use uuid::Uuid;

pub(super) fn check(history: &History, evidence: &Evidence, findings: &mut Findings) {
    let first_sent = history.first_sent();
    let mut streams: BTreeMap<Uuid, Vec<&Event>> = BTreeMap::new();
    for event in evidence.events.iter().filter(|event| event.stream_type == "account") {
        streams.entry(event.stream_id).or_default().push(event);
    }
    for read in &history.reads {
        let stream = streams.get(&read.account).map(Vec::as_slice).unwrap_or_default();
        if let Err(detail) = shows(read, stream, &first_sent) {
            findings.add(Promise::ReadYourWrites, detail);
        }
    }
    for read in &history.leaves_read {
        if let Err(detail) = shows_leave(read, evidence, &first_sent) {
            findings.add(Promise::ReadYourWrites, detail);
        }
    }
    for sight in &history.sights {
        if let Err(detail) = follows(sight, evidence) {
            findings.add(Promise::OneOrder, detail);
        }
    }
}

/// A read shows the account as it was after some event: none before the position that it asked for or that it says to
/// show, and none of a command that was sent after the answer had come.
fn shows(read: &Read, stream: &[&Event], first_sent: &BTreeMap<Uuid, Moment>) -> Result<(), String> {
    let Read { account, at_least, shown, .. } = read;
    if shown < at_least {
        return Err(format!("{account}: asked for {at_least}, told of {shown}"));
    }
    let states = stream.iter().take_while(|event| sent_by(event, read.ended, first_sent)).scan(
        None,
        |state: &mut Option<Account>, event| {
            *state = Some(state.take().unwrap_or_default().after(event));
            state.clone()
        },
    );
    let states: Vec<Account> = states.collect();
    let first = states.iter().rposition(|state| state.position <= *shown);
    let candidates = states.get(first.unwrap_or_default()..).unwrap_or_default();
    match &read.found {
        Some(found) if candidates.iter().any(|state| state.found() == *found) => Ok(()),
        // An account that is not there yet has no event at all up to what was shown.
        None if first.is_none() => Ok(()),
        found => Err(format!("{account} at {shown} (asked for {at_least}) was shown as {found:?}")),
    }
}

/// The same of a leave, of which a read shows where it stands.
fn shows_leave(read: &LeaveRead, evidence: &Evidence, first_sent: &BTreeMap<Uuid, Moment>) -> Result<(), String> {
    let LeaveRead { agent, leave: id, at_least, shown, ended, status } = read;
    if shown < at_least {
        return Err(format!("leave {id}: asked for {at_least}, told of {shown}"));
    }
    let ledger = evidence.events.iter().filter(|event| event.stream_type == LEDGER && event.stream_id == *agent);
    let in_time = ledger.filter(|event| sent_by(event, *ended, first_sent));
    let stands = in_time.filter(|event| leave(&body(event)) == Some(*id)).filter_map(|event| {
        let status = match event.kind.as_str() {
            "LeaveRequested" => "pending",
            "LeaveApproved" => "granted",
            "LeaveRefused" => "refused",
            "LeaveWithdrawn" => "withdrawn",
            _ => return None,
        };
        Some((event.position, status))
    });
    let stands: Vec<(i64, &str)> = stands.collect();
    let first = stands.iter().rposition(|(position, _)| position <= shown);
    let candidates = stands.get(first.unwrap_or_default()..).unwrap_or_default();
    match status {
        Some(found) if candidates.iter().any(|(_, status)| status == found) => Ok(()),
        None if first.is_none() => Ok(()),
        found => Err(format!("leave {id} at {shown} (asked for {at_least}) was shown as {found:?}")),
    }
}

/// Whether an event is of a command that was sent before a moment, or of none.
fn sent_by(event: &Event, moment: Moment, first_sent: &BTreeMap<Uuid, Moment>) -> bool {
    let trace = event.trace.as_deref().and_then(|trace| Uuid::from_slice(trace).ok());
    trace.and_then(|trace| first_sent.get(&trace)).is_none_or(|first_sent| *first_sent <= moment)
}

/// A reader is given each event after the one that it named, in the journal's order, to the last that it was promised.
fn follows(sight: &Sight, evidence: &Evidence) -> Result<(), String> {
    let Sight { reader, of_the_trail, after, events, until } = sight;
    let shown = |event: &&Event| event.position > *after && (!of_the_trail || on_the_trail(event));
    let mut expected = evidence.events.iter().filter(shown);
    for (position, id) in events {
        let event = expected.next().ok_or_else(|| format!("{reader} saw {position}, which is not there"))?;
        if (event.position, event.id) != (*position, *id) {
            return Err(format!("{reader} saw {position} ({id}) where {} ({}) comes", event.position, event.id));
        }
    }
    let Some(until) = until else { return Ok(()) };
    let last = events.last().map_or(*after, |(position, _)| *position);
    if last > *until || expected.next().is_some_and(|event| event.position <= *until) {
        return Err(format!("{reader} was told of {until} and given {last}"));
    }
    Ok(())
}
