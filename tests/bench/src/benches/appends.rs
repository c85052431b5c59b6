//! Plain appends: one event of 250 bytes to one of 1,000 streams, with its expected version.

use super::comparison::Comparison;
use crate::contenders::Contender;
use crate::contenders::cqrs::{self, CqrsEs};
use crate::contenders::esrs_store::EsrsStore;
use crate::contenders::inserts::{self, Inserts, Rows};
use crate::contenders::ours::{Features, Ours};
use crate::contenders::pgbench::Pgbench;
use measure::arguments::Plan;
use measure::report::Section;
use measure::server::Database;
use vault::MasterKey;

const ABOUT: &str = "One event of 250 bytes is appended to one of 1,000 streams, with its expected version; clients ask again \
as soon as they are answered. Ours has everything on: expected version, metadata, an idempotency key, a field sealed under a \
person's key, leaf and Merkle root, durable commit. The others keep event and version. The INSERTs through sqlx and pgbench \
are limits, not stores: no version is checked. What is said of every contender is said of the limits as well, then of the \
stores alone.";

/// Measures it.
pub async fn run(database: &Database, plan: &Plan) -> anyhow::Result<Section> {
    database.migrate().await?;
    database.execute(cqrs::TABLE).await?;
    database.execute(inserts::TABLE).await?;
    let (esrs, cqrs) = (EsrsStore::appending(database), CqrsEs::appending(database));
    let pgbench = Pgbench::find(database).await?;
    let (single, many) = (Inserts::new(database, Rows::One), Inserts::new(database, Rows::ThirtyTwo));
    let (esrs_name, limits) = (esrs.name(), [single.name(), many.name(), pgbench.name()]);
    let [.., pgbench_name] = limits;
    let contenders: Vec<Box<dyn Contender>> = vec![
        Box::new(Ours::new("ours, everything on", database, MasterKey::generate()?, Features::ALL)),
        Box::new(esrs),
        Box::new(cqrs),
        Box::new(single),
        Box::new(many),
        Box::new(pgbench),
    ];
    let comparison = Comparison::of(&contenders, database.accounts(), plan).await?;
    let mut claims: Vec<_> = [(5.0, esrs_name, 64), (1.0, pgbench_name, 64), (2.5, esrs_name, 16), (1.2, esrs_name, 1)]
        .into_iter()
        .filter_map(|(least, other, clients)| comparison.at_least(least, other, clients))
        .collect();
    claims.extend(comparison.holds_at_the_top());
    claims.extend(comparison.beats(&limits));
    Ok(Section {
        title: "Appends",
        about: ABOUT.to_owned(),
        claims,
        tables: comparison.tables(),
        chart: Some(comparison.chart("Events appended a second")),
        notes: comparison.notes(),
    })
}
