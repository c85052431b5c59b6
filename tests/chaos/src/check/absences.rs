//! The checker's own fold of absences into what is shown of them, what waits for whom, and who is told.

use super::fold::{body, text};
use super::leave::{LEDGER, leave, takes};
use super::{Findings, Promise};
use crate::evidence::leave::{AbsenceRow, Leave, NoticeRow, WaitingRow};
use crate::evidence::{Event, Json};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Europe::Paris;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What is folded of one leave.
struct Folded {
    row: AbsenceRow,
    /// Who may decide, a list a step.
    route: Vec<Vec<String>>,
    /// Since when it waits.
    since: Option<DateTime<Utc>>,
    /// After how many days at the first step somebody else may decide as well, and who.
    escalation: Option<(u64, String)>,
}

/// What happens to leaves in a round: a request, which is decided at one step, or taken back.
const FOLDED: [&str; 5] = ["LeaveRequested", "LeaveApproved", "LeaveRefused", "LeaveWithdrawn", "LossAnnounced"];

pub(super) fn check(events: &[&Event], shown: &Leave, findings: &mut Findings) {
    let (mut folded, mut notices) = (BTreeMap::new(), BTreeSet::new());
    for event in events.iter().filter(|event| event.stream_type == LEDGER) {
        let position = event.position;
        findings.unless(FOLDED.contains(&event.kind.as_str()), Promise::Projections, || {
            format!("position {position}: the checker knows no {}", event.kind)
        });
        let said = body(event);
        if let (Some(id), true) = (leave(&said), event.kind == "LeaveRequested") {
            folded.extend(requested(id, event, &said).map(|leave| (id, leave)));
        }
        let of = leave(&said).and_then(|id| folded.get_mut(&id));
        let route = of.as_ref().map(|leave| leave.route.clone()).unwrap_or_default();
        if let Some(leave) = of {
            leave.after(event);
        }
        notices.extend(told(event, &said, &route));
    }
    let queue: BTreeSet<WaitingRow> = folded.values().flat_map(Folded::waiting).collect();
    let absences: Vec<AbsenceRow> = folded.into_values().map(|leave| leave.row).collect();
    same("absences_v1", &absences, &shown.absences, findings);
    same("leave_queue_v1", &queue.into_iter().collect::<Vec<_>>(), &shown.queue, findings);
    same("leave_notices_v1", &notices.into_iter().collect::<Vec<_>>(), &shown.notices, findings);
}

/// That a table has the rows that were folded, and no other; both are in one order.
pub(super) fn same<T: PartialEq + std::fmt::Debug>(table: &str, folded: &[T], shown: &[T], findings: &mut Findings) {
    for row in folded.iter().filter(|row| !shown.contains(row)) {
        findings.add(Promise::Projections, format!("{table} lacks {row:?}"));
    }
    for row in shown.iter().filter(|row| !folded.contains(row)) {
        findings.add(Promise::Projections, format!("{table} has {row:?}, which does not follow from its events"));
    }
    findings.unless(folded.len() == shown.len(), Promise::Projections, || {
        format!("{table} has {} rows, not {}", shown.len(), folded.len())
    });
}

/// A leave as it is asked for; without a route it is granted at once.
fn requested(absence: Uuid, event: &Event, said: &Value) -> Option<Folded> {
    let agent = event.stream_id;
    let day = |end: &str| text(said.get("period")?.get(end)?, "date")?.parse::<NaiveDate>().ok();
    let steps = said.get("route").and_then(Value::as_array).into_iter().flatten();
    let route: Vec<Vec<String>> = steps.map(|step| approvers(agent, step)).collect();
    let half_days: BTreeSet<String> = takes(said).into_values().flatten().collect();
    let since = text(said, "at")?.parse().ok();
    let row = AbsenceRow {
        absence,
        agent,
        unit: text(said, "unit").and_then(|unit| unit.parse().ok()),
        leave_type: text(said, "leave_type"),
        first_day: day("start")?,
        last_day: day("end")?,
        counted: i32::try_from(half_days.len()).unwrap_or(i32::MAX),
        half_days: Json(written(&half_days)),
        status: if route.is_empty() { "granted" } else { "pending" }.to_owned(),
        cancelling: false,
        opened_at: event.occurred_at,
        changed_at: event.occurred_at,
        position: event.position,
    };
    let escalation = said.get("route").and_then(|route| route.get(0)?.get("escalation"));
    let escalation = escalation.and_then(|to| Some((to.get("after_days")?.as_u64()?, named(agent, to.get("to")?)?)));
    Some(Folded { row, since: since.filter(|_| !route.is_empty()), route, escalation })
}

