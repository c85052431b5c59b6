//! Agents looked through lot by lot, for the few of whom there is something to show.

use super::names::{Names, Person};
use crate::listing::{Listing, Page};
use crate::who::Who;
use crate::{ReadApi, problems};
use axum::response::Response;
use events::AccountId;
use events::account::Role;
use projections::leave::{employments, ledgers};
use rules::{Employment, Ledger, RuleBook};
use serde::Serialize;
use web::Problem;
use web::page::{Cursor, Limit};

/// How many agents one page looks at, at most, for the first of them of whom there is something to show.
const LOOKED_AT: usize = 2_000;

/// A list of what agents are looked through for, for human resources.
pub(super) struct Lookup {
    pub(super) list: &'static str,
    pub(super) limit: Limit,
    pub(super) cursor: Option<Cursor>,
}

impl Lookup {
    /// A page of what `find` finds in the employments and ledgers of those agents whom `of` is said of, by the rules in
    /// force, each found as `row` shows it of him.
    pub(super) async fn answer<T: Send, R: Serialize + Send>(
        self,
        api: &ReadApi,
        who: &Who,
        listing: Listing,
        of: impl Fn(&Employment) -> bool + Send + Sync,
        find: impl Fn(AccountId, &Ledger, &RuleBook, &Employment) -> Result<Vec<T>, Problem> + Send + Sync,
        row: impl Fn(Person, T) -> R + Send,
    ) -> Result<Response, Problem> {
        who.has_one_of(&[Role::Hr])?;
        let page = listing.page::<AccountId>(self.list, self.limit, self.cursor)?;
        let shown = api.shown(page.at_least(), &[employments::NAME]).await?;
        let book = api.laws.known(None).await.map_err(problems::law)?;
        let found_of = |agent, employment: &Employment, ledger: &Ledger| {
            let found = find(agent, ledger, &book, employment)?;
            Ok(found.into_iter().map(|one| (agent, one)).collect())
        };
        let (found, next) = first_found(api, &page, of, found_of).await?;
        let names = Names::of(api, found.iter().map(|(agent, _)| *agent)).await?;
        let rows = found.into_iter().map(|(agent, one)| row(names.person(agent), one));
        page.answer(shown, rows.collect(), next.as_ref())
    }
}

/// What `find` finds in the employments and ledgers of the first lot of agents of whom it finds something, those `who` is
/// said of, and where the next page starts.
async fn first_found<T: Send>(
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
