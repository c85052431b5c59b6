//! What it was built of: the commit, the compiler, and the libraries that are compared.

use std::process::Command;

/// What the benchmarks were built with, each library at the one version that was built in.
const LOCKED: &str = include_str!("../../../bench/Cargo.lock");

/// Of the benchmarks' own workspace; `sqlx` is there twice, ours and the one that the peers are written for.
const LIBRARIES: [&str; 6] = ["esrs", "cqrs-es", "postgres-es", "sqlx", "axum", "argon2"];

/// Commit, compiler and libraries, in a line.
pub fn built_of() -> String {
    let libraries: Vec<String> =
        LIBRARIES.iter().map(|name| format!("{name} {}", versions(LOCKED, name).join(" and "))).collect();
    format!("{}, {}; {}", commit(), env!("COMPILER"), libraries.join(", "))
}

/// The commit of the folder that this runs in, but for what the benchmarks themselves write there.
fn commit() -> String {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let Some(commit) = git(&["rev-parse", "HEAD"]) else { return "commit unknown".to_owned() };
    match git(&["status", "--porcelain", "--", ":/", ":(top,exclude)docs/benchmarks*"]) {
        Some(changes) if changes.is_empty() => format!("commit {commit}"),
        _ => format!("commit {commit} with uncommitted changes"),
    }
}

/// The versions of a package in a lock file, in its order.
fn versions<'a>(lock: &'a str, package: &str) -> Vec<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines();
    let mut found = Vec::new();
    while lines.any(|line| line == name) {
        let version = lines.next().and_then(|line| line.strip_prefix("version = \"")?.strip_suffix('"'));
        found.extend(version);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_library_has_its_versions() {
        for library in LIBRARIES {
            let found = versions(LOCKED, library);
            assert!(found.iter().all(|version| version.starts_with(|digit: char| digit.is_ascii_digit())));
            assert_eq!(found.len(), if library == "sqlx" { 2 } else { 1 }, "{library}");
        }
    }

    #[test]
    fn the_compiler_is_named() {
        assert!(env!("COMPILER").starts_with("rustc 1."));
    }
}
