//! Who is told what: a pure function of an event, so that another channel, mail for one, tells the same; and the list
//! that each reads.

use crate::ProjectionError;
use crate::leave::validator::{Scopes, Validator};
use crate::leave::{addressee, to_person};
use chrono::{DateTime, NaiveDate, Utc};
use events::leave::AbsenceEvent;
use events::validation::Approver;
use events::{AccountId, LeaveId, Position};
use rules::Ledger;
use rules::ledger::Replacement;
use sqlx::{FromRow, PgConnection, PgExecutor};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What somebody is to be told: that something happened, never why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Notice {
    /// Who, by function or by name: `manager` (of the agent), `hr`, `hr-health`, `person:…`.
    pub addressee: String,
    /// About which leave or sickness, or which gift.
    pub absence: Option<Uuid>,
}

/// Whom an event in the ledger of `agent` concerns; `ledger` is his after it.
#[must_use]
pub fn of(agent: AccountId, ledger: &Ledger, event: &AbsenceEvent) -> BTreeSet<Notice> {
    let told = |leave: LeaveId, who: Vec<String>| {
        let absence = Some(leave.as_uuid());
        who.into_iter().map(|addressee| Notice { addressee, absence }).collect()
    };
    let himself = || to_person(agent);
    let to_agent = |absence: Option<Uuid>| BTreeSet::from([Notice { addressee: himself(), absence }]);
    let with_replacement = |leave: LeaveId, mut who: Vec<String>| {
        let replacement = ledger.leave(leave).and_then(|entry| entry.replacement);
        who.extend(replacement.filter(|one| one.accepted != Some(false)).map(|one| to_person(one.by)));
        told(leave, who)
    };
    match event {
        AbsenceEvent::LeaveRequested { leave, .. } | AbsenceEvent::LeaveAmended { leave, .. } => {
            with_replacement(*leave, deciders(agent, ledger, *leave))
        }
        AbsenceEvent::LeaveStepApproved { leave, .. } => {
            let mut who = deciders(agent, ledger, *leave);
            who.push(himself());
            told(*leave, who)
        }
        AbsenceEvent::LeaveEscalated { leave, to, .. } => told(*leave, vec![addressee(*to, agent)]),
        AbsenceEvent::LeaveWithdrawn { leave } => with_replacement(*leave, route(agent, ledger, *leave)),
        AbsenceEvent::CancellationRequested { leave, .. } => {
            let mut who = route(agent, ledger, *leave);
            who.push(addressee(Approver::Hr, agent));
            told(*leave, who)
        }
        AbsenceEvent::LeavePartiallyApproved { leave, .. }
        | AbsenceEvent::LeaveApproved { leave, .. }
        | AbsenceEvent::LeaveRefused { leave, .. }
        | AbsenceEvent::CancellationAccepted { leave, .. }
        | AbsenceEvent::CancellationRefused { leave, .. } => with_replacement(*leave, vec![himself()]),
        // Human resources do both without the manager, who granted it or counts on the agent.
        AbsenceEvent::LeaveCorrected { leave, .. } => {
            let mut who = route(agent, ledger, *leave);
            who.extend([himself(), addressee(Approver::Manager, agent)]);
            with_replacement(*leave, who)
        }
        AbsenceEvent::AbsenceRecorded { leave, .. } => {
            told(*leave, vec![himself(), addressee(Approver::Manager, agent)])
        }
        AbsenceEvent::ReplacementNamed { leave, replacement } => told(*leave, vec![to_person(*replacement)]),
        AbsenceEvent::ReplacementAccepted { leave, .. } | AbsenceEvent::ReplacementDeclined { leave, .. } => {
            told(*leave, vec![himself()])
        }
        AbsenceEvent::SicknessRecorded { sickness, .. }
        | AbsenceEvent::SicknessShortened { sickness, .. }
        | AbsenceEvent::CertificateReceived { sickness, .. }
        | AbsenceEvent::CertificateCorrected { sickness, .. } => to_agent(Some(sickness.as_uuid())),
        AbsenceEvent::RightCredited { .. }
        | AbsenceEvent::RightDebited { .. }
        | AbsenceEvent::TimeSavingsSplit { .. }
        | AbsenceEvent::LossAnnounced { .. }
        | AbsenceEvent::DaysReceived { .. } => to_agent(None),
        AbsenceEvent::GiftDeclared { gift, .. } | AbsenceEvent::GiftWithdrawn { gift } => {
            let addressee = addressee(Approver::Hr, agent);
            BTreeSet::from([Notice { addressee, absence: Some(gift.as_uuid()) }])
        }
        AbsenceEvent::DaysGiven { gift, .. } => to_agent(Some(gift.as_uuid())),
        AbsenceEvent::OverdraftAnnounced { half_days, .. } if !half_days.is_zero() => {
            BTreeSet::from([Notice { addressee: addressee(Approver::Hr, agent), absence: None }])
        }
        AbsenceEvent::OverdraftAnnounced { .. }
        | AbsenceEvent::StaffingRuleOverridden { .. }
        | AbsenceEvent::ProofAttached { .. }
        | AbsenceEvent::TimeSavingsOpened { .. }
        | AbsenceEvent::TimeSavingsFed { .. } => BTreeSet::new(),
    }
}

