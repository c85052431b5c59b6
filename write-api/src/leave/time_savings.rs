//! The time-savings account: what its holder does with it, and what becomes of it in silence.

use super::act::Act;
use super::requests::Nothing;
use super::rights::{Moved, moved};
use super::surroundings::{Surroundings, Wanted, decide};
use commands::absence_ledger::{AbsenceCommand, FeedTimeSavings, OpenTimeSavings, SettleTimeSavings, SplitTimeSavings};
use events::AccountId;
use events::account::Role;
use events::leave::Counter;
use rules::HalfDays;
use rules::cet::Split;
use serde::Deserialize;
use utoipa::ToSchema;
use web::Problem;
use web::idempotency::IdempotencyKey;
use web::kinds::{NOT_ALLOWED, NOT_FOUND};
use web::position::Recorded;

/// Opens the caller's time-savings account (D 2004-878 art. 1 and 2).
#[utoipa::path(
    post, path = "/v1/me/time-savings", operation_id = "openTimeSavings", tag = "leave",
    params(IdempotencyKey), request_body = Nothing,
    responses((status = 201, description = "The account is open", body = Recorded<Moved>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn open_time_savings(act: Act<Nothing>) -> Result<Recorded<Moved>, Problem> {
    act.saves(|around| OpenTimeSavings { facts: around.facts.clone() }).await
}

/// What goes to the time-savings account.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Deposits {
    /// From which counters.
    #[schema(min_items = 1)]
    deposits: Vec<Deposit>,
}

/// Half-days of one counter.
#[derive(Clone, Copy, Deserialize, ToSchema)]
pub(crate) struct Deposit {
    /// Which counter.
    #[schema(value_type = String, example = "rtt:2026")]
    counter: Counter,
    /// How many half-days.
    half_days: u32,
}

/// Puts days of the caller's on his time-savings account (D 2004-878 art. 3 and 7-1).
#[utoipa::path(
    post, path = "/v1/me/time-savings/deposits", operation_id = "feedTimeSavings", tag = "leave",
    params(IdempotencyKey), request_body = Deposits,
    responses((status = 201, description = "The days are saved", body = Recorded<Moved>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn feed_time_savings(act: Act<Deposits>) -> Result<Recorded<Moved>, Problem> {
    let deposits = act.command.body.deposits.iter();
    let deposits: Vec<_> = deposits.map(|one| (one.counter, HalfDays::new(one.half_days))).collect();
    act.saves(|around| FeedTimeSavings { deposits: deposits.clone(), facts: around.facts.clone() }).await
}

/// What becomes of the days saved beyond those that are leave only: the three make up all of them.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Choice {
    /// The account of 31 December of this year.
    #[schema(minimum = 1990, maximum = 2098)]
    year: i32,
    /// Half-days that stay on the account.
    kept: u32,
    /// Half-days that are paid.
    paid: u32,
    /// Half-days that become pension, of officials.
    pension: u32,
}

/// Chooses what becomes of the caller's saved days beyond the 15 that are leave only, from 1 to 31 January (D 2004-878
/// art. 4 to 7); once a year.
#[utoipa::path(
    post, path = "/v1/me/time-savings/choices", operation_id = "splitTimeSavings", tag = "leave",
    params(IdempotencyKey), request_body = Choice,
    responses((status = 201, description = "The choice is made", body = Recorded<Moved>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn split_time_savings(act: Act<Choice>) -> Result<Recorded<Moved>, Problem> {
    let Choice { year, kept, paid, pension } = act.command.body;
    let [kept, paid, pension] = [kept, paid, pension].map(HalfDays::new);
    let split = Split { kept, paid, pension };
    act.saves(|around| SplitTimeSavings { year, split, facts: around.facts.clone() }).await
}

/// A year whose choice was not made.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Unchosen {
    /// The account of 31 December of this year.
    #[schema(minimum = 1990, maximum = 2098)]
    year: i32,
}

/// Lets an agent's silence choose once the time to choose is over: pension for officials, pay for the others (D 2004-878
/// art. 5). Where he chose, nothing is done. Needs the role `hr`, and another agent than oneself.
#[utoipa::path(
    post, path = "/v1/agents/{id}/time-savings/settle", operation_id = "settleTimeSavings", tag = "leave",
    params(("id" = Uuid, Path, description = "The agent"), IdempotencyKey), request_body = Unchosen,
    responses((status = 201, description = "It is settled", body = Recorded<Moved>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn settle_time_savings(act: Act<Unchosen, AccountId>) -> Result<Recorded<Moved>, Problem> {
    let metadata = act.acting_as(Role::Hr, &())?;
    super::employment::known(&act.api, &metadata, act.id).await?;
    let (year, by) = (act.command.body.year, metadata.actor);
    let settle = |around: &Surroundings| SettleTimeSavings { year, by, facts: around.facts.clone() };
    let wanted = Wanted { dated_by: "/year", ..Wanted::of(act.id) };
    Ok(moved(&decide(&act.api, metadata, wanted, settle).await?.receipt, None))
}

impl<T> Act<T> {
    /// Decides on the caller's own account.
    async fn saves<C: Into<AbsenceCommand>>(
        &self,
        decision: impl Fn(&Surroundings) -> C + Send + Sync,
    ) -> Result<Recorded<Moved>, Problem> {
        let (metadata, wanted) = (self.for_himself(&())?, Wanted::of(self.who.account));
        Ok(moved(&decide(&self.api, metadata, wanted, decision).await?.receipt, None))
    }
}

pub(super) const PROBLEMS: &[(&str, &[&web::Kind])] = &[
    ("openTimeSavings", &[&super::ALREADY_RECORDED]),
    ("feedTimeSavings", &[&super::INSUFFICIENT_RIGHTS]),
    ("splitTimeSavings", &[&super::ALREADY_RECORDED]),
    ("settleTimeSavings", &[&NOT_ALLOWED, &NOT_FOUND]),
];
