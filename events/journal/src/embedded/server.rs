//! The handle of a private PostgreSQL.

use std::fmt;
use std::future::{Future, pending};
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use rustix::process::{Pid, Signal};
use sha2::Sha256;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tokio::time::{interval, timeout};

use super::config::Config;
use super::data_directory::{DataDirectory, PORT};
use super::error::{EmbeddedError, Ending, on};
use super::held::Held;
use super::initdb::SUPERUSER;
use super::liveness::is_live_server;
use super::patience::Patience;
use super::pid_file::PidFile;
use super::postmaster::Postmaster;
use super::riders::{Ride, Riders};
use super::scram;
use super::server_user::ServerUser;
use super::start::{Started, not_ready, start_owned};

/// How often a program that is attached to another's server looks whether it lives.
const ATTACHED_PERIOD: Duration = Duration::from_millis(250);

/// A private PostgreSQL that answers. The program that started it owns it: the server stops when the owner drops this,
/// stops it or ends in any way. Other programs are attached to it: an owner that stops it waits for them, for as long as
/// the configuration says, and one that [keeps](Server::keep) it goes on without its owner.
pub struct Server {
    config: Config,
    directory: DataDirectory,
    password: String,
    socket_directory: PathBuf,
    role: Role,
}

enum Role {
    Owner { postmaster: Postmaster, riders: Riders },
    Attached { pid: Pid, ride: Option<Ride> },
}

impl Server {
    /// Starts the server of `config.data_dir`, or attaches to it when another program has. Makes directory and cluster
    /// where they are missing. Of programs that come at once, one makes and owns it, and the others wait for it.
    ///
    /// # Errors
    /// See [`EmbeddedError`]; nothing half-made is left.
    pub async fn start(config: &Config) -> Result<Self, EmbeddedError> {
        let directory = DataDirectory::prepare(&config.data_dir, ServerUser::find(config.user.as_deref())?)?;
        let mut patience = Patience::of(config.start_timeout);
        loop {
            if let Some(lock) = directory.try_lock()? {
                return Self::start_locked(config, directory, Held::lock(lock), &mut patience).await;
            }
            if let Some(ride) = Ride::begin(&directory)?
                && let Some(file) = PidFile::of_live_server(&directory.cluster())?.filter(|file| file.ready)
                && ride.counts()
            {
                let role = Role::Attached { pid: file.pid, ride: Some(ride) };
                return Self::answering(config, directory, file.socket_directory, role);
            }
            if !patience.another_look().await {
                return Err(not_ready(config, &directory));
            }
        }
    }

    pub(super) async fn start_locked(
        config: &Config,
        directory: DataDirectory,
        held: Held,
        patience: &mut Patience,
    ) -> Result<Self, EmbeddedError> {
        let Started { postmaster, socket_directory, riders } = start_owned(config, &directory, held, patience).await?;
        Self::answering(config, directory, socket_directory, Role::Owner { postmaster, riders })
    }

    fn answering(
        config: &Config,
        directory: DataDirectory,
        socket_directory: PathBuf,
        role: Role,
    ) -> Result<Self, EmbeddedError> {
        let password = directory.password()?;
        Ok(Self { config: config.clone(), directory, password, socket_directory, role })
    }

