//! The rows that one batch adds to the trail.

use super::origins::{Origin, Origins};
use super::said::Said;
use crate::audit::actor::columns_of;
use crate::{ProjectionError, Rows};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use events::account::AccountEvent;
use events::vault::VaultEvent;
use journal::Recorded;
use sqlx::PgConnection;
use std::collections::{BTreeSet, HashSet};
use uuid::Uuid;

/// The entries of one batch, column by column: one statement takes them all. Not COPY, which sqlx cannot give up
/// half-way without confusing the connection.
#[derive(Default)]
pub(super) struct Entries {
    /// Those of the batch's agents that have an account, and are not only a name that was tried.
    pub(super) provisioned: HashSet<Uuid>,
    pub(super) origins: Origins,
    positions: Vec<i64>,
    events: Vec<Uuid>,
    recorded_at: Vec<DateTime<Utc>>,
    occurred_at: Vec<DateTime<Utc>>,
    stream_types: Vec<String>,
    agents: Vec<Option<Uuid>>,
    known: Vec<bool>,
    actors: Vec<&'static str>,
    actor_ids: Vec<Option<Uuid>>,
    capacities: Vec<&'static str>,
    types: Vec<String>,
    outcomes: Vec<&'static str>,
    reasons: Vec<Option<String>>,
    details: Vec<Option<String>>,
    motives: Vec<Option<String>>,
    sources: Vec<Option<Origin>>,
    attempts: Vec<Option<Uuid>>,
    correlations: Vec<Uuid>,
    causations: Vec<Option<Uuid>>,
}

#[async_trait]
impl Rows for Entries {
    async fn load(page: &[Recorded], connection: &mut PgConnection) -> Result<Self, ProjectionError> {
        let about_agents = |recorded: &&Recorded| recorded.is::<AccountEvent>() || recorded.is::<VaultEvent>();
        let agents: BTreeSet<Uuid> = page.iter().filter(about_agents).map(|recorded| recorded.stream_id).collect();
        let provisioned: Vec<Uuid> = sqlx::query_scalar(
            "SELECT agent FROM audit_trail_v1 WHERE type = 'AccountProvisioned' AND agent = ANY ($1)",
        )
        .bind(agents.into_iter().collect::<Vec<_>>())
        .fetch_all(&mut *connection)
        .await?;
        let origins = Origins::before(page, connection).await?;
        Ok(Self { provisioned: provisioned.into_iter().collect(), origins, ..Self::default() })
    }

    async fn write(mut self, connection: &mut PgConnection) -> Result<(), ProjectionError> {
        for (row, origin) in self.origins.awaited(connection).await? {
            if let Some(source) = self.sources.get_mut(row) {
                *source = Some(origin);
            }
        }
        let (channels, addresses, tags): (Vec<_>, Vec<_>, Vec<_>) =
            self.sources.into_iter().map(Origin::columns).collect();
        let expected = self.positions.len() as u64;
        let inserted = sqlx::query(
            "INSERT INTO audit_trail_v1 (position, event, recorded_at, occurred_at, stream_type, agent, known, actor,
                 actor_id, capacity, type, outcome, reason, detail, motive, channel, source_address, source_tag,
                 attempt, correlation, causation)
             SELECT position, event, recorded_at, occurred_at, stream_type, agent, known, actor, actor_id, capacity,
                 type, outcome, reason, detail, motive::jsonb, channel, source_address::jsonb, source_tag, attempt,
                 correlation, causation
             FROM unnest($1::bigint[], $2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::text[], $6::uuid[],
                         $7::bool[], $8::text[], $9::uuid[], $10::text[], $11::text[], $12::text[], $13::text[],
                         $14::text[], $15::text[], $16::text[], $17::text[], $18::bytea[], $19::uuid[], $20::uuid[],
                         $21::uuid[])
                  AS t (position, event, recorded_at, occurred_at, stream_type, agent, known, actor, actor_id,
                        capacity, type, outcome, reason, detail, motive, channel, source_address, source_tag, attempt,
                        correlation, causation)",
        )
        .bind(self.positions)
        .bind(self.events)
        .bind(self.recorded_at)
        .bind(self.occurred_at)
        .bind(self.stream_types)
        .bind(self.agents)
        .bind(self.known)
        .bind(self.actors)
        .bind(self.actor_ids)
        .bind(self.capacities)
        .bind(self.types)
        .bind(self.outcomes)
        .bind(self.reasons)
        .bind(self.details)
        .bind(self.motives)
        .bind(channels)
        .bind(addresses)
        .bind(tags)
        .bind(self.attempts)
        .bind(self.correlations)
        .bind(self.causations)
        .execute(connection)
        .await?;
        ProjectionError::unless_written(inserted.rows_affected(), expected)
    }
}

impl Entries {
    pub(super) fn add(&mut self, recorded: &Recorded, known: bool, said: Said<'_>) -> Result<(), ProjectionError> {
        let (actor, actor_id) = columns_of(&recorded.actor()?);
        let capacity = recorded.capacity()?;
        let source = self.origins.trace(self.positions.len(), recorded, &said)?;
        self.positions.push(recorded.position.get());
        self.events.push(recorded.id.as_uuid());
        self.recorded_at.push(recorded.recorded_at);
        self.occurred_at.push(recorded.occurred_at);
        self.stream_types.push(recorded.stream_type.clone());
        self.agents.push(said.agent);
        self.known.push(known);
        self.actors.push(actor);
        self.actor_ids.push(actor_id);
        self.capacities.push(capacity.as_str());
        self.types.push(recorded.name.clone());
        self.outcomes.push(said.outcome.as_str());
        self.reasons.push(said.reason.map(str::to_owned));
        self.details.push(said.detail.map(Into::into));
        self.motives.push(said.motive);
        self.sources.push(source);
        self.attempts.push(said.attempt.map(Uuid::from));
        self.correlations.push(recorded.correlation.as_uuid());
        self.causations.push(recorded.causation.map(Uuid::from));
        Ok(())
    }
}
