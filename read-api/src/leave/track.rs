//! What happened to a leave, its words opened for those who may read them.

use crate::opening::{Boxes, Content};
use crate::{ReadApi, problems};
use chrono::{DateTime, Utc};
use events::leave::AbsenceEvent;
use events::period::Period;
use events::validation::{Decider, DecisionCapacity};
use events::{AccountId, DomainEvent, LeaveId, Sealed};
use journal::Recorded;
use projections::leave::ledgers;
use projections::leave::notices::DAYS_GIVEN_BACK;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use vault::places;
use web::Problem;

/// Something that happened to a leave.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TrackEntry {
    /// Where it stands in the journal.
    position: i64,
    /// What happened, by the stored name of the event; `DaysGivenBack` for half-days that count no more.
    #[schema(example = "LeaveApproved")]
    r#type: String,
    /// When.
    occurred_at: DateTime<Utc>,
    /// Who acted; null for the service, and for days given back.
    by: Option<Uuid>,
    /// In which capacity a decision was taken: `manager`, `hr`, `hr-health`, `person`; `delegate of …` in place of one.
    capacity: Option<String>,
    /// In whose place.
    in_place_of: Option<Uuid>,
    /// The reason or the motive, in the words of who acted.
    words: Option<String>,
    /// The motive of a special absence; null for those who decide and human resources where the law calls it medical.
    special_motive: Option<String>,
    /// Which of these are null because they were erased.
    erased: Vec<&'static str>,
}

/// The track of a leave of `agent`, oldest first, with its medical motive for whom `sees_medical`.
///
/// # Errors
/// 503 `unavailable`; 500 for a box that does not open at its place.
pub(super) async fn of(
    api: &ReadApi,
    agent: AccountId,
    leave: LeaveId,
    sees_medical: bool,
) -> Result<Vec<TrackEntry>, Problem> {
    let book = api.laws.known(None).await.map_err(problems::law)?;
    let history = ledgers::history(&api.reader, agent).await.map_err(problems::journal)?;
    let events: Vec<_> = history.iter().filter(|(_, event)| is_about(event, leave)).collect();
    let mut boxes = Boxes::default();
    let sealed: Vec<[Option<Content>; 2]> = events
        .iter()
        .map(|(_, event)| {
            let mut add = |field, sealed| boxes.add(places::absence(agent, field, leave), sealed);
            [
                words(event).map(|(field, sealed)| add(field, sealed)),
                special_motive(event).map(|(sealed, _)| add("special_motive", sealed)),
            ]
        })
        .collect();
    let mut contents = boxes.open(&api.vault).await?;
    let entry = |((recorded, event), [words, motive]): (&&(Recorded, AbsenceEvent), [Option<Content>; 2])| {
        let mut erased = Vec::new();
        let gives_back = matches!(event, AbsenceEvent::SicknessRecorded { .. });
        let shown = |motive: &String| {
            let first = special_motive(event).map(|(_, period)| period.start().date);
            let law = first.and_then(|first| book.at(first).special_absences().ok());
            sees_medical || law.is_some_and(|law| !law.is_medical(motive))
        };
        let decider = decider(event);
        TrackEntry {
            position: recorded.position.get(),
            r#type: if gives_back { DAYS_GIVEN_BACK } else { event.name() }.to_owned(),
            occurred_at: recorded.occurred_at,
            // That it was an officer of health would tell of sickness.
            by: recorded.actor_id.filter(|_| !gives_back),
            capacity: decider.map(capacity),
            in_place_of: decider.and_then(|decider| match decider.capacity {
                DecisionCapacity::Delegate { of, .. } => Some(of.as_uuid()),
                DecisionCapacity::Approver(_) => None,
            }),
            words: contents.take(words, "words", &mut erased),
            special_motive: contents
                .take(motive, "special_motive", &mut erased)
                .map(|motive| motive.trim_end().to_owned())
                .filter(shown),
            erased,
        }
    };
    Ok(events.iter().zip(sealed).map(entry).collect())
}

fn is_about(event: &AbsenceEvent, leave: LeaveId) -> bool {
    projections::leave::absences::touched(event).contains(&leave.as_uuid())
        // Who attached what is told elsewhere.
        && !matches!(event, AbsenceEvent::ProofAttached { .. })
}

fn capacity(decider: Decider) -> String {
    let name = decider.capacity.approver().as_str();
    match decider.capacity {
        DecisionCapacity::Approver(_) => name.to_owned(),
        DecisionCapacity::Delegate { .. } => format!("delegate of {name}"),
    }
}

/// The words of an event, with the field that they stand in.
fn words(event: &AbsenceEvent) -> Option<(&'static str, &Sealed<String>)> {
    match event {
        AbsenceEvent::LeaveRequested { reason, .. }
        | AbsenceEvent::LeaveAmended { reason, .. }
        | AbsenceEvent::CancellationRequested { reason, .. } => reason.as_ref().map(|reason| ("reason", reason)),
        AbsenceEvent::LeavePartiallyApproved { motive, .. }
        | AbsenceEvent::LeaveRefused { motive, .. }
        | AbsenceEvent::CancellationRefused { motive, .. }
        | AbsenceEvent::StaffingRuleOverridden { motive, .. }
        | AbsenceEvent::LeaveCorrected { motive, .. } => Some(("motive", motive)),
        AbsenceEvent::AbsenceRecorded { motive, .. } => motive.as_ref().map(|motive| ("motive", motive)),
        _ => None,
    }
}

/// The motive of a special absence, with the days that it is for.
fn special_motive(event: &AbsenceEvent) -> Option<(&Sealed<String>, Period)> {
    match event {
        AbsenceEvent::LeaveRequested { special_motive, period, .. }
        | AbsenceEvent::LeaveAmended { special_motive, period, .. }
        | AbsenceEvent::AbsenceRecorded { special_motive, period, .. } => Some((special_motive.as_ref()?, *period)),
        _ => None,
    }
}

const fn decider(event: &AbsenceEvent) -> Option<Decider> {
    match event {
        AbsenceEvent::LeaveStepApproved { decider, .. }
        | AbsenceEvent::LeavePartiallyApproved { decider, .. }
        | AbsenceEvent::LeaveApproved { decider, .. }
        | AbsenceEvent::LeaveRefused { decider, .. }
        | AbsenceEvent::StaffingRuleOverridden { decider, .. }
        | AbsenceEvent::CancellationAccepted { decider, .. }
        | AbsenceEvent::CancellationRefused { decider, .. } => Some(*decider),
        _ => None,
    }
}
