//! One event stream of the trail: what is there after a position, then what comes, each entry once and in order.

use super::Seat;
use super::tail::Batch;
use crate::audit::matches;
use crate::audit::trail_entry::{TrailEntry, opened};
use crate::{ReadApi, freshness, problems};
use async_stream::try_stream;
use events::Position;
use events::audit::TrailFilter;
use futures::Stream;
use projections::audit::trail::{self, Entry, Order};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use web::Problem;
use web::sse::Sent;

/// Entries that are read from the database at once.
const PAGE: u16 = 256;

/// The entries after `after` that meet `filter`, until the seat is taken away.
pub(crate) fn follow(
    api: ReadApi,
    seat: Seat,
    filter: TrailFilter,
    after: Position,
) -> impl Stream<Item = Result<Sent<TrailEntry>, Problem>> + Send + 'static {
    try_stream! {
        // Listening begins before the database is read, so that nothing falls between the two.
        let mut batches = api.live.tail.listen();
        let mut known = after;
        let mut upto = None;
        loop {
            loop {
                let page = trail::page(api.pool(), &filter, Order::After(known), PAGE).await;
                let page = page.map_err(problems::database)?;
                let last = page.last().map(|last| last.position);
                for entry in opened(&api.vault, &page).await? {
                    yield sent(entry)?;
                }
                known = known.max(last.unwrap_or_default());
                if page.len() < usize::from(PAGE) || seat.end.is_cancelled() {
                    break;
                }
            }
            // What a batch was read up to was there for the pages too.
            known = known.max(upto.unwrap_or_default());
            loop {
                match next(&mut batches, &seat).await {
                    Next::Batch(batch) if batch.after <= known => {
                        let entries: Vec<Entry> = batch
                            .entries
                            .iter()
                            .filter(|entry| entry.position > known && matches(&filter, entry))
                            .cloned()
                            .collect();
                        for entry in opened(&api.vault, &entries).await? {
                            yield sent(entry)?;
                        }
                        known = known.max(batch.upto);
                    }
                    Next::Batch(batch) => {
                        upto = Some(batch.upto);
                        break;
                    }
                    Next::Missed => {
                        upto = None;
                        break;
                    }
                    Next::End => return,
                }
            }
        }
    }
}

enum Next {
    Batch(Batch),
    Missed,
    End,
}

async fn next(batches: &mut Receiver<Batch>, seat: &Seat) -> Next {
    match seat.end.run_until_cancelled(batches.recv()).await {
        Some(Ok(batch)) => Next::Batch(batch),
        Some(Err(RecvError::Lagged(_))) => Next::Missed,
        Some(Err(RecvError::Closed)) | None => Next::End,
    }
}

fn sent(entry: TrailEntry) -> Result<Sent<TrailEntry>, Problem> {
    let position = Position::new(entry.position).map_err(Problem::internal)?;
    Ok(Sent { position: freshness::to_web(position)?, name: "entry", data: entry })
}
