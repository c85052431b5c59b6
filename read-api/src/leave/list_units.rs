use crate::listing::{Asked, Listing};
use crate::who::Who;
use crate::{ReadApi, problems};
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use events::UnitId;
use projections::leave::units::{self, Unit};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::Problem;
use web::at_least::AtLeast;
use web::page::Page;
use web::precondition::Preconditions;
use web::query::Query;

const LIST: &str = "units";

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
    listing: Listing,
) -> Result<Response, Problem> {
    let page = listing.page::<UnitId>(LIST, asked.limit, asked.cursor)?;
    let shown = api.shown(page.at_least(), &[units::NAME]).await?;
    let found = units::page(api.pool(), page.after, page.rows()).await.map_err(problems::database)?;
    let (found, next) = page.cut(found, |(unit, _)| *unit)?;
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
    page.answer(shown, found.into_iter().map(row).collect(), next.as_ref())
}
