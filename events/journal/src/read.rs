//! Reading the journal: by position, by stream, by kind, backwards, as of a time or position; page by page, so that
//! neither the history nor an open transaction is ever held in memory. Where pages would have to be sorted one by one, in
//! one statement, row by row.

use crate::recorded::columns;
use crate::{Head, ReadError, Recorded, StreamId};
use chrono::{DateTime, Utc};
use events::{Position, Version};
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use sqlx::PgPool;
use std::sync::Arc;
use tokio_util::sync::DropGuard;
use uuid::Uuid;

/// Rows in one statement of a longer reading.
const PAGE: i64 = 1_000;

/// In which order events are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// From the first to the last.
    #[default]
    Forwards,
    /// From the last to the first.
    Backwards,
}

/// Which events are read: those that meet every condition given.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// After this position.
    pub after: Position,
    /// Up to and with this position.
    pub until: Option<Position>,
    /// Recorded at or before this instant.
    pub as_of: Option<DateTime<Utc>>,
    /// Of this stream type.
    pub stream_type: Option<String>,
    /// Of the streams with this id.
    pub stream_id: Option<Uuid>,
    /// Of these kinds; empty for all.
    pub names: Vec<String>,
    /// In this order.
    pub direction: Direction,
}

/// What reads the journal: a pool of any of the service's roles, and the head.
#[derive(Clone, Debug)]
pub struct Reader {
    pool: PgPool,
    head: Head,
    /// Ends the task that looks at the head row once the last reader is gone.
    _follower: Arc<DropGuard>,
}

impl Reader {
    pub(crate) fn new(pool: PgPool, head: Head, follower: DropGuard) -> Self {
        Self { pool, head, _follower: Arc::new(follower) }
    }

    /// A reader on another pool, of another role for instance, that hears of the head from the same source: appends of
    /// this process are heard of at once.
    #[must_use]
    pub fn on(&self, pool: PgPool) -> Self {
        Self { pool, ..self.clone() }
    }

    /// The pool that it reads with.
    #[must_use]
    pub const fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// The journal's head, for this waiter's own use.
    #[must_use]
    pub fn head(&self) -> Head {
        self.head.clone()
    }

    /// The position of the newest event, asked of the database.
    ///
    /// # Errors
    /// [`ReadError::Unavailable`].
    pub async fn last_position(&self) -> Result<Position, ReadError> {
        Ok(crate::head::read_head(&self.pool).await?)
    }

    /// At most `limit` events after `after`, in order.
    ///
    /// # Errors
    /// [`ReadError::Unavailable`].
    pub async fn page(&self, after: Position, limit: i64) -> Result<Vec<Recorded>, ReadError> {
        const SQL: &str =
            concat!("SELECT ", columns!(), " FROM journal.event WHERE position > $1 ORDER BY position LIMIT $2");
        Ok(sqlx::query_as(SQL).bind(after.get()).bind(limit).fetch_all(&self.pool).await?)
    }

