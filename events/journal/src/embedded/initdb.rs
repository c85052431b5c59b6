//! Makes a cluster. It is made aside and moved into place when it is whole: one that was interrupted never looks finished.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use data_encoding::HEXLOWER;

use super::binaries::Binaries;
use super::config::Durability;
use super::data_directory::DataDirectory;
use super::error::{EmbeddedError, on};
use super::launch;

/// The superuser of every cluster.
pub(super) const SUPERUSER: &str = "postgres";

/// Makes the cluster of `directory`, whose lock the caller holds, on the caller's thread.
pub(super) fn make_cluster(
    directory: &DataDirectory,
    binaries: &Binaries,
    durability: Durability,
) -> Result<(), EmbeddedError> {
    remove_unfinished(directory)?;
    let staging = Staging::make(directory)?;
    write_password(directory, &staging.password())?;
    directory.make_for_server(&staging.cluster())?;
    initdb(directory, &staging, binaries, durability)?;
    // The password first: a cluster without its password would be lost, a password without a cluster is made anew.
    put(&staging.password(), &directory.password_file())?;
    put(&staging.cluster(), &directory.cluster())?;
    File::open(directory.root()).and_then(|root| root.sync_all()).map_err(on("flush", directory.root()))
}

fn initdb(
    directory: &DataDirectory,
    staging: &Staging,
    binaries: &Binaries,
    durability: Durability,
) -> Result<(), EmbeddedError> {
    let program = binaries.program("initdb");
    let mut command = launch::command(&program, directory.user());
    command.args(["--username", SUPERUSER, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]);
    match durability {
        Durability::Durable => command.arg("--data-checksums"),
        Durability::Volatile => command.arg("--no-sync"),
    };
    command.arg("--no-instructions").arg("--pwfile").arg(staging.password()).arg("--pgdata").arg(staging.cluster());
    #[cfg(target_os = "linux")]
    launch::die_with_thread(&mut command, rustix::process::Signal::KILL);
    let output = command.stderr(Stdio::piped()).output().map_err(on("run", &program))?;
    if output.status.success() {
        return Ok(());
    }
    let output = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(EmbeddedError::InitDb { path: directory.root().to_owned(), output })
}

fn put(from: &Path, to: &Path) -> Result<(), EmbeddedError> {
    fs::rename(from, to).map_err(on("make", to))
}

/// 24 random bytes, in hexadecimal; scram takes care that guessing them is hopeless.
fn write_password(directory: &DataDirectory, path: &Path) -> Result<(), EmbeddedError> {
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes).map_err(|error| on("draw random bytes for", path)(io::Error::other(error)))?;
    let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(path).map_err(on("make", path))?;
    file.write_all(HEXLOWER.encode(&bytes).as_bytes()).and_then(|()| file.sync_all()).map_err(on("write", path))?;
    directory.user().give(path)
}

/// What a program that was killed here has left. Its `initdb` died with it, and a child of that may take a moment longer:
/// what cannot be removed now is in nobody's way, and the next start of a new cluster tries again.
fn remove_unfinished(directory: &DataDirectory) -> Result<(), EmbeddedError> {
    for entry in fs::read_dir(directory.root()).map_err(on("list", directory.root()))? {
        let path = entry.map_err(on("list", directory.root()))?.path();
        let unfinished =
            path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(Staging::PREFIX.as_bytes()));
        if unfinished && let Err(error) = fs::remove_dir_all(&path) {
            tracing::warn!(path = %path.display(), %error, "cannot remove an unfinished cluster");
        }
    }
    Ok(())
}

/// A cluster in the making; removed with all that it holds when dropped.
struct Staging(PathBuf);

impl Staging {
    const PREFIX: &str = "new.";

    /// Named after the process: what an older one may still be writing is not this.
    fn make(directory: &DataDirectory) -> Result<Self, EmbeddedError> {
        let path = directory.root().join(format!("{}{}", Self::PREFIX, std::process::id()));
        DirBuilder::new().mode(directory.user().passage_mode()).create(&path).map_err(on("make", &path))?;
        Ok(Self(path))
    }

    fn cluster(&self) -> PathBuf {
        self.0.join("cluster")
    }

    fn password(&self) -> PathBuf {
        self.0.join("password")
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!(path = %self.0.display(), %error, "cannot remove an unfinished cluster");
        }
    }
}
