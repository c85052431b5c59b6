//! Agents looked through lot by lot, for the few of whom there is something to show.

use crate::listing::Page;
use crate::{ReadApi, problems};
use events::AccountId;
use projections::leave::{employments, ledgers};
use rules::{Employment, Ledger};
use web::Problem;
use web::page::Cursor;

/// How many agents one page looks at, at most, for the first of them of whom there is something to show.
const LOOKED_AT: usize = 2_000;

/// What `find` finds in the employments and ledgers of the first lot of agents of whom it finds something, those `who` is
/// said of, and where the next page starts.
pub(super) async fn first_found<T: Send>(
    api: &ReadApi,
    page: &Page<AccountId>,
    who: impl Fn(&Employment) -> bool + Send + Sync,
    find: impl Fn(AccountId, &Employment, &Ledger) -> Result<Vec<T>, Problem> + Send + Sync,
) -> Result<(Vec<T>, Option<Cursor>), Problem> {
    let (mut after, mut looked_at) = (page.after, 0);
    let nothing = Ledger::default();
    loop {
        let lot = employments::page(api.pool(), after, page.rows()).await.map_err(problems::database)?;
        let (mut lot, next) = page.cut(lot, |(agent, _)| *agent)?;
        after = lot.last().map(|(agent, _)| *agent);
        looked_at += lot.len();
        lot.retain(|(_, employment)| who(employment));
        let ids: Vec<AccountId> = lot.iter().map(|(agent, _)| *agent).collect();
        let ledgers = ledgers::ledgers(&api.reader, &ids).await.map_err(problems::journal)?;
        let mut found = Vec::new();
        for (agent, employment) in &lot {
            found.extend(find(*agent, employment, ledgers.get(agent).unwrap_or(&nothing))?);
        }
        if !found.is_empty() || next.is_none() || looked_at >= LOOKED_AT {
            return Ok((found, next));
        }
    }
}
