//! What each part of ours costs: one switched off at a time.

use super::comparison::Comparison;
use crate::contenders::Contender;
use crate::contenders::ours::{Features, OurCycles, Ours};
use measure::arguments::Plan;
use measure::report::{Claim, Section};
use measure::server::{Database, Server};
use vault::MasterKey;

const ABOUT: &str = "Our own appends and cycles at 64 clients with one thing switched off at a time. What is off: sealing, \
where the note of an event is kept in clear; the idempotency key; the proof, where leaves and roots are empty; the cache, \
where each command folds its state from the journal.";

/// Empties what the append calls for its leaves and roots.
const WITHOUT_PROOF: &str = "
CREATE OR REPLACE FUNCTION journal.leaf(
    id uuid, stream_type text, stream_id uuid, version int, type text, schema_version smallint, recorded_at timestamptz,
    occurred_at timestamptz, actor text, actor_id uuid, capacity text, correlation uuid, causation uuid, trace bytea,
    idempotency_key text, payload bytea) RETURNS bytea LANGUAGE sql IMMUTABLE RETURN ''::bytea;
CREATE OR REPLACE FUNCTION journal.fold_frontier(frontier bytea[], size bigint, leaves bytea[]) RETURNS bytea[]
    LANGUAGE sql IMMUTABLE RETURN frontier;
CREATE OR REPLACE FUNCTION journal.root_of(frontier bytea[]) RETURNS bytea LANGUAGE sql IMMUTABLE RETURN ''::bytea";

/// Measures it.
pub async fn run(server: &Server, database: &Database, plan: &Plan) -> anyhow::Result<Section> {
    database.migrate().await?;
    let unproved = server.database("costs_without_proof").await?;
    let section = compare(database, &unproved, &Plan { clients: vec![64], ..plan.clone() }).await;
    server.drop(unproved).await?;
    section
}

async fn compare(database: &Database, unproved: &Database, plan: &Plan) -> anyhow::Result<Section> {
    unproved.migrate().await?;
    unproved.execute(WITHOUT_PROOF).await?;
    let master = MasterKey::generate()?;
    let with = |name, database, features| Ours::new(name, database, master.clone(), features);
    let all = "everything on";
    let proof = "without proof";
    let no_sealing = Features { sealing: false, ..Features::ALL };
    let no_idempotency = Features { idempotency: false, ..Features::ALL };
    let no_cache = Features { cache: false, ..Features::ALL };
    let bare = Features { sealing: false, idempotency: false, ..Features::ALL };
    let appends: Vec<Box<dyn Contender>> = vec![
        Box::new(with(all, database, Features::ALL)),
        Box::new(with("without sealing", database, no_sealing)),
        Box::new(with("without idempotency", database, no_idempotency)),
        Box::new(with(proof, unproved, Features::ALL)),
        Box::new(with("without all three", unproved, bare)),
    ];
    let cycles: Vec<Box<dyn Contender>> = vec![
        Box::new(OurCycles(with(all, database, Features::ALL))),
        Box::new(OurCycles(with("without cache", database, no_cache))),
    ];
    let appends = Comparison::of(&appends, database.accounts(), plan).await?;
    let cycles = Comparison::of(&cycles, database.accounts(), plan).await?;
    let claim = appends.times(proof, 64).map(|times| Claim::at_least("append with proof, times without", 0.95, times));
    let captioned = |what: &str, comparison: &Comparison| {
        let tables = comparison.tables().into_iter();
        tables
            .map(|table| measure::report::Table { caption: format!("{what}. {}", table.caption), ..table })
            .collect::<Vec<_>>()
    };
    Ok(Section {
        title: "What each part costs",
        about: ABOUT.to_owned(),
        claims: claim.into_iter().collect(),
        tables: [captioned("Appends", &appends), captioned("Cycles", &cycles)].concat(),
        chart: Some(appends.chart("Events appended a second, 64 clients, one thing off at a time")),
        notes: Vec::new(),
    })
}
