//! Leave over HTTP: what agents ask, what is decided, what human resources record.
//!
//! `surroundings` is the one way to a ledger: it reads what a decision rests on from the streams themselves, and has the
//! append hold their versions. A leave is addressed by its id and its agent, whose ledger it stands in; the agent is the
//! caller where nothing else is said.

mod absences;
mod act;
mod bulk;
mod closing;
pub(crate) mod daily;
mod decisions;
mod delegations;
pub(crate) mod directory;
mod employment;
mod escalation;
mod feeds;
mod gifts;
mod hierarchy;
pub(crate) mod law;
mod losses;
mod occasions;
mod overdrafts;
pub(crate) mod problems;
pub(crate) mod proof_access;
mod proofs;
mod reactions;
mod replacements;
mod requests;
mod rights;
mod sickness;
mod special_motive;
mod staffing;
pub(crate) mod surroundings;
mod time_savings;
mod typed;
mod units;
mod warnings;

pub(crate) use employment::change_employment;
pub use escalation::{Escalations, escalate};
pub use losses::{Announced, announce_losses};
pub(crate) use overdrafts::{Overdrawn, announce_overdrafts};
pub use replacements::{Released, release_replacements};
pub(crate) use units::{above_as_leader, above_once, unit_of_code};

use crate::WriteApi;
use crate::api::position;
use crate::problems::{
    ALREADY_RECORDED, INSUFFICIENT_RIGHTS, LEAVE_STATE, OVERLAPPING_ABSENCE, TOO_MANY_FEEDS, UNDERSTAFFED, UNIT_IN_USE,
};
use commands::Executed;
use events::{AccountId, LeaveId};
use journal::Receipt;
use rules::Ledger;
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use warnings::Told;
use web::Problem;
use web::body::BodyLimit;
use web::position::{Position, Recorded};

/// A text of any length gets the answer of the rule that it breaks, up to this: then it is the body that is too large.
const BODY_BYTES: usize = 4 << 20;

/// A leave after a command.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LeaveChanged {
    /// The leave.
    leave: Uuid,
    /// Whose it is.
    agent: Uuid,
    /// `pending`, `granted`, `refused` or `withdrawn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    /// The step that is due, from 0, while it is pending.
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<u16>,
    /// The half-days that it takes now.
    half_days: u32,
    /// What speaks against it without hindering it, while it is pending.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Told>,
    /// The counters of which more is used than there is, for human resources to settle with the agent, where they record
    /// or correct it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    overdrawn: Vec<Overdrawn>,
}

impl LeaveChanged {
    fn of(agent: AccountId, id: LeaveId, ledger: &Ledger) -> Self {
        let leave = ledger.leave(id);
        Self {
            leave: id.as_uuid(),
            agent: agent.as_uuid(),
            status: leave.map(|leave| leave.status.as_str()),
            step: leave.and_then(|leave| leave.pending()).map(|pending| pending.step),
            half_days: leave.map_or(0, |leave| leave.active().count().get()),
            warnings: leave.filter(|leave| leave.pending().is_some()).map_or_else(Vec::new, warnings::of),
            overdrawn: Vec::new(),
        }
    }
}

fn changed(
    answer: fn(Position, LeaveChanged) -> Recorded<LeaveChanged>,
    agent: AccountId,
    id: LeaveId,
    executed: &Executed<Ledger>,
) -> Recorded<LeaveChanged> {
    answer(position(executed.receipt.position), LeaveChanged::of(agent, id, &executed.state))
}

fn leave_id(receipt: &Receipt, new: LeaveId) -> Result<LeaveId, Problem> {
    first_said(receipt, new)
}

/// What the first answer to a repeated request said, or what this one says.
fn first_said<T: DeserializeOwned>(receipt: &Receipt, new: T) -> Result<T, Problem> {
    match &receipt.replayed {
        Some(first) => serde_json::from_slice(&first.outcome).map_err(Problem::internal),
        None => Ok(new),
    }
}

pub(crate) fn routes() -> OpenApiRouter<WriteApi> {
    OpenApiRouter::new()
        .routes(routes!(requests::request_leave))
        .routes(routes!(requests::amend_leave))
        .routes(routes!(requests::withdraw_leave))
        .routes(routes!(requests::request_cancellation))
        .routes(routes!(requests::name_replacement))
        .routes(routes!(requests::accept_replacement))
        .routes(routes!(requests::decline_replacement))
        .routes(routes!(decisions::approve_leave))
        .routes(routes!(decisions::partially_approve_leave))
        .routes(routes!(decisions::refuse_leave))
        .routes(routes!(decisions::override_staffing))
        .routes(routes!(decisions::accept_cancellation))
        .routes(routes!(decisions::refuse_cancellation))
        .routes(routes!(bulk::decide_leaves))
        .routes(routes!(absences::record_absence))
        .routes(routes!(absences::correct_leave))
        .routes(routes!(sickness::record_sickness))
        .routes(routes!(sickness::shorten_sickness))
        .routes(routes!(sickness::receive_certificate))
        .routes(routes!(sickness::correct_certificate))
        .routes(routes!(rights::credit_right))
        .routes(routes!(rights::debit_right))
        .routes(routes!(rights::carry_over_leave))
        .routes(routes!(time_savings::open_time_savings))
        .routes(routes!(time_savings::feed_time_savings))
        .routes(routes!(time_savings::split_time_savings))
        .routes(routes!(time_savings::settle_time_savings))
        .routes(routes!(gifts::declare_gift))
        .routes(routes!(gifts::withdraw_gift))
        .routes(routes!(gifts::give_days))
        .routes(routes!(employment::record_employment))
        .routes(routes!(employment::withdraw_entry))
        .routes(routes!(proofs::attach_leave_proof))
        .routes(routes!(proofs::attach_sickness_proof))
        .routes(routes!(units::open_unit))
        .routes(routes!(units::appoint_unit_manager))
        .routes(routes!(units::set_staffing_rules))
        .routes(routes!(units::set_validation_routes))
        .routes(routes!(closing::close_unit))
        .routes(routes!(delegations::grant_delegation))
        .routes(routes!(delegations::revoke_delegation))
        .routes(routes!(feeds::open_calendar_feed))
        .routes(routes!(feeds::revoke_calendar_feed))
        .layer(axum::Extension(BodyLimit(BODY_BYTES)))
}

/// The problems of its own that each operation answers with.
pub(crate) fn problems_of_operations() -> impl Iterator<Item = &'static (&'static str, &'static [&'static web::Kind])> {
    [
        requests::PROBLEMS,
        decisions::PROBLEMS,
        absences::PROBLEMS,
        sickness::PROBLEMS,
        rights::PROBLEMS,
        time_savings::PROBLEMS,
        gifts::PROBLEMS,
        proofs::PROBLEMS,
        employment::PROBLEMS,
        units::PROBLEMS,
        closing::PROBLEMS,
        delegations::PROBLEMS,
        feeds::PROBLEMS,
    ]
    .into_iter()
    .flatten()
}
