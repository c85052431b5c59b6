//! What an agent does about his own leave.

use super::act::Act;
use super::employment::is_known_at;
use super::staffing::Absent;
use super::surroundings::{Surroundings, Wanted, decide};
use super::typed::{End, HalfDayList, LEAVE, Sealing, period, special_motive};
use super::{LeaveChanged, changed, leave_id};
use crate::words::Words;
use commands::absence_ledger::{
    AbsenceCommand, AmendLeave, AnswerReplacement, Asked, Child, NameReplacement, RequestCancellation, RequestLeave,
    SpecialMotive, WithdrawLeave,
};
use events::leave::LeaveType;
use events::{AccountId, HalfDaySet, LeaveId, Sealed};
use rules::family::Circumstances;
use rules::period::Period;
use serde::Deserialize;
use utoipa::ToSchema;
use web::Problem;
use web::date::Day;
use web::idempotency::IdempotencyKey;
use web::kinds::{NOT_ALLOWED, NOT_FOUND};
use web::position::Recorded;

/// A leave that is asked for.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewRequest {
    /// What it is, such as `annual-leave`.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "annual-leave")]
    leave_type: LeaveType,
    /// The first day, or half-day.
    first: End,
    /// The last day, or half-day.
    last: End,
    /// Why; kept sealed.
    reason: Option<Words>,
    #[schema(schema_with = special_motive)]
    special_motive: Option<String>,
    /// The day of the event that a special absence is for, or the one on which its procedure began: what the motive gives
    /// is for one of them, over all requests. Not kept, and of no motive that gives what is needed.
    occurred_on: Option<Day>,
    /// Which event of that day, from 1, where there are several: two persons may die on one. Not kept.
    event_number: Option<u8>,
    /// What the length of a family leave follows from: `pregnancy`, `birth`, `adoption`, `child` or `death_of_child`;
    /// or `travel`, of a special absence that it lengthens. It is held against the law and not kept: the proof shows it.
    #[schema(value_type = Option<Object>, example = json!({ "birth": { "born": "2026-06-10", "multiple": false } }))]
    circumstances: Option<Circumstances>,
    /// Who is asked to stand in.
    #[schema(value_type = Option<Uuid>)]
    replacement: Option<AccountId>,
}

