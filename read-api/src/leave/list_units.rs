use crate::who::Who;
use crate::{ReadApi, answer, problems};
use axum::extract::{OriginalUri, State};
use axum::response::Response;
use chrono::NaiveDate;
use events::UnitId;
use projections::leave::units::{self, Unit};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use web::Problem;
use web::at_least::AtLeast;
use web::page::{Cursor, Limit, Page};
use web::precondition::Preconditions;
use web::query::Query;

const LIST: &str = "units";

/// How many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// How many at most.
    #[param(value_type = Option<Limit>, inline)]
    #[serde(default)]
    limit: Limit,
    /// Where the page starts: what `next` of the page before holds.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// A unit.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnitRow {
    /// The unit.
    unit: Uuid,
    /// Its code in the HR file.
    code: String,
    /// Its name.
    name: String,
    /// The unit that it is part of.
    parent: Option<Uuid>,
    /// Its last day, once it is known.
    closed: Option<NaiveDate>,
    /// Who leads it today.
    manager: Option<Uuid>,
    /// The names of its staffing rules in force today.
    staffing_rules: Vec<String>,
}

/// The units of the City, in the order of their making.
#[utoipa::path(
    get,
    path = "/v1/units",
    tag = "leave",
    params(Asked, AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses(
        (status = 200, description = "A page of units", body = Page<UnitRow>),
        (status = 304, description = "As you have it")
    )
)]
pub(crate) async fn list_units(
    State(api): State<ReadApi>,
    _: Who,
    Query(asked): Query<Asked>,
    at_least: AtLeast,
    preconditions: Preconditions,
    OriginalUri(uri): OriginalUri,
) -> Result<Response, Problem> {
    let after = asked.cursor.map(|cursor| cursor.key::<Uuid>(LIST)).transpose()?.map(UnitId::from_uuid);
    let limit = answer::rows(asked.limit);
    let shown = api.shown(at_least, &[units::NAME]).await?;
    let found = units::page(api.pool(), after, limit + 1).await.map_err(problems::database)?;
    let (found, last) = answer::first(found, limit, |(unit, _)| unit.as_uuid());
    let next = last.map(|last| Cursor::after(LIST, &last)).transpose()?;
    let today = api.today();
    let row = |(id, unit): (UnitId, Unit)| UnitRow {
        unit: id.as_uuid(),
        code: unit.code,
        name: unit.name,
        parent: unit.parent.map(Uuid::from),
        closed: unit.closed,
        manager: unit.state.manager_on(today).map(Uuid::from),
        staffing_rules: unit.state.staffing_on(today).iter().map(|rule| rule.name.clone()).collect(),
    };
    answer::page(&preconditions, shown, found.into_iter().map(row).collect(), next.as_ref(), &uri)
}
