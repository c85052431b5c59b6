//! The roles of the service in one process: the doors to commands, the doors to read models, the projector.

use crate::config::{self, Config};
use crate::connections::{Bounds, accept};
use crate::database::{self, Database, attachments};
use crate::operations::{self, Operations};
use crate::telemetry;
use axum::Router;
use events::Clock;
use journal::{Journal, Reader};
use migrations::Role;
use projections::{Positions, Runner};
use read_api::ReadApi;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use vault::Vault;
use write_api::WriteApi;

/// Which roles a process takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Roles {
    /// The doors to commands.
    pub write_api: bool,
    /// The doors to read models.
    pub read_api: bool,
    /// The runner of the read models.
    pub projector: bool,
}

impl Roles {
    /// Everything in one process.
    pub const ALL: Self = Self { write_api: true, read_api: true, projector: true };
}

/// Where requests will be accepted. A process takes its addresses before it opens a database: one whose address is taken
/// ends with nothing made, and owns no private server under others.
#[derive(Debug)]
pub struct Listeners {
    api: Option<TcpListener>,
    operations: TcpListener,
}

impl Listeners {
    /// Takes the addresses that `roles` need.
    ///
    /// # Errors
    /// When one is taken, or not ours to take.
    pub async fn bind(config: &config::Server, roles: Roles) -> anyhow::Result<Self> {
        let api = if roles.write_api || roles.read_api { Some(listen(config.listen).await?) } else { None };
        Ok(Self { api, operations: listen(config.operations).await? })
    }
}

/// Where a process accepts requests.
#[derive(Clone, Copy, Debug)]
pub struct Addresses {
    /// The APIs; none where the process has neither.
    pub api: Option<SocketAddr>,
    /// Metrics and health.
    pub operations: SocketAddr,
}

/// Why a role has ended, which ends the process.
#[derive(Debug, thiserror::Error)]
#[error("{role} s’est arrêté — {role} has ended")]
struct Ended {
    role: &'static str,
    source: Option<anyhow::Error>,
}

/// A service that is being set up or runs; its parts serve the command line too.
#[derive(Debug)]
pub struct Service {
    config: Config,
    database: Database,
    vault: Option<Vault>,
    write: Option<WriteApi>,
}

impl Service {
    /// A service on an open database.
    pub const fn new(config: Config, database: Database) -> Self {
        Self { config, database, vault: None, write: None }
    }

    /// The settings.
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// The database.
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// The vault, on the writer's connections: keys are made at first use.
    ///
    /// # Errors
    /// When the master key cannot be used.
    pub async fn vault(&mut self) -> anyhow::Result<Vault> {
        if self.vault.is_none() {
            self.vault = Some(database::vault(&self.config, self.database.pool(Role::Writer)).await?);
        }
        self.vault.clone().ok_or_else(|| anyhow::anyhow!("no vault"))
    }

    /// The doors to commands.
    ///
    /// # Errors
    /// When the journal cannot be opened.
    pub async fn write_api(&mut self) -> anyhow::Result<WriteApi> {
        if self.write.is_none() {
            let pool = self.database.pool(Role::Writer);
            let vault = self.vault().await?;
            let snapshots = vault.derived_key("snapshots of the journal").await?;
            let journal = Journal::open(pool.clone(), self.config.journal.clone()).await?.with_snapshots(snapshots);
            let attachments = attachments(&self.config, vault.clone())?;
            let (clock, config) = (Clock::system(), self.config.write_api.clone());
            let api = WriteApi::open(journal, vault, attachments, pool, clock, config).await?;
            self.write = Some(api);
        }
        self.write.clone().ok_or_else(|| anyhow::anyhow!("no write-api"))
    }

    /// What reads the journal with one of the roles; it hears at once of what this process appends.
    ///
    /// # Errors
    /// When the head row cannot be read.
    pub async fn reader(&self, role: Role) -> anyhow::Result<Reader> {
        let pool = self.database.pool(role);
        Ok(match &self.write {
            Some(write) => write.journal().reader().on(pool),
            None => Reader::open(pool, &self.config.journal).await?,
        })
    }

