//! What who leaves is paid for annual leave that he could not take.

use chrono::NaiveDate;
use rules::carry_over::Hindrance;
use rules::ledger::Indemnity;
use serde::Serialize;
use utoipa::ToSchema;

/// The gross indemnity of who leaves the service, in cents (D 85-1250 art. 5-2; arrêté of 21 June 2025).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IndemnityRow {
    /// The last day of service.
    last_day: NaiveDate,
    /// What kept the agent from taking the leave: `sickness`, paid within four weeks of each year, or `family`, paid whole.
    #[schema(value_type = String, example = "sickness")]
    hindrance: Hindrance,
    /// The annual leave that is left on the last day, what was carried over too.
    not_taken_half_days: u32,
    /// What of it is paid.
    paid_half_days: u32,
    /// What a day is worth: a month times 12 over 250, rounded for display.
    per_day_cents: i64,
    /// What all of it is worth, rounded once.
    total_cents: i64,
    /// The article.
    source: String,
}

impl From<Indemnity> for IndemnityRow {
    fn from(indemnity: Indemnity) -> Self {
        let Indemnity { last_day, by, not_taken, paid, per_day, total, source } = indemnity;
        Self {
            last_day,
            hindrance: by,
            not_taken_half_days: not_taken.get(),
            paid_half_days: paid.get(),
            per_day_cents: per_day.get(),
            total_cents: total.get(),
            source,
        }
    }
}
