//! Keys in memory, and how long they may be trusted.
//!
//! Every destruction changes `vault.generation` in its own transaction. A process uses the keys that it remembers
//! only while its last sight of the generation is younger than [`TRUST`], and forgets all of them when it has
//! changed: a destroyed key is dead everywhere within that time, and at once where the database is out of reach for
//! longer. Sights are renewed aside before they are too old, so that a busy process never waits for one.

use crate::VaultError;
use crate::data_key::DataKey;
use crate::purpose::Owner;
use events::KeyId;
use moka::future::Cache;
use sqlx::PgPool;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, watch};
use uuid::Uuid;

/// For how long the generation is believed unchanged after it was asked for.
const TRUST: Duration = Duration::from_millis(500);
/// From this age on, whoever needs a key has the generation asked for again, without waiting.
const RENEW_AFTER: Duration = Duration::from_millis(200);
/// How often it is asked for, at most, when the answers come too late to be believed: a slow machine serves slowly.
const ASKED: u32 = 5;
/// Keys remembered at most, by owner and by id.
const CAPACITY: u64 = 65_536;
/// A key that nobody needed for this long is forgotten.
const IDLE: Duration = Duration::from_secs(600);

/// Which keys stand: whenever one is destroyed, it is another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Generation(Uuid);

/// The keys read in one generation. It is dropped whole, and its keys overwritten, when the generation changes.
pub(crate) struct Shelf {
    pub(crate) generation: Generation,
    /// The living key of an owner.
    pub(crate) living: Cache<Owner, Arc<DataKey>>,
    /// A key by its id; none when it is destroyed.
    pub(crate) known: Cache<KeyId, Option<Arc<DataKey>>>,
}

impl Shelf {
    fn new(generation: Generation) -> Self {
        Self {
            generation,
            living: Cache::builder().max_capacity(CAPACITY).time_to_idle(IDLE).build(),
            known: Cache::builder().max_capacity(CAPACITY).time_to_idle(IDLE).build(),
        }
    }
}

#[derive(Clone)]
struct Sight {
    at: Instant,
    shelf: Arc<Shelf>,
}

/// The generation as this process last saw it, with the keys of that generation.
#[derive(Clone)]
pub(crate) struct Liveness {
    pool: PgPool,
    last: watch::Sender<Option<Sight>>,
    asking: Arc<Mutex<()>>,
}

impl Liveness {
    pub(crate) fn new(pool: PgPool) -> Self {
        Self { pool, last: watch::Sender::new(None), asking: Arc::new(Mutex::new(())) }
    }

    /// The shelf of the present generation, as of [`TRUST`] ago at the earliest.
    pub(crate) async fn shelf(&self) -> Result<Arc<Shelf>, VaultError> {
        let last = self.last.borrow().clone();
        let age = last.as_ref().map_or(Duration::MAX, |sight| sight.at.elapsed());
        match last {
            Some(Sight { shelf, .. }) if age < RENEW_AFTER => Ok(shelf),
            Some(Sight { shelf, .. }) if age < TRUST => {
                self.renew_aside();
                Ok(shelf)
            }
            _ => {
                let _asking = self.asking.lock().await;
                self.renew().await
            }
        }
    }

    /// Whether the generation is still the one of this shelf.
    pub(crate) async fn is_present(&self, shelf: &Arc<Shelf>) -> Result<bool, VaultError> {
        Ok(Arc::ptr_eq(&self.shelf().await?, shelf))
    }

    /// Forgets every key and every sight, also those on their way.
    pub(crate) async fn forget(&self) {
        let _asking = self.asking.lock().await;
        self.last.send_replace(None);
    }

    fn renew_aside(&self) {
        if let Ok(asking) = Arc::clone(&self.asking).try_lock_owned() {
            let liveness = self.clone();
            tokio::spawn(async move {
                // A failure shows to whoever finds the last sight too old.
                let _ = liveness.renew().await;
                drop(asking);
            });
        }
    }

    /// To be called with `asking` locked.
    async fn renew(&self) -> Result<Arc<Shelf>, VaultError> {
        let last = self.last.borrow().clone();
        if let Some(sight) = last.as_ref().filter(|sight| sight.at.elapsed() < RENEW_AFTER) {
            return Ok(Arc::clone(&sight.shelf));
        }
        let (at, generation) = self.ask().await?;
        let shelf = match last {
            Some(sight) if sight.shelf.generation == generation => sight.shelf,
            _ => Arc::new(Shelf::new(generation)),
        };
        self.last.send_replace(Some(Sight { at, shelf: Arc::clone(&shelf) }));
        Ok(shelf)
    }

    /// The generation, and an instant at which it was that.
    async fn ask(&self) -> Result<(Instant, Generation), VaultError> {
        let mut connection = self.pool.acquire().await?;
        for _ in 0..ASKED {
            let at = Instant::now();
            let generation =
                sqlx::query_scalar("SELECT value FROM vault.generation").fetch_one(&mut *connection).await?;
            if at.elapsed() < TRUST {
                return Ok((at, Generation(generation)));
            }
        }
        Err(VaultError::Unavailable("the generation of the keys came too late to be trusted".into()))
    }
}
