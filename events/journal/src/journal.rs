//! The door to the journal.

use crate::append::Appender;
use crate::cache::Cache;
use crate::head::{HeadSender, read_head};
use crate::read::Reader;
use crate::request::StreamWrite;
use crate::snapshot::{self, SnapshotKey, Snapshots};
use crate::{AppendError, Head, ReadError, Receipt, StreamId, Unit};
use events::{DomainEvent, Metadata, Position, Version};
use futures::TryStreamExt;
use serde::{Deserialize, Serialize};
use sqlx::{PgPool, Row};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};

/// How the journal works in this process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Commands that may wait for the writer; past it, callers wait, and after `patience` are told to come back.
    pub queue: usize,
    /// Commands that one transaction takes at most.
    pub batch: usize,
    /// How long a caller waits for a place in the queue or for the state of a stream, and the writer for the database.
    #[serde(with = "milliseconds")]
    pub patience: Duration,
    /// Time between two looks at the head row, for what other processes append.
    #[serde(with = "milliseconds")]
    pub head_interval: Duration,
    /// States of aggregates kept in memory; 0 keeps none.
    pub cached_states: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            queue: 1_024,
            batch: 256,
            patience: Duration::from_secs(5),
            head_interval: Duration::from_millis(20),
            cached_states: 20_000,
        }
    }
}

mod milliseconds {
    use serde::{Deserialize, Deserializer, Serializer};
    use std::time::Duration;

    pub(super) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }
}

/// The events of a stream after a version.
const EVENTS: &str = "SELECT version, type, schema_version, payload FROM journal.event
     WHERE stream_type = $1 AND stream_id = $2 AND version > $3 ORDER BY version";

/// The snapshot of a stream, if there is one of this fold, as a row without a type, and the events after it: one
/// statement, because to be asked twice costs more than what is asked. An order of both together would be a sort of the
/// whole stream; whoever folds them finds rows in any other order.
const SNAPSHOT_AND_EVENTS: &str = "WITH kept AS MATERIALIZED (
         SELECT version, state FROM journal.snapshot WHERE stream_type = $1 AND stream_id = $2 AND fold = $3
     )
     SELECT version, NULL AS type, NULL::smallint AS schema_version, state AS payload FROM kept
     UNION ALL
     (SELECT version, type, schema_version, payload FROM journal.event
      WHERE stream_type = $1 AND stream_id = $2 AND version > coalesce((SELECT version FROM kept), 0) ORDER BY version)";

/// Turns for streams that many callers of this process write to at once, so that they queue instead of conflicting.
const TURNS: usize = 4_096;

/// The journal, for those who append and read.
#[derive(Clone)]
pub struct Journal {
    appender: Appender,
    reader: Reader,
    cache: Cache,
    turns: Arc<[Arc<Mutex<()>>]>,
    hasher: RandomState,
    writer: Arc<Mutex<Option<JoinHandle<()>>>>,
    closing: CancellationToken,
    snapshots: Option<SnapshotKey>,
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Journal").field("head", &self.reader.head().position()).finish_non_exhaustive()
    }
}

impl Journal {
    /// Opens the journal in the database of `pool`, whose role must be the writer's.
    ///
    /// # Errors
    /// [`ReadError::Unavailable`] when the head row cannot be read.
    pub async fn open(pool: PgPool, config: Config) -> Result<Self, ReadError> {
        let config = Arc::new(config);
        let (head, follower) = follow(&pool, config.head_interval).await?;
        let closing = CancellationToken::new();
        let options = pool.connect_options().as_ref().clone();
        let (appender, writer) = Appender::start(options, head.clone(), Arc::clone(&config), closing.clone());
        Ok(Self {
            appender,
            reader: Reader::new(pool, head.subscribe(), follower),
            cache: Cache::new(config.cached_states),
            turns: (0..TURNS).map(|_| Arc::default()).collect(),
            hasher: RandomState::new(),
            writer: Arc::new(Mutex::new(Some(writer))),
            closing,
            snapshots: None,
        })
    }

    /// Keeps snapshots of long streams from here on, and reads those that were kept under the same key. Without one,
    /// every state is folded from its first event.
    #[must_use]
    pub fn with_snapshots(self, key: [u8; 16]) -> Self {
        Self { snapshots: Some(SnapshotKey::new(key)), ..self }
    }

    /// What reads it.
    #[must_use]
    pub const fn reader(&self) -> &Reader {
        &self.reader
    }

    /// How far it has got.
    #[must_use]
    pub fn head(&self) -> Head {
        self.reader.head()
    }

    /// An `esrs::EventStore` for one command, which records `metadata` with its events.
    #[must_use]
    pub fn unit<A: Snapshots>(&self, metadata: Metadata) -> Unit<A> {
        Unit::new(self.clone(), metadata)
    }

