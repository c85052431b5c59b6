//! Units, as human resources keep them.

use super::act::Act;
use super::first_said;
use super::hierarchy::{self, Above, Changed};
use super::surroundings::state;
use crate::WriteApi;
use crate::api::position;
use chrono::NaiveDate;
use commands::Execution;
use commands::employment::Employment;
use commands::unit::{AppointUnitManager, OpenUnit, SetStaffingRules, SetValidationRoutes, Unit, UnitCommand};
use events::account::Role;
use events::date::in_paris;
use events::employment::EmploymentEvent;
use events::unit::{StaffingRule, UnitEvent};
use events::validation::{RouteRule, Step};
use events::{AccountId, Metadata, UnitId, Version};
use rules::validation::check_routes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use web::Problem;
use web::date::Day;
use web::idempotency::IdempotencyKey;
use web::kinds::{NOT_ALLOWED, NOT_FOUND};
use web::position::Recorded;

/// A unit to open.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewUnit {
    /// Its code in the HR file.
    #[schema(min_length = 1, max_length = 32)]
    code: String,
    /// Its name.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// The unit that it is part of.
    #[schema(value_type = Option<Uuid>)]
    parent: Option<UnitId>,
}

/// The unit that a write was about.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnitChanged {
    /// The unit.
    unit: Uuid,
}

/// The stream of the unit that has this code in the HR file: the same code is the same unit.
pub(crate) fn unit_of_code(code: &str) -> UnitId {
    const NAMESPACE: Uuid = Uuid::from_u128(0x6d1f_70a8_2c2e_4f0b_9a55_3c1e_88b7_0d42);
    UnitId::from_uuid(Uuid::new_v5(&NAMESPACE, code.trim().as_bytes()))
}

/// Refuses a unit that was never opened or is closed on a day, at its place of the body.
pub(super) async fn open_on(
    api: &WriteApi,
    metadata: &Metadata,
    unit: UnitId,
    on: NaiveDate,
    pointer: String,
) -> Result<(), Problem> {
    let (_, unit) = state::<Unit>(api, metadata, unit, true).await?;
    match (unit.name(), unit.closed()) {
        (None, _) => Err(super::problems::unknown_unit(pointer)),
        (Some(_), Some(closed)) if closed < on => Err(super::problems::closed_unit(pointer, closed)),
        (Some(_), _) => Ok(()),
    }
}

/// Who is above somebody once he leads a unit from a day on, while the unit is at a version. None when he would be among
/// those whom he manages.
pub(crate) async fn above_as_leader(
    api: &WriteApi,
    metadata: &Metadata,
    unit: UnitId,
    manager: AccountId,
    from: NaiveDate,
) -> Result<Option<(Version, Above)>, Problem> {
    above_once(api, metadata, unit, from, &UnitEvent::UnitManagerAppointed { manager: Some(manager), from }).await
}

/// Who is above whoever leads a unit on a day once something has happened to it, while the unit is at a version. None when
/// he would be among those whom he manages.
pub(crate) async fn above_once(
    api: &WriteApi,
    metadata: &Metadata,
    unit: UnitId,
    from: NaiveDate,
    happened: &UnitEvent,
) -> Result<Option<(Version, Above)>, Problem> {
    let (version, state) = state::<Unit>(api, metadata, unit, true).await?;
    let led = state.after(happened);
    let Some(leader) = led.manager_on(from) else { return Ok(Some((version, Above::default()))) };
    let above = hierarchy::above(api, metadata, leader, from, Changed::Unit(unit, &led)).await?;
    Ok(above.map(|above| (version, above)))
}

