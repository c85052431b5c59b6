//! Given events: a journal of a test's own, and the shortest way into it.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use esrs::handler::TransactionalEventHandler;
use esrs::store::StoreEvent;
use events::account::{AccountEvent, LoginFailure, LoginRefusal, Role};
use events::audit::{AuditEvent, ProjectionEvent};
use events::{
    Actor, AttemptId, Capacity, Channel, CredentialId, DomainEvent, EventName, KeyId, Metadata, Position, Sealed,
    Source, SourceTag,
};
use journal::{Journal, Reader, Receipt, Recorded};
use migrations::Role as Connected;
use projections::{Config, Fold, Halt, Positions, Projection, ProjectionError, Rows, Runner, Stream};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, PgPool};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use test_support::Database;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;

/// A migrated database, the journal in it, and a reader of the projector's role.
pub struct World {
    pub database: Database,
    pub journal: Journal,
    pub reader: Reader,
}

impl World {
    pub async fn new() -> Self {
        let database = Database::new().await;
        let journal = Journal::open(database.pool(Connected::Writer), journal::Config::default()).await.unwrap();
        let reader = Reader::open(database.pool(Connected::Projector), &journal::Config::default()).await.unwrap();
        Self { database, journal, reader }
    }

    /// What a client of the read API connects as.
    pub fn client(&self) -> PgPool {
        self.database.pool(Connected::Reader)
    }

    pub async fn append<E: DomainEvent>(&self, stream: Uuid, events: Vec<E>) -> Receipt {
        self.append_as(metadata(), stream, events).await
    }

    pub async fn append_as<E: DomainEvent>(&self, metadata: Metadata, stream: Uuid, events: Vec<E>) -> Receipt {
        test_support::append(&self.journal, metadata, stream, events).await
    }

    /// A runner in the background, which is stopped when the guard is dropped.
    pub fn run(&self, projections: &[Projection], config: Config) -> Running {
        let positions = Positions::new(projections);
        let stop = CancellationToken::new();
        let runner = Runner::new(self.reader.clone(), projections.to_vec(), positions.clone(), config);
        let task = tokio::spawn({
            let stop = stop.clone();
            async move { runner.run(stop).await.unwrap() }
        });
        Running { positions, task, _stop: stop.drop_guard() }
    }

    /// Runs the projections until each shows the whole journal, then stops them.
    pub async fn caught_up(&self, projections: &[Projection]) -> Position {
        let head = self.reader.last_position().await.unwrap();
        let running = self.run(projections, quick());
        for projection in projections {
            running.shows(projection, head).await;
        }
        running.stop().await;
        head
    }
}

/// A runner in the background.
pub struct Running {
    pub positions: Positions,
    task: JoinHandle<()>,
    _stop: DropGuard,
}

impl Running {
    pub async fn shows(&self, projection: &Projection, position: Position) {
        self.positions.wait(projection.name, position, patience()).await.unwrap();
    }

    pub async fn stop(self) {
        drop(self._stop);
        self.task.await.unwrap();
    }

    /// Ends it as a crash would: its lease stays.
    pub async fn kill(self) {
        self.task.abort();
        assert!(self.task.await.unwrap_err().is_cancelled());
    }
}

/// Leases that lapse while a test looks on, yet not under a batch on a busy machine.
pub fn quick() -> Config {
    Config { lease_ms: 600, ..Config::default() }
}

pub fn patience() -> Instant {
    Instant::now() + Duration::from_secs(60)
}

/// Waits until `condition` holds, asked each 10 ms.
pub async fn until<F: Future<Output = bool>>(mut condition: impl FnMut() -> F) {
    let mut ticks = tokio::time::interval(Duration::from_millis(10));
    let deadline = patience();
    while !condition().await {
        assert!(Instant::now() < deadline, "the condition did not come about");
        ticks.tick().await;
    }
}

pub fn metadata() -> Metadata {
    Metadata::new(Actor::Anonymous, Capacity::Stranger, at(0))
}

/// An instant, in seconds of a day of the test's.
pub fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap() + TimeDelta::seconds(second)
}

