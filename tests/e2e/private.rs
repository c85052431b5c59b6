//! One private PostgreSQL under several processes, whichever of them comes first and whichever goes.
#![cfg(target_os = "linux")]

use crate::process::{Person, Process, expect, program_in};
use reqwest::StatusCode;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::fs::{self, Permissions};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Output, Stdio};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Far more than anything here takes.
const PATIENCE: Duration = Duration::from_secs(120);

/// An empty data directory that PostgreSQL's account may pass.
fn data_dir() -> TempDir {
    let shared = Permissions::from_mode(0o755);
    tempfile::Builder::new().prefix("intraparis-").permissions(shared).tempdir().unwrap()
}

/// Runs commands on one data directory, all at once, to their ends.
fn at_once(data_dir: &Path, commands: &[&[&str]]) -> Vec<Output> {
    thread::scope(|scope| {
        let run = |command: &&[&str]| {
            let mut program = program_in(data_dir);
            program.args(*command);
            scope.spawn(move || program.output().unwrap())
        };
        let running: Vec<_> = commands.iter().map(run).collect();
        running.into_iter().map(|running| running.join().unwrap()).collect()
    })
}

fn postgres(data_dir: &Path) -> Pid {
    let file = fs::read_to_string(data_dir.join("postgres/cluster/postmaster.pid")).unwrap();
    Pid::from_raw(file.lines().next().unwrap().parse().unwrap()).unwrap()
}

/// The place of the process that has started PostgreSQL, and stops it.
fn owner(data_dir: &Path, processes: &[Process]) -> usize {
    let stat = fs::read_to_string(format!("/proc/{}/stat", postgres(data_dir).as_raw_pid())).unwrap();
    let (_, after_the_name) = stat.rsplit_once(") ").unwrap();
    let parent: u32 = after_the_name.split(' ').nth(1).unwrap().parse().unwrap();
    processes.iter().position(|process| process.id() == parent).unwrap()
}

/// A write on each process, and a read of it on each, once there is a database again.
async fn all_serve(processes: &[Process], hr: &Person) {
    for api in processes {
        let body = json!({ "given_name": "Jean", "family_name": "Dupont" });
        let request = hr.post(api, "/v1/accounts", &body);
        let opened = eventually(|| request.try_clone().unwrap(), StatusCode::CREATED).await;
        for other in processes {
            let read = || hr.get(other, "/v1/me").header("At-Least-Position", opened["position"].to_string());
            assert_eq!(eventually(read, StatusCode::OK).await["username"], json!(hr.username));
        }
    }
}

/// The answer, once there is another one than that the service cannot answer now.
async fn eventually(request: impl Fn() -> reqwest::RequestBuilder, status: StatusCode) -> Value {
    let answer = async {
        loop {
            let answer = request().send().await.unwrap();
            match answer.status() {
                StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT => tokio::task::yield_now().await,
                _ => return expect(Ok(answer), status).await,
            }
        }
    };
    timeout(PATIENCE, answer).await.expect("a database again")
}

#[tokio::test(flavor = "multi_thread")]
async fn of_four_cold_starts_each_serves_and_goes_on_whatever_befalls_the_owner_of_postgresql() {
    let directory = data_dir();
    let data_dir = directory.path();
    let mut processes: Vec<Process> = thread::scope(|scope| {
        let starting: Vec<_> = (0..4).map(|_| scope.spawn(|| Process::start_in(data_dir, "up"))).collect();
        starting.into_iter().map(|starting| starting.join().unwrap()).collect()
    });
    let provisioned = at_once(data_dir, &[&["accounts", "provision", "Camille", "Durand", "--role", "hr", "--json"]]);
    let hr = Person::first_login(&processes[0], serde_json::from_slice(&provisioned[0].stdout).unwrap()).await;
    all_serve(&processes, &hr).await;

    let (status, log) = processes.remove(owner(data_dir, &processes)).stop();
    assert!(status.success(), "{log}");
    all_serve(&processes, &hr).await;

    // SIGKILL.
    drop(processes.remove(owner(data_dir, &processes)));
    all_serve(&processes, &hr).await;

    let owner = processes.remove(owner(data_dir, &processes));
    kill_process(postgres(data_dir), Signal::KILL).unwrap();
    let (status, log) = owner.end();
    assert_eq!(status.code(), Some(1));
    assert!(log.contains("has died") && log.contains("nothing committed is lost"), "{log}");
    all_serve(&processes, &hr).await;

    let (status, log) = processes.remove(0).stop();
    assert!(status.success(), "{log}");
}

#[tokio::test]
async fn of_four_cold_starts_on_one_address_one_serves_and_three_say_that_it_is_taken() {
    let directory = data_dir();
    // An address of the loopback network that nothing else listens on.
    let address = format!("{}:8080", Ipv4Addr::from(0x7f01_0000 | (std::process::id() & 0xffff)));
    let mut starts = JoinSet::new();
    for _ in 0..4 {
        let mut program = program_in(directory.path());
        program.args(["up", "--listen", &address]).stderr(Stdio::piped());
        starts.spawn(async move {
            let mut child = tokio::process::Command::from(program).kill_on_drop(true).spawn().unwrap();
            let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
            let mut log = String::new();
            while let Some(line) = lines.next_line().await.unwrap() {
                log += &line;
                if line.contains(r#""message":"ready""#) {
                    return Ok(child);
                }
            }
            assert_eq!(child.wait().await.unwrap().code(), Some(1));
            Err(log)
        });
    }
    let started = timeout(PATIENCE, starts.join_all()).await.expect("an end of each start");

    let refused: Vec<&String> = started.iter().filter_map(|started| started.as_ref().err()).collect();
    assert_eq!(refused.len(), 3, "{refused:?}");
    assert!(refused.iter().all(|log| log.contains(&address) && log.contains("in use")), "{refused:?}");
    // The database is there, and has been from the start: nobody else owned it.
    let nobody = json!({ "username": "a.b", "password": "c" });
    let answer = reqwest::Client::new().post(format!("http://{address}/v1/sessions")).json(&nobody).send().await;
    expect(answer, StatusCode::UNAUTHORIZED).await;
    for mut child in started.into_iter().flatten() {
        let pid = Pid::from_raw(child.id().unwrap().cast_signed()).unwrap();
        kill_process(pid, Signal::TERM).unwrap();
        assert!(child.wait().await.unwrap().success());
    }
}

#[test]
fn a_process_whose_address_is_taken_makes_nothing() {
    let directory = data_dir();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for role in ["up", "write-api", "read-api"] {
        let output = program_in(directory.path()).args([role, "--listen", &address]).output().unwrap();
        assert!(!output.status.success());
        assert!(String::from_utf8_lossy(&output.stderr).contains(&address));
    }
    let output = program_in(directory.path()).args(["projector", "--operations", &address]).output().unwrap();
    assert!(!output.status.success());
    assert!(fs::read_dir(directory.path()).unwrap().next().is_none(), "a data directory in the making");
}

#[test]
fn of_four_cold_commands_none_loses_the_database_to_the_end_of_another() {
    let directory = data_dir();
    let provision = ["Un", "Deux", "Trois", "Quatre"].map(|name| ["accounts", "provision", "Jean", name]);
    for _ in 0..2 {
        for output in at_once(directory.path(), &provision.each_ref().map(|command| &command[..])) {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
    }
}
