//! A stretch of the journal, as one projection reads it.

use crate::{Contradiction, Projection, ProjectionError};
use events::Position;
use events::audit::ProjectionEvent;
use journal::{Reader, Recorded};

/// The events of a stretch that a projection reads; what it does not read is neither kept nor decoded.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) events: Vec<Recorded>,
    /// How many events the stretch has, with those that are not read.
    pub(crate) count: u64,
    /// The last of them; where the stretch begins, when it has none.
    pub(crate) last: Position,
    /// Whether an operator has decided something in it.
    pub(crate) decides: bool,
}

impl Page {
    /// At most `limit` events after `after`.
    pub(crate) async fn read(
        reader: &Reader,
        projection: &Projection,
        after: Position,
        limit: i64,
    ) -> Result<Self, ProjectionError> {
        let mut events = read(reader, after, limit).await?;
        let count = events.len() as u64;
        let last = events.last().map_or(after, |last| last.position);
        let decides = events.iter().any(Recorded::is::<ProjectionEvent>);
        events.retain(|recorded| projection.reads(&recorded.stream_type));
        Ok(Self { events, count, last, decides })
    }

    /// Those of a stretch of at least one event that is in memory.
    pub(crate) fn of<'a>(
        projection: &Projection,
        after: Position,
        stretch: impl Iterator<Item = &'a Recorded>,
    ) -> Self {
        let mut page = Self { events: Vec::new(), count: 0, last: after, decides: false };
        for recorded in stretch {
            page.count += 1;
            page.last = recorded.position;
            page.decides |= recorded.is::<ProjectionEvent>();
            if projection.reads(&recorded.stream_type) {
                page.events.push(recorded.clone());
            }
        }
        page
    }
}

/// At most `limit` events after `after`, of which none is missing.
pub(crate) async fn read(reader: &Reader, after: Position, limit: i64) -> Result<Vec<Recorded>, ProjectionError> {
    let events = reader.page(after, limit).await?;
    let last = events.last().map_or(after, |last| last.position);
    if last.events_since(after) != events.len() as u64 {
        return Err(Contradiction::JournalHole.into());
    }
    Ok(events)
}
