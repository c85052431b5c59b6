//! What cannot be: a clear error, and nothing half-made.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use journal::embedded::{Config, EmbeddedError, Server};
use test_support::left_out;

use crate::program::{Program, directory, is_root, names, program_path, until};

#[tokio::test]
async fn a_directory_that_tells_no_version_is_refused_with_advice() {
    let directory = directory();
    let config = Config::new(directory.path());
    Server::start(&config).await.unwrap().stop().await.unwrap();
    for damaged in [&b""[..], b"\n", b"\xff\0"] {
        fs::write(directory.path().join("cluster/PG_VERSION"), damaged).unwrap();
        let error = Server::start(&config).await.unwrap_err();
        assert!(matches!(&error, EmbeddedError::NoVersion { path } if path.ends_with("PG_VERSION")), "{error}");
    }
}

#[tokio::test]
async fn a_directory_of_another_major_version_is_refused_with_advice() {
    let directory = directory();
    let config = Config::new(directory.path());
    Server::start(&config).await.unwrap().stop().await.unwrap();
    fs::write(directory.path().join("cluster/PG_VERSION"), "14\n").unwrap();

    let error = Server::start(&config).await.unwrap_err();

    assert!(matches!(&error, EmbeddedError::MajorVersion { made_by, .. } if made_by == "14"), "{error}");
    assert!(error.to_string().contains("pg_dumpall"), "{error}");
    assert!(error.to_string().contains(directory.path().to_str().unwrap()), "{error}");
}

#[tokio::test]
async fn a_full_disk_is_named_and_nothing_stays() {
    for size in ["size=64k", "size=8m"] {
        let directory = directory();
        let Some(disk) = Mount::tmpfs(directory.path(), size) else { return };

        let error = Server::start(&Config::new(disk.0)).await.unwrap_err();

        let text = format!("{error}: {:?}", std::error::Error::source(&error));
        assert!(text.contains(disk.0.to_str().unwrap()), "{text}");
        assert!(text.contains("No space left") || text.contains("StorageFull"), "{text}");
        assert_eq!(names(disk.0), ["lock"]);
    }
}

#[tokio::test]
async fn a_disk_that_is_full_at_a_warm_start_is_named_and_nothing_is_lost() {
    let directory = directory();
    let Some(disk) = Mount::tmpfs(directory.path(), "size=64m") else { return };
    let mut config = Config::new(disk.0);
    config.settings = vec![("shared_buffers".into(), "16MB".into())];
    Server::start(&config).await.unwrap().stop().await.unwrap();
    let filler = disk.0.join("filler");
    let error = fs::write(&filler, vec![1; 64 << 20]).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);

    let error = Server::start(&config).await.unwrap_err();

    assert!(error.to_string().contains(disk.0.to_str().unwrap()), "{error}");
    assert!(error.to_string().contains("No space left"), "{error}");
    fs::remove_file(filler).unwrap();
    Server::start(&config).await.unwrap().stop().await.unwrap();
}

#[tokio::test]
async fn a_read_only_directory_is_named() {
    let directory = directory();
    let _mount = if is_root() {
        let Some(mount) = Mount::tmpfs(directory.path(), "ro") else { return };
        Some(mount)
    } else {
        fs::set_permissions(directory.path(), Permissions::from_mode(0o555)).unwrap();
        None
    };

    for data_dir in [directory.path().to_owned(), directory.path().join("below")] {
        let error = Server::start(&Config::new(&data_dir)).await.unwrap_err();

        assert!(matches!(&error, EmbeddedError::Io { path, .. } if path.starts_with(&data_dir)), "{error}");
        assert!(names(directory.path()).is_empty());
    }
}

#[tokio::test]
async fn a_directory_that_the_servers_account_cannot_reach_is_refused_by_its_ancestor() {
    if !is_root() {
        return left_out("an account that cannot reach the directory: only root drops to one");
    }
    let directory = directory();
    let closed = directory.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, Permissions::from_mode(0o700)).unwrap();

    for data_dir in [closed.join("data"), closed.join("data/postgres")] {
        let error = Server::start(&Config::new(data_dir)).await.unwrap_err();

        assert!(matches!(error, EmbeddedError::Unreachable { ancestor, .. } if ancestor == closed));
        assert!(names(&closed).is_empty());
    }
}

#[tokio::test]
async fn an_interrupted_initdb_never_looks_finished() {
    let directory = directory();
    let mut child = Program::spawn(Command::new(program_path()).arg(directory.path()));
    let unfinished = directory.path().join(format!("new.{}", child.id())).join("cluster/PG_VERSION");
    until("initdb is at work", || unfinished.exists()).await;
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!directory.path().join("cluster").exists());

    let server = Server::start(&Config::new(directory.path())).await.unwrap();

    server.stop().await.unwrap();
    assert!(directory.path().join("cluster/PG_VERSION").exists());
}

#[tokio::test]
async fn a_server_that_refuses_its_settings_is_quoted_and_lets_the_directory_go() {
    let directory = directory();
    let mut config = Config::new(directory.path());
    config.settings = vec![("shared_buffers".into(), "plenty".into())];

    let error = Server::start(&config).await.unwrap_err();

    assert!(error.to_string().contains("invalid value for parameter \"shared_buffers\": \"plenty\""), "{error}");
    config.settings.clear();
    Server::start(&config).await.unwrap().stop().await.unwrap();
}

#[tokio::test]
async fn what_is_no_place_for_data_is_refused_by_name() {
    let directory = directory();
    let file = directory.path().join("file");
    fs::write(&file, "").unwrap();

    for data_dir in [file.clone(), file.join("below")] {
        let error = Server::start(&Config::new(&data_dir)).await.unwrap_err();
        assert!(matches!(&error, EmbeddedError::Io { path, .. } if path.starts_with(&file)), "{error}");
    }
    let error = Server::start(&Config::new(directory.path().join("two\nlines"))).await.unwrap_err();
    assert!(matches!(error, EmbeddedError::LineBreak { .. }));
    assert_eq!(names(directory.path()), ["file"]);
}

#[tokio::test]
async fn a_directory_of_programs_without_a_server_is_refused() {
    let directory = directory();
    let config = Config { postgres_bin: Some("/usr/share".into()), ..Config::new(directory.path()) };

    let error = Server::start(&config).await.unwrap_err();

    assert!(matches!(error, EmbeddedError::NotPostgres { .. }));
    assert_eq!(names(directory.path()), ["lock"]);
}

/// A small file system in memory, for root.
struct Mount<'a>(&'a Path);

impl<'a> Mount<'a> {
    fn tmpfs(at: &'a Path, options: &str) -> Option<Self> {
        let mounted = is_root()
            && Command::new("mount")
                .args(["-t", "tmpfs", "-o", &format!("mode=755,{options}"), "tmpfs"])
                .arg(at)
                .status()
                .is_ok_and(|status| status.success());
        if !mounted {
            left_out("a full or read-only disk: a tmpfs cannot be mounted");
        }
        mounted.then(|| Self(at))
    }
}

impl Drop for Mount<'_> {
    fn drop(&mut self) {
        let status = Command::new("umount").arg("-l").arg(self.0).status();
        assert!(status.is_ok_and(|status| status.success()) || std::thread::panicking());
    }
}
