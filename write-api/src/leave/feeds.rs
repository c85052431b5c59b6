//! Calendar feeds: a secret address that calendars subscribe to.

use super::act::Act;
use super::surroundings::state;
use crate::WriteApi;
use crate::acting::Who;
use crate::api::position;
use crate::problems;
use commands::Execution;
use commands::calendar_feed::{CalendarFeed, OpenCalendarFeed, RevokeCalendarFeed};
use commands::employment::Employment;
use commands::unit::Unit;
use data_encoding::HEXLOWER;
use events::account::Role;
use events::calendar_feed::FeedScope;
use events::date::in_paris;
use events::{FeedId, Metadata, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use web::Problem;
use web::idempotency::IdempotencyKey;
use web::kinds::{NOT_ALLOWED, NOT_FOUND};
use web::position::Recorded;
use web::token::SessionToken;

/// A feed to open.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewFeed {
    /// Who of this unit is absent; the caller's own leave, without it.
    #[schema(value_type = Option<Uuid>)]
    unit: Option<UnitId>,
}

/// A feed that was opened.
#[derive(Serialize, ToSchema)]
pub(crate) struct OpenedFeed {
    /// The feed.
    feed: Uuid,
    /// The path to subscribe to, shown this once: a request that comes again under the same key cannot show it.
    #[schema(example = "/v1/calendar-feeds/3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.ics")]
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
}

/// The feed that a write was about.
#[derive(Serialize, ToSchema)]
pub(crate) struct FeedChanged {
    /// The feed.
    feed: Uuid,
}

/// The most feeds of one person that are in force.
const MOST_FEEDS: usize = 10;

/// Opens a calendar feed, at a secret path that nobody can show again; ten of one's own are in force at most. A unit's feed is for its agents, its manager and the
/// role `hr`, and tells who is absent, never why.
#[utoipa::path(
    post, path = "/v1/calendar-feeds", operation_id = "openCalendarFeed", tag = "leave",
    params(IdempotencyKey), request_body = NewFeed,
    responses((status = 201, description = "The feed, with its path", body = Recorded<OpenedFeed>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn open_calendar_feed(act: Act<NewFeed>) -> Result<Recorded<OpenedFeed>, Problem> {
    let feed = FeedId::new();
    let metadata = act.for_himself(&feed)?;
    let shows = match act.command.body.unit {
        Some(unit) => {
            sees(&act.api, &act.who, &metadata, unit).await?;
            FeedScope::Unit(unit)
        }
        None => FeedScope::Own,
    };
    let others = act.api.directory.feeds_of(&act.api.journal, act.who.account).await.map_err(problems::reading)?;
    if others >= MOST_FEEDS {
        return Err(super::problems::too_many_feeds(MOST_FEEDS));
    }
    let token = SessionToken::new().map_err(Problem::internal)?;
    let token_hash = HEXLOWER.encode(&token.hash().0);
    let executed = Execution::<CalendarFeed>::new(&act.api.journal, metadata)
        .on(feed, OpenCalendarFeed { owner: act.who.account, shows, token_hash }.into())
        .await
        .map_err(super::problems::feed)?;
    let position = position(executed.receipt.position);
    let first = super::first_said(&executed.receipt, feed)?;
    let path = (first == feed).then(|| format!("/v1/calendar-feeds/{}.ics", token.reveal()));
    Ok(Recorded::created(position, OpenedFeed { feed: first.as_uuid(), path }))
}

async fn sees(api: &WriteApi, who: &Who, metadata: &Metadata, id: UnitId) -> Result<(), Problem> {
    let on = in_paris(metadata.occurred_at);
    let (_, unit) = state::<Unit>(api, metadata, id, true).await?;
    if unit.name().is_none() {
        return Err(Problem::from(&NOT_FOUND));
    }
    let (_, employment) = state::<Employment>(api, metadata, who.account, true).await?;
    let of_it = employment.units().on(on) == Some(&id) || unit.manager_on(on) == Some(who.account);
    if of_it || who.roles.contains(&Role::Hr) {
        return Ok(());
    }
    let fr = "Le calendrier d’une unité est pour ses agents, son responsable et les ressources humaines.";
    Err(super::problems::not_allowed(fr, "A unit's calendar is for its agents, its manager and human resources."))
}

/// Revokes a calendar feed of one's own: its token opens nothing any more.
#[utoipa::path(
    post, path = "/v1/calendar-feeds/{id}/revoke", operation_id = "revokeCalendarFeed", tag = "leave",
    params(("id" = Uuid, Path, description = "The feed"), IdempotencyKey), request_body = super::requests::Nothing,
    responses((status = 200, description = "It is revoked", body = Recorded<FeedChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn revoke_calendar_feed(
    act: Act<super::requests::Nothing, FeedId>,
) -> Result<Recorded<FeedChanged>, Problem> {
    let executed = Execution::<CalendarFeed>::new(&act.api.journal, act.for_himself(&())?)
        .on(act.id, RevokeCalendarFeed { by: act.who.account }.into())
        .await
        .map_err(super::problems::feed)?;
    Ok(Recorded::done(position(executed.receipt.position), FeedChanged { feed: act.id.as_uuid() }))
}

pub(super) const PROBLEMS: &[(&str, &[&web::Kind])] = &[
    ("openCalendarFeed", &[&NOT_ALLOWED, &NOT_FOUND, &super::TOO_MANY_FEEDS]),
    ("revokeCalendarFeed", &[&NOT_FOUND, &super::ALREADY_RECORDED]),
];
