//! Steps that waited too long are shown to somebody else: a reaction to the time that passes.
//!
//! Any number of processes may look; the decision says nothing where another was first.

use super::surroundings::state;
use crate::{WriteApi, problems};
use commands::absence_ledger::{AbsenceLedger, AbsenceRefusal, EscalateLeave};
use commands::{Execution, NotExecuted};
use events::date::in_paris;
use events::{Actor, Capacity, Metadata};
use web::Problem;

/// How many leaves were shown to somebody else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Escalations(pub usize);

/// Escalates each pending step that is due at the time of `api`'s clock.
///
/// # Errors
/// When the journal cannot be read or written; what was done before stays.
pub async fn escalate(api: &WriteApi) -> Result<Escalations, Problem> {
    let mut escalated = 0;
    for (agent, leave) in api.directory.pending(&api.journal).await.map_err(problems::reading)? {
        let at = api.clock.now();
        let metadata = Metadata::new(Actor::Service, Capacity::System, at);
        let (_, ledger) = state::<AbsenceLedger>(api, &metadata, agent, false).await?;
        let waiting = ledger.leave(leave).and_then(|leave| Some((leave.pending()?, leave.current_step()?)));
        let Some((pending, step)) = waiting else { continue };
        let on = in_paris(at);
        let waits = step.escalation.is_none_or(|escalation| on < pending.escalates_on(escalation));
        if pending.escalated || waits {
            continue;
        }
        let command = EscalateLeave { leave, step: pending.step, on };
        match Execution::<AbsenceLedger>::new(&api.journal, metadata).on(agent, command.into()).await {
            Ok(_) => escalated += 1,
            // Somebody decided in the same moment.
            Err(NotExecuted::Refused(
                AbsenceRefusal::NotPending { .. } | AbsenceRefusal::OtherStep { .. } | AbsenceRefusal::NotDue,
            )) => {}
            Err(error) => return Err(super::problems::absence(error, "")),
        }
    }
    Ok(Escalations(escalated))
}
