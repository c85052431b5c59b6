//! Group commit: a writer takes whatever queued while the commit before was flushed, and appends it with one statement.
//!
//! A process has two, which take turns at the head row: while the database writes the batch of one, the other answers the
//! callers of the batch before, and gathers what they ask for next. Until that is [`ENOUGH`] it waits for the first: several
//! processes would else stand before the head row with twice as many batches of half the size.

use crate::error::is_somebodys_loss;
use crate::head::HeadSender;
use crate::lone::Lone;
use crate::request::{Receipt, Replayed, Reply, Request};
use crate::statement::Statement;
use crate::writing::Writing;
use crate::{AppendError, Config, StreamId};
use chrono::{DateTime, Utc};
use events::{Position, Version};
use postgres_errors::is_transient;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sqlx::{ConnectOptions, Row};
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

/// How many requests are enough not to wait for more that are about to come: with more callers than that, half of them
/// are answered while the other half is written.
const ENOUGH: usize = 32;

/// What waits for a writer.
pub(crate) type Queue = Arc<Mutex<mpsc::Receiver<Request>>>;

pub(crate) struct Writer {
    options: PgConnectOptions,
    connection: Option<PgConnection>,
    requests: Queue,
    writing: Writing,
    deferred: VecDeque<Request>,
    head: HeadSender,
    config: Arc<Config>,
    closing: CancellationToken,
    /// Whether somebody lost in the last batch, so that the next is asked to look for losers first: when nobody is
    /// expected to lose, the database reads nothing before it writes.
    careful: bool,
}

impl Writer {
    pub(crate) const fn new(
        options: PgConnectOptions,
        requests: Queue,
        writing: Writing,
        head: HeadSender,
        config: Arc<Config>,
        closing: CancellationToken,
    ) -> Self {
        let deferred = VecDeque::new();
        Self { options, connection: None, requests, writing, deferred, head, config, closing, careful: false }
    }

    pub(crate) async fn run(mut self) {
        while let Some(batch) = self.next_batch().await {
            metrics::histogram!("journal_batch_commands").record(batch.len() as f64);
            let writing = self.writing.clone();
            let written = writing.begin();
            self.write(batch).await;
            drop(written);
        }
    }

    /// Whatever is queued, at most one command a stream and a key: a second one would conflict with the first.
    async fn next_batch(&mut self) -> Option<Vec<Request>> {
        let mut batch = Vec::new();
        let mut taken = HashSet::new();
        for request in std::mem::take(&mut self.deferred) {
            self.admit(request, &mut batch, &mut taken);
        }
        let queue = Arc::clone(&self.requests);
        let mut requests = if batch.is_empty() {
            let mut requests = queue.lock().await;
            let request = self.next_request(&mut requests).await?;
            self.admit(request, &mut batch, &mut taken);
            requests
        } else if let Ok(requests) = queue.try_lock() {
            requests
        } else {
            // The other one waits for what is new; what was deferred does not.
            return Some(batch);
        };
        let enough = self.config.batch.min(ENOUGH);
        let writing = self.writing.clone();
        while batch.len() < enough && self.deferred.len() < enough {
            tokio::select! {
                biased;
                () = writing.over() => break,
                request = requests.recv() => match request {
                    Some(request) => self.admit(request, &mut batch, &mut taken),
                    None => break,
                },
            }
        }
        // Those whose answers the last batch just gave are about to ask again: let them, so that few callers do not
        // take turns in halves. This waits for no time, only for tasks that are ready to run.
        let mut queued = requests.len();
        while queued + batch.len() < enough {
            tokio::task::yield_now().await;
            let before = std::mem::replace(&mut queued, requests.len());
            if queued == before {
                break;
            }
        }
        while batch.len() < self.config.batch
            && self.deferred.len() < self.config.batch
            && let Ok(request) = requests.try_recv()
        {
            self.admit(request, &mut batch, &mut taken);
        }
        Some(batch)
    }

    async fn next_request(&self, requests: &mut mpsc::Receiver<Request>) -> Option<Request> {
        tokio::select! {
            request = requests.recv() => return request,
            () = self.closing.cancelled() => requests.close(),
        }
        requests.recv().await
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
        loop {
            match self.attempt(&batch).await {
                Ok(answers) => return self.answer(batch, answers),
                Err(Failure::Database(error)) if !self.careful && is_somebodys_loss(&error) => self.careful = true,
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
    /// its first event's id tells. One that is not is appended now, all within one patience.
    async fn settle(&mut self, batch: Vec<Request>) {
        self.careful = true;
        let deadline = Instant::now() + self.config.patience;
        for request in batch {
            let settled = self.settle_one(&request, deadline).await;
            // The caller may have gone away; what it asked for stands all the same.
            let _ = request.reply.send(settled);
        }
    }

    async fn settle_one(&mut self, request: &Request, deadline: Instant) -> Reply {
        loop {
            let settled = tokio::time::timeout_at(deadline, self.find_or_append(request)).await;
            match settled.unwrap_or(Err(AppendError::Unavailable(None))) {
                Err(AppendError::Unavailable(cause)) => {
                    // A statement may still be under way on it.
                    self.connection = None;
                    if Instant::now() >= deadline {
                        return Err(AppendError::Unavailable(cause));
                    }
                    tokio::time::sleep_until(deadline.min(Instant::now() + self.config.head_interval)).await;
                }
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
            Err(Failure::Database(error)) if !is_transient(&error) => Err(AppendError::Rejected(error)),
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

    fn answer(&mut self, batch: Vec<Request>, answers: Vec<Reply>) {
        self.careful = answers.iter().any(|answer| !matches!(answer, Ok(Receipt { replayed: None, .. })));
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
        let (limit, careful) = (self.config.patience, self.careful);
        let connection = self.connection().await.map_err(Failure::NotConnected)?;
        let run = async {
            match Lone::of(batch) {
                Some(lone) if !careful => Ok(vec![Ok(lone.run(connection).await?)]),
                _ => answers(&Statement::of(batch).run(connection, careful).await?),
            }
        };
        let answered = tokio::time::timeout(limit, run).await.map_err(|_| Failure::Silent)?;
        answered.map_err(Failure::Database)
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

/// Tells every caller; the cause goes to the first, since it cannot be copied.
fn refuse(batch: Vec<Request>, error: impl Fn(Option<sqlx::Error>) -> AppendError, mut cause: Option<sqlx::Error>) {
    for request in batch {
        let _ = request.reply.send(Err(error(cause.take())));
    }
}

/// What `journal.append` answered, command by command.
fn answers(row: &PgRow) -> Result<Vec<Reply>, sqlx::Error> {
    let status: Vec<String> = row.try_get(0)?;
    let positions: Vec<Option<i64>> = row.try_get(1)?;
    let versions: Vec<i32> = row.try_get(2)?;
    let instants: Vec<DateTime<Utc>> = row.try_get(3)?;
    let outcomes: Vec<Option<Vec<u8>>> = row.try_get(4)?;
    let columns = status.into_iter().zip(positions).zip(versions).zip(instants).zip(outcomes);
    Ok(columns
        .map(|((((status, position), version), recorded_at), outcome)| match status.as_str() {
            "conflict" => Err(AppendError::Conflict),
            "reused" => Err(AppendError::KeyReused),
            _ => Ok(Receipt {
                position: position.and_then(|position| Position::new(position).ok()).unwrap_or_default(),
                version: Version(version),
                recorded_at,
                replayed: outcome.map(|outcome| Replayed { outcome }),
            }),
        })
        .collect())
}
