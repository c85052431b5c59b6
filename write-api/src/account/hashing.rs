//! Argon2id, on threads of its own and behind a bounded queue.

use super::hashing_threads::HashingThreads;
use super::password::Typed;
use super::reused_memory::ReusedMemory;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Params, PasswordHasher, PasswordVerifier, Version};
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// OWASP's first choice for Argon2id: 19 MiB, two passes, one lane (ASVS 11.4.2).
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const OUTPUT_BYTES: usize = 32;

/// A hash in PHC format, with its salt and parameters.
#[derive(Clone, Debug)]
pub(crate) struct Phc(SecretString);

impl Phc {
    pub(crate) fn new(text: String) -> Self {
        Self(text.into())
    }

    pub(crate) fn reveal(&self) -> String {
        self.0.expose_secret().to_owned()
    }
}

/// Why nothing was hashed.
#[derive(Debug, thiserror::Error)]
pub enum HashingError {
    /// Too many wait already.
    #[error("too many passwords wait to be compared")]
    Full,
    /// The parameters or the system's randomness failed.
    #[error("the password could not be hashed")]
    Hash(argon2::password_hash::Error),
    /// A stored hash has not its format.
    #[error("a stored hash is not one")]
    Stored,
    /// The hashing panicked, or its threads could not be started.
    #[error("the password could not be hashed on its thread")]
    Thread,
}

/// The threads that hash, and those who wait for one.
#[derive(Clone)]
pub(crate) struct Hashing {
    argon2: ReusedMemory,
    /// Stands in where there is no secret to compare with, so that it takes as long.
    dummy: Phc,
    queue: Arc<Semaphore>,
    /// What attempts that were turned away may take of the threads, so that whoever floods a suspended name keeps
    /// nobody else from logging in.
    turned_away: Arc<Semaphore>,
    threads: HashingThreads,
    comparisons: Arc<AtomicU64>,
}

impl fmt::Debug for Hashing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hashing").field("queue", &self.queue).finish_non_exhaustive()
    }
}

/// A place in the queue, to be had before anything is recorded: nobody who got a slot is told that the house is full.
#[derive(Debug)]
pub(crate) struct QueuePlace {
    _held: OwnedSemaphorePermit,
}

impl Hashing {
    /// `threads` at once, 0 for as many as there are cores, and `queue` waiting.
    pub(crate) fn new(threads: usize, queue: usize) -> Result<Self, HashingError> {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let threads = if threads == 0 { cores } else { threads }.min(Semaphore::MAX_PERMITS / 2);
        let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(OUTPUT_BYTES)).map_err(|_| HashingError::Stored)?;
        let argon2 = ReusedMemory::new(Algorithm::Argon2id, Version::V0x13, params);
        let dummy = argon2.hash_password(b"nobody's").map_err(HashingError::Hash)?;
        Ok(Self {
            argon2,
            dummy: Phc::new(dummy.to_string()),
            queue: Arc::new(Semaphore::new(queue.min(Semaphore::MAX_PERMITS / 2) + threads)),
            turned_away: Arc::new(Semaphore::new((threads / 2).max(1))),
            threads: HashingThreads::start(threads).map_err(|_| HashingError::Thread)?,
            comparisons: Arc::default(),
        })
    }

    /// Takes a place in the queue.
    pub(crate) fn place(&self) -> Result<QueuePlace, HashingError> {
        let held = Arc::clone(&self.queue).try_acquire_owned().map_err(|_| HashingError::Full)?;
        Ok(QueuePlace { _held: held })
    }

    /// Hashes a new secret.
    pub(crate) async fn hash(&self, place: QueuePlace, secret: Typed) -> Result<Phc, HashingError> {
        let argon2 = self.argon2.clone();
        let hash = self.on_thread(place, move || argon2.hash_password(secret.reveal().as_bytes())).await?;
        hash.map(|hash| Phc::new(hash.to_string())).map_err(HashingError::Hash)
    }

    /// Compares a secret, with `stored` or with what stands in for it, if it is still `in_time` when a thread is free;
    /// none when it is not, and then nothing was compared.
    pub(crate) async fn compare(
        &self,
        place: QueuePlace,
        secret: Typed,
        stored: Option<Phc>,
        in_time: impl FnOnce() -> bool + Send + 'static,
    ) -> Result<Option<bool>, HashingError> {
        let (argon2, comparisons) = (self.argon2.clone(), Arc::clone(&self.comparisons));
        let known = stored.is_some();
        let against = stored.unwrap_or_else(|| self.dummy.clone());
        self.on_thread(place, move || {
            if !in_time() {
                return Ok(None);
            }
            comparisons.fetch_add(1, Ordering::Relaxed);
            metrics::counter!("password_comparisons_total").increment(1);
            matches(&argon2, &secret, &against).map(|right| Some(right && known))
        })
        .await?
    }

    /// Takes the time of a comparison and compares nothing: for attempts that were turned away. It takes none where as
    /// many as may are at it already: whether an account has the name makes no difference to that.
    pub(crate) async fn spend(&self, secret: Typed) -> Result<(), HashingError> {
        let Ok(share) = Arc::clone(&self.turned_away).try_acquire_owned() else { return Ok(()) };
        let (argon2, dummy) = (self.argon2.clone(), self.dummy.clone());
        self.on_thread(QueuePlace { _held: share }, move || matches(&argon2, &secret, &dummy).map(drop)).await?
    }

    pub(crate) fn comparisons(&self) -> u64 {
        self.comparisons.load(Ordering::Relaxed)
    }

    async fn on_thread<T: Send + 'static>(
        &self,
        place: QueuePlace,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HashingError> {
        let work = move || {
            let worked = work();
            drop(place);
            worked
        };
        self.threads.run(work).await.ok_or(HashingError::Thread)
    }
}

fn matches(argon2: &ReusedMemory, secret: &Typed, stored: &Phc) -> Result<bool, HashingError> {
    let hash = PasswordHash::new(stored.0.expose_secret()).map_err(|_| HashingError::Stored)?;
    match argon2.verify_password(secret.reveal().as_bytes(), &hash) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(HashingError::Hash(error)),
    }
}
