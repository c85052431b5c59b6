//! The real program, as its users start it: other processes on one real database, on free ports.

use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use test_support::Database;

/// The key of every vault in these tests.
const MASTER_KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// Runs a command of the program on a database, to its end.
pub fn intraparis(database: &Database, arguments: &[&str]) -> Output {
    intraparis_at(&database.url(), arguments)
}

/// The same, as another login than the owner's.
pub fn intraparis_at(url: &str, arguments: &[&str]) -> Output {
    program(url).args(arguments).output().expect("the program")
}

/// The same, with settings more, as variables of the environment.
pub fn intraparis_set(database: &Database, settings: &[(&str, &str)], arguments: &[&str]) -> Output {
    program(&database.url()).envs(settings.iter().copied()).args(arguments).output().expect("the program")
}

/// The standard output of a command that must succeed, as JSON.
pub fn intraparis_json(database: &Database, arguments: &[&str]) -> Value {
    let output = intraparis(database, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON on standard output")
}

/// The program on a database, to be told what to do.
pub fn program(url: &str) -> Command {
    let mut program = bare();
    program.env("DATABASE_URL", url).env("INTRAPARIS_VAULT__MASTER_KEY", MASTER_KEY);
    program
}

/// The program on a data directory, with the private PostgreSQL and the master key in it.
pub fn program_in(data_dir: &Path) -> Command {
    let mut program = bare();
    program.env_remove("DATABASE_URL").env("INTRAPARIS_DATABASE__DATA_DIR", data_dir);
    program
}

fn bare() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_intraparis"));
    program
        .env("INTRAPARIS_SERVER__LISTEN", "127.0.0.1:0")
        .env("INTRAPARIS_SERVER__OPERATIONS", "127.0.0.1:0")
        // Whatever else the machine does, these tests are about answers, not about their time.
        .env("INTRAPARIS_WEB__REQUEST_TIMEOUT_MS", "120000")
        .env("INTRAPARIS_WRITE_API__SLOT_PATIENCE_MS", "60000")
        .env("INTRAPARIS_WEB__RATE_LIMITS__SOURCE__PER_SECOND", "100000")
        .env("INTRAPARIS_WEB__RATE_LIMITS__SOURCE__BURST", "100000")
        .stdin(Stdio::null());
    program
}

/// A running process of the program; it is killed when the test forgets it.
pub struct Process {
    child: Child,
    log: std::thread::JoinHandle<String>,
    api: String,
    operations: String,
    client: Client,
}

impl Process {
    /// Starts a role and waits until it says that it is ready.
    pub fn start(database: &Database, role: &str) -> Self {
        Self::start_with(role, &mut program(&database.url()))
    }

    /// Starts a role on a data directory.
    pub fn start_in(data_dir: &Path, role: &str) -> Self {
        Self::start_with(role, &mut program_in(data_dir))
    }

    /// Starts a role as another login than the owner's.
    pub fn start_at(url: &str, role: &str) -> Self {
        Self::start_with(role, &mut program(url))
    }

    /// Starts a role with some settings more, as variables of the environment.
    pub fn start_set(database: &Database, role: &str, settings: &[(&str, &str)]) -> Self {
        Self::start_with(role, program(&database.url()).envs(settings.iter().copied()))
    }

    fn start_with(role: &str, program: &mut Command) -> Self {
        let mut child = program.arg(role).stderr(Stdio::piped()).spawn().expect("the program");
        let mut lines = BufReader::new(child.stderr.take().expect("standard error"));
        let mut log = String::new();
        let ready: Value = loop {
            let mut line = String::new();
            assert_ne!(lines.read_line(&mut line).expect("a line"), 0, "{role} ended before it was ready:\n{log}");
            log.push_str(&line);
            match serde_json::from_str::<Value>(&line) {
                Ok(said) if said["message"] == "ready" => break said,
                _ => {}
            }
        };
        let address = |name: &str| ready[name].as_str().map(|at| format!("http://{at}")).unwrap_or_default();
        let log = std::thread::spawn(move || {
            // A log that ends in the middle of a line is still a log.
            let _ = lines.read_to_string(&mut log);
            log
        });
        let client = Client::builder().no_proxy().build().expect("a client");
        Self { child, log, api: address("server.address"), operations: address("operations.address"), client }
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.api))
    }

    pub fn operations(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.operations))
    }

    /// A command, under an idempotency key of its own.
    pub fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        let key = uuid::Uuid::new_v4().to_string();
        self.client.post(format!("{}{path}", self.api)).header("Idempotency-Key", key).json(body)
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn api(&self) -> &str {
        &self.api
    }

    /// Sends SIGTERM and waits for the end.
    pub fn stop(self) -> (ExitStatus, String) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("a signal");
        self.end()
    }

    /// Waits for the end, which comes by itself.
    pub fn end(mut self) -> (ExitStatus, String) {
        let status = self.child.wait().expect("an end");
        let log = std::mem::replace(&mut self.log, std::thread::spawn(String::new));
        (status, log.join().expect("a log"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The answer's body as JSON, if it has the status that is expected.
pub async fn expect(response: Result<Response, reqwest::Error>, status: StatusCode) -> Value {
    let response = response.expect("an answer");
    let found = response.status();
    let body = response.text().await.expect("a body");
    assert_eq!(found, status, "{body}");
    serde_json::from_str(&body).unwrap_or(Value::String(body))
}

/// Somebody with an account and a password of his own.
#[derive(Clone, Debug)]
pub struct Person {
    pub account: String,
    pub username: String,
    pub password: String,
    pub token: String,
}

impl Person {
    /// Opens an account by the command line, with roles; sets the personal password; logs in.
    pub async fn with_roles(database: &Database, api: &Process, given: &str, family: &str, roles: &[&str]) -> Self {
        let mut arguments = vec!["accounts", "provision", given, family, "--json"];
        arguments.extend(roles.iter().flat_map(|role| ["--role", *role]));
        Self::first_login(api, intraparis_json(database, &arguments)).await
    }

    /// Sets the personal password of an account that was just provisioned, and logs in.
    pub async fn first_login(api: &Process, provisioned: Value) -> Self {
        let text = |name: &str| provisioned[name].as_str().expect(name).to_owned();
        let (account, username, code) = (text("account"), text("username"), text("initial_code"));
        let password = format!("Un Cheval-{}", uuid::Uuid::new_v4());
        let body = json!({ "username": username, "initial_code": code, "password": password });
        let answer = api.post("/v1/first-login", &body).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
        let token = log_in(api, &username, &password).await;
        Self { account, username, password, token }
    }

    pub fn get(&self, api: &Process, path: &str) -> RequestBuilder {
        api.get(path).bearer_auth(&self.token)
    }

    pub fn post(&self, api: &Process, path: &str, body: &Value) -> RequestBuilder {
        api.post(path, body).bearer_auth(&self.token)
    }
}

/// The username of a new account with this role.
pub fn holder_of(database: &Database, role: &str) -> String {
    let opened = intraparis_json(database, &["accounts", "provision", "Alix", "Leroy", "--role", role, "--json"]);
    opened["username"].as_str().expect("a username").to_owned()
}

/// A session's token.
pub async fn log_in(api: &Process, username: &str, password: &str) -> String {
    let body = json!({ "username": username, "password": password });
    let session = expect(api.post("/v1/sessions", &body).send().await, StatusCode::CREATED).await;
    session["token"].as_str().expect("a token").to_owned()
}
