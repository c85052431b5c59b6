//! The call of `journal.append` for a batch of commands.

use crate::recorded::actor_columns;
use crate::request::{NewEvent, Request, StreamWrite};
use chrono::{DateTime, Utc};
use sqlx::postgres::{PgConnection, PgRow};
use uuid::Uuid;

/// The arguments of `journal.append`, column by column, in its order.
#[derive(Default)]
pub(crate) struct Statement<'a> {
    commands: Commands<'a>,
    streams: Streams,
    events: Events<'a>,
}

#[derive(Default)]
struct Commands<'a> {
    actors: Vec<&'static str>,
    actor_ids: Vec<Option<Uuid>>,
    capacities: Vec<&'static str>,
    occurred_at: Vec<DateTime<Utc>>,
    correlations: Vec<Uuid>,
    causations: Vec<Option<Uuid>>,
    traces: Vec<Option<&'a [u8]>>,
    keys: Vec<Option<&'a str>>,
    fingerprints: Vec<Option<&'a [u8]>>,
    outcomes: Vec<Option<&'a [u8]>>,
    versions: Vec<i32>,
    events: Vec<i32>,
}

#[derive(Default)]
struct Streams {
    commands: Vec<i32>,
    types: Vec<&'static str>,
    ids: Vec<Uuid>,
    expected: Vec<i32>,
    counts: Vec<i32>,
}

#[derive(Default)]
struct Events<'a> {
    streams: Vec<i32>,
    versions: Vec<i32>,
    ids: Vec<Uuid>,
    names: Vec<&'static str>,
    schemas: Vec<i16>,
    payloads: Vec<&'a [u8]>,
}

impl<'a> Statement<'a> {
    pub(crate) fn of(batch: &'a [Request]) -> Self {
        let mut statement = Self::default();
        let mut stream = 0;
        for (command, request) in (1..).zip(batch) {
            statement.commands.add(request);
            for write in &request.writes {
                stream += 1;
                statement.streams.add(command, write);
                for (version, event) in (write.expected.0 + 1..).zip(&write.events) {
                    statement.events.add(stream, version, event);
                }
            }
        }
        statement
    }

    /// Runs it, looking for losers first if `careful`; else it fails when there is one.
    pub(crate) async fn run(self, connection: &mut PgConnection, careful: bool) -> Result<PgRow, sqlx::Error> {
        let Self { commands, streams, events } = self;
        sqlx::query(
            "SELECT status, positions, versions, recorded_at, outcomes FROM journal.append(
                 $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
                 $24)",
        )
        .bind(commands.actors)
        .bind(commands.actor_ids)
        .bind(commands.capacities)
        .bind(commands.occurred_at)
        .bind(commands.correlations)
        .bind(commands.causations)
        .bind(commands.traces)
        .bind(commands.keys)
        .bind(commands.fingerprints)
        .bind(commands.outcomes)
        .bind(commands.versions)
        .bind(commands.events)
        .bind(streams.commands)
        .bind(streams.types)
        .bind(streams.ids)
        .bind(streams.expected)
        .bind(streams.counts)
        .bind(events.streams)
        .bind(events.versions)
        .bind(events.ids)
        .bind(events.names)
        .bind(events.schemas)
        .bind(events.payloads)
        .bind(careful)
        .fetch_one(connection)
        .await
    }
}

impl<'a> Commands<'a> {
    fn add(&mut self, request: &'a Request) {
        let metadata = &request.metadata;
        let (actor, actor_id) = actor_columns(&metadata.actor);
        let idempotency = metadata.idempotency.as_ref();
        self.actors.push(actor);
        self.actor_ids.push(actor_id.map(Into::into));
        self.capacities.push(metadata.capacity.as_str());
        self.occurred_at.push(metadata.occurred_at);
        self.correlations.push(metadata.correlation.as_uuid());
        self.causations.push(metadata.causation.map(Into::into));
        self.traces.push(metadata.trace.as_ref().map(<[u8; 16]>::as_slice));
        self.keys.push(idempotency.map(|known| known.key.as_str()));
        self.fingerprints.push(idempotency.map(|known| known.fingerprint.as_slice()));
        self.outcomes.push(idempotency.map(|known| known.outcome.as_slice()));
        self.versions.push(request.first_version().0);
        self.events.push(request.event_count() as i32);
    }
}

impl Streams {
    fn add(&mut self, command: i32, write: &StreamWrite) {
        self.commands.push(command);
        self.types.push(write.stream.of);
        self.ids.push(write.stream.id);
        self.expected.push(write.expected.0);
        self.counts.push(write.events.len() as i32);
    }
}

impl<'a> Events<'a> {
    fn add(&mut self, stream: i32, version: i32, event: &'a NewEvent) {
        self.streams.push(stream);
        self.versions.push(version);
        self.ids.push(event.id.as_uuid());
        self.names.push(event.name);
        self.schemas.push(event.schema);
        self.payloads.push(&event.payload);
    }
}
