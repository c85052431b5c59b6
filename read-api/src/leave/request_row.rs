//! A leave as lists show it, without words.

use chrono::{DateTime, Utc};
use events::HalfDaySet;
use projections::leave::absences::Absence;
use rules::ledger::Leave;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A leave.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RequestRow {
    /// The leave.
    leave: Uuid,
    /// Whose.
    agent: Uuid,
    /// What it is.
    #[schema(example = "annual-leave")]
    r#type: &'static str,
    /// The first half-day asked for.
    #[schema(example = "2026-05-11 AM")]
    start: String,
    /// The last half-day asked for.
    #[schema(example = "2026-05-15 PM")]
    end: String,
    /// The half-days that it takes now, a date alone being a whole day.
    #[schema(example = json!(["2026-05-11", "2026-05-12 AM"]))]
    half_days: Vec<String>,
    /// What it took when it was asked for, in half-days.
    asked_half_days: u32,
    /// Which counter it takes how many half-days of.
    charges: Vec<ChargeRow>,
    /// How often the agent has amended it: a decision names the one that it was taken on.
    revision: u32,
    /// `pending`, `granted`, `refused` or `withdrawn`.
    #[schema(example = "pending")]
    status: &'static str,
    /// The step that is due, from 0; null once it is decided.
    step: Option<u16>,
    /// How many steps it is to pass.
    steps: usize,
    /// The half-days that the agent asked to give back; empty for none.
    cancellation: Vec<String>,
    /// Who stands in, and whether he said that he will.
    replacement: Option<ReplacementRow>,
    /// The unit that the agent belonged to.
    unit: Option<Uuid>,
    /// The version of the rules that it was counted by.
    rules: String,
    /// When it was asked for.
    opened_at: DateTime<Utc>,
    /// When its last event happened.
    changed_at: DateTime<Utc>,
}

/// Half-days of a counter.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ChargeRow {
    /// The counter; null for leave that is not counted.
    #[schema(example = "annual-leave:2026")]
    counter: Option<String>,
    /// How many.
    half_days: u32,
}

/// A colleague who was asked to stand in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReplacementRow {
    /// The colleague.
    account: Uuid,
    /// Whether he will; null while he has not said.
    accepted: Option<bool>,
}

impl RequestRow {
    /// The row of a leave; none for sickness.
    pub(super) fn of(absence: &Absence) -> Option<Self> {
        let Leave {
            leave_type,
            period,
            charges,
            asked,
            rules,
            unit,
            revision,
            warnings: _,
            occasion: _,
            released: _,
            declined: _,
            status,
            cancellation,
            replacement,
            route,
        } = absence.leave()?;
        let charge = |charge: &events::leave::Charge| ChargeRow {
            counter: charge.counter.map(|counter| counter.to_string()),
            half_days: charge.half_days.count().get(),
        };
        Some(Self {
            leave: absence.absence,
            agent: absence.agent.as_uuid(),
            r#type: leave_type.as_str(),
            start: period.start().to_string(),
            end: period.end().to_string(),
            half_days: written(&absence.half_days),
            asked_half_days: asked.get(),
            charges: charges.iter().map(charge).collect(),
            revision: *revision,
            status: status.as_str(),
            step: absence.leave()?.pending().map(|pending| pending.step),
            steps: route.len(),
            cancellation: cancellation.as_ref().map(written).unwrap_or_default(),
            replacement: replacement.map(|one| ReplacementRow { account: one.by.as_uuid(), accepted: one.accepted }),
            unit: unit.map(Uuid::from),
            rules: rules.to_string(),
            opened_at: absence.opened_at,
            changed_at: absence.changed_at,
        })
    }
}

pub(super) fn written(half_days: &HalfDaySet) -> Vec<String> {
    half_days.clone().into()
}
