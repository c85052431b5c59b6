//! The key that wraps all others. It never enters the database.

use crate::secret::{Secret, uuid_of};
use data_encoding::{BASE64, BASE64_NOPAD, HEXLOWER_PERMISSIVE};
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use uuid::Uuid;
use zeroize::Zeroizing;

/// More than any way to write a key takes, so that a wrong path does not read a large file.
const LONGEST_FILE: u64 = 1024;

/// The key of 32 bytes that wraps every key of the vault. It is overwritten in memory when dropped; `Debug` shows
/// its id alone.
#[derive(Clone)]
pub struct MasterKey {
    id: Uuid,
    pub(crate) secret: Secret,
}

/// Why there is no master key. The text that was to be one is never quoted.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// Neither of the two ways to write 32 bytes.
    #[error("a master key is 32 bytes, written as 64 hexadecimal digits or in base64")]
    Malformed,
    /// The file holds something else.
    #[error("{} does not hold a master key: 32 bytes, written as 64 hexadecimal digits or in base64", .0.display())]
    MalformedFile(PathBuf),
    /// Others than its owner may read or write the file.
    #[error("{} has mode {mode:04o}, so that others than its owner may use it; a master key needs 0600", path.display())]
    WiderMode {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file cannot be read or made.
    #[error("{} cannot be read or made", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes")]
    Randomness(#[source] getrandom::Error),
}

impl MasterKey {
    /// A new random key.
    ///
    /// # Errors
    /// [`MasterKeyError::Randomness`].
    pub fn generate() -> Result<Self, MasterKeyError> {
        Secret::generate().map(Self::new).map_err(MasterKeyError::Randomness)
    }

    /// The key in this file; a file that is not there is made, with a new key and mode 0600. Of processes that start
    /// at once, one makes it and all get the same key. Blocks: for the start of a process.
    ///
    /// # Errors
    /// [`MasterKeyError::WiderMode`] when the group or others may use the file, [`MasterKeyError::MalformedFile`],
    /// [`MasterKeyError::File`].
    pub fn load_or_create(path: &Path) -> Result<Self, MasterKeyError> {
        let failed = |source| MasterKeyError::File { path: path.to_owned(), source };
        match File::open(path) {
            Ok(file) => Self::load(path, file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                write_new(path, &Self::generate()?).map_err(failed)?;
                Self::load(path, File::open(path).map_err(failed)?)
            }
            Err(error) => Err(failed(error)),
        }
    }

    fn load(path: &Path, file: File) -> Result<Self, MasterKeyError> {
        let failed = |source| MasterKeyError::File { path: path.to_owned(), source };
        let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(MasterKeyError::WiderMode { path: path.to_owned(), mode });
        }
        let mut text = Zeroizing::new(String::new());
        file.take(LONGEST_FILE).read_to_string(&mut text).map_err(failed)?;
        text.parse().map_err(|_| MasterKeyError::MalformedFile(path.to_owned()))
    }

    /// The name of this key, which tells nothing about it: each wrapped key carries its master's.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.id
    }

    fn new(secret: Secret) -> Self {
        Self { id: uuid_of(secret.mac(&[b"intraparis master key id 1"])), secret }
    }
}

/// Writes the key beside its place and links it there, which fails when another process was first: its key stands.
fn write_new(path: &Path, key: &MasterKey) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let beside = directory.join(format!(".master-key-{}", Uuid::new_v4().simple()));
    let written = (|| {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
        let text = Zeroizing::new(data_encoding::HEXLOWER.encode(key.secret.as_bytes()) + "\n");
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        match fs::hard_link(&beside, path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => File::open(directory)?.sync_all(),
        }
    })();
    let removed = fs::remove_file(&beside);
    written.and(removed)
}

impl FromStr for MasterKey {
    type Err = MasterKeyError;

    /// Reads 64 hexadecimal digits or base64 (RFC 4648 §4, with or without padding); blanks around it do not count.
    fn from_str(text: &str) -> Result<Self, MasterKeyError> {
        let text = text.trim().as_bytes();
        let encoding = match text.len() {
            64 => HEXLOWER_PERMISSIVE,
            44 => BASE64,
            _ => BASE64_NOPAD,
        };
        let bytes = Zeroizing::new(encoding.decode(text).map_err(|_| MasterKeyError::Malformed)?);
        Secret::from_slice(&bytes).map(Self::new).ok_or(MasterKeyError::Malformed)
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.id)
    }
}

/// The master keys of a process: new keys are wrapped under the current one, the former ones only unwrap.
pub(crate) struct Masters {
    pub(crate) current: MasterKey,
    pub(crate) former: Vec<MasterKey>,
}

impl Masters {
    pub(crate) fn find(&self, id: Uuid) -> Option<&MasterKey> {
        std::iter::once(&self.current).chain(&self.former).find(|master| master.id == id)
    }
}
