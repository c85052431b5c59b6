//! A database, the read side in front of it, and the shortest way to put events behind it.

use chrono::{DateTime, TimeDelta, Utc};
use events::account::{AccountEvent, LoginFailure, LoginRefusal, Role};
use events::audit::{AuditEvent, TrailFilter};
use events::{
    AccountId, Actor, AttemptId, Capacity, Channel, Clock, CredentialId, DomainEvent, Metadata, ReadingId, Sealed,
    Source,
};
use journal::{Journal, Reader};
use migrations::Role as Connected;
use projections::{Positions, Runner};
use read_api::{Config, ReadApi};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;
use std::net::SocketAddr;
use tempfile::TempDir;
use test_support::Database;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;
use vault::{Attachments, MasterKey, Period, Place, Purpose, Vault};
use web::token::SessionToken;

/// Somebody with an account and a session.
#[derive(Clone)]
pub struct Agent {
    pub id: AccountId,
    pub token: SessionToken,
}

/// The running read side and all that is behind it.
pub struct World {
    pub database: Database,
    pub journal: Journal,
    /// The write side's: it can seal and destroy.
    pub vault: Vault,
    /// The write side's.
    pub attachments: Attachments,
    pub stop: CancellationToken,
    address: SocketAddr,
    client: Client,
    projector: CancellationToken,
    _ended: DropGuard,
    _folder: TempDir,
}

impl World {
    pub async fn start() -> Self {
        Self::start_with(Config { session_watch_ms: 20, ..Config::default() }).await
    }

    /// As [`World::start`], with a projector that tells the read side nothing, as one in another process.
    pub async fn start_apart() -> Self {
        Self::start_as(Config::default(), true).await
    }

    pub async fn start_with(config: Config) -> Self {
        Self::start_as(config, false).await
    }

    async fn start_as(config: Config, apart: bool) -> Self {
        let database = Database::new().await;
        let settings = journal::Config::default();
        let journal = Journal::open(database.pool(Connected::Writer), settings.clone()).await.unwrap();
        let master = "5".repeat(64);
        let key = || master.parse::<MasterKey>().unwrap();
        let vault = Vault::new(database.pool(Connected::Writer), key());
        let positions = Positions::new(&projections::all());
        let (stop, projector) = (CancellationToken::new(), CancellationToken::new());
        let projecting = Reader::open(database.pool(Connected::Projector), &settings).await.unwrap();
        let runner = Runner::new(projecting, projections::all(), positions.clone(), projections::Config::default());
        tokio::spawn(runner.run(projector.clone()));
        let pool = database.pool(Connected::Reader);
        let reader = Reader::open(pool.clone(), &settings).await.unwrap();
        if apart {
            tokio::spawn(positions.clone().follow(pool.clone(), projector.clone()));
        }
        let opening = Vault::new(pool, key());
        let folder = tempfile::tempdir().unwrap();
        let files = |vault: &Vault| Attachments::in_folder(vault.clone(), folder.path()).unwrap();
        let (attachments, opened) = (files(&vault), files(&opening));
        let api = ReadApi::new(reader, opening, opened, positions, Clock::from_fn(now), config, stop.clone());
        let mut limits = web::Config::default();
        limits.rate_limits.shared = vec!["127.0.0.0/8".parse().unwrap()];
        let routes = web::stack::dress(read_api::router(api), &limits);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = routes.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        let ended = projector.clone().drop_guard();
        let client = Client::new();
        Self { database, journal, vault, attachments, stop, address, client, projector, _ended: ended, _folder: folder }
    }

    /// Stops the projector, so that what is appended from now on is not shown.
    pub fn stop_projecting(&self) {
        self.projector.cancel();
    }

    pub async fn append_as<E: DomainEvent>(&self, metadata: Metadata, stream: Uuid, events: Vec<E>) -> i64 {
        test_support::append(&self.journal, metadata, stream, events).await.position.get()
    }

