//! Group commit: one writer in the process takes whatever queued while the commit before was flushed, and appends
//! it with one statement.

use crate::error::{is_serialization, is_transient};
use crate::head::HeadSender;
use crate::recorded::actor_columns;
use crate::{AppendError, Config, StreamId};
use chrono::{DateTime, Utc};
use events::{DomainEvent, EventId, Metadata, Position, Version};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sqlx::{ConnectOptions, Row};
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, MissedTickBehavior};
use uuid::Uuid;

/// What is known of an append that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The position of its last event: a read model that has got this far shows it.
    pub position: Position,
    /// The version of its first stream after it.
    pub version: Version,
    /// When the database recorded it.
    pub recorded_at: DateTime<Utc>,
    /// Set when the idempotency key was known, and nothing appended now.
    pub replayed: Option<Replayed>,
}

/// The first outcome of an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// What [`events::Idempotency::outcome`] held the first time.
    pub outcome: Vec<u8>,
}

/// An event on its way into the journal.
#[derive(Clone, Debug)]
pub(crate) struct NewEvent {
    pub(crate) id: EventId,
    pub(crate) name: &'static str,
    pub(crate) schema: i16,
    pub(crate) payload: Vec<u8>,
}

impl NewEvent {
    pub(crate) fn of<E: DomainEvent>(event: &E) -> Result<Self, AppendError> {
        Ok(Self {
            id: EventId::new(),
            name: event.name(),
            schema: event.schema(),
            payload: event.encode().map_err(AppendError::Encode)?,
        })
    }
}

/// The events for one stream, and the version it must be at; no events to check the version alone.
#[derive(Clone, Debug)]
pub(crate) struct StreamWrite {
    pub(crate) stream: StreamId,
    pub(crate) expected: Version,
    pub(crate) events: Vec<NewEvent>,
}

type Reply = Result<Receipt, AppendError>;

struct Request {
    metadata: Arc<Metadata>,
    writes: Vec<StreamWrite>,
    reply: oneshot::Sender<Reply>,
}

/// The queue before the writer.
#[derive(Clone, Debug)]
pub(crate) struct Appender {
    queue: mpsc::Sender<Request>,
    config: Arc<Config>,
}

impl Appender {
    /// Starts the writer; it ends when the last appender is dropped and everything queued is answered.
    pub(crate) fn start(
        options: PgConnectOptions,
        head: HeadSender,
        config: Arc<Config>,
    ) -> (Self, tokio::task::JoinHandle<()>) {
        let (queue, requests) = mpsc::channel(config.queue.max(1));
        let writer = Writer {
            options,
            connection: None,
            requests,
            deferred: VecDeque::new(),
            head,
            config: Arc::clone(&config),
        };
        (Self { queue, config }, tokio::spawn(writer.run()))
    }

    /// Appends all of `writes` or nothing. Waits for a place in the queue, and no longer than configured.
    pub(crate) async fn append(&self, metadata: Arc<Metadata>, writes: Vec<StreamWrite>) -> Reply {
        let (reply, answer) = oneshot::channel();
        let started = Instant::now();
        self.queue
            .send_timeout(Request { metadata, writes, reply }, self.config.patience)
            .await
            .map_err(|_| AppendError::Unavailable(None))?;
        let reply = answer.await.map_err(|_| AppendError::Unavailable(None))?;
        metrics::histogram!("journal_append_seconds").record(started.elapsed().as_secs_f64());
        reply
    }
}

struct Writer {
    options: PgConnectOptions,
    connection: Option<PgConnection>,
    requests: mpsc::Receiver<Request>,
    deferred: VecDeque<Request>,
    head: HeadSender,
    config: Arc<Config>,
}

impl Writer {
    async fn run(mut self) {
        while let Some(batch) = self.next_batch().await {
            metrics::histogram!("journal_batch_commands").record(batch.len() as f64);
            self.write(batch).await;
        }
    }

    /// Whatever is queued, at most one command a stream and a key: a second one would conflict with the first.
    async fn next_batch(&mut self) -> Option<Vec<Request>> {
        let mut batch = Vec::new();
        let mut taken = HashSet::new();
        for request in std::mem::take(&mut self.deferred) {
            self.admit(request, &mut batch, &mut taken);
        }
        if batch.is_empty() {
            let request = self.requests.recv().await?;
            self.admit(request, &mut batch, &mut taken);
        }
        // Those whose answers the last batch just gave are about to ask again: let them, so that two halves of the
        // callers do not take turns. This waits for no time, only for tasks that are ready to run.
        let mut queued = self.requests.len();
        loop {
            tokio::task::yield_now().await;
            let now = self.requests.len();
            if now == queued || now + batch.len() >= self.config.batch {
                break;
            }
            queued = now;
        }
        while batch.len() < self.config.batch
            && self.deferred.len() < self.config.batch
            && let Ok(request) = self.requests.try_recv()
        {
            self.admit(request, &mut batch, &mut taken);
        }
        Some(batch)
    }

