//! The same INSERT from PostgreSQL's own load generator, which costs the machine less than any program of ours.

use super::Contender;
use crate::workload::{Note, entry};
use anyhow::{Context, ensure};
use async_trait::async_trait;
use measure::cpu::Accounts;
use measure::load::{Measured, WARM_UP};
use measure::server::Database;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;
use tokio::process::Command;

/// What hundreds of connections with passwords may take, before the first transaction.
const CONNECTING: Duration = Duration::from_secs(2);

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

    fn connections(&self, clients: usize) -> u32 {
        u32::try_from(clients).unwrap_or(u32::MAX)
    }

    async fn measure(&self, clients: usize, duration: Duration, accounts: Accounts) -> anyhow::Result<Measured> {
        let place = tempfile::tempdir()?;
        let script = place.path().join("insert.sql");
        fs::write(&script, &self.script)?;
        // It counts the time that its connections take to be made; we do not.
        let seconds = (duration.mul_f64(1.0 + WARM_UP) + CONNECTING).as_secs_f64().ceil();
        let before = accounts.spent();
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
        let mut times: Vec<Time> = Vec::new();
        for entry in fs::read_dir(place.path())? {
            let path = entry?.path();
            if path.extension().is_none_or(|extension| extension != "sql") {
                times.extend(fs::read_to_string(path)?.lines().filter_map(Time::parse));
            }
        }
        Ok(Measured { cpu: accounts.since(before), ..counted(&times, duration)? })
    }
}

/// What of a log was done in `duration` after a warm-up, which begins with the first transaction: they start once every
/// connection is made.
fn counted(times: &[Time], duration: Duration) -> anyhow::Result<Measured> {
    let first = times.iter().map(Time::begun).min().context("pgbench has logged nothing")?;
    let from = first + duration.mul_f64(WARM_UP);
    let until = from + duration;
    let last = times.iter().map(|time| time.ended).max().unwrap_or_default();
    ensure!(last >= until, "pgbench took more than {} s to connect", CONNECTING.as_secs());
    let mut micros: Vec<u32> =
        times.iter().filter(|time| (from..until).contains(&time.ended)).map(|time| time.micros).collect();
    micros.sort_unstable();
    let events = micros.len() as u64;
    Ok(Measured { events, elapsed: duration, micros, uncounted: times.len() as u64 - events, ..Measured::default() })
}

/// One transaction of its log.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Time {
    micros: u32,
    ended: Duration,
}

impl Time {
    /// A line is client, number, time in microseconds, script, and the second and microsecond of its end.
    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split(' ').skip(2);
        let micros = fields.next()?.parse().ok()?;
        let (second, microsecond) = (fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?);
        Some(Self { micros, ended: Duration::from_secs(second) + Duration::from_micros(microsecond) })
    }

    fn begun(&self) -> Duration {
        self.ended.saturating_sub(Duration::from_micros(self.micros.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_how_long_and_when() {
        let ended = Duration::new(1_175_850_568, 995_598_000);
        assert_eq!(Time::parse("0 199 2241 0 1175850568 995598"), Some(Time { micros: 2_241, ended }));
        assert_eq!(Time::parse("progress"), None);
    }

    #[test]
    fn what_counts_is_as_long_as_with_the_others() {
        // A transaction each 10 ms, from 5.000 s on.
        let time = |number: u64| Time { micros: 10_000, ended: Duration::from_millis(5_010 + 10 * number) };
        let times: Vec<Time> = (0..200).map(time).collect();
        let measured = counted(&times, Duration::from_secs(1)).unwrap();
        assert_eq!((measured.events, measured.uncounted, measured.elapsed), (100, 100, Duration::from_secs(1)));
        assert!(counted(&times, Duration::from_secs(2)).is_err(), "it has ended too soon");
    }
}
