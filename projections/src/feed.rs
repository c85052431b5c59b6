//! Brings the journal to a projection, page by page, each in one transaction with the checkpoint.

use crate::checkpoint;
use crate::config::{Config, Lapse};
use crate::exclusions::Exclusions;
use crate::halt::Poison;
use crate::lease::Lease;
use crate::page::Page;
use crate::together::Together;
use crate::{Contradiction, Projection, ProjectionError};
use events::Position;
use futures::FutureExt;
use journal::Reader;
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
    together: Option<&'a Together>,
    lease: Lease,
    lapse: Lapse,
    exclusions: Exclusions,
    at: Position,
    ahead: Option<Page>,
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
            together: None,
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

    /// Does together with the others of its process what can be.
    pub(crate) fn along_with(self, together: &'a Together) -> Self {
        Self { together: Some(together), ..self }
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
        let page = match self.ahead.take() {
            Some(page) => page,
            None => self.page(until).await?,
        };
        if page.count == 0 {
            return Ok(());
        }
        let (count, last, first) = (page.count, page.last, page.events.first().map(Poison::of));
        self.heed(&page).await?;
        let read_ahead = async { if last < until { self.read(last, until).await.map(Some) } else { Ok(None) } };
        let (folded, ahead) = tokio::join!(self.fold(page), read_ahead);
        match folded {
            Ok(true) => {
                self.at = last;
                if last >= self.suspect {
                    self.limit = self.most;
                }
                metrics::counter!("projection_events_total", "projection" => self.projection.name).increment(count);
                self.ahead = ahead?;
                Ok(())
            }
            Ok(false) => Err(Stop::Fenced),
            Err(error) if error.is_transient() => Err(Stop::Unavailable(error)),
            Err(error) if count == 1 => Err(match first {
                Some(first) => Stop::Poison(Poison { reason: error.reason(), ..first }),
                None => Stop::Unavailable(error),
            }),
            Err(_) => {
                self.limit = i64::try_from(count / 2).unwrap_or(self.most);
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
            if page.count == 0 {
                break;
            }
            let last = page.last;
            self.heed(&page).await?;
            transaction = self.fold_page(transaction, page).await?.ok_or(Stop::Fenced)?;
            self.at = last;
        }
        Ok(transaction)
    }

    /// The next page, up to and with `until` at most.
    async fn page(&self, until: Position) -> Result<Page, ProjectionError> {
        if let Some(together) = self.together
            && until.events_since(self.at) <= self.limit.unsigned_abs()
            && let Some(page) = together.newest(self.projection, self.at, until).await?
        {
            return Ok(page);
        }
        self.read(self.at, until).await
    }

    async fn read(&self, after: Position, until: Position) -> Result<Page, ProjectionError> {
        let limit = self.limit.min(i64::try_from(until.events_since(after)).unwrap_or(i64::MAX));
        Page::read(self.reader, self.projection, after, limit).await
    }

    /// What operators decide counts from the page on in which it was recorded: the live projection waits for their
    /// decision at the very event, and a rebuild knows it from its beginning.
    async fn heed(&mut self, page: &Page) -> Result<(), ProjectionError> {
        if page.decides {
            self.exclusions = Exclusions::load(self.reader.pool(), self.projection.name).await?;
        }
        Ok(())
    }

    /// Whether the page was folded; not, when the lease is lost.
    async fn fold(&self, page: Page) -> Result<bool, ProjectionError> {
        if page.events.is_empty()
            && let Some(together) = self.together
            && together.pass(&self.lease, self.at, page.last).await
        {
            return Ok(true);
        }
        match self.fold_page(self.reader.pool().begin().await?, page).await? {
            Some(transaction) => transaction.commit().await.map(|()| true).map_err(Into::into),
            None => Ok(false),
        }
    }

    async fn fold_page(
        &self,
        mut transaction: Transaction<'static, Postgres>,
        page: Page,
    ) -> Result<Option<Transaction<'static, Postgres>>, ProjectionError> {
        if !checkpoint::advance(&mut transaction, &self.lease, self.lapse, self.at, page.last).await? {
            return Ok(None);
        }
        // A fold that panics is at fault with its event, and ends no other projection; its transaction is given up.
        let folding = AssertUnwindSafe(self.projection.fold(transaction, page.events, &self.exclusions)).catch_unwind();
        let folded = folding.await.unwrap_or(Err(Contradiction::Panicked.into()));
        folded.map(Some)
    }
}
