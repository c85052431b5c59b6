//! Days given to a colleague: the donor declares them, and may take them back until human resources say who receives them,
//! in one act on two ledgers.

use super::act::Act;
use super::first_said;
use super::rights::{Moved, moved};
use super::surroundings::{Wanted, decide, state};
use crate::api::position;
use crate::problems;
use commands::absence_ledger::{AbsenceLedger, DeclareGift, Facts, GiveDays, ReceiveDays, WithdrawGift};
use commands::employment::Employment;
use commands::{Execution, NotExecuted};
use esrs::Aggregate;
use events::account::Role;
use events::date::in_paris;
use events::employment::EmploymentEvent;
use events::leave::{AbsenceEvent, Counter};
use events::rule_set::RuleSetEvent;
use events::{AccountId, GiftId};
use journal::AppendError;
use rules::HalfDays;
use rules::ledger::DeclaredGift;
use serde::Deserialize;
use utoipa::ToSchema;
use web::Problem;
use web::idempotency::IdempotencyKey;
use web::kinds::{NOT_ALLOWED, NOT_FOUND};
use web::position::Recorded;

/// A gift of days, as its donor declares it.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Gift {
    /// From which counter.
    #[schema(value_type = String, example = "rtt:2026")]
    counter: Counter,
    /// How many half-days.
    half_days: u32,
}

/// Declares that the caller gives days, without being named to who receives them: they are his no longer, and human
/// resources say who receives them (D 2015-580 art. 4; D 2021-259).
#[utoipa::path(
    post, path = "/v1/me/gifts", operation_id = "declareGift", tag = "leave",
    params(IdempotencyKey), request_body = Gift,
    responses((status = 201, description = "The gift", body = Recorded<Moved>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn declare_gift(act: Act<Gift>) -> Result<Recorded<Moved>, Problem> {
    let gift = GiftId::new();
    let metadata = act.for_himself(&gift)?;
    let Gift { counter, half_days } = act.command.body;
    let half_days = HalfDays::new(half_days);
    let declared = decide(&act.api, metadata, Wanted::of(act.who.account), |around| {
        let facts = around.facts.clone();
        DeclareGift { gift, counter, half_days, facts }
    });
    let receipt = declared.await?.receipt;
    Ok(moved(&receipt, Some(first_said(&receipt, gift)?.as_uuid())))
}

/// Takes back a gift of one's own that human resources have given to nobody yet: its days are the caller's again. Once
/// given, it is final (D 2015-580 art. 4).
#[utoipa::path(
    post, path = "/v1/me/gifts/{id}/withdraw", operation_id = "withdrawGift", tag = "leave",
    params(("id" = Uuid, Path, description = "The gift"), IdempotencyKey), request_body = super::requests::Nothing,
    responses((status = 200, description = "It is taken back", body = Recorded<Moved>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn withdraw_gift(act: Act<super::requests::Nothing, GiftId>) -> Result<Recorded<Moved>, Problem> {
    let gift = act.id;
    let executed = Execution::<AbsenceLedger>::new(&act.api.journal, act.for_himself(&())?)
        .on(act.who.account, WithdrawGift { gift }.into())
        .await
        .map_err(|error| super::problems::absence(error, ""))?;
    Ok(Recorded::done(position(executed.receipt.position), Moved::of(Some(gift.as_uuid()))))
}

/// Who receives a gift.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Beneficiary {
    /// The gift, as it was declared.
    #[schema(value_type = Uuid)]
    gift: GiftId,
    /// Who receives it, without being told from whom.
    #[schema(value_type = Uuid)]
    to: AccountId,
}

/// How often a gift is tried again while one of the two ledgers moves.
const MOST_CONFLICTS: u32 = 32;

/// Gives the days that an agent declared to a colleague, in the books of both at once (D 2015-580 art. 5; D 2021-259).
/// Needs the role `hr`, which alone knows of both, and another than either of them.
#[utoipa::path(
    post, path = "/v1/agents/{id}/gifts", operation_id = "giveDays", tag = "leave",
    params(("id" = Uuid, Path, description = "The donor"), IdempotencyKey), request_body = Beneficiary,
    responses((status = 201, description = "The gift", body = Recorded<Moved>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn give_days(act: Act<Beneficiary, AccountId>) -> Result<Recorded<Moved>, Problem> {
    let (api, donor, at) = (&act.api, act.id, act.at);
    let Beneficiary { gift, to } = act.command.body;
    let metadata = act.acting_as(Role::Hr, &gift)?;
    let by = metadata.actor;
    super::employment::known(api, &metadata, donor).await?;
    super::employment::is_known_at("/to", api, &metadata, to).await?;
    if to == donor {
        return Err(super::problems::to_oneself());
    }
    for _ in 0..=MOST_CONFLICTS {
        let (of_donor, employment) = state::<Employment>(api, &metadata, donor, true).await?;
        let (of_rules, law) = api.law_at(true).await?;
        let facts = Facts { agent: donor, employment, law, on: in_paris(at), at };
        let (of_receiver, employment) = state::<Employment>(api, &metadata, to, true).await?;
        let receiving = Facts { agent: to, employment, ..facts.clone() };
        let (_, giving) = state::<AbsenceLedger>(api, &metadata, donor, true).await?;
        let half_days = match giving.declared_gift(gift) {
            Some(DeclaredGift::Waiting { half_days, .. }) => half_days,
            Some(DeclaredGift::Given | DeclaredGift::Withdrawn) | None => HalfDays::ZERO,
        };
        let (version, ledger) = state::<AbsenceLedger>(api, &metadata, to, true).await?;
        let received = if half_days.is_zero() {
            Vec::new()
        } else {
            let receive = ReceiveDays { gift, half_days, by, facts: receiving };
            let received = AbsenceLedger::handle_command(&ledger, receive.into());
            received.map_err(|refusal| super::problems::absence(NotExecuted::Refused(refusal), ""))?
        };
        let executed = Execution::<AbsenceLedger>::new(&api.journal, metadata.clone())
            .also::<EmploymentEvent>(donor, of_donor, Vec::new())
            .also::<EmploymentEvent>(to, of_receiver, Vec::new())
            .also::<RuleSetEvent>(RuleSetEvent::stream(), of_rules, Vec::new())
            .also::<AbsenceEvent>(to, version, received)
            .on(donor, GiveDays { gift, half_days, by, facts }.into())
            .await;
        match executed {
            Err(NotExecuted::Journal(AppendError::Conflict)) => {}
            outcome => {
                let receipt = outcome.map_err(|error| super::problems::absence(error, ""))?.receipt;
                return Ok(moved(&receipt, Some(first_said(&receipt, gift)?.as_uuid())));
            }
        }
    }
    Err(problems::journal(AppendError::Conflict))
}

pub(super) const PROBLEMS: &[(&str, &[&web::Kind])] = &[
    ("declareGift", &[]),
    ("withdrawGift", &[&NOT_FOUND, &super::LEAVE_STATE]),
    ("giveDays", &[&NOT_ALLOWED, &NOT_FOUND, &super::ALREADY_RECORDED, &super::LEAVE_STATE]),
];
