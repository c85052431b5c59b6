use super::own_reading::{OwnReading, caught_up};
use super::trail_entry::{TrailEntry, opened};
use crate::{ReadApi, answer, freshness, problems};
use axum::extract::{OriginalUri, State};
use axum::response::Response;
use events::Position;
use events::audit::TrailFilter;
use futures::stream::{BoxStream, StreamExt, TryStreamExt, try_unfold};
use projections::audit::trail::{self, Entry};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use web::Problem;
use web::at_least::{AskedBy, AtLeast};
use web::format::Format;
use web::page::{Cursor, Limit, Page};
use web::precondition::Preconditions;
use web::query::Query;
use web::{csv, ndjson};

/// Entries read, opened and sent at once, where the whole is streamed.
const ROWS: u16 = 500;

/// In which order, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// In which order: the newest first where nothing is said.
    #[serde(default)]
    #[param(value_type = Option<Order>, inline)]
    order: Order,
    /// How many a page has at most; NDJSON and CSV have all.
    #[param(value_type = Option<Limit>, inline)]
    #[serde(default)]
    limit: Limit,
    /// Where the page starts: the `cursor` of the address that `next` of the page before is.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// The order of entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Order {
    /// From the newest backwards.
    #[default]
    NewestFirst,
    /// From the oldest forwards.
    OldestFirst,
}

/// What a reading covers, up to the position that the answer carries: entries recorded meanwhile are not in it, so
/// that no page repeats or misses one.
#[utoipa::path(
    get,
    path = "/v1/audit-readings/{id}/entries",
    tag = "audit",
    params(("id" = Uuid, Path, description = "The reading"), Asked, AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses(
        (status = 200, description = "A page of entries, or all of them as NDJSON or CSV", content(
            (Page<TrailEntry> = "application/json"),
            (TrailEntry = "application/x-ndjson"),
            (String = "text/csv")
        )),
        (status = 304, description = "As you have it")
    )
)]
pub(crate) async fn list_entries(
    State(api): State<ReadApi>,
    OwnReading { reading, shown }: OwnReading,
    at_least: AtLeast,
    Query(asked): Query<Asked>,
    format: Format,
    preconditions: Preconditions,
    OriginalUri(uri): OriginalUri,
) -> Result<Response, Problem> {
    let list = format!("entries {} {:?}", reading.reading, asked.order);
    let walk = match asked.cursor {
        Some(cursor) => Walk::following(asked.order, cursor.key(&list)?)?,
        None => Walk::starting(asked.order, shown)?,
    };
    let shown = walk.again(&api, shown, at_least).await?;
    match format {
        Format::Json => {
            let limit = answer::rows(asked.limit);
            let found = walk.page(&api, &reading.filter, limit + 1).await?;
            let (found, last) = answer::first(found, limit, |entry| entry.position);
            let next = last.map(|last| Cursor::after(&list, &walk.past(last).key())).transpose()?;
            let entries = opened(&api.vault, &found).await?;
            answer::page(&preconditions, shown, entries, next.as_ref(), &uri)
        }
        Format::NdJson => Ok(answer::at(shown, ndjson::body(whole(api, reading.filter, walk)))),
        Format::Csv => Ok(answer::at(shown, csv::body(whole(api, reading.filter, walk)))),
    }
}

/// Every entry from there on, page by page.
fn whole(api: ReadApi, filter: TrailFilter, walk: Walk) -> BoxStream<'static, Result<TrailEntry, Problem>> {
    try_unfold((api, filter, Some(walk)), |(api, filter, walk)| async move {
        let Some(walk) = walk else { return Ok(None) };
        let found = walk.page(&api, &filter, ROWS).await?;
        let next = found.last().filter(|_| found.len() == usize::from(ROWS)).map(|last| walk.past(last.position));
        let entries = opened(&api.vault, &found).await?;
        Ok::<_, Problem>(Some((futures::stream::iter(entries.into_iter().map(Ok)), (api, filter, next))))
    })
    .try_flatten()
    .boxed()
}

/// A walk through the entries that were there when it began.
#[derive(Clone, Copy)]
struct Walk {
    order: Order,
    /// The last position visited; forwards, all up to it are behind.
    at: Position,
    /// The newest position that belongs to it.
    until: Position,
}

/// What a cursor keeps of a walk; its numbers are checked when they are read.
type Key = (web::position::Position, web::position::Position);

impl Walk {
    fn starting(order: Order, until: Position) -> Result<Self, Problem> {
        let past = Position::new(until.get().saturating_add(1)).map_err(Problem::internal)?;
        let at = match order {
            Order::NewestFirst => past,
            Order::OldestFirst => Position::START,
        };
        Ok(Self { order, at, until })
    }

    fn following(order: Order, (at, until): Key) -> Result<Self, Problem> {
        Ok(Self { order, at: freshness::of_web(at)?, until: freshness::of_web(until)? })
    }

    const fn key(self) -> (Position, Position) {
        (self.at, self.until)
    }

    const fn past(self, at: Position) -> Self {
        Self { at, ..self }
    }

    /// The position that every page of this walk shows, once the trail shows it: `now` is less when the server has crashed
    /// since the walk began, and what it had shown is folded again.
    async fn again(self, api: &ReadApi, now: Position, at_least: AtLeast) -> Result<Position, Problem> {
        if self.until > now {
            let at_least = AtLeast { asked_by: AskedBy::Cursor, ..at_least };
            caught_up(api, trail::NAME, self.until, at_least).await?;
        }
        Ok(self.until)
    }

    async fn page(self, api: &ReadApi, filter: &TrailFilter, limit: u16) -> Result<Vec<Entry>, Problem> {
        let order = match self.order {
            Order::NewestFirst => trail::Order::Before(self.at),
            Order::OldestFirst => trail::Order::After(self.at),
        };
        let mut found = trail::page(api.pool(), filter, order, limit).await.map_err(problems::database)?;
        found.retain(|entry| entry.position <= self.until);
        Ok(found)
    }
}