    /// How long whoever asks the database waits for it.
    #[must_use]
    pub fn patience(&self) -> Duration {
        self.appender.patience()
    }

    /// Waits until everything queued is answered, then for the writer's end. Appends are refused from here on, whoever
    /// still holds the journal.
    pub async fn close(&self) {
        self.closing.cancel();
        if let Some(writer) = self.writer.lock().await.take()
            && let Err(error) = writer.await
        {
            tracing::error!(error = %error, "the journal's writer ended badly");
        }
    }

    /// The turn of this process's callers on one stream. It serializes nothing between processes, and nothing
    /// depends on it: versions decide. Two streams may share a turn; nobody holds more than one.
    pub(crate) async fn turn(&self, stream: StreamId) -> OwnedMutexGuard<()> {
        let slot = usize::try_from(self.hasher.hash_one(stream)).unwrap_or_default() % TURNS;
        match self.turns.get(slot) {
            Some(turn) => Arc::clone(turn).lock_owned().await,
            None => Arc::new(Mutex::new(())).lock_owned().await,
        }
    }

    pub(crate) async fn append(
        &self,
        metadata: Arc<Metadata>,
        writes: Vec<StreamWrite>,
    ) -> Result<Receipt, AppendError> {
        let streams: Vec<StreamId> = writes.iter().map(|write| write.stream).collect();
        let receipt = self.appender.append(metadata, writes).await;
        if receipt.is_err() {
            streams.into_iter().for_each(|stream| self.cache.forget(stream));
        }
        receipt
    }

    pub(crate) fn cached<A: Snapshots>(&self, stream: StreamId) -> Option<(Version, A::State)> {
        self.cache.get(stream)
    }

    pub(crate) fn keep<A: Snapshots>(&self, stream: StreamId, version: Version, state: A::State) {
        self.cache.put(stream, version, state);
    }

    /// The state of an aggregate as the database has it, if it tells in time.
    pub(crate) async fn recover<A: Snapshots>(&self, stream: StreamId) -> Result<(Version, A::State), ReadError> {
        timeout(self.patience(), self.fold::<A>(stream)).await.unwrap_or_else(|_| Err(ReadError::late()))
    }

    /// Its snapshot, if one of this fold and under our key is there, and the events after it, folded as they arrive.
    async fn fold<A: Snapshots>(&self, stream: StreamId) -> Result<(Version, A::State), ReadError> {
        let rows_of = |sql: &'static str, from: i32| {
            sqlx::query(sql).bind(stream.of).bind(stream.id).bind(from).fetch(self.reader.pool())
        };
        let mut rows = match self.snapshots {
            Some(_) => rows_of(SNAPSHOT_AND_EVENTS, A::FOLD),
            None => rows_of(EVENTS, 0),
        };
        let (mut version, mut state) = (0, A::State::default());
        while let Some(row) = rows.try_next().await? {
            let found: i32 = row.try_get(0)?;
            let Some(name) = row.try_get(1)? else {
                match self
                    .snapshots
                    .as_ref()
                    .and_then(|key| key.open::<A>(stream, Version(found), row.try_get(3).ok()?))
                {
                    Some(kept) => (version, state) = (found, kept),
                    None => rows = rows_of(EVENTS, 0),
                }
                continue;
            };
            if found != version + 1 {
                return Err(ReadError::Hole { stream, expected: version + 1, found });
            }
            let event = A::Event::decode(name, row.try_get(2)?, row.try_get(3)?)
                .map_err(|source| ReadError::Corrupt { position: Position::START, source })?;
            state = A::apply_event(state, event);
            version = found;
        }
        Ok((Version(version), state))
    }

    /// Keeps a snapshot in the background: nothing depends on its success.
    pub(crate) fn keep_snapshot<A: Snapshots>(&self, stream: StreamId, version: Version, state: &A::State) {
        if let Some(key) = &self.snapshots
            && let Ok(state) = serde_json::to_vec(state)
        {
            tokio::spawn(snapshot::keep(
                self.reader.pool().clone(),
                stream,
                A::FOLD,
                version,
                key.sign(stream, A::FOLD, version, state),
            ));
        }
    }
}

impl Reader {
    /// Opens the journal for reading alone, in the database of `pool`: any role will do.
    ///
    /// # Errors
    /// [`ReadError::Unavailable`] when the head row cannot be read.
    pub async fn open(pool: PgPool, config: &Config) -> Result<Self, ReadError> {
        let (head, follower) = follow(&pool, config.head_interval).await?;
        Ok(Self::new(pool, head.subscribe(), follower))
    }
}

async fn follow(pool: &PgPool, interval: Duration) -> Result<(HeadSender, DropGuard), ReadError> {
    let head = HeadSender::new(read_head(pool).await?);
    let stop = CancellationToken::new();
    tokio::spawn(head.clone().follow(pool.clone(), interval, stop.clone()));
    Ok((head, stop.drop_guard()))
}
