//! Who left the service stands in for nobody: a reaction to the time that passes.
//!
//! Any number of processes may look; the decision says nothing where another was first.

use super::directory::Replacement;
use super::surroundings::state;
use crate::{WriteApi, problems};
use commands::absence_ledger::{AbsenceLedger, AbsenceRefusal, Colleague, ReleaseReplacement};
use commands::employment::Employment;
use commands::{Execution, NotExecuted};
use events::date::in_paris;
use events::employment::EmploymentEvent;
use events::{Actor, Capacity, Metadata};
use journal::AppendError;
use web::Problem;

/// How many replacements were released.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Released(pub usize);

/// Releases each replacement who has left the service at the time of `api`'s clock: the agent whose leave is to come is
/// told, and names another.
///
/// # Errors
/// When the journal cannot be read or written; what was done before stays.
pub async fn release_replacements(api: &WriteApi) -> Result<Released, Problem> {
    let mut released = 0;
    for Replacement { agent, leave, by } in
        api.directory.leaving_replacements(&api.journal).await.map_err(problems::reading)?
    {
        let at = api.clock.now();
        let (metadata, on) = (Metadata::new(Actor::Service, Capacity::System, at), in_paris(at));
        let (version, employment) = state::<Employment>(api, &metadata, by, true).await?;
        if !employment.has_left(on) {
            continue;
        }
        let replacement = Colleague { account: by, employment };
        let outcome = Execution::<AbsenceLedger>::new(&api.journal, metadata)
            .also::<EmploymentEvent>(by, version, Vec::new())
            .on(agent, ReleaseReplacement { leave, replacement, on }.into())
            .await;
        match outcome {
            Ok(_) => released += 1,
            Err(NotExecuted::Refused(AbsenceRefusal::NotAsked)) => api.directory.stands_in_no_more(leave).await,
            // Something moved in the same moment: the next look is soon.
            Err(NotExecuted::Refused(AbsenceRefusal::NotDue) | NotExecuted::Journal(AppendError::Conflict)) => {}
            Err(error) => return Err(super::problems::absence(error, "")),
        }
    }
    Ok(Released(released))
}
