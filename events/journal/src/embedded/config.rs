//! What the caller may choose of a private PostgreSQL.

use std::env;
use std::path::PathBuf;
use std::time::Duration;

/// How a private PostgreSQL is found, started and stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The directory that holds everything of this server; made when missing. A relative path is taken from the current
    /// directory.
    pub data_dir: PathBuf,
    /// What a commit survives. Default: [`Durability::Durable`].
    pub durability: Durability,
    /// Server settings, name and value, that win over ours. Default: none.
    pub settings: Vec<(String, String)>,
    /// A directory with `initdb` and `postgres`, asked before every other. Default: the environment's
    /// `INTRAPARIS_POSTGRES_BIN`.
    pub postgres_bin: Option<PathBuf>,
    /// The account that PostgreSQL runs as when the program is root, which PostgreSQL refuses to be. Default: `postgres`
    /// where there is one, else `nobody`. Without root it runs as the program itself.
    pub user: Option<String>,
    /// How long a start may take, recovery after a crash included. Default: 120 s.
    pub start_timeout: Duration,
    /// How long a stop waits for other programs that are attached to the server. Default: 10 s.
    pub riders_timeout: Duration,
    /// How long a fast stop may take before sessions are cut without a checkpoint. Default: 30 s.
    pub stop_timeout: Duration,
}

impl Config {
    /// The defaults, in `data_dir`.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            durability: Durability::Durable,
            settings: Vec::new(),
            postgres_bin: env::var_os("INTRAPARIS_POSTGRES_BIN").map(PathBuf::from),
            user: None,
            start_timeout: Duration::from_secs(120),
            riders_timeout: Duration::from_secs(10),
            stop_timeout: Duration::from_secs(30),
        }
    }
}

/// What a commit survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Power loss: `fsync` and `synchronous_commit` are on.
    Durable,
    /// The end of the program alone. For tests: nothing is flushed, and a crash of the machine may leave ruins.
    Volatile,
}
