//! What is decided on somebody's leave: one decision at a time. Many in one call are [`bulk`](super::bulk)'s.

use super::act::Act;
use super::special_motive;
use super::staffing::Absent;
use super::surroundings::{Surroundings, Wanted, decide};
use super::typed::{HalfDayList, Motive, Sealing, motive_article};
use super::{LeaveChanged, changed};
use crate::acting::Who;
use crate::{WriteApi, problems};
use commands::Executed;
use commands::absence_ledger::{
    AbsenceCommand, AbsenceLedger, AcceptCancellation, ApproveLeave, AsSeen, Motivated, OverrideStaffing,
    PartiallyApproveLeave, RefuseCancellation, RefuseLeave, SpecialMotive,
};
use events::date::in_paris;
use events::leave::LeaveType;
use events::{AccountId, HalfDaySet, LeaveId, Metadata, Sealed};
use rules::Ledger;
use serde::Deserialize;
use utoipa::ToSchema;
use web::Problem;
use web::idempotency::IdempotencyKey;
use web::kinds::{NOT_ALLOWED, NOT_FOUND};
use web::position::Recorded;

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
    /// The `revision` of the leave that was seen; one that was amended since is another.
    #[serde(default)]
    revision: u32,
}

/// A decision at a step of somebody's leave, with its motive.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AtStepWithMotive {
    /// Whose leave it is.
    #[schema(value_type = Uuid)]
    agent: AccountId,
    /// The step that is meant, from 0.
    step: u16,
    /// The `revision` of the leave that was seen; one that was amended since is another.
    #[serde(default)]
    revision: u32,
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
    /// The `revision` of the leave that was seen; one that was amended since is another.
    #[serde(default)]
    revision: u32,
    /// The half-days that are refused: the others of the leave are approved.
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

/// One decision.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Decision {
    /// The leave.
    #[schema(value_type = Uuid)]
    leave: LeaveId,
    /// Whose it is.
    #[schema(value_type = Uuid)]
    agent: AccountId,
    /// What is decided.
    decision: Verdict,
    /// The step that is meant, from 0; needed but to decide on a cancellation, which has none.
    step: Option<u16>,
    /// The `revision` of the leave that was seen; one that was amended since is another.
    #[serde(default)]
    revision: u32,
    /// The half-days that are refused, of a leave approved in part: the others are approved.
    half_days: Option<HalfDayList>,
    /// Why; kept sealed.
    motive: Option<Motive>,
}

impl Decision {
    const fn of(leave: LeaveId, agent: AccountId, decision: Verdict) -> Self {
        Self { leave, agent, decision, step: None, revision: 0, half_days: None, motive: None }
    }
}

