//! On what it was measured.

use super::{disk, versions};
use crate::arguments::Plan;
use crate::load::WARM_UP;
use crate::server::Server;
use sqlx::ConnectOptions;
use std::fs;

/// Settings that decide what a commit costs.
const SETTINGS: &str = "SELECT string_agg(name || ' = ' || current_setting(name), ', ' ORDER BY name) FROM pg_settings
    WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes', 'wal_sync_method', 'shared_buffers', 'max_wal_size',
        'max_connections', 'jit')";

/// Machine, versions, settings and how much was measured, in a paragraph.
pub async fn describe(server: &Server, plan: &Plan) -> anyhow::Result<String> {
    let mut connection = server.options().connect().await?;
    let version: String =
        sqlx::query_scalar("SELECT current_setting('server_version')").fetch_one(&mut connection).await?;
    let settings: String = sqlx::query_scalar(SETTINGS).fetch_one(&mut connection).await?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    // Of the caller's server it is not known where that is.
    let place = if server.place().is_some() { "on the same machine" } else { "at --server" };
    let disk =
        server.place().map(disk::describe).transpose()?.unwrap_or_else(|| "data where --server keeps it".to_owned());
    let day = events::Clock::system().now().format("%Y-%m-%d");
    Ok(format!(
        "Measured on {day}: {cores} cores ({}), {} GB of memory, {}; PostgreSQL {version} {place} ({settings}), {disk}; load average at \
         the start {}; {}. {} rounds, in each {} s a contender after a warm-up of {} % of that, where the part names no other time.",
        first_field("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
        memory_gb().map_or_else(|| "unknown".to_owned(), |gb| gb.to_string()),
        system(),
        load_average().unwrap_or_else(|| "unknown".to_owned()),
        versions::built_of(),
        plan.rounds,
        plan.duration.as_secs(),
        WARM_UP * 100.0,
    ))
}

fn first_field(file: &str, field: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(field))?;
    line.split_once(':').map(|(_, value)| value.trim().to_owned())
}

fn memory_gb() -> Option<u64> {
    let kilobytes: u64 = first_field("/proc/meminfo", "MemTotal")?.split(' ').next()?.parse().ok()?;
    Some(kilobytes / 1_000_000)
}

/// Of the last minute, five and fifteen: what else the machine did.
fn load_average() -> Option<String> {
    let text = fs::read_to_string("/proc/loadavg").ok()?;
    Some(text.split(' ').take(3).collect::<Vec<_>>().join(", "))
}

fn system() -> String {
    let uname = rustix::system::uname();
    format!("{} {}", uname.sysname().to_string_lossy(), uname.release().to_string_lossy())
}
