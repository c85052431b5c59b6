//! The rows that one batch adds to the trail.

use super::said::Said;
use crate::audit::actor::columns_of;
use crate::copy::{Lines, copy};
use crate::json::to_json;
use crate::{ProjectionError, Rows};
use async_trait::async_trait;
use chrono::{DateTime, SecondsFormat, Utc};
use events::account::AccountEvent;
use journal::Recorded;
use sqlx::PgConnection;
use std::collections::{BTreeSet, HashSet};
use uuid::Uuid;

/// The entries of one batch.
pub(super) struct Entries {
    lines: Lines,
    /// Those of the batch's agents that have an account, and are not only a name that was tried.
    pub(super) provisioned: HashSet<Uuid>,
}

#[async_trait]
impl Rows for Entries {
    async fn load(page: &[Recorded], connection: &mut PgConnection) -> Result<Self, ProjectionError> {
        let agents: BTreeSet<Uuid> =
            page.iter().filter(|recorded| recorded.is::<AccountEvent>()).map(|recorded| recorded.stream_id).collect();
        let provisioned: Vec<Uuid> = sqlx::query_scalar(
            "SELECT agent FROM audit_trail_v1 WHERE type = 'AccountProvisioned' AND agent = ANY ($1)",
        )
        .bind(agents.into_iter().collect::<Vec<_>>())
        .fetch_all(connection)
        .await?;
        Ok(Self { lines: Lines::default(), provisioned: provisioned.into_iter().collect() })
    }

    async fn write(self, connection: &mut PgConnection) -> Result<(), ProjectionError> {
        const STATEMENT: &str = "COPY audit_trail_v1 (position, event, recorded_at, occurred_at, stream_type, agent, \
             known, actor, actor_id, capacity, type, outcome, reason, detail, motive, channel, source_address, \
             source_tag, attempt, correlation, causation) FROM STDIN";
        copy(self.lines, STATEMENT, connection).await
    }
}

impl Entries {
    pub(super) fn add(&mut self, recorded: &Recorded, known: bool, said: &Said<'_>) -> Result<(), ProjectionError> {
        let (actor, actor_id) = columns_of(&recorded.actor);
        let lines = &mut self.lines;
        lines.column(recorded.position);
        lines.column(recorded.id);
        lines.column(instant(recorded.recorded_at));
        lines.column(instant(recorded.occurred_at));
        lines.column(&recorded.stream_type);
        lines.nullable(said.agent);
        lines.column(known);
        lines.column(actor);
        lines.nullable(actor_id);
        lines.column(recorded.capacity.as_str());
        lines.column(&recorded.name);
        lines.column(said.outcome.as_str());
        lines.nullable(said.reason);
        lines.nullable(said.detail.as_ref());
        lines.nullable(said.motive.as_ref());
        lines.nullable(said.source.map(|source| source.channel.as_str()));
        lines.nullable(said.source.map(|source| to_json(&source.address)).transpose()?);
        lines.nullable(said.source.map(|source| format!("\\x{}", source.tag)));
        lines.nullable(said.attempt);
        lines.column(recorded.correlation);
        lines.nullable(recorded.causation);
        lines.end_row();
        Ok(())
    }
}

fn instant(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}
