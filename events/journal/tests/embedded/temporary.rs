//! Servers for one run.

use std::path::Path;

use journal::embedded::{EmbeddedError, Server};
use tokio::process::Command;

use crate::program::{connect, directory, show};

#[tokio::test]
async fn temporary_servers_are_apart_and_leave_nothing() {
    let fallback = directory();
    let first = Server::start_temporary(fallback.path(), Vec::new()).await.unwrap();
    let second = Server::start_temporary(fallback.path(), vec![("work_mem".into(), "1MB".into())]).await.unwrap();

    assert!(first.is_owner() && second.is_owner());
    assert_eq!(show(&first, "fsync").await, "off");
    assert_eq!(show(&second, "work_mem").await, "1MB");
    let places = [show(&first, "data_directory").await, show(&second, "data_directory").await];
    assert_ne!(places[0], places[1]);

    first.stop().await.unwrap();
    second.stop().await.unwrap();
    for place in places {
        assert!(!Path::new(&place).parent().unwrap().exists(), "{place} is left");
    }
}

#[tokio::test]
async fn a_command_is_told_of_the_server_and_its_status_comes_back() {
    let fallback = directory();
    let server = Server::start_temporary(fallback.path(), Vec::new()).await.unwrap();
    connect(&server).await;
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("test \"$TEST_DATABASE_URL\" = '{}' && exit 7", server.database_url()));

    let status = server.exec(command).await.unwrap();

    assert_eq!(status.code(), Some(7));
}

#[tokio::test]
async fn a_command_that_is_not_there_is_named() {
    let fallback = directory();
    let server = Server::start_temporary(fallback.path(), Vec::new()).await.unwrap();

    let error = server.exec(Command::new("no-such-command")).await.unwrap_err();

    assert!(matches!(error, EmbeddedError::Command { program, .. } if program == "no-such-command"));
}
