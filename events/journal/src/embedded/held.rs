//! What lasts from the lock on until the server has ended.

use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::OnceLock;

/// The right to own a server; dropped in this order.
#[derive(Debug)]
pub(super) struct Held {
    socket: OnceLock<RemovedOnDrop>,
    _directory: Option<RemovedOnDrop>,
    _lock: File,
}

impl Held {
    /// For a directory that stays.
    pub(super) fn lock(lock: File) -> Self {
        Self { socket: OnceLock::new(), _directory: None, _lock: lock }
    }

    /// For a directory that goes with its server.
    pub(super) fn temporary(directory: PathBuf, lock: File) -> Self {
        Self { socket: OnceLock::new(), _directory: Some(RemovedOnDrop(directory)), _lock: lock }
    }

    /// The directory of the socket, away from the data, goes with its server.
    pub(super) fn with_socket(&self, directory: PathBuf) {
        self.socket.get_or_init(|| RemovedOnDrop(directory));
    }
}

#[derive(Debug)]
struct RemovedOnDrop(PathBuf);

impl Drop for RemovedOnDrop {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!(path = %self.0.display(), %error, "cannot remove what ends with PostgreSQL");
        }
    }
}