    /// Runs `roles` on the addresses that were taken for them until `stop` is cancelled or one of them ends, then finishes
    /// what is under way. `ready` is called once requests are accepted.
    ///
    /// # Errors
    /// When a role could not start, or ended by itself.
    pub async fn run(
        mut self,
        roles: Roles,
        listeners: Listeners,
        stop: CancellationToken,
        ready: impl FnOnce(Addresses),
    ) -> anyhow::Result<()> {
        let metrics = telemetry::record_metrics()?;
        let positions = Positions::new(&projections::all());
        let mut tasks: JoinSet<(&'static str, anyhow::Result<()>)> = JoinSet::new();
        let mut routes = Router::new();
        let documents = documents(roles)?;
        let mut pools = Vec::new();

        if roles.write_api {
            let api = self.write_api().await?;
            api.law().await?;
            pools.push(("write-api", api.journal().reader().pool().clone()));
            let (reaction, stop) = (api.clone(), stop.clone());
            tasks.spawn(async move {
                reaction.keep_reacting(stop.cancelled_owned()).await;
                ("reactions", Ok(()))
            });
            routes = routes.merge(write_api::router(api));
        }
        if roles.projector {
            let reader = self.reader(Role::Projector).await?;
            pools.push(("projector", reader.pool().clone()));
            let runner = Runner::new(reader, projections::all(), positions.clone(), self.config.projections.clone());
            let stop = stop.clone();
            tasks.spawn(async move { ("projector", runner.run(stop).await.map_err(Into::into)) });
        }
        if roles.read_api {
            let reader = self.reader(Role::Reader).await?;
            let pool = reader.pool().clone();
            if !roles.projector {
                tokio::spawn(positions.clone().follow(pool.clone(), stop.clone()));
            }
            pools.push(("read-api", reader.pool().clone()));
            // The vault of the reader's role opens, and cannot make keys.
            let vault = database::vault(&self.config, pool).await?;
            let session_idle_s = self.config.write_api.session_idle_s;
            let config = read_api::Config { session_idle_s, ..self.config.read_api.clone() };
            let attachments = attachments(&self.config, vault.clone())?;
            let api = ReadApi::new(reader, vault, attachments, positions, Clock::system(), config, stop.clone());
            routes = routes.merge(read_api::router(api));
        }

        let projections = roles.read_api || roles.projector;
        let most_lag = Duration::from_secs(self.config.read_api.ready_lag_s.into());
        let pool = self.database.pool(Role::Reader);
        pools.push(("operations", pool.clone()));
        let operations = Operations { metrics, pool, pools, most_lag, projections, stop: stop.clone() };
        let bounds = Bounds::of(&self.config.server);
        let operations_address = listeners.operations.local_addr()?;
        tasks.spawn(serve("operations", listeners.operations, operations::router(operations), bounds, stop.clone()));
        let mut api = None;
        if let (Some(documents), Some(listener)) = (documents, listeners.api) {
            let routes = routes.merge(documents);
            api = Some(listener.local_addr()?);
            let routes = web::stack::dress(routes, &self.config.web);
            tasks.spawn(serve("http", listener, routes, bounds, stop.clone()));
        }
        ready(Addresses { api, operations: operations_address });

        let ended = tokio::select! {
            // What ends because it was asked to has not ended by itself.
            biased;
            () = stop.cancelled() => None,
            died = self.database.keep() => Some(Ended { role: "PostgreSQL", source: Some(died.into()) }),
            Some(ended) = tasks.join_next() => {
                let (role, source) = ended?;
                Some(Ended { role, source: source.err() })
            }
        };
        stop.cancel();
        let drain = Duration::from_millis(self.config.server.drain_ms);
        let drained = tokio::time::timeout(drain, async { while tasks.join_next().await.is_some() {} }).await;
        if drained.is_err() {
            tracing::warn!(drain_ms = self.config.server.drain_ms, "requests under way were cut off");
            tasks.shutdown().await;
        }
        self.close().await?;
        match ended {
            Some(ended) => Err(ended.into()),
            None => Ok(()),
        }
    }

    /// Answers what is queued, and stops a private server.
    ///
    /// # Errors
    /// When the private server does not stop.
    pub async fn close(self) -> anyhow::Result<()> {
        if let Some(write) = self.write {
            write.close().await;
        }
        Ok(self.database.close().await?)
    }
}

/// What documents the doors of `roles`: OpenAPI, and a page for each kind of problem. The document is written before
/// anything runs, and let go: as an object it takes more memory than all that is served.
fn documents(roles: Roles) -> anyhow::Result<Option<Router>> {
    let mut document = match (roles.write_api, roles.read_api) {
        (true, true) => web::openapi::merged(read_api::openapi(), write_api::openapi()?)?,
        (true, false) => write_api::openapi()?,
        (false, true) => read_api::openapi(),
        (false, false) => return Ok(None),
    };
    let kinds = [web::KINDS, write_api::KINDS, read_api::KINDS].concat();
    web::openapi::describe(&mut document, &kinds);
    Ok(Some(web::openapi::routes(&document)?.merge(web::problem_pages::routes(kinds))))
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    use anyhow::Context;
    TcpListener::bind(address).await.with_context(|| format!("écoute impossible — cannot listen on {address}"))
}

async fn serve(
    role: &'static str,
    listener: TcpListener,
    routes: Router,
    bounds: Bounds,
    stop: CancellationToken,
) -> (&'static str, anyhow::Result<()>) {
    accept(listener, routes, bounds, stop).await;
    (role, Ok(()))
}