/// What a notice says to whom was to stand in, and is asked no more since another is.
pub const REPLACEMENT_RELEASED: &str = "ReplacementReleased";

/// Whom it concerns that another is asked to stand in; `before` is who was, and had not declined.
pub(super) fn of_replaced(before: Option<Replacement>, event: &AbsenceEvent) -> Option<Notice> {
    let AbsenceEvent::ReplacementNamed { leave, replacement } = event else { return None };
    let before = before.filter(|one| one.accepted != Some(false) && one.by != *replacement)?;
    Some(Notice { addressee: to_person(before.by), absence: Some(leave.as_uuid()) })
}

/// What a notice says to whom days of a leave that he decides on count no more: never that there was sickness.
pub const DAYS_GIVEN_BACK: &str = "DaysGivenBack";

/// Whom it concerns that days of these leaves of `agent` were given back: his manager, and those who may decide on them.
/// Who decides on several is told of the first.
pub(super) fn of_given_back<'a>(agent: AccountId, leaves: impl Iterator<Item = (LeaveId, &'a Ledger)>) -> Vec<Notice> {
    let mut told = BTreeMap::new();
    for (leave, ledger) in leaves {
        for addressee in route(agent, ledger, leave).into_iter().chain([Approver::Manager.as_str().to_owned()]) {
            told.entry(addressee).or_insert(Some(leave.as_uuid()));
        }
    }
    told.into_iter().map(|(addressee, absence)| Notice { addressee, absence }).collect()
}

/// Those who may decide the step that is due.
fn deciders(agent: AccountId, ledger: &Ledger, leave: LeaveId) -> Vec<String> {
    let step = ledger.leave(leave).and_then(|entry| entry.current_step());
    step.map(|step| step.by.approvers().iter().map(|one| addressee(*one, agent)).collect()).unwrap_or_default()
}

/// Those who may decide at any step.
fn route(agent: AccountId, ledger: &Ledger, leave: LeaveId) -> Vec<String> {
    let steps = ledger.leave(leave).map(|entry| entry.route.as_slice()).unwrap_or_default();
    steps.iter().flat_map(|step| step.by.approvers()).map(|one| addressee(*one, agent)).collect()
}

/// A notice that one batch adds.
pub(super) struct Row {
    pub(super) position: Position,
    pub(super) agent: AccountId,
    pub(super) notice: Notice,
    pub(super) name: &'static str,
    pub(super) loss: Option<Loss>,
    pub(super) occurred_at: DateTime<Utc>,
}

/// Days of one's own that end unused unless they are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The counter, by its stored name.
    pub counter: String,
    /// How many half-days.
    pub half_days: i32,
    /// The last day on which they may be used.
    pub usable_until: NaiveDate,
}

