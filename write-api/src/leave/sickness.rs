//! Sickness, as human resources record it.

use super::act::Act;
use super::first_said;
use super::overdrafts::{self, Overdrawn};
use super::surroundings::{Wanted, decide};
use super::typed::{CERTIFICATE, CONVENTION, End, Motive, SICKNESS, Sealing, period};
use crate::api::position;
use crate::{problems, seal};
use commands::Executed;
use commands::absence_ledger::{CorrectCertificate, ReceiveCertificate, RecordSickness, ShortenSickness};
use events::account::Role;
use events::date::in_paris;
use events::leave::{CertificateTiming, MedicalDetails, SicknessNature};
use events::{AccountId, Metadata, SicknessId};
use rules::Ledger;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use web::date::Day;
use web::idempotency::IdempotencyKey;
use web::kinds::{NOT_ALLOWED, NOT_FOUND};
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
    /// The counters of which more is used than there is, for human resources to settle with the agent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    overdrawn: Vec<Overdrawn>,
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
        overdrawn: overdrafts::of(&executed.state),
    };
    answer(position(executed.receipt.position), body)
}

impl<T, I> Act<T, I> {
    /// What is recorded of who acts as human resources or as their health officers.
    fn as_hr_or_health(&self, outcome: &impl Serialize) -> Result<Metadata, Problem> {
        let health = self.who.roles.contains(&Role::HrHealth);
        if !health && !self.who.roles.contains(&Role::Hr) {
            let fr = "Il faut le rôle « hr » ou le rôle « hr-health ».";
            return Err(super::problems::not_allowed(fr, "The role `hr` or the role `hr-health` is needed."));
        }
        self.acting_as(if health { Role::HrHealth } else { Role::Hr }, outcome)
    }
}

