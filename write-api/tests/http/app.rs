//! The running server, and the means to talk to it.

use axum::Router;
use events::account::Role;
use events::{AccountId, Actor, Capacity, Clock, Metadata};
use journal::Journal;
use migrations::Role as DatabaseRole;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use sqlx::postgres::PgPoolOptions;
use std::net::SocketAddr;
use std::time::Duration;
use test_support::Database;
use tokio::net::TcpListener;
use uuid::Uuid;
use vault::{Attachments, MasterKey, Vault};
use web::stack::dress;
use write_api::account::{NewAgent, grant, provision};
use write_api::{Config, WriteApi};

/// The trace id of every request: answers that are to be the same do not differ in it.
const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// A personal password that keeps to the rule.
pub const PASSWORD: &str = "Correct horse battery 4";
/// Another one.
pub const OTHER_PASSWORD: &str = "Correct horse battery 5";

/// One process of the service.
#[derive(Clone)]
pub struct App {
    /// Its database.
    pub database: Database,
    /// The write side itself.
    pub api: WriteApi,
    master: MasterKey,
    address: SocketAddr,
    clock: Clock,
    client: Client,
}

/// An agent who can log in.
#[derive(Clone)]
pub struct Agent {
    /// The account.
    pub account: AccountId,
    /// The name to log in with.
    pub username: String,
    /// The token of an open session.
    pub token: String,
}

/// A status with its body.
pub type Answer = (u16, Value);

impl App {
    /// Serves on a database of its own.
    pub async fn start() -> Self {
        Self::start_with(patient()).await
    }

    /// Serves on a database of its own, with these settings.
    pub async fn start_with(config: Config) -> Self {
        Self::serve(Database::new().await, MasterKey::generate().unwrap(), config, Clock::system()).await
    }

    /// Serves at what `clock` tells to be now.
    pub async fn start_at(clock: Clock) -> Self {
        Self::serve(Database::new().await, MasterKey::generate().unwrap(), patient(), clock).await
    }

    /// Another process on the same database.
    pub async fn another(&self) -> Self {
        Self::serve(self.database.clone(), self.master.clone(), patient(), self.clock.clone()).await
    }

    async fn serve(database: Database, master: MasterKey, config: Config, clock: Clock) -> Self {
        let options = DatabaseRole::Writer.connect(database.owner_options());
        let pool =
            PgPoolOptions::new().max_connections(8).acquire_timeout(Duration::from_secs(5)).connect_lazy_with(options);
        let journal = Journal::open(pool.clone(), journal::Config::default()).await.unwrap();
        let vault = Vault::new(pool.clone(), master.clone());
        let attachments =
            Attachments::in_folder(vault.clone(), &std::env::temp_dir().join("intraparis-tests")).unwrap();
        let api = WriteApi::open(journal, vault, attachments, pool, clock.clone(), config).await.unwrap();
        let address = listen(write_api::router(api.clone())).await;
        Self { database, api, master, address, clock, client: Client::new() }
    }

    /// A request with a fixed trace id.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("http://{}{path}", self.address))
            .header("traceparent", TRACEPARENT)
            .header("accept-language", "en")
    }

    /// A command of `who`, with a key of its own.
    pub fn command(&self, who: &Agent, path: &str, body: &Value) -> RequestBuilder {
        self.request(Method::POST, path)
            .bearer_auth(&who.token)
            .header("idempotency-key", Uuid::new_v4().to_string())
            .json(body)
    }

    /// Sends a command of `who`.
    pub async fn post(&self, who: &Agent, path: &str, body: Value) -> Answer {
        answer(self.command(who, path, &body)).await
    }

    /// Tries to log in.
    pub async fn log_in(&self, username: &str, password: &str) -> Answer {
        let body = json!({ "username": username, "password": password });
        answer(self.request(Method::POST, "/v1/sessions").json(&body)).await
    }

    /// Tries to set a first personal password.
    pub async fn first_login(&self, username: &str, code: &str, password: &str) -> Answer {
        let body = json!({ "username": username, "initial_code": code, "password": password });
        answer(self.request(Method::POST, "/v1/first-login").json(&body)).await
    }

    /// Opens an account beside HTTP: its name and its initial code.
    pub async fn provision(&self, family_name: &str) -> (AccountId, String, String) {
        let agent = NewAgent {
            given_name: "Marie".into(),
            family_name: family_name.into(),
            staff_number: None,
            username: None,
        };
        let made = provision(&self.api, agent, self.operator(), None).await.unwrap();
        (made.account, made.username.unwrap(), made.initial_code.unwrap().reveal().to_owned())
    }

    /// An agent who holds these roles, and has logged in with [`PASSWORD`].
    pub async fn agent(&self, family_name: &str, roles: &[Role]) -> Agent {
        let (account, username, code) = self.provision(family_name).await;
        for role in roles {
            grant(&self.api, account, *role, self.operator()).await.unwrap();
        }
        let (status, body) = self.first_login(&username, &code, PASSWORD).await;
        assert_eq!(status, 200, "{body}");
        self.again(account, &username).await
    }

    /// The same agent in a session of his own.
    pub async fn again(&self, account: AccountId, username: &str) -> Agent {
        let (status, body) = self.log_in(username, PASSWORD).await;
        assert_eq!(status, 201, "{body}");
        Agent { account, username: username.to_owned(), token: body["token"].as_str().unwrap().to_owned() }
    }

    /// What is recorded of the command line.
    pub fn operator(&self) -> Metadata {
        Metadata::new(Actor::Service, Capacity::Operator, Clock::system().now())
    }

    /// The kinds of events of one stream, in order.
    pub async fn events(&self, stream: AccountId) -> Vec<String> {
        sqlx::query_scalar("SELECT type FROM journal.event WHERE stream_id = $1 ORDER BY version")
            .bind(stream.as_uuid())
            .fetch_all(&self.database.owner())
            .await
            .unwrap()
    }

    /// How many events of this kind there are.
    pub async fn count(&self, kind: &str) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM journal.event WHERE type = $1")
            .bind(kind)
            .fetch_one(&self.database.owner())
            .await
            .unwrap()
    }
}

/// Whatever else the machine does, these tests are about answers, not about their time.
fn patient() -> Config {
    Config { slot_patience_ms: 60_000, ..Config::default() }
}

async fn listen(routes: Router) -> SocketAddr {
    let mut config = web::Config::default();
    config.rate_limits.shared = vec!["127.0.0.0/8".parse().unwrap()];
    config.request_timeout_ms = 60_000;
    let service = dress(routes, &config).into_make_service_with_connect_info::<SocketAddr>();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

/// Status and JSON of an answer.
pub async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, response.json().await.unwrap())
}

/// The slug of a problem.
pub fn slug((_, body): &Answer) -> &str {
    body["type"].as_str().unwrap_or_default().trim_start_matches("/problems/")
}
