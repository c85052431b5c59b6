//! A run that is told to stop leaves nothing behind on the server that it was given.

#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use journal::embedded;
use rustix::process::{Pid, Signal, kill_process};
use sqlx::{ConnectOptions, PgConnection};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;
use tokio::time::{interval, timeout};

const PATIENCE: Duration = Duration::from_secs(120);

async fn databases(connection: &mut PgConnection) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM pg_database WHERE starts_with(datname, 'intraparis_bench_')")
        .fetch_one(connection)
        .await
        .unwrap()
}

async fn roles(connection: &mut PgConnection) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM pg_roles WHERE starts_with(rolname, 'intraparis_')")
        .fetch_one(connection)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_run_that_is_told_to_stop_drops_its_databases_and_roles() {
    let place = tempfile::tempdir().unwrap();
    let server = embedded::Server::start(&embedded::Config::new(place.path().join("postgres"))).await.unwrap();
    let mut connection = server.connect_options().connect().await.unwrap();
    for signal in [Signal::INT, Signal::TERM] {
        let mut run = Command::new(env!("CARGO_BIN_EXE_intraparis-bench"))
            .args(["processes", "--seconds", "3600", "--server", &server.database_url(), "--output"])
            .arg(place.path())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut ticks = interval(Duration::from_millis(20));
        let made = async {
            while databases(&mut connection).await == 0 {
                ticks.tick().await;
            }
        };
        timeout(PATIENCE, made).await.unwrap();
        kill_process(Pid::from_raw(run.id().unwrap().cast_signed()).unwrap(), signal).unwrap();
        assert!(!timeout(PATIENCE, run.wait()).await.unwrap().unwrap().success());
        assert_eq!(databases(&mut connection).await, 0, "after {signal:?}");
        assert_eq!(roles(&mut connection).await, 0, "after {signal:?}");
    }
    server.stop().await.unwrap();
}