pub fn sealed(text: &str) -> Sealed<String> {
    Sealed::new(KeyId::from_uuid(Uuid::from_u128(7)), text.as_bytes().to_vec())
}

pub fn source(number: u8) -> Source {
    Source {
        channel: Channel::Sshd,
        address: sealed(&format!("192.0.2.{number}\\\t\"")),
        tag: SourceTag::new([number; 16]),
    }
}

pub fn provisioned(name: &str) -> AccountEvent {
    AccountEvent::AccountProvisioned {
        username: sealed(name),
        given_name: sealed("given"),
        family_name: sealed("family"),
        staff_number: None,
        initial_code: CredentialId::new(),
    }
}

pub fn attempted(attempt: AttemptId, from: u8) -> AccountEvent {
    AccountEvent::LoginAttempted { attempt, source: source(from), slot_until: at(60) }
}

pub fn failed(attempt: AttemptId) -> AccountEvent {
    AccountEvent::LoginFailed { attempt, reason: LoginFailure::WrongPassword }
}

pub fn succeeded(attempt: AttemptId) -> AccountEvent {
    AccountEvent::LoginSucceeded { attempt, session: None }
}

pub fn refused(from: u8) -> AccountEvent {
    AccountEvent::LoginRefused {
        attempt: AttemptId::new(),
        source: source(from),
        reason: LoginRefusal::Suspended,
        reported: None,
    }
}

pub fn suspended() -> AccountEvent {
    AccountEvent::AccountSuspended { failures: 3 }
}

/// What each command records while an account is suspended by three attempts at once, the second of them from
/// elsewhere: the last to fail is the first.
pub fn three_strikes(from: u8, elsewhere: u8) -> [Vec<AccountEvent>; 7] {
    let [one, two, three] = [AttemptId::new(), AttemptId::new(), AttemptId::new()];
    [
        vec![attempted(one, from)],
        vec![attempted(two, elsewhere)],
        vec![attempted(three, from)],
        vec![failed(two)],
        vec![failed(three)],
        vec![failed(one), suspended()],
        vec![refused(elsewhere)],
    ]
}

/// One of an account's events, told by a number.
pub fn any_event(number: usize) -> AccountEvent {
    let attempt = AttemptId::from_uuid(Uuid::from_u128(number as u128));
    match number % 8 {
        0 => attempted(attempt, (number % 250) as u8),
        1 => failed(attempt),
        2 => succeeded(attempt),
        3 => suspended(),
        4 => refused((number % 250) as u8),
        5 => AccountEvent::AccountReactivated { motive: sealed("motive") },
        6 => AccountEvent::RoleGranted { role: Role::Manager },
        _ => AccountEvent::PersonalPasswordSet { password: CredentialId::new() },
    }
}

/// An event of an account's stream that this build cannot read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum FromTheFuture {
    AccountTeleported { secret: String },
}

impl DomainEvent for FromTheFuture {
    const STREAM: &'static str = AccountEvent::STREAM;
    const KINDS: &'static [(EventName, i16)] = &[("AccountTeleported", 1)];

    fn name(&self) -> EventName {
        "AccountTeleported"
    }
}

/// A decision of an operator's that this build does not know.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum DecidedInTheFuture {
    ProjectionPaused,
}

impl DomainEvent for DecidedInTheFuture {
    const STREAM: &'static str = ProjectionEvent::STREAM;
    const KINDS: &'static [(EventName, i16)] = &[("ProjectionPaused", 1)];

    fn name(&self) -> EventName {
        "ProjectionPaused"
    }
}

/// An event of a stream whose type no vocabulary has.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum OfNoVocabulary {
    Teleported,
}

impl DomainEvent for OfNoVocabulary {
    const STREAM: &'static str = "teleporter";
    const KINDS: &'static [(EventName, i16)] = &[("Teleported", 1)];

    fn name(&self) -> EventName {
        "Teleported"
    }
}

