//! Agents are told of what they are about to lose, and human resources of what is overdrawn: a reaction to the time that
//! passes.
//!
//! One process a day looks; the decision says nothing where another was first all the same.

use super::overdrafts::announce_overdrafts;
use super::surroundings::{Surroundings, Wanted, decide, state};
use crate::{WriteApi, problems};
use commands::absence_ledger::{AbsenceLedger, AnnounceLosses, Facts};
use commands::employment::Employment;
use esrs::Aggregate;
use events::date::in_paris;
use events::{AccountId, Actor, Capacity, Metadata};
use futures::{StreamExt, TryStreamExt, stream};
use web::Problem;

/// How many agents were told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Announced(pub usize);

/// What it is called where the day is taken.
const NAME: &str = "announce-losses";

/// After how many agents it is said that the day is still being done.
const LOT: usize = 200;

/// How many agents are looked at at once.
const AT_ONCE: usize = 8;

/// Tells each agent in service of the days of his that end unused, at the times before that the rules set. A day is done
/// by one process, whichever is first. Human resources are told of what is overdrawn by then, in service or not, where
/// what brought it about did not tell them: rules that changed, a leave that was given back.
///
/// Of whom the rules give no rights, nothing can be told: he is passed over.
///
/// # Errors
/// When the journal or the database cannot be read or written; what was done before stays.
pub async fn announce_losses(api: &WriteApi) -> Result<Announced, Problem> {
    let day = in_paris(api.clock.now());
    let Some(turn) = api.daily.turn(NAME, day).await.map_err(problems::database)? else { return Ok(Announced(0)) };
    let agents: Vec<AccountId> =
        api.directory.assigned(&api.journal).await.map_err(problems::reading)?.into_iter().collect();
    let mut told = 0;
    for lot in agents.chunks(LOT) {
        let looked_at = stream::iter(lot.to_vec()).map(|agent| announced_to(api, agent)).buffer_unordered(AT_ONCE);
        told += looked_at.try_fold(0, |told, one| async move { Ok(told + usize::from(one)) }).await?;
        if !turn.renew().await.map_err(problems::database)? {
            return Ok(Announced(told));
        }
    }
    turn.done().await.map_err(problems::database)?;
    Ok(Announced(told))
}

/// Whether an agent was told of something: a decision is taken where one is due.
async fn announced_to(api: &WriteApi, agent: AccountId) -> Result<bool, Problem> {
    announce_overdrafts(api, agent).await?;
    let at = api.clock.now();
    let on = in_paris(at);
    let metadata = Metadata::new(Actor::Service, Capacity::System, at);
    let (_, employment) = state::<Employment>(api, &metadata, agent, false).await?;
    if !employment.in_service(on) {
        return Ok(false);
    }
    let (_, ledger) = state::<AbsenceLedger>(api, &metadata, agent, false).await?;
    let facts = Facts { agent, employment, law: api.law().await?, on, at };
    let due = AbsenceLedger::handle_command(&ledger, AnnounceLosses { facts }.into());
    if due.map_or(true, |events| events.is_empty()) {
        return Ok(false);
    }
    let announce = |around: &Surroundings| AnnounceLosses { facts: around.facts.clone() };
    decide(api, metadata, Wanted::of(agent), announce).await?;
    Ok(true)
}
