//! Read models: catching up, being rebuilt, and how soon they show what was committed.

mod counting;
mod history;
mod visible;

use anyhow::Context;
use journal::Reader;
use measure::arguments::Plan;
use measure::load::{Measured, Rounds, Spread};
use measure::report::section::{grouped, whole};
use measure::report::{Chart, Claim, Section, Series, Table};
use measure::server::Database;
use migrations::Role;
use projections::{Config, Positions, Projection, Runner, audit};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use visible::{Load, Visible};

/// How long anything may take here.
const PATIENCE: Duration = Duration::from_secs(600);

const ABOUT: &str = "A journal of account events (attempts to log in and their outcomes, 1,000 accounts) is folded from its \
first event on by one projector with its default configuration: into a table that counts the events of each account, and \
into the real audit trail, one row or more an event. The rebuild goes beside the live tables and takes their place at the \
end. A core's second is one of processor time, of this program and of every process of PostgreSQL together. \
From commit to visible: single appends, \
at least 1,000 in all rounds, beside a load, from their receipt to the moment at which the audit trail of the \
same process shows them, while all projections run and none is behind; what the load appends is in the journal of the rounds \
after it. Full load is 64 clients that ask again as soon as they are answered, \
half load is half of the rate that they reached.";

/// A projector's runs over the whole journal, a round each.
struct Run {
    what: &'static str,
    rounds: Rounds,
}

impl Run {
    /// Events a second of processor time; not a number where that cannot be known.
    fn of_a_core(&self) -> Spread {
        Spread::of(self.rounds.0.iter().map(|round| 1e6 / round.cpu_micros()))
    }
}

/// Measures it.
pub async fn run(database: &Database, plan: &Plan) -> anyhow::Result<Section> {
    database.migrate().await?;
    database.execute(counting::TABLE).await?;
    let reader = Reader::open(database.pool(Role::Projector, 8), &journal::Config::default()).await?;
    let made = history::record(database, plan.events).await?;
    database.execute("VACUUM ANALYZE").await?;
    let (counting, trail) = (counting::projection(), audit::trail::projection());
    let mut runs = [
        ("counting", &counting, false),
        ("audit trail", &trail, false),
        ("audit trail, rebuild and swap", &trail, true),
    ]
    .map(|(what, projection, rebuilds)| (Run { what, rounds: Rounds::default() }, projection, rebuilds));
    let mut visible = Visible::none();
    for round in 1..=plan.rounds {
        for (run, projection, rebuilds) in &mut runs {
            if !*rebuilds {
                forget(database, projection).await?;
            }
            let events = u64::try_from(reader.last_position().await?.get())?;
            let (started, before) = (Instant::now(), database.accounts().spent());
            if *rebuilds {
                projections::rebuild(&reader, projection, &Config::default(), |_| ()).await?;
            } else {
                catch_up(&reader, projection).await?;
            }
            let cpu = database.accounts().spent().zip(before).map(|(after, before)| after.saturating_sub(before));
            let measured = Measured { events, elapsed: started.elapsed(), cpu, ..Measured::default() };
            eprintln!("round {round}: {} {} events/s", run.what, grouped(measured.rate()));
            run.rounds.0.push(measured);
        }
        visible::measure(database, &reader, plan, &mut visible).await?;
    }
    Ok(section(made, runs.map(|(run, ..)| run), &visible))
}

/// Runs one projection from the beginning until it shows everything.
async fn catch_up(reader: &Reader, projection: &Projection) -> anyhow::Result<()> {
    let head = reader.last_position().await?;
    let positions = Positions::new(std::slice::from_ref(projection));
    let stop = CancellationToken::new();
    let runner = Runner::new(reader.clone(), vec![projection.clone()], positions.clone(), Config::default());
    let running = tokio::spawn(runner.run(stop.clone()));
    let shown = positions.wait(projection.name, head, Instant::now() + PATIENCE).await;
    stop.cancel();
    running.await??;
    shown.ok().context("a projection did not catch up")
}

/// Brings a projection back to where it was before its first event.
async fn forget(database: &Database, projection: &Projection) -> anyhow::Result<()> {
    let owner = database.owner(1);
    sqlx::query("DELETE FROM projections.projection WHERE name = $1").bind(projection.name).execute(&owner).await?;
    for table in projection.tables {
        let truncate = sqlx::AssertSqlSafe(format!("TRUNCATE projections.{table}"));
        sqlx::raw_sql(truncate).execute(&owner).await?;
    }
    owner.close().await;
    Ok(())
}

fn section(events: u64, runs: [Run; 3], visible: &[Visible; 2]) -> Section {
    let rates = runs.each_ref().map(|run| run.rounds.rate());
    let [counting, ..] = rates;
    let [_, trail, _] = runs.each_ref().map(Run::of_a_core);
    let mut table = Table::new(
        format!("{} events and what the rounds before had added: median (minimum–maximum)", grouped(events as f64)),
        &["projection", "events a second", "events a core's second"],
    );
    table.rows =
        runs.iter().map(|run| vec![run.what.to_owned(), whole(run.rounds.rate()), whole(run.of_a_core())]).collect();
    let mut times = Table::new(
        "From commit to visible, in milliseconds: median (minimum–maximum) of the rounds",
        &["load", "appends a second", "watched", "p50", "p99", "most"],
    );
    times.rows = visible.iter().map(Visible::row).collect();
    let mut claims = vec![
        Claim::at_least("counting, events a second", 150_000.0, counting.median),
        Claim::at_least("audit trail, events a core's second", 50_000.0, trail.median),
    ];
    let half = visible.iter().find(|visible| visible.load == Load::Half);
    claims.extend(half.map(|half| {
        Claim::at_most("half load: p99 from commit to visible", 50.0, half.quantile_ms(0.99).median, " ms")
    }));
    Section {
        title: "Projections",
        about: ABOUT.to_owned(),
        claims,
        tables: vec![table, times],
        chart: Some(Chart {
            title: format!("Events folded a second, over {} events", grouped(events as f64)),
            groups: runs.iter().map(|run| run.what.to_owned()).collect(),
            series: vec![Series { name: "ours".to_owned(), values: rates.to_vec() }],
        }),
        notes: Vec::new(),
    }
}
