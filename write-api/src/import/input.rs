//! A file that is read more than once.

use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::path::PathBuf;
use std::sync::Arc;
use web::Text;

/// A file, or its bytes.
#[derive(Clone, Debug)]
pub enum Input {
    /// A file that stays as it is while it is read.
    File(PathBuf),
    /// Bytes at hand.
    Bytes(Arc<[u8]>),
}

/// The most that is taken of a pipe, in bytes: they are kept in memory.
const MOST_OF_A_PIPE: u64 = 256 << 20;

impl Input {
    /// What stands at a path: of a pipe or a device, whose bytes come once, all that it gives, up to 256 MiB.
    ///
    /// # Errors
    /// Those of the file system; [`io::ErrorKind::FileTooLarge`] for a pipe that gives more.
    pub fn at(path: PathBuf) -> io::Result<Self> {
        if std::fs::metadata(&path)?.is_file() {
            return Ok(Self::File(path));
        }
        Self::of_pipe(File::open(path)?, MOST_OF_A_PIPE)
    }

    fn of_pipe(pipe: impl Read, most: u64) -> io::Result<Self> {
        let mut bytes = Vec::new();
        pipe.take(most + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > most {
            let told = Text::made(
                format!(
                    "ce n’est pas un fichier ordinaire, et il donne plus de {most} octets : copiez-le dans un fichier"
                ),
                format!("this is no regular file, and it gives more than {most} bytes: copy it into a file"),
            );
            return Err(io::Error::new(ErrorKind::FileTooLarge, told.to_string()));
        }
        Ok(Self::Bytes(bytes.into()))
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

    #[test]
    fn what_never_ends_is_refused_by_a_limit_that_is_named() {
        let told = Input::of_pipe(io::repeat(0), 1000).unwrap_err();
        assert_eq!(told.kind(), ErrorKind::FileTooLarge);
        assert!(told.to_string().contains("plus de 1000 octets") && told.to_string().contains("more than 1000 bytes"));
        assert!(matches!(Input::of_pipe(&[0; 1000][..], 1000), Ok(Input::Bytes(bytes)) if bytes.len() == 1000));
        assert!(matches!(Input::at("/dev/null".into()), Ok(Input::Bytes(bytes)) if bytes.is_empty()));
    }
}