    pub async fn append(&self, account: AccountId, events: Vec<AccountEvent>) -> i64 {
        self.append_as(stranger(0), account.as_uuid(), events).await
    }

    /// An account that holds these roles, signed in; shown already.
    pub async fn agent(&self, roles: &[Role]) -> Agent {
        let id = AccountId::new();
        let mut events = vec![
            AccountEvent::AccountProvisioned {
                username: self.identity(id, "username", "elodie.muller").await,
                given_name: self.identity(id, "given_name", "Élodie").await,
                family_name: self.identity(id, "family_name", "Müller").await,
                staff_number: None,
                initial_code: CredentialId::new(),
            },
            AccountEvent::PersonalPasswordSet { password: CredentialId::new() },
        ];
        events.extend(
            roles.iter().filter(|role| **role != Role::Agent).map(|role| AccountEvent::RoleGranted { role: *role }),
        );
        let position = self.append(id, events).await;
        let agent = Agent { id, token: self.sign_in(id).await };
        ok(self.get(&agent, &format!("/v1/me?at_least={position}"))).await;
        agent
    }

    pub async fn sign_in(&self, account: AccountId) -> SessionToken {
        let token = SessionToken::new().unwrap();
        sqlx::query(
            "INSERT INTO access.session (id, account, credential, token, opened_at, last_used_at, expires)
             VALUES ($1, $2, $3, $4, $5, $5, $6)",
        )
        .bind(Uuid::now_v7())
        .bind(account.as_uuid())
        .bind(Uuid::now_v7())
        .bind(&token.hash().0[..])
        .bind(now())
        .bind(now() + TimeDelta::hours(12))
        .execute(&self.database.pool(Connected::Writer))
        .await
        .unwrap();
        token
    }

    pub async fn sign_out(&self, agent: &Agent) {
        sqlx::query("DELETE FROM access.session WHERE token = $1")
            .bind(&agent.token.hash().0[..])
            .execute(&self.database.pool(Connected::Writer))
            .await
            .unwrap();
    }

    /// Declares a reading; the position of its event comes with it.
    pub async fn declare(&self, auditor: &Agent, filter: TrailFilter) -> (ReadingId, i64) {
        let reading = ReadingId::new();
        let id = reading.as_uuid();
        let place = Place { stream: AuditEvent::STREAM, id, field: "motive", fact: id };
        let owner = auditor.id.as_uuid();
        let words = "=contrôle annuel".to_owned();
        let motive = self.vault.seal(owner, Purpose::Words, Period::Always, &place, &words).await.unwrap();
        let metadata = Metadata::new(Actor::Account(auditor.id), Capacity::Auditor, at(0));
        let event = AuditEvent::AuditTrailRead { reading, filter, motive: Some(motive) };
        (reading, self.append_as(metadata, id, vec![event]).await)
    }

    /// An attempt at an account that fails, from an address.
    pub async fn failure(&self, account: AccountId, second: i64, address: &str) -> i64 {
        let [begun, failed] = self.failed(account, second, address).await;
        self.append_as(stranger(second), account.as_uuid(), vec![begun, failed]).await
    }

    /// The same, and the account is suspended by it: recorded as the service does, the attempt before it is compared.
    pub async fn suspension(&self, account: AccountId, second: i64, address: &str) -> i64 {
        let [begun, failed] = self.failed(account, second, address).await;
        self.append_as(stranger(second), account.as_uuid(), vec![begun]).await;
        let suspended = AccountEvent::AccountSuspended { failures: 3 };
        self.append_as(stranger(second), account.as_uuid(), vec![failed, suspended]).await
    }

    async fn failed(&self, account: AccountId, second: i64, address: &str) -> [AccountEvent; 2] {
        let attempt = AttemptId::new();
        let source = self.source(account, attempt, at(second), address).await;
        [
            AccountEvent::LoginAttempted { attempt, source, slot_until: at(second + 30) },
            AccountEvent::LoginFailed { attempt, reason: LoginFailure::WrongPassword },
        ]
    }

