//! Every way in which program and server can end.

use std::fs;
use std::future::Future;
use std::os::unix::process::CommandExt;
use std::pin::pin;
use std::process::Command;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use journal::embedded::{Config, EmbeddedError, Server};
use rustix::process::{Pid, Signal, getpgid, getpid, kill_process, set_child_subreaper};
use sqlx::Connection;

use crate::program::{
    Program, connect, directory, has_recovered, is_gone, is_root, rows, state, uid, until, write_row,
};

#[tokio::test]
async fn sigterm_of_the_program_stops_the_server_in_order() {
    let directory = directory();
    let mut program = Program::start(directory.path());

    program.signal(Signal::TERM);

    assert!(program.wait().success());
    assert!(is_gone(program.server));
    assert!(!directory.path().join("cluster/postmaster.pid").exists());
}

#[tokio::test]
async fn sigkill_of_the_program_makes_the_server_stop_by_itself_and_the_next_one_waits_for_it() {
    let directory = directory();
    let config = Config::new(directory.path());
    let mut program = Program::start(directory.path());
    write_row(&Server::start(&config).await.unwrap()).await;

    program.kill();
    let server = Server::start(&config).await.unwrap();

    assert!(is_gone(program.server));
    assert!(server.is_owner());
    assert_eq!(rows(&server).await, 1);
    assert!(!has_recovered(directory.path()), "it wrote a checkpoint");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn sigkill_of_the_server_ends_the_program_with_an_error_and_the_next_start_recovers() {
    let directory = directory();
    let config = Config::new(directory.path());
    let mut program = Program::start(directory.path());
    write_row(&Server::start(&config).await.unwrap()).await;

    kill_process(program.server, Signal::KILL).unwrap();

    assert_eq!(program.wait().code(), Some(1));
    let server = Server::start(&config).await.unwrap();
    assert_eq!(rows(&server).await, 1);
    assert!(has_recovered(directory.path()));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn the_owner_and_the_attached_both_hear_of_the_servers_death_and_may_start_it_again_at_once() {
    let directory = directory();
    let config = Config::new(directory.path());
    let owner = Server::start(&config).await.unwrap();
    let attached = Server::start(&config).await.unwrap();
    write_row(&attached).await;
    // A session that computes outlives its server for a moment, and until then PostgreSQL refuses the directory.
    let mut session = connect(&owner).await;
    let busy = tokio::spawn(async move {
        sqlx::raw_sql("DO 'BEGIN FOR i IN 1..60000000 LOOP END LOOP; END'").execute(&mut session).await
    });
    let mut observer = connect(&owner).await;
    let computes = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'DO %')";
    while !sqlx::query_scalar::<_, bool>(computes).fetch_one(&mut observer).await.unwrap() {}

    kill_process(Pid::from_raw(owner.pid()).unwrap(), Signal::KILL).unwrap();

    assert!(matches!(owner.exited().await, EmbeddedError::Died { .. }));
    assert!(matches!(attached.exited().await, EmbeddedError::Died { .. }));
    let again = Server::start(&config).await.unwrap();
    assert!(again.is_owner());
    busy.await.unwrap().ok();
    assert_eq!(rows(&again).await, 1);
    again.stop().await.unwrap();
}

#[tokio::test]
async fn sigkill_of_both_loses_nothing() {
    let directory = directory();
    let config = Config::new(directory.path());
    let mut program = Program::start(directory.path());
    write_row(&Server::start(&config).await.unwrap()).await;

    kill_process(program.server, Signal::KILL).unwrap();
    program.kill();

    let server = Server::start(&config).await.unwrap();
    assert_eq!(rows(&server).await, 1);
    assert!(has_recovered(directory.path()));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_zombie_of_the_server_does_not_hold_the_next_one_up() {
    // Orphans come to us, as to the first process of a container, and we never reap them.
    set_child_subreaper(Some(getpid())).unwrap();
    let directory = directory();
    let mut program = Program::start(directory.path());

    kill_process(program.pid(), Signal::STOP).unwrap();
    kill_process(program.server, Signal::KILL).unwrap();
    program.kill();
    until("the server is a zombie", || state(program.server) == Some('Z')).await;

    let server = Server::start(&Config::new(directory.path())).await.unwrap();
    assert_eq!(state(program.server), Some('Z'), "it is still there");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_process_id_that_another_process_has_meanwhile_does_not_hold_the_next_one_up() {
    let directory = directory();
    let mut program = Program::start(directory.path());
    let server_uid = uid(program.server);
    kill_process(program.server, Signal::KILL).unwrap();
    program.wait();

    let mut command = Command::new("sleep");
    command.arg("600");
    if is_root() {
        command.uid(server_uid);
    }
    let mut other = command.spawn().unwrap();
    let path = directory.path().join("cluster/postmaster.pid");
    let text = fs::read_to_string(&path).unwrap();
    let (_, rest) = text.split_once('\n').unwrap();
    fs::write(&path, format!("{}\n{rest}", other.id())).unwrap();

    let server = Server::start(&Config::new(directory.path())).await.unwrap();
    assert!(other.try_wait().unwrap().is_none(), "it was left alone");
    server.stop().await.unwrap();
    other.kill().unwrap();
    other.wait().unwrap();
}

#[tokio::test]
async fn a_dropped_handle_stops_the_server() {
    let directory = directory();
    let server = Server::start(&Config::new(directory.path())).await.unwrap();
    let pid = Pid::from_raw(server.pid()).unwrap();

    drop(server);

    until("the server is gone", || is_gone(pid)).await;
}

#[tokio::test]
async fn a_server_that_was_asked_to_stop_has_not_died() {
    let directory = directory();
    let server = Server::start(&Config::new(directory.path())).await.unwrap();
    let mut exited = pin!(server.exited());

    server.stop().await.unwrap();

    assert!(matches!(exited.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Pending));
}

#[tokio::test]
async fn a_stop_of_the_attached_leaves_the_server_to_its_owner() {
    let directory = directory();
    let program = Program::start(directory.path());
    let attached = Server::start(&Config::new(directory.path())).await.unwrap();
    assert!(program.is_owner && !attached.is_owner());
    let mut connection = connect(&attached).await;

    attached.stop().await.unwrap();

    connection.ping().await.unwrap();
}

/// The kernel binds the server's life to the thread that has started it; those of tokio's blocking pool come and go.
#[test]
fn the_server_outlives_the_blocking_threads_of_the_runtime() {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.enable_all().thread_keep_alive(Duration::from_millis(1)).build().unwrap();
    runtime.block_on(async {
        let blocking_thread = || async { tokio::task::spawn_blocking(|| std::thread::current().id()).await.unwrap() };
        let directory = directory();
        let server = Server::start(&Config::new(directory.path())).await.unwrap();
        let mut connection = connect(&server).await;

        let first = blocking_thread().await;
        while blocking_thread().await == first {
            connection.ping().await.unwrap();
        }

        connection.ping().await.unwrap();
        server.stop().await.unwrap();
    });
}

#[tokio::test]
async fn the_terminals_interrupt_reaches_the_program_alone() {
    let directory = directory();
    let program = Program::start(directory.path());

    let group = getpgid(Some(program.server)).unwrap();

    assert_ne!(group, getpgid(Some(program.pid())).unwrap());
    assert_eq!(group, program.server);
}
