//! Terms of office: who led each department from when on.

use super::files::{Files, Statement, Validity};
use super::in_force::in_force;
use super::recorded::recorded;
use super::{HrError, HrReport, agent, recording};
use crate::import::table::BadRow;
use crate::leave::unit_of_code;
use crate::{WriteApi, leave};
use chrono::NaiveDate;
use commands::unit::{AppointUnitManager, Unit, WithdrawAppointment};
use commands::{Execution, NotExecuted};
use events::unit::UnitEvent;
use events::{AccountId, Metadata, UnitId};
use journal::AppendError;
use std::collections::BTreeMap;
use web::Text;

/// Records who leads each department, beside what human resources have put right; what files said before of one and say
/// no more is withdrawn, unless a row could not be read.
pub(super) async fn record(
    api: &WriteApi,
    files: &Files,
    report: &mut HrReport,
    metadata: &Metadata,
) -> Result<(), HrError> {
    for (code, terms) in terms_of_office(files) {
        let unit = unit_of_code(&code);
        let withdraws = |event: &UnitEvent| matches!(event, UnitEvent::UnitManagerAppointmentWithdrawn { .. });
        let mut before = recorded(api, unit.as_uuid(), appointed_from, withdraws).await?;
        // The last first: a term is looked at with its end.
        for ((from, manager), bad) in terms.into_iter().rev() {
            let manager_of_unit = match manager {
                Some(number) => Some(agent(api, number).await?),
                None => None,
            };
            let said = UnitEvent::UnitManagerAppointed { manager: manager_of_unit, from };
            let kept = before.remove(&from).is_some_and(|recorded| recorded.stands_against(&said));
            let outcome = if kept { Ok(()) } else { appoint(api, unit, manager_of_unit, from, metadata).await? };
            match outcome {
                Ok(()) => report.terms_of_office += usize::from(manager.is_some()),
                Err(reason) => {
                    report.bad.push(BadRow { reason, ..bad });
                    leave_vacant(api, unit, from, metadata).await?;
                }
            }
        }
        before.retain(|_, recorded| recorded.is_of_files());
        if files.bad.is_empty() {
            for from in before.into_keys() {
                withdraw(api, unit, from, metadata).await?;
            }
        }
    }
    Ok(())
}

/// The day of the appointment that an event makes or withdraws.
fn appointed_from(event: &UnitEvent) -> Option<NaiveDate> {
    match event {
        UnitEvent::UnitManagerAppointed { from, .. } | UnitEvent::UnitManagerAppointmentWithdrawn { from } => {
            Some(*from)
        }
        UnitEvent::UnitOpened { .. }
        | UnitEvent::UnitRenamed { .. }
        | UnitEvent::UnitClosed { .. }
        | UnitEvent::StaffingRulesSet { .. }
        | UnitEvent::ValidationRoutesSet { .. } => None,
    }
}

/// How often an appointment is tried again because the unit or somebody above the manager has moved.
const MOST_CONFLICTS: u32 = 32;

/// Appoints who leads a unit, or leaves the post vacant: nobody whom one of its agents manages.
async fn appoint(
    api: &WriteApi,
    unit: UnitId,
    manager: Option<AccountId>,
    from: NaiveDate,
    metadata: &Metadata,
) -> Result<Result<(), Text>, HrError> {
    for _ in 0..=MOST_CONFLICTS {
        let mut execution = Execution::<Unit>::new(&api.journal, metadata.clone());
        if let Some(manager) = manager {
            let above = leave::above_as_leader(api, metadata, unit, manager, from).await.map_err(recording)?;
            let Some((version, above)) = above else {
                return Ok(Err(leave::problems::managed_in_turn("/manager").text().of("emp_no")));
            };
            execution = above.held_by(execution.at(version));
        }
        match execution.on(unit, AppointUnitManager { manager, from }.into()).await {
            Ok(_) => return Ok(Ok(())),
            Err(error @ NotExecuted::Refused(_)) => return Ok(Err(leave::problems::unit(error).text())),
            Err(NotExecuted::Journal(AppendError::Conflict)) => {}
            Err(NotExecuted::Journal(error)) => return Err(recording(error)),
        }
    }
    Err(recording(AppendError::Conflict))
}

/// Ends the term before one that was refused, where nothing is known of that day.
async fn leave_vacant(api: &WriteApi, unit: UnitId, from: NaiveDate, metadata: &Metadata) -> Result<(), HrError> {
    let state = api.journal.unit::<Unit>(metadata.clone()).fresh_state(unit).await.map_err(recording)?;
    if state.inner().managers().from(from).is_none() {
        // A unit that is closed has no term to end.
        let _ = appoint(api, unit, None, from, metadata).await?;
    }
    Ok(())
}

/// Withdraws what files said of a day; where two would manage each other by who led before, the post is vacant then.
async fn withdraw(api: &WriteApi, unit: UnitId, from: NaiveDate, metadata: &Metadata) -> Result<(), HrError> {
    for _ in 0..=MOST_CONFLICTS {
        let withdrawn = UnitEvent::UnitManagerAppointmentWithdrawn { from };
        let above = leave::above_once(api, metadata, unit, from, &withdrawn).await.map_err(recording)?;
        let Some((version, above)) = above else {
            return appoint(api, unit, None, from, metadata).await.map(drop);
        };
        let execution = above.held_by(Execution::<Unit>::new(&api.journal, metadata.clone()).at(version));
        match execution.on(unit, WithdrawAppointment { from }.into()).await {
            // A unit that is closed keeps who led it.
            Ok(_) | Err(NotExecuted::Refused(_)) => return Ok(()),
            Err(NotExecuted::Journal(AppendError::Conflict)) => {}
            Err(NotExecuted::Journal(error)) => return Err(recording(error)),
        }
    }
    Err(recording(AppendError::Conflict))
}

/// A term of office as a row says it, with the number of who holds it.
type Said<'a> = (Validity, (u32, &'a Statement));
type Term = ((NaiveDate, Option<u32>), BadRow);

/// Who led each department from when on; a post that nobody holds any more is vacant.
fn terms_of_office(files: &Files) -> BTreeMap<String, Vec<Term>> {
    let mut said: BTreeMap<&str, Vec<Said>> =
        files.departments.keys().map(|code| (code.as_str(), Vec::new())).collect();
    for (number, terms) in &files.managers {
        for term in terms {
            said.entry(&term.value).or_default().push((term.validity, (*number, term)));
        }
    }
    said.into_iter().map(|(code, said)| (code.to_owned(), terms(&said))).collect()
}

/// Who leads a department from when on, each with the row that says it: the one of the term that ends, where the post is
/// vacant.
fn terms(said: &[Said]) -> Vec<Term> {
    let mut ending = None;
    let terms = in_force(said).into_iter().filter_map(|(from, held)| {
        let (number, row) = (held.map(|(number, _)| number), held.map(|(_, term)| term));
        ending = row.or(ending);
        let Statement { file, line, .. } = ending?;
        Some(((from, number), BadRow { file: file.clone(), line: *line, reason: Text::new("", "") }))
    });
    terms.collect()
}
