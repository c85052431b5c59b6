//! Programs from PyPI.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the programs that `requirement` (`name==version`) brings, in an environment of its own below `target`;
/// none where Python is not to be had.
///
/// # Panics
/// When there is Python, and what is required cannot be installed.
#[must_use]
pub fn installed(target: &Path, requirement: &str) -> Option<PathBuf> {
    let home = target.join(requirement.replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
    let (programs, complete) = (home.join("bin"), home.join("complete"));
    let done = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    if complete.exists() {
        return Some(programs);
    }
    if !done(Command::new("python3").args(["-m", "venv"]).arg(&home)) {
        return None;
    }
    let installed = done(Command::new(programs.join("pip")).args(["install", "--quiet", requirement]));
    assert!(installed, "{requirement} cannot be installed");
    assert!(std::fs::write(complete, "").is_ok(), "{} cannot be written to", home.display());
    Some(programs)
}
