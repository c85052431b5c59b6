use super::names::Names;
use crate::{ReadApi, answer, problems};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, REFERRER_POLICY};
use axum::response::Response;
use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use data_encoding::HEXLOWER;
use events::account::Role;
use events::calendar_feed::FeedScope;
use events::period::{Half, HalfDay, Period};
use events::{AccountId, HalfDaySet, Position, UnitId};
use icalendar::{CalendarDateTime, Class, Component, Event, EventLike, EventStatus};
use projections::leave::absences::{self, Absence};
use projections::leave::calendar_feeds::{self, CalendarFeed};
use projections::leave::{employments, people, units};
use rules::{Employment, RuleBook};
use std::collections::BTreeMap;
use std::sync::Arc;
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
/// What was taken back is sent as cancelled. The feed ends when its owner leaves the service.
#[utoipa::path(
    get,
    path = "/v1/calendar-feeds/{token}",
    tag = "leave",
    params(("token" = String, Path, description = "The token of the feed, with `.ics` behind it or without"), AtLeast, Preconditions),
    responses(
        (status = 200, description = "The calendar", body = String, content_type = "text/calendar"),
        (status = 304, description = "As you have it")
    )
)]
pub(crate) async fn show_feed(
    State(api): State<ReadApi>,
    Path(token): Path<String>,
    at_least: AtLeast,
    preconditions: Preconditions,
) -> Result<Response, Problem> {
    let not_found = || Problem::from(&NOT_FOUND);
    let token = SessionToken::parse(token.strip_suffix(".ics").unwrap_or(&token)).ok_or_else(not_found)?;
    let hash = HEXLOWER.encode(&token.hash().0);
    // An address opens what it says from the answer that told it on, and nothing once it was revoked.
    api.wait_for_head(at_least, calendar_feeds::NAME).await?;
    let feed = calendar_feeds::opened_by(api.pool(), &hash).await.map_err(problems::database)?;
    let feed = feed.ok_or_else(not_found)?;
    let shown = api.shown(at_least, &[absences::NAME, employments::NAME, units::NAME]).await?;
    let today = api.today();
    if people::has_left(api.pool(), feed.owner, today).await.map_err(problems::database)? {
        return Err(not_found());
    }
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

/// Each absence, an event for each stretch of it.
async fn own(api: &ReadApi, feed: &CalendarFeed, first: NaiveDate, last: NaiveDate) -> Result<Vec<Event>, Problem> {
    let found = absences::between(api.pool(), &[feed.owner], first, last).await.map_err(problems::database)?;
    let work = Work::of(api, &[feed.owner]).await?;
    let events = found.iter().flat_map(|absence| {
        let uid =
            |at: usize, _| if at == 0 { absence.absence.to_string() } else { format!("{}-{at}", absence.absence) };
        let status = if absence.status == "pending" { EventStatus::Tentative } else { EventStatus::Confirmed };
        let mut shown = shown(&work.stretches(feed.owner, &absence.half_days), uid, status);
        if shown.is_empty() {
            shown.extend(absence.period().map(|period| Shown {
                uid: absence.absence.to_string(),
                period,
                status: EventStatus::Cancelled,
            }));
        }
        let changed = (absence.position, absence.changed_at);
        shown.into_iter().filter_map(|shown| event(&shown, changed, "Absence")).collect::<Vec<_>>()
    });
    Ok(events.collect())
}

/// Who of a unit is absent, as long as the owner works there, leads it or is of human resources: an event for each day on
/// which an agent is due, confirmed while he is away and cancelled once he is no longer. Its UID is of agent and day, and
/// all events of an agent say that they were changed when the last of them was: so nothing tells sickness from leave, nor
/// where one absence ends and the next begins.
async fn of_unit(
    api: &ReadApi,
    unit: UnitId,
    feed: &CalendarFeed,
    first: NaiveDate,
    last: NaiveDate,
) -> Result<Vec<Event>, Problem> {
    let pool = api.pool();
    if !sees(api, feed.owner, unit).await? {
        return Ok(Vec::new());
    }
    let members = people::members(pool, &[unit], first, last).await.map_err(problems::database)?;
    let members: Vec<AccountId> = members.into_values().flatten().collect();
    let mut granted = BTreeMap::<AccountId, Vec<Absence>>::new();
    for absence in absences::between(pool, &members, first, last).await.map_err(problems::database)? {
        if absence.status == "granted" {
            granted.entry(absence.agent).or_default().push(absence);
        }
    }
    let changes = absences::last_changes(pool, &members).await.map_err(problems::database)?;
    let work = Work::of(api, &members).await?;
    let names = Names::of(api, members).await?;
    let events = granted.iter().filter_map(|(agent, absences)| {
        let due = |of: fn(&Absence) -> HalfDaySet| work.due(*agent, absences.iter().map(of));
        let (away, ever) = (due(|absence| absence.half_days.clone()), due(Absence::ever_taken));
        let (changed, summary) = (*changes.get(agent)?, names.person(*agent).absent());
        let days = first.iter_days().take_while(move |date| *date <= last);
        let shown = days.filter_map(move |date| {
            let confirmed = on(&away, date).map(|period| (period, EventStatus::Confirmed));
            let (period, status) =
                confirmed.or_else(|| on(&ever, date).map(|period| (period, EventStatus::Cancelled)))?;
            Some(Shown { uid: format!("{agent}-{date}"), period, status })
        });
        Some(shown.filter_map(move |shown| event(&shown, changed, &summary)))
    });
    Ok(events.flatten().collect())
}

/// What of a day is among these half-days.
fn on(half_days: &HalfDaySet, date: NaiveDate) -> Option<Period> {
    let of_day = [HalfDay::morning(date), HalfDay::afternoon(date)];
    let mut among = of_day.into_iter().filter(|at| half_days.contains(*at));
    let start = among.next()?;
    Period::new(start, among.next().unwrap_or(start)).ok()
}

/// Whether the owner of a feed may see the unit today.
async fn sees(api: &ReadApi, owner: AccountId, unit: UnitId) -> Result<bool, Problem> {
    let (pool, today) = (api.pool(), api.today());
    let own = people::unit_of(pool, owner, today).await.map_err(problems::database)?;
    let manager = people::manager_of_unit(pool, unit, today).await.map_err(problems::database)?;
    if own == Some(unit) || manager == Some(owner) {
        return Ok(true);
    }
    let account = api.accounts.get(owner).await.map_err(problems::database)?;
    let account = account.and_then(|(_, account)| account);
    Ok(account.is_some_and(|account| account.state.roles.contains(&Role::Hr)))
}

/// When agents are due to work, which parts an absence from the next.
struct Work {
    book: Arc<RuleBook>,
    employments: BTreeMap<AccountId, Employment>,
}

impl Work {
    async fn of(api: &ReadApi, agents: &[AccountId]) -> Result<Self, Problem> {
        let book = api.laws.known(None).await.map_err(problems::law)?;
        let employments = employments::of(api.pool(), agents).await.map_err(problems::database)?;
        Ok(Self { book, employments })
    }

    /// Those of these half-days on which the agent works, or may for all that is known.
    fn due(&self, agent: AccountId, half_days: impl Iterator<Item = HalfDaySet>) -> HalfDaySet {
        let all = half_days.fold(HalfDaySet::default(), |all, some| all.or(&some));
        all.iter().filter(|at| !self.is_off(agent, *at)).collect()
    }

    fn is_off(&self, agent: AccountId, at: HalfDay) -> bool {
        let employment = self.employments.get(&agent);
        let known = employment.filter(|one| one.in_service(at.date) && one.patterns().on(at.date).is_some());
        known.is_some_and(|one| !one.pattern_works(at, self.book.calendar()))
    }

    /// The stretches of these half-days: between two, there is one on which the agent works, or may for all that is known.
    fn stretches(&self, agent: AccountId, away: &HalfDaySet) -> Vec<Period> {
        let mut stretches: Vec<Period> = Vec::new();
        for at in away.iter() {
            let before = stretches.last().map(|stretch| (stretch.start(), stretch.end()));
            let joined = before.filter(|(_, end)| {
                Period::new(*end, at)
                    .is_ok_and(|gap| gap.half_days().all(|one| away.contains(one) || self.is_off(agent, one)))
            });
            if joined.is_some() {
                stretches.pop();
            }
            stretches.extend(Period::new(joined.map_or(at, |(start, _)| start), at));
        }
        stretches
    }
}

/// An event to be.
struct Shown {
    uid: String,
    period: Period,
    status: EventStatus,
}

fn shown(stretches: &[Period], uid: impl Fn(usize, Period) -> String, status: EventStatus) -> Vec<Shown> {
    let one = |(at, period): (usize, &Period)| Shown { uid: uid(at, *period), period: *period, status };
    stretches.iter().enumerate().map(one).collect()
}

/// One event, whose sequence grows with each change.
fn event(
    Shown { uid, period, status }: &Shown,
    (position, changed_at): (Position, DateTime<Utc>),
    summary: &str,
) -> Option<Event> {
    let (first, last) = (period.start(), period.end());
    let mut event = Event::new();
    event
        .uid(&format!("{uid}@intraparis"))
        .sequence(u32::try_from(position.get()).unwrap_or(u32::MAX))
        .timestamp(changed_at)
        .class(Class::Private)
        .summary(summary)
        .status(*status);
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
