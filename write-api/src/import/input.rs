//! A file that is read more than once.

use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::PathBuf;
use std::sync::Arc;

/// A file, or its bytes.
#[derive(Clone, Debug)]
pub enum Input {
    /// A file that stays as it is while it is read.
    File(PathBuf),
    /// Bytes at hand.
    Bytes(Arc<[u8]>),
}

impl Input {
    /// Reads it from its beginning.
    pub(crate) fn open(&self) -> io::Result<Box<dyn BufRead + Send + '_>> {
        Ok(match self {
            Self::File(path) => Box::new(BufReader::with_capacity(64 * 1024, File::open(path)?)),
            Self::Bytes(bytes) => Box::new(&**bytes),
        })
    }

    /// SHA-256 of all of it.
    pub(crate) fn sha256(&self) -> io::Result<[u8; 32]> {
        let (mut input, mut hash) = (self.open()?, Sha256::new());
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match input.read(&mut buffer)? {
                0 => return Ok(hash.finalize().into()),
                read => hash.update(buffer.get(..read).unwrap_or_default()),
            }
        }
    }
}
