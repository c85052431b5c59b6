//! What is decided on somebody's leave: one decision, or many in one call by the same rules one by one.

use super::staffing::Absent;
use super::surroundings::{Surroundings, Wanted, decide, in_paris};
use super::typed::{HalfDayList, Motive, Sealing};
use super::{LeaveChanged, changed};
use crate::acting::{Who, keyed};
use crate::{WriteApi, problems};
use axum::extract::State;
use chrono::{DateTime, Utc};
use commands::Executed;
use commands::absence_ledger::{
    AbsenceCommand, AbsenceRefusal, AcceptCancellation, ApproveLeave, Authority, OverrideStaffing,
    PartiallyApproveLeave, RefuseCancellation, RefuseLeave,
};
use events::{AccountId, HalfDaySet, Idempotency, LeaveId, Metadata, Sealed};
use rules::Ledger;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;
use web::command::Command;
use web::idempotency::IdempotencyKey;
use web::kinds::{NOT_ALLOWED, NOT_FOUND};
use web::language::Language;
use web::path::Path;
use web::position::Recorded;
use web::{Field, Problem, Text};

/// What is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Verdict {
    /// Approve.
    Approve,
    /// Approve in part.
    PartiallyApprove,
    /// Refuse.
    Refuse,
    /// Let pass although staffing rules would be broken.
    OverrideStaffing,
    /// Accept that half-days are given back.
    AcceptCancellation,
    /// Refuse that they are.
    RefuseCancellation,
}

/// A decision at a step of somebody's leave.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AtStep {
    /// Whose leave it is.
    #[schema(value_type = Uuid)]
    agent: AccountId,
    /// The step that is meant, from 0.
    step: u16,
}

/// A decision at a step of somebody's leave, with its motive.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AtStepWithMotive {
    /// Whose leave it is.
    #[schema(value_type = Uuid)]
    agent: AccountId,
    /// The step that is meant, from 0.
    step: u16,
    /// Why; kept sealed.
    motive: Option<Motive>,
}

/// A decision that refuses a part.
#[derive(Deserialize, ToSchema)]
pub(crate) struct InPart {
    /// Whose leave it is.
    #[schema(value_type = Uuid)]
    agent: AccountId,
    /// The step that is meant, from 0.
    step: u16,
    /// The half-days that are refused.
    half_days: HalfDayList,
    /// Why; kept sealed.
    motive: Option<Motive>,
}

/// A decision on giving back.
#[derive(Deserialize, ToSchema)]
pub(crate) struct OnCancellation {
    /// Whose leave it is.
    #[schema(value_type = Uuid)]
    agent: AccountId,
    /// Why, where it is refused; kept sealed.
    motive: Option<Motive>,
}

/// One decision of many.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Item {
    /// The leave.
    #[schema(value_type = Uuid)]
    leave: LeaveId,
    /// Whose it is.
    #[schema(value_type = Uuid)]
    agent: AccountId,
    /// What is decided.
    decision: Verdict,
    /// The step that is meant, from 0.
    #[serde(default)]
    step: u16,
    /// The half-days that are refused, of a leave approved in part.
    half_days: Option<HalfDayList>,
    /// Why; kept sealed.
    motive: Option<Motive>,
}

/// Many decisions.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Bulk {
    /// Each of them, at most 200.
    #[schema(min_items = 1, max_items = 200)]
    items: Vec<Item>,
}

/// What came of each decision, in their order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Outcomes {
    /// Those that were done.
    done: usize,
    /// Those that were not.
    failed: usize,
    /// Each.
    items: Vec<Outcome>,
}

/// What came of one decision.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Outcome {
    /// The leave.
    leave: Uuid,
    /// What it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    /// Why nothing was done: a problem as it would have been answered alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<web::problem::Body>,
}

const MOST_ITEMS: usize = 200;

fn item(leave: LeaveId, agent: AccountId, decision: Verdict, step: u16, motive: Option<Motive>) -> Item {
    Item { leave, agent, decision, step, half_days: None, motive }
}

