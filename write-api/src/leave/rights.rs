//! Counters that change by decision of human resources: credits, debits, leave that is carried over.

use super::act::Act;
use super::first_said;
use super::overdrafts::{self, Overdrawn};
use super::surroundings::{Surroundings, Wanted, decide};
use super::typed::{Motive, Sealing, motive_article};
use crate::api::position;
use commands::Executed;
use commands::absence_ledger::{AbsenceCommand, CarryOverLeave, CreditRight, DebitRight, Motivated};
use events::account::Role;
use events::date::in_paris;
use events::leave::{Counter, CreditCause};
use events::{AccountId, CreditId, Metadata, Sealed};
use journal::Receipt;
use rules::HalfDays;
use rules::carry_over::Hindrance;
use rules::ledger::Hindered;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use web::Problem;
use web::date::Day;
use web::idempotency::IdempotencyKey;
use web::kinds::{NOT_ALLOWED, NOT_FOUND};
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
    /// Until which day a credit may be used; without it, as long as the counter. A debit has none.
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
    pub(super) movement: Option<Uuid>,
    /// The counters of which more is used than there is, for human resources to settle with the agent, where they credit or
    /// debit one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    overdrawn: Vec<Overdrawn>,
}

impl Moved {
    pub(super) const fn of(movement: Option<Uuid>) -> Self {
        Self { movement, overdrawn: Vec::new() }
    }
}

pub(super) fn moved(receipt: &Receipt, movement: Option<Uuid>) -> Recorded<Moved> {
    Recorded::created(position(receipt.position), Moved::of(movement))
}

/// Credits a counter: an opening balance, an advance, a carry-over. Needs the role `hr`, and another agent than oneself.
#[utoipa::path(
    post, path = "/v1/agents/{id}/credits", operation_id = "creditRight", tag = "leave",
    params(("id" = Uuid, Path, description = "The agent"), IdempotencyKey), request_body = Movement,
    responses((status = 201, description = "The credit", body = Recorded<Moved>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn credit_right(act: Act<Movement, AccountId>) -> Result<Recorded<Moved>, Problem> {
    let (credit, metadata) = act.as_hr().await?;
    let Movement { counter, half_days, effective: Day(effective), usable_until, cause, .. } = act.command.body;
    let (by, motive) = (metadata.actor, act.motive(credit).await?);
    let usable_until = usable_until.map(|Day(day)| day);
    let half_days = HalfDays::new(half_days);
    act.moves(credit, metadata, "/effective", |around| {
        let (motive, facts) = (motive.clone(), around.facts.clone());
        CreditRight { credit, counter, half_days, effective, usable_until, cause, motive, by, facts }
    })
    .await
}

/// Debits a counter, never below what is left of it. Needs the role `hr`, and another agent than oneself.
#[utoipa::path(
    post, path = "/v1/agents/{id}/debits", operation_id = "debitRight", tag = "leave",
    params(("id" = Uuid, Path, description = "The agent"), IdempotencyKey), request_body = Movement,
    responses((status = 201, description = "The debit", body = Recorded<Moved>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn debit_right(act: Act<Movement, AccountId>) -> Result<Recorded<Moved>, Problem> {
    let (credit, metadata) = act.as_hr().await?;
    let Movement { counter, half_days, effective: Day(effective), usable_until, cause, .. } = act.command.body;
    let (by, motive) = (metadata.actor, act.motive(credit).await?);
    let usable_until = usable_until.map(|Day(day)| day);
    let half_days = HalfDays::new(half_days);
    act.moves(credit, metadata, "/effective", |around| {
        let (motive, facts) = (motive.clone(), around.facts.clone());
        DebitRight { credit, counter, half_days, effective, usable_until, cause, motive, by, facts }
    })
    .await
}

/// What kept an agent from taking his annual leave.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Hindering {
    /// The year whose leave could not be taken.
    year: i32,
    /// `sickness` or `family`.
    #[schema(value_type = String, example = "sickness")]
    by: Hindrance,
    /// The day of the return.
    return_date: Day,
    /// Whether the absence had begun before the leave was acquired.
    #[serde(default)]
    during_absence: bool,
}

/// Carries over the annual leave of a year that sickness or a family leave kept from being taken, as much and for as
/// long as D 85-1250 art. 5-1 says; once a year of leave and hindrance. Needs the role `hr`, and another agent than
/// oneself.
#[utoipa::path(
    post, path = "/v1/agents/{id}/carry-overs", operation_id = "carryOverLeave", tag = "leave",
    params(("id" = Uuid, Path, description = "The agent"), IdempotencyKey), request_body = Hindering,
    responses((status = 201, description = "The credit of what is carried over", body = Recorded<Moved>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn carry_over_leave(act: Act<Hindering, AccountId>) -> Result<Recorded<Moved>, Problem> {
    let (credit, metadata) = act.as_hr().await?;
    let Hindering { year, by, return_date: Day(return_date), during_absence } = act.command.body;
    let hindered = Hindered { year, by, return_date, during_absence };
    let by = metadata.actor;
    act.moves(credit, metadata, "/return_date", |around| CarryOverLeave {
        credit,
        hindered,
        by,
        facts: around.facts.clone(),
    })
    .await
}

impl<T> Act<T, AccountId> {
    /// A credit to be recorded by human resources for somebody who is known, with what is recorded of the act.
    async fn as_hr(&self) -> Result<(CreditId, Metadata), Problem> {
        let credit = CreditId::new();
        let metadata = self.acting_as(Role::Hr, &credit)?;
        super::employment::known(&self.api, &metadata, self.id).await?;
        Ok((credit, metadata))
    }

    async fn moves<C: Into<AbsenceCommand>>(
        &self,
        credit: CreditId,
        metadata: Metadata,
        dated_by: &'static str,
        decision: impl Fn(&Surroundings) -> C + Send + Sync,
    ) -> Result<Recorded<Moved>, Problem> {
        let wanted = Wanted { dated_by, ..Wanted::of(self.id) };
        let Executed { state, receipt } = decide(&self.api, metadata, wanted, decision).await?;
        let movement = Some(first_said(&receipt, credit)?.as_uuid());
        Ok(Recorded::created(
            position(receipt.position),
            Moved { overdrawn: overdrafts::of(&state), ..Moved::of(movement) },
        ))
    }
}

impl Act<Movement, AccountId> {
    async fn motive(&self, credit: CreditId) -> Result<Option<Sealed<String>>, Problem> {
        let sealing = Sealing { api: &self.api, agent: self.id, fact: credit.as_uuid() };
        let article = motive_article(Motivated::by_cause(self.command.body.cause));
        sealing.motive(self.command.body.motive.as_ref(), article, &self.api.law().await?, in_paris(self.at)).await
    }
}

pub(super) const PROBLEMS: &[(&str, &[&web::Kind])] = &[
    ("creditRight", &[&NOT_ALLOWED, &NOT_FOUND]),
    ("debitRight", &[&NOT_ALLOWED, &NOT_FOUND, &super::INSUFFICIENT_RIGHTS]),
    ("carryOverLeave", &[&NOT_ALLOWED, &NOT_FOUND, &super::ALREADY_RECORDED]),
];