impl Folded {
    fn after(&mut self, event: &Event) {
        let row = &mut self.row;
        (row.changed_at, row.position) = (event.occurred_at, event.position);
        row.status = match event.kind.as_str() {
            "LeaveApproved" => "granted",
            "LeaveRefused" => "refused",
            "LeaveWithdrawn" => "withdrawn",
            _ => return,
        }
        .to_owned();
        self.since = None;
        if row.status != "granted" {
            (row.half_days, row.counted) = (Json(json!([])), 0);
        }
    }

    /// Who of the first step may decide: no leave of a round comes to another.
    fn waiting(&self) -> Vec<WaitingRow> {
        let Some(since) = self.since else { return Vec::new() };
        let mut due_on = self.row.first_day;
        let mut who: BTreeMap<String, DateTime<Utc>> =
            self.route.first().into_iter().flatten().map(|addressee| (addressee.clone(), since)).collect();
        if let Some((days, to)) = &self.escalation {
            let late = since.with_timezone(&Paris).date_naive() + Days::new(*days);
            let midnight = Paris.from_local_datetime(&late.and_time(NaiveTime::MIN)).earliest();
            due_on = due_on.min(late);
            who.entry(to.clone()).or_insert(midnight.map_or(since, |midnight| midnight.to_utc()));
        }
        let row = |(addressee, opens_at)| WaitingRow {
            absence: self.row.absence,
            addressee,
            agent: self.row.agent,
            unit: self.row.unit,
            leave_type: self.row.leave_type.clone().unwrap_or_default(),
            due_on,
            opens_at,
        };
        who.into_iter().map(row).collect()
    }
}

/// Who is told of an event: of a request those who decide its first step, of its end the agent, of its withdrawal those
/// who could have decided.
fn told(event: &Event, said: &Value, route: &[Vec<String>]) -> Vec<NoticeRow> {
    let himself = vec![format!("person:{}", event.stream_id)];
    let who = match event.kind.as_str() {
        "LeaveRequested" => route.first().cloned().unwrap_or_default(),
        "LeaveWithdrawn" => route.concat(),
        "LeaveApproved" | "LeaveRefused" | "LossAnnounced" => himself,
        _ => Vec::new(),
    };
    let lost = event.kind == "LossAnnounced";
    let row = |addressee| NoticeRow {
        position: event.position,
        addressee,
        agent: event.stream_id,
        absence: leave(said),
        kind: event.kind.clone(),
        occurred_at: event.occurred_at,
        lost_counter: text(said, "counter").filter(|_| lost),
        lost_half_days: said.get("half_days").and_then(Value::as_i64).filter(|_| lost).map(|lost| lost as i32),
        usable_until: text(said, "usable_until").and_then(|day| day.parse().ok()),
    };
    who.into_iter().map(row).collect()
}

/// Those who may decide a step.
fn approvers(agent: Uuid, step: &Value) -> Vec<String> {
    let quorum = step.get("by").and_then(Value::as_object).into_iter().flatten().map(|(_, approvers)| approvers);
    quorum.filter_map(Value::as_array).flatten().filter_map(|approver| named(agent, approver)).collect()
}

/// Who decides, by function or by name; nobody on his own leave, which human resources do.
fn named(agent: Uuid, approver: &Value) -> Option<String> {
    match text(approver, "person") {
        Some(person) if person == agent.to_string() => Some("hr".to_owned()),
        Some(person) => Some(format!("person:{person}")),
        None => approver.as_str().map(str::to_owned),
    }
}

/// Half-days as they are written: both of a day as its date alone.
fn written(half_days: &BTreeSet<String>) -> Value {
    let whole = |day: &str| ["AM", "PM"].iter().all(|half| half_days.contains(&format!("{day} {half}")));
    let named = half_days.iter().map(|half_day| match half_day.split_once(' ') {
        Some((day, _)) if whole(day) => day.to_owned(),
        _ => half_day.clone(),
    });
    json!(named.collect::<BTreeSet<String>>())
}
