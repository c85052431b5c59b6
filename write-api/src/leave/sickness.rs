//! Sickness, as human resources record it.

use super::first_said;
use super::surroundings::{Wanted, decide, in_paris};
use super::typed::{Day, End, Motive, Sealing, period};
use crate::acting::{Who, keyed};
use crate::api::position;
use crate::{WriteApi, problems, seal};
use axum::extract::State;
use commands::Executed;
use commands::absence_ledger::{ReceiveCertificate, RecordSickness, ShortenSickness};
use events::account::Role;
use events::leave::{CertificateTiming, MedicalDetails, SicknessNature};
use events::{AccountId, Metadata, SicknessId};
use rules::Ledger;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use web::command::Command;
use web::idempotency::IdempotencyKey;
use web::kinds::{NOT_ALLOWED, NOT_FOUND};
use web::path::Path;
use web::position::{Position, Recorded};
use web::{Field, Problem, Text};

/// A spell of sickness.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Spell {
    /// The first day, or half-day.
    first: End,
    /// The last day, or half-day.
    last: End,
    /// What kind it is, such as `ordinary`: for the role `hr-health` alone; kept sealed.
    #[schema(value_type = Option<String>, example = "ordinary")]
    nature: Option<SicknessNature>,
    /// The spell that it is a relapse of: for the role `hr-health` alone; kept sealed.
    #[schema(value_type = Option<Uuid>)]
    relapse_of: Option<SicknessId>,
}

/// A spell of sickness after a command.
#[derive(Serialize, ToSchema)]
pub(crate) struct SicknessChanged {
    /// The spell.
    sickness: Uuid,
    /// The half-days of work that it takes.
    half_days: u32,
    /// Whether its certificate came in time, once it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    certificate: Option<CertificateTiming>,
}

fn changed(
    answer: fn(Position, SicknessChanged) -> Recorded<SicknessChanged>,
    id: SicknessId,
    executed: &Executed<Ledger>,
) -> Recorded<SicknessChanged> {
    let sickness = executed.state.sickness(id);
    let body = SicknessChanged {
        sickness: id.as_uuid(),
        half_days: sickness.map_or(0, |sickness| sickness.half_days.count().get()),
        certificate: sickness.and_then(|sickness| sickness.certificate).map(|(_, timing)| timing),
    };
    answer(position(executed.receipt.position), body)
}

/// What is recorded of who acts as human resources or as their health officers.
fn acting(who: &Who, at: chrono::DateTime<chrono::Utc>) -> Result<Metadata, Problem> {
    who.acting_as(Role::HrHealth, at).or_else(|_| who.acting_as(Role::Hr, at))
}

