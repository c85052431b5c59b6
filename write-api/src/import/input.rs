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
    /// What stands at a path: of a pipe, whose bytes come once, all that it gives.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn at(path: PathBuf) -> io::Result<Self> {
        if std::fs::metadata(&path)?.is_file() {
            return Ok(Self::File(path));
        }
        Ok(Self::Bytes(std::fs::read(path)?.into()))
    }

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

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_pipe_is_read_more_than_once() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let writer = std::thread::spawn({
            let pipe = pipe.clone();
            move || std::fs::write(pipe, "one\n")
        });
        let input = Input::at(pipe).unwrap();
        writer.join().unwrap().unwrap();
        for _ in 0..2 {
            let mut text = String::new();
            input.open().unwrap().read_to_string(&mut text).unwrap();
            assert_eq!(text, "one\n");
        }
    }
}
