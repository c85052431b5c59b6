//! Where a data directory may be, and how its socket follows.

use std::fs::{self, DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use journal::embedded::{Config, EmbeddedError, Server};

use crate::program::{Program, connect, directory, program_path};

#[tokio::test]
async fn a_relative_directory_is_below_the_programs_own() {
    let directory = directory();
    let mut command = Command::new(program_path());

    let program = Program::spawned(Program::spawn(command.arg("data").current_dir(directory.path())));

    assert!(program.is_owner);
    assert!(directory.path().join("data/cluster/PG_VERSION").is_file());
}

#[tokio::test]
async fn a_path_that_is_too_long_for_a_socket_gets_a_short_one() {
    let directory = directory();
    let data_dir = directory.path().join("x".repeat(150));
    let server = Server::start(&Config::new(&data_dir)).await.unwrap();

    connect(&server).await;

    let socket_directory = short_socket_directory(&data_dir);
    assert_eq!(server.connect_options().get_socket(), Some(&socket_directory));
    assert_eq!(fs::metadata(&socket_directory).unwrap().permissions().mode() & 0o777, 0o700);
    server.stop().await.unwrap();
    assert!(!socket_directory.exists(), "it goes with the server");
}

#[tokio::test]
async fn a_path_with_odd_characters_serves() {
    let directory = directory();
    let data_dir = directory.path().join("l'été, \"à Paris\" = 100 %");
    let server = Server::start(&Config::new(&data_dir)).await.unwrap();

    connect(&server).await;

    server.stop().await.unwrap();
    assert!(!short_socket_directory(&data_dir).exists(), "it goes with the server");
}

#[tokio::test]
async fn a_short_socket_directory_that_others_may_enter_is_refused() {
    let directory = directory();
    let data_dir = directory.path().join("x".repeat(150));
    DirBuilder::new().mode(0o755).create(&data_dir).unwrap();
    let socket_directory = short_socket_directory(&data_dir);
    fs::create_dir(&socket_directory).unwrap();
    fs::set_permissions(&socket_directory, Permissions::from_mode(0o777)).unwrap();

    let error = Server::start(&Config::new(&data_dir)).await.unwrap_err();

    assert!(matches!(error, EmbeddedError::SocketDirectory { path, .. } if path == socket_directory));
    fs::remove_dir(socket_directory).unwrap();
}

fn short_socket_directory(data_dir: &Path) -> PathBuf {
    let metadata = fs::metadata(data_dir).unwrap();
    PathBuf::from(format!("/tmp/intraparis-{:x}-{:x}", metadata.dev(), metadata.ino()))
}
