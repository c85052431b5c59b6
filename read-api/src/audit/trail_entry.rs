//! An entry of the audit trail as it is shown, its sealed fields opened.

use crate::opening::{Boxes, Content};
use chrono::{DateTime, SecondsFormat, Utc};
use events::audit::{AuditEvent, ProjectionEvent};
use events::vault::VaultEvent;
use events::{Actor, DomainEvent};
use projections::audit::trail::Entry;
use serde::Serialize;
use std::fmt::Display;
use utoipa::ToSchema;
use uuid::Uuid;
use vault::{Place, Vault, places};
use web::Problem;
use web::csv::{Cell, Row};

/// An event, as the audit trail tells of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TrailEntry {
    /// Where it stands in the journal.
    pub(crate) position: i64,
    /// The event.
    pub(crate) event: Uuid,
    /// When it was recorded.
    pub(crate) recorded_at: DateTime<Utc>,
    /// When it happened.
    pub(crate) occurred_at: DateTime<Utc>,
    /// The type of its stream.
    #[schema(example = "account")]
    pub(crate) stream: String,
    /// The account that it is about, or the pseudonym of a name that no account has.
    pub(crate) agent: Option<Uuid>,
    /// Whether `agent` is an account.
    pub(crate) known: bool,
    /// Who acted: `account`, `anonymous` or `service`.
    #[schema(example = "anonymous")]
    pub(crate) actor: &'static str,
    /// The account that acted.
    pub(crate) actor_id: Option<Uuid>,
    /// In which capacity.
    #[schema(example = "stranger")]
    pub(crate) capacity: String,
    /// What happened, by the stored name of the event.
    #[schema(example = "LoginFailed")]
    pub(crate) r#type: String,
    /// `success`, `failure`, `refused` or `begun`.
    #[schema(example = "failure")]
    pub(crate) outcome: &'static str,
    /// Why: a stable code.
    #[schema(example = "wrong-password")]
    pub(crate) reason: Option<String>,
    /// What exactly: the role, the failures counted, the reading, the projection and what of it; the day, the number of
    /// receipts or the master key of an order about keys; of leave, which one and by what right it was decided.
    pub(crate) detail: Option<String>,
    /// Why, in the words of who acted; null where there is none, or erased.
    pub(crate) motive: Option<String>,
    /// By which door the attempt came: `portal` or `sshd`.
    pub(crate) channel: Option<String>,
    /// From which address that attempt was made; null where there is none, or erased.
    pub(crate) source_address: Option<String>,
    /// Equal for equal addresses within one month.
    pub(crate) source_tag: Option<String>,
    /// The attempt to log in that it is, answers or comes of: a suspension of the failure recorded with it.
    pub(crate) attempt: Option<Uuid>,
    /// What it belongs together with.
    pub(crate) correlation: Uuid,
    /// The event that it followed from.
    pub(crate) causation: Option<Uuid>,
    /// Which of these are null because they were erased.
    pub(crate) erased: Vec<&'static str>,
}

/// The entries of a page, opened with one look at the vault.
///
/// # Errors
/// 503 `unavailable`; 500 for a box that does not open at its place.
pub(crate) async fn opened(vault: &Vault, entries: &[Entry]) -> Result<Vec<TrailEntry>, Problem> {
    let mut boxes = Boxes::default();
    let mut sealed: Vec<[Option<Content>; 2]> = Vec::with_capacity(entries.len());
    for entry in entries {
        let motive = match &entry.motive {
            Some(motive) => Some(boxes.add(place_of_motive(entry)?, motive)),
            None => None,
        };
        let source = match &entry.source {
            Some(address) => Some(boxes.add(place_of_source(entry)?, address)),
            None => None,
        };
        sealed.push([motive, source]);
    }
    let mut contents = boxes.open(vault).await?;
    let shown = |(entry, [motive, source]): (&Entry, [Option<Content>; 2])| {
        let mut erased = Vec::new();
        let motive = contents.take(motive, "motive", &mut erased);
        let source_address = contents.take(source, "source_address", &mut erased);
        TrailEntry::of(entry, motive, source_address, erased)
    };
    Ok(entries.iter().zip(sealed).map(shown).collect())
}