/// Approves at a step of somebody's leave. The manager, his delegate, or whoever the route names.
#[utoipa::path(
    post, path = "/v1/leave-requests/{id}/approve", operation_id = "approveLeave", tag = "leave",
    params(("id" = Uuid, Path, description = "The leave"), IdempotencyKey), request_body = AtStep,
    responses((status = 200, description = "What the leave is now", body = Recorded<LeaveChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn approve_leave(
    State(api): State<WriteApi>,
    who: Who,
    Path(leave): Path<LeaveId>,
    command: Command<AtStep>,
) -> Result<Recorded<LeaveChanged>, Problem> {
    let metadata = keyed(who.deciding(api.clock.now()), &command, &())?;
    let AtStep { agent, step } = command.body;
    one(&api, &who, metadata, item(leave, agent, Verdict::Approve, step, None)).await
}

/// Approves a part of somebody's leave, and refuses the rest with a motive.
#[utoipa::path(
    post, path = "/v1/leave-requests/{id}/partially-approve", operation_id = "partiallyApproveLeave", tag = "leave",
    params(("id" = Uuid, Path, description = "The leave"), IdempotencyKey), request_body = InPart,
    responses((status = 200, description = "What the leave is now", body = Recorded<LeaveChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn partially_approve_leave(
    State(api): State<WriteApi>,
    who: Who,
    Path(leave): Path<LeaveId>,
    command: Command<InPart>,
) -> Result<Recorded<LeaveChanged>, Problem> {
    let metadata = keyed(who.deciding(api.clock.now()), &command, &())?;
    let InPart { agent, step, half_days, motive } = command.body;
    let item = item(leave, agent, Verdict::PartiallyApprove, step, motive);
    one(&api, &who, metadata, Item { half_days: Some(half_days), ..item }).await
}

/// Refuses somebody's leave, with a motive.
#[utoipa::path(
    post, path = "/v1/leave-requests/{id}/refuse", operation_id = "refuseLeave", tag = "leave",
    params(("id" = Uuid, Path, description = "The leave"), IdempotencyKey), request_body = AtStepWithMotive,
    responses((status = 200, description = "What the leave is now", body = Recorded<LeaveChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn refuse_leave(
    State(api): State<WriteApi>,
    who: Who,
    Path(leave): Path<LeaveId>,
    command: Command<AtStepWithMotive>,
) -> Result<Recorded<LeaveChanged>, Problem> {
    let metadata = keyed(who.deciding(api.clock.now()), &command, &())?;
    let AtStepWithMotive { agent, step, motive } = command.body;
    one(&api, &who, metadata, item(leave, agent, Verdict::Refuse, step, motive)).await
}

/// Lets a leave pass although staffing rules of the unit would be broken, with a motive.
#[utoipa::path(
    post, path = "/v1/leave-requests/{id}/override-staffing", operation_id = "overrideStaffing", tag = "leave",
    params(("id" = Uuid, Path, description = "The leave"), IdempotencyKey), request_body = AtStepWithMotive,
    responses((status = 200, description = "It may be approved now", body = Recorded<LeaveChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn override_staffing(
    State(api): State<WriteApi>,
    who: Who,
    Path(leave): Path<LeaveId>,
    command: Command<AtStepWithMotive>,
) -> Result<Recorded<LeaveChanged>, Problem> {
    let metadata = keyed(who.deciding(api.clock.now()), &command, &())?;
    let AtStepWithMotive { agent, step, motive } = command.body;
    one(&api, &who, metadata, item(leave, agent, Verdict::OverrideStaffing, step, motive)).await
}

/// Accepts that half-days of a granted leave are given back.
#[utoipa::path(
    post, path = "/v1/leave-requests/{id}/accept-cancellation", operation_id = "acceptCancellation", tag = "leave",
    params(("id" = Uuid, Path, description = "The leave"), IdempotencyKey), request_body = OnCancellation,
    responses((status = 200, description = "The half-days are free again", body = Recorded<LeaveChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn accept_cancellation(
    State(api): State<WriteApi>,
    who: Who,
    Path(leave): Path<LeaveId>,
    command: Command<OnCancellation>,
) -> Result<Recorded<LeaveChanged>, Problem> {
    let metadata = keyed(who.deciding(api.clock.now()), &command, &())?;
    let agent = command.body.agent;
    one(&api, &who, metadata, item(leave, agent, Verdict::AcceptCancellation, 0, None)).await
}

/// Refuses that half-days of a granted leave are given back, with a motive.
#[utoipa::path(
    post, path = "/v1/leave-requests/{id}/refuse-cancellation", operation_id = "refuseCancellation", tag = "leave",
    params(("id" = Uuid, Path, description = "The leave"), IdempotencyKey), request_body = OnCancellation,
    responses((status = 200, description = "The leave stays as it was", body = Recorded<LeaveChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn refuse_cancellation(
    State(api): State<WriteApi>,
    who: Who,
    Path(leave): Path<LeaveId>,
    command: Command<OnCancellation>,
) -> Result<Recorded<LeaveChanged>, Problem> {
    let metadata = keyed(who.deciding(api.clock.now()), &command, &())?;
    let OnCancellation { agent, motive } = command.body;
    one(&api, &who, metadata, item(leave, agent, Verdict::RefuseCancellation, 0, motive)).await
}

/// Takes many decisions, each by the rules of its own; one that fails hinders no other. The same key again does none of
/// them twice.
#[utoipa::path(
    post, path = "/v1/leave-decisions", operation_id = "decideLeaves", tag = "leave",
    params(IdempotencyKey), request_body = Bulk,
    responses((status = 200, description = "What came of each", body = Recorded<Outcomes>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn decide_leaves(
    State(api): State<WriteApi>,
    who: Who,
    command: Command<Bulk>,
) -> Result<Recorded<Outcomes>, Problem> {
    let metadata = keyed(who.deciding(api.clock.now()), &command, &())?;
    let Bulk { items } = command.body;
    if items.is_empty() || items.len() > MOST_ITEMS {
        let detail = Text::made(
            format!("attendu : 1 à {MOST_ITEMS} décisions"),
            format!("expected 1 to {MOST_ITEMS} decisions"),
        );
        return Err(Problem::invalid(Field::Pointer("/items".into()), detail));
    }
    let mut outcomes = Vec::with_capacity(items.len());
    let mut position = api.journal.head().position();
    for (number, item) in items.into_iter().enumerate() {
        let leave = item.leave;
        let metadata = Metadata { idempotency: of_item(&metadata, number)?, ..metadata.clone() };
        outcomes.push(match execute(&api, &who, metadata, item).await {
            Ok(executed) => {
                position = position.max(executed.receipt.position);
                let status = executed.state.leave(leave).map(|leave| leave.status.as_str());
                Outcome { leave: leave.as_uuid(), status, problem: None }
            }
            Err(problem) => {
                Outcome { leave: leave.as_uuid(), status: None, problem: Some(problem.body(Language::default(), None)) }
            }
        });
    }
    let done = outcomes.iter().filter(|outcome| outcome.problem.is_none()).count();
    let outcomes = Outcomes { done, failed: outcomes.len() - done, items: outcomes };
    Ok(Recorded::done(crate::api::position(position), outcomes))
}

/// The key of one decision of many: made of the client's, so that the same call again is the same decisions.
fn of_item(metadata: &Metadata, number: usize) -> Result<Option<Idempotency>, Problem> {
    let Some(whole) = &metadata.idempotency else { return Ok(None) };
    let digest = Sha256::digest(format!("{} {number}", whole.key));
    let key = data_encoding::HEXLOWER.encode(&digest).parse().map_err(Problem::internal)?;
    Ok(Some(Idempotency { key, ..whole.clone() }))
}

async fn one(api: &WriteApi, who: &Who, metadata: Metadata, item: Item) -> Result<Recorded<LeaveChanged>, Problem> {
    let (agent, leave) = (item.agent, item.leave);
    let executed = execute(api, who, metadata, item).await?;
    Ok(changed(Recorded::done, agent, leave, &executed))
}

/// Executes one decision, alone or of many.
async fn execute(api: &WriteApi, who: &Who, metadata: Metadata, item: Item) -> Result<Executed<Ledger>, Problem> {
    let Item { leave, agent, decision, step, half_days, motive } = item;
    let at: DateTime<Utc> = metadata.occurred_at;
    let law = api.law().await?;
    let unit = api.journal.unit::<commands::absence_ledger::AbsenceLedger>(metadata.clone());
    if unit.state(agent).await.map_err(problems::reading)?.inner().leave(leave).is_none()
        && unit.fresh_state(agent).await.map_err(problems::reading)?.inner().leave(leave).is_none()
    {
        // Before anything is sealed: a key is made for nobody.
        return Err(Problem::from(&NOT_FOUND));
    }
    let sealing = Sealing { api, agent, fact: leave.as_uuid() };
    let motive = sealing.motive(motive.as_ref(), &law, in_paris(at)).await?;
    let refused = half_days.map(|HalfDayList(half_days)| half_days).unwrap_or_default();
    let absent = match decision {
        Verdict::Approve | Verdict::PartiallyApprove | Verdict::OverrideStaffing => {
            Some(Absent::For(leave, refused.clone()))
        }
        Verdict::Refuse | Verdict::AcceptCancellation | Verdict::RefuseCancellation => None,
    };
    let wanted = Wanted { agent, decider: Some((who.account, who.roles.clone())), absent, at };
    let meant = Meant { leave, step, decision, refused, motive };
    decide(api, metadata, wanted, &|around| meant.command(around)).await
}

struct Meant {
    leave: LeaveId,
    step: u16,
    decision: Verdict,
    refused: HalfDaySet,
    motive: Option<Sealed<String>>,
}

impl Meant {
    fn command(&self, around: &Surroundings) -> Result<AbsenceCommand, Problem> {
        let authority: Authority = around
            .authority()
            .ok_or_else(|| super::problems::absence(commands::NotExecuted::Refused(AbsenceRefusal::NotAnApprover)))?;
        let (leave, step, motive) = (self.leave, self.step, self.motive.clone());
        let staffing = around.staffing.clone();
        Ok(match self.decision {
            Verdict::Approve => ApproveLeave { leave, step, authority, staffing }.into(),
            Verdict::PartiallyApprove => {
                let refused = self.refused.clone();
                PartiallyApproveLeave { leave, step, refused, motive, authority, staffing }.into()
            }
            Verdict::Refuse => RefuseLeave { leave, step, motive, authority, law: around.facts.law.clone() }.into(),
            Verdict::OverrideStaffing => {
                let staffing = staffing.ok_or_else(|| {
                    super::problems::absence(commands::NotExecuted::Refused(AbsenceRefusal::NothingToOverride))
                })?;
                OverrideStaffing { leave, step, staffing, motive, authority }.into()
            }
            Verdict::AcceptCancellation => AcceptCancellation { leave, authority }.into(),
            Verdict::RefuseCancellation => RefuseCancellation { leave, motive, authority }.into(),
        })
    }
}

const DECIDING: &[&web::Kind] = &[&NOT_FOUND, &NOT_ALLOWED, &super::LEAVE_STATE];
const GRANTING: &[&web::Kind] = &[&NOT_FOUND, &NOT_ALLOWED, &super::LEAVE_STATE, &super::UNDERSTAFFED];

pub(super) const PROBLEMS: &[(&str, &[&web::Kind])] = &[
    ("approveLeave", GRANTING),
    ("partiallyApproveLeave", GRANTING),
    ("refuseLeave", DECIDING),
    ("overrideStaffing", DECIDING),
    ("acceptCancellation", DECIDING),
    ("refuseCancellation", DECIDING),
];
