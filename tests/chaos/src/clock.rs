//! Clocks that jump: libfaketime between a process and its system calls, so that nothing in the program knows of it.
//!
//! Only the wall clock jumps. The monotonic one, which timeouts are measured with, never does on a real machine.

use anyhow::Context;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

const LIBRARIES: [&str; 4] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib64/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
];

/// Where libfaketime is on this machine, if it is.
pub(crate) fn library() -> Option<PathBuf> {
    LIBRARIES.iter().map(PathBuf::from).find(|path| path.is_file())
}

/// The wall clock of one process.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    library: PathBuf,
    file: PathBuf,
}

impl Clock {
    /// A clock that is right so far.
    ///
    /// # Errors
    /// When its file cannot be written.
    pub(crate) fn new(library: &Path, directory: &Path, name: &str) -> anyhow::Result<Self> {
        let clock = Self { library: library.to_owned(), file: directory.join(format!("{name}.clock")) };
        clock.set(0)?;
        Ok(clock)
    }

    /// So many seconds before or after the true time from now on.
    ///
    /// # Errors
    /// When its file cannot be written.
    pub(crate) fn set(&self, seconds: i64) -> anyhow::Result<()> {
        // In one step: the process may read it at any moment.
        let new = self.file.with_extension("new");
        fs::write(&new, format!("{seconds:+}\n")).and_then(|()| fs::rename(&new, &self.file)).context("a clock's file")
    }

    /// What the process is started with.
    pub(crate) fn environment(&self) -> [(&'static str, OsString); 5] {
        [
            ("LD_PRELOAD", self.library.clone().into()),
            ("FAKETIME_TIMESTAMP_FILE", self.file.clone().into()),
            ("FAKETIME_NO_CACHE", "1".into()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".into()),
            ("DONT_FAKE_MONOTONIC", "1".into()),
        ]
    }
}
