//! The reading of a proof that somebody declared, and nobody else's.

use super::own_reading::caught_up;
use crate::problems::READING_NOT_DECLARED;
use crate::who::Who;
use crate::{ReadApi, problems};
use events::{AccountId, ProofId, ReadingId};
use projections::audit::proof_readings;
use web::Problem;
use web::at_least::AtLeast;

/// Holds that the caller has declared to read this proof of this agent.
///
/// A reading that is not there yet may have been declared a moment ago: it is looked for again at the journal's head.
///
/// # Errors
/// 403 `reading-not-declared`; 503 `behind`.
pub(crate) async fn own_proof_reading(
    api: &ReadApi,
    who: &Who,
    reading: Option<ReadingId>,
    of: (AccountId, ProofId),
    at_least: AtLeast,
) -> Result<(), Problem> {
    let not_declared = || Problem::from(&READING_NOT_DECLARED);
    let reading = reading.ok_or_else(not_declared)?;
    let declared =
        async || proof_readings::is_declared(api.pool(), reading, who.account, of).await.map_err(problems::database);
    if declared().await? {
        return Ok(());
    }
    let head = api.reader.last_position().await.map_err(problems::journal)?;
    caught_up(api, proof_readings::NAME, head, at_least).await?;
    if declared().await? { Ok(()) } else { Err(not_declared()) }
}
