//! One round: processes, clients, faults, rest, and the verdict.

use crate::check::{Promise, Violation, check};
use crate::clock;
use crate::cluster::Cluster;
use crate::evidence::Evidence;
use crate::history::History;
use crate::node::command;
use crate::plan::Plan;
use crate::postgres::Postgres;
use crate::reader::Reader;
use crate::scene::Scene;
use crate::world::{TEMPLATE, World};
use crate::writer::Writer;
use anyhow::{Context, ensure};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout, timeout_at};

/// How long the service may take to be whole again once the faults have ended.
const RECOVERY: Duration = Duration::from_secs(90);

/// Time between two looks whether a projection can be folded anew.
const BUSY: Duration = Duration::from_millis(200);

/// A PostgreSQL with a world on it, for any number of rounds.
#[derive(Debug)]
pub struct Harness {
    program: PathBuf,
    postgres: Arc<Postgres>,
    world: World,
    directory: TempDir,
}

/// What came of a round.
#[derive(Debug)]
pub struct Outcome {
    /// The promises that were broken.
    pub violations: Vec<Violation>,
    /// What the clients saw.
    pub history: History,
    /// What was in the database at the end.
    pub evidence: Evidence,
    /// The position that the round began at.
    pub base: i64,
    /// The faults that struck.
    pub struck: Vec<&'static str>,
    /// How often processes were started again.
    pub restarts: usize,
    /// From the end of the faults until all was whole.
    pub recovery: Duration,
    /// What the processes logged.
    pub log: Vec<String>,
}

impl Harness {
    /// Starts a PostgreSQL and makes the world, with the program at this path.
    ///
    /// # Errors
    /// When PostgreSQL or the program cannot be run.
    pub async fn start(program: &Path) -> anyhow::Result<Self> {
        ensure!(program.is_file(), "no program at {}", program.display());
        let directory = TempDir::with_prefix("chaos-").context("a directory for the run")?;
        let postgres = Postgres::start(TempDir::with_prefix("chaos-postgres-")?).await?;
        let world = World::make(program, &postgres, directory.path()).await?;
        Ok(Self { program: program.to_owned(), postgres: Arc::new(postgres), world, directory })
    }

