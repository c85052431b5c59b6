//! Who starts, who attaches, and with what settings and secrets.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use journal::embedded::{Config, Durability, Server};
use rustix::process::{Pid, geteuid};
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;

use crate::program::{Program, connect, directory, is_root, names, program_path, show, uid};

#[tokio::test]
async fn of_four_cold_starts_one_makes_the_cluster_and_owns_it() {
    let directory = directory();
    let spawn = |_| Program::spawn(Command::new(program_path()).arg(directory.path()));
    let children: Vec<_> = (0..4).map(spawn).collect();

    let programs: Vec<Program> = children.into_iter().map(Program::spawned).collect();

    assert_eq!(programs.iter().filter(|program| program.is_owner).count(), 1);
    assert!(programs.iter().all(|program| program.server == programs[0].server));
    assert_eq!(names(directory.path()), ["cluster", "lock", "log", "password", "riders", "socket"]);
}

#[tokio::test]
async fn a_warm_start_finds_the_cluster_and_its_password() {
    let directory = directory();
    let config = Config::new(directory.path().join("not/there/yet"));
    Server::start(&config).await.unwrap().stop().await.unwrap();

    let server = Server::start(&config).await.unwrap();

    connect(&server).await;
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_directory_that_is_spelled_differently_is_the_same() {
    let directory = directory();
    let data_dir = directory.path().join("data");
    let link = directory.path().join("link");
    let owner = Server::start(&Config::new(&data_dir)).await.unwrap();
    symlink(&data_dir, &link).unwrap();

    let attached = Server::start(&Config::new(&link)).await.unwrap();

    assert!(!attached.is_owner());
    assert_eq!(attached.pid(), owner.pid());
    owner.stop().await.unwrap();
}

#[tokio::test]
async fn the_environment_of_postgresql_changes_nothing() {
    let directory = directory();
    let mut command = Command::new(program_path());
    command.arg(directory.path()).envs([
        ("PGDATA", "/nonexistent"),
        ("PGHOST", "192.0.2.1"),
        ("PGPORT", "1"),
        ("PGUSER", "somebody"),
        ("PGPASSWORD", "wrong"),
        ("PGDATABASE", "nothing"),
        ("PGSSLMODE", "verify-full"),
        ("PGTZ", "Europe/Paris"),
        ("LC_ALL", "fr_FR.UTF-8"),
    ]);

    let program = Program::spawned(Program::spawn(&mut command));

    assert!(program.is_owner);
    let attached = Server::start(&Config::new(directory.path())).await.unwrap();
    assert_eq!(show(&attached, "timezone").await, "UTC");
    assert_eq!(show(&attached, "data_directory").await, directory.path().join("cluster").to_str().unwrap());
}

#[tokio::test]
async fn only_the_password_opens_and_only_the_socket_is_there() {
    let directory = directory();
    let server = Server::start(&Config::new(directory.path())).await.unwrap();

    let password_file = directory.path().join("password");
    assert_eq!(fs::metadata(&password_file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_to_string(&password_file).unwrap().len(), 48, "24 bytes in hexadecimal");
    assert!(server.connect_options().password("wrong").connect().await.is_err());
    assert_eq!(show(&server, "listen_addresses").await, "");
    assert_eq!(show(&server, "password_encryption").await, "scram-sha-256");
    assert!(!format!("{server:?}").contains(&fs::read_to_string(&password_file).unwrap()));
    server.database_url().parse::<PgConnectOptions>().unwrap().connect().await.unwrap();
    server.stop().await.unwrap();
}

#[tokio::test]
async fn settings_follow_the_durability_and_the_callers_win() {
    let directory = directory();
    let mut config = Config::new(directory.path());
    let server = Server::start(&config).await.unwrap();
    for (setting, value) in
        [("fsync", "on"), ("synchronous_commit", "on"), ("max_connections", "400"), ("data_checksums", "on")]
    {
        assert_eq!(show(&server, setting).await, value, "{setting}");
    }
    server.stop().await.unwrap();

    config.durability = Durability::Volatile;
    config.settings = vec![("max_connections".into(), "7".into()), ("application_name".into(), "a b='c'".into())];
    let server = Server::start(&config).await.unwrap();
    for (setting, value) in [("fsync", "off"), ("max_connections", "7"), ("application_name", "a b='c'")] {
        assert_eq!(show(&server, setting).await, value, "{setting}");
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn root_drops_to_another_account() {
    if !is_root() {
        return test_support::left_out("a server under another account: only root drops to one");
    }
    let directory = directory();
    let server = Server::start(&Config::new(directory.path())).await.unwrap();

    assert_ne!(uid(Pid::from_raw(server.pid()).unwrap()), 0);
    server.stop().await.unwrap();

    let config = Config { user: Some("nobody".into()), ..Config::new(directory.path().join("other")) };
    let server = Server::start(&config).await.unwrap();
    assert_eq!(uid(Pid::from_raw(server.pid()).unwrap()), 65534);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn an_ordinary_user_runs_the_server_as_itself() {
    use std::os::unix::process::CommandExt;

    let directory = directory();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let copy = directory.path().join("program");
    fs::copy(program_path(), &copy).unwrap();
    let mut command = Command::new(copy);
    let user = if is_root() { 65534 } else { geteuid().as_raw() };
    if is_root() {
        command.uid(user).gid(user);
    }

    let program = Program::spawned(Program::spawn(command.arg(directory.path().join("data"))));

    assert!(program.is_owner);
    assert_eq!(uid(program.server), user);
    assert_eq!(fs::metadata(directory.path().join("data")).unwrap().permissions().mode() & 0o777, 0o700);
}