/// Approves at a step of somebody's leave. The manager, his delegate, or whoever the route names.
#[utoipa::path(
    post, path = "/v1/leave-requests/{id}/approve", operation_id = "approveLeave", tag = "leave",
    params(("id" = Uuid, Path, description = "The leave"), IdempotencyKey), request_body = AtStep,
    responses((status = 200, description = "What the leave is now", body = Recorded<LeaveChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn approve_leave(act: Act<AtStep, LeaveId>) -> Result<Recorded<LeaveChanged>, Problem> {
    act.decided(|leave, AtStep { agent, step, revision }| Decision {
        step: Some(step),
        revision,
        ..Decision::of(leave, agent, Verdict::Approve)
    })
    .await
}

/// Approves a part of somebody's leave, and refuses the rest with a motive.
#[utoipa::path(
    post, path = "/v1/leave-requests/{id}/partially-approve", operation_id = "partiallyApproveLeave", tag = "leave",
    params(("id" = Uuid, Path, description = "The leave"), IdempotencyKey), request_body = InPart,
    responses((status = 200, description = "What the leave is now", body = Recorded<LeaveChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn partially_approve_leave(act: Act<InPart, LeaveId>) -> Result<Recorded<LeaveChanged>, Problem> {
    act.decided(|leave, InPart { agent, step, revision, half_days, motive }| Decision {
        step: Some(step),
        revision,
        half_days: Some(half_days),
        motive,
        ..Decision::of(leave, agent, Verdict::PartiallyApprove)
    })
    .await
}

/// Refuses somebody's leave, with a motive.
#[utoipa::path(
    post, path = "/v1/leave-requests/{id}/refuse", operation_id = "refuseLeave", tag = "leave",
    params(("id" = Uuid, Path, description = "The leave"), IdempotencyKey), request_body = AtStepWithMotive,
    responses((status = 200, description = "What the leave is now", body = Recorded<LeaveChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn refuse_leave(act: Act<AtStepWithMotive, LeaveId>) -> Result<Recorded<LeaveChanged>, Problem> {
    act.decided(|leave, said| said.with(leave, Verdict::Refuse)).await
}

/// Lets a leave pass although staffing rules of the unit would be broken, with a motive.
#[utoipa::path(
    post, path = "/v1/leave-requests/{id}/override-staffing", operation_id = "overrideStaffing", tag = "leave",
    params(("id" = Uuid, Path, description = "The leave"), IdempotencyKey), request_body = AtStepWithMotive,
    responses((status = 200, description = "It may be approved now", body = Recorded<LeaveChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn override_staffing(act: Act<AtStepWithMotive, LeaveId>) -> Result<Recorded<LeaveChanged>, Problem> {
    act.decided(|leave, said| said.with(leave, Verdict::OverrideStaffing)).await
}

/// Accepts that half-days of a granted leave are given back.
#[utoipa::path(
    post, path = "/v1/leave-requests/{id}/accept-cancellation", operation_id = "acceptCancellation", tag = "leave",
    params(("id" = Uuid, Path, description = "The leave"), IdempotencyKey), request_body = OnCancellation,
    responses((status = 200, description = "The half-days are free again", body = Recorded<LeaveChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn accept_cancellation(act: Act<OnCancellation, LeaveId>) -> Result<Recorded<LeaveChanged>, Problem> {
    act.decided(|leave, OnCancellation { agent, .. }| Decision::of(leave, agent, Verdict::AcceptCancellation)).await
}

/// Refuses that half-days of a granted leave are given back, with a motive.
#[utoipa::path(
    post, path = "/v1/leave-requests/{id}/refuse-cancellation", operation_id = "refuseCancellation", tag = "leave",
    params(("id" = Uuid, Path, description = "The leave"), IdempotencyKey), request_body = OnCancellation,
    responses((status = 200, description = "The leave stays as it was", body = Recorded<LeaveChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn refuse_cancellation(act: Act<OnCancellation, LeaveId>) -> Result<Recorded<LeaveChanged>, Problem> {
    act.decided(|leave, OnCancellation { agent, motive }| Decision {
        motive,
        ..Decision::of(leave, agent, Verdict::RefuseCancellation)
    })
    .await
}

impl AtStepWithMotive {
    fn with(self, leave: LeaveId, verdict: Verdict) -> Decision {
        let Self { agent, step, revision, motive } = self;
        Decision { step: Some(step), revision, motive, ..Decision::of(leave, agent, verdict) }
    }
}

impl<T> Act<T, LeaveId> {
    /// Takes the one decision that the body is about, and answers with what the leave is then.
    async fn decided(self, meant: impl FnOnce(LeaveId, T) -> Decision) -> Result<Recorded<LeaveChanged>, Problem> {
        let metadata = self.deciding()?;
        let decision = meant(self.id, self.command.body);
        let agent = decision.agent;
        let executed = decision.execute(&self.api, &self.who, metadata).await?;
        Ok(changed(Recorded::done, agent, self.id, &executed))
    }
}

impl Decision {
    /// Executes it, alone or of many.
    pub(super) async fn execute(
        self,
        api: &WriteApi,
        who: &Who,
        metadata: Metadata,
    ) -> Result<Executed<Ledger>, Problem> {
        let Self { leave, agent, decision, step, revision, half_days, motive } = self;
        let step = match decision {
            Verdict::AcceptCancellation | Verdict::RefuseCancellation => 0,
            Verdict::Approve | Verdict::PartiallyApprove | Verdict::Refuse | Verdict::OverrideStaffing => {
                step.ok_or_else(super::problems::no_step)?
            }
        };
        let unit = api.journal.unit::<AbsenceLedger>(metadata.clone());
        let type_in = |ledger: &Ledger| ledger.leave(leave).map(|known| known.leave_type);
        let known = match type_in(unit.state(agent).await.map_err(problems::reading)?.inner()) {
            None => type_in(unit.fresh_state(agent).await.map_err(problems::reading)?.inner()),
            known => known,
        };
        // Before anything is sealed: a key is made for nobody.
        let leave_type = known.ok_or_else(|| Problem::from(&NOT_FOUND))?;
        let sealing = Sealing { api, agent, fact: leave.as_uuid() };
        let article = motive_article(match decision {
            Verdict::OverrideStaffing => Motivated::Correction,
            Verdict::Approve
            | Verdict::PartiallyApprove
            | Verdict::Refuse
            | Verdict::AcceptCancellation
            | Verdict::RefuseCancellation => Motivated::Refusal,
        });
        let motive =
            sealing.motive(motive.as_ref(), article, &api.law().await?, in_paris(metadata.occurred_at)).await?;
        let refused = half_days.map(|HalfDayList(half_days)| half_days).unwrap_or_default();
        let absent = match decision {
            Verdict::Approve | Verdict::PartiallyApprove | Verdict::OverrideStaffing => {
                Some(Absent::For(leave, refused.clone()))
            }
            Verdict::Refuse | Verdict::AcceptCancellation | Verdict::RefuseCancellation => None,
        };
        let dated_by = if decision == Verdict::PartiallyApprove { "/half_days" } else { "" };
        let wanted = Wanted { decider: Some(who.account), absent, dated_by, ..Wanted::of(agent) };
        let special_motive = match decision {
            Verdict::Refuse | Verdict::PartiallyApprove if leave_type == LeaveType::SpecialAbsence => {
                special_motive::opened(api, agent, leave).await?
            }
            _ => None,
        };
        let seen = AsSeen { leave, step, revision };
        let meant = Meant { seen, decision, refused, motive, special_motive };
        decide(api, metadata, wanted, |around| meant.command(around, who)).await
    }
}

struct Meant {
    seen: AsSeen,
    decision: Verdict,
    refused: HalfDaySet,
    motive: Option<Sealed<String>>,
    special_motive: Option<SpecialMotive>,
}

impl Meant {
    fn command(&self, around: &Surroundings, who: &Who) -> AbsenceCommand {
        let (authority, staffing, facts) = (around.authority(who), around.staffing.clone(), around.facts.clone());
        let (seen, leave, motive) = (self.seen, self.seen.leave, self.motive.clone());
        let special_motive = self.special_motive.clone();
        match self.decision {
            Verdict::Approve => ApproveLeave { seen, authority, staffing, facts }.into(),
            Verdict::PartiallyApprove => {
                let refused = self.refused.clone();
                PartiallyApproveLeave { seen, refused, motive, special_motive, authority, staffing, facts }.into()
            }
            Verdict::Refuse => RefuseLeave { seen, motive, special_motive, authority, facts }.into(),
            Verdict::OverrideStaffing => OverrideStaffing { seen, staffing, motive, authority }.into(),
            Verdict::AcceptCancellation => AcceptCancellation { leave, authority, facts }.into(),
            Verdict::RefuseCancellation => RefuseCancellation { leave, motive, authority }.into(),
        }
    }
}

const DECIDING: &[&web::Kind] = &[&NOT_FOUND, &NOT_ALLOWED, &super::LEAVE_STATE];
const GRANTING: &[&web::Kind] =
    &[&NOT_FOUND, &NOT_ALLOWED, &super::LEAVE_STATE, &super::UNDERSTAFFED, &super::INSUFFICIENT_RIGHTS];

pub(super) const PROBLEMS: &[(&str, &[&web::Kind])] = &[
    ("approveLeave", GRANTING),
    ("partiallyApproveLeave", GRANTING),
    ("refuseLeave", DECIDING),
    ("overrideStaffing", DECIDING),
    ("acceptCancellation", DECIDING),
    ("refuseCancellation", DECIDING),
];
