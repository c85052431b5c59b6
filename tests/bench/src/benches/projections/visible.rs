//! The time from a commit to the moment at which the audit trail shows it.

use super::PATIENCE;
use super::history::{attempted, metadata, provisioned};
use crate::arguments::Plan;
use crate::load::{Client, Measured, closed_loop};
use crate::report::section::grouped;
use crate::server::Database;
use anyhow::Context;
use commands::account::{Account, State};
use esrs::AggregateState;
use esrs::store::EventStore;
use events::AttemptId;
use journal::{Journal, Reader};
use migrations::Role;
use projections::{Config, Positions, Runner, audit};
use std::time::Duration;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Clients of the load.
const CLIENTS: usize = 64;
/// Time between two appends that are watched.
const PROBE: Duration = Duration::from_millis(5);

/// How much is appended beside what is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    /// As much as there can be.
    Full,
    /// Half of that.
    Half,
}

/// What was seen under a load.
pub struct Visible {
    /// The load.
    pub load: Load,
    rate: f64,
    times: Measured,
}

impl Visible {
    /// The time within which this share became visible, in milliseconds.
    pub fn quantile_ms(&self, share: f64) -> f64 {
        self.times.quantile_ms(share)
    }

    /// A row of the table.
    pub fn row(&self) -> Vec<String> {
        let name = match self.load {
            Load::Full => "full",
            Load::Half => "half",
        };
        let times = [0.5, 0.99, 1.0].map(|share| format!("{:.1}", self.quantile_ms(share)));
        [vec![name.to_owned(), grouped(self.rate)], times.to_vec()].concat()
    }
}

/// Measures under full load, which tells what half of it is, then under half.
pub async fn measure(database: &Database, reader: &Reader, plan: &Plan) -> anyhow::Result<Vec<Visible>> {
    let journal = Journal::open(database.pool(Role::Writer, 8), journal::Config::default()).await?;
    // The projector of the same process hears of appends at once, as the whole service in one process does.
    let reader = journal.reader().on(reader.pool().clone());
    let all = projections::all();
    let positions = Positions::new(&all);
    let names: Vec<&str> = all.iter().map(|projection| projection.name).collect();
    let stop = CancellationToken::new();
    let running =
        tokio::spawn(Runner::new(reader.clone(), all, positions.clone(), Config::default()).run(stop.clone()));
    // Also those that were not asked for before: who catches up does not keep up.
    for projection in &names {
        shown(projection, &positions, &reader).await?;
    }
    let full = under(&journal, &positions, Load::Full, None, plan.duration).await?;
    shown(audit::trail::projection().name, &positions, &reader).await?;
    let pace = Duration::from_secs_f64(CLIENTS as f64 / (full.rate / 2.0));
    let half = under(&journal, &positions, Load::Half, Some(pace), plan.duration).await?;
    stop.cancel();
    running.await??;
    journal.close().await;
    Ok(vec![full, half])
}

/// Waits until a projection shows everything.
async fn shown(projection: &str, positions: &Positions, reader: &Reader) -> anyhow::Result<()> {
    let head = reader.last_position().await?;
    let waited = positions.wait(projection, head, Instant::now() + PATIENCE).await;
    waited.ok().with_context(|| format!("{projection} did not catch up"))
}

async fn under(
    journal: &Journal,
    positions: &Positions,
    load: Load,
    pace: Option<Duration>,
    duration: Duration,
) -> anyhow::Result<Visible> {
    let clients = (0..CLIENTS).map(|_| Appender::new(journal, pace)).collect();
    let probing = probe(journal, positions, Instant::now() + duration);
    let (loaded, times) = tokio::join!(closed_loop(clients, duration), probing);
    Ok(Visible { load, rate: loaded.rate(), times: times? })
}

async fn probe(journal: &Journal, positions: &Positions, until: Instant) -> anyhow::Result<Measured> {
    let trail = audit::trail::projection().name;
    let mut prober = Appender::new(journal, Some(PROBE));
    let mut times = Measured::default();
    while Instant::now() < until {
        let position = prober.append().await?;
        let committed = Instant::now();
        positions.wait(trail, position, committed + PATIENCE).await.ok().context("an event did not become visible")?;
        times.micros.push(u32::try_from(committed.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    times.micros.sort_unstable();
    Ok(times)
}

/// Appends to an account of its own, at its own pace or as fast as it is answered.
struct Appender {
    journal: Journal,
    account: AggregateState<State>,
    ticks: Option<Interval>,
}

impl Appender {
    fn new(journal: &Journal, pace: Option<Duration>) -> Self {
        let ticks = pace.map(|pace| {
            let mut ticks = interval(pace);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            ticks
        });
        Self { journal: journal.clone(), account: AggregateState::with_id(Uuid::now_v7()), ticks }
    }

    async fn append(&mut self) -> anyhow::Result<events::Position> {
        if let Some(ticks) = &mut self.ticks {
            ticks.tick().await;
        }
        let event = if *self.account.sequence_number() == 0 { provisioned() } else { attempted(AttemptId::new()) };
        let unit = self.journal.unit::<Account>(metadata());
        unit.persist(&mut self.account, vec![event]).await?;
        self.account.next_sequence_number();
        Ok(unit.receipt().context("an append without a receipt")?.position)
    }
}

impl Client for Appender {
    async fn operate(&mut self) -> anyhow::Result<u64> {
        self.append().await?;
        Ok(1)
    }
}
