//! The motive of a special absence, opened for a decision on it: whether the law grants the absence follows from it.

use crate::{WriteApi, problems};
use commands::absence_ledger::SpecialMotive;
use events::leave::AbsenceEvent;
use events::{AccountId, DomainEvent, LeaveId, Version};
use futures::TryStreamExt;
use journal::StreamId;
use vault::places;
use web::Problem;

/// The motive that the leave was last asked for with; none where there is none, or its key is destroyed.
pub(super) async fn opened(api: &WriteApi, agent: AccountId, leave: LeaveId) -> Result<Option<SpecialMotive>, Problem> {
    let mut events = api.journal.reader().stream(StreamId::new(AbsenceEvent::STREAM, agent), Version::NONE);
    let mut last = None;
    while let Some(recorded) = events.try_next().await.map_err(problems::reading)? {
        match recorded.decode().map_err(Problem::internal)? {
            AbsenceEvent::LeaveRequested { leave: one, special_motive: Some(sealed), occasion, .. }
            | AbsenceEvent::LeaveAmended { leave: one, special_motive: Some(sealed), occasion, .. }
                if one == leave =>
            {
                last = Some((sealed, occasion));
            }
            _ => {}
        }
    }
    let Some((sealed, occasion)) = last else { return Ok(None) };
    let place = places::absence(agent, "special_motive", leave);
    let name = api.vault.open(&place, &sealed).await.map_err(problems::vault)?.clear();
    Ok(name.map(|name| SpecialMotive {
        name: name.trim_end().to_owned(),
        sealed,
        occurred_on: None,
        number: 1,
        occasion,
        without_age: None,
        same: Vec::new(),
        near: Vec::new(),
        contrary: Vec::new(),
    }))
}
