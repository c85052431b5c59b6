//! A PostgreSQL of the harness's own, which it may kill.

use crate::clock::{self, Clock};
use crate::disk::Disk;
use crate::process::Process;
use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use std::fs::{self, Permissions};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout_at};

/// Small segments, so that a full disk is met in the log too.
const INITDB: [&str; 8] = [
    "--encoding=UTF8",
    "--locale=C",
    "--auth=password",
    "--username=postgres",
    "--wal-segsize=2",
    "--no-sync",
    "-D",
    ".",
];

const SETTINGS: [&str; 9] = [
    "unix_socket_directories=",
    "max_connections=120",
    "shared_buffers=32MB",
    "min_wal_size=8MB",
    "max_wal_size=48MB",
    "log_checkpoints=off",
    "autovacuum_naptime=5s",
    "logging_collector=off",
    "restart_after_crash=on",
];

/// The server; it and its files are gone when dropped.
#[derive(Debug)]
pub(crate) struct Postgres {
    process: Process,
    password: String,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// What can be filled, where this process may mount.
    pub(crate) disk: Option<Disk>,
    /// What can jump, where libfaketime is installed.
    pub(crate) clock: Option<Clock>,
    _directory: TempDir,
}

impl Postgres {
    /// Makes and starts one below `directory`.
    ///
    /// # Errors
    /// When PostgreSQL is not installed, or does not start.
    pub(crate) async fn start(directory: TempDir) -> anyhow::Result<Self> {
        let binaries = binaries().context("no PostgreSQL from version 15 on: set INTRAPARIS_POSTGRES_BIN")?;
        let user = if rustix::process::geteuid().is_root() { Some(server_user()?) } else { None };
        fs::set_permissions(directory.path(), Permissions::from_mode(0o755))?;
        let mount = directory.path().join("disk");
        fs::create_dir(&mount)?;
        let disk = Disk::mount(&mount).ok();
        let data = mount.join("data");
        fs::create_dir(&data)?;
        let password = uuid::Uuid::new_v4().simple().to_string();
        let password_file = directory.path().join("password");
        fs::write(&password_file, &password)?;
        if let Some((uid, gid)) = user {
            chown(&data, Some(uid), Some(gid))?;
            chown(&password_file, Some(uid), Some(gid))?;
        }
        fs::set_permissions(&data, Permissions::from_mode(0o700))?;
        let as_user = |command: &mut Command| {
            use std::os::unix::process::CommandExt;
            command.current_dir(&data);
            if let Some((uid, gid)) = user {
                command.uid(uid).gid(gid);
            }
        };
        let mut initdb = Command::new(binaries.join("initdb"));
        as_user(initdb.args(INITDB).arg("--pwfile").arg(&password_file));
        let output = initdb.output().context("initdb cannot be run")?;
        if !output.status.success() {
            bail!("initdb: {}", String::from_utf8_lossy(&output.stderr).trim());
        }

        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let clock = clock::library().map(|library| Clock::new(&library, directory.path(), "postgres")).transpose()?;
        let environment: Vec<_> = clock.iter().flat_map(Clock::environment).collect();
        let (program, place) = (binaries.join("postgres"), data.clone());
        let command = move || {
            let mut postgres = tokio::process::Command::new(&program);
            postgres.current_dir(&place).args(["-D", ".", "-p", &port.to_string(), "-h", "127.0.0.1"]);
            postgres.args(SETTINGS.iter().flat_map(|setting| ["-c", setting])).envs(environment.clone());
            if let Some((uid, gid)) = user {
                postgres.uid(uid).gid(gid);
            }
            postgres
        };
        let process = Process::keep(command, |_| {})?;
        let address = (Ipv4Addr::LOCALHOST, port).into();
        let server = Self { process, password, address, disk, clock, _directory: directory };
        server.answers(Duration::from_secs(60)).await?;
        Ok(server)
    }

    /// A database of it as a URL, reached at another address.
    pub(crate) fn url(&self, at: SocketAddr, database: &str) -> String {
        format!("postgres://postgres:{}@{at}/{database}?sslmode=disable", self.password)
    }

