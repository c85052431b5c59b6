//! A server for one run of the tests: volatile, in memory where there is room, gone with its owner.

use std::env;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::statvfs;
use rustix::process::geteuid;

use super::config::{Config, Durability};
use super::data_directory::DataDirectory;
use super::error::EmbeddedError;
use super::held::Held;
use super::patience::Patience;
use super::server::Server;
use super::server_user::ServerUser;

/// The space that a run of the tests may need, in MiB.
const NEEDED_MIB: u64 = 1024;

/// How many temporary servers of one user may run at once.
const SLOTS: usize = 64;

impl Server {
    /// Starts a volatile server on an empty data directory that nobody shares: in `/dev/shm`, else in `fallback`, else in
    /// the system's temporary directory, whichever first has the room. The directory is removed when the server has
    /// stopped; what a killed program leaves is taken and emptied by the next. Settings are as in [`Config::settings`].
    ///
    /// # Errors
    /// [`EmbeddedError::NoRoom`] when no place serves; else as [`Server::start`].
    pub async fn start_temporary(fallback: &Path, settings: Vec<(String, String)>) -> Result<Self, EmbeddedError> {
        let user = ServerUser::find(None)?;
        let places = [PathBuf::from("/dev/shm"), fallback.to_owned(), env::temp_dir()];
        for place in places.iter().filter(|place| has_room(place)) {
            for slot in 0..SLOTS {
                let path = place.join(format!("intraparis-temporary-{}-{slot}", geteuid().as_raw()));
                if is_foreign(&path) {
                    continue;
                }
                let Ok(directory) = DataDirectory::prepare(&path, user.clone()) else { break };
                let Some(lock) = directory.try_lock()? else { continue };
                let held = Held::temporary(directory.root().to_owned(), lock);
                directory.clear()?;
                let config = Config { durability: Durability::Volatile, settings, ..Config::new(path) };
                let mut patience = Patience::of(config.start_timeout);
                return Self::start_locked(&config, directory, held, &mut patience).await;
            }
        }
        let looked: Vec<String> = places.iter().map(|place| place.display().to_string()).collect();
        Err(EmbeddedError::NoRoom { looked: looked.join(", "), needed_mib: NEEDED_MIB })
    }
}

fn has_room(place: &Path) -> bool {
    statvfs(place).is_ok_and(|room| room.f_bavail.saturating_mul(room.f_frsize) / 1024 / 1024 >= NEEDED_MIB)
}

/// Anybody may make a directory in `/dev/shm`, under any name.
fn is_foreign(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_dir() || metadata.uid() != geteuid().as_raw())
}
