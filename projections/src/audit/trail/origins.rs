//! Where attempts came from: the outcome of one tells only which attempt it is of.

use super::said::Said;
use crate::ProjectionError;
use crate::json::to_json;
use events::account::AccountEvent;
use events::audit::Outcome;
use events::{AttemptId, Source};
use journal::Recorded;
use sqlx::PgConnection;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// The source of an attempt, as the trail holds it.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    pub(super) channel: String,
    pub(super) source_address: String,
    pub(super) source_tag: Vec<u8>,
}

impl Origin {
    fn of(source: &Source) -> Result<Self, ProjectionError> {
        Ok(Self {
            channel: source.channel.as_str().to_owned(),
            source_address: to_json(&source.address)?,
            source_tag: source.tag.as_bytes().to_vec(),
        })
    }
}

/// An attempt at an account, or at a name that no account has.
type Attempted = (Uuid, AttemptId);

/// The origins that the outcomes of one batch need.
#[derive(Debug, Default)]
pub(super) struct Origins {
    of: HashMap<Attempted, Origin>,
    /// The last failure of each agent: what suspends an account is the one before.
    last_failure: HashMap<Uuid, AttemptId>,
}

impl Origins {
    /// Those that began, and the failures that were recorded, before `page`.
    pub(super) async fn before(page: &[Recorded], connection: &mut PgConnection) -> Result<Self, ProjectionError> {
        let (mut attempts, mut suspended, mut failed) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for recorded in page.iter().filter(|recorded| recorded.is::<AccountEvent>()) {
            match recorded.name.as_str() {
                "LoginSucceeded" | "LoginFailed" => {
                    failed.insert(recorded.stream_id);
                    // One that cannot be read is told of where it is folded.
                    if let Ok(
                        AccountEvent::LoginSucceeded { attempt, .. } | AccountEvent::LoginFailed { attempt, .. },
                    ) = recorded.decode()
                    {
                        attempts.insert(attempt.as_uuid());
                    }
                }
                "AccountSuspended" if !failed.contains(&recorded.stream_id) => {
                    suspended.insert(recorded.stream_id);
                }
                _ => {}
            }
        }
        let mut origins = Self::default();
        if !suspended.is_empty() {
            let failures: Vec<(Uuid, Uuid)> = sqlx::query_as(
                "SELECT DISTINCT ON (agent) agent, attempt FROM audit_trail_v1
                 WHERE type = 'LoginFailed' AND agent = ANY ($1) ORDER BY agent, position DESC",
            )
            .bind(suspended.into_iter().collect::<Vec<_>>())
            .fetch_all(&mut *connection)
            .await?;
            attempts.extend(failures.iter().map(|(_, attempt)| *attempt));
            origins.last_failure =
                failures.into_iter().map(|(agent, attempt)| (agent, AttemptId::from_uuid(attempt))).collect();
        }
        if !attempts.is_empty() {
            let begun: Vec<(Uuid, Uuid, String, String, Vec<u8>)> = sqlx::query_as(
                "SELECT agent, attempt, channel, source_address::text, source_tag FROM audit_trail_v1
                 WHERE type = 'LoginAttempted' AND attempt = ANY ($1)",
            )
            .bind(attempts.into_iter().collect::<Vec<_>>())
            .fetch_all(connection)
            .await?;
            origins.of = begun
                .into_iter()
                .map(|(agent, attempt, channel, source_address, source_tag)| {
                    ((agent, AttemptId::from_uuid(attempt)), Origin { channel, source_address, source_tag })
                })
                .collect();
        }
        Ok(origins)
    }

    /// The attempt that an event belongs to, and where that came from.
    pub(super) fn trace(&mut self, said: &Said<'_>) -> Result<(Option<AttemptId>, Option<Origin>), ProjectionError> {
        let Some(agent) = said.agent else { return Ok((said.attempt, None)) };
        let attempt = if said.follows_failure { self.last_failure.get(&agent).copied() } else { said.attempt };
        let Some(attempt) = attempt else { return Ok((None, None)) };
        if said.outcome == Outcome::Failure {
            self.last_failure.insert(agent, attempt);
        }
        let Some(source) = said.source else { return Ok((Some(attempt), self.of.get(&(agent, attempt)).cloned())) };
        let origin = Origin::of(source)?;
        if said.outcome == Outcome::Begun {
            self.of.insert((agent, attempt), origin.clone());
        }
        Ok((Some(attempt), Some(origin)))
    }
}