/// Opens a unit. Needs the role `hr`.
#[utoipa::path(
    post, path = "/v1/units", operation_id = "openUnit", tag = "leave",
    params(IdempotencyKey), request_body = NewUnit,
    responses((status = 201, description = "The unit", body = Recorded<UnitChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn open_unit(act: Act<NewUnit>) -> Result<Recorded<UnitChanged>, Problem> {
    let unit = unit_of_code(&act.command.body.code);
    let metadata = act.acting_as(Role::Hr, &unit)?;
    let NewUnit { code, name, parent } = act.command.body;
    if let Some(parent) = parent {
        // It has no last day: no parent that has one outlives it.
        open_on(&act.api, &metadata, parent, NaiveDate::MAX, "/parent".to_owned()).await?;
    }
    let executed = Execution::<Unit>::new(&act.api.journal, metadata)
        .on(unit, OpenUnit { code, name, parent }.into())
        .await
        .map_err(super::problems::unit)?;
    let unit = first_said(&executed.receipt, unit)?;
    Ok(Recorded::created(position(executed.receipt.position), UnitChanged { unit: unit.as_uuid() }))
}

impl<T> Act<T, UnitId> {
    /// Refuses people whom nobody knows, each named at a place of the body.
    async fn knows(&self, named: Vec<(String, AccountId)>) -> Result<(), Problem> {
        let metadata = self.acting_as(Role::Hr, &())?;
        for (pointer, person) in named {
            if !super::employment::is_known(&self.api, &metadata, person).await? {
                return Err(super::problems::unknown_person(pointer));
            }
        }
        Ok(())
    }

    /// What is recorded of an act of human resources on another unit than their own, with the version of the employment
    /// that tells theirs.
    pub(super) async fn of_another_unit(&self) -> Result<(Metadata, Version), Problem> {
        let metadata = self.acting_as(Role::Hr, &())?;
        let (version, own) = state::<Employment>(&self.api, &metadata, self.who.account, true).await?;
        if own.units().on(in_paris(self.at)) == Some(&self.id) {
            let fr = "Nul ne change les règles de sa propre unité, ni qui la dirige.";
            return Err(super::problems::not_allowed(fr, "nobody changes the rules of his own unit, nor who leads it"));
        }
        Ok((metadata, version))
    }

    /// Changes the unit as human resources; nobody changes who leads, staffs and validates in his own.
    pub(super) async fn changes(self, meant: impl FnOnce(T) -> UnitCommand) -> Result<Recorded<UnitChanged>, Problem> {
        self.changes_while(None, meant).await
    }

    /// The same, while the unit is at the version at which those above somebody were looked at, and they have not moved.
    async fn changes_while(
        self,
        above: Option<(Version, Above)>,
        meant: impl FnOnce(T) -> UnitCommand,
    ) -> Result<Recorded<UnitChanged>, Problem> {
        let (metadata, version) = self.of_another_unit().await?;
        let execution = Execution::<Unit>::new(&self.api.journal, metadata);
        let execution =
            above.iter().fold(execution, |execution, (version, above)| above.held_by(execution.at(*version)));
        let executed = execution
            .also::<EmploymentEvent>(self.who.account, version, Vec::new())
            .on(self.id, meant(self.command.body))
            .await
            .map_err(super::problems::unit)?;
        Ok(Recorded::done(position(executed.receipt.position), UnitChanged { unit: self.id.as_uuid() }))
    }
}

/// Who leads a unit.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Appointment {
    /// The manager; none leaves the post vacant.
    #[schema(value_type = Option<Uuid>)]
    manager: Option<AccountId>,
    /// From this day on.
    from: Day,
}

/// Appoints who leads a unit: nobody whom one of its agents manages, on any day. Needs the role `hr`, and another unit
/// than one's own.
#[utoipa::path(
    post, path = "/v1/units/{id}/manager", operation_id = "appointUnitManager", tag = "leave",
    params(("id" = Uuid, Path, description = "The unit"), IdempotencyKey), request_body = Appointment,
    responses((status = 200, description = "The unit", body = Recorded<UnitChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn appoint_unit_manager(act: Act<Appointment, UnitId>) -> Result<Recorded<UnitChanged>, Problem> {
    act.knows(act.command.body.manager.map(|manager| ("/manager".to_owned(), manager)).into_iter().collect()).await?;
    let Appointment { manager, from: Day(from) } = act.command.body;
    let above = match manager {
        Some(manager) => {
            let above = above_as_leader(&act.api, &act.acting_as(Role::Hr, &())?, act.id, manager, from).await?;
            Some(above.ok_or_else(|| super::problems::managed_in_turn("/manager"))?)
        }
        None => None,
    };
    act.changes_while(above, |Appointment { manager, from: Day(from) }| AppointUnitManager { manager, from }.into())
        .await
}

/// How many must be present, or may be away.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Staffing {
    /// The rules; none lifts them all.
    #[schema(value_type = Vec<Object>, example = json!([{ "name": "counter", "limit": { "min-present": 2 } }]))]
    rules: Vec<StaffingRule>,
    /// From this day on.
    from: Day,
}

/// Sets the staffing rules of a unit. Needs the role `hr`, and another unit than one's own.
#[utoipa::path(
    post, path = "/v1/units/{id}/staffing-rules", operation_id = "setStaffingRules", tag = "leave",
    params(("id" = Uuid, Path, description = "The unit"), IdempotencyKey), request_body = Staffing,
    responses((status = 200, description = "The unit", body = Recorded<UnitChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn set_staffing_rules(act: Act<Staffing, UnitId>) -> Result<Recorded<UnitChanged>, Problem> {
    act.changes(|Staffing { rules, from: Day(from) }| SetStaffingRules { rules, from }.into()).await
}

/// Who validates leave.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Routes {
    /// The rules, the first that fits deciding; none lifts them all.
    #[schema(value_type = Vec<Object>, example = json!([{ "steps": [{ "by": { "any-of": ["manager"] } }] }]))]
    rules: Vec<RouteRule>,
    /// From this day on.
    from: Day,
}

/// Sets the routes of validation of a unit, before the City's own. Needs the role `hr`, and another unit than one's own.
#[utoipa::path(
    post, path = "/v1/units/{id}/validation-routes", operation_id = "setValidationRoutes", tag = "leave",
    params(("id" = Uuid, Path, description = "The unit"), IdempotencyKey), request_body = Routes,
    responses((status = 200, description = "The unit", body = Recorded<UnitChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn set_validation_routes(act: Act<Routes, UnitId>) -> Result<Recorded<UnitChanged>, Problem> {
    act.acting_as(Role::Hr, &())?;
    // Before anybody who is named is looked at.
    check_routes(&act.command.body.rules).map_err(super::problems::routes)?;
    act.knows(named(&act.command.body.rules)).await?;
    act.changes(|Routes { rules, from: Day(from) }| SetValidationRoutes { rules, from }.into()).await
}

/// Whom these routes name, each with his place in the body.
fn named(rules: &[RouteRule]) -> Vec<(String, AccountId)> {
    let mut named = Vec::new();
    for (rule, RouteRule { steps, .. }) in rules.iter().enumerate() {
        for (step, Step { by, escalation }) in steps.iter().enumerate() {
            let at = |member: &str| format!("/rules/{rule}/steps/{step}/{member}");
            let approvers = by.approvers().iter().map(|approver| (at("by"), *approver));
            let escalated = escalation.map(|escalation| (at("escalation/to"), escalation.to));
            let all = approvers.chain(escalated);
            named.extend(all.filter_map(|(pointer, approver)| Some((pointer, approver.person()?))));
        }
    }
    named
}

const OF_A_UNIT: &[&web::Kind] = &[&NOT_ALLOWED, &NOT_FOUND, &super::ALREADY_RECORDED];

pub(super) const PROBLEMS: &[(&str, &[&web::Kind])] = &[
    ("openUnit", &[&NOT_ALLOWED, &super::ALREADY_RECORDED]),
    ("appointUnitManager", OF_A_UNIT),
    ("setStaffingRules", OF_A_UNIT),
    ("setValidationRoutes", OF_A_UNIT),
];