    /// Connects as superuser to the database `postgres`, through the socket. Their `Debug` prints the password: log them
    /// nowhere.
    pub fn connect_options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.socket_directory)
            .port(PORT)
            .username(SUPERUSER)
            .password(&self.password)
            .database(SUPERUSER)
            .ssl_mode(PgSslMode::Disable)
    }

    /// Connects as the login `name` to the database `postgres`, with [`Server::login_password`]. Their `Debug` prints the
    /// password: log them nowhere.
    pub fn login_options(&self, name: &str) -> PgConnectOptions {
        self.connect_options().username(name).password(&self.login_password(name))
    }

    /// The password of the login `name`, 64 hexadecimal digits. It follows from the superuser's, so that every program on
    /// the data directory knows it and none keeps it, and tells nothing of the superuser's.
    pub fn login_password(&self, name: &str) -> String {
        #[expect(clippy::expect_used, reason = "RFC 2104: HMAC takes a key of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(self.password.as_bytes()).expect("a key of any length");
        mac.update(name.as_bytes());
        HEXLOWER.encode(&mac.finalize().into_bytes())
    }

    /// What a statement sets the password of the login `name` with: it opens nothing by itself, so that it may stand in the
    /// server's log.
    ///
    /// # Errors
    /// [`EmbeddedError::Io`] when the operating system gives no random bytes.
    pub fn login_verifier(&self, name: &str) -> Result<String, EmbeddedError> {
        let mut salt = [0; 16];
        getrandom::fill(&mut salt)
            .map_err(|error| on("draw random bytes for", self.directory.root())(io::Error::other(error)))?;
        Ok(scram::verifier(&self.login_password(name), &salt))
    }

    /// The same as [`Server::connect_options`] as a URL that libpq and sqlx read. It holds the password.
    pub fn database_url(&self) -> String {
        // Nothing but letters, digits, `/`, `.`, `_` and `-` stands in the path of a socket of ours.
        let host = self.socket_directory.to_string_lossy().replace('/', "%2F");
        format!("postgresql://{SUPERUSER}:{}@{host}:{PORT}/{SUPERUSER}?sslmode=disable", self.password)
    }

    /// Whether this program has started the server, and stops it.
    pub fn is_owner(&self) -> bool {
        matches!(self.role, Role::Owner { .. })
    }

    /// The process id of the server.
    pub fn pid(&self) -> i32 {
        match &self.role {
            Role::Owner { postmaster, .. } => postmaster.pid().as_raw_pid(),
            Role::Attached { pid, .. } => pid.as_raw_pid(),
        }
    }

    /// Comes when the server has ended without being asked to through this handle: end the program with a non-zero code,
    /// or start again. Never comes otherwise.
    pub fn exited(&self) -> impl Future<Output = EmbeddedError> + Send + 'static {
        let (path, logs) = (self.directory.root().to_owned(), self.directory.logs());
        let cluster = self.directory.cluster();
        let watched = match &self.role {
            Role::Owner { postmaster, .. } => Ok(postmaster.ended()),
            Role::Attached { pid, .. } => Err(*pid),
        };
        async move {
            let ending = match watched {
                Ok(mut ended) => {
                    let ended = ended.wait_for(Option::is_some).await.ok().and_then(|ended| ended.clone());
                    match ended {
                        Some(ended) if ended.asked => pending().await,
                        Some(ended) => Ending::Status(ended.status),
                        None => Ending::Unseen,
                    }
                }
                Err(pid) => {
                    let mut pace = interval(ATTACHED_PERIOD);
                    while is_live_server(pid, &cluster) {
                        pace.tick().await;
                    }
                    Ending::WithItsOwner
                }
            };
            EmbeddedError::Died { path, logs, ending }
        }
    }

    /// Goes on for as long as there is a server to be had: when the one that another program owned has ended, starts it
    /// again, or attaches to the one that a third has started. Its owner waits for this program no longer. What
    /// [`Server::connect_options`] has said stays true; connections break, and are refused until the next server answers.
    /// Comes when a server of our own has died, or when none can be had.
    pub async fn keep(&mut self) -> EmbeddedError {
        loop {
            if let Role::Attached { ride, .. } = &mut self.role {
                *ride = None;
            }
            let died = self.exited().await;
            if self.is_owner() {
                return died;
            }
            tracing::warn!(pid = self.pid(), "PostgreSQL has ended with the program that owned it: starting it again");
            match Self::start(&self.config).await {
                Ok(server) => *self = server,
                Err(error) => return error,
            }
            tracing::info!(pid = self.pid(), owner = self.is_owner(), "PostgreSQL answers again");
        }
    }

    /// Waits, for at most the configured time, for other programs that are attached to it. Then stops the server the fast
    /// way (sessions are cut, a checkpoint is written) and waits for its end; when that takes longer than the configured
    /// time, without a checkpoint. Leaves the server of another program alone.
    ///
    /// # Errors
    /// [`EmbeddedError::NotStopped`] when it lives on.
    pub async fn stop(self) -> Result<(), EmbeddedError> {
        let Role::Owner { postmaster, riders } = &self.role else { return Ok(()) };
        match riders.see_off(&mut Patience::of(self.config.riders_timeout)).await {
            Ok(true) => {}
            Ok(false) => tracing::warn!(pid = self.pid(), "stopping PostgreSQL under programs that are attached to it"),
            Err(error) => tracing::warn!(pid = self.pid(), %error, "cannot wait for programs that are attached"),
        }
        let mut ended = postmaster.ended();
        for signal in [Signal::INT, Signal::QUIT] {
            if let Err(error) = postmaster.ask_to_stop(signal) {
                tracing::warn!(pid = self.pid(), %error, "cannot signal PostgreSQL");
            }
            if timeout(self.config.stop_timeout, ended.wait_for(Option::is_some)).await.is_ok() {
                return Ok(());
            }
        }
        Err(EmbeddedError::NotStopped { path: self.directory.root().to_owned(), pid: self.pid() })
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Server")
            .field("data_dir", &self.directory.root())
            .field("socket_directory", &self.socket_directory)
            .field("pid", &self.pid())
            .field("is_owner", &self.is_owner())
            .finish_non_exhaustive()
    }
}
