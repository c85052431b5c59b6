//! `postmaster.pid`: what a running server says of itself, and what a dead one leaves.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

use super::data_directory::{DataDirectory, PORT, remove};
use super::error::{EmbeddedError, on};
use super::liveness::is_live_server;

/// The lines of `postmaster.pid` that matter here (PostgreSQL's `miscadmin.h`, `LOCK_FILE_LINE_*`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PidFile {
    pub(super) pid: Pid,
    pub(super) socket_directory: PathBuf,
    pub(super) ready: bool,
}

impl PidFile {
    fn path(cluster: &Path) -> PathBuf {
        cluster.join("postmaster.pid")
    }

    /// `None` where there is none, or one that is still being written.
    pub(super) fn read(cluster: &Path) -> Result<Option<Self>, EmbeddedError> {
        let path = Self::path(cluster);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Self::parse(&text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(on("read", &path)(error)),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let pid = Pid::from_raw(lines.next()?.trim().parse().ok()?)?;
        let socket_directory = lines.nth(3).unwrap_or_default().into();
        let ready = lines.nth(2).is_some_and(|status| status.trim() == "ready");
        Some(Self { pid, socket_directory, ready })
    }

    /// The server that runs on `cluster`, ready or not.
    pub(super) fn of_live_server(cluster: &Path) -> Result<Option<Self>, EmbeddedError> {
        Ok(Self::read(cluster)?.filter(|file| is_live_server(file.pid, cluster)))
    }
}

/// Removes what would make PostgreSQL believe that a dead server runs: its process id belongs to a zombie, or after a
/// restart of the machine to somebody else. The caller holds the lock and has seen that no server lives. A process id of
/// nobody is left to PostgreSQL, which then also checks the shared memory that the file names.
pub(super) fn clear_stale(directory: &DataDirectory, socket_directory: &Path) -> Result<(), EmbeddedError> {
    let cluster = directory.cluster();
    if PidFile::read(&cluster)?.is_some_and(|file| is_taken(file.pid)) {
        remove(&PidFile::path(&cluster))?;
    }
    let socket = socket_directory.join(format!(".s.PGSQL.{PORT}"));
    remove(&socket)?;
    remove(&socket.with_added_extension("lock"))
}

fn is_taken(pid: Pid) -> bool {
    test_kill_process(pid) != Err(Errno::SRCH)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::PidFile;

    #[test]
    fn a_ready_server_says_so_on_the_eighth_line() {
        let file = PidFile::parse("4711\n/data/cluster\n1795500000\n5432\n/data/socket\n\n  77 1\nready   \n").unwrap();
        assert_eq!((file.pid.as_raw_pid(), file.socket_directory.as_path()), (4711, Path::new("/data/socket")));
        assert!(file.ready);
    }

    #[test]
    fn a_server_that_starts_or_stops_is_not_ready() {
        let starting = PidFile::parse("4711\n/data/cluster\n1795500000\n5432\n/data/socket\n\n").unwrap();
        let stopping = PidFile::parse("4711\n/d\n1\n5432\n/s\n\n  77 1\nstopping\n").unwrap();
        assert!(!starting.ready && !stopping.ready);
    }

    #[test]
    fn a_file_that_is_cut_or_foreign_is_none() {
        for text in ["", "\n", "abc\n", "0\n", "-3000000000\n"] {
            assert_eq!(PidFile::parse(text), None, "{text:?}");
        }
    }
}
