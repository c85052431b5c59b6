//! The checker's own fold of an absence ledger, on bare JSON, and what must never be in one.

use super::fold::{body, text};
use super::{Findings, Promise};
use crate::evidence::{Event, Evidence};
use crate::history::Ask;
use chrono::{Datelike, NaiveDate, Weekday};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The type of a ledger's stream.
pub(super) const LEDGER: &str = "absence-ledger";

/// The half-days of annual leave of a year of full time, five days a week: five times the weekly days of work
/// (D 85-1250 art. 1).
const ENTITLED: usize = 50;

/// What a leave is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Pending,
    Granted,
    Over,
}

#[derive(Clone, Debug)]
struct Leave {
    standing: Standing,
    /// The half-days that it takes, each as `2026-05-13 AM`, by the counter that they are taken from.
    takes: BTreeMap<String, BTreeSet<String>>,
}

/// An agent's leaves as his events leave them.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    leaves: BTreeMap<Uuid, Leave>,
}

impl Ledger {
    pub(super) fn after(mut self, event: &Event) -> Self {
        let body = body(event);
        let Some(id) = leave(&body) else { return self };
        let standing = match event.kind.as_str() {
            "LeaveRequested" => Standing::Pending,
            "LeaveApproved" => Standing::Granted,
            "LeaveWithdrawn" | "LeaveRefused" => Standing::Over,
            _ => return self,
        };
        let takes = self.leaves.remove(&id).map_or_else(|| takes(&body), |leave| leave.takes);
        self.leaves.insert(id, Leave { standing, takes });
        self
    }

    fn is_pending(&self, leave: Uuid) -> bool {
        self.leaves.get(&leave).is_some_and(|leave| leave.standing == Standing::Pending)
    }

    /// The half-days that are reserved or granted, with their counters, as often as they are.
    fn taken(&self) -> impl Iterator<Item = (&str, &str)> {
        let active = self.leaves.values().filter(|leave| leave.standing != Standing::Over);
        active.flat_map(|leave| &leave.takes).flat_map(|(counter, half_days)| {
            half_days.iter().map(move |half_day| (counter.as_str(), half_day.as_str()))
        })
    }

    fn taken_from(&self, counter: &str) -> usize {
        self.taken().filter(|(other, _)| *other == counter).count()
    }

    /// Whether this is a state in which what is asked for has to be refused for this reason; none where no state is.
    pub(super) fn justifies(&self, ask: &Ask, reason: &str) -> Option<bool> {
        match (ask, reason) {
            (Ask::RequestLeave { first, last, .. }, "insufficient-rights") => {
                let wanted = half_days_of_work(*first, *last);
                let short = |year| self.taken_from(&format!("annual-leave:{year}")) + wanted > ENTITLED;
                Some((first.year()..=last.year()).any(short))
            }
            (Ask::RequestLeave { first, last, .. }, "overlapping-absence") => {
                let during = |half_day: &str| {
                    let day = half_day.split(' ').next().and_then(|day| day.parse().ok());
                    day.is_some_and(|day: NaiveDate| (*first..=*last).contains(&day))
                };
                Some(self.taken().any(|(_, half_day)| during(half_day)))
            }
            (Ask::ApproveLeave { leave, .. } | Ask::WithdrawLeave { leave, .. }, "leave-state") => {
                Some(!self.is_pending(*leave))
            }
            _ => None,
        }
    }
}

/// Nothing is decided twice, no half-day taken twice, and no counter overdrawn, after any event of any ledger.
pub(super) fn check(evidence: &Evidence, findings: &mut Findings) {
    let mut ledgers: BTreeMap<Uuid, Ledger> = BTreeMap::new();
    for event in evidence.events.iter().filter(|event| event.stream_type == LEDGER) {
        let (position, kind) = (event.position, &event.kind);
        let before = ledgers.remove(&event.stream_id).unwrap_or_default();
        let decides = matches!(kind.as_str(), "LeaveApproved" | "LeaveWithdrawn" | "LeaveRefused");
        let pending = leave(&body(event)).is_some_and(|leave| before.is_pending(leave));
        findings.unless(!decides || pending, Promise::Rights, || {
            format!("position {position}: {kind} of no pending leave")
        });
        let ledger = before.after(event);
        let (mut half_days, mut counters) = (BTreeSet::new(), BTreeSet::new());
        for (counter, half_day) in ledger.taken() {
            findings.unless(half_days.insert(half_day), Promise::Rights, || {
                format!("position {position}: {half_day} is taken twice")
            });
            counters.insert(counter);
        }
        for counter in counters {
            let taken = ledger.taken_from(counter);
            findings.unless(taken <= ENTITLED, Promise::Rights, || {
                format!("position {position}: {taken} half-days are taken from {counter}, which has {ENTITLED}")
            });
        }
        ledgers.insert(event.stream_id, ledger);
    }
}

/// The leave that an event is about.
pub(super) fn leave(body: &Value) -> Option<Uuid> {
    text(body, "leave")?.parse().ok()
}

/// The half-days that a request takes, by their counters.
pub(super) fn takes(body: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let charges = body.get("charges").and_then(Value::as_array).into_iter().flatten();
    charges
        .map(|charge| {
            let half_days = charge.get("half_days").and_then(Value::as_array).into_iter().flatten();
            let half_days = half_days.filter_map(Value::as_str).flat_map(|named| match named.split_once(' ') {
                Some(_) => vec![named.to_owned()],
                None => vec![format!("{named} AM"), format!("{named} PM")],
            });
            (text(charge, "counter").unwrap_or_default(), half_days.collect())
        })
        .collect()
}

/// No leave of these days takes more.
fn half_days_of_work(first: NaiveDate, last: NaiveDate) -> usize {
    let works = |day: &NaiveDate| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    2 * first.iter_days().take_while(|day| *day <= last).filter(works).count()
}