/// Asks for a leave of one's own. What it takes is counted now, reserved, and never counted again.
#[utoipa::path(
    post, path = "/v1/leave-requests", operation_id = "requestLeave", tag = "leave",
    params(IdempotencyKey), request_body = NewRequest,
    responses((status = 201, description = "The leave, pending or granted", body = Recorded<LeaveChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn request_leave(act: Act<NewRequest>) -> Result<Recorded<LeaveChanged>, Problem> {
    let (leave, agent) = (LeaveId::new(), act.who.account);
    let metadata = act.for_himself(&leave)?;
    let NewRequest {
        leave_type,
        first,
        last,
        reason,
        special_motive,
        occurred_on,
        event_number,
        circumstances,
        replacement,
    } = act.command.body;
    let period = period(first, last, LEAVE)?;
    if let Some(replacement) = replacement {
        is_known_at("/replacement", &act.api, &metadata, replacement).await?;
    }
    let sealing = Sealing { api: &act.api, agent, fact: leave.as_uuid() };
    let dates = Dates {
        leave,
        period,
        reason: sealing.reason(reason.as_ref()).await?,
        special_motive: sealing.special_motive(special_motive, occurred_on, event_number, circumstances).await?,
        circumstances,
        child: sealing.child(circumstances).await?,
    };
    let absent = Some(Absent::During(period));
    let wanted = Wanted { absent, replacement, dated_by: "/first", ..Wanted::of(agent) };
    let asked = |around: &Surroundings| RequestLeave {
        leave_type,
        asked: dates.asked(around),
        replacement: around.replacement.clone(),
    };
    let executed = decide(&act.api, metadata, wanted, asked).await?;
    Ok(changed(Recorded::created, agent, leave_id(&executed.receipt, leave)?, &executed))
}

/// Dates that are asked for, the words sealed, before it is known what is so around them.
struct Dates {
    leave: LeaveId,
    period: Period,
    reason: Option<Sealed<String>>,
    special_motive: Option<SpecialMotive>,
    circumstances: Option<Circumstances>,
    child: Option<Child>,
}

impl Dates {
    fn asked(&self, around: &Surroundings) -> Asked {
        Asked {
            leave: self.leave,
            period: self.period,
            facts: around.facts.clone(),
            routes: around.routes.clone(),
            staffing: around.staffing.clone(),
            reason: self.reason.clone(),
            special_motive: self.special_motive.clone(),
            circumstances: self.circumstances,
            child: self.child.clone(),
        }
    }
}

impl<T> Act<T, LeaveId> {
    /// Decides on a leave of the caller's own, and answers with what it is then.
    async fn on_own<C: Into<AbsenceCommand>>(
        &self,
        absent: Option<Absent>,
        decision: impl Fn(&Surroundings) -> C + Send + Sync,
    ) -> Result<Recorded<LeaveChanged>, Problem> {
        let agent = self.who.account;
        let dated_by = if absent.is_some() { "/first" } else { "" };
        let wanted = Wanted { absent, dated_by, ..Wanted::of(agent) };
        let executed = decide(&self.api, self.for_himself(&())?, wanted, decision).await?;
        Ok(changed(Recorded::done, agent, self.id, &executed))
    }
}

/// Other dates for a leave that nobody has decided on.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Amendment {
    /// The first day, or half-day.
    first: End,
    /// The last day, or half-day.
    last: End,
    /// Why; kept sealed.
    reason: Option<Words>,
    #[schema(schema_with = special_motive)]
    special_motive: Option<String>,
    /// The day of the event that a special absence is for, or the one on which its procedure began: what the motive gives
    /// is for one of them, over all requests. Not kept, and of no motive that gives what is needed.
    occurred_on: Option<Day>,
    /// Which event of that day, from 1, where there are several: two persons may die on one. Not kept.
    event_number: Option<u8>,
    /// What the length of a family leave follows from, again.
    #[schema(value_type = Option<Object>)]
    circumstances: Option<Circumstances>,
}

/// Changes the dates of a pending leave of one's own; its validation starts again.
#[utoipa::path(
    post, path = "/v1/leave-requests/{id}/amend", operation_id = "amendLeave", tag = "leave",
    params(("id" = Uuid, Path, description = "The leave"), IdempotencyKey), request_body = Amendment,
    responses((status = 200, description = "The leave with its new dates", body = Recorded<LeaveChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn amend_leave(act: Act<Amendment, LeaveId>) -> Result<Recorded<LeaveChanged>, Problem> {
    let Amendment { first, last, reason, special_motive, occurred_on, event_number, circumstances } = &act.command.body;
    let (leave, circumstances, period) = (act.id, *circumstances, period(*first, *last, LEAVE)?);
    let sealing = Sealing { api: &act.api, agent: act.who.account, fact: leave.as_uuid() };
    let dates = Dates {
        leave,
        period,
        reason: sealing.reason(reason.as_ref()).await?,
        special_motive: sealing
            .special_motive(special_motive.clone(), *occurred_on, *event_number, circumstances)
            .await?,
        circumstances,
        child: sealing.child(circumstances).await?,
    };
    act.on_own(Some(Absent::During(period)), |around| AmendLeave(dates.asked(around))).await
}

/// A command that needs no word beside its address: `{}`.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Nothing {}

/// Takes back a pending leave of one's own.
#[utoipa::path(
    post, path = "/v1/leave-requests/{id}/withdraw", operation_id = "withdrawLeave", tag = "leave",
    params(("id" = Uuid, Path, description = "The leave"), IdempotencyKey), request_body = Nothing,
    responses((status = 200, description = "The leave is withdrawn", body = Recorded<LeaveChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn withdraw_leave(act: Act<Nothing, LeaveId>) -> Result<Recorded<LeaveChanged>, Problem> {
    act.on_own(None, |_| WithdrawLeave { leave: act.id }).await
}

/// What is to be given back.
#[derive(Deserialize, ToSchema)]
pub(crate) struct GivenBack {
    /// Which half-days; all that have not ended, without them. A morning ends at noon.
    half_days: Option<HalfDayList>,
    /// Why; kept sealed.
    reason: Option<Words>,
}

/// Asks to give back a granted leave of one's own, or half-days of it that have not ended.
#[utoipa::path(
    post, path = "/v1/leave-requests/{id}/request-cancellation", operation_id = "requestCancellation", tag = "leave",
    params(("id" = Uuid, Path, description = "The leave"), IdempotencyKey), request_body = GivenBack,
    responses((status = 200, description = "The cancellation waits for a decision", body = Recorded<LeaveChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn request_cancellation(act: Act<GivenBack, LeaveId>) -> Result<Recorded<LeaveChanged>, Problem> {
    let GivenBack { half_days, reason } = &act.command.body;
    let half_days: Option<HalfDaySet> = half_days.clone().map(|HalfDayList(half_days)| half_days);
    let sealing = Sealing { api: &act.api, agent: act.who.account, fact: act.id.as_uuid() };
    let reason = sealing.reason(reason.as_ref()).await?;
    act.on_own(None, |around| RequestCancellation {
        leave: act.id,
        half_days: half_days.clone(),
        reason: reason.clone(),
        at: around.facts.at,
    })
    .await
}

/// The colleague who is named.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Named {
    /// Who is asked to stand in.
    #[schema(value_type = Uuid)]
    replacement: AccountId,
}

/// Names a colleague to stand in during a leave of one's own.
#[utoipa::path(
    post, path = "/v1/leave-requests/{id}/name-replacement", operation_id = "nameReplacement", tag = "leave",
    params(("id" = Uuid, Path, description = "The leave"), IdempotencyKey), request_body = Named,
    responses((status = 200, description = "The colleague is asked", body = Recorded<LeaveChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn name_replacement(act: Act<Named, LeaveId>) -> Result<Recorded<LeaveChanged>, Problem> {
    let (leave, agent, metadata) = (act.id, act.who.account, act.for_himself(&())?);
    let Named { replacement } = act.command.body;
    is_known_at("/replacement", &act.api, &metadata, replacement).await?;
    let wanted = Wanted { replacement: Some(replacement), ..Wanted::of(agent) };
    let executed = decide(&act.api, metadata, wanted, |around| NameReplacement {
        leave,
        replacement: around.colleague(replacement),
        facts: around.facts.clone(),
    });
    Ok(changed(Recorded::done, agent, leave, &executed.await?))
}

/// Whose leave it is.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Whose {
    /// The agent who is away.
    #[schema(value_type = Uuid)]
    agent: AccountId,
}

/// Accepts to stand in for a colleague.
#[utoipa::path(
    post, path = "/v1/leave-requests/{id}/accept-replacement", operation_id = "acceptReplacement", tag = "leave",
    params(("id" = Uuid, Path, description = "The leave"), IdempotencyKey), request_body = Whose,
    responses((status = 200, description = "The caller stands in", body = Recorded<LeaveChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn accept_replacement(act: Act<Whose, LeaveId>) -> Result<Recorded<LeaveChanged>, Problem> {
    answer(&act, true).await
}

/// Declines to stand in for a colleague.
#[utoipa::path(
    post, path = "/v1/leave-requests/{id}/decline-replacement", operation_id = "declineReplacement", tag = "leave",
    params(("id" = Uuid, Path, description = "The leave"), IdempotencyKey), request_body = Whose,
    responses((status = 200, description = "The caller does not stand in", body = Recorded<LeaveChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn decline_replacement(act: Act<Whose, LeaveId>) -> Result<Recorded<LeaveChanged>, Problem> {
    answer(&act, false).await
}

async fn answer(act: &Act<Whose, LeaveId>, accepts: bool) -> Result<Recorded<LeaveChanged>, Problem> {
    let (leave, agent, by) = (act.id, act.command.body.agent, act.who.account);
    let wanted = Wanted { replacement: Some(by), ..Wanted::of(agent) };
    let executed = decide(&act.api, act.for_himself(&())?, wanted, |around| AnswerReplacement {
        leave,
        by: around.colleague(by),
        accepts,
        on: around.facts.on,
    });
    Ok(changed(Recorded::done, agent, leave, &executed.await?))
}

pub(super) const PROBLEMS: &[(&str, &[&web::Kind])] = &[
    ("requestLeave", &[&super::OVERLAPPING_ABSENCE, &super::INSUFFICIENT_RIGHTS, &super::ALREADY_RECORDED]),
    ("amendLeave", &[&NOT_FOUND, &super::LEAVE_STATE, &super::OVERLAPPING_ABSENCE, &super::INSUFFICIENT_RIGHTS]),
    ("withdrawLeave", &[&NOT_FOUND, &super::LEAVE_STATE]),
    ("requestCancellation", &[&NOT_FOUND, &super::LEAVE_STATE]),
    ("nameReplacement", &[&NOT_FOUND, &super::LEAVE_STATE]),
    ("acceptReplacement", &[&NOT_FOUND, &NOT_ALLOWED, &super::LEAVE_STATE]),
    ("declineReplacement", &[&NOT_FOUND, &NOT_ALLOWED, &super::LEAVE_STATE]),
];
