use super::proof_row::{self, ProofRow};
use super::sick_pay::{self, JudgedCertificate, Pay, PayPeriod, SickLeave};
use crate::who::Who;
use crate::{ReadApi, answer, problems};
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use events::account::Role;
use events::leave::{AbsenceEvent, MedicalDetails, SicknessNature};
use events::period::HalfDay;
use events::{AccountId, Sealed, SicknessId};
use projections::leave::{ledgers, proofs};
use rules::ledger::Sickness;
use rules::{Employment, Ledger, RuleBook};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;
use vault::{Opened, places};
use web::at_least::AtLeast;
use web::kinds::NOT_ALLOWED;
use web::path::Path;
use web::precondition::Preconditions;
use web::{Problem, Text};

/// A spell of sickness, as its agent and health officers see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SicknessRow {
    /// The spell.
    sickness: Uuid,
    /// The first half-day recorded.
    #[schema(example = "2026-05-11 AM")]
    start: String,
    /// The last half-day recorded.
    #[schema(example = "2026-05-15 PM")]
    end: String,
    /// The half-days of work that it takes now.
    half_days: u32,
    /// When it was recorded.
    recorded_at: DateTime<Utc>,
    /// What kind it is; null where that was not said.
    #[schema(value_type = Option<String>, example = "ordinary")]
    nature: Option<SicknessNature>,
    /// The spell that it is a relapse of.
    relapse_of: Option<Uuid>,
    /// Whether the nature is null because it was erased.
    erased: bool,
    /// Its certificate; null while none was received.
    certificate: Option<JudgedCertificate>,
    /// The day that stays unpaid (L 2017-1837 art. 115); null where there is none.
    waiting_day: Option<NaiveDate>,
    /// How its calendar days are paid (CGFP L.822-2 and L.822-3); empty for what other rules pay.
    pay: Vec<PayPeriod>,
    /// What was attached, the first attached first.
    proofs: Vec<ProofRow>,
}

/// My sickness, the first spell first; a notice of sickness names a spell of these.
#[utoipa::path(
    get,
    path = "/v1/me/sicknesses",
    tag = "leave",
    params(AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses(
        (status = 200, description = "The spells", body = Vec<SicknessRow>),
        (status = 304, description = "As you have it")
    )
)]
pub(crate) async fn list_my_sicknesses(
    State(api): State<ReadApi>,
    who: Who,
    at_least: AtLeast,
    preconditions: Preconditions,
) -> Result<Response, Problem> {
    answer(&api, &who, who.account, at_least, &preconditions).await
}

/// The sickness of an agent, the first spell first; for the agent and the role `hr-health` alone.
#[utoipa::path(
    get,
    path = "/v1/agents/{id}/sicknesses",
    tag = "leave",
    params(("id" = Uuid, Path, description = "The agent"), AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses(
        (status = 200, description = "The spells", body = Vec<SicknessRow>),
        (status = 304, description = "As you have it")
    )
)]
pub(crate) async fn list_sicknesses(
    State(api): State<ReadApi>,
    who: Who,
    Path(agent): Path<AccountId>,
    at_least: AtLeast,
    preconditions: Preconditions,
) -> Result<Response, Problem> {
    if agent != who.account && !who.has(Role::HrHealth) {
        return Err(Problem::from(&NOT_ALLOWED)
            .detail(Text::new("Réservé à l’agent et au rôle hr-health.", "For the agent and the role hr-health.")));
    }
    answer(&api, &who, agent, at_least, &preconditions).await
}

async fn answer(
    api: &ReadApi,
    who: &Who,
    agent: AccountId,
    at_least: AtLeast,
    preconditions: &Preconditions,
) -> Result<Response, Problem> {
    let shown = api.shown(at_least, &[proofs::NAME]).await?;
    let known = ledgers::known(&api.reader, agent, None).await.map_err(problems::journal)?;
    let book = api.laws.known(None).await.map_err(problems::law)?;
    let mut spells = spells(api, agent).await?;
    let mut leaves: Vec<SickLeave> = spells
        .iter()
        .filter_map(|spell| {
            let entry = known.ledger.sickness(spell.sickness)?;
            spell.leave(entry, worked_before(entry, &known.employment, &book))
        })
        .collect();
    leaves.sort_by_key(|leave| (leave.first, leave.sickness));
    sick_pay::judge(&mut leaves, &book).map_err(Problem::internal)?;
    for spell in &mut spells {
        let judged = leaves.iter().find(|leave| leave.sickness == spell.sickness);
        spell.certificate = judged.map_or(spell.certificate, |leave| leave.certificate);
    }
    let mut paid = sick_pay::pay(&leaves, &known.employment, &book).map_err(Problem::internal)?;
    let ids: Vec<Uuid> = spells.iter().map(|spell| spell.sickness.as_uuid()).collect();
    let mut attached = proof_row::by_absence(api, who, &ids).await?;
    let row = |spell: &Spell| spell.row(&known.ledger, paid.remove(&spell.sickness), &mut attached);
    let mut rows: Vec<SicknessRow> = spells.iter().filter_map(row).collect();
    rows.sort_by(|one, other| one.start.cmp(&other.start));
    answer::json(preconditions, shown, &rows)
}

