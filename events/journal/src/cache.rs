//! States of aggregates, as of the last append that this process saw.
//!
//! A cached state may be old: another process may have written to the stream. That is safe, because every append
//! names the version that it was decided on; a decision on an old state conflicts, and is taken again on a fresh one.

use crate::StreamId;
use events::Version;
use moka::sync::Cache as Moka;
use std::any::Any;
use std::sync::Arc;

type Entry = (Version, Arc<dyn Any + Send + Sync>);

#[derive(Clone)]
pub(crate) struct Cache(Option<Moka<StreamId, Entry>>);

impl Cache {
    /// Of at most `states` states; 0 keeps none.
    pub(crate) fn new(states: u64) -> Self {
        Self((states > 0).then(|| Moka::new(states)))
    }

    pub(crate) fn get<S: Clone + Send + Sync + 'static>(&self, stream: StreamId) -> Option<(Version, S)> {
        let (version, state) = self.0.as_ref()?.get(&stream)?;
        state.downcast_ref::<S>().map(|state| (version, state.clone()))
    }

    /// Keeps a state, unless a newer one is there.
    pub(crate) fn put<S: Clone + Send + Sync + 'static>(&self, stream: StreamId, version: Version, state: S) {
        if let Some(cache) = &self.0 {
            let fresh: Entry = (version, Arc::new(state));
            cache.entry(stream).and_upsert_with(|kept| match kept {
                Some(kept) if kept.value().0 > version => kept.into_value(),
                _ => fresh,
            });
        }
    }

    pub(crate) fn forget(&self, stream: StreamId) {
        if let Some(cache) = &self.0 {
            cache.invalidate(&stream);
        }
    }
}
