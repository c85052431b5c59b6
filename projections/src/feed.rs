//! Brings the journal to a projection, page by page, each in one transaction with the checkpoint.

use crate::checkpoint;
use crate::config::{Config, Lapse};
use crate::exclusions::Exclusions;
use crate::halt::Poison;
use crate::lease::Lease;
use crate::{Projection, ProjectionError};
use events::Position;
use events::audit::ProjectionEvent;
use futures::FutureExt;
use journal::{Reader, Recorded};
use sqlx::{Postgres, Transaction};
use std::panic::AssertUnwindSafe;

/// Why no further page was folded.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Another one took the lease.
    Fenced,
    /// The database does not answer, or asks to try again.
    Unavailable(ProjectionError),
    /// One event cannot be folded.
    Poison(Poison),
}

impl<E: Into<ProjectionError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Unavailable(error.into())
    }
}

/// A projection under a lease, and where it has got to.
#[derive(Debug)]
pub(crate) struct Feed<'a> {
    projection: &'a Projection,
    reader: &'a Reader,
    lease: Lease,
    lapse: Lapse,
    exclusions: Exclusions,
    at: Position,
    ahead: Option<Vec<Recorded>>,
    most: i64,
    limit: i64,
    suspect: Position,
}

impl<'a> Feed<'a> {
    /// A feed from where the lease was taken; what operators have excluded is known from here on.
    pub(crate) async fn new(
        projection: &'a Projection,
        reader: &'a Reader,
        lease: Lease,
        config: &Config,
    ) -> Result<Self, Stop> {
        let exclusions = Exclusions::load(reader.pool(), projection.name).await?;
        let most = i64::from(config.batch.max(1));
        Ok(Self {
            projection,
            reader,
            at: lease.position,
            lease,
            lapse: config.lease(),
            exclusions,
            ahead: None,
            most,
            limit: most,
            suspect: Position::START,
        })
    }

    pub(crate) const fn at(&self) -> Position {
        self.at
    }

    pub(crate) const fn lease(&self) -> &Lease {
        &self.lease
    }

    /// Folds one page of the events up to and with `until`, while the page after it is read. Nothing is folded when
    /// there is none.
    ///
    /// A batch that fails is tried again in halves, until the event at fault stands alone: the database names none
    /// when it refuses the rows of thousands.
    pub(crate) async fn step(&mut self, until: Position) -> Result<(), Stop> {
        let mut page = match self.ahead.take() {
            Some(page) => page,
            None => self.read(self.at, until).await?,
        };
        page.retain(|recorded| recorded.position <= until);
        let (Some(first), Some(last)) = (page.first().map(Poison::of), page.last().map(|last| last.position)) else {
            return Ok(());
        };
        let (count, more) = (page.len() as i64, last < until);
        self.heed(&page).await?;
        let read_ahead = async { if more { self.read(last, until).await.map(Some) } else { Ok(None) } };
        let (folded, ahead) = tokio::join!(self.fold(page, last), read_ahead);
        match folded {
            Ok(true) => {
                self.at = last;
                if last >= self.suspect {
                    self.limit = self.most;
                }
                metrics::counter!("projection_events_total", "projection" => self.projection.name)
                    .increment(count.unsigned_abs());
                self.ahead = ahead?;
                Ok(())
            }
            Ok(false) => Err(Stop::Fenced),
            Err(error) if error.is_transient() => Err(Stop::Unavailable(error)),
            Err(error) if count == 1 => Err(Stop::Poison(Poison { reason: error.reason(), ..first })),
            Err(_) => {
                self.limit = count / 2;
                self.suspect = self.suspect.max(last);
                Ok(())
            }
        }
    }

    /// Folds the events up to `until` in a transaction of the caller's, which must be given up on any error.
    pub(crate) async fn fold_within(
        &mut self,
        mut transaction: Transaction<'static, Postgres>,
        until: Position,
    ) -> Result<Transaction<'static, Postgres>, Stop> {
        if !checkpoint::advance(&mut transaction, &self.lease, self.lapse, self.at, self.at).await? {
            return Err(Stop::Fenced);
        }
        while self.at < until {
            let page = self.read(self.at, until).await?;
            let Some(last) = page.last().map(|last| last.position) else { break };
            self.heed(&page).await?;
            transaction = self.fold_page(transaction, page, last).await?.ok_or(Stop::Fenced)?;
            self.at = last;
        }
        Ok(transaction)
    }

    async fn read(&self, after: Position, until: Position) -> Result<Vec<Recorded>, ProjectionError> {
        let limit = self.limit.min(i64::try_from(until.events_since(after)).unwrap_or(i64::MAX));
        let page = self.reader.page(after, limit).await?;
        let reaches = page.last().map_or(after, |last| last.position);
        if reaches.events_since(after) != page.len() as u64 {
            return Err(ProjectionError::Contradiction("the journal has a hole"));
        }
        Ok(page)
    }

    /// What operators decide counts from the page on in which it was recorded: the live projection waits for their
    /// decision at the very event, and a rebuild knows it from its beginning.
    async fn heed(&mut self, page: &[Recorded]) -> Result<(), ProjectionError> {
        if page.iter().any(Recorded::is::<ProjectionEvent>) {
            self.exclusions = Exclusions::load(self.reader.pool(), self.projection.name).await?;
        }
        Ok(())
    }

    /// Whether the page was folded; not, when the lease is lost.
    async fn fold(&self, page: Vec<Recorded>, to: Position) -> Result<bool, ProjectionError> {
        match self.fold_page(self.reader.pool().begin().await?, page, to).await? {
            Some(transaction) => transaction.commit().await.map(|()| true).map_err(Into::into),
            None => Ok(false),
        }
    }

    async fn fold_page(
        &self,
        mut transaction: Transaction<'static, Postgres>,
        page: Vec<Recorded>,
        to: Position,
    ) -> Result<Option<Transaction<'static, Postgres>>, ProjectionError> {
        if !checkpoint::advance(&mut transaction, &self.lease, self.lapse, self.at, to).await? {
            return Ok(None);
        }
        // A fold that panics is at fault with its event, and ends no other projection; its transaction is given up.
        let folding = AssertUnwindSafe(self.projection.fold(transaction, page, &self.exclusions)).catch_unwind();
        let folded = folding.await.unwrap_or(Err(ProjectionError::Contradiction("the fold has panicked")));
        folded.map(Some)
    }
}
