//! The same INSERT from PostgreSQL's own load generator, which costs the machine less than any program of ours.

use super::Contender;
use crate::load::Measured;
use crate::server::Database;
use crate::workload::{Note, entry};
use anyhow::{Context, ensure};
use async_trait::async_trait;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;
use tokio::process::Command;

/// One INSERT a commit, by prepared statements.
pub struct Pgbench {
    program: PathBuf,
    database: Database,
    script: String,
}

impl Pgbench {
    /// The pgbench of the server's own installation.
    pub async fn find(database: &Database) -> anyhow::Result<Self> {
        let pool = database.owner(1);
        let bin: String =
            sqlx::query_scalar("SELECT setting FROM pg_config WHERE name = 'BINDIR'").fetch_one(&pool).await?;
        pool.close().await;
        let payload = serde_json::to_string(&entry(Note::clear()))?;
        let script = format!(
            "\\set stream random(1, 1000)\nINSERT INTO plain (stream, payload) VALUES (:stream, '{payload}'::bytea);\n"
        );
        Ok(Self { program: PathBuf::from(bin).join("pgbench"), database: database.clone(), script })
    }
}

#[async_trait]
impl Contender for Pgbench {
    fn name(&self) -> &'static str {
        "pgbench, one INSERT a commit"
    }

    async fn measure(&self, clients: usize, duration: Duration) -> anyhow::Result<Measured> {
        let place = tempfile::tempdir()?;
        let script = place.path().join("insert.sql");
        fs::write(&script, &self.script)?;
        let seconds = duration.as_secs().max(1);
        let output = Command::new(&self.program)
            .args(["--no-vacuum", "--protocol=prepared", "--log", "--log-prefix=times", "--jobs=2"])
            .args([format!("--client={clients}"), format!("--time={seconds}")])
            .arg(format!("--file={}", script.display()))
            .arg(self.database.url())
            .current_dir(place.path())
            .output()
            .await
            .with_context(|| format!("cannot run {}", self.program.display()))?;
        ensure!(output.status.success(), "pgbench: {}", String::from_utf8_lossy(&output.stderr).trim());
        let mut measured = Measured { elapsed: Duration::from_secs(seconds), ..Measured::default() };
        for entry in fs::read_dir(place.path())? {
            let path = entry?.path();
            if path.extension().is_none_or(|extension| extension != "sql") {
                measured.micros.extend(fs::read_to_string(path)?.lines().filter_map(micros));
            }
        }
        measured.micros.sort_unstable();
        measured.events = measured.micros.len() as u64;
        Ok(measured)
    }
}

/// A line is client, number, time in microseconds, script, second and microsecond.
fn micros(line: &str) -> Option<u32> {
    line.split(' ').nth(2)?.parse().ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_third_field_is_the_time() {
        assert_eq!(super::micros("0 199 2241 0 1175850568 995598"), Some(2_241));
        assert_eq!(super::micros("progress"), None);
    }
}
