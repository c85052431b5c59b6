//! Programs, servers and directories for the tests.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use journal::embedded::Server;
use rustix::fs::{Access, access, statvfs};
use rustix::process::{Pid, Signal, kill_process};
use sqlx::{ConnectOptions, Connection, PgConnection};
use tempfile::TempDir;
use tokio::time::{interval, timeout};

/// Far more than anything here takes.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A directory that other accounts may pass, in memory where there is room: flushing is not what is tested.
pub fn directory() -> TempDir {
    let has_room = statvfs("/dev/shm").is_ok_and(|room| room.f_bavail * room.f_frsize >= 1 << 30);
    let may_write = access("/dev/shm", Access::WRITE_OK).is_ok();
    let parent = if has_room && may_write { PathBuf::from("/dev/shm") } else { std::env::temp_dir() };
    tempfile::Builder::new()
        .prefix("intraparis-")
        .permissions(Permissions::from_mode(0o755))
        .tempdir_in(parent)
        .unwrap()
}

/// `examples/private_postgres.rs`, which cargo builds along with the tests.
pub fn program_path() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let path = test.parent().unwrap().parent().unwrap().join("examples/private_postgres");
    assert!(path.is_file(), "{} is missing: cargo build -p journal --examples", path.display());
    path
}

/// A running program that has said what it is.
pub struct Program {
    child: Child,
    pub is_owner: bool,
    pub server: Pid,
}

impl Program {
    pub fn start(data_dir: &Path) -> Self {
        Self::spawned(Self::spawn(Command::new(program_path()).arg(data_dir)))
    }

    pub fn spawn(command: &mut Command) -> Child {
        command.stdout(Stdio::piped()).spawn().unwrap()
    }

    /// Waits for the line that the program prints when it is connected.
    pub fn spawned(mut child: Child) -> Self {
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let (role, pid) = line.trim().split_once(' ').unwrap_or_else(|| panic!("the program has failed: {line:?}"));
        Self { child, is_owner: role == "owner", server: Pid::from_raw(pid.parse().unwrap()).unwrap() }
    }

    pub fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    pub fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            self.kill();
        }
        // Its directory goes next.
        let deadline = Instant::now() + PATIENCE;
        while self.is_owner && !is_gone(self.server) && Instant::now() < deadline {
            std::thread::yield_now();
        }
    }
}

/// Waits for a condition that no event tells of.
pub async fn until(what: &str, condition: impl Fn() -> bool) {
    let mut pace = interval(Duration::from_millis(2));
    let wait = async {
        while !condition() {
            pace.tick().await;
        }
    };
    assert!(timeout(PATIENCE, wait).await.is_ok(), "in vain: {what}");
}

/// The state letter of a process (proc(5)), or `None` when there is none.
pub fn state(pid: Pid) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_pid())).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}

pub fn is_gone(pid: Pid) -> bool {
    matches!(state(pid), None | Some('Z' | 'X'))
}

/// The real user id of a process.
pub fn uid(pid: Pid) -> u32 {
    let status = fs::read_to_string(format!("/proc/{}/status", pid.as_raw_pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("Uid:")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

pub async fn connect(server: &Server) -> PgConnection {
    server.connect_options().connect().await.unwrap()
}

pub async fn show(server: &Server, setting: &str) -> String {
    let mut connection = connect(server).await;
    sqlx::query_scalar("SELECT current_setting($1)").bind(setting).fetch_one(&mut connection).await.unwrap()
}

/// Commits a row.
pub async fn write_row(server: &Server) {
    let mut connection = connect(server).await;
    sqlx::raw_sql("CREATE TABLE IF NOT EXISTS kept (n int); INSERT INTO kept VALUES (1)")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

pub async fn rows(server: &Server) -> i64 {
    let mut connection = connect(server).await;
    sqlx::query_scalar("SELECT count(*) FROM kept").fetch_one(&mut connection).await.unwrap()
}

/// Whether the server's logs tell of a recovery after a crash.
pub fn has_recovered(data_dir: &Path) -> bool {
    fs::read_dir(data_dir.join("log"))
        .unwrap()
        .any(|entry| fs::read_to_string(entry.unwrap().path()).unwrap().contains("automatic recovery in progress"))
}

/// The names in a directory, sorted.
pub fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
