//! The end of a unit.

use super::act::Act;
use super::surroundings::state;
use super::units::UnitChanged;
use crate::{WriteApi, problems};
use chrono::NaiveDate;
use commands::employment::Employment;
use commands::unit::{CloseUnit, Unit};
use events::{AccountId, Metadata, UnitId};
use serde::Deserialize;
use utoipa::ToSchema;
use web::Problem;
use web::date::Day;
use web::idempotency::IdempotencyKey;
use web::kinds::{NOT_ALLOWED, NOT_FOUND};
use web::position::Recorded;

/// The end of a unit.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Closing {
    /// Its last day.
    on: Day,
}

/// Closes a unit that nobody is left in after its last day, and no open unit below it. Needs the role `hr`, and another
/// unit than one's own.
#[utoipa::path(
    post, path = "/v1/units/{id}/close", operation_id = "closeUnit", tag = "leave",
    params(("id" = Uuid, Path, description = "The unit"), IdempotencyKey), request_body = Closing,
    responses((status = 200, description = "The unit", body = Recorded<UnitChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn close_unit(act: Act<Closing, UnitId>) -> Result<Recorded<UnitChanged>, Problem> {
    let ((metadata, _), Day(on)) = (act.of_another_unit().await?, act.command.body.on);
    let (agents, units) = left_in(&act.api, &metadata, act.id, on).await?;
    if !agents.is_empty() || !units.is_empty() {
        return Err(super::problems::unit_in_use(&agents, &units));
    }
    act.changes(|Closing { on: Day(on) }| CloseUnit { on }.into()).await
}

/// Who is in a unit after a day, and which units below it are open then.
async fn left_in(
    api: &WriteApi,
    metadata: &Metadata,
    unit: UnitId,
    after: NaiveDate,
) -> Result<(Vec<AccountId>, Vec<UnitId>), Problem> {
    let (mut agents, mut units) = (Vec::new(), Vec::new());
    for agent in api.directory.members_of(&api.journal, unit).await.map_err(problems::reading)? {
        let (_, employment) = state::<Employment>(api, metadata, agent, true).await?;
        if is_in(&employment, unit, after) {
            agents.push(agent);
        }
    }
    for below in api.directory.below(&api.journal, unit).await.map_err(problems::reading)? {
        let (_, state) = state::<Unit>(api, metadata, below, true).await?;
        if state.closed().is_none_or(|closed| closed > after) {
            units.push(below);
        }
    }
    Ok((agents, units))
}

/// Whether somebody in service belongs to the unit on any day after this one.
fn is_in(employment: &rules::Employment, unit: UnitId, after: NaiveDate) -> bool {
    let changes = employment.units().iter().map(|(date, _)| date).chain(employment.entries().iter().copied());
    let days = changes.filter(|date| *date > after).chain(after.succ_opt());
    days.into_iter().any(|date| employment.units().on(date) == Some(&unit) && employment.in_service(date))
}

pub(super) const PROBLEMS: &[(&str, &[&web::Kind])] =
    &[("closeUnit", &[&NOT_ALLOWED, &NOT_FOUND, &super::ALREADY_RECORDED, &super::UNIT_IN_USE])];