    /// An attempt at an account that is refused, from an address.
    pub async fn refusal(&self, account: AccountId, second: i64, address: &str) -> i64 {
        let attempt = AttemptId::new();
        let source = self.source(account, attempt, at(second), address).await;
        let refused = AccountEvent::LoginRefused { attempt, source, reason: LoginRefusal::Suspended, reported: None };
        self.append_as(stranger(second), account.as_uuid(), vec![refused]).await
    }

    async fn identity(&self, account: AccountId, field: &'static str, text: &str) -> Sealed<String> {
        let id = account.as_uuid();
        let place = Place { stream: AccountEvent::STREAM, id, field, fact: id };
        self.vault.seal(id, Purpose::Identity, Period::Always, &place, &text.to_owned()).await.unwrap()
    }

    async fn source(&self, account: AccountId, attempt: AttemptId, at: DateTime<Utc>, address: &str) -> Source {
        let id = account.as_uuid();
        let place = Place { stream: AccountEvent::STREAM, id, field: "address", fact: attempt.as_uuid() };
        let address = address.to_owned();
        let sealed = self.vault.seal(id, Purpose::Security, Period::of_month(at), &place, &address).await.unwrap();
        Source { channel: Channel::Sshd, address: sealed, tag: self.vault.source_tag(at, &address).await.unwrap() }
    }

    /// A GET of nobody's.
    pub fn get_as_stranger(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("http://{}{path}", self.address)).header("accept-language", "en")
    }

    /// A GET of somebody's.
    pub fn get(&self, agent: &Agent, path: &str) -> RequestBuilder {
        self.get_as_stranger(path).bearer_auth(agent.token.reveal())
    }

    /// Every entry of a reading, oldest first.
    pub async fn all_entries(&self, auditor: &Agent, reading: ReadingId, at_least: i64) -> Vec<Value> {
        let path = format!("/v1/audit-readings/{reading}/entries?order=oldest-first&at_least={at_least}");
        let text = ok(self.get(auditor, &path).header("accept", "application/x-ndjson")).await.text().await.unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// A response that must be 200.
pub async fn ok(request: RequestBuilder) -> Response {
    let response = request.send().await.unwrap();
    if response.status() != 200 {
        panic!("{} {}", response.status(), response.text().await.unwrap());
    }
    response
}

pub async fn json(request: RequestBuilder) -> Value {
    ok(request).await.json().await.unwrap()
}

/// The kind of a problem, with the place of its first error.
pub async fn refusal(request: RequestBuilder) -> String {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["status"], status, "{body}");
    let kind = body["type"].as_str().unwrap().trim_start_matches("/problems/").to_owned();
    let Some(Value::Object(error)) = body["errors"].get(0).cloned() else { return kind };
    let (part, name) = error.iter().find(|(name, _)| *name != "detail").unwrap();
    format!("{kind}: {part} {}", name.as_str().unwrap())
}

pub fn positions(entries: &[Value]) -> Vec<i64> {
    entries.iter().map(|entry| entry["position"].as_i64().unwrap()).collect()
}

/// Waits until `condition` holds, asked each 10 ms.
pub async fn until<F: Future<Output = bool>>(mut condition: impl FnMut() -> F) {
    let mut ticks = tokio::time::interval(std::time::Duration::from_millis(10));
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(60);
    while !condition().await {
        assert!(tokio::time::Instant::now() < deadline, "the condition did not come about");
        ticks.tick().await;
    }
}

pub fn stranger(second: i64) -> Metadata {
    Metadata::new(Actor::Anonymous, Capacity::Stranger, at(second))
}

/// An instant, in seconds of the test's day.
pub fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap() + TimeDelta::seconds(second)
}

/// What the read side has for the present.
pub fn now() -> DateTime<Utc> {
    at(86_400)
}
