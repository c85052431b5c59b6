//! How many of a unit would be present: counted from the journal up to one position, so that anybody can count again.

use super::surroundings::{Seen, state};
use crate::{WriteApi, problems};
use commands::absence_ledger::{AbsenceLedger, Facts};
use events::employment::EmploymentEvent;
use events::leave::{AbsenceEvent, Staffing};
use events::{AccountId, DomainEvent, HalfDaySet, LeaveId, Metadata, Position, UnitId, Version};
use futures::TryStreamExt;
use journal::StreamId;
use rules::ledger::LeaveStatus;
use rules::period::Period;
use rules::staffing::{Member, breaches};
use rules::{Employment, Ledger, Unit};
use std::collections::BTreeMap;
use web::Problem;

/// An absence that the staffing of a unit is counted with.
#[derive(Clone, Debug)]
pub(super) enum Absent {
    /// One that is asked for.
    During(Period),
    /// One that was asked for, without what is refused of it.
    For(LeaveId, HalfDaySet),
}

/// The half-days of an absence; none for a leave that there is not.
pub(super) async fn resolve(
    api: &WriteApi,
    metadata: &Metadata,
    facts: &Facts,
    absent: &Absent,
    fresh: bool,
) -> Result<Option<HalfDaySet>, Problem> {
    Ok(match absent {
        Absent::During(period) => Some(facts.employment.due(*period, facts.law.calendar())),
        Absent::For(leave, refused) => {
            let (_, ledger) = state::<AbsenceLedger>(api, metadata, facts.agent, fresh).await?;
            ledger.leave(*leave).map(|leave| leave.active().without(refused))
        }
    })
}

/// Counts who would be away of each unit that the agent is of during the absence, with the ledgers that were counted: they
/// must not move before the decision is recorded, or two absences could each be let through for want of the other. What
/// others only asked for does not count. Nothing where no unit has a rule on those half-days.
pub(super) async fn count(
    api: &WriteApi,
    units: &BTreeMap<UnitId, Unit>,
    facts: &Facts,
    absent: &HalfDaySet,
) -> Result<(Option<Staffing>, Vec<Seen>), Problem> {
    let of_units = facts.employment.by_unit(absent).into_iter();
    let staffed: Vec<_> = of_units
        .filter_map(|(id, half_days)| Some((id, units.get(&id)?, half_days)))
        .filter(|(_, unit, half_days)| half_days.iter().any(|at| !unit.staffing_on(at.date).is_empty()))
        .collect();
    if staffed.is_empty() {
        return Ok((None, Vec::new()));
    }
    let as_of = api.journal.reader().last_position().await.map_err(problems::reading)?;
    let (mut broken, mut seen) = (Vec::new(), Vec::new());
    for (id, unit, half_days) in staffed {
        let members = members(api, id, facts, &half_days, as_of, &mut seen).await?;
        broken.extend(breaches(unit, &members, &half_days));
    }
    Ok((Some(Staffing { as_of, breaches: broken }), seen))
}

/// Those of a unit who are due on these half-days, on which the agent of `facts` would be away.
async fn members(
    api: &WriteApi,
    unit: UnitId,
    facts: &Facts,
    half_days: &HalfDaySet,
    as_of: Position,
    seen: &mut Vec<Seen>,
) -> Result<Vec<Member>, Problem> {
    let mut members = Vec::new();
    for agent in api.directory.members_of(&api.journal, unit).await.map_err(problems::reading)? {
        let (_, employment) =
            folded(api, agent, as_of, Employment::default(), |state, event: EmploymentEvent| state.after(&event))
                .await?;
        let Some(member) = Member::of(&employment, unit, half_days, facts.law.calendar()) else { continue };
        let away = if agent == facts.agent {
            half_days.clone()
        } else {
            let (version, ledger) =
                folded(api, agent, as_of, Ledger::default(), |state, event: AbsenceEvent| state.after(&event)).await?;
            seen.push(Seen::Ledger(agent, version));
            granted(&ledger)
        };
        members.push(Member { away, ..member });
    }
    Ok(members)
}

/// The half-days on which somebody is away for certain.
fn granted(ledger: &Ledger) -> HalfDaySet {
    let leaves = ledger.leaves().filter(|(_, leave)| leave.status == LeaveStatus::Granted);
    let sick = ledger.sicknesses().map(|(_, sickness)| sickness.half_days.clone());
    leaves.map(|(_, leave)| leave.active()).chain(sick).fold(HalfDaySet::default(), |all, more| all.or(&more))
}

/// A stream folded up to a position.
async fn folded<S, E: DomainEvent>(
    api: &WriteApi,
    id: AccountId,
    as_of: Position,
    mut state: S,
    after: fn(S, E) -> S,
) -> Result<(Version, S), Problem> {
    let mut version = Version::NONE;
    let mut events = api.journal.reader().stream(StreamId::new(E::STREAM, id), Version::NONE);
    while let Some(recorded) = events.try_next().await.map_err(problems::reading)? {
        if recorded.position > as_of {
            break;
        }
        version = recorded.version;
        state = after(state, recorded.decode().map_err(Problem::internal)?);
    }
    Ok((version, state))
}