    /// What this machine cannot do, and why.
    #[must_use]
    pub fn left_out(&self) -> Vec<&'static str> {
        let disk = self.postgres.disk.is_none().then_some("disk full: only root mounts a tmpfs");
        let clock = self.postgres.clock.is_none().then_some("clock jump: libfaketime is not installed");
        disk.into_iter().chain(clock).collect()
    }

    /// How often PostgreSQL was started again.
    #[must_use]
    pub fn database_restarts(&self) -> usize {
        self.postgres.starts() - 1
    }

    /// Runs one round on a database of this name, which stays.
    ///
    /// # Errors
    /// When the harness itself fails; that the service fails is a violation.
    pub async fn round(&self, plan: &Plan, database: &str) -> anyhow::Result<Outcome> {
        let copy = format!("CREATE DATABASE {database} TEMPLATE {TEMPLATE}");
        self.postgres.run("postgres", &[copy]).await?;
        let postgres = Arc::clone(&self.postgres);
        let cluster = Cluster::start(&self.program, postgres, database.to_owned(), self.directory.path()).await?;
        let cluster = Arc::new(cluster);
        let scene = Arc::new(Scene::new(self.world.clone(), cluster.doors())?);

        let (mut writers, mut readers) = (JoinSet::new(), JoinSet::new());
        for (number, own) in self.world.own.iter().take(plan.clients).enumerate() {
            writers.spawn(Writer::new(Arc::clone(&scene), plan.seed, number, *own).run());
        }
        let reader = |number| Reader::new(Arc::clone(&scene), plan.seed, number);
        readers.spawn(reader(1).walk());
        readers.spawn(reader(2).follow());
        readers.spawn(reader(3).follow());
        readers.spawn(reader(4).watch());
        readers.spawn(reader(5).watch());
        readers.spawn(reader(6).poll(self.postgres.options(database)));

        let struck = cluster.strike(plan).await?;
        let healed = Instant::now();
        scene.closing.cancel();
        let mut broken = self.recover(&cluster, &scene, &mut writers, healed + RECOVERY).await;
        let recovery = healed.elapsed();
        scene.over.cancel();
        writers.join_all().await;
        readers.join_all().await;
        if !broken.is_empty() {
            // What is not whole yet is looked at as it is.
            self.postgres.answers(RECOVERY).await.context("PostgreSQL does not come back")?;
        }

        let mut connection = self.postgres.connect(database, RECOVERY).await?;
        let evidence = Evidence::read(&mut connection).await?;
        drop(connection);
        if broken.is_empty() {
            broken.extend(self.verify(database).await?);
        }
        let mut history = std::mem::take(&mut *scene.history());
        history.rebuilds = cluster.rebuilds();
        let base = self.world.position;
        let log = cluster.log();
        let panics = log.iter().filter(|line| line.contains("a task has panicked"));
        broken.extend(panics.map(|line| Violation { promise: Promise::Recovery, detail: line.clone() }));
        broken.extend(check(&history, &evidence, base));
        let restarts = cluster.restarts();
        Arc::try_unwrap(cluster).map_err(|_| anyhow::anyhow!("a fault still lasts"))?.end().await;
        clock::sweep();
        Ok(Outcome { violations: broken, history, evidence, base, struck, restarts, recovery, log })
    }

    /// Waits until every command is answered, every process ready, every projection at the head, and new commands and
    /// reads are answered.
    async fn recover(
        &self,
        cluster: &Arc<Cluster>,
        scene: &Arc<Scene>,
        writers: &mut JoinSet<()>,
        deadline: Instant,
    ) -> Vec<Violation> {
        let whole = async {
            while writers.join_next().await.is_some() {}
            cluster.ready(RECOVERY).await?;
            self.works(scene).await;
            self.quiet(&cluster.database).await
        };
        match timeout_at(deadline, whole).await {
            Ok(Ok(())) => Vec::new(),
            Ok(Err(error)) => vec![Violation { promise: Promise::Recovery, detail: format!("{error:#}") }],
            Err(_) => {
                let detail = format!("not whole {} s after the last fault", RECOVERY.as_secs());
                vec![Violation { promise: Promise::Recovery, detail }]
            }
        }
    }

    /// A few commands and reads, until each is answered.
    async fn works(&self, scene: &Arc<Scene>) {
        let own = self.world.shared.first().copied().unwrap_or_default();
        let mut client = Writer::new(Arc::clone(scene), 0, self.world.own.len(), own);
        let mut answered = 0;
        while answered < 5 {
            answered += usize::from(client.step().await);
        }
    }

    /// Waits until every projection is at the head.
    async fn quiet(&self, database: &str) -> anyhow::Result<()> {
        const BEHIND: &str = "SELECT count(*) FROM projections.projection p, journal.head h
                              WHERE p.place = 'projections' AND p.position < h.position";
        let mut ticks = interval(Duration::from_millis(20));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut connection = self.postgres.connect(database, RECOVERY).await?;
        loop {
            ticks.tick().await;
            let behind: i64 = sqlx::query_scalar(BEHIND).fetch_one(&mut connection).await?;
            if behind == 0 {
                return Ok(());
            }
        }
    }

    /// Has every projection folded anew and held against the live one, by the service itself: also those that the
    /// checker has no fold of its own for.
    ///
    /// # Errors
    /// When the program cannot be run; that projections differ is a violation.
    pub async fn verify(&self, database: &str) -> anyhow::Result<Option<Violation>> {
        let (mut ticks, deadline) = (interval(BUSY), Instant::now() + RECOVERY);
        loop {
            ticks.tick().await;
            let verify = command(&self.program, &self.postgres, database, &["projections", "verify"]).output();
            let output = verify.await.context("the program")?;
            let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).trim().to_owned());
            // The lease of a rebuild that was killed goes on for a moment.
            let busy = said.iter().any(|said| said.contains("under way"));
            if !busy || Instant::now() >= deadline {
                let detail = || format!("folded anew, a projection is another: {}", said.join(" "));
                let differs = || Violation { promise: Promise::Projections, detail: detail() };
                return Ok((!output.status.success()).then(differs));
            }
        }
    }

    /// Runs a statement on the database of a round that is over, past the service: for faults that are planted.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn tamper(&self, database: &str, statement: &str) -> anyhow::Result<()> {
        self.postgres.run(database, &[statement.to_owned()]).await
    }

    /// Removes the database of a round.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn forget(&self, database: &str) -> anyhow::Result<()> {
        self.postgres.run("postgres", &[format!("DROP DATABASE {database} WITH (FORCE)")]).await
    }

    /// Ends PostgreSQL and removes all it holds.
    ///
    /// # Errors
    /// When something still uses it.
    pub async fn end(self) -> anyhow::Result<()> {
        let postgres = Arc::try_unwrap(self.postgres).map_err(|_| anyhow::anyhow!("a round is under way"))?;
        let ended = timeout(RECOVERY, postgres.end()).await.context("PostgreSQL does not end");
        clock::sweep();
        ended
    }
}