    fn admit(&mut self, request: Request, batch: &mut Vec<Request>, taken: &mut HashSet<Taken>) {
        let resources = || {
            let key = request.metadata.idempotency.as_ref().map(|known| Taken::Key(known.key.as_str().to_owned()));
            request.writes.iter().map(|write| Taken::Stream(write.stream)).chain(key)
        };
        if resources().any(|resource| taken.contains(&resource)) {
            self.deferred.push_back(request);
        } else {
            taken.extend(resources());
            batch.push(request);
        }
    }

    async fn write(&mut self, batch: Vec<Request>) {
        let mut tries = 0;
        loop {
            match self.attempt(&batch).await {
                Ok(answers) => return self.answer(batch, answers),
                Err(Failure::Database(error)) if is_serialization(&error) && tries < 10 => tries += 1,
                Err(Failure::Database(error)) if !is_transient(&error) => {
                    self.connection = None;
                    return self.one_by_one(batch, error).await;
                }
                Err(Failure::NotConnected(error)) => {
                    return refuse(batch, AppendError::Unavailable, Some(error));
                }
                Err(Failure::Database(_) | Failure::Silent) => {
                    self.connection = None;
                    return self.settle(batch).await;
                }
            }
        }
    }

    /// The batch holds a command that the database refuses: the others must not suffer for it.
    async fn one_by_one(&mut self, batch: Vec<Request>, error: sqlx::Error) {
        if batch.len() == 1 {
            tracing::error!(error = %error, "the journal refused an append");
            return refuse(
                batch,
                |cause| cause.map_or(AppendError::Unavailable(None), AppendError::Rejected),
                Some(error),
            );
        }
        for request in batch {
            Box::pin(self.write(vec![request])).await;
        }
    }

    /// The connection broke while the batch was under way, so that each command may or may not be in the journal:
    /// its first event's id tells. One that is not is appended now.
    async fn settle(&mut self, batch: Vec<Request>) {
        for request in batch {
            let settled = self.settle_one(&request).await;
            // The caller may have gone away; what it asked for stands all the same.
            let _ = request.reply.send(settled);
        }
    }

    async fn settle_one(&mut self, request: &Request) -> Reply {
        let deadline = Instant::now() + self.config.patience;
        loop {
            match self.find_or_append(request).await {
                Err(AppendError::Unavailable(_)) if Instant::now() < deadline => self.connection = None,
                settled => return settled,
            }
        }
    }

    async fn find_or_append(&mut self, request: &Request) -> Reply {
        if let Some(receipt) = self.find(request).await? {
            self.head.advance(receipt.position);
            return Ok(receipt);
        }
        match self.attempt(std::slice::from_ref(request)).await {
            Ok(answers) => match answers.into_iter().next() {
                // The lost connection's transaction may have committed just now, after the look.
                Some(Err(AppendError::Conflict)) => self.find(request).await?.ok_or(AppendError::Conflict),
                Some(answer) => answer,
                None => Err(AppendError::Unavailable(None)),
            },
            Err(Failure::Database(error)) if !is_transient(&error) && !is_serialization(&error) => {
                Err(AppendError::Rejected(error))
            }
            Err(Failure::Database(error) | Failure::NotConnected(error)) => Err(AppendError::Unavailable(Some(error))),
            Err(Failure::Silent) => Err(AppendError::Unavailable(None)),
        }
    }

    /// The receipt of a command whose events are in the journal.
    async fn find(&mut self, request: &Request) -> Result<Option<Receipt>, AppendError> {
        const SQL: &str = "SELECT e.position, e.recorded_at FROM journal.event e
                           WHERE e.stream_type = $1 AND e.stream_id = $2 AND e.version = $3 AND e.id = $4";
        let Some((write, event)) =
            request.writes.iter().find_map(|write| write.events.first().map(|event| (write, event)))
        else {
            return Ok(None);
        };
        let connection = self.connection().await.map_err(|error| AppendError::Unavailable(Some(error)))?;
        let found: Option<(i64, DateTime<Utc>)> = sqlx::query_as(SQL)
            .bind(write.stream.of)
            .bind(write.stream.id)
            .bind(write.expected.0 + 1)
            .bind(event.id.as_uuid())
            .fetch_optional(connection)
            .await
            .map_err(|error| AppendError::Unavailable(Some(error)))?;
        Ok(found.map(|(first, recorded_at)| Receipt {
            position: Position::new(first + request.event_count() as i64 - 1).unwrap_or_default(),
            version: request.first_version(),
            recorded_at,
            replayed: None,
        }))
    }

