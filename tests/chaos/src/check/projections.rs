//! Read models against a fold of the journal.

use super::fold::{Account, body, text};
use super::{Findings, Promise, absences, staff};
use crate::evidence::{AccountRow, Event, Evidence, Json, TrailRow};
use crate::history::History;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The types of streams that the audit trail tells of.
const ON_THE_TRAIL: [&str; 10] = [
    "account",
    "username",
    "audit-reading",
    "projection",
    "absence-ledger",
    "employment",
    "delegation",
    "unit",
    "rule-set",
    "calendar-feed",
];

pub(super) fn check(history: &History, evidence: &Evidence, findings: &mut Findings) {
    for (name, position, failure) in &evidence.checkpoints {
        findings.unless(*position == evidence.head.position, Promise::Recovery, || {
            format!("{name} has come to {position} of {}", evidence.head.position)
        });
        if let Some(failure) = failure {
            findings.add(Promise::Projections, format!("{name} has halted: {failure}"));
        }
    }
    let upto = |name: &str| {
        let checkpoint = evidence.checkpoints.iter().find(|(of, ..)| of == name);
        let position = checkpoint.map_or(0, |(_, position, _)| *position);
        evidence.events.iter().filter(move |event| event.position <= position)
    };
    accounts(upto("accounts_v1"), &evidence.accounts, findings);
    trail(upto("audit_trail_v1"), &evidence.trail, findings);
    readings(upto("audit_readings_v1"), &evidence.readings, findings);
    let of = |name: &str| upto(name).collect::<Vec<_>>();
    absences::check(&of("absences_v1"), &evidence.leave, findings);
    staff::employments(&of("employments_v1"), &evidence.leave, findings);
    staff::units(&of("units_v1"), &evidence.leave, findings);
    staff::kept(&of, &evidence.leave, findings);
    for glimpse in &history.glimpses {
        let told = evidence.events.iter().filter(|event| on_the_trail(event) && event.position <= glimpse.checkpoint);
        let (rows, last) = told.fold((0, 0), |(rows, _), event| (rows + 1, event.position));
        findings.unless((glimpse.rows, glimpse.last) == (rows, last), Promise::Projections, || {
            format!("in one snapshot the trail had {glimpse:?}, not {rows} rows up to {last}")
        });
    }
}

/// Whether the audit trail shows an event.
pub(super) fn on_the_trail(event: &Event) -> bool {
    ON_THE_TRAIL.contains(&event.stream_type.as_str())
}

fn accounts<'a>(events: impl Iterator<Item = &'a Event>, rows: &[AccountRow], findings: &mut Findings) {
    let mut folded: BTreeMap<Uuid, Account> = BTreeMap::new();
    for event in events.filter(|event| event.stream_type == "account") {
        let account = folded.remove(&event.stream_id).unwrap_or_default();
        let refused = account.suspended_since.is_some() && event.kind == "LoginAttempted";
        findings.unless(!refused, Promise::Refusals, || {
            format!("position {}: a password of a suspended account is compared", event.position)
        });
        folded.insert(event.stream_id, account.after(event));
    }
    folded.retain(|_, account| account.provisioned_at.is_some());
    for row in rows {
        let folded = folded.remove(&row.account);
        let same = folded.as_ref().is_some_and(|folded| {
            folded.roles.iter().eq(&row.roles)
                && folded.personal_password == row.personal_password
                && folded.failures == row.failures
                && folded.last_login == row.last_login
                && folded.suspended_since == row.suspended_since
                && folded.provisioned_at == Some(row.provisioned_at)
                && folded.position == row.position
                && serde_json::from_str::<Value>(&row.username).is_ok_and(|username| username == folded.username)
        });
        findings.unless(same, Promise::Projections, || {
            format!("accounts_v1 has of {} another row than its events: {row:?} {folded:?}", row.account)
        });
    }
    for account in folded.into_keys() {
        findings.add(Promise::Projections, format!("accounts_v1 has no row of {account}"));
    }
}

