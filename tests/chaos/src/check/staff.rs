//! The checker's own fold of who works where and under whom, and of which delegations, feeds, proofs and gifts there are.

use super::absences::same;
use super::fold::{body, text};
use super::{Findings, Promise};
use crate::evidence::Event;
use crate::evidence::leave::{Leave, Span, UnitRow};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Values of something, each from a day on: the last one said of a day counts.
type Dated = BTreeMap<(Uuid, NaiveDate), Option<Uuid>>;

pub(super) fn employments(events: &[&Event], shown: &Leave, findings: &mut Findings) {
    let (mut last, mut units, mut managers) = (BTreeMap::new(), Dated::new(), Dated::new());
    for event in events.iter().filter(|event| event.stream_type == "employment") {
        last.insert(event.stream_id, event.position);
        match event.kind.as_str() {
            "UnitAssigned" => dated(&mut units, event, "unit"),
            "ManagerAssigned" => dated(&mut managers, event, "manager"),
            "EmploymentEntryWithdrawn" => findings.add(Promise::Projections, "the checker knows no withdrawn entry"),
            _ => {}
        }
    }
    same("employments_v1", &last.into_iter().collect::<Vec<_>>(), &shown.employments, findings);
    same("unit_members_v1", &spans(&units), &shown.members, findings);
    same("assigned_managers_v1", &spans(&managers), &shown.assigned, findings);
}

pub(super) fn units(events: &[&Event], shown: &Leave, findings: &mut Findings) {
    let (mut folded, mut managers): (BTreeMap<Uuid, UnitRow>, _) = (BTreeMap::new(), Dated::new());
    for event in events.iter().filter(|event| event.stream_type == "unit") {
        let (said, unit) = (body(event), event.stream_id);
        let row = folded.entry(unit).or_insert_with(|| UnitRow {
            unit,
            code: String::new(),
            name: String::new(),
            parent: None,
            closed: None,
            position: 0,
        });
        row.position = event.position;
        match event.kind.as_str() {
            "UnitOpened" => {
                row.code = text(&said, "code").unwrap_or_default();
                row.name = text(&said, "name").unwrap_or_default();
                row.parent = text(&said, "parent").and_then(|parent| parent.parse().ok());
            }
            "UnitRenamed" => row.name = text(&said, "name").unwrap_or_default(),
            "UnitClosed" => row.closed = text(&said, "on").and_then(|day| day.parse().ok()),
            "UnitManagerAppointed" => dated(&mut managers, event, "manager"),
            _ => {}
        }
    }
    same("units_v1", &folded.into_values().collect::<Vec<_>>(), &shown.units, findings);
    same("unit_managers_v1", &spans(&managers), &shown.led, findings);
}

/// Of the tables that no command of a round writes to: that they have a row of each thing that there is, and no other.
pub(super) fn kept<'a>(upto: &dyn Fn(&str) -> Vec<&'a Event>, shown: &Leave, findings: &mut Findings) {
    for (table, rows) in &shown.kept {
        let (kind, field) = match *table {
            "delegations_v1" => ("DelegationGranted", None),
            "calendar_feeds_v1" => ("CalendarFeedOpened", None),
            "proofs_v1" => ("ProofAttached", Some("proof")),
            "gifts_v1" => ("GiftDeclared", Some("gift")),
            _ => ("ProofRead", Some("reading")),
        };
        let made = upto(table).into_iter().filter(|event| event.kind == kind).filter_map(|event| match field {
            None => Some(event.stream_id),
            Some(field) => text(&body(event), field)?.parse().ok(),
        });
        let mut made: Vec<Uuid> = made.collect();
        made.sort_unstable();
        same(table, &made, rows, findings);
    }
}

fn dated(values: &mut Dated, event: &Event, field: &str) {
    let said = body(event);
    let from = text(&said, "from").and_then(|from| from.parse().ok());
    if let Some(from) = from {
        values.insert((event.stream_id, from), text(&said, field).and_then(|value| value.parse().ok()));
    }
}

/// Each value from its day until before that of the next, the last for ever.
fn spans(values: &Dated) -> Vec<Span> {
    let ever = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or_default();
    let span = |((of, from), value): (&(Uuid, NaiveDate), &Option<Uuid>)| {
        let next = values.range((*of, *from)..).nth(1).filter(|((other, _), _)| other == of);
        Some((*of, (*value)?, *from, next.map_or(ever, |((_, next), _)| *next)))
    };
    values.iter().filter_map(span).collect()
}
