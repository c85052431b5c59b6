use super::period::Asked;
use crate::who::Who;
use crate::{ReadApi, answer, problems};
use axum::extract::State;
use axum::response::Response;
use events::UnitId;
use events::account::Role;
use futures::stream;
use projections::leave::absences::{self, Count};
use projections::leave::units;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeSet;
use utoipa::ToSchema;
use uuid::Uuid;
use web::Problem;
use web::at_least::AtLeast;
use web::csv::{self, Cell};
use web::format::Format;
use web::ndjson;
use web::precondition::Preconditions;
use web::query::Query;

/// The most days of one overview.
const LONGEST: i64 = 366 * 2;

/// Absences of a unit, a type and a status.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OverviewRow {
    /// The unit; null for agents without one.
    unit: Option<Uuid>,
    /// Its code.
    code: Option<String>,
    /// Its name.
    name: Option<String>,
    /// The type of leave, or `sickness`.
    #[schema(example = "annual-leave")]
    r#type: String,
    /// `pending`, `granted`, `refused` or `withdrawn`.
    status: String,
    /// How many absences have a day among those asked for.
    absences: i64,
    /// Of how many agents.
    agents: i64,
    /// The half-days that they take, of all their days.
    half_days: i64,
}

impl csv::Row for OverviewRow {
    const COLUMNS: &'static [&'static str] =
        &["unit", "code", "name", "type", "status", "absences", "agents", "half_days"];

    fn cells(&self) -> Vec<Cell<'_>> {
        let text = |text: &Option<String>| text.clone().map_or(Cell::Empty, |text| Cell::Text(text.into()));
        vec![
            self.unit.map_or(Cell::Empty, |unit| Cell::Text(Cow::Owned(unit.to_string()))),
            text(&self.code),
            text(&self.name),
            Cell::Text(self.r#type.as_str().into()),
            Cell::Text(self.status.as_str().into()),
            Cell::Number(self.absences),
            Cell::Number(self.agents),
            Cell::Number(self.half_days),
        ]
    }
}

/// The absences with a day among those asked for, by unit, type and status; for human resources.
#[utoipa::path(
    get,
    path = "/v1/leave-overview",
    tag = "leave",
    params(Asked, AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses(
        (status = 200, description = "The overview, as JSON, NDJSON or CSV", content(
            (Vec<OverviewRow> = "application/json"),
            (OverviewRow = "application/x-ndjson"),
            (String = "text/csv")
        )),
        (status = 304, description = "As you have it")
    )
)]
pub(crate) async fn show_overview(
    State(api): State<ReadApi>,
    who: Who,
    Query(asked): Query<Asked>,
    at_least: AtLeast,
    format: Format,
    preconditions: Preconditions,
) -> Result<Response, Problem> {
    who.has_one_of(&[Role::Hr])?;
    let period = asked.days(LONGEST)?;
    let shown = api.shown(at_least, &[absences::NAME, units::NAME]).await?;
    let counts = absences::overview(api.pool(), period.start().date, period.end().date).await;
    let rows = rows(&api, counts.map_err(problems::database)?).await?;
    match format {
        Format::Json => answer::json(&preconditions, shown, &rows),
        Format::NdJson => Ok(answer::at(shown, ndjson::body(stream::iter(rows.into_iter().map(Ok))))),
        Format::Csv => Ok(answer::at(shown, csv::body(stream::iter(rows.into_iter().map(Ok))))),
    }
}

async fn rows(api: &ReadApi, counts: Vec<Count>) -> Result<Vec<OverviewRow>, Problem> {
    let known: BTreeSet<UnitId> = counts.iter().filter_map(|count| count.unit).map(UnitId::from_uuid).collect();
    let known: Vec<UnitId> = known.into_iter().collect();
    let units = units::of(api.pool(), &known).await.map_err(problems::database)?;
    let row = |count: Count| {
        let unit = count.unit.and_then(|unit| units.get(&UnitId::from_uuid(unit)));
        OverviewRow {
            unit: count.unit,
            code: unit.map(|unit| unit.code.clone()),
            name: unit.map(|unit| unit.name.clone()),
            r#type: count.leave_type.unwrap_or_else(|| "sickness".to_owned()),
            status: count.status,
            absences: count.absences,
            agents: count.agents,
            half_days: count.half_days,
        }
    };
    Ok(counts.into_iter().map(row).collect())
}