/// Records a sickness. Leave that it falls on is given back in the same event. Needs the role `hr` or `hr-health`, and
/// another agent than oneself.
#[utoipa::path(
    post, path = "/v1/agents/{id}/sicknesses", operation_id = "recordSickness", tag = "leave",
    params(("id" = Uuid, Path, description = "The agent"), IdempotencyKey), request_body = Spell,
    responses((status = 201, description = "The spell", body = Recorded<SicknessChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn record_sickness(act: Act<Spell, AccountId>) -> Result<Recorded<SicknessChanged>, Problem> {
    let (agent, sickness) = (act.id, SicknessId::new());
    let metadata = act.as_hr_or_health(&sickness)?;
    let Spell { first, last, nature, relapse_of } = act.command.body;
    let (period, by) = (period(first, last, SICKNESS)?, metadata.actor);
    let medical = nature.is_some() || relapse_of.is_some();
    if medical && !act.who.roles.contains(&Role::HrHealth) {
        return Err(crate::problems::role_needed(Role::HrHealth));
    }
    if relapse_of.is_some() && nature.is_none() {
        let detail = Text::new("champ obligatoire pour une rechute", "required for a relapse");
        return Err(Problem::invalid(Field::Pointer("/nature".into()), detail));
    }
    super::employment::known(&act.api, &metadata, agent).await?;
    let details = match nature {
        Some(nature) => {
            let details = MedicalDetails { nature, relapse_of };
            let sealed = seal::medical(&act.api.vault, agent, sickness, &details).await;
            Some(sealed.map_err(problems::vault)?)
        }
        None => None,
    };
    let executed = decide(&act.api, metadata, Wanted { dated_by: "/first", ..Wanted::of(agent) }, |around| {
        let (facts, details) = (around.facts.clone(), details.clone());
        RecordSickness { sickness, period, relapse_of, details, by, facts }
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
pub(crate) async fn shorten_sickness(act: Act<Return, SicknessId>) -> Result<Recorded<SicknessChanged>, Problem> {
    let (sickness, metadata) = (act.id, act.as_hr_or_health(&())?);
    let Return { agent, back, motive } = act.command.body;
    let by = metadata.actor;
    super::employment::known(&act.api, &metadata, agent).await?;
    let sealing = Sealing { api: &act.api, agent, fact: sickness.as_uuid() };
    let motive = motive.checked(CONVENTION, &act.api.law().await?, in_paris(act.at))?.to_owned();
    let motive = sealing.text("motive", &motive).await?;
    let executed = decide(&act.api, metadata, Wanted { dated_by: "/back", ..Wanted::of(agent) }, |around| {
        let (facts, motive) = (around.facts.clone(), motive.clone());
        ShortenSickness { sickness, back: back.first(), motive, by, facts }
    })
    .await?;
    Ok(changed(Recorded::done, sickness, &executed))
}

/// A certificate that arrived.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ReceivedCertificate {
    /// Whose sickness it is.
    #[schema(value_type = Uuid)]
    agent: AccountId,
    /// When it was issued.
    issued: Day,
    /// When it was sent.
    sent: Day,
}

/// Records that the certificate of a sickness arrived, and judges whether it was in time (D 87-602 art. 15). Needs the
/// role `hr` or `hr-health`, and another agent than oneself.
#[utoipa::path(
    post, path = "/v1/sicknesses/{id}/certificate", operation_id = "receiveCertificate", tag = "leave",
    params(("id" = Uuid, Path, description = "The spell"), IdempotencyKey), request_body = ReceivedCertificate,
    responses((status = 200, description = "The spell as it is now", body = Recorded<SicknessChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn receive_certificate(
    act: Act<ReceivedCertificate, SicknessId>,
) -> Result<Recorded<SicknessChanged>, Problem> {
    let (sickness, metadata) = (act.id, act.as_hr_or_health(&())?);
    let ReceivedCertificate { agent, issued: Day(issued), sent: Day(sent) } = act.command.body;
    let by = metadata.actor;
    let executed = decide(&act.api, metadata, Wanted { dated_by: "/issued", ..Wanted::of(agent) }, |around| {
        let facts = around.facts.clone();
        ReceiveCertificate { sickness, issued, sent, by, facts }
    })
    .await?;
    Ok(changed(Recorded::done, sickness, &executed))
}

/// A certificate whose dates were recorded wrongly.
#[derive(Deserialize, ToSchema)]
pub(crate) struct RightDates {
    /// Whose sickness it is.
    #[schema(value_type = Uuid)]
    agent: AccountId,
    /// When it was issued.
    issued: Day,
    /// When it was sent.
    sent: Day,
    /// Why; kept sealed.
    motive: Motive,
}

/// Corrects the dates of a certificate that were recorded wrongly, and judges anew whether it was in time (D 87-602
/// art. 15); later ones are judged by these dates wherever they are read. Needs the role `hr` or `hr-health`, and another
/// agent than oneself.
#[utoipa::path(
    post, path = "/v1/sicknesses/{id}/certificate/correct", operation_id = "correctCertificate", tag = "leave",
    params(("id" = Uuid, Path, description = "The spell"), IdempotencyKey), request_body = RightDates,
    responses((status = 200, description = "The spell as it is now", body = Recorded<SicknessChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn correct_certificate(
    act: Act<RightDates, SicknessId>,
) -> Result<Recorded<SicknessChanged>, Problem> {
    let (sickness, metadata) = (act.id, act.as_hr_or_health(&())?);
    let RightDates { agent, issued: Day(issued), sent: Day(sent), motive } = act.command.body;
    let by = metadata.actor;
    super::employment::known(&act.api, &metadata, agent).await?;
    let sealing = Sealing { api: &act.api, agent, fact: sickness.as_uuid() };
    let motive = motive.checked(CERTIFICATE, &act.api.law().await?, in_paris(act.at))?.to_owned();
    let motive = sealing.text("motive", &motive).await?;
    let executed = decide(&act.api, metadata, Wanted { dated_by: "/issued", ..Wanted::of(agent) }, |around| {
        let (facts, motive) = (around.facts.clone(), motive.clone());
        CorrectCertificate { sickness, issued, sent, motive, by, facts }
    })
    .await?;
    Ok(changed(Recorded::done, sickness, &executed))
}

pub(super) const PROBLEMS: &[(&str, &[&web::Kind])] = &[
    ("recordSickness", &[&NOT_ALLOWED, &NOT_FOUND, &super::OVERLAPPING_ABSENCE]),
    ("shortenSickness", &[&NOT_ALLOWED, &NOT_FOUND]),
    ("receiveCertificate", &[&NOT_ALLOWED, &NOT_FOUND, &super::ALREADY_RECORDED, &super::LEAVE_STATE]),
    ("correctCertificate", &[&NOT_ALLOWED, &NOT_FOUND, &super::LEAVE_STATE]),
];
