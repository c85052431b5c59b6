//! What human resources record of an agent's leave: absences that need no validation, and corrections.

use super::act::Act;
use super::surroundings::{Wanted, decide};
use super::typed::{CONVENTION, End, HalfDayList, LEAVE, Motive, Sealing, period, special_motive};
use super::{LeaveChanged, leave_id, overdrafts};
use crate::api::position;
use commands::Executed;
use commands::absence_ledger::{CorrectLeave, RecordAbsence};
use events::account::Role;
use events::date::in_paris;
use events::leave::LeaveType;
use events::{AccountId, LeaveId};
use rules::Ledger;
use rules::family::Circumstances;
use serde::Deserialize;
use utoipa::ToSchema;
use web::Problem;
use web::date::Day;
use web::idempotency::IdempotencyKey;
use web::kinds::{NOT_ALLOWED, NOT_FOUND};
use web::position::{Position, Recorded};

/// An absence as human resources know it.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Absence {
    /// What it is.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "unjustified")]
    leave_type: LeaveType,
    /// The first day, or half-day.
    first: End,
    /// The last day, or half-day.
    last: End,
    #[schema(schema_with = special_motive)]
    special_motive: Option<String>,
    /// The day of the event that a special absence is for, or the one on which its procedure began: what the motive gives
    /// is for one of them, over all requests. Not kept, and of no motive that gives what is needed.
    occurred_on: Option<Day>,
    /// Which event of that day, from 1, where there are several: two persons may die on one. Not kept.
    event_number: Option<u8>,
    /// What the length of a family leave or of some special absences follows from, as in a request; not kept.
    #[schema(value_type = Option<Object>, example = json!({ "death_of_child": { "age_years": 24 } }))]
    circumstances: Option<Circumstances>,
    /// Why it is taken although it was asked for too late, or annual leave that is in use is not earned by it; kept
    /// sealed. Without one, the law is held against both.
    motive: Option<Motive>,
}

