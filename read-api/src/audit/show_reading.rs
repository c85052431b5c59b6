use super::own_reading::OwnReading;
use crate::opening::Boxes;
use crate::{ReadApi, answer};
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};
use events::audit::TrailFilter;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use vault::places;
use web::Problem;
use web::at_least::AtLeast;
use web::precondition::Preconditions;

/// A declared reading of the trail.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownReading {
    /// The reading.
    reading: Uuid,
    /// Where its declaration stands in the journal.
    position: i64,
    /// When it was declared.
    declared_at: DateTime<Utc>,
    /// In which capacity.
    #[schema(example = "auditor")]
    capacity: &'static str,
    /// What it covers: the entries that meet every condition given.
    #[schema(value_type = Object)]
    filter: TrailFilter,
    /// For what, in the auditor's words.
    motive: Option<String>,
    /// Which of these are null because they were erased.
    erased: Vec<&'static str>,
}

/// A reading of the audit trail that I declared.
#[utoipa::path(
    get,
    path = "/v1/audit-readings/{id}",
    tag = "audit",
    params(("id" = Uuid, Path, description = "The reading"), AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses(
        (status = 200, description = "The reading", body = ShownReading),
        (status = 304, description = "As you have it")
    )
)]
pub(crate) async fn show_reading(
    State(api): State<ReadApi>,
    OwnReading { reading, shown }: OwnReading,
    preconditions: Preconditions,
) -> Result<Response, Problem> {
    let mut boxes = Boxes::default();
    let motive = reading.motive.as_ref().map(|motive| boxes.add(places::reading_motive(reading.reading), motive));
    let mut contents = boxes.open(&api.vault).await?;
    let mut erased = Vec::new();
    let motive = contents.take(motive, "motive", &mut erased);
    let reading = ShownReading {
        reading: reading.reading.as_uuid(),
        position: reading.position.get(),
        declared_at: reading.declared_at,
        capacity: reading.capacity.as_str(),
        filter: reading.filter,
        motive,
        erased,
    };
    answer::json(&preconditions, shown, &reading)
}
