//! Why a private PostgreSQL cannot be had, and what to do about it.

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

/// A failure of the private PostgreSQL. Each text names the path and says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmbeddedError {
    /// A file or directory of the data directory refused an operation.
    #[error("cannot {action} {path}: is its directory writable, and is there room on its disk?", path = path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The path holds a line break, which PostgreSQL's own files cannot carry.
    #[error("the data directory {path:?} has a line break in its name: choose another")]
    LineBreak {
        /// The path as asked for.
        path: PathBuf,
    },
    /// No PostgreSQL on this machine.
    #[error(
        "no PostgreSQL {oldest} or newer found in {looked}: install one (Debian: apt-get install postgresql), or name the \
         directory of `initdb` and `postgres` in INTRAPARIS_POSTGRES_BIN, or name a server in DATABASE_URL"
    )]
    NoPostgres {
        /// The oldest major version that serves.
        oldest: u32,
        /// The places that were searched.
        looked: String,
    },
    /// The directory that was named holds no server.
    #[error("{path} does not hold `initdb` and `postgres`: correct INTRAPARIS_POSTGRES_BIN, or unset it", path = path.display())]
    NotPostgres {
        /// The directory as named.
        path: PathBuf,
    },
    /// The data directory belongs to another major version than those installed.
    #[error(
        "the data directory {path} was made by PostgreSQL {made_by}, and {here} is installed: install PostgreSQL \
         {made_by} again; or, to change to the new one, dump with the old one (pg_dumpall), move the directory away, start, \
         and restore (psql)", path = path.display(), here = only(installed)
    )]
    MajorVersion {
        /// The data directory.
        path: PathBuf,
        /// What its PG_VERSION says.
        made_by: String,
        /// The major versions at hand.
        installed: BTreeSet<u32>,
    },
    /// `PG_VERSION` is empty or holds something else: the cluster was damaged, by a full disk most often.
    #[error("{path} tells no version of PostgreSQL: restore the data directory from a backup, or move it away to begin anew", path = path.display())]
    NoVersion {
        /// The file.
        path: PathBuf,
    },
    /// The program is root, and no other account can run PostgreSQL.
    #[error(
        "PostgreSQL refuses to run as root, and there is no account `{wanted}` here: create it, or run as an ordinary user"
    )]
    NoUser {
        /// The accounts that were looked for.
        wanted: String,
    },
    /// The account that runs PostgreSQL may not pass through a directory above what it needs.
    #[error(
        "PostgreSQL runs as `{user}` because the program is root, and `{user}` may not enter {ancestor}, above {path}: \
         choose a place such as /var/lib/intraparis, or chmod o+x {ancestor}",
        path = path.display(), ancestor = ancestor.display()
    )]
    Unreachable {
        /// The account.
        user: String,
        /// Where it has to get.
        path: PathBuf,
        /// Where it stops.
        ancestor: PathBuf,
    },
    /// The short directory for the socket belongs to somebody else.
    #[error("the socket directory {path} is not a directory of `{user}` alone: remove it, or choose a shorter data directory", path = path.display())]
    SocketDirectory {
        /// The directory.
        path: PathBuf,
        /// Whose it should be.
        user: String,
    },
    /// A PostgreSQL that this program does not own runs on the data directory.
    #[error("process {pid} runs PostgreSQL on {path} without a program that owns it: stop it (kill -INT {pid}), then start again", path = path.display())]
    Orphan {
        /// Its process id.
        pid: i32,
        /// The data directory.
        path: PathBuf,
    },
    /// `initdb` failed; what it had made was removed.
    #[error("cannot make a database cluster in {path}: {output}", path = path.display())]
    InitDb {
        /// The data directory.
        path: PathBuf,
        /// What `initdb` said.
        output: String,
    },
    /// PostgreSQL ended before it was ready.
    #[error("PostgreSQL did not start on {path} ({status}); its logs are in {logs}; it said: {output}", path = path.display(), logs = logs.display())]
    Start {
        /// The data directory.
        path: PathBuf,
        /// The directory of its logs.
        logs: PathBuf,
        /// Its exit status.
        status: String,
        /// Its last words.
        output: String,
    },
    /// PostgreSQL was not ready in time.
    #[error("PostgreSQL on {path} was not ready after {waited:?}; it may be recovering: see {logs}, or raise the timeout", path = path.display(), logs = logs.display())]
    NotReady {
        /// The data directory.
        path: PathBuf,
        /// The directory of its logs.
        logs: PathBuf,
        /// The configured patience.
        waited: Duration,
    },
    /// PostgreSQL ended though nobody asked it to. The next start recovers.
    #[error("PostgreSQL on {path} has died ({ending}); nothing committed is lost: start again; its logs are in {logs}", path = path.display(), logs = logs.display())]
    Died {
        /// The data directory.
        path: PathBuf,
        /// The directory of its logs.
        logs: PathBuf,
        /// How it ended.
        ending: Ending,
    },
    /// PostgreSQL did not stop, not even without a checkpoint.
    #[error("PostgreSQL on {path} does not stop: look at process {pid}", path = path.display())]
    NotStopped {
        /// The data directory.
        path: PathBuf,
        /// Its process id.
        pid: i32,
    },
    /// Nowhere to put a temporary server.
    #[error(
        "no place for a temporary PostgreSQL among {looked}: one of them needs {needed_mib} MiB free and to be writable"
    )]
    NoRoom {
        /// The places that were tried.
        looked: String,
        /// What it takes, in MiB.
        needed_mib: u64,
    },
    /// The command that was to run beside the server could not be run.
    #[error("cannot run {program}: is it installed?")]
    Command {
        /// The program.
        program: String,
        /// The system's answer.
        source: io::Error,
    },
}

fn only(majors: &BTreeSet<u32>) -> String {
    if majors.is_empty() {
        return "none".to_owned();
    }
    format!("only {}", majors.iter().map(u32::to_string).collect::<Vec<_>>().join(", "))
}

/// How a server ended that nobody had asked to, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With this status.
    Status(ExitStatus),
    /// Its process could not be waited for.
    Unseen,
    /// Another program owned it.
    WithItsOwner,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => status.fmt(f),
            Self::Unseen => f.write_str("its end could not be waited for"),
            Self::WithItsOwner => f.write_str("its owner has stopped it, or both were killed"),
        }
    }
}

/// Says what was tried on which path when a call to the system fails.
pub(super) fn on<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> EmbeddedError + use<'a> {
    move |source| EmbeddedError::Io { action, path: path.to_owned(), source }
}
