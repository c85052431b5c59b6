//! Agents are told of what they are about to lose: a reaction to the time that passes.
//!
//! Any number of processes may look; the decision says nothing where another was first.

use super::surroundings::{Surroundings, Wanted, decide, state};
use crate::{WriteApi, problems};
use commands::absence_ledger::{AbsenceLedger, AnnounceLosses, Facts};
use commands::employment::Employment;
use esrs::Aggregate;
use events::date::in_paris;
use events::{Actor, Capacity, Metadata};
use web::Problem;

/// How many agents were told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Announced(pub usize);

/// Tells each agent in service of the days of his that end unused, at the times before that the rules set.
///
/// Of whom the rules give no rights, nothing can be told: he is passed over.
///
/// # Errors
/// When the journal cannot be read or written; what was done before stays.
pub async fn announce_losses(api: &WriteApi) -> Result<Announced, Problem> {
    let mut told = 0;
    for agent in api.directory.assigned(&api.journal).await.map_err(problems::reading)? {
        let at = api.clock.now();
        let metadata = Metadata::new(Actor::Service, Capacity::System, at);
        let (_, employment) = state::<Employment>(api, &metadata, agent, false).await?;
        let (_, ledger) = state::<AbsenceLedger>(api, &metadata, agent, false).await?;
        let facts = Facts { agent, employment, law: api.law().await?, on: in_paris(at), at };
        let due = AbsenceLedger::handle_command(&ledger, AnnounceLosses { facts }.into());
        if due.is_ok_and(|events| !events.is_empty()) {
            let announce = |around: &Surroundings| AnnounceLosses { facts: around.facts.clone() };
            decide(api, metadata, Wanted::of(agent), announce).await?;
            told += 1;
        }
    }
    Ok(Announced(told))
}
