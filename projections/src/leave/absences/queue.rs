//! What waits for a decision, by who may take it.

use super::rows::Touch;
use crate::ProjectionError;
use crate::leave::addressee;
use crate::leave::validator::{Scopes, Validator};
use chrono::{DateTime, NaiveDate, Utc};
use events::date::begins_in_paris;
use events::leave::LeaveType;
use events::validation::{Approver, Quorum, Step};
use events::{AccountId, LeaveId, UnitId};
use rules::ledger::{Leave, Pending};
use sqlx::{FromRow, PgConnection, PgExecutor};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A decision that waits for one who may take it.
struct Waiting {
    leave: LeaveId,
    agent: AccountId,
    unit: Option<UnitId>,
    leave_type: LeaveType,
    addressee: String,
    due_on: NaiveDate,
    opens_at: DateTime<Utc>,
}

/// What of a leave waits, and for whom; `at` is when its last event happened.
fn waiting(agent: AccountId, leave: LeaveId, entry: &Leave, at: DateTime<Utc>) -> Vec<Waiting> {
    let mut for_whom = BTreeMap::new();
    let mut due_on = entry.period.start().date;
    if let (Some(pending), Some(step)) = (entry.pending(), entry.current_step()) {
        for approver in open(step, pending) {
            for_whom.insert(addressee(approver, agent), pending.since);
        }
        if let Some(escalation) = step.escalation {
            let late = pending.escalates_on(escalation);
            due_on = due_on.min(late);
            let opens = if pending.escalated { pending.since } else { begins_in_paris(late) };
            for_whom.entry(addressee(escalation.to, agent)).or_insert(opens);
        }
    } else if let Some(asked) = &entry.cancellation {
        due_on = asked.first().map_or(due_on, |first| first.date);
        let approvers = entry.route.iter().flat_map(|step| step.by.approvers().iter().copied());
        for_whom.extend(approvers.chain([Approver::Hr]).map(|approver| (addressee(approver, agent), at)));
    }
    let (unit, leave_type) = (entry.unit, entry.leave_type);
    for_whom
        .into_iter()
        .map(|(addressee, opens_at)| Waiting { leave, agent, unit, leave_type, addressee, due_on, opens_at })
        .collect()
}

/// Those of a step who have not approved yet.
fn open(step: &Step, pending: &Pending) -> Vec<Approver> {
    let mut open = step.by.approvers().to_vec();
    if matches!(step.by, Quorum::AllOf(_)) {
        for approval in &pending.approvals {
            let done = approval.capacity.approver();
            if let Some(place) = open.iter().position(|approver| *approver == done) {
                open.remove(place);
            }
        }
    }
    open
}

/// Puts what waits in the place of what these absences had waiting.
pub(super) async fn replace(
    connection: &mut PgConnection,
    absences: &BTreeMap<Uuid, Touch>,
) -> Result<(), ProjectionError> {
    let waiting = absences.iter().flat_map(|(absence, touch)| {
        let leave = LeaveId::from_uuid(*absence);
        touch.ledger.leave(leave).map(|entry| waiting(touch.agent, leave, entry, touch.changed_at))
    });
    let waiting: Vec<Waiting> = waiting.flatten().collect();
    sqlx::query("DELETE FROM leave_queue_v1 WHERE absence = ANY ($1)")
        .bind(absences.keys().copied().collect::<Vec<_>>())
        .execute(&mut *connection)
        .await?;
    if waiting.is_empty() {
        return Ok(());
    }
    let written = sqlx::query(
        "INSERT INTO leave_queue_v1 (absence, addressee, agent, unit, leave_type, due_on, opens_at)
         SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::text[], $6::date[], $7::timestamptz[])",
    )
    .bind(waiting.iter().map(|one| one.leave.as_uuid()).collect::<Vec<_>>())
    .bind(waiting.iter().map(|one| one.addressee.clone()).collect::<Vec<_>>())
    .bind(waiting.iter().map(|one| one.agent.as_uuid()).collect::<Vec<_>>())
    .bind(waiting.iter().map(|one| one.unit.map(Uuid::from)).collect::<Vec<_>>())
    .bind(waiting.iter().map(|one| one.leave_type.as_str()).collect::<Vec<_>>())
    .bind(waiting.iter().map(|one| one.due_on).collect::<Vec<_>>())
    .bind(waiting.iter().map(|one| one.opens_at).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    ProjectionError::unless_written(written.rows_affected(), waiting.len() as u64)
}

