//! The counters of which more is used than there is: said to who brought it about, and announced to human resources.

use super::surroundings::{Surroundings, Wanted, decide, state};
use crate::WriteApi;
use crate::api::position;
use commands::absence_ledger::{AbsenceLedger, AnnounceOverdrafts, Facts};
use commands::employment::Employment;
use esrs::Aggregate;
use events::date::in_paris;
use events::leave::Counter;
use events::{AccountId, Actor, Capacity, Metadata};
use rules::{HalfDays, Ledger};
use serde::Serialize;
use utoipa::ToSchema;
use web::Problem;
use web::position::Position;

/// A counter of which more is used than there is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Overdrawn {
    /// The counter.
    #[schema(example = "annual-leave:2026")]
    pub(crate) counter: String,
    /// By how many half-days.
    pub(crate) half_days: u32,
}

/// What human resources were told last to be overdrawn: where a command has just told them, what is so after it.
pub(super) fn of(ledger: &Ledger) -> Vec<Overdrawn> {
    let row = |(counter, by): (&Counter, &HalfDays)| Overdrawn { counter: counter.to_string(), half_days: by.get() };
    ledger.announced_overdrafts().iter().map(row).collect()
}

/// Announces to human resources what of an agent's counters is overdrawn by the rules and the employment of now, where
/// they were not told of it; with where that was recorded, if it was.
///
/// # Errors
/// When the journal cannot be read or written.
pub(crate) async fn announce_overdrafts(
    api: &WriteApi,
    agent: AccountId,
) -> Result<(Vec<Overdrawn>, Option<Position>), Problem> {
    let at = api.clock.now();
    let metadata = Metadata::new(Actor::Service, Capacity::System, at);
    let (_, ledger) = state::<AbsenceLedger>(api, &metadata, agent, false).await?;
    if ledger == Ledger::default() {
        return Ok((Vec::new(), None));
    }
    let (_, employment) = state::<Employment>(api, &metadata, agent, false).await?;
    let facts = Facts { agent, employment, law: api.law().await?, on: in_paris(at), at };
    let due = AbsenceLedger::handle_command(&ledger, AnnounceOverdrafts { facts }.into());
    if due.is_ok_and(|events| events.is_empty()) {
        return Ok((of(&ledger), None));
    }
    let announce = |around: &Surroundings| AnnounceOverdrafts { facts: around.facts.clone() };
    let executed = decide(api, metadata, Wanted::of(agent), announce).await?;
    Ok((of(&executed.state), Some(position(executed.receipt.position))))
}