fn place_of_source(entry: &Entry) -> Result<Place<'static>, Problem> {
    let (Some(agent), Some(attempt)) = (entry.agent, entry.attempt) else { return Err(misplaced(entry)) };
    Ok(places::source(agent, attempt))
}

fn place_of_motive(entry: &Entry) -> Result<Place<'static>, Problem> {
    if entry.stream_type == AuditEvent::STREAM {
        let reading = entry.detail.as_deref().and_then(|reading| reading.parse().ok());
        return reading.map(places::reading_motive).ok_or_else(|| misplaced(entry));
    }
    if entry.stream_type == ProjectionEvent::STREAM {
        let projection = entry.detail.as_deref().and_then(|detail| detail.split(' ').next());
        let projection = projection.ok_or_else(|| misplaced(entry))?;
        return Ok(places::exclusion_motive(projection, entry.correlation));
    }
    if entry.stream_type == VaultEvent::STREAM {
        return Ok(places::order_motive(entry.agent.map(Uuid::from), entry.correlation));
    }
    let agent = entry.agent.ok_or_else(|| misplaced(entry))?;
    Ok(places::reactivation_motive(agent, entry.correlation))
}

fn misplaced(entry: &Entry) -> Problem {
    Problem::internal(format!("a box at position {} has no place", entry.position))
}

impl TrailEntry {
    fn of(entry: &Entry, motive: Option<String>, source_address: Option<String>, erased: Vec<&'static str>) -> Self {
        let (actor, actor_id) = match entry.actor {
            Actor::Account(id) => ("account", Some(id.as_uuid())),
            Actor::Anonymous => ("anonymous", None),
            Actor::Service => ("service", None),
        };
        Self {
            position: entry.position.get(),
            event: entry.event.as_uuid(),
            recorded_at: entry.recorded_at,
            occurred_at: entry.occurred_at,
            stream: entry.stream_type.clone(),
            agent: entry.agent.map(Uuid::from),
            known: entry.known,
            actor,
            actor_id,
            capacity: entry.capacity.as_str().to_owned(),
            r#type: entry.kind.clone(),
            outcome: entry.outcome.as_str(),
            reason: entry.reason.clone(),
            detail: entry.detail.clone(),
            motive,
            channel: entry.channel.clone(),
            source_address,
            source_tag: entry.source_tag.map(|tag| tag.to_string()),
            attempt: entry.attempt.map(Uuid::from),
            correlation: entry.correlation.into(),
            causation: entry.causation.map(Uuid::from),
            erased,
        }
    }
}

impl Row for TrailEntry {
    const COLUMNS: &'static [&'static str] = &[
        "position",
        "event",
        "recorded_at",
        "occurred_at",
        "stream",
        "agent",
        "known",
        "actor",
        "actor_id",
        "capacity",
        "type",
        "outcome",
        "reason",
        "detail",
        "motive",
        "channel",
        "source_address",
        "source_tag",
        "attempt",
        "correlation",
        "causation",
        "erased",
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::Number(self.position),
            written(self.event),
            instant(self.recorded_at),
            instant(self.occurred_at),
            text(&self.stream),
            optional(self.agent),
            written(self.known),
            text(self.actor),
            optional(self.actor_id),
            text(&self.capacity),
            text(&self.r#type),
            text(self.outcome),
            nullable(self.reason.as_deref()),
            nullable(self.detail.as_deref()),
            nullable(self.motive.as_deref()),
            nullable(self.channel.as_deref()),
            nullable(self.source_address.as_deref()),
            nullable(self.source_tag.as_deref()),
            optional(self.attempt),
            written(self.correlation),
            optional(self.causation),
            written(self.erased.join(" ")),
        ]
    }
}

fn text(text: &str) -> Cell<'_> {
    Cell::Text(text.into())
}

fn nullable(value: Option<&str>) -> Cell<'_> {
    value.map_or(Cell::Empty, text)
}

fn written(value: impl Display) -> Cell<'static> {
    Cell::Text(value.to_string().into())
}

fn optional(value: Option<impl Display>) -> Cell<'static> {
    value.map_or(Cell::Empty, written)
}

/// As JSON writes it.
fn instant(time: DateTime<Utc>) -> Cell<'static> {
    written(time.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}
