//! Full command cycles: load a stream of ten events, decide, append one.

use super::comparison::Comparison;
use crate::contenders::Contender;
use crate::contenders::cqrs::{self, CqrsEs};
use crate::contenders::esrs_store::EsrsStore;
use crate::contenders::ours::{Features, OurCycles, Ours};
use measure::arguments::Plan;
use measure::report::Section;
use measure::server::Database;
use vault::MasterKey;

const ABOUT: &str = "One of 1,000 streams, of ten events at the beginning, is loaded, a decision is taken on its state, and \
one event of 250 bytes is appended. The streams are new in each measurement and not in our cache; they grow while it lasts, \
the more the faster the contender is. Ours has everything on, as above, and keeps states in memory, which the append holds \
against the journal. The claims are made of the stores: an INSERT through sqlx or pgbench loads and decides nothing, and \
stands beside the appends alone.";

/// Measures it.
pub async fn run(database: &Database, plan: &Plan) -> anyhow::Result<Section> {
    database.migrate().await?;
    database.execute(cqrs::TABLE).await?;
    let (loading, locking, cqrs) =
        (EsrsStore::loading(database), EsrsStore::locking(database), CqrsEs::commanding(database));
    // Its table is made with the store.
    loading.store(1).await?.1.close().await;
    let esrs = loading.name();
    let contenders: Vec<Box<dyn Contender>> = vec![
        Box::new(OurCycles(Ours::new("ours, everything on", database, MasterKey::generate()?, Features::ALL))),
        Box::new(loading),
        Box::new(locking),
        Box::new(cqrs),
    ];
    let comparison = Comparison::of(&contenders, database.accounts(), plan).await?;
    let mut claims: Vec<_> = [(5.0, 64), (2.5, 16), (1.2, 1)]
        .into_iter()
        .filter_map(|(least, clients)| comparison.at_least(least, esrs, clients))
        .collect();
    claims.extend(comparison.holds_at_the_top());
    claims.extend(comparison.beats(&[]));
    Ok(Section {
        title: "Command cycles",
        about: ABOUT.to_owned(),
        claims,
        tables: comparison.tables(),
        chart: Some(comparison.chart("Commands a second")),
        notes: comparison.notes(),
    })
}