impl Loss {
    /// What an event announces.
    pub(super) fn announced(event: &AbsenceEvent) -> Option<Self> {
        let AbsenceEvent::LossAnnounced { counter, half_days, usable_until, .. } = event else { return None };
        let half_days = i32::try_from(half_days.get()).unwrap_or(i32::MAX);
        Some(Self { counter: counter.to_string(), half_days, usable_until: *usable_until })
    }
}

pub(super) async fn write(notices: &[Row], connection: &mut PgConnection) -> Result<(), ProjectionError> {
    if notices.is_empty() {
        return Ok(());
    }
    let written = sqlx::query(
        "INSERT INTO leave_notices_v1
             (position, addressee, agent, absence, type, occurred_at, lost_counter, lost_half_days, usable_until)
         SELECT * FROM unnest($1::bigint[], $2::text[], $3::uuid[], $4::uuid[], $5::text[], $6::timestamptz[],
                              $7::text[], $8::int[], $9::date[])",
    )
    .bind(notices.iter().map(|told| told.position.get()).collect::<Vec<_>>())
    .bind(notices.iter().map(|told| told.notice.addressee.clone()).collect::<Vec<_>>())
    .bind(notices.iter().map(|told| told.agent.as_uuid()).collect::<Vec<_>>())
    .bind(notices.iter().map(|told| told.notice.absence).collect::<Vec<_>>())
    .bind(notices.iter().map(|told| told.name).collect::<Vec<_>>())
    .bind(notices.iter().map(|told| told.occurred_at).collect::<Vec<_>>())
    .bind(notices.iter().map(|told| Some(told.loss.as_ref()?.counter.clone())).collect::<Vec<_>>())
    .bind(notices.iter().map(|told| Some(told.loss.as_ref()?.half_days)).collect::<Vec<_>>())
    .bind(notices.iter().map(|told| Some(told.loss.as_ref()?.usable_until)).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    ProjectionError::unless_written(written.rows_affected(), notices.len() as u64)
}

/// Something that one is told.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Told {
    position: i64,
    /// About the leave of whom.
    pub agent: Uuid,
    /// About which leave or sickness, or which gift.
    pub absence: Option<Uuid>,
    /// What happened, by the stored name of the event.
    #[sqlx(rename = "type")]
    pub name: String,
    /// When.
    pub occurred_at: DateTime<Utc>,
    lost_counter: Option<String>,
    lost_half_days: Option<i32>,
    usable_until: Option<NaiveDate>,
}

impl Told {
    /// What ends unused, where one is told of it.
    #[must_use]
    pub fn loss(&self) -> Option<Loss> {
        let (half_days, usable_until) = self.lost_half_days.zip(self.usable_until)?;
        Some(Loss { counter: self.lost_counter.clone()?, half_days, usable_until })
    }

    /// Where the event stands in the journal.
    ///
    /// # Errors
    /// Of decoding, for a number that is no position.
    pub fn position(&self) -> Result<Position, sqlx::Error> {
        crate::column::position(self.position)
    }
}

