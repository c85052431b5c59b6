//! Reading the trail: pages in both directions, and what is added from now on.

use super::NAME;
use crate::Positions;
use crate::audit::actor::of_columns;
use crate::column::position;
use crate::json::of_column;
use chrono::{DateTime, Utc};
use events::audit::{Outcome, TrailFilter};
use events::{AccountId, Actor, AttemptId, Capacity, CorrelationId, EventId, Position, Sealed, SourceTag};
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgExecutor, PgPool, Postgres, QueryBuilder, Row};
use uuid::Uuid;

/// Entries in one statement of a stream.
const PAGE: u16 = 500;

/// One entry of the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where its event stands in the journal.
    pub position: Position,
    /// Its event.
    pub event: EventId,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// The type of its stream.
    pub stream_type: String,
    /// The account that it is about, or the pseudonym of a name that no account has.
    pub agent: Option<AccountId>,
    /// Whether `agent` is an account.
    pub known: bool,
    /// Who acted.
    pub actor: Actor,
    /// In which capacity.
    pub capacity: Capacity,
    /// The stored name of the event's kind.
    pub kind: String,
    /// What came of it.
    pub outcome: Outcome,
    /// Why: a stored name such as `wrong-password`, or an operator's words.
    pub reason: Option<String>,
    /// What exactly: the role, the failures counted, the reading, the projection and what of it, `reported-…`; of leave,
    /// which one and by what right it was decided.
    pub detail: Option<String>,
    /// Why, in the words of who acted.
    pub motive: Option<Sealed<String>>,
    /// By which door the attempt came: `portal` or `sshd`.
    pub channel: Option<String>,
    /// From which address that attempt was made.
    pub source: Option<Sealed<String>>,
    /// The keyed hash of the address.
    pub source_tag: Option<SourceTag>,
    /// The attempt to log in that it is, answers or comes of: a suspension of the failure recorded with it.
    pub attempt: Option<AttemptId>,
    /// What it belongs together with.
    pub correlation: CorrelationId,
    /// The event that it followed from.
    pub causation: Option<EventId>,
}

/// From where a page goes, and in which direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Those after a position, oldest first.
    After(Position),
    /// Those before a position, newest first.
    Before(Position),
}

impl Order {
    /// From the newest entry backwards.
    #[must_use]
    pub fn newest_first() -> Self {
        Self::Before(Position::new(i64::MAX).unwrap_or_default())
    }
}

/// The columns that [`Entry`] reads, by their places.
const SELECT: &str = "SELECT position, event, recorded_at, occurred_at, stream_type, agent, known, actor, actor_id, capacity,
        type, outcome, reason, detail, motive::text, channel, source_address::text, source_tag, attempt, correlation, causation
     FROM projections.audit_trail_v1 WHERE position ";

/// The statement of a page: it has the conditions that are given and no others, so that it is prepared and planned once
/// for all that ask alike.
fn statement(filter: &TrailFilter, order: Order, limit: u16) -> QueryBuilder<Postgres> {
    let mut select = QueryBuilder::new(SELECT);
    match order {
        Order::After(position) => select.push("> ").push_bind(position.get()),
        Order::Before(position) => select.push("< ").push_bind(position.get()),
    };
    if let Some(from) = filter.from {
        select.push(" AND occurred_at >= ").push_bind(from);
    }
    if let Some(until) = filter.until {
        select.push(" AND occurred_at < ").push_bind(until);
    }
    if let Some(agent) = filter.agent {
        select.push(" AND agent = ").push_bind(Uuid::from(agent));
    }
    if let Some(actor) = filter.actor {
        select.push(" AND actor_id = ").push_bind(Uuid::from(actor));
    }
    if !filter.types.is_empty() {
        select.push(" AND type = ANY (").push_bind(&filter.types).push(")");
    }
    if let Some(outcome) = filter.outcome {
        select.push(" AND outcome = ").push_bind(outcome.as_str());
    }
    if let Some(tags) = &filter.sources {
        let tags: Vec<_> = tags.iter().map(|tag| tag.as_bytes().as_slice()).collect();
        select.push(" AND source_tag = ANY (").push_bind(tags).push(")");
    }
    if let Some(correlation) = filter.correlation {
        select.push(" AND correlation = ").push_bind(Uuid::from(correlation));
    }
    select.push(match order {
        Order::After(_) => " ORDER BY position LIMIT ",
        Order::Before(_) => " ORDER BY position DESC LIMIT ",
    });
    select.push_bind(i64::from(limit));
    select
}

/// At most `limit` entries that meet `filter`.
///
/// # Errors
/// Those of the database.
pub async fn page(
    database: impl PgExecutor<'_>,
    filter: &TrailFilter,
    order: Order,
    limit: u16,
) -> Result<Vec<Entry>, sqlx::Error> {
    statement(filter, order, limit).build_query_as().fetch_all(database).await
}

/// The entries after `after` that meet `filter`, then every one that is added, for ever.
pub fn tail(
    pool: PgPool,
    positions: Positions,
    filter: TrailFilter,
    after: Position,
) -> BoxStream<'static, Result<Entry, sqlx::Error>> {
    stream::try_unfold((pool, positions, filter, after), |(pool, positions, filter, mut after)| async move {
        loop {
            let shown = positions.of(NAME);
            let entries = page(&pool, &filter, Order::After(after), PAGE).await?;
            if let Some(last) = entries.last().map(|entry| entry.position) {
                let rest = (pool, positions, filter, last);
                return Ok::<_, sqlx::Error>(Some((stream::iter(entries.into_iter().map(Ok)), rest)));
            }
            // Nothing up to there meets the filter: it is not looked through again.
            after = after.max(shown);
            if positions.past(NAME, after).await.is_none() {
                return Ok(None);
            }
        }
    })
    .try_flatten()
    .boxed()
}

impl FromRow<'_, PgRow> for Entry {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            position: position(row.try_get(0)?)?,
            event: EventId::from_uuid(row.try_get(1)?),
            recorded_at: row.try_get(2)?,
            occurred_at: row.try_get(3)?,
            stream_type: row.try_get(4)?,
            agent: row.try_get::<Option<Uuid>, _>(5)?.map(AccountId::from_uuid),
            known: row.try_get(6)?,
            actor: of_columns(row.try_get(7)?, row.try_get(8)?)?,
            capacity: Capacity::from_name(row.try_get(9)?)
                .ok_or_else(|| sqlx::Error::Decode("no such capacity".into()))?,
            kind: row.try_get(10)?,
            outcome: outcome(row.try_get(11)?)?,
            reason: row.try_get(12)?,
            detail: row.try_get(13)?,
            motive: of_column(row.try_get(14)?)?,
            channel: row.try_get(15)?,
            source: of_column(row.try_get(16)?)?,
            source_tag: row
                .try_get::<Option<&[u8]>, _>(17)?
                .map(|tag| tag.try_into().map(SourceTag::new))
                .transpose()
                .map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
            attempt: row.try_get::<Option<Uuid>, _>(18)?.map(AttemptId::from_uuid),
            correlation: CorrelationId::from_uuid(row.try_get(19)?),
            causation: row.try_get::<Option<Uuid>, _>(20)?.map(EventId::from_uuid),
        })
    }
}

fn outcome(name: &str) -> Result<Outcome, sqlx::Error> {
    [Outcome::Success, Outcome::Failure, Outcome::Refused, Outcome::Begun]
        .into_iter()
        .find(|outcome| outcome.as_str() == name)
        .ok_or_else(|| sqlx::Error::Decode("no such outcome".into()))
}