    fn answer(&self, batch: Vec<Request>, answers: Vec<Reply>) {
        if let Some(last) = answers.iter().filter_map(|answer| answer.as_ref().ok()).map(|done| done.position).max() {
            self.head.advance(last);
        }
        for (request, answer) in batch.into_iter().zip(answers) {
            if matches!(answer, Err(AppendError::Conflict)) {
                metrics::counter!("journal_conflicts_total").increment(1);
            }
            // The caller may have gone away; what it asked for stands all the same.
            let _ = request.reply.send(answer);
        }
    }

    async fn attempt(&mut self, batch: &[Request]) -> Result<Vec<Reply>, Failure> {
        let limit = self.config.patience;
        let connection = self.connection().await.map_err(Failure::NotConnected)?;
        let statement = Statement::of(batch);
        let rows = tokio::time::timeout(limit, statement.run(connection)).await.map_err(|_| Failure::Silent)?;
        rows.and_then(|rows| batch.iter().zip(&rows).map(|(request, row)| answer_of(request, row)).collect())
            .map_err(Failure::Database)
    }

    /// The writer's own connection, made anew when it broke.
    async fn connection(&mut self) -> Result<&mut PgConnection, sqlx::Error> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        Ok(self.connection.insert(connection))
    }

    async fn connect(&self) -> Result<PgConnection, sqlx::Error> {
        let deadline = Instant::now() + self.config.patience;
        let mut ticks = tokio::time::interval(self.config.head_interval);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            match tokio::time::timeout_at(deadline, self.options.connect()).await {
                Ok(Ok(connection)) => return Ok(connection),
                Ok(Err(error)) if Instant::now() >= deadline || !is_transient(&error) => return Err(error),
                Ok(Err(_)) => {}
                Err(_) => return Err(sqlx::Error::PoolTimedOut),
            }
        }
    }
}

/// What only one command of a batch may touch.
#[derive(PartialEq, Eq, Hash)]
enum Taken {
    Stream(StreamId),
    Key(String),
}

enum Failure {
    /// Nothing was sent.
    NotConnected(sqlx::Error),
    /// The server, or the connection to it, answered with an error.
    Database(sqlx::Error),
    /// The server did not answer in time.
    Silent,
}

impl Request {
    fn event_count(&self) -> usize {
        self.writes.iter().map(|write| write.events.len()).sum()
    }

    fn first_version(&self) -> Version {
        self.writes.first().map_or(Version::NONE, |write| Version(write.expected.0 + write.events.len() as i32))
    }
}

/// Tells every caller; the cause goes to the first, since it cannot be copied.
fn refuse(batch: Vec<Request>, error: impl Fn(Option<sqlx::Error>) -> AppendError, mut cause: Option<sqlx::Error>) {
    for request in batch {
        let _ = request.reply.send(Err(error(cause.take())));
    }
}

fn answer_of(request: &Request, row: &PgRow) -> Result<Reply, sqlx::Error> {
    let status: &str = row.try_get("status")?;
    Ok(match status {
        "conflict" => Err(AppendError::Conflict),
        "reused" => Err(AppendError::KeyReused),
        _ => Ok(Receipt {
            position: Position::new(row.try_get("position")?).unwrap_or_default(),
            version: row.try_get::<Option<i32>, _>("version")?.map_or_else(|| request.first_version(), Version),
            recorded_at: row.try_get("recorded_at")?,
            replayed: (status == "replayed")
                .then(|| row.try_get("outcome").map(|outcome| Replayed { outcome }))
                .transpose()?,
        }),
    })
}

/// The arguments of `journal.append`, column by column, in its order.
#[derive(Default)]
struct Statement<'a> {
    commands: Commands<'a>,
    streams: Streams,
    events: Events<'a>,
}

#[derive(Default)]
struct Commands<'a> {
    actors: Vec<&'static str>,
    actor_ids: Vec<Option<Uuid>>,
    keys: Vec<Option<&'a str>>,
    fingerprints: Vec<Option<&'a [u8]>>,
    outcomes: Vec<Option<&'a [u8]>>,
    versions: Vec<i32>,
    streams: Vec<i32>,
    events: Vec<i32>,
}

#[derive(Default)]
struct Streams {
    commands: Vec<i32>,
    types: Vec<&'static str>,
    ids: Vec<Uuid>,
    expected: Vec<i32>,
    counts: Vec<i32>,
}