/// At most `limit` notices to him, the newest first, before `before`. What concerns him as delegate is of the time since
/// his delegation began; of one who is named himself, it is what still waits for him. Human resources are told of what
/// waits for them because the manager, or who was named, is nobody or has left. Who left the service is told of his own
/// leave alone.
///
/// # Errors
/// Those of the database.
pub async fn page(
    database: impl PgExecutor<'_>,
    validator: &Validator,
    before: Option<Position>,
    limit: u16,
) -> Result<Vec<Told>, sqlx::Error> {
    const SQL: &str = concat!(
        "WITH scope AS (
             SELECT person, units, types, since::timestamp AT TIME ZONE 'Europe/Paris' AS since
             FROM unnest($1::uuid[], $3::text[], $4::text[], $5::date[]) AS s (person, units, types, since)
         ), managed AS MATERIALIZED (",
        managed!(),
        ")
         SELECT DISTINCT position, agent, absence, type, occurred_at, lost_counter, lost_half_days, usable_until FROM (
             (SELECT n.* FROM projections.leave_notices_v1 n
              WHERE n.addressee = ANY ($7) AND n.position < $8 AND (n.agent = $6 OR NOT ",
        has_left!("$6"),
        ") ORDER BY n.position DESC LIMIT $9)
             UNION ALL
             (SELECT n.* FROM managed g JOIN scope s ON s.person = g.manager
              JOIN projections.leave_notices_v1 n
                  ON n.agent = g.agent AND n.addressee = 'manager' AND n.agent <> g.manager AND n.agent <> $6
              LEFT JOIN projections.absences_v1 a ON a.absence = n.absence
              WHERE n.position < $8 AND (s.since IS NULL OR n.occurred_at >= s.since) AND ",
        in_scope!("a"),
        "
              ORDER BY n.position DESC LIMIT $9)
             UNION ALL
             (SELECT n.* FROM scope s
              JOIN projections.leave_queue_v1 q ON q.addressee = 'person:' || s.person
              JOIN projections.leave_notices_v1 n ON n.addressee = q.addressee AND n.absence = q.absence
              WHERE n.position < $8 AND n.agent <> $6 AND n.occurred_at >= s.since AND ",
        in_scope!("q"),
        "
              ORDER BY n.position DESC LIMIT $9)
             UNION ALL
             (SELECT n.* FROM projections.leave_queue_v1 q
              JOIN projections.leave_notices_v1 n ON n.agent = q.agent AND n.addressee = 'manager' AND n.absence = q.absence
              WHERE $10 AND q.addressee = 'manager' AND n.position < $8 AND n.agent <> $6 AND ",
        without_manager!(),
        "
              ORDER BY n.position DESC LIMIT $9)
             UNION ALL
             (SELECT n.* FROM projections.employments_v1 p
              JOIN projections.leave_queue_v1 q ON q.addressee = 'person:' || p.agent
              JOIN projections.leave_notices_v1 n ON n.addressee = q.addressee AND n.absence = q.absence
              WHERE $10 AND p.employment -> 'exits' <> '[]' AND n.position < $8 AND n.agent <> $6 AND ",
        has_left!("p.agent"),
        "
              ORDER BY n.position DESC LIMIT $9)
         ) told ORDER BY position DESC LIMIT $9"
    );
    let Scopes { persons, units, types, since } = validator.scopes();
    let roles = [(validator.hr, "hr"), (validator.hr_health, "hr-health")];
    let held = roles.into_iter().filter(|(held, _)| *held).map(|(_, role)| role.to_owned());
    sqlx::query_as(SQL)
        .bind(persons)
        .bind(validator.on)
        .bind(units)
        .bind(types)
        .bind(since)
        .bind(validator.account.as_uuid())
        .bind(held.chain([to_person(validator.account)]).collect::<Vec<_>>())
        .bind(before.map_or(i64::MAX, Position::get))
        .bind(i64::from(limit))
        .bind(validator.hr)
        // Not kept: it is planned for the delegations and roles that are held.
        .persistent(false)
        .fetch_all(database)
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::GiftId;
    use events::leave::{Counter, CounterKind};
    use events::quantity::HalfDays;

    #[test]
    fn of_a_gift_each_is_told_his_part() {
        let agent = AccountId::from_uuid(Uuid::from_u128(1));
        let gift = GiftId::from_uuid(Uuid::from_u128(2));
        let (counter, half_days, on) =
            (Counter::of(CounterKind::Rtt, 2026), HalfDays::days(1), "2026-06-01".parse().unwrap());
        let told = |event| of(agent, &Ledger::default(), &event);
        let one = |addressee: String, absence| BTreeSet::from([Notice { addressee, absence }]);
        let of_gift = Some(gift.as_uuid());
        let declared = AbsenceEvent::GiftDeclared { gift, counter, half_days, on };
        assert_eq!(told(declared), one("hr".to_owned(), of_gift));
        assert_eq!(told(AbsenceEvent::GiftWithdrawn { gift }), one("hr".to_owned(), of_gift));
        let given = AbsenceEvent::DaysGiven { gift, counter, half_days, on };
        assert_eq!(told(given), one(to_person(agent), of_gift));
        // Whose they were is not to be found out by the gift.
        assert_eq!(told(AbsenceEvent::DaysReceived { gift, half_days, on }), one(to_person(agent), None));
    }
}
