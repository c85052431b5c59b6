//! Counters that change by decision: credits, debits, the time-savings account, gifts.

use super::first_said;
use super::surroundings::{Wanted, decide, in_paris, state};
use super::typed::{Day, Motive, Sealing};
use crate::acting::{Who, keyed};
use crate::api::position;
use crate::{WriteApi, problems};
use axum::extract::State;
use commands::absence_ledger::{
    AbsenceLedger, CreditRight, DebitRight, Facts, FeedTimeSavings, GiveDays, OpenTimeSavings, ReceiveDays,
};
use commands::employment::Employment;
use commands::{Execution, NotExecuted};
use esrs::Aggregate;
use events::account::Role;
use events::employment::EmploymentEvent;
use events::leave::{AbsenceEvent, Counter, CreditCause};
use events::{AccountId, CreditId, GiftId};
use journal::{AppendError, Receipt};
use rules::HalfDays;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use web::Problem;
use web::command::Command;
use web::idempotency::IdempotencyKey;
use web::kinds::{NOT_ALLOWED, NOT_FOUND};
use web::path::Path;
use web::position::Recorded;

/// A movement on a counter, by decision.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Movement {
    /// Which counter.
    #[schema(value_type = String, example = "annual-leave:2026")]
    counter: Counter,
    /// How many half-days.
    half_days: u32,
    /// From which day on.
    effective: Day,
    /// Until which day a credit may be used; without it, as long as the counter.
    usable_until: Option<Day>,
    /// Why, as the law tells it.
    #[schema(value_type = String, example = "exceptional-carry-over")]
    cause: CreditCause,
    /// Why, in words; kept sealed.
    motive: Option<Motive>,
}

/// A movement that was recorded.
#[derive(Serialize, ToSchema)]
pub(crate) struct Moved {
    /// The credit, debit or gift.
    #[serde(skip_serializing_if = "Option::is_none")]
    movement: Option<Uuid>,
}

fn moved(receipt: &Receipt, movement: Option<Uuid>) -> Recorded<Moved> {
    Recorded::created(position(receipt.position), Moved { movement })
}

