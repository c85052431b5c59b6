//! What is asked of the journal, what comes back, and the queue before the writer.

use crate::head::HeadSender;
use crate::writer::Writer;
use crate::writing::Writing;
use crate::{AppendError, Config, StreamId};
use chrono::{DateTime, Utc};
use events::{DomainEvent, EventId, Metadata, Position, Version};
use sqlx::postgres::PgConnectOptions;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

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

pub(crate) type Reply = Result<Receipt, AppendError>;

/// A command on its way into the journal.
pub(crate) struct Request {
    pub(crate) metadata: Arc<Metadata>,
    pub(crate) writes: Vec<StreamWrite>,
    pub(crate) reply: oneshot::Sender<Reply>,
}

impl Request {
    pub(crate) fn event_count(&self) -> usize {
        self.writes.iter().map(|write| write.events.len()).sum()
    }

    pub(crate) fn first_version(&self) -> Version {
        self.writes.first().map_or(Version::NONE, |write| Version(write.expected.0 + write.events.len() as i32))
    }
}

/// The queue before the writer.
#[derive(Clone, Debug)]
pub(crate) struct Appender {
    queue: mpsc::Sender<Request>,
    config: Arc<Config>,
}

impl Appender {
    /// Starts the writers; they end when `closing` is cancelled, or the last appender dropped, and everything queued is
    /// answered.
    pub(crate) fn start(
        options: PgConnectOptions,
        head: HeadSender,
        config: Arc<Config>,
        closing: CancellationToken,
    ) -> (Self, tokio::task::JoinHandle<()>) {
        let (queue, requests) = mpsc::channel(config.queue.max(1));
        let requests = Arc::new(Mutex::new(requests));
        let writing = Writing::nothing();
        let [first, second] = [(); 2].map(|()| {
            let (requests, config) = (Arc::clone(&requests), Arc::clone(&config));
            Writer::new(options.clone(), requests, writing.clone(), head.clone(), config, closing.clone())
        });
        let second = tokio::spawn(second.run());
        let both = async {
            first.run().await;
            if let Err(error) = second.await {
                tracing::error!(error = %error, "a writer of the journal has died");
            }
        };
        (Self { queue, config }, tokio::spawn(both))
    }

    pub(crate) fn patience(&self) -> Duration {
        self.config.patience
    }

    /// Appends all of `writes` or nothing. Waits for a place in the queue, and no longer than configured.
    pub(crate) async fn append(&self, metadata: Arc<Metadata>, writes: Vec<StreamWrite>) -> Reply {
        let (reply, answer) = oneshot::channel();
        let started = Instant::now();
        self.queue
            .send_timeout(Request { metadata, writes, reply }, self.config.patience)
            .await
            .map_err(|_| AppendError::Unavailable(None))?;
        let left = self.config.patience.saturating_sub(started.elapsed());
        let reply = match tokio::time::timeout(left, answer).await {
            Ok(Ok(reply)) => reply,
            // Not in time, or the writer is gone: it may be appended yet.
            Ok(Err(_)) | Err(_) => return Err(AppendError::Unavailable(None)),
        };
        metrics::histogram!("journal_append_seconds").record(started.elapsed().as_secs_f64());
        reply
    }
}