    /// The events of `selection`.
    pub fn events(&self, selection: Selection) -> BoxStream<'_, Result<Recorded, ReadError>> {
        let forwards = selection.direction == Direction::Forwards;
        let start = if forwards { selection.after.get() } else { selection.until.map_or(i64::MAX, Position::get) };
        stream::try_unfold(Some(start), move |cursor| {
            let selection = selection.clone();
            async move {
                let Some(cursor) = cursor else { return Ok(None) };
                let page = self.selected(&selection, cursor).await?;
                let next = page.last().filter(|_| page.len() == PAGE as usize).map(|last| last.position.get());
                // Backwards, the cursor is the newest position still to be read.
                let next = next.map(|position| if forwards { position } else { position - 1 });
                Ok::<_, ReadError>(Some((stream::iter(page.into_iter().map(Ok)), next)))
            }
        })
        .try_flatten()
        .boxed()
    }

    async fn selected(&self, selection: &Selection, cursor: i64) -> Result<Vec<Recorded>, ReadError> {
        const FORWARDS: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM journal.event WHERE position > $1 AND position <= $2
              AND ($3::timestamptz IS NULL OR recorded_at <= $3) AND ($4::text IS NULL OR stream_type = $4)
              AND ($5::text[] IS NULL OR type = ANY ($5)) AND ($6::uuid IS NULL OR stream_id = $6)
              ORDER BY position LIMIT $7"
        );
        const BACKWARDS: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM journal.event WHERE position > $1 AND position <= $2
              AND ($3::timestamptz IS NULL OR recorded_at <= $3) AND ($4::text IS NULL OR stream_type = $4)
              AND ($5::text[] IS NULL OR type = ANY ($5)) AND ($6::uuid IS NULL OR stream_id = $6)
              ORDER BY position DESC LIMIT $7"
        );
        let (sql, from, to) = match selection.direction {
            Direction::Forwards => (FORWARDS, cursor, selection.until.map_or(i64::MAX, Position::get)),
            Direction::Backwards => (BACKWARDS, selection.after.get(), cursor),
        };
        Ok(sqlx::query_as(sql)
            .bind(from)
            .bind(to)
            .bind(selection.as_of)
            .bind(&selection.stream_type)
            .bind((!selection.names.is_empty()).then_some(&selection.names))
            .bind(selection.stream_id)
            .bind(PAGE)
            .fetch_all(&self.pool)
            .await?)
    }

    /// The events of one stream after `version`, in order; that of another stream type under the same id is another
    /// stream.
    pub fn stream(&self, stream: StreamId, after: Version) -> BoxStream<'_, Result<Recorded, ReadError>> {
        const SQL: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM journal.event WHERE stream_type = $1 AND stream_id = $2 AND version > $3 ORDER BY version LIMIT $4"
        );
        stream::try_unfold(Some(after.0), move |cursor| async move {
            let Some(cursor) = cursor else { return Ok(None) };
            let page: Vec<Recorded> = sqlx::query_as(SQL)
                .bind(stream.of)
                .bind(stream.id)
                .bind(cursor)
                .bind(PAGE)
                .fetch_all(&self.pool)
                .await?;
            let next = page.last().filter(|_| page.len() == PAGE as usize).map(|last| last.version.0);
            Ok::<_, ReadError>(Some((stream::iter(page.into_iter().map(Ok)), next)))
        })
        .try_flatten()
        .boxed()
    }

    /// The events of one stream in the order in which they happened, those of one instant in that of their recording. The
    /// database sorts them; they are taken from one statement, which keeps a connection until the stream is dropped.
    pub fn stream_by_time(&self, stream: StreamId) -> BoxStream<'_, Result<Recorded, ReadError>> {
        const SQL: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM journal.event WHERE stream_type = $1 AND stream_id = $2 ORDER BY occurred_at, version"
        );
        sqlx::query_as(SQL).bind(stream.of).bind(stream.id).fetch(&self.pool).map_err(ReadError::from).boxed()
    }

    /// The events of these streams of one type, in the order of their ids and of their versions: one statement a page of
    /// events and not one a stream.
    pub fn streams(&self, of: &'static str, ids: Vec<Uuid>) -> BoxStream<'_, Result<Recorded, ReadError>> {
        const SQL: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM journal.event WHERE stream_type = $1 AND stream_id = ANY ($2) AND (stream_id, version) > ($3, $4)
              ORDER BY stream_id, version LIMIT $5"
        );
        let ids: Arc<[Uuid]> = ids.into();
        stream::try_unfold(Some((Uuid::nil(), 0)), move |cursor| {
            let ids = Arc::clone(&ids);
            async move {
                let Some((stream, version)) = cursor else { return Ok(None) };
                let page: Vec<Recorded> = sqlx::query_as(SQL)
                    .bind(of)
                    .bind(&*ids)
                    .bind(stream)
                    .bind(version)
                    .bind(PAGE)
                    .fetch_all(&self.pool)
                    .await?;
                let last = page.last().filter(|_| page.len() == PAGE as usize);
                let next = last.map(|last| (last.stream_id, last.version.0));
                Ok::<_, ReadError>(Some((stream::iter(page.into_iter().map(Ok)), next)))
            }
        })
        .try_flatten()
        .boxed()
    }

    /// Every event after `after`, then every event that is appended, for ever, each once and in order.
    pub fn subscribe(&self, after: Position) -> BoxStream<'static, Result<Recorded, ReadError>> {
        stream::try_unfold((self.clone(), after), |(mut reader, after)| async move {
            loop {
                reader.head.past(after).await;
                let page = reader.page(after, PAGE).await?;
                if let Some(last) = page.last().map(|last| last.position) {
                    return Ok::<_, ReadError>(Some((stream::iter(page.into_iter().map(Ok)), (reader, last))));
                }
            }
        })
        .try_flatten()
        .boxed()
    }
}