    /// How a database of it is reached without a proxy between.
    pub(crate) fn options(&self, database: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(self.address.port())
            .username("postgres")
            .password(&self.password)
            .database(database)
            .ssl_mode(PgSslMode::Disable)
    }

    /// Waits until it answers.
    ///
    /// # Errors
    /// When it does not in time.
    pub(crate) async fn answers(&self, within: Duration) -> anyhow::Result<()> {
        self.connect("postgres", within).await?.close().await.context("PostgreSQL")
    }

    /// A connection, as soon as there is one to be had.
    ///
    /// # Errors
    /// When there is none in time.
    pub(crate) async fn connect(&self, database: &str, within: Duration) -> anyhow::Result<PgConnection> {
        let (options, deadline) = (self.options(database), Instant::now() + within);
        let mut ticks = interval(Duration::from_millis(20));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            match timeout_at(deadline, options.connect()).await.context("PostgreSQL does not answer")? {
                Ok(connection) => return Ok(connection),
                Err(error) if Instant::now() >= deadline => return Err(error).context("PostgreSQL refuses"),
                Err(_) => {}
            }
        }
    }

    /// Runs statements of the harness's own.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn run(&self, database: &str, statements: &[String]) -> anyhow::Result<()> {
        let mut connection = self.connect(database, Duration::from_secs(30)).await?;
        for statement in statements {
            sqlx::raw_sql(AssertSqlSafe(statement.as_str()))
                .execute(&mut connection)
                .await
                .context(statement.clone())?;
        }
        connection.close().await.context("PostgreSQL")
    }

    /// SIGKILL to the whole of it: none of its processes does another step. It starts again by itself.
    pub(crate) fn kill(&self) {
        let Some(postmaster) = self.process.pid() else { return };
        // One that is stopped starts no child that would be missed.
        let _ = kill_process(postmaster, Signal::STOP);
        for child in children(postmaster) {
            let _ = kill_process(child, Signal::KILL);
        }
        let _ = kill_process(postmaster, Signal::KILL);
    }

    /// SIGSTOP to the whole of it.
    pub(crate) fn pause(&self) {
        let Some(postmaster) = self.process.pid() else { return };
        let _ = kill_process(postmaster, Signal::STOP);
        for child in children(postmaster) {
            let _ = kill_process(child, Signal::STOP);
        }
    }

    /// SIGCONT to the whole of it.
    pub(crate) fn resume(&self) {
        let Some(postmaster) = self.process.pid() else { return };
        for child in children(postmaster) {
            let _ = kill_process(child, Signal::CONT);
        }
        let _ = kill_process(postmaster, Signal::CONT);
    }

    /// How often it was started.
    pub(crate) fn starts(&self) -> usize {
        self.process.starts()
    }

    /// Ends it for good.
    pub(crate) async fn end(self) {
        self.kill();
        self.process.end().await;
    }
}

fn children(of: Pid) -> Vec<Pid> {
    let pid = of.as_raw_nonzero();
    let list = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    list.split_whitespace().filter_map(|child| child.parse().ok().and_then(Pid::from_raw)).collect()
}

/// The newest server that is installed, or the one that is named.
fn binaries() -> Option<PathBuf> {
    let named = std::env::var_os("INTRAPARIS_POSTGRES_BIN").map(PathBuf::from);
    let holds = |path: &PathBuf| path.join("initdb").is_file() && path.join("postgres").is_file();
    let mut packaged: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    packaged.sort_unstable_by(|one, other| other.cmp(one));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::split_paths(&path).collect::<Vec<_>>();
    named.into_iter().chain(packaged.into_iter().map(|(_, path)| path)).chain(path).find(holds)
}

/// PostgreSQL refuses to be root: the user and group of `postgres`, or of `nobody`.
fn server_user() -> anyhow::Result<(u32, u32)> {
    let accounts = fs::read_to_string(Path::new("/etc/passwd")).context("/etc/passwd")?;
    ["postgres", "nobody"]
        .iter()
        .find_map(|name| {
            let mut fields = accounts.lines().find(|line| line.starts_with(&format!("{name}:")))?.split(':').skip(2);
            Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
        })
        .context("neither an account postgres nor one nobody, and PostgreSQL refuses to be root")
}
