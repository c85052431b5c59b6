use super::access;
use super::names::{Names, Person};
use super::request_row::{RequestRow, written};
use super::team::{BrokenRule, Teams};
use crate::listing::{Asked, Listing};
use crate::who::Who;
use crate::{ReadApi, problems};
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use events::date::in_paris;
use events::leave::LeaveType;
use events::{HalfDaySet, LeaveId};
use projections::leave::absences::{self, Absence, Away};
use projections::leave::queue::{self, Due};
use rules::RuleBook;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use web::Problem;
use web::at_least::AtLeast;
use web::page::Page;
use web::precondition::Preconditions;
use web::query::Query;

const LIST: &str = "my-validations";

/// Something to decide.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Validation {
    /// The leave.
    #[serde(flatten)]
    request: RequestRow,
    /// Who asks.
    who: Person,
    /// By when: when the step escalates, or the leave begins.
    due_on: NaiveDate,
    /// By when the law has the agent answered, whoever decides, where it says so (D 2007-1845 art. 16).
    #[serde(skip_serializing_if = "Option::is_none")]
    answer_by: Option<NaiveDate>,
    /// Who else of the unit is away on these half-days, or asked to be.
    also_away: Vec<AlsoAway>,
    /// The staffing rules that the leave would break, were it granted now: the others who are away for certain count, and
    /// not those who asked to be. None when all hold.
    breaches: Vec<BrokenRule>,
}

/// A colleague who is away on some of the half-days.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AlsoAway {
    /// The colleague.
    who: Person,
    /// On which of the half-days.
    half_days: Vec<String>,
    /// Whether that is not decided yet.
    pending: bool,
}

/// What waits for my decision, as manager, by delegation, by name or for human resources; the first due first.
#[utoipa::path(
    get,
    path = "/v1/me/validations",
    tag = "leave",
    params(Asked, AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses(
        (status = 200, description = "A page of what waits", body = Page<Validation>),
        (status = 304, description = "As you have it")
    )
)]
pub(crate) async fn list_validations(
    State(api): State<ReadApi>,
    who: Who,
    Query(asked): Query<Asked>,
    listing: Listing,
) -> Result<Response, Problem> {
    let page = listing.page::<(NaiveDate, LeaveId)>(LIST, asked.limit, asked.cursor)?;
    let [employments, units, delegations] = access::NAMES;
    let shown = api.shown(page.at_least(), &[absences::NAME, employments, units, delegations]).await?;
    let validator = access::validator(&api, &who).await?;
    let due = queue::page(api.pool(), &validator, api.clock.now(), page.after, page.rows()).await;
    let (due, next) = page.cut(due.map_err(problems::database)?, |due| (due.due_on, due.leave()))?;
    page.answer(shown, validations(&api, &due).await?, next.as_ref())
}

async fn validations(api: &ReadApi, due: &[Due]) -> Result<Vec<Validation>, Problem> {
    let ids: Vec<LeaveId> = due.iter().map(Due::leave).collect();
    let found = absences::by_ids(api.pool(), &ids).await.map_err(problems::database)?;
    let asked: Vec<&Absence> = found.values().collect();
    let teams = Teams::around(api, &asked).await?;
    let also_away: BTreeMap<LeaveId, _> = found.iter().map(|(leave, one)| (*leave, teams.also_away(one))).collect();
    let colleagues = also_away.values().flatten().map(|(away, _)| away.agent);
    let names = Names::of(api, colleagues.chain(asked.iter().map(|absence| absence.agent))).await?;
    let book = api.laws.known(None).await.map_err(problems::law)?;
    let validation = |due: &Due| {
        let absence = found.get(&due.leave())?;
        let also_away = also_away.get(&due.leave()).into_iter().flatten();
        Some(Validation {
            request: RequestRow::of(absence)?,
            who: names.person(absence.agent),
            due_on: due.due_on,
            answer_by: answer_by(absence, &book),
            also_away: also_away.map(|(away, half_days)| AlsoAway::of(away, half_days, &names)).collect(),
            breaches: teams.breaches(absence),
        })
    };
    Ok(due.iter().filter_map(validation).collect())
}

/// The last day for the answer to a request of training leave.
fn answer_by(absence: &Absence, book: &RuleBook) -> Option<NaiveDate> {
    let asked_on = in_paris(absence.opened_at);
    let is_training = absence.leave_type == Some(LeaveType::Training);
    let rule = is_training.then(|| book.at(asked_on).training_leave().ok()).flatten()?;
    rule.answer_by(asked_on).ok()
}

impl AlsoAway {
    fn of(away: &Away, half_days: &HalfDaySet, names: &Names) -> Self {
        Self { who: names.person(away.agent), half_days: written(half_days), pending: away.pending }
    }
}
