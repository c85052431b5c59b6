use super::names::Names;
use crate::{ReadApi, answer, problems};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, REFERRER_POLICY};
use axum::response::Response;
use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};
use data_encoding::HEXLOWER;
use events::calendar_feed::FeedScope;
use events::period::{Half, HalfDay};
use events::{AccountId, UnitId};
use icalendar::{CalendarDateTime, Class, Component, Event, EventLike, EventStatus};
use projections::leave::absences::{self, Absence};
use projections::leave::calendar_feeds::{self, CalendarFeed};
use projections::leave::{employments, people};
use std::time::Duration;
use web::Problem;
use web::at_least::AtLeast;
use web::kinds::NOT_FOUND;
use web::path::Path;
use web::precondition::{Preconditions, tag_of_bytes};
use web::token::SessionToken;

/// Days that a feed looks back, and ahead.
const BACK: Days = Days::new(90);
const AHEAD: Days = Days::new(400);

/// A calendar (iCalendar, RFC 5545), by its secret address: one's own leave, or who of a unit is absent, never why.
/// What was taken back is sent as cancelled.
#[utoipa::path(
    get,
    path = "/v1/calendar-feeds/{token}",
    tag = "leave",
    params(("token" = String, Path, description = "The token of the feed, with `.ics` behind it or without"), Preconditions),
    responses(
        (status = 200, description = "The calendar", body = String, content_type = "text/calendar"),
        (status = 304, description = "As you have it")
    )
)]
pub(crate) async fn show_feed(
    State(api): State<ReadApi>,
    Path(token): Path<String>,
    preconditions: Preconditions,
) -> Result<Response, Problem> {
    let not_found = || Problem::from(&NOT_FOUND);
    let token = SessionToken::parse(token.strip_suffix(".ics").unwrap_or(&token)).ok_or_else(not_found)?;
    let hash = HEXLOWER.encode(&token.hash().0);
    let feed = calendar_feeds::opened_by(api.pool(), &hash).await.map_err(problems::database)?;
    let feed = feed.ok_or_else(not_found)?;
    // Nobody waits here: no session asks.
    let now = AtLeast { position: None, budget: Duration::ZERO };
    let shown = api.shown(now, &[absences::NAME, employments::NAME]).await?;
    let today = api.today();
    let (first, last) = (today - BACK, today + AHEAD);
    let events = match feed.shows {
        FeedScope::Own => own(&api, &feed, first, last).await?,
        FeedScope::Unit(unit) => of_unit(&api, unit, &feed, first, last).await?,
    };
    let mut calendar = icalendar::Calendar::new();
    calendar.name("IntraParis").timezone("Europe/Paris").extend(events);
    let body = calendar.done().to_string();
    let tag = tag_of_bytes(body.as_bytes())?;
    let headers = [
        (CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (CACHE_CONTROL, "private, max-age=300"),
        // The address is the secret.
        (REFERRER_POLICY, "no-referrer"),
    ];
    Ok(answer::at(shown, preconditions.answer(tag, (headers, body))))
}

async fn own(api: &ReadApi, feed: &CalendarFeed, first: NaiveDate, last: NaiveDate) -> Result<Vec<Event>, Problem> {
    let found = absences::between(api.pool(), &[feed.owner], first, last).await.map_err(problems::database)?;
    Ok(found.iter().filter_map(|absence| event(absence, "Absence", true)).collect())
}

/// The absences of a unit, as long as the owner works there or leads it.
async fn of_unit(
    api: &ReadApi,
    unit: UnitId,
    feed: &CalendarFeed,
    first: NaiveDate,
    last: NaiveDate,
) -> Result<Vec<Event>, Problem> {
    let (pool, today) = (api.pool(), api.today());
    let own = people::unit_of(pool, feed.owner, today).await.map_err(problems::database)?;
    let manager = people::manager_of_unit(pool, unit, today).await.map_err(problems::database)?;
    if own != Some(unit) && manager != Some(feed.owner) {
        return Ok(Vec::new());
    }
    let members = people::members(pool, &[unit], first, last).await.map_err(problems::database)?;
    let members: Vec<AccountId> = members.into_values().flatten().collect();
    let found = absences::between(pool, &members, first, last).await.map_err(problems::database)?;
    let names = Names::of(api, members).await?;
    let shown = found.iter().filter(|absence| absence.status == "granted");
    let event = |absence: &Absence| event(absence, &names.person(absence.agent).absent(), false);
    Ok(shown.filter_map(event).collect())
}

/// One absence. Its UID never changes, its sequence grows with each change.
fn event(absence: &Absence, summary: &str, tentative: bool) -> Option<Event> {
    let stands = absence.half_days.first().zip(absence.half_days.last());
    let (first, last) = stands.or_else(|| {
        let period = absence.period()?;
        Some((period.start(), period.end()))
    })?;
    let status = match (stands.is_some(), absence.status.as_str()) {
        (false, _) => EventStatus::Cancelled,
        (true, "pending") if tentative => EventStatus::Tentative,
        (true, _) => EventStatus::Confirmed,
    };
    let mut event = Event::new();
    event
        .uid(&format!("{}@intraparis", absence.absence))
        .sequence(u32::try_from(absence.position.get()).unwrap_or(u32::MAX))
        .timestamp(absence.changed_at)
        .class(Class::Private)
        .summary(summary)
        .status(status);
    if first.half == Half::Morning && last.half == Half::Afternoon {
        event.starts(first.date).ends(last.date.succ_opt()?);
    } else {
        event.starts(paris(begins(first)?)).ends(paris(ends(last)?));
    }
    Some(event.done())
}

fn begins(at: HalfDay) -> Option<NaiveDateTime> {
    let hour = if at.half == Half::Morning { 0 } else { 12 };
    Some(at.date.and_time(NaiveTime::from_hms_opt(hour, 0, 0)?))
}

fn ends(at: HalfDay) -> Option<NaiveDateTime> {
    match at.half {
        Half::Morning => Some(at.date.and_time(NaiveTime::from_hms_opt(12, 0, 0)?)),
        Half::Afternoon => Some(at.date.succ_opt()?.and_time(NaiveTime::MIN)),
    }
}

/// Noon of whoever looks at it, which is that of Paris for those who work there.
const fn paris(at: NaiveDateTime) -> CalendarDateTime {
    CalendarDateTime::Floating(at)
}
