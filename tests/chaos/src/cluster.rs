//! The processes of one round on a database of their own, and what strikes them.

use crate::history::Rebuild;
use crate::node::{Door, Running, command};
use crate::plan::{Clock, Fault, NODES, Node, Plan};
use crate::postgres::Postgres;
use anyhow::Context;
use rustix::process::Signal;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

/// How long an operator waits for a rebuild.
const REBUILD: Duration = Duration::from_secs(30);

/// Six processes on one database.
#[derive(Debug)]
pub(crate) struct Cluster {
    program: PathBuf,
    postgres: Arc<Postgres>,
    nodes: Vec<Running>,
    /// The database.
    pub(crate) database: String,
    /// The projections that an operator had rebuilt.
    rebuilds: Mutex<Vec<Rebuild>>,
}

impl Cluster {
    /// Starts them, and waits until each is ready.
    ///
    /// # Errors
    /// When one does not become ready.
    pub(crate) async fn start(
        program: &Path,
        postgres: Arc<Postgres>,
        database: String,
        directory: &Path,
    ) -> anyhow::Result<Self> {
        let mut nodes = Vec::new();
        for index in 0..NODES.len() {
            nodes.push(Running::start(program, &postgres, &database, index, directory).await?);
        }
        let program = program.to_owned();
        let cluster = Self { program, postgres, nodes, database, rebuilds: Mutex::default() };
        cluster.ready(Duration::from_secs(60)).await?;
        Ok(cluster)
    }

    /// The doors, in the order of [`NODES`].
    pub(crate) fn doors(&self) -> Vec<watch::Receiver<Door>> {
        self.nodes.iter().map(|node| node.door.clone()).collect()
    }

    /// Waits until every process is ready.
    ///
    /// # Errors
    /// When one is not in time.
    pub(crate) async fn ready(&self, within: Duration) -> anyhow::Result<()> {
        for (index, node) in self.nodes.iter().enumerate() {
            node.ready(within).await.with_context(|| Node(index).to_string())?;
        }
        Ok(())
    }

    /// Strikes as planned, and gives back the kinds of faults that this machine could do, each time it did.
    ///
    /// # Errors
    /// When a fault could not be done though the machine can.
    pub(crate) async fn strike(self: &Arc<Self>, plan: &Plan) -> anyhow::Result<Vec<&'static str>> {
        let began = Instant::now();
        let mut strikes = JoinSet::new();
        for strike in plan.strikes.clone() {
            let cluster = Arc::clone(self);
            strikes.spawn(async move {
                sleep_until(began + strike.at).await;
                anyhow::Ok(cluster.suffer(strike.fault).await?.then_some(strike.fault.kind()))
            });
        }
        sleep_until(began + plan.storm).await;
        let mut done = Vec::new();
        while let Some(struck) = strikes.join_next().await {
            done.extend(struck??);
        }
        self.heal()?;
        Ok(done)
    }

    /// Says whether this machine could do it.
    async fn suffer(&self, fault: Fault) -> anyhow::Result<bool> {
        let node = |Node(index)| self.nodes.get(index).context("a process of the plan");
        match fault {
            Fault::Kill(of) => node(of)?.process.signal(Signal::KILL),
            Fault::Pause(of, time) => {
                node(of)?.process.signal(Signal::STOP);
                sleep_until(Instant::now() + time).await;
                node(of)?.process.signal(Signal::CONT);
            }
            Fault::KillDatabase => self.postgres.kill(),
            Fault::PauseDatabase(time) => {
                self.postgres.pause();
                sleep_until(Instant::now() + time).await;
                self.postgres.resume();
            }
            Fault::Cut(of) => node(of)?.wire.cut(),
            Fault::LoseAnswers(of, time) => node(of)?.wire.lose_answers(time).await,
            Fault::Stall(of, time) => node(of)?.wire.stall(time).await,
            Fault::FillDisk(time) => {
                let Some(disk) = &self.postgres.disk else { return Ok(false) };
                disk.fill()?;
                sleep_until(Instant::now() + time).await;
                disk.empty()?;
            }
            Fault::Jump(whose, seconds) => {
                let clock = match whose {
                    Clock::Database => &self.postgres.clock,
                    Clock::Node(of) => &node(of)?.clock,
                };
                let Some(clock) = clock else { return Ok(false) };
                clock.set(seconds)?;
            }
            Fault::Rebuild(projection) => self.rebuild(projection).await?,
        }
        Ok(true)
    }

    /// Has a projection rebuilt, as an operator does who is not told of faults: it may end badly.
    async fn rebuild(&self, projection: &'static str) -> anyhow::Result<()> {
        let arguments = ["projections", "rebuild", projection];
        let rebuilding = command(&self.program, &self.postgres, &self.database, &arguments).output();
        let done = match timeout(REBUILD, rebuilding).await {
            Ok(output) => output.context("the program")?.status.success(),
            Err(_) => false,
        };
        self.rebuilds.lock().unwrap_or_else(PoisonError::into_inner).push(Rebuild { projection, done });
        Ok(())
    }

    /// The rebuilds that were asked for.
    pub(crate) fn rebuilds(&self) -> Vec<Rebuild> {
        self.rebuilds.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends what still lasts: clocks are right again, nothing is stopped, the disk has room.
    fn heal(&self) -> anyhow::Result<()> {
        for clock in self.nodes.iter().filter_map(|node| node.clock.as_ref()).chain(&self.postgres.clock) {
            clock.set(0)?;
        }
        for node in &self.nodes {
            node.process.signal(Signal::CONT);
        }
        self.postgres.resume();
        self.postgres.disk.iter().try_for_each(crate::disk::Disk::empty)
    }

    /// What the processes logged, each line under its process.
    pub(crate) fn log(&self) -> Vec<String> {
        let lines = |(index, node): (usize, &Running)| {
            let lines = node.log.lock().map(|lines| lines.clone()).unwrap_or_default();
            lines.into_iter().map(move |line| format!("{}: {line}", Node(index)))
        };
        self.nodes.iter().enumerate().flat_map(lines).collect()
    }

    /// How often processes were started again.
    pub(crate) fn restarts(&self) -> usize {
        self.nodes.iter().map(|node| node.process.starts() - 1).sum()
    }

    /// Ends every process.
    pub(crate) async fn end(self) {
        for node in self.nodes {
            node.process.end().await;
        }
    }
}
