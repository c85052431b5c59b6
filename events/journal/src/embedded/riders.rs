//! Programs that are attached to another's server, and that its owner waits for before it stops it.
//!
//! The file `riders` is there from before the server answers until its owner is about to stop it; a program that finds
//! none waits for the next server. Whoever rides has the file locked, shared, which ends with the program however it ends.

use std::fs::{File, TryLockError};
use std::io;
use std::path::PathBuf;

use super::data_directory::{DataDirectory, is_still_at, open_lock, remove};
use super::error::{EmbeddedError, on};
use super::patience::Patience;

/// The owner's side: who rides is let in while this is open.
#[derive(Debug)]
pub(super) struct Riders {
    path: PathBuf,
    file: File,
}

impl Riders {
    /// Lets nobody ride a server whose owner was killed, and who did counts no longer. The caller owns the next.
    pub(super) fn expel(directory: &DataDirectory) -> Result<(), EmbeddedError> {
        remove(&directory.riders_file())
    }

    /// Lets programs ride the server that is about to start.
    pub(super) fn admit(directory: &DataDirectory) -> Result<Self, EmbeddedError> {
        let path = directory.riders_file();
        let file = open_lock(&path)?;
        Ok(Self { path, file })
    }

    /// Lets nobody in any more and waits until nobody rides; `false` when patience is at its end.
    pub(super) async fn see_off(&self, patience: &mut Patience) -> Result<bool, EmbeddedError> {
        remove(&self.path)?;
        loop {
            match self.file.try_lock() {
                Ok(()) => return Ok(true),
                Err(TryLockError::WouldBlock) if patience.another_look().await => {}
                Err(TryLockError::WouldBlock) => return Ok(false),
                Err(TryLockError::Error(source)) => return Err(on("lock", &self.path)(source)),
            }
        }
    }
}

/// The rider's side: the owner does not stop the server while this is open.
#[derive(Debug)]
pub(super) struct Ride {
    path: PathBuf,
    file: File,
}

impl Ride {
    /// Takes a seat, or `None` where nobody is let in.
    pub(super) fn begin(directory: &DataDirectory) -> Result<Option<Self>, EmbeddedError> {
        let path = directory.riders_file();
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(on("open", &path)(error)),
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(Some(Self { path, file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(on("lock", &path)(source)),
        }
    }

    /// Whether the owner of the server that has been looked at since knows of this.
    pub(super) fn counts(&self) -> bool {
        is_still_at(&self.file, &self.path)
    }
}