/// A leave that waits for the one who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Due {
    absence: Uuid,
    /// The day by which to decide: when the step escalates, or the leave begins.
    pub due_on: NaiveDate,
}

impl Due {
    /// The leave.
    #[must_use]
    pub const fn leave(&self) -> LeaveId {
        LeaveId::from_uuid(self.absence)
    }
}

/// At most `limit` leaves that wait for him, the first due first, after the one at `after`.
///
/// # Errors
/// Those of the database.
pub async fn page(
    database: impl PgExecutor<'_>,
    validator: &Validator,
    now: DateTime<Utc>,
    after: Option<(NaiveDate, LeaveId)>,
    limit: u16,
) -> Result<Vec<Due>, sqlx::Error> {
    const SQL: &str = concat!(
        "WITH scope AS (
             SELECT * FROM unnest($1::uuid[], $3::text[], $4::text[]) AS s (person, units, types)
         ), managed AS MATERIALIZED (",
        managed!(),
        "),
         mine AS (
             SELECT q.absence, q.due_on, q.agent, q.unit, q.leave_type, q.opens_at, g.manager AS person
             FROM managed g JOIN projections.leave_queue_v1 q ON q.agent = g.agent AND q.addressee = 'manager'
             UNION ALL
             SELECT q.absence, q.due_on, q.agent, q.unit, q.leave_type, q.opens_at, s.person
             FROM scope s JOIN projections.leave_queue_v1 q ON q.addressee = 'person:' || s.person
             WHERE NOT ",
        has_left!("s.person"),
        "
         ), by_right AS (
             SELECT m.absence, m.due_on FROM mine m JOIN scope s ON s.person = m.person
             WHERE m.agent <> $5 AND m.agent <> m.person AND m.opens_at <= $6
               AND ",
        in_scope!("m"),
        "
               AND (m.due_on, m.absence) > ($9, $10)
         ), by_role AS (
             (SELECT q.absence, q.due_on FROM projections.leave_queue_v1 q
              WHERE $7 AND q.addressee = 'hr' AND q.agent <> $5 AND q.opens_at <= $6
                AND (q.due_on, q.absence) > ($9, $10)
              ORDER BY q.due_on, q.absence LIMIT $11)
             UNION ALL
             (SELECT q.absence, q.due_on FROM projections.leave_queue_v1 q
              WHERE $7 AND q.addressee = 'manager' AND q.agent <> $5 AND q.opens_at <= $6
                AND (q.due_on, q.absence) > ($9, $10) AND ",
        without_manager!(),
        "
              ORDER BY q.due_on, q.absence LIMIT $11)
             UNION ALL
             (SELECT q.absence, q.due_on FROM projections.employments_v1 p
              JOIN projections.leave_queue_v1 q ON q.addressee = 'person:' || p.agent
              WHERE $7 AND p.employment -> 'exits' <> '[]' AND q.agent <> $5 AND q.opens_at <= $6
                AND (q.due_on, q.absence) > ($9, $10) AND ",
        has_left!("p.agent"),
        "
              ORDER BY q.due_on, q.absence LIMIT $11)
             UNION ALL
             (SELECT q.absence, q.due_on FROM projections.leave_queue_v1 q
              WHERE $8 AND q.addressee = 'hr-health' AND q.agent <> $5 AND q.opens_at <= $6
                AND (q.due_on, q.absence) > ($9, $10)
              ORDER BY q.due_on, q.absence LIMIT $11)
         )
         SELECT absence, due_on FROM (SELECT * FROM by_right UNION SELECT * FROM by_role) due
         ORDER BY due_on, absence LIMIT $11"
    );
    let Scopes { persons, units, types, .. } = validator.scopes();
    let (day, leave) = after.map_or((NaiveDate::default(), Uuid::nil()), |(day, leave)| (day, leave.as_uuid()));
    // Not kept: it is planned for the roles that are held.
    sqlx::query_as(SQL)
        .bind(persons)
        .bind(validator.on)
        .bind(units)
        .bind(types)
        .bind(validator.account.as_uuid())
        .bind(now)
        .bind(validator.hr)
        .bind(validator.hr_health)
        .bind(day)
        .bind(leave)
        .bind(i64::from(limit))
        .persistent(false)
        .fetch_all(database)
        .await
}
