//! What is in the database when all has come to rest, read by SQL of the checker's own.

pub mod leave;

use anyhow::Context;
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{Connection, FromRow, PgConnection};
use uuid::Uuid;

/// A row of `journal.event`.
#[derive(Clone, Debug, FromRow)]
pub struct Event {
    /// Its place.
    pub position: i64,
    /// Its id.
    pub id: Uuid,
    /// The type of its stream.
    pub stream_type: String,
    /// Its stream.
    pub stream_id: Uuid,
    /// Its place in its stream.
    pub version: i32,
    /// What happened.
    #[sqlx(rename = "type")]
    pub kind: String,
    /// The version of its shape.
    pub schema_version: i16,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// Who acted.
    pub actor: String,
    /// The account that acted.
    pub actor_id: Option<Uuid>,
    /// In which capacity.
    pub capacity: String,
    /// What belongs together.
    pub correlation: Uuid,
    /// What it follows from.
    pub causation: Option<Uuid>,
    /// The trace of the request.
    pub trace: Option<Vec<u8>>,
    /// The key of the request.
    pub idempotency_key: Option<String>,
    /// The fact.
    pub payload: Vec<u8>,
    /// Its hash in the tree.
    pub leaf: Vec<u8>,
    /// The transaction that recorded it: `xmin` of its row.
    pub transaction: i64,
}

/// A row of `projections.accounts_v1`.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct AccountRow {
    /// The account.
    pub account: Uuid,
    /// Its roles, sorted.
    pub roles: Vec<String>,
    /// Whether it has a password of its own.
    pub personal_password: bool,
    /// Its failures.
    pub failures: i16,
    /// Its last login.
    pub last_login: Option<DateTime<Utc>>,
    /// Since when it is suspended.
    pub suspended_since: Option<DateTime<Utc>>,
    /// Since when it is there.
    pub provisioned_at: DateTime<Utc>,
    /// The last event folded in.
    pub position: i64,
    /// The sealed name, as JSON.
    pub username: String,
}

/// A row of `projections.audit_trail_v1`.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct TrailRow {
    /// Its place.
    pub position: i64,
    /// The event.
    pub event: Uuid,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// The type of its stream.
    pub stream_type: String,
    /// Whom it is about.
    pub agent: Option<Uuid>,
    /// Whether that is an account.
    pub known: bool,
    /// Who acted.
    pub actor: String,
    /// The account that acted.
    pub actor_id: Option<Uuid>,
    /// In which capacity.
    pub capacity: String,
    /// What happened.
    #[sqlx(rename = "type")]
    pub kind: String,
    /// What came of it.
    pub outcome: String,
    /// Why.
    pub reason: Option<String>,
    /// Where the attempt came from.
    #[sqlx(try_from = "String")]
    pub source: Json,
    /// The attempt.
    pub attempt: Option<Uuid>,
    /// What belongs together.
    pub correlation: Uuid,
    /// What it follows from.
    pub causation: Option<Uuid>,
}

/// What a column holds as JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Json(pub Value);

impl TryFrom<String> for Json {
    type Error = serde_json::Error;

    fn try_from(text: String) -> serde_json::Result<Self> {
        serde_json::from_str(&text).map(Self)
    }
}

/// The head row.
#[derive(Clone, Debug, Default, FromRow)]
pub struct Head {
    /// The last position.
    pub position: i64,
    /// The root over all leaves.
    pub root: Vec<u8>,
    /// The hashes of the complete subtrees.
    pub frontier: Vec<Vec<u8>>,
}

/// Everything that the checker looks at.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// All events, by position.
    pub events: Vec<Event>,
    /// The head.
    pub head: Head,
    /// Streams and their versions.
    pub streams: Vec<(String, Uuid, i32)>,
    /// Idempotency keys and the positions kept with them.
    pub keys: Vec<(String, i64)>,
    /// The accounts overview, by account.
    pub accounts: Vec<AccountRow>,
    /// The audit trail, by position.
    pub trail: Vec<TrailRow>,
    /// Readings and their positions, by position.
    pub readings: Vec<(Uuid, i64)>,
    /// The read models of leave.
    pub leave: leave::Leave,
    /// Projections, their positions, and why they halted.
    pub checkpoints: Vec<(String, i64, Option<String>)>,
}

const EVENTS: &str =
    "SELECT position, id, stream_type, stream_id, version, type, schema_version, recorded_at, occurred_at, actor,
        actor_id, capacity, correlation, causation, trace, idempotency_key, payload, leaf,
        xmin::text::bigint AS transaction
    FROM journal.event ORDER BY position, id";
const HEAD: &str = "SELECT position, root, frontier FROM journal.head";
const STREAMS: &str = "SELECT type, id, version FROM journal.stream ORDER BY type, id";
const KEYS: &str = "SELECT key, position FROM journal.idempotency ORDER BY key";
const ACCOUNTS: &str =
    "SELECT account, ARRAY(SELECT unnest(roles) ORDER BY 1) AS roles, personal_password, failures, last_login,
        suspended_since, provisioned_at, position, username::text
    FROM projections.accounts_v1 ORDER BY account";
const TRAIL: &str =
    "SELECT position, event, recorded_at, occurred_at, stream_type, agent, known, actor, actor_id, capacity, type,
        outcome, reason, attempt, correlation, causation,
        CASE WHEN num_nulls(channel, source_address, source_tag) = 3 THEN 'null'
             ELSE jsonb_build_object('channel', channel, 'address', source_address, 'tag', encode(source_tag, 'hex'))::text
        END AS source
    FROM projections.audit_trail_v1 ORDER BY position";
const READINGS: &str = "SELECT reading, position FROM projections.audit_readings_v1 ORDER BY position";
const CHECKPOINTS: &str =
    "SELECT name, position, failure FROM projections.projection WHERE place = 'projections' ORDER BY name";

impl Evidence {
    /// Reads it all in one snapshot.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn read(connection: &mut PgConnection) -> anyhow::Result<Self> {
        let mut snapshot = connection.begin().await?;
        sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY").execute(&mut *snapshot).await?;
        let evidence = Self {
            events: sqlx::query_as(EVENTS).fetch_all(&mut *snapshot).await.context("events")?,
            head: sqlx::query_as(HEAD).fetch_one(&mut *snapshot).await.context("the head")?,
            streams: sqlx::query_as(STREAMS).fetch_all(&mut *snapshot).await.context("streams")?,
            keys: sqlx::query_as(KEYS).fetch_all(&mut *snapshot).await.context("keys")?,
            accounts: sqlx::query_as(ACCOUNTS).fetch_all(&mut *snapshot).await.context("accounts")?,
            trail: sqlx::query_as(TRAIL).fetch_all(&mut *snapshot).await.context("the trail")?,
            readings: sqlx::query_as(READINGS).fetch_all(&mut *snapshot).await.context("readings")?,
            leave: leave::Leave::read(&mut snapshot).await?,
            checkpoints: sqlx::query_as(CHECKPOINTS).fetch_all(&mut *snapshot).await.context("checkpoints")?,
        };
        snapshot.commit().await?;
        Ok(evidence)
    }
}
