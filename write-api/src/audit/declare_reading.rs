//! `POST /v1/audit-readings`

use crate::acting::{Who, keyed};
use crate::api::position;
use crate::words::Words;
use crate::{WriteApi, problems, seal};
use axum::extract::State;
use chrono::Datelike;
use commands::Execution;
use commands::audit::{AuditReading, DeclareReading};
use events::account::Role;
use events::audit::{Outcome, TrailFilter};
use events::{AccountId, CorrelationId, ReadingId};
use serde::{Deserialize, Deserializer, Serialize, de};
use std::net::IpAddr;
use std::ops::RangeInclusive;
use utoipa::ToSchema;
use web::command::Command;
use web::date::Instant;
use web::idempotency::IdempotencyKey;
use web::kinds::NOT_ALLOWED;
use web::position::Recorded;
use web::{Expected, Field, Problem, Text};

/// The most types of event that one reading names.
const MAX_TYPES: usize = 64;

/// The years that RFC 3339 can write, without the one before the first.
const YEARS: RangeInclusive<i32> = 1..=9999;

/// Which entries are to be read: those that meet every condition given.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Reading {
    /// That happened at or after this instant.
    #[schema(value_type = Option<DateTime<Utc>>)]
    from: Option<Instant>,
    /// That happened before this instant.
    #[schema(value_type = Option<DateTime<Utc>>)]
    until: Option<Instant>,
    /// About this account.
    #[schema(value_type = Option<Uuid>)]
    agent: Option<AccountId>,
    /// Done by this account.
    #[schema(value_type = Option<Uuid>)]
    actor: Option<AccountId>,
    /// Of these types, at most 64; of all when absent.
    #[serde(default)]
    #[schema(max_items = 64)]
    types: Vec<String>,
    /// One of success, failure, refused, begun.
    #[schema(value_type = Option<String>)]
    outcome: Option<Outcome>,
    /// Of attempts from this network address: the attempts, what came of them, and the suspensions that they led to.
    #[schema(value_type = Option<String>, example = "192.0.2.7")]
    source: Option<Address>,
    /// Of this correlation.
    #[schema(value_type = Option<Uuid>)]
    correlation: Option<CorrelationId>,
    /// For what, in the auditor's words; kept sealed.
    motive: Option<Words>,
}

/// A network address.
#[derive(Clone, Copy)]
struct Address(IpAddr);

const ADDRESS: Expected =
    Expected("une adresse IPv4 ou IPv6 : 192.0.2.7, 2001:db8::7", "an IPv4 or IPv6 address: 192.0.2.7, 2001:db8::7");

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let invalid = |_| de::Error::invalid_value(de::Unexpected::Other("text"), &ADDRESS);
        String::deserialize(deserializer)?.parse().map(Self).map_err(invalid)
    }
}

/// A reading that was declared.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct Declared {
    /// The reading: its entries are at `/v1/audit-readings/{reading}/entries`.
    #[schema(value_type = Uuid)]
    reading: ReadingId,
}

/// Declares a reading of the audit trail: the reading is itself an entry of it. Needs the role `auditor`.
#[utoipa::path(
    post, path = "/v1/audit-readings", operation_id = "declareReading", tag = "audit",
    params(IdempotencyKey), request_body = Reading,
    responses((status = 201, description = "The reading", body = Recorded<Declared>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn declare_reading(
    State(api): State<WriteApi>,
    who: Who,
    mut command: Command<Reading>,
) -> Result<Recorded<Declared>, Problem> {
    let reading = ReadingId::new();
    let metadata = keyed(who.acting_as(Role::Auditor, api.clock.now())?, &command, &Declared { reading })?;
    if command.body.types.len() > MAX_TYPES {
        let detail = Text::new("au plus 64 types", "expected at most 64 types");
        return Err(Problem::invalid(Field::Pointer("/types".into()), detail));
    }
    let words = command.body.motive.take();
    let filter = filter(&api, command.body).await?;
    let motive = match &words {
        Some(words) => Some(
            seal::reading_motive(&api.vault, who.account, reading, words.as_str()).await.map_err(problems::vault)?,
        ),
        None => None,
    };
    let executed = Execution::<AuditReading>::new(&api.journal, metadata)
        .on(reading, DeclareReading { reading, filter, motive }.into())
        .await
        .map_err(problems::audit)?;
    let declared = match &executed.receipt.replayed {
        Some(first) => serde_json::from_slice(&first.outcome).map_err(Problem::internal)?,
        None => Declared { reading },
    };
    Ok(Recorded::created(position(executed.receipt.position), declared))
}

async fn filter(api: &WriteApi, reading: Reading) -> Result<TrailFilter, Problem> {
    let Reading { from, until, agent, actor, types, outcome, source, correlation, motive: _ } = reading;
    let (from, until) = (from.map(|Instant(at)| at), until.map(|Instant(at)| at));
    for (pointer, instant) in [("/from", from), ("/until", until)] {
        if instant.is_some_and(|instant| !YEARS.contains(&instant.year())) {
            let detail = Text::new("attendu : une année de 1 à 9999", "expected a year from 1 to 9999");
            return Err(Problem::invalid(Field::Pointer(pointer.into()), detail));
        }
    }
    let sources = match source {
        Some(Address(address)) => {
            let address = events::Source::canonical(address);
            Some(api.vault.source_tags(from, until, &address).await.map_err(problems::vault)?)
        }
        None => None,
    };
    Ok(TrailFilter { from, until, agent, actor, types, outcome, sources, correlation })
}

pub(super) const PROBLEMS: &[&web::Kind] = &[&NOT_ALLOWED];
