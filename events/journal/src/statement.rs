//! The call of `journal.append` for a batch of commands.

use crate::StreamId;
use crate::append::{NewEvent, Request, StreamWrite};
use crate::recorded::actor_columns;
use chrono::{DateTime, Utc};
use events::Metadata;
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
    keys: Vec<Option<&'a str>>,
    fingerprints: Vec<Option<&'a [u8]>>,
    outcomes: Vec<Option<&'a [u8]>>,
    versions: Vec<i32>,
    streams: Vec<i32>,
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
    commands: Vec<i32>,
    stream_types: Vec<&'static str>,
    stream_ids: Vec<Uuid>,
    versions: Vec<i32>,
    ids: Vec<Uuid>,
    names: Vec<&'static str>,
    schemas: Vec<i16>,
    occurred_at: Vec<DateTime<Utc>>,
    actors: Vec<&'static str>,
    actor_ids: Vec<Option<Uuid>>,
    capacities: Vec<&'static str>,
    correlations: Vec<Uuid>,
    causations: Vec<Option<Uuid>>,
    traces: Vec<Option<&'a [u8]>>,
    keys: Vec<Option<&'a str>>,
    payloads: Vec<&'a [u8]>,
}

impl<'a> Statement<'a> {
    pub(crate) fn of(batch: &'a [Request]) -> Self {
        let mut statement = Self::default();
        for (number, request) in (1..).zip(batch) {
            statement.commands.add(request);
            for write in &request.writes {
                statement.streams.add(number, write);
                for (version, event) in (write.expected.0 + 1..).zip(&write.events) {
                    statement.events.add(number, &request.metadata, write.stream, version, event);
                }
            }
        }
        statement
    }

    pub(crate) async fn run(self, connection: &mut PgConnection) -> Result<Vec<PgRow>, sqlx::Error> {
        let Self { commands, streams, events } = self;
        sqlx::query(
            "SELECT status, position, version, recorded_at, outcome FROM journal.append(
                 $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                 $23, $24, $25, $26, $27, $28, $29)",
        )
        .bind(commands.actors)
        .bind(commands.actor_ids)
        .bind(commands.keys)
        .bind(commands.fingerprints)
        .bind(commands.outcomes)
        .bind(commands.versions)
        .bind(commands.streams)
        .bind(commands.events)
        .bind(streams.commands)
        .bind(streams.types)
        .bind(streams.ids)
        .bind(streams.expected)
        .bind(streams.counts)
        .bind(events.commands)
        .bind(events.stream_types)
        .bind(events.stream_ids)
        .bind(events.versions)
        .bind(events.ids)
        .bind(events.names)
        .bind(events.schemas)
        .bind(events.occurred_at)
        .bind(events.actors)
        .bind(events.actor_ids)
        .bind(events.capacities)
        .bind(events.correlations)
        .bind(events.causations)
        .bind(events.traces)
        .bind(events.keys)
        .bind(events.payloads)
        .fetch_all(connection)
        .await
    }
}

impl<'a> Commands<'a> {
    fn add(&mut self, request: &'a Request) {
        let (actor, actor_id) = actor_columns(&request.metadata.actor);
        let idempotency = request.metadata.idempotency.as_ref();
        self.actors.push(actor);
        self.actor_ids.push(actor_id.map(Into::into));
        self.keys.push(idempotency.map(|known| known.key.as_str()));
        self.fingerprints.push(idempotency.map(|known| known.fingerprint.as_slice()));
        self.outcomes.push(idempotency.map(|known| known.outcome.as_slice()));
        self.versions.push(request.first_version().0);
        self.streams.push(request.writes.len() as i32);
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
    fn add(&mut self, command: i32, metadata: &'a Metadata, stream: StreamId, version: i32, event: &'a NewEvent) {
        let (actor, actor_id) = actor_columns(&metadata.actor);
        self.commands.push(command);
        self.stream_types.push(stream.of);
        self.stream_ids.push(stream.id);
        self.versions.push(version);
        self.ids.push(event.id.as_uuid());
        self.names.push(event.name);
        self.schemas.push(event.schema);
        self.occurred_at.push(metadata.occurred_at);
        self.actors.push(actor);
        self.actor_ids.push(actor_id.map(Into::into));
        self.capacities.push(metadata.capacity.as_str());
        self.correlations.push(metadata.correlation.as_uuid());
        self.causations.push(metadata.causation.map(Into::into));
        self.traces.push(metadata.trace.as_ref().map(<[u8; 16]>::as_slice));
        self.keys.push(metadata.idempotency.as_ref().map(|known| known.key.as_str()));
        self.payloads.push(&event.payload);
    }
}
