//! What an agent does about his own leave.

use super::staffing::Absent;
use super::surroundings::{Wanted, decide, in_paris};
use super::typed::{End, HalfDayList, Sealing, period};
use super::{LeaveChanged, changed, leave_id};
use crate::WriteApi;
use crate::acting::{Who, keyed};
use crate::words::Words;
use axum::extract::State;
use commands::absence_ledger::{
    AmendLeave, AnswerReplacement, NameReplacement, RequestCancellation, RequestLeave, SpecialMotive, WithdrawLeave,
};
use events::leave::LeaveType;
use events::{AccountId, HalfDaySet, LeaveId};
use serde::Deserialize;
use utoipa::ToSchema;
use web::Problem;
use web::command::Command;
use web::idempotency::IdempotencyKey;
use web::kinds::{NOT_ALLOWED, NOT_FOUND};
use web::path::Path;
use web::position::Recorded;

/// A leave that is asked for.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Request {
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
    /// The motive of a special absence, as the rules name it; kept sealed.
    #[schema(max_length = 100)]
    special_motive: Option<String>,
    /// Who is asked to stand in.
    #[schema(value_type = Option<Uuid>)]
    replacement: Option<AccountId>,
}

/// Asks for a leave of one's own. What it takes is counted now, reserved, and never counted again.
#[utoipa::path(
    post, path = "/v1/leave-requests", operation_id = "requestLeave", tag = "leave",
    params(IdempotencyKey), request_body = Request,
    responses((status = 201, description = "The leave, pending or granted", body = Recorded<LeaveChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn request_leave(
    State(api): State<WriteApi>,
    who: Who,
    command: Command<Request>,
) -> Result<Recorded<LeaveChanged>, Problem> {
    let (leave, at) = (LeaveId::new(), api.clock.now());
    let metadata = keyed(who.for_himself(at), &command, &leave)?;
    let Request { leave_type, first, last, reason, special_motive, replacement } = command.body;
    let period = period(first, last)?;
    let sealing = Sealing { api: &api, agent: who.account, fact: leave.as_uuid() };
    let reason = sealing.reason(reason.as_ref()).await?;
    let special_motive = special(&sealing, special_motive).await?;
    let wanted = Wanted { agent: who.account, decider: None, absent: Some(Absent::During(period)), at };
    let executed = decide(&api, metadata, wanted, &|around| {
        Ok(RequestLeave {
            leave,
            leave_type,
            period,
            facts: around.facts.clone(),
            routes: around.routes.clone(),
            staffing: around.staffing.clone(),
            reason: reason.clone(),
            special_motive: special_motive.clone(),
            replacement,
        }
        .into())
    })
    .await?;
    let leave = leave_id(&executed.receipt, leave)?;
    Ok(changed(Recorded::created, who.account, leave, &executed))
}

async fn special(sealing: &Sealing<'_>, name: Option<String>) -> Result<Option<SpecialMotive>, Problem> {
    match name {
        Some(name) => {
            let sealed = sealing.text("special_motive", &name).await?;
            Ok(Some(SpecialMotive { name, sealed }))
        }
        None => Ok(None),
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
    /// The motive of a special absence, again.
    #[schema(max_length = 100)]
    special_motive: Option<String>,
}

/// Changes the dates of a pending leave of one's own; its validation starts again.
#[utoipa::path(
    post, path = "/v1/leave-requests/{id}/amend", operation_id = "amendLeave", tag = "leave",
    params(("id" = Uuid, Path, description = "The leave"), IdempotencyKey), request_body = Amendment,
    responses((status = 200, description = "The leave with its new dates", body = Recorded<LeaveChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn amend_leave(
    State(api): State<WriteApi>,
    who: Who,
    Path(leave): Path<LeaveId>,
    command: Command<Amendment>,
) -> Result<Recorded<LeaveChanged>, Problem> {
    let at = api.clock.now();
    let metadata = keyed(who.for_himself(at), &command, &())?;
    let Amendment { first, last, reason, special_motive } = command.body;
    let period = period(first, last)?;
    let sealing = Sealing { api: &api, agent: who.account, fact: leave.as_uuid() };
    let reason = sealing.reason(reason.as_ref()).await?;
    let special_motive = special(&sealing, special_motive).await?;
    let wanted = Wanted { agent: who.account, decider: None, absent: Some(Absent::During(period)), at };
    let executed = decide(&api, metadata, wanted, &|around| {
        Ok(AmendLeave {
            leave,
            period,
            facts: around.facts.clone(),
            routes: around.routes.clone(),
            staffing: around.staffing.clone(),
            reason: reason.clone(),
            special_motive: special_motive.clone(),
        }
        .into())
    })
    .await?;
    Ok(changed(Recorded::done, who.account, leave, &executed))
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
pub(crate) async fn withdraw_leave(
    State(api): State<WriteApi>,
    who: Who,
    Path(leave): Path<LeaveId>,
    command: Command<Nothing>,
) -> Result<Recorded<LeaveChanged>, Problem> {
    let at = api.clock.now();
    let metadata = keyed(who.for_himself(at), &command, &())?;
    let wanted = Wanted { agent: who.account, decider: None, absent: None, at };
    let executed = decide(&api, metadata, wanted, &|_| Ok(WithdrawLeave { leave }.into())).await?;
    Ok(changed(Recorded::done, who.account, leave, &executed))
}

/// What is to be given back.
#[derive(Deserialize, ToSchema)]
pub(crate) struct GivenBack {
    /// Which half-days; all that are to come, without them.
    half_days: Option<HalfDayList>,
    /// Why; kept sealed.
    reason: Option<Words>,
}

/// Asks to give back a granted leave of one's own, or half-days of it that are to come.
#[utoipa::path(
    post, path = "/v1/leave-requests/{id}/request-cancellation", operation_id = "requestCancellation", tag = "leave",
    params(("id" = Uuid, Path, description = "The leave"), IdempotencyKey), request_body = GivenBack,
    responses((status = 200, description = "The cancellation waits for a decision", body = Recorded<LeaveChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn request_cancellation(
    State(api): State<WriteApi>,
    who: Who,
    Path(leave): Path<LeaveId>,
    command: Command<GivenBack>,
) -> Result<Recorded<LeaveChanged>, Problem> {
    let at = api.clock.now();
    let metadata = keyed(who.for_himself(at), &command, &())?;
    let GivenBack { half_days, reason } = command.body;
    let half_days: Option<HalfDaySet> = half_days.map(|HalfDayList(half_days)| half_days);
    let sealing = Sealing { api: &api, agent: who.account, fact: leave.as_uuid() };
    let reason = sealing.reason(reason.as_ref()).await?;
    let wanted = Wanted { agent: who.account, decider: None, absent: None, at };
    let executed = decide(&api, metadata, wanted, &|_| {
        let (half_days, reason) = (half_days.clone(), reason.clone());
        Ok(RequestCancellation { leave, half_days, reason, on: in_paris(at) }.into())
    })
    .await?;
    Ok(changed(Recorded::done, who.account, leave, &executed))
}

/// A colleague.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Colleague {
    /// Who is asked to stand in.
    #[schema(value_type = Uuid)]
    replacement: AccountId,
}

/// Names a colleague to stand in during a leave of one's own.
#[utoipa::path(
    post, path = "/v1/leave-requests/{id}/name-replacement", operation_id = "nameReplacement", tag = "leave",
    params(("id" = Uuid, Path, description = "The leave"), IdempotencyKey), request_body = Colleague,
    responses((status = 200, description = "The colleague is asked", body = Recorded<LeaveChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn name_replacement(
    State(api): State<WriteApi>,
    who: Who,
    Path(leave): Path<LeaveId>,
    command: Command<Colleague>,
) -> Result<Recorded<LeaveChanged>, Problem> {
    let at = api.clock.now();
    let metadata = keyed(who.for_himself(at), &command, &())?;
    let (agent, replacement) = (who.account, command.body.replacement);
    let wanted = Wanted { agent, decider: None, absent: None, at };
    let executed =
        decide(&api, metadata, wanted, &|_| Ok(NameReplacement { leave, agent, replacement }.into())).await?;
    Ok(changed(Recorded::done, agent, leave, &executed))
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
pub(crate) async fn accept_replacement(
    State(api): State<WriteApi>,
    who: Who,
    Path(leave): Path<LeaveId>,
    command: Command<Whose>,
) -> Result<Recorded<LeaveChanged>, Problem> {
    answer(&api, &who, leave, command, true).await
}

/// Declines to stand in for a colleague.
#[utoipa::path(
    post, path = "/v1/leave-requests/{id}/decline-replacement", operation_id = "declineReplacement", tag = "leave",
    params(("id" = Uuid, Path, description = "The leave"), IdempotencyKey), request_body = Whose,
    responses((status = 200, description = "The caller does not stand in", body = Recorded<LeaveChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn decline_replacement(
    State(api): State<WriteApi>,
    who: Who,
    Path(leave): Path<LeaveId>,
    command: Command<Whose>,
) -> Result<Recorded<LeaveChanged>, Problem> {
    answer(&api, &who, leave, command, false).await
}

async fn answer(
    api: &WriteApi,
    who: &Who,
    leave: LeaveId,
    command: Command<Whose>,
    accepts: bool,
) -> Result<Recorded<LeaveChanged>, Problem> {
    let at = api.clock.now();
    let metadata = keyed(who.for_himself(at), &command, &())?;
    let (agent, by) = (command.body.agent, who.account);
    let wanted = Wanted { agent, decider: None, absent: None, at };
    let executed = decide(api, metadata, wanted, &|_| Ok(AnswerReplacement { leave, by, accepts }.into())).await?;
    Ok(changed(Recorded::done, agent, leave, &executed))
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