/// A projection of the test's own: how many events each account has. Its handlers can be made to wait.
pub fn counts(fold: i32, gate: Option<Arc<Semaphore>>) -> Projection {
    Projection::named::<Counts>("counts_v1", fold, &["counts_v1"])
        .reads::<AccountEvent, _>(Counting { gate })
        .declared()
}

/// Makes the table of [`counts`], as a migration would.
pub async fn count_table(world: &World) {
    sqlx::raw_sql("CREATE TABLE projections.counts_v1 (account uuid PRIMARY KEY, events bigint NOT NULL)")
        .execute(world.reader.pool())
        .await
        .unwrap();
}

pub async fn counted(world: &World) -> BTreeMap<Uuid, i64> {
    sqlx::query_as("SELECT account, events FROM projections.counts_v1")
        .fetch_all(&world.client())
        .await
        .unwrap()
        .into_iter()
        .collect()
}

pub async fn recorded(world: &World) -> BTreeMap<Uuid, i64> {
    sqlx::query_as("SELECT stream_id, count(*) FROM journal.event WHERE stream_type = 'account' GROUP BY stream_id")
        .fetch_all(&world.client())
        .await
        .unwrap()
        .into_iter()
        .collect()
}

struct Counting {
    gate: Option<Arc<Semaphore>>,
}

#[derive(Default)]
pub struct Counts(BTreeMap<Uuid, i64>);

impl Counts {
    pub fn count(&mut self, account: Uuid) {
        *self.0.entry(account).or_default() += 1;
    }
}

#[async_trait]
impl Rows for Counts {
    async fn load(_: &[Recorded], _: &mut PgConnection) -> Result<Self, ProjectionError> {
        Ok(Self::default())
    }

    async fn write(self, connection: &mut PgConnection) -> Result<(), ProjectionError> {
        let (accounts, events): (Vec<Uuid>, Vec<i64>) = self.0.into_iter().unzip();
        sqlx::query(
            "INSERT INTO counts_v1 SELECT * FROM unnest($1::uuid[], $2::bigint[])
             ON CONFLICT (account) DO UPDATE SET events = counts_v1.events + excluded.events",
        )
        .bind(accounts)
        .bind(events)
        .execute(connection)
        .await?;
        Ok(())
    }
}

#[async_trait]
impl TransactionalEventHandler<Stream<AccountEvent>, ProjectionError, Fold<Counts>> for Counting {
    async fn handle(&self, event: &StoreEvent<AccountEvent>, fold: &mut Fold<Counts>) -> Result<(), ProjectionError> {
        if let Some(gate) = &self.gate {
            gate.acquire().await.unwrap().forget();
        }
        fold.rows.count(event.aggregate_id);
        Ok(())
    }
}

/// An operator's decision to leave out the event that a projection halted at.
pub fn skip(halt: &Halt) -> ProjectionEvent {
    ProjectionEvent::ProjectionEventSkipped {
        projection: halt.projection.clone(),
        position: halt.position,
        motive: sealed("by hand"),
    }
}

/// The same for the rest of its stream.
pub fn quarantine(halt: &Halt) -> ProjectionEvent {
    ProjectionEvent::ProjectionStreamQuarantined {
        projection: halt.projection.clone(),
        stream_type: halt.stream_type.clone(),
        stream: halt.stream,
        position: halt.position,
        motive: sealed("until the next release"),
    }
}

/// His decision to take back what was left out.
pub fn readmit(halt: &Halt) -> ProjectionEvent {
    ProjectionEvent::ProjectionReadmitted {
        projection: halt.projection.clone(),
        position: halt.position,
        motive: sealed("mended"),
    }
}

/// What an operator recorded.
pub async fn operator(world: &World, event: ProjectionEvent) -> Receipt {
    world.append(Uuid::new_v4(), vec![event]).await
}

/// A reading that an auditor declared.
pub async fn reading(world: &World, event: AuditEvent, metadata: Metadata) -> Receipt {
    world.append_as(metadata, Uuid::new_v4(), vec![event]).await
}

/// Numbers that look random and are the same each time.
pub struct Numbers(pub u64);

impl Numbers {
    pub fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}
