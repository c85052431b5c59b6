//! Where attempts came from: the event of an outcome names its attempt alone, and that of a suspension not even that.

use super::said::Said;
use crate::ProjectionError;
use crate::json::to_json;
use events::account::AccountEvent;
use events::audit::Outcome;
use events::{AttemptId, CorrelationId, Source};
use journal::Recorded;
use sqlx::{FromRow, PgConnection};
use std::collections::HashMap;
use uuid::Uuid;

/// The source of an attempt, as the trail's columns hold it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub(super) struct Origin {
    channel: String,
    source_address: String,
    source_tag: Vec<u8>,
}

impl Origin {
    fn of(source: &Source) -> Result<Self, ProjectionError> {
        Ok(Self {
            channel: source.channel.as_str().to_owned(),
            source_address: to_json(&source.address)?,
            source_tag: source.tag.as_bytes().to_vec(),
        })
    }

    /// Channel, sealed address and tag.
    pub(super) fn columns(origin: Option<Self>) -> (Option<String>, Option<String>, Option<Vec<u8>>) {
        match origin {
            Some(Self { channel, source_address, source_tag }) => {
                (Some(channel), Some(source_address), Some(source_tag))
            }
            None => (None, None, None),
        }
    }
}

/// An attempt at an account, or at a name that no account has.
type Attempted = (Uuid, AttemptId);

/// What one batch knows of the attempts that its outcomes answer; of the others the trail does. Both give the same, so
/// that rows do not depend on how events fall into batches: an attempt's last beginning before the outcome.
#[derive(Debug, Default)]
pub(super) struct Origins {
    /// Of the attempts that began in this batch.
    begun: HashMap<Attempted, Origin>,
    /// The rows of this batch that answer an attempt of an earlier one.
    awaiting: HashMap<Attempted, Vec<usize>>,
    /// The last failure of all.
    failure: Option<Failure>,
}

/// An attempt that the trail shows.
#[derive(FromRow)]
struct Began {
    agent: Uuid,
    attempt: Uuid,
    #[sqlx(flatten)]
    origin: Origin,
}

/// A failure, of which the next event may be the suspension.
#[derive(Debug, FromRow)]
struct Failure {
    position: i64,
    agent: Uuid,
    attempt: Uuid,
    correlation: Uuid,
}

impl Origins {
    /// Those of a batch that begins with `page`.
    pub(super) async fn before(page: &[Recorded], connection: &mut PgConnection) -> Result<Self, ProjectionError> {
        let suspension = page.first().filter(|first| first.is::<AccountEvent>() && first.name == "AccountSuspended");
        let Some(suspension) = suspension else { return Ok(Self::default()) };
        let failure = sqlx::query_as(
            "SELECT position, agent, attempt, correlation FROM audit_trail_v1
             WHERE position = $1 - 1 AND type = 'LoginFailed'",
        )
        .bind(suspension.position.get())
        .fetch_optional(connection)
        .await?;
        Ok(Self { failure, ..Self::default() })
    }

    /// The attempt whose failure the command of `recorded` recorded just before it: at the position before, of the same
    /// account, in the same correlation.
    pub(super) fn failed_before(&self, recorded: &Recorded) -> Option<AttemptId> {
        self.failure
            .as_ref()
            .filter(|failure| {
                failure.position + 1 == recorded.position.get()
                    && failure.agent == recorded.stream_id
                    && CorrelationId::from_uuid(failure.correlation) == recorded.correlation
            })
            .map(|failure| AttemptId::from_uuid(failure.attempt))
    }

    /// Where the attempt came from that the event of `row` is, answers or comes of, as far as this batch knows.
    pub(super) fn trace(
        &mut self,
        row: usize,
        recorded: &Recorded,
        said: &Said<'_>,
    ) -> Result<Option<Origin>, ProjectionError> {
        let (Some(agent), Some(attempt)) = (said.agent, said.attempt) else { return Ok(None) };
        if said.outcome == Outcome::Failure {
            let (position, correlation) = (recorded.position.get(), recorded.correlation.as_uuid());
            self.failure = Some(Failure { position, agent, attempt: attempt.as_uuid(), correlation });
        }
        let origin = match said.source {
            Some(source) => Some(Origin::of(source)?),
            None => self.begun.get(&(agent, attempt)).cloned(),
        };
        match &origin {
            Some(origin) if said.outcome == Outcome::Begun => {
                self.begun.insert((agent, attempt), origin.clone());
            }
            Some(_) => {}
            None => self.awaiting.entry((agent, attempt)).or_default().push(row),
        }
        Ok(origin)
    }

    /// The rows whose attempt began before this batch, and where that came from: those that the trail shows.
    pub(super) async fn awaited(
        mut self,
        connection: &mut PgConnection,
    ) -> Result<Vec<(usize, Origin)>, ProjectionError> {
        if self.awaiting.is_empty() {
            return Ok(Vec::new());
        }
        let began: Vec<Began> = sqlx::query_as(
            "SELECT DISTINCT ON (agent, attempt) agent, attempt, channel, source_address::text, source_tag
             FROM audit_trail_v1 WHERE type = 'LoginAttempted' AND attempt = ANY ($1)
             ORDER BY agent, attempt, position DESC",
        )
        .bind(self.awaiting.keys().map(|(_, attempt)| attempt.as_uuid()).collect::<Vec<_>>())
        .fetch_all(connection)
        .await?;
        let rows = began.into_iter().flat_map(|Began { agent, attempt, origin }| {
            let rows = self.awaiting.remove(&(agent, AttemptId::from_uuid(attempt))).unwrap_or_default();
            rows.into_iter().map(move |row| (row, origin.clone()))
        });
        Ok(rows.collect())
    }
}
