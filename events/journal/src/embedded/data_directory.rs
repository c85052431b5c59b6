//! What lies in a data directory:
//!
//! | path | holds | owner |
//! | --- | --- | --- |
//! | `lock` | nothing: whoever has it locked owns the server | the program |
//! | `riders` | nothing: there while programs may attach; whoever has it locked is waited for by the owner | the program |
//! | `password` | the superuser's password, mode 0600 | the server |
//! | `cluster/` | PostgreSQL's own data directory | the server |
//! | `log/` | the server's logs, one file a weekday, each emptied before it is used again | the server |
//! | `socket/` | the socket, unless the path is too long for one | the server |
//! | `new.PID/` | a cluster in the making | the program |

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use super::error::{EmbeddedError, on};
use super::server_user::ServerUser;

/// The port is part of the socket's file name; no port is opened.
pub(super) const PORT: u16 = 5432;

/// `sun_path` takes 107 bytes and a NUL on Linux, 103 on macOS; the socket's name takes 14 of them.
const LONGEST_SOCKET_DIRECTORY: usize = 85;

/// A data directory that exists and that the server's account can reach.
#[derive(Debug, Clone)]
pub(super) struct DataDirectory {
    root: PathBuf,
    user: ServerUser,
}

impl DataDirectory {
    /// Makes the directory where it is missing. Its path becomes absolute and free of links: it has to mean the same to
    /// a server that starts in `/`, and to two programs that spell it differently. Nothing is made where the server's account
    /// cannot get to.
    pub(super) fn prepare(path: &Path, user: ServerUser) -> Result<Self, EmbeddedError> {
        if path.as_os_str().as_bytes().contains(&b'\n') {
            return Err(EmbeddedError::LineBreak { path: path.to_owned() });
        }
        let path = std::path::absolute(path).map_err(on("resolve", path))?;
        let there = path.ancestors().find(|ancestor| ancestor.is_dir()).unwrap_or(&path);
        user.must_reach(&fs::canonicalize(there).map_err(on("resolve", there))?, &path)?;
        make_with_ancestors(&path, user.passage_mode())?;
        let root = fs::canonicalize(&path).map_err(on("resolve", &path))?;
        Ok(Self { root, user })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn user(&self) -> &ServerUser {
        &self.user
    }

    pub(super) fn cluster(&self) -> PathBuf {
        self.root.join("cluster")
    }

    pub(super) fn logs(&self) -> PathBuf {
        self.root.join("log")
    }

    pub(super) fn riders_file(&self) -> PathBuf {
        self.root.join("riders")
    }

    pub(super) fn password_file(&self) -> PathBuf {
        self.root.join("password")
    }

    pub(super) fn password(&self) -> Result<String, EmbeddedError> {
        let path = self.password_file();
        fs::read_to_string(&path).map_err(on("read", &path))
    }

    /// The right to own the server, or `None` while another program has it. It ends with the file's last handle, however
    /// the program ends, and does not pass to PostgreSQL.
    pub(super) fn try_lock(&self) -> Result<Option<File>, EmbeddedError> {
        let path = self.root.join("lock");
        loop {
            let file = open_lock(&path)?;
            match file.try_lock() {
                Ok(()) if is_still_at(&file, &path) => return Ok(Some(file)),
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(source)) => return Err(on("lock", &path)(source)),
            }
        }
    }

    /// The directory of the socket: here, or a short one where this path is too long or could not stand in PostgreSQL's
    /// list of directories. Made when missing.
    pub(super) fn socket_directory(&self) -> Result<PathBuf, EmbeddedError> {
        let near = self.root.join("socket");
        let directory = if fits_a_socket(&near) { near } else { self.short_socket_directory()? };
        self.make_for_server(&directory)?;
        let metadata = fs::symlink_metadata(&directory).map_err(on("look at", &directory))?;
        if metadata.is_dir() && metadata.uid() == self.user.uid && metadata.mode() & 0o077 == 0 {
            Ok(directory)
        } else {
            Err(EmbeddedError::SocketDirectory { path: directory, user: self.user.name.clone() })
        }
    }

    /// Named after the inode, so that each start finds the same.
    fn short_socket_directory(&self) -> Result<PathBuf, EmbeddedError> {
        let metadata = fs::metadata(&self.root).map_err(on("look at", &self.root))?;
        Ok(PathBuf::from(format!("/tmp/intraparis-{:x}-{:x}", metadata.dev(), metadata.ino())))
    }

    /// A directory for the server alone; one that is already there is left as it is.
    pub(super) fn make_for_server(&self, path: &Path) -> Result<(), EmbeddedError> {
        match DirBuilder::new().mode(0o700).create(path) {
            Ok(()) => self.user.give(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(on("make", path)(error)),
        }
    }

    /// Empties the directory, but for the lock.
    pub(super) fn clear(&self) -> Result<(), EmbeddedError> {
        for entry in fs::read_dir(&self.root).map_err(on("list", &self.root))? {
            let path = entry.map_err(on("list", &self.root))?.path();
            if path.is_dir() {
                fs::remove_dir_all(&path).map_err(on("remove", &path))?;
            }
        }
        Ok(())
    }
}

/// A file to lock, made when missing; a link is not followed.
pub(super) fn open_lock(path: &Path) -> Result<File, EmbeddedError> {
    let mut options = OpenOptions::new();
    options.create(true).write(true).truncate(false).mode(0o600).custom_flags(OFlags::NOFOLLOW.bits().cast_signed());
    options.open(path).map_err(on("open", path))
}

/// Removes a file, unless it is gone already.
pub(super) fn remove(path: &Path) -> Result<(), EmbeddedError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(on("remove", path)(error)),
        _ => Ok(()),
    }
}

/// Whether `file` is the one that its path names now: it may have been removed since it was opened.
pub(super) fn is_still_at(file: &File, path: &Path) -> bool {
    match (file.metadata(), fs::metadata(path)) {
        (Ok(open), Ok(named)) => open.ino() == named.ino() && open.dev() == named.dev(),
        _ => false,
    }
}

fn fits_a_socket(path: &Path) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-".contains(byte);
    let bytes = path.as_os_str().as_bytes();
    bytes.len() <= LONGEST_SOCKET_DIRECTORY && bytes.iter().all(plain)
}

/// Makes `path` with `mode`, and what is missing above it open to passage, whatever the umask.
fn make_with_ancestors(path: &Path, mode: u32) -> Result<(), EmbeddedError> {
    let mut missing: Vec<&Path> = path.ancestors().take_while(|ancestor| !ancestor.exists()).collect();
    missing.reverse();
    for directory in missing {
        match fs::create_dir(directory) {
            Ok(()) => {
                let mode = if directory == path { mode } else { 0o755 };
                fs::set_permissions(directory, Permissions::from_mode(mode))
                    .map_err(on("change the mode of", directory))?;
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(on("make", directory)(error)),
        }
    }
    if path.is_dir() { Ok(()) } else { Err(on("use", path)(io::ErrorKind::NotADirectory.into())) }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::fits_a_socket;

    #[test]
    fn a_socket_fits_into_a_short_and_plain_path_only() {
        assert!(fits_a_socket(Path::new("/var/lib/intraparis/data/socket")));
        assert!(!fits_a_socket(Path::new(&format!("/{}", "x".repeat(85)))));
        assert!(!fits_a_socket(Path::new("/srv/one, two/socket")), "PostgreSQL would read two directories");
    }
}
