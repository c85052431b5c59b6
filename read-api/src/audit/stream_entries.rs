use super::own_reading::OwnReading;
use super::trail_entry::TrailEntry;
use crate::live::follow;
use crate::who::Who;
use crate::{ReadApi, answer, freshness};
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;
use web::at_least::AtLeast;
use web::query::Query;
use web::sse::{self, LastEventId};
use web::{Field, Language, Problem};

/// From where on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// From after this position: the `Journal-Position` of a list, to go on where it ended. `Last-Event-ID` goes
    /// before it; without either, from now on. 422 past the last write.
    #[param(value_type = Option<i64>, minimum = 0)]
    after: Option<web::position::Position>,
}

/// What a reading covers, as it happens: an event `entry` each, whose id is its position. Ends with the session.
#[utoipa::path(
    get,
    path = "/v1/audit-readings/{id}/stream",
    tag = "audit",
    params(("id" = Uuid, Path, description = "The reading"), Asked, LastEventId, AtLeast),
    security(("bearer" = []), ("session" = [])),
    responses((status = 200, description = "Server-Sent Events", body = TrailEntry, content_type = "text/event-stream"))
)]
pub(crate) async fn stream_entries(
    State(api): State<ReadApi>,
    who: Who,
    OwnReading { reading, shown }: OwnReading,
    Query(asked): Query<Asked>,
    LastEventId(last): LastEventId,
    language: Language,
) -> Result<Response, Problem> {
    let resumed = last.map(|last| (last, Field::Header("Last-Event-ID".into())));
    let after = match resumed.or_else(|| asked.after.map(|after| (after, Field::Query("after".into())))) {
        Some((after, asked_by)) => {
            api.is_in_reach(after, asked_by).await?;
            freshness::of_web(after)?
        }
        None => shown,
    };
    let seat = api.live.attend(who.token)?;
    Ok(answer::at(shown, sse::events(language, follow(api, seat, reading.filter, after))))
}
