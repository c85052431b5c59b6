use super::access::{self, Sight};
use super::names::{Names, Person};
use super::period::Asked;
use super::team::Teams;
use crate::who::Who;
use crate::{ReadApi, answer, problems};
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use events::account::Role;
use events::period::{HalfDay, Period};
use events::{AccountId, UnitId};
use projections::leave::{absences, people};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::Problem;
use web::at_least::AtLeast;
use web::kinds::NOT_FOUND;
use web::path::Path;
use web::precondition::Preconditions;
use web::query::Query;

/// The most days of one grid.
const LONGEST: i64 = 93;

/// Who of a unit is there, half-day by half-day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Calendar {
    /// The unit.
    unit: Uuid,
    /// Its name.
    name: String,
    /// The first day.
    from: NaiveDate,
    /// The last day.
    until: NaiveDate,
    /// The public holidays among the days.
    holidays: Vec<NaiveDate>,
    /// A line an agent.
    agents: Vec<Line>,
}

/// One agent over the days.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Line {
    /// Who.
    who: Person,
    /// A character a half-day, mornings first: `.` present, `-` not due to work, `A` absent, `?` asked to be absent
    /// (for who decides).
    #[schema(example = "..AA..??------")]
    grid: String,
    /// What he is absent for, as far as the caller may know: nothing for colleagues, and for who decides there on some
    /// types of leave those alone.
    absences: Vec<Away>,
}

/// An absence. What of it is granted looks the same whether it is leave or sickness, but to the agent and to health
/// officers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Away {
    /// The leave while it waits for a decision; once granted, for its agent and health officers alone.
    leave: Option<Uuid>,
    /// The type of leave, for its agent and health officers alone.
    r#type: Option<&'static str>,
    /// The half-days.
    half_days: Vec<String>,
    /// Whether it is not decided yet.
    pending: bool,
}

/// Who of a unit is away: for its agents, who do not see what is only asked for; for those who decide there, who see it of
/// what they decide on; for human resources. Why is for the agent himself and for health officers.
#[utoipa::path(
    get,
    path = "/v1/units/{id}/calendar",
    tag = "leave",
    params(("id" = Uuid, Path, description = "The unit"), Asked, AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses((status = 200, description = "The grid", body = Calendar), (status = 304, description = "As you have it"))
)]
pub(crate) async fn show_calendar(
    State(api): State<ReadApi>,
    who: Who,
    Path(id): Path<Uuid>,
    Query(asked): Query<Asked>,
    at_least: AtLeast,
    preconditions: Preconditions,
) -> Result<Response, Problem> {
    let unit = UnitId::from_uuid(id);
    let period = asked.days(LONGEST)?;
    let [employments, units, delegations] = access::NAMES;
    let shown = api.shown(at_least, &[absences::NAME, employments, units, delegations]).await?;
    let sees = Sees::of(&api, &who, unit).await?;
    let (from, until) = (period.start().date, period.end().date);
    let teams = Teams::of(&api, &[unit], from, until).await?;
    let state = teams.unit(unit).ok_or_else(|| Problem::from(&NOT_FOUND))?;
    let names = Names::of(&api, teams.members(unit).iter().copied()).await?;
    let line = |agent: &AccountId| Line {
        who: names.person(*agent),
        grid: grid(&teams, *agent, unit, period, &sees),
        absences: absences(&teams, *agent, &sees, *agent == who.account || who.has(Role::HrHealth)),
    };
    let days = from.iter_days().take_while(|day| *day <= until);
    let body = Calendar {
        unit: id,
        name: state.name.clone(),
        from,
        until,
        holidays: days.filter(|day| teams.book.calendar().is_holiday(*day)).collect(),
        agents: teams.members(unit).iter().map(line).collect(),
    };
    answer::json(&preconditions, shown, &body)
}

/// How much of an absence one sees.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Sees {
    /// That somebody is absent.
    Absence,
    /// What is asked for besides, of this leave.
    Requests(Sight),
}

impl Sees {
    /// # Errors
    /// 403 `not-allowed` for who neither works in the unit, nor decides there, nor is of human resources.
    async fn of(api: &ReadApi, who: &Who, unit: UnitId) -> Result<Self, Problem> {
        let validator = access::validator(api, who).await?;
        if who.has(Role::Hr) {
            return Ok(Self::Requests(Sight::Whole));
        }
        let manager = people::manager_of_unit(api.pool(), unit, validator.on).await.map_err(problems::database)?;
        if let Some(sight) = manager.and_then(|manager| Sight::of(&validator, manager, Some(unit))) {
            return Ok(Self::Requests(sight));
        }
        let own = people::unit_of(api.pool(), who.account, validator.on).await.map_err(problems::database)?;
        if own == Some(unit) { Ok(Self::Absence) } else { Err(access::not_allowed()) }
    }

    fn covers(&self, away: &absences::Away) -> bool {
        match self {
            Self::Absence => false,
            Self::Requests(sight) => sight.covers(away.leave_type),
        }
    }
}

fn grid(teams: &Teams, agent: AccountId, unit: UnitId, period: Period, sees: &Sees) -> String {
    let due = teams.due(agent, unit, period);
    let cell = |at: HalfDay| {
        let mut away = teams.away(agent).iter().filter(|away| away.half_days.contains(at));
        match away.next() {
            Some(away) if !away.pending => 'A',
            Some(away) if sees.covers(away) => '?',
            _ if due.contains(at) => '.',
            _ => '-',
        }
    };
    period.half_days().map(cell).collect()
}

/// The absences of an agent, with their types for one who `sees_types`.
fn absences(teams: &Teams, agent: AccountId, sees: &Sees, sees_types: bool) -> Vec<Away> {
    let absence = |away: &absences::Away| {
        let leave_type = away.leave_type.map(|leave_type| leave_type.as_str());
        Away {
            leave: leave_type.filter(|_| sees_types || away.pending).map(|_| away.absence),
            r#type: leave_type.filter(|_| sees_types),
            half_days: super::request_row::written(&away.half_days),
            pending: away.pending,
        }
    };
    teams.away(agent).iter().filter(|away| sees_types || sees.covers(away)).map(absence).collect()
}
