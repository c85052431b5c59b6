//! Employments, as human resources record them.

use super::act::Act;
use super::hierarchy::{self, Above, Changed};
use super::overdrafts::{Overdrawn, announce_overdrafts};
use super::surroundings::state;
use super::typed::{CONVENTION, Motive};
use crate::api::position;
use crate::{WriteApi, problems, seal};
use chrono::NaiveDate;
use commands::account::Account;
use commands::employment::{Employment, EmploymentCommand, RecordEmployment, ReviseEmployment, WithdrawEntry};
use commands::{Executed, Execution, NotExecuted};
use esrs::Aggregate;
use events::account::Role;
use events::date::in_paris;
use events::employment::{EmploymentAttribute, EmploymentEvent, Quota};
use events::pattern::{InvalidPattern, WorkCycle};
use events::status::{Category, Status};
use events::{AccountId, Metadata, UnitId, Version};
use journal::AppendError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use web::date::Day;
use web::idempotency::IdempotencyKey;
use web::kinds::{NOT_ALLOWED, NOT_FOUND};
use web::position::Recorded;
use web::{Field, Problem, Text};

/// What is so of an agent from a day on. What is left out stays as it was.
#[derive(Deserialize, ToSchema)]
pub(crate) struct From {
    /// The day.
    from: Day,
    /// The day is his first in the City's service.
    #[serde(default)]
    entered: bool,
    /// The day is his last.
    #[serde(default)]
    left: bool,
    /// `official`, `trainee` or `contract`.
    #[schema(value_type = Option<String>)]
    status: Option<Status>,
    /// `A`, `B` or `C`.
    #[schema(value_type = Option<String>)]
    category: Option<Category>,
    /// The title of the post.
    title: Option<String>,
    /// The unit.
    #[schema(value_type = Option<Uuid>)]
    unit: Option<UnitId>,
    /// The manager.
    #[schema(value_type = Option<Uuid>)]
    manager: Option<AccountId>,
    /// The quota and the hours.
    working_time: Option<WorkingTime>,
    /// The half-days worked, in 1 and 0 from Monday morning on: 14 for a week, or a cycle of weeks with its anchor.
    pattern: Option<Pattern>,
}

/// How much the agent works.
#[derive(Deserialize, ToSchema)]
pub(crate) struct WorkingTime {
    /// The share of full time in hundredths of a per cent: 8000 is 80 %.
    #[schema(value_type = u16, example = 8000)]
    quota: Quota,
    /// The length of a full-time week in minutes, at most 2,880 (D 2000-815 art. 3).
    full_time_week_minutes: u32,
    /// Whether the part time is spread over the year.
    #[serde(default)]
    annualised: bool,
}

/// When the agent works.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Pattern {
    /// A Monday that the cycle begins on; without it, every week is the same.
    anchor: Option<Day>,
    /// The half-days.
    #[schema(example = "11111111110000")]
    halves: String,
}

/// The agent that was written about.
#[derive(Serialize, ToSchema)]
pub(crate) struct AgentChanged {
    /// The agent.
    agent: Uuid,
    /// The counters of which more is used than the employment gives now, for human resources to settle with the agent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    overdrawn: Vec<Overdrawn>,
}

/// Refuses an agent that has neither account nor employment: nothing is recorded or sealed for nobody.
pub(super) async fn known(api: &WriteApi, metadata: &Metadata, agent: AccountId) -> Result<(), Problem> {
    if is_known(api, metadata, agent).await? { Ok(()) } else { Err(Problem::from(&NOT_FOUND)) }
}

/// Refuses somebody whom nobody knows, at his place of the body.
pub(super) async fn is_known_at(
    pointer: &'static str,
    api: &WriteApi,
    metadata: &Metadata,
    person: AccountId,
) -> Result<(), Problem> {
    if is_known(api, metadata, person).await? { Ok(()) } else { Err(super::problems::unknown_person(pointer)) }
}

/// Whether an agent has an account or an employment.
pub(super) async fn is_known(api: &WriteApi, metadata: &Metadata, agent: AccountId) -> Result<bool, Problem> {
    let (_, account) = state::<Account>(api, metadata, agent, false).await?;
    if account.credential().is_some() {
        return Ok(true);
    }
    let (_, employment) = state::<Employment>(api, metadata, agent, false).await?;
    Ok(employment.is_known())
}