fn trail<'a>(events: impl Iterator<Item = &'a Event>, rows: &[TrailRow], findings: &mut Findings) {
    let mut known = Known::default();
    let mut rows = rows.iter().peekable();
    for event in events.filter(|event| on_the_trail(event)) {
        let expected = told(event, &mut known);
        while let Some(row) = rows.next_if(|row| row.position < expected.position) {
            findings.add(Promise::Projections, format!("the trail has a row too many at {}", row.position));
        }
        let row = rows.next_if(|row| row.position == expected.position);
        findings.unless(row == Some(&expected), Promise::Projections, || {
            format!("the trail has of position {}: {row:?}, not {expected:?}", event.position)
        });
    }
    for row in rows {
        findings.add(Promise::Projections, format!("the trail has a row past its checkpoint, at {}", row.position));
    }
}

/// What earlier events tell of later ones.
#[derive(Default)]
struct Known {
    accounts: BTreeSet<Uuid>,
    /// Where each attempt at an account came from.
    sources: BTreeMap<(Uuid, Uuid), Value>,
    /// The last failure of each account: the version it has in its stream, its correlation and its attempt.
    failures: BTreeMap<Uuid, (i32, Uuid, Uuid)>,
}

impl Known {
    /// The attempt that an event is of: a suspension is of the failure that the same command recorded before it.
    fn attempt(&mut self, event: &Event, named: Option<Uuid>) -> Option<Uuid> {
        match (event.kind.as_str(), named) {
            ("AccountSuspended", _) => {
                let (version, correlation, attempt) = self.failures.get(&event.stream_id)?;
                (event.version - 1 == *version && event.correlation == *correlation).then_some(*attempt)
            }
            ("LoginFailed", Some(attempt)) => {
                self.failures.insert(event.stream_id, (event.version, event.correlation, attempt));
                named
            }
            _ => named,
        }
    }

    /// Where that attempt came from: an outcome names the attempt alone.
    fn source(&mut self, event: &Event, attempt: Option<Uuid>, named: Option<&Value>) -> Json {
        let attempt = attempt.map(|attempt| (event.stream_id, attempt));
        if let (Some(attempt), Some(source), "LoginAttempted") = (attempt, named, event.kind.as_str()) {
            self.sources.insert(attempt, source.clone());
        }
        let source = named.or_else(|| self.sources.get(&attempt?));
        Json(source.cloned().unwrap_or_default())
    }
}

fn told(event: &Event, known: &mut Known) -> TrailRow {
    let body = body(event);
    let id = |name: &str| text(&body, name).and_then(|id| id.parse().ok());
    if event.kind == "AccountProvisioned" {
        known.accounts.insert(event.stream_id);
    }
    let attempt = known.attempt(event, id("attempt"));
    let source = known.source(event, attempt, body.get("source"));
    let agent = match event.stream_type.as_str() {
        "account" | "absence-ledger" | "employment" => Some(event.stream_id),
        "username" => id("account"),
        "delegation" => id("from"),
        "unit" => id("manager"),
        "calendar-feed" => id("owner"),
        "audit-reading" if event.kind == "ProofRead" => id("agent"),
        "audit-reading" => body.get("filter").and_then(|filter| text(filter, "agent")?.parse().ok()),
        _ => None,
    };
    let outcome = match event.kind.as_str() {
        "LoginAttempted" => "begun",
        "LoginFailed" => "failure",
        "LoginRefused" | "LeaveRefused" | "CancellationRefused" => "refused",
        _ => "success",
    };
    TrailRow {
        position: event.position,
        event: event.id,
        recorded_at: event.recorded_at,
        occurred_at: event.occurred_at,
        stream_type: event.stream_type.clone(),
        agent,
        known: event.stream_type != "account" || known.accounts.contains(&event.stream_id),
        actor: event.actor.clone(),
        actor_id: event.actor_id,
        capacity: event.capacity.clone(),
        kind: event.kind.clone(),
        outcome: outcome.to_owned(),
        reason: text(&body, "reason"),
        source,
        attempt,
        correlation: event.correlation,
        causation: event.causation,
    }
}

fn readings<'a>(events: impl Iterator<Item = &'a Event>, rows: &[(Uuid, i64)], findings: &mut Findings) {
    let declared: Vec<(Uuid, i64)> = events
        .filter(|event| event.kind == "AuditTrailRead")
        .filter_map(|event| Some((text(&body(event), "reading")?.parse().ok()?, event.position)))
        .collect();
    findings.unless(declared == rows, Promise::Projections, || {
        format!("audit_readings_v1 has {rows:?}, and declared were {declared:?}")
    });
}
