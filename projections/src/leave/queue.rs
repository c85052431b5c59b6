//! What waits for a decision, by who may take it, and the notices of each.

use super::{addressee, to_person};
use crate::ProjectionError;
use chrono::{DateTime, NaiveDate, Utc};
use events::date::begins_in_paris;
use events::delegation::DelegationScope;
use events::leave::LeaveType;
use events::validation::{Approver, Quorum, Step};
use events::{AccountId, LeaveId, Position, UnitId};
use rules::ledger::{Leave, Pending};
use sqlx::{FromRow, PgConnection, PgExecutor};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A decision that waits for one who may take it.
pub(super) struct Waiting {
    leave: LeaveId,
    agent: AccountId,
    unit: Option<UnitId>,
    leave_type: LeaveType,
    addressee: String,
    due_on: NaiveDate,
    opens_at: DateTime<Utc>,
}

/// What of a leave waits, and for whom; `at` is when its last event happened.
pub(super) fn waiting(agent: AccountId, leave: LeaveId, entry: &Leave, at: DateTime<Utc>) -> Vec<Waiting> {
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
    absences: &[Uuid],
    waiting: &[Waiting],
) -> Result<(), ProjectionError> {
    sqlx::query("DELETE FROM leave_queue_v1 WHERE absence = ANY ($1)").bind(absences).execute(&mut *connection).await?;
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

/// Who asks, with all that his right to decide may come from, on a day.
#[derive(Clone, Debug)]
pub struct Validator {
    /// The person.
    pub account: AccountId,
    /// Whether he is of human resources.
    pub hr: bool,
    /// Whether he is a health officer.
    pub hr_health: bool,
    /// In whose place he decides, and on what.
    pub for_others: Vec<(AccountId, DelegationScope)>,
    /// Today, in Paris.
    pub on: NaiveDate,
}

/// The agents whose manager one of `$1` is on day `$2`, with him.
macro_rules! managed {
    () => {
        "SELECT a.agent, a.manager FROM projections.assigned_managers_v1 a
         WHERE a.manager = ANY ($1) AND a.first_day <= $2 AND a.ends > $2
         UNION ALL
         SELECT m.agent, u.manager
         FROM projections.unit_managers_v1 u
         JOIN projections.unit_members_v1 m ON m.unit = u.unit AND m.first_day <= $2 AND m.ends > $2
         WHERE u.manager = ANY ($1) AND u.first_day <= $2 AND u.ends > $2
           AND NOT EXISTS (SELECT FROM projections.assigned_managers_v1 a
                           WHERE a.agent = m.agent AND a.first_day <= $2 AND a.ends > $2)"
    };
}

/// Whether the agent of row `q` has on day `$2` nobody but himself to decide as his manager.
macro_rules! without_manager {
    () => {
        "NOT EXISTS (SELECT FROM projections.assigned_managers_v1 a
                     WHERE a.agent = q.agent AND a.first_day <= $2 AND a.ends > $2 AND a.manager <> q.agent)
         AND NOT EXISTS (SELECT FROM projections.unit_members_v1 m
                         JOIN projections.unit_managers_v1 u ON u.unit = m.unit AND u.first_day <= $2 AND u.ends > $2
                         WHERE m.agent = q.agent AND m.first_day <= $2 AND m.ends > $2 AND u.manager <> q.agent
                           AND NOT EXISTS (SELECT FROM projections.assigned_managers_v1 a
                                           WHERE a.agent = q.agent AND a.first_day <= $2 AND a.ends > $2))"
    };
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
         ), by_right AS (
             SELECT m.absence, m.due_on FROM mine m JOIN scope s ON s.person = m.person
             WHERE m.agent <> $5 AND m.agent <> m.person AND m.opens_at <= $6
               AND (s.units = '' OR m.unit::text = ANY (string_to_array(s.units, ',')))
               AND (s.types = '' OR m.leave_type = ANY (string_to_array(s.types, ',')))
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
             (SELECT q.absence, q.due_on FROM projections.leave_queue_v1 q
              WHERE $8 AND q.addressee = 'hr-health' AND q.agent <> $5 AND q.opens_at <= $6
                AND (q.due_on, q.absence) > ($9, $10)
              ORDER BY q.due_on, q.absence LIMIT $11)
         )
         SELECT absence, due_on FROM (SELECT * FROM by_right UNION SELECT * FROM by_role) due
         ORDER BY due_on, absence LIMIT $11"
    );
    let units = |scope: &DelegationScope| scope.units.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let types = |scope: &DelegationScope| scope.types.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let own = (validator.account, DelegationScope::default());
    let scopes: Vec<_> = [&own].into_iter().chain(&validator.for_others).collect();
    let (day, leave) = after.map_or((NaiveDate::default(), Uuid::nil()), |(day, leave)| (day, leave.as_uuid()));
    // Not kept: it is planned for the roles that are held.
    sqlx::query_as(SQL)
        .bind(scopes.iter().map(|(person, _)| person.as_uuid()).collect::<Vec<_>>())
        .bind(validator.on)
        .bind(scopes.iter().map(|(_, scope)| units(scope)).collect::<Vec<_>>())
        .bind(scopes.iter().map(|(_, scope)| types(scope)).collect::<Vec<_>>())
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

/// Something that one is told.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Told {
    position: i64,
    /// About the leave of whom.
    pub agent: Uuid,
    /// About which leave or sickness.
    pub absence: Option<Uuid>,
    /// What happened, by the stored name of the event.
    #[sqlx(rename = "type")]
    pub name: String,
    /// When.
    pub occurred_at: DateTime<Utc>,
}

impl Told {
    /// Where the event stands in the journal.
    ///
    /// # Errors
    /// Of decoding, for a number that is no position.
    pub fn position(&self) -> Result<Position, sqlx::Error> {
        crate::checkpoint::position(self.position)
    }
}

/// At most `limit` notices to him, the newest first, before `before`.
///
/// # Errors
/// Those of the database.
pub async fn notices(
    database: impl PgExecutor<'_>,
    validator: &Validator,
    before: Option<Position>,
    limit: u16,
) -> Result<Vec<Told>, sqlx::Error> {
    const SQL: &str = concat!(
        "WITH managed AS MATERIALIZED (",
        managed!(),
        ")
         SELECT DISTINCT position, agent, absence, type, occurred_at FROM (
             (SELECT n.* FROM projections.leave_notices_v1 n
              WHERE n.addressee = ANY ($3) AND n.position < $4 ORDER BY n.position DESC LIMIT $5)
             UNION ALL
             (SELECT n.* FROM managed g JOIN projections.leave_notices_v1 n
                  ON n.agent = g.agent AND n.addressee = 'manager' AND n.agent <> g.manager
              WHERE n.position < $4 ORDER BY n.position DESC LIMIT $5)
         ) told ORDER BY position DESC LIMIT $5"
    );
    let roles = [(validator.hr, "hr"), (validator.hr_health, "hr-health")];
    let held = roles.into_iter().filter(|(held, _)| *held).map(|(_, role)| role.to_owned());
    sqlx::query_as(SQL)
        .bind(vec![validator.account.as_uuid()])
        .bind(validator.on)
        .bind(held.chain([to_person(validator.account)]).collect::<Vec<_>>())
        .bind(before.map_or(i64::MAX, Position::get))
        .bind(i64::from(limit))
        .fetch_all(database)
        .await
}
