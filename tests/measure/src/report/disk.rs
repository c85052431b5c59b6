//! What a flush costs where the server keeps its data: the floor of every durable commit.

use crate::load::Spread;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What is written before each flush: a page of PostgreSQL's log.
const PAGE: [u8; 8_192] = [0; 8_192];
const FLUSHES: usize = 100;

/// The filesystem of a folder, and the times of flushes on it.
pub fn describe(folder: &Path) -> anyhow::Result<String> {
    let mounts = fs::read_to_string("/proc/self/mountinfo")?;
    let kind = filesystem(&mounts, &folder.canonicalize()?).unwrap_or_else(|| "an unknown filesystem".to_owned());
    let Spread { min, median, max } = flushes(folder)?;
    Ok(format!("data on {kind}, where 8 kB are written and flushed (fdatasync) in {median:.0} µs ({min:.0}–{max:.0})"))
}

/// Microseconds that a flush takes.
fn flushes(folder: &Path) -> anyhow::Result<Spread> {
    let mut file = tempfile::tempfile_in(folder)?;
    let mut micros = Vec::new();
    for _ in 0..FLUSHES {
        let begun = Instant::now();
        file.write_all(&PAGE)?;
        file.sync_data()?;
        micros.push(begun.elapsed().as_secs_f64() * 1e6);
    }
    Ok(Spread::of(micros))
}

/// Type and source of the filesystem that a folder is on, by proc_pid_mountinfo(5): the fifth field is where it is mounted,
/// and those after the hyphen are type and source. Of two at one place the later hides the other.
fn filesystem(mounts: &str, folder: &Path) -> Option<String> {
    let mount = |line: &str| {
        let (before, after) = line.split_once(" - ")?;
        let at = PathBuf::from(before.split(' ').nth(4)?);
        let (kind, rest) = after.split_once(' ')?;
        let source = rest.split(' ').next()?;
        folder.starts_with(&at).then(|| (at.components().count(), format!("{kind} ({source})")))
    };
    mounts.lines().filter_map(mount).max_by_key(|(depth, _)| *depth).map(|(_, named)| named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_on_the_deepest_mount_above_it() {
        let mounts = "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n\
                      30 22 0:25 / /data rw - xfs /dev/vdb rw\n\
                      31 22 0:26 / /database rw - tmpfs tmpfs rw\n";
        let of = |folder: &str| filesystem(mounts, Path::new(folder)).unwrap();
        assert_eq!(of("/data/postgres"), "xfs (/dev/vdb)");
        assert_eq!(of("/database"), "tmpfs (tmpfs)");
        assert_eq!(of("/home"), "ext4 (/dev/vda)");
    }

    #[test]
    fn a_folder_that_can_be_written_to_is_described() {
        let folder = tempfile::tempdir().unwrap();
        let told = describe(folder.path()).unwrap();
        assert!(told.contains("fdatasync"), "{told}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