#[derive(Default)]
struct Events<'a> {
    commands: Vec<i32>,
    stream_types: Vec<&'static str>,
    stream_ids: Vec<Uuid>,
    versions: Vec<i32>,
    ids: Vec<Uuid>,
    names: Vec<&'static str>,
    schemas: Vec<i16>,
    occurred_at: Vec<DateTime<Utc>>,
    actors: Vec<&'static str>,
    actor_ids: Vec<Option<Uuid>>,
    capacities: Vec<&'static str>,
    correlations: Vec<Uuid>,
    causations: Vec<Option<Uuid>>,
    traces: Vec<Option<&'a [u8]>>,
    keys: Vec<Option<&'a str>>,
    payloads: Vec<&'a [u8]>,
}

impl<'a> Statement<'a> {
    fn of(batch: &'a [Request]) -> Self {
        let mut statement = Self::default();
        for (number, request) in (1..).zip(batch) {
            statement.commands.add(request);
            for write in &request.writes {
                statement.streams.add(number, write);
                for (version, event) in (write.expected.0 + 1..).zip(&write.events) {
                    statement.events.add(number, &request.metadata, write.stream, version, event);
                }
            }
        }
        statement
    }

    async fn run(self, connection: &mut PgConnection) -> Result<Vec<PgRow>, sqlx::Error> {
        let Self { commands, streams, events } = self;
        sqlx::query(
            "SELECT status, position, version, recorded_at, outcome FROM journal.append(
                 $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                 $23, $24, $25, $26, $27, $28, $29)",
        )
        .bind(commands.actors)
        .bind(commands.actor_ids)
        .bind(commands.keys)
        .bind(commands.fingerprints)
        .bind(commands.outcomes)
        .bind(commands.versions)
        .bind(commands.streams)
        .bind(commands.events)
        .bind(streams.commands)
        .bind(streams.types)
        .bind(streams.ids)
        .bind(streams.expected)
        .bind(streams.counts)
        .bind(events.commands)
        .bind(events.stream_types)
        .bind(events.stream_ids)
        .bind(events.versions)
        .bind(events.ids)
        .bind(events.names)
        .bind(events.schemas)
        .bind(events.occurred_at)
        .bind(events.actors)
        .bind(events.actor_ids)
        .bind(events.capacities)
        .bind(events.correlations)
        .bind(events.causations)
        .bind(events.traces)
        .bind(events.keys)
        .bind(events.payloads)
        .fetch_all(connection)
        .await
    }
}

impl<'a> Commands<'a> {
    fn add(&mut self, request: &'a Request) {
        let (actor, actor_id) = actor_columns(&request.metadata.actor);
        let idempotency = request.metadata.idempotency.as_ref();
        self.actors.push(actor);
        self.actor_ids.push(actor_id.map(Into::into));
        self.keys.push(idempotency.map(|known| known.key.as_str()));
        self.fingerprints.push(idempotency.map(|known| known.fingerprint.as_slice()));
        self.outcomes.push(idempotency.map(|known| known.outcome.as_slice()));
        self.versions.push(request.first_version().0);
        self.streams.push(request.writes.len() as i32);
        self.events.push(request.event_count() as i32);
    }
}

impl Streams {
    fn add(&mut self, command: i32, write: &StreamWrite) {
        self.commands.push(command);
        self.types.push(write.stream.of);
        self.ids.push(write.stream.id);
        self.expected.push(write.expected.0);
        self.counts.push(write.events.len() as i32);
    }
}

impl<'a> Events<'a> {
    fn add(&mut self, command: i32, metadata: &'a Metadata, stream: StreamId, version: i32, event: &'a NewEvent) {
        let (actor, actor_id) = actor_columns(&metadata.actor);
        self.commands.push(command);
        self.stream_types.push(stream.of);
        self.stream_ids.push(stream.id);
        self.versions.push(version);
        self.ids.push(event.id.as_uuid());
        self.names.push(event.name);
        self.schemas.push(event.schema);
        self.occurred_at.push(metadata.occurred_at);
        self.actors.push(actor);
        self.actor_ids.push(actor_id.map(Into::into));
        self.capacities.push(metadata.capacity.as_str());
        self.correlations.push(metadata.correlation.as_uuid());
        self.causations.push(metadata.causation.map(Into::into));
        self.traces.push(metadata.trace.as_ref().map(<[u8; 16]>::as_slice));
        self.keys.push(metadata.idempotency.as_ref().map(|known| known.key.as_str()));
        self.payloads.push(&event.payload);
    }
}
