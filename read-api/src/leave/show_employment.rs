use super::access;
use crate::who::Who;
use crate::{ReadApi, answer, problems};
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use events::AccountId;
use events::account::Role;
use projections::leave::{employments, people, units};
use rules::Employment;
use rules::employment::Dated;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::Problem;
use web::at_least::AtLeast;
use web::kinds::NOT_FOUND;
use web::path::Path;
use web::precondition::Preconditions;

/// An employment, each value from its date until that of the next.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EmploymentRow {
    /// The agent.
    agent: Uuid,
    /// Who decides on his leave today: the manager assigned, else the unit's.
    manager_today: Option<Uuid>,
    /// First days of service.
    entries: Vec<NaiveDate>,
    /// Last days of service.
    exits: Vec<NaiveDate>,
    /// Before the law.
    #[schema(value_type = Vec<Object>)]
    statuses: Vec<InForce<events::status::Status>>,
    /// The hierarchical category.
    #[schema(value_type = Vec<Object>)]
    categories: Vec<InForce<events::status::Category>>,
    /// The title of the post.
    #[schema(value_type = Vec<Object>)]
    titles: Vec<InForce<String>>,
    /// The unit.
    #[schema(value_type = Vec<Object>)]
    units: Vec<InForce<events::UnitId>>,
    /// Quota in hundredths of a per cent, full-time week in minutes.
    #[schema(value_type = Vec<Object>)]
    working_times: Vec<InForce<rules::employment::WorkingTime>>,
    /// The half-days worked.
    #[schema(value_type = Vec<Object>)]
    patterns: Vec<InForce<events::pattern::WorkCycle>>,
}

/// A value with the date from which it is in force.
#[derive(Debug, Serialize)]
pub(crate) struct InForce<T> {
    from: NaiveDate,
    value: T,
}

fn listed<T: Clone>(values: &Dated<T>) -> Vec<InForce<T>> {
    values.iter().map(|(from, value)| InForce { from, value: value.clone() }).collect()
}

/// My employment.
#[utoipa::path(
    get,
    path = "/v1/me/employment",
    tag = "leave",
    params(AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses((status = 200, description = "My employment", body = EmploymentRow), (status = 304, description = "As you have it"))
)]
pub(crate) async fn show_my_employment(
    State(api): State<ReadApi>,
    who: Who,
    at_least: AtLeast,
    preconditions: Preconditions,
) -> Result<Response, Problem> {
    answer(&api, who.account, at_least, &preconditions).await
}

/// An agent's employment, for the agent and human resources.
#[utoipa::path(
    get,
    path = "/v1/agents/{id}/employment",
    tag = "leave",
    params(("id" = Uuid, Path, description = "The agent"), AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses((status = 200, description = "The employment", body = EmploymentRow), (status = 304, description = "As you have it"))
)]
pub(crate) async fn show_employment(
    State(api): State<ReadApi>,
    who: Who,
    Path(id): Path<Uuid>,
    at_least: AtLeast,
    preconditions: Preconditions,
) -> Result<Response, Problem> {
    let agent = AccountId::from_uuid(id);
    if who.account != agent && !who.has(Role::Hr) {
        return Err(access::not_allowed());
    }
    answer(&api, agent, at_least, &preconditions).await
}

async fn answer(
    api: &ReadApi,
    agent: AccountId,
    at_least: AtLeast,
    preconditions: &Preconditions,
) -> Result<Response, Problem> {
    let shown = api.shown(at_least, &[employments::NAME, units::NAME]).await?;
    let mut found = employments::of(api.pool(), &[agent]).await.map_err(problems::database)?;
    let employment: Employment = found.remove(&agent).ok_or_else(|| Problem::from(&NOT_FOUND))?;
    let manager = people::manager_of(api.pool(), agent, api.today()).await.map_err(problems::database)?;
    let body = EmploymentRow {
        agent: agent.as_uuid(),
        manager_today: manager.map(|manager| manager.as_uuid()),
        entries: employment.entries().iter().copied().collect(),
        exits: employment.exits().iter().copied().collect(),
        statuses: listed(employment.statuses()),
        categories: listed(employment.categories()),
        titles: listed(employment.titles()),
        units: listed(employment.units()),
        working_times: listed(employment.working_times()),
        patterns: listed(employment.patterns()),
    };
    answer::json(preconditions, shown, &body)
}