/// Records an absence that needs no validation. Needs the role `hr`, and another agent than oneself.
#[utoipa::path(
    post, path = "/v1/agents/{id}/absences", operation_id = "recordAbsence", tag = "leave",
    params(("id" = Uuid, Path, description = "The agent"), IdempotencyKey), request_body = Absence,
    responses((status = 201, description = "The absence", body = Recorded<LeaveChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn record_absence(act: Act<Absence, AccountId>) -> Result<Recorded<LeaveChanged>, Problem> {
    let (leave, agent) = (LeaveId::new(), act.id);
    let metadata = act.acting_as(Role::Hr, &leave)?;
    let Absence { leave_type, first, last, special_motive, occurred_on, event_number, circumstances, motive } =
        act.command.body;
    let (period, by) = (period(first, last, LEAVE)?, metadata.actor);
    super::employment::known(&act.api, &metadata, agent).await?;
    let sealing = Sealing { api: &act.api, agent, fact: leave.as_uuid() };
    let special_motive = sealing.special_motive(special_motive, occurred_on, event_number, circumstances).await?;
    let child = sealing.child(circumstances).await?;
    let motive = sealing.motive(motive.as_ref(), CONVENTION, &act.api.law().await?, in_paris(act.at)).await?;
    let executed = decide(&act.api, metadata, Wanted { dated_by: "/first", ..Wanted::of(agent) }, |around| {
        let (facts, special_motive, motive) = (around.facts.clone(), special_motive.clone(), motive.clone());
        let child = child.clone();
        RecordAbsence { leave, leave_type, period, special_motive, circumstances, child, motive, by, facts }
    })
    .await?;
    let leave = leave_id(&executed.receipt, leave)?;
    Ok(changed_by_hr(Recorded::created, agent, leave, &executed))
}

/// A leave as it is now, with what is used beyond the rights of the agent.
fn changed_by_hr(
    answer: fn(Position, LeaveChanged) -> Recorded<LeaveChanged>,
    agent: AccountId,
    leave: LeaveId,
    Executed { state, receipt }: &Executed<Ledger>,
) -> Recorded<LeaveChanged> {
    let overdrawn = overdrafts::of(state);
    answer(position(receipt.position), LeaveChanged { overdrawn, ..LeaveChanged::of(agent, leave, state) })
}

/// A correction of a granted leave.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Correction {
    /// Whose leave it is.
    #[schema(value_type = Uuid)]
    agent: AccountId,
    /// The half-days of it that count no more.
    #[serde(default)]
    half_days: Option<HalfDayList>,
    /// The first day or half-day that it takes besides.
    first: Option<End>,
    /// The last day or half-day that it takes besides.
    last: Option<End>,
    #[schema(schema_with = special_motive)]
    special_motive: Option<String>,
    /// The day of the event that a special absence which takes more is for, again; not kept.
    occurred_on: Option<Day>,
    /// Which event of that day, from 1, where there are several: two persons may die on one. Not kept.
    event_number: Option<u8>,
    /// What the length of a leave that takes more follows from, again; not kept.
    #[schema(value_type = Option<Object>, example = json!({ "birth": { "born": "2026-06-10" } }))]
    circumstances: Option<Circumstances>,
    /// From which day on the correction has effect.
    effective: Day,
    /// Why; kept sealed.
    motive: Option<Motive>,
}

/// Corrects a granted leave, even long past: a new fact with its own date of effect. Needs the role `hr`, and another
/// agent than oneself.
#[utoipa::path(
    post, path = "/v1/leave-requests/{id}/correct", operation_id = "correctLeave", tag = "leave",
    params(("id" = Uuid, Path, description = "The leave"), IdempotencyKey), request_body = Correction,
    responses((status = 200, description = "The leave as it is now", body = Recorded<LeaveChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn correct_leave(act: Act<Correction, LeaveId>) -> Result<Recorded<LeaveChanged>, Problem> {
    let (leave, by, metadata) = (act.id, act.who.account, act.acting_as(Role::Hr, &())?);
    let Correction {
        agent,
        half_days,
        first,
        last,
        special_motive,
        occurred_on,
        event_number,
        circumstances,
        effective: Day(effective),
        motive,
    } = act.command.body;
    let add = match (first, last) {
        (None, None) => None,
        (Some(first), Some(last)) => Some(period(first, last, LEAVE)?),
        (Some(end), None) | (None, Some(end)) => Some(period(end, end, LEAVE)?),
    };
    super::employment::known(&act.api, &metadata, agent).await?;
    let sealing = Sealing { api: &act.api, agent, fact: leave.as_uuid() };
    let special_motive = sealing.special_motive(special_motive, occurred_on, event_number, circumstances).await?;
    let child = sealing.child(circumstances).await?;
    let motive = sealing.motive(motive.as_ref(), CONVENTION, &act.api.law().await?, in_paris(act.at)).await?;
    let release = half_days.map(|HalfDayList(half_days)| half_days).unwrap_or_default();
    let executed = decide(&act.api, metadata, Wanted { dated_by: "/effective", ..Wanted::of(agent) }, |around| {
        let (facts, release, motive) = (around.facts.clone(), release.clone(), motive.clone());
        let (special_motive, child) = (special_motive.clone(), child.clone());
        CorrectLeave { leave, release, add, special_motive, circumstances, child, effective, motive, by, facts }
    })
    .await?;
    Ok(changed_by_hr(Recorded::done, agent, leave, &executed))
}

pub(super) const PROBLEMS: &[(&str, &[&web::Kind])] = &[
    ("recordAbsence", &[&NOT_ALLOWED, &NOT_FOUND, &super::OVERLAPPING_ABSENCE, &super::INSUFFICIENT_RIGHTS]),
    (
        "correctLeave",
        &[&NOT_ALLOWED, &NOT_FOUND, &super::LEAVE_STATE, &super::OVERLAPPING_ABSENCE, &super::INSUFFICIENT_RIGHTS],
    ),
];