/// Credits a counter: an opening balance, an advance, a carry-over. Needs the role `hr`, and another agent than oneself.
#[utoipa::path(
    post, path = "/v1/agents/{id}/credits", operation_id = "creditRight", tag = "leave",
    params(("id" = Uuid, Path, description = "The agent"), IdempotencyKey), request_body = Movement,
    responses((status = 201, description = "The credit", body = Recorded<Moved>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn credit_right(
    State(api): State<WriteApi>,
    who: Who,
    Path(agent): Path<AccountId>,
    command: Command<Movement>,
) -> Result<Recorded<Moved>, Problem> {
    let (credit, at) = (CreditId::new(), api.clock.now());
    let metadata = keyed(who.acting_as(Role::Hr, at)?, &command, &credit)?;
    let Movement { counter, half_days, effective: Day(effective), usable_until, cause, motive } = command.body;
    let by = metadata.actor;
    super::employment::known(&api, &metadata, agent).await?;
    let sealing = Sealing { api: &api, agent, fact: credit.as_uuid() };
    let motive = sealing.motive(motive.as_ref(), &api.law().await?, in_paris(at)).await?;
    let wanted = Wanted { agent, decider: None, absent: None, at };
    let executed = decide(&api, metadata, wanted, &|around| {
        let (half_days, usable_until) = (HalfDays::new(half_days), usable_until.map(|Day(day)| day));
        let (motive, facts) = (motive.clone(), around.facts.clone());
        Ok(CreditRight { credit, counter, half_days, effective, usable_until, cause, motive, by, facts }.into())
    })
    .await?;
    Ok(moved(&executed.receipt, Some(first_said(&executed.receipt, credit)?.as_uuid())))
}

/// Debits a counter, never below what is left of it. Needs the role `hr`, and another agent than oneself.
#[utoipa::path(
    post, path = "/v1/agents/{id}/debits", operation_id = "debitRight", tag = "leave",
    params(("id" = Uuid, Path, description = "The agent"), IdempotencyKey), request_body = Movement,
    responses((status = 201, description = "The debit", body = Recorded<Moved>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn debit_right(
    State(api): State<WriteApi>,
    who: Who,
    Path(agent): Path<AccountId>,
    command: Command<Movement>,
) -> Result<Recorded<Moved>, Problem> {
    let (credit, at) = (CreditId::new(), api.clock.now());
    let metadata = keyed(who.acting_as(Role::Hr, at)?, &command, &credit)?;
    let Movement { counter, half_days, effective: Day(effective), usable_until: _, cause, motive } = command.body;
    let by = metadata.actor;
    super::employment::known(&api, &metadata, agent).await?;
    let sealing = Sealing { api: &api, agent, fact: credit.as_uuid() };
    let motive = sealing.motive(motive.as_ref(), &api.law().await?, in_paris(at)).await?;
    let wanted = Wanted { agent, decider: None, absent: None, at };
    let executed = decide(&api, metadata, wanted, &|around| {
        let (half_days, motive, facts) = (HalfDays::new(half_days), motive.clone(), around.facts.clone());
        Ok(DebitRight { credit, counter, half_days, effective, cause, motive, by, facts }.into())
    })
    .await?;
    Ok(moved(&executed.receipt, Some(first_said(&executed.receipt, credit)?.as_uuid())))
}

/// Opens the caller's time-savings account (D 2004-878 art. 1 and 2).
#[utoipa::path(
    post, path = "/v1/me/time-savings", operation_id = "openTimeSavings", tag = "leave",
    params(IdempotencyKey), request_body = super::requests::Nothing,
    responses((status = 201, description = "The account is open", body = Recorded<Moved>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn open_time_savings(
    State(api): State<WriteApi>,
    who: Who,
    command: Command<super::requests::Nothing>,
) -> Result<Recorded<Moved>, Problem> {
    let at = api.clock.now();
    let metadata = keyed(who.for_himself(at), &command, &())?;
    let wanted = Wanted { agent: who.account, decider: None, absent: None, at };
    let executed = decide(&api, metadata, wanted, &|around| Ok(OpenTimeSavings { facts: around.facts.clone() }.into()));
    Ok(moved(&executed.await?.receipt, None))
}

/// What goes to the time-savings account.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Deposits {
    /// From which counters.
    #[schema(min_items = 1)]
    deposits: Vec<Deposit>,
}

/// Half-days of one counter.
#[derive(Deserialize, ToSchema)]
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
pub(crate) async fn feed_time_savings(
    State(api): State<WriteApi>,
    who: Who,
    command: Command<Deposits>,
) -> Result<Recorded<Moved>, Problem> {
    let at = api.clock.now();
    let metadata = keyed(who.for_himself(at), &command, &())?;
    let deposits = command.body.deposits.into_iter();
    let deposits: Vec<_> = deposits.map(|one| (one.counter, HalfDays::new(one.half_days))).collect();
    let wanted = Wanted { agent: who.account, decider: None, absent: None, at };
    let executed = decide(&api, metadata, wanted, &|around| {
        Ok(FeedTimeSavings { deposits: deposits.clone(), facts: around.facts.clone() }.into())
    })
    .await?;
    Ok(moved(&executed.receipt, None))
}

/// A gift of days.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Gift {
    /// Who receives them, without being told from whom.
    #[schema(value_type = Uuid)]
    to: AccountId,
    /// From which counter of the donor's.
    #[schema(value_type = String, example = "rtt:2026")]
    counter: Counter,
    /// How many half-days.
    half_days: u32,
}

/// How often a gift is tried again while one of the two ledgers moves.
const MOST_CONFLICTS: u32 = 32;

/// Gives days of an agent's to a colleague, in the books of both at once (D 2015-580; D 2021-259). Needs the role `hr`,
/// which alone knows of both.
#[utoipa::path(
    post, path = "/v1/agents/{id}/gifts", operation_id = "giveDays", tag = "leave",
    params(("id" = Uuid, Path, description = "The donor"), IdempotencyKey), request_body = Gift,
    responses((status = 201, description = "The gift", body = Recorded<Moved>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn give_days(
    State(api): State<WriteApi>,
    who: Who,
    Path(donor): Path<AccountId>,
    command: Command<Gift>,
) -> Result<Recorded<Moved>, Problem> {
    let (gift, at) = (GiftId::new(), api.clock.now());
    let metadata = keyed(who.acting_as(Role::Hr, at)?, &command, &gift)?;
    let Gift { to, counter, half_days } = command.body;
    let half_days = HalfDays::new(half_days);
    super::employment::known(&api, &metadata, donor).await?;
    super::employment::known(&api, &metadata, to).await?;
    if to == donor {
        return Err(super::problems::to_oneself());
    }
    let law = api.law().await?;
    for _ in 0..=MOST_CONFLICTS {
        let (of_donor, employment) = state::<Employment>(&api, &metadata, donor, true).await?;
        let facts = Facts { agent: donor, employment, law: law.clone(), on: in_paris(at), at };
        let (of_receiver, employment) = state::<Employment>(&api, &metadata, to, true).await?;
        let receiving = Facts { agent: to, employment, ..facts.clone() };
        let (version, ledger) = state::<AbsenceLedger>(&api, &metadata, to, true).await?;
        let received = AbsenceLedger::handle_command(&ledger, ReceiveDays { gift, half_days, facts: receiving }.into());
        let received = received.map_err(|refusal| super::problems::absence(NotExecuted::Refused(refusal)))?;
        let executed = Execution::<AbsenceLedger>::new(&api.journal, metadata.clone())
            .also::<EmploymentEvent>(donor, of_donor, Vec::new())
            .also::<EmploymentEvent>(to, of_receiver, Vec::new())
            .also::<AbsenceEvent>(to, version, received)
            .on(donor, GiveDays { gift, counter, half_days, facts }.into())
            .await;
        match executed {
            Err(NotExecuted::Journal(AppendError::Conflict)) => {}
            outcome => {
                let receipt = outcome.map_err(super::problems::absence)?.receipt;
                return Ok(moved(&receipt, Some(first_said(&receipt, gift)?.as_uuid())));
            }
        }
    }
    Err(problems::journal(AppendError::Conflict))
}

pub(super) const PROBLEMS: &[(&str, &[&web::Kind])] = &[
    ("creditRight", &[&NOT_ALLOWED, &NOT_FOUND]),
    ("debitRight", &[&NOT_ALLOWED, &NOT_FOUND, &super::INSUFFICIENT_RIGHTS]),
    ("openTimeSavings", &[&super::ALREADY_RECORDED]),
    ("feedTimeSavings", &[&super::INSUFFICIENT_RIGHTS]),
    ("giveDays", &[&NOT_ALLOWED, &NOT_FOUND]),
];