/// Records a sickness. Leave that it falls on is given back in the same event. Needs the role `hr` or `hr-health`, and
/// another agent than oneself.
#[utoipa::path(
    post, path = "/v1/agents/{id}/sicknesses", operation_id = "recordSickness", tag = "leave",
    params(("id" = Uuid, Path, description = "The agent"), IdempotencyKey), request_body = Spell,
    responses((status = 201, description = "The spell", body = Recorded<SicknessChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn record_sickness(
    State(api): State<WriteApi>,
    who: Who,
    Path(agent): Path<AccountId>,
    command: Command<Spell>,
) -> Result<Recorded<SicknessChanged>, Problem> {
    let (sickness, at) = (SicknessId::new(), api.clock.now());
    let metadata = keyed(acting(&who, at)?, &command, &sickness)?;
    let Spell { first, last, nature, relapse_of } = command.body;
    let (period, by) = (period(first, last)?, metadata.actor);
    let medical = nature.is_some() || relapse_of.is_some();
    if medical && !who.roles.contains(&Role::HrHealth) {
        return Err(crate::problems::role_needed(Role::HrHealth));
    }
    if relapse_of.is_some() && nature.is_none() {
        let detail = Text::new("champ obligatoire pour une rechute", "required for a relapse");
        return Err(Problem::invalid(Field::Pointer("/nature".into()), detail));
    }
    super::employment::known(&api, &metadata, agent).await?;
    let details = match nature {
        Some(nature) => {
            let details = MedicalDetails { nature, relapse_of };
            let sealed = seal::medical(&api.vault, agent, sickness, &details).await;
            Some(sealed.map_err(problems::vault)?)
        }
        None => None,
    };
    let wanted = Wanted { agent, decider: None, absent: None, at };
    let executed = decide(&api, metadata, wanted, &|around| {
        let (facts, details) = (around.facts.clone(), details.clone());
        Ok(RecordSickness { sickness, period, details, by, facts }.into())
    })
    .await?;
    let sickness = first_said(&executed.receipt, sickness)?;
    Ok(changed(Recorded::created, sickness, &executed))
}

/// An earlier end.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Return {
    /// Whose sickness it is.
    #[schema(value_type = Uuid)]
    agent: AccountId,
    /// The day or half-day of the return.
    back: End,
    /// Why; kept sealed.
    motive: Motive,
}

/// Ends a sickness earlier than it was recorded. Needs the role `hr` or `hr-health`.
#[utoipa::path(
    post, path = "/v1/sicknesses/{id}/shorten", operation_id = "shortenSickness", tag = "leave",
    params(("id" = Uuid, Path, description = "The spell"), IdempotencyKey), request_body = Return,
    responses((status = 200, description = "The spell as it is now", body = Recorded<SicknessChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn shorten_sickness(
    State(api): State<WriteApi>,
    who: Who,
    Path(sickness): Path<SicknessId>,
    command: Command<Return>,
) -> Result<Recorded<SicknessChanged>, Problem> {
    let at = api.clock.now();
    let metadata = keyed(acting(&who, at)?, &command, &())?;
    let Return { agent, back, motive } = command.body;
    let by = metadata.actor;
    super::employment::known(&api, &metadata, agent).await?;
    let law = api.law().await?;
    let sealing = Sealing { api: &api, agent, fact: sickness.as_uuid() };
    let motive = sealing.text("motive", motive.checked("/motive", &law, in_paris(at))?).await?;
    let wanted = Wanted { agent, decider: None, absent: None, at };
    let executed = decide(&api, metadata, wanted, &|around| {
        let (facts, motive) = (around.facts.clone(), motive.clone());
        Ok(ShortenSickness { sickness, back: back.first(), motive, by, facts }.into())
    })
    .await?;
    Ok(changed(Recorded::done, sickness, &executed))
}

/// A certificate that arrived.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Certificate {
    /// Whose sickness it is.
    #[schema(value_type = Uuid)]
    agent: AccountId,
    /// When it was issued.
    issued: Day,
    /// When it was sent.
    sent: Day,
}

/// Records that the certificate of a sickness arrived, and judges whether it was in time (D 87-602 art. 15). Needs the
/// role `hr` or `hr-health`.
#[utoipa::path(
    post, path = "/v1/sicknesses/{id}/certificate", operation_id = "receiveCertificate", tag = "leave",
    params(("id" = Uuid, Path, description = "The spell"), IdempotencyKey), request_body = Certificate,
    responses((status = 200, description = "The spell as it is now", body = Recorded<SicknessChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn receive_certificate(
    State(api): State<WriteApi>,
    who: Who,
    Path(sickness): Path<SicknessId>,
    command: Command<Certificate>,
) -> Result<Recorded<SicknessChanged>, Problem> {
    let at = api.clock.now();
    let metadata = keyed(acting(&who, at)?, &command, &())?;
    let Certificate { agent, issued: Day(issued), sent: Day(sent) } = command.body;
    let wanted = Wanted { agent, decider: None, absent: None, at };
    let executed = decide(&api, metadata, wanted, &|around| {
        Ok(ReceiveCertificate { sickness, issued, sent, facts: around.facts.clone() }.into())
    })
    .await?;
    Ok(changed(Recorded::done, sickness, &executed))
}

pub(super) const PROBLEMS: &[(&str, &[&web::Kind])] = &[
    ("recordSickness", &[&NOT_ALLOWED, &NOT_FOUND, &super::OVERLAPPING_ABSENCE]),
    ("shortenSickness", &[&NOT_ALLOWED, &NOT_FOUND]),
    ("receiveCertificate", &[&NOT_ALLOWED, &NOT_FOUND, &super::ALREADY_RECORDED]),
];