/// Refuses a unit that is not there or closed by then, and a manager that is not.
async fn placed(api: &WriteApi, metadata: &Metadata, said: &From) -> Result<(), Problem> {
    if let Some(unit) = said.unit {
        super::units::open_on(api, metadata, unit, said.from.0, "/unit".to_owned()).await?;
    }
    match said.manager {
        Some(manager) => is_known_at("/manager", api, metadata, manager).await,
        None => Ok(()),
    }
}

/// Records what is so of an agent from a day on; the same attribute and day again is a correction. Needs the role `hr`,
/// and another agent than oneself.
#[utoipa::path(
    post, path = "/v1/agents/{id}/employment", operation_id = "recordEmployment", tag = "leave",
    params(("id" = Uuid, Path, description = "The agent"), IdempotencyKey), request_body = From,
    responses((status = 200, description = "It is recorded", body = Recorded<AgentChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn record_employment(act: Act<From, AccountId>) -> Result<Recorded<AgentChanged>, Problem> {
    let (agent, metadata) = (act.id, act.of_another()?);
    known(&act.api, &metadata, agent).await?;
    placed(&act.api, &metadata, &act.command.body).await?;
    let Day(from) = act.command.body.from;
    let facts = facts(act.command.body)?;
    execute(&act.api, metadata, agent, from, RecordEmployment { agent, facts }.into()).await
}

impl<T> Act<T, AccountId> {
    /// What is recorded of an act of human resources on the employment of another.
    fn of_another(&self) -> Result<Metadata, Problem> {
        let metadata = self.acting_as(Role::Hr, &())?;
        if self.who.account == self.id {
            let fr = "Nul n’agit pour les ressources humaines dans sa propre affaire.";
            return Err(super::problems::not_allowed(fr, "nobody acts for human resources in his own matter"));
        }
        Ok(metadata)
    }
}

/// How often a change is tried again because the agent or somebody above him has moved.
const MOST_CONFLICTS: u32 = 32;

/// Changes what is so of an agent from a day on, and tells what is then used beyond his rights, human resources too.
async fn execute(
    api: &WriteApi,
    metadata: Metadata,
    agent: AccountId,
    from: NaiveDate,
    command: EmploymentCommand,
) -> Result<Recorded<AgentChanged>, Problem> {
    let executed = change_employment(api, &metadata, agent, from, command).await??;
    let (overdrawn, announced) = announce_overdrafts(api, agent).await?;
    let changed = AgentChanged { agent: agent.as_uuid(), overdrawn };
    Ok(Recorded::done(announced.unwrap_or(position(executed.receipt.position)), changed))
}

/// Changes what is so of an agent from a day on, while neither he nor anybody above him moves. The error within is a
/// refusal, the one without a failure.
pub(crate) async fn change_employment(
    api: &WriteApi,
    metadata: &Metadata,
    agent: AccountId,
    from: NaiveDate,
    command: EmploymentCommand,
) -> Result<Result<Executed<rules::Employment>, Problem>, Problem> {
    for _ in 0..=MOST_CONFLICTS {
        let (version, above) = match above_after(api, metadata, agent, from, command.clone()).await? {
            Ok(above) => above,
            Err(refused) => return Ok(Err(refused)),
        };
        let execution = Execution::<Employment>::new(&api.journal, metadata.clone()).at(version);
        match above.held_by(execution).on(agent, command.clone()).await {
            Ok(executed) => return Ok(Ok(executed)),
            Err(NotExecuted::Journal(AppendError::Conflict)) => {}
            Err(error @ NotExecuted::Refused(_)) => return Ok(Err(super::problems::employment(error))),
            Err(error @ NotExecuted::Journal(_)) => return Err(super::problems::employment(error)),
        }
    }
    Err(problems::journal(AppendError::Conflict))
}

/// Who would be above the agent after a command on his employment at a version; nobody to look at where it is refused,
/// or changes neither manager nor unit. The error within says that two would manage each other.
async fn above_after(
    api: &WriteApi,
    metadata: &Metadata,
    agent: AccountId,
    from: NaiveDate,
    command: EmploymentCommand,
) -> Result<Result<(Version, Above), Problem>, Problem> {
    let assigns = |fact: &EmploymentEvent| matches!(fact, EmploymentEvent::ManagerAssigned { .. });
    let field = match &command {
        EmploymentCommand::RecordEmployment(said)
        | EmploymentCommand::ReviseEmployment(ReviseEmployment { said, .. }) => {
            if said.facts.iter().any(assigns) {
                "/manager"
            } else {
                "/unit"
            }
        }
        EmploymentCommand::WithdrawEntry(_) => "/attribute",
    };
    let (version, employment) = state::<Employment>(api, metadata, agent, true).await?;
    let events = Employment::handle_command(&employment, command).unwrap_or_default();
    let after = events.iter().fold(employment.clone(), rules::Employment::after);
    if after.managers() == employment.managers() && after.units() == employment.units() {
        return Ok(Ok((version, Above::default())));
    }
    let above = hierarchy::above(api, metadata, agent, from, Changed::Employment(&after)).await?;
    Ok(above.map(|above| (version, above)).ok_or_else(|| super::problems::managed_in_turn(field)))
}

fn facts(said: From) -> Result<Vec<EmploymentEvent>, Problem> {
    let From { from: Day(from), entered, left, status, category, title, unit, manager, working_time, pattern } = said;
    let pattern = pattern.map(cycle).transpose()?;
    let facts =
        [
            entered.then_some(EmploymentEvent::ServiceEntered { on: from }),
            status.map(|status| EmploymentEvent::StatusSet { status, from }),
            category.map(|category| EmploymentEvent::CategorySet { category, from }),
            title.map(|title| EmploymentEvent::TitleSet { title, from }),
            unit.map(|unit| EmploymentEvent::UnitAssigned { unit, from }),
            manager.map(|manager| EmploymentEvent::ManagerAssigned { manager: Some(manager), from }),
            working_time.map(|WorkingTime { quota, full_time_week_minutes, annualised }| {
                EmploymentEvent::WorkingTimeSet { quota, full_time_week_minutes, annualised, from }
            }),
            pattern.map(|pattern| EmploymentEvent::WorkPatternSet { pattern, from }),
            left.then_some(EmploymentEvent::ServiceLeft { on: from }),
        ];
    let facts: Vec<_> = facts.into_iter().flatten().collect();
    if facts.is_empty() {
        let detail = Text::new("attendu : au moins une valeur", "expected at least one value");
        return Err(Problem::invalid(Field::Pointer("".into()), detail));
    }
    Ok(facts)
}

fn cycle(Pattern { anchor, halves }: Pattern) -> Result<WorkCycle, Problem> {
    let cycle = match anchor {
        Some(Day(anchor)) => WorkCycle::anchored(anchor, &halves),
        None => WorkCycle::weekly(&halves),
    };
    cycle.map_err(|error| {
        let (pointer, fr) = match error {
            InvalidPattern::Anchor(_) => ("/pattern/anchor", "attendu : un lundi"),
            InvalidPattern::NeverWorked => ("/pattern/halves", "attendu : au moins une demi-journée travaillée"),
            InvalidPattern::Length(_)
            | InvalidPattern::Character(_)
            | InvalidPattern::SameDate(_)
            | InvalidPattern::Empty => {
                ("/pattern/halves", "attendu : 14 demi-journées par semaine en 1 et 0, à partir d’un lundi matin")
            }
        };
        Problem::invalid(Field::Pointer(pointer.into()), Text::made(fr, error.to_string()))
    })
}

/// A value that was recorded by mistake.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Mistake {
    /// Of which attribute, such as `work-pattern`.
    #[schema(value_type = String, example = "work-pattern")]
    attribute: EmploymentAttribute,
    /// The day from which it was said to be so.
    from: Day,
    /// Why; kept sealed.
    motive: Motive,
}

/// Withdraws a value of an agent's employment: the one before it stays. Needs the role `hr`, and another agent than
/// oneself.
#[utoipa::path(
    post, path = "/v1/agents/{id}/employment/withdraw", operation_id = "withdrawEmploymentEntry", tag = "leave",
    params(("id" = Uuid, Path, description = "The agent"), IdempotencyKey), request_body = Mistake,
    responses((status = 200, description = "It is withdrawn", body = Recorded<AgentChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn withdraw_entry(act: Act<Mistake, AccountId>) -> Result<Recorded<AgentChanged>, Problem> {
    let (agent, metadata) = (act.id, act.of_another()?);
    let Mistake { attribute, from: Day(from), motive } = act.command.body;
    known(&act.api, &metadata, agent).await?;
    let words = motive.checked(CONVENTION, &act.api.law().await?, in_paris(act.at))?.to_owned();
    let motive = seal::employment_motive(&act.api.vault, agent, metadata.correlation, &words).await;
    let motive = motive.map_err(problems::vault)?;
    execute(&act.api, metadata, agent, from, WithdrawEntry { attribute, from, motive }.into()).await
}

pub(super) const PROBLEMS: &[(&str, &[&web::Kind])] =
    &[("recordEmployment", &[&NOT_ALLOWED, &NOT_FOUND]), ("withdrawEmploymentEntry", &[&NOT_ALLOWED, &NOT_FOUND])];