/// Whether a spell begins in the afternoon of a day whose morning the pattern has the agent work.
fn worked_before(entry: &Sickness, employment: &Employment, book: &RuleBook) -> bool {
    let start = entry.period.start();
    let morning = HalfDay::morning(start.date);
    start != morning && employment.in_service(start.date) && employment.pattern_works(morning, book.calendar())
}

/// What the agent's events tell of a spell beside his ledger.
struct Spell {
    sickness: SicknessId,
    recorded_at: DateTime<Utc>,
    details: Option<Opened<MedicalDetails>>,
    certificate: Option<JudgedCertificate>,
}

async fn spells(api: &ReadApi, agent: AccountId) -> Result<Vec<Spell>, Problem> {
    let mut spells: BTreeMap<SicknessId, Spell> = BTreeMap::new();
    let mut boxes: Vec<(SicknessId, Sealed<MedicalDetails>)> = Vec::new();
    for (recorded, event) in ledgers::history(&api.reader, agent).await.map_err(problems::journal)? {
        match event {
            AbsenceEvent::SicknessRecorded { sickness, details, .. } => {
                boxes.extend(details.map(|details| (sickness, details)));
                let recorded_at = recorded.occurred_at;
                spells.insert(sickness, Spell { sickness, recorded_at, details: None, certificate: None });
            }
            AbsenceEvent::CertificateReceived { sickness, issued, sent, timing }
            | AbsenceEvent::CertificateCorrected { sickness, issued, sent, timing, .. } => {
                let certificate = Some(JudgedCertificate { issued, sent, timing });
                spells.entry(sickness).and_modify(|spell| spell.certificate = certificate);
            }
            _ => {}
        }
    }
    let placed: Vec<_> =
        boxes.iter().map(|(sickness, sealed)| (places::absence(agent, "details", *sickness), sealed)).collect();
    let opened = api.vault.open_many(&placed).await.map_err(problems::vault)?;
    for ((sickness, _), details) in boxes.iter().zip(opened) {
        spells.entry(*sickness).and_modify(|spell| spell.details = Some(details));
    }
    Ok(spells.into_values().collect())
}

impl Spell {
    fn details(&self) -> Option<&MedicalDetails> {
        match &self.details {
            Some(Opened::Clear(details)) => Some(details),
            Some(Opened::Erased) | None => None,
        }
    }

    /// Its calendar days, up to the return; none for one that was recorded by mistake.
    fn leave(&self, entry: &Sickness, worked_first: bool) -> Option<SickLeave> {
        let last = if entry.shortened { entry.half_days.last()?.date } else { entry.period.end().date };
        let (sickness, first) = (self.sickness, entry.period.start().date);
        let (details, certificate) = (self.details().cloned(), self.certificate);
        Some(SickLeave { sickness, first, last, worked_first, details, certificate })
    }

    fn row(
        &self,
        ledger: &Ledger,
        pay: Option<Pay>,
        attached: &mut BTreeMap<Uuid, Vec<ProofRow>>,
    ) -> Option<SicknessRow> {
        let entry = ledger.sickness(self.sickness)?;
        let Pay { waiting_day, periods } = pay.unwrap_or_default();
        let details = self.details();
        Some(SicknessRow {
            sickness: self.sickness.as_uuid(),
            start: entry.period.start().to_string(),
            end: entry.period.end().to_string(),
            half_days: entry.half_days.count().get(),
            recorded_at: self.recorded_at,
            nature: details.map(|details| details.nature),
            relapse_of: details.and_then(|details| details.relapse_of).map(Uuid::from),
            erased: matches!(self.details, Some(Opened::Erased)),
            certificate: self.certificate,
            waiting_day,
            pay: periods,
            proofs: attached.remove(&self.sickness.as_uuid()).unwrap_or_default(),
        })
    }
}
