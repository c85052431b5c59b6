//! Programs that are attached to the server of another, when that one goes.

use std::fs;
use std::time::Duration;

use journal::embedded::{Config, EmbeddedError, Server};
use rustix::process::{Pid, Signal, kill_process};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use tempfile::TempDir;
use tokio::select;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::program::{PATIENCE, Program, directory, is_gone, rows, until, write_row};

/// A configuration under which waiting for a rider in vain would be noticed.
fn patient(directory: &TempDir) -> Config {
    Config { riders_timeout: Duration::from_secs(3600), ..Config::new(directory.path()) }
}

/// A connection, once there is a server again.
async fn connected(options: &PgConnectOptions) -> PgConnection {
    let again = async {
        loop {
            match options.connect().await {
                Ok(connection) => return connection,
                Err(_) => tokio::task::yield_now().await,
            }
        }
    };
    timeout(PATIENCE, again).await.unwrap()
}

async fn count(connection: &mut PgConnection) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM kept").fetch_one(connection).await.unwrap()
}

#[tokio::test]
async fn an_owner_that_stops_waits_for_who_is_attached_and_lets_nobody_else_in() {
    let directory = directory();
    let config = patient(&directory);
    let owner = Server::start(&config).await.unwrap();
    let attached = Server::start(&config).await.unwrap();
    let first = owner.pid();

    let stop = tokio::spawn(owner.stop());
    until("the owner lets nobody in", || !directory.path().join("riders").exists()).await;
    let next = tokio::spawn({
        let config = config.clone();
        async move { Server::start(&config).await }
    });
    write_row(&attached).await;
    assert!(!stop.is_finished() && !next.is_finished());
    attached.stop().await.unwrap();

    stop.await.unwrap().unwrap();
    let next = next.await.unwrap().unwrap();
    assert!(next.is_owner() && next.pid() != first);
    assert_eq!(rows(&next).await, 1);
    next.stop().await.unwrap();
}

#[tokio::test]
async fn an_owner_waits_for_so_long_only() {
    let directory = directory();
    let config = Config { riders_timeout: Duration::from_millis(50), ..Config::new(directory.path()) };
    let owner = Server::start(&config).await.unwrap();
    let attached = Server::start(&config).await.unwrap();

    owner.stop().await.unwrap();

    assert!(matches!(attached.exited().await, EmbeddedError::Died { .. }));
    let again = Server::start(&config).await.unwrap();
    assert!(again.is_owner(), "who rode on the last server is not waited for on this one");
    timeout(PATIENCE, again.stop()).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_program_that_was_killed_is_not_waited_for() {
    let directory = directory();
    let owner = Server::start(&patient(&directory)).await.unwrap();
    let mut attached = Program::start(directory.path());
    assert!(!attached.is_owner);

    attached.kill();

    owner.stop().await.unwrap();
}

#[tokio::test]
async fn who_keeps_the_server_is_not_waited_for_and_starts_it_again() {
    let directory = directory();
    let config = patient(&directory);
    let owner = Server::start(&config).await.unwrap();
    let mut kept = Server::start(&config).await.unwrap();
    let options = kept.connect_options();
    write_row(&owner).await;

    select! {
        error = kept.keep() => panic!("{error}"),
        () = async {
            timeout(PATIENCE, owner.stop()).await.unwrap().unwrap();
            connected(&options).await;
        } => {}
    }

    assert!(kept.is_owner());
    assert_eq!(rows(&kept).await, 1);
    kept.stop().await.unwrap();
}

#[tokio::test]
async fn those_who_keep_a_server_have_one_until_the_last() {
    let directory = directory();
    let config = patient(&directory);
    let mut program = Program::start(directory.path());
    let mut keeping = JoinSet::new();
    for _ in 0..3 {
        let mut server = Server::start(&config).await.unwrap();
        keeping.spawn(async move { server.keep().await });
    }
    let server = Server::start(&config).await.unwrap();
    let options = server.connect_options();
    write_row(&server).await;

    program.kill();
    let mut of_the_last = program.server;
    for left in [3, 2, 1] {
        until("the server is gone", || is_gone(of_the_last)).await;
        assert_eq!(count(&mut connected(&options).await).await, 1);
        assert_eq!(keeping.len(), left);
        let file = fs::read_to_string(directory.path().join("cluster/postmaster.pid")).unwrap();
        of_the_last = Pid::from_raw(file.lines().next().unwrap().parse().unwrap()).unwrap();
        kill_process(of_the_last, Signal::KILL).unwrap();
        let ended = timeout(PATIENCE, keeping.join_next()).await.unwrap().unwrap().unwrap();
        assert!(matches!(ended, EmbeddedError::Died { .. }), "its owner alone ends with it: {ended}");
    }
}

#[tokio::test]
async fn who_keeps_a_server_of_its_own_hears_of_its_death() {
    let directory = directory();
    let mut owner = Server::start(&patient(&directory)).await.unwrap();

    kill_process(Pid::from_raw(owner.pid()).unwrap(), Signal::KILL).unwrap();

    assert!(matches!(owner.keep().await, EmbeddedError::Died { .. }));
}
