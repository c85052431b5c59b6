//! The time from a commit to the moment at which the audit trail shows it.

use super::PATIENCE;
use super::history::{attempted, metadata, provisioned};
use anyhow::Context;
use commands::account::{Account, State};
use esrs::AggregateState;
use esrs::store::EventStore;
use events::AttemptId;
use futures::future::try_join_all;
use journal::{Journal, Reader};
use measure::arguments::Plan;
use measure::load::{Client, Measured, Rounds, Spread, closed_loop};
use measure::report::section::{grouped, tenths};
use measure::server::Database;
use migrations::Role;
use projections::{Config, Positions, Runner, audit};
use std::time::Duration;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Clients of the load.
const CLIENTS: usize = 64;
/// Who append what is watched.
const PROBERS: usize = 4;
/// Time between two appends of one of them.
const PROBE: Duration = Duration::from_millis(5);
/// How many appends are watched under each load at least, in all rounds.
const PROBES: usize = 1_000;

/// How much is appended beside what is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    /// As much as there can be.
    Full,
    /// Half of that.
    Half,
}

/// What was seen under a load, a round each.
pub struct Visible {
    /// The load.
    pub load: Load,
    /// The appends of the load.
    appended: Rounds,
    /// The times from commit to visible.
    shown: Rounds,
}

impl Visible {
    /// Nothing yet, of either load.
    pub fn none() -> [Self; 2] {
        [Load::Full, Load::Half].map(|load| Self { load, appended: Rounds::default(), shown: Rounds::default() })
    }

    /// The time within which this share became visible, in milliseconds, over the rounds.
    pub fn quantile_ms(&self, share: f64) -> Spread {
        self.shown.quantile_ms(share)
    }

    /// A row of the table.
    pub fn row(&self) -> Vec<String> {
        let name = match self.load {
            Load::Full => "full",
            Load::Half => "half",
        };
        let probes: usize = self.shown.0.iter().map(|round| round.micros.len()).sum();
        let times = [0.5, 0.99, 1.0].map(|share| tenths(self.quantile_ms(share)));
        let rate = grouped(self.appended.rate().median);
        [vec![name.to_owned(), rate, grouped(probes as f64)], times.to_vec()].concat()
    }
}

/// Measures one round: under full load, which tells what half of it is, then under half.
pub async fn measure(
    database: &Database,
    reader: &Reader,
    plan: &Plan,
    [full, half]: &mut [Visible; 2],
) -> anyhow::Result<()> {
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
    let rate = full.under(&journal, &positions, None, plan).await?;
    shown(audit::trail::projection().name, &positions, &reader).await?;
    half.under(&journal, &positions, Some(Duration::from_secs_f64(CLIENTS as f64 / (rate / 2.0))), plan).await?;
    stop.cancel();
    running.await??;
    journal.close().await;
    Ok(())
}

/// Waits until a projection shows everything.
async fn shown(projection: &str, positions: &Positions, reader: &Reader) -> anyhow::Result<()> {
    let head = reader.last_position().await?;
    let waited = positions.wait(projection, head, Instant::now() + PATIENCE).await;
    waited.ok().with_context(|| format!("{projection} did not catch up"))
}

impl Visible {
    /// One round of it: as often for the plan's duration as it takes to watch this round's part of the appends. The rate
    /// of the load.
    async fn under(
        &mut self,
        journal: &Journal,
        positions: &Positions,
        pace: Option<Duration>,
        plan: &Plan,
    ) -> anyhow::Result<f64> {
        let part = PROBES.div_ceil(usize::try_from(plan.rounds)?);
        let (mut appended, mut shown) = (Measured::default(), Measured::default());
        while shown.micros.len() < part {
            let clients = (0..CLIENTS).map(|_| Appender::new(journal, pace)).collect();
            let until = Instant::now() + plan.duration;
            let probing = try_join_all((0..PROBERS).map(|_| probe(journal, positions, until)));
            let (loaded, times) = tokio::join!(closed_loop(clients, plan.duration), probing);
            appended.elapsed += loaded.elapsed;
            appended.join(loaded);
            times?.into_iter().for_each(|times| shown.micros.extend(times));
        }
        shown.micros.sort_unstable();
        eprintln!("from commit to visible under {}/s: p99 {:.1} ms", grouped(appended.rate()), shown.quantile_ms(0.99));
        let rate = appended.rate();
        self.appended.0.push(appended);
        self.shown.0.push(shown);
        Ok(rate)
    }
}

/// The times, in microseconds, from the commits of somebody's appends until the audit trail showed them.
async fn probe(journal: &Journal, positions: &Positions, until: Instant) -> anyhow::Result<Vec<u32>> {
    let trail = audit::trail::projection().name;
    let mut prober = Appender::new(journal, Some(PROBE));
    let mut times = Vec::new();
    while Instant::now() < until {
        let position = prober.append().await?;
        let committed = Instant::now();
        positions.wait(trail, position, committed + PATIENCE).await.ok().context("an event did not become visible")?;
        times.push(u32::try_from(committed.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
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
