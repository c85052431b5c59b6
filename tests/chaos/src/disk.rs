//! A small disk of PostgreSQL's own, which can be filled: a tmpfs, which only root may mount.

use anyhow::{Context, ensure};
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The size; what a server and the databases of two rounds take is a third of it.
const SIZE: &str = "size=256m,mode=0755";

const BLOCK: [u8; 65_536] = [0; 65_536];

/// A mounted tmpfs, unmounted when dropped.
#[derive(Debug)]
pub(crate) struct Disk {
    mount: PathBuf,
}

impl Disk {
    /// Mounts one on a directory.
    ///
    /// # Errors
    /// When this process may not mount.
    pub(crate) fn mount(directory: &Path) -> anyhow::Result<Self> {
        ensure!(rustix::process::geteuid().is_root(), "only root mounts");
        let output = Command::new("mount")
            .args(["-t", "tmpfs", "-o", SIZE, "chaos"])
            .arg(directory)
            .output()
            .context("mount cannot be run")?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim());
        Ok(Self { mount: directory.to_owned() })
    }

    fn filler(&self) -> PathBuf {
        self.mount.join("filler")
    }

    /// Takes every block that is left.
    ///
    /// # Errors
    /// Those of writing, but for the one that is sought.
    pub(crate) fn fill(&self) -> anyhow::Result<()> {
        let mut filler = File::create(self.filler())?;
        loop {
            match filler.write(&BLOCK) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => return Ok(()),
                Err(error) => return Err(error).context("the disk cannot be filled"),
            }
        }
    }

    /// Gives the blocks back.
    ///
    /// # Errors
    /// When the filler cannot be removed.
    pub(crate) fn empty(&self) -> anyhow::Result<()> {
        match fs::remove_file(self.filler()) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error).context("the disk cannot be emptied"),
            _ => Ok(()),
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: PostgreSQL's last process may still be on its way out.
        let _ = Command::new("umount").arg("--lazy").arg(&self.mount).output();
    }
}
