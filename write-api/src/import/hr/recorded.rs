//! What was recorded before: by files, and by human resources themselves.

use super::{HrError, recording};
use crate::WriteApi;
use events::{Capacity, DomainEvent, Version};
use futures::TryStreamExt;
use journal::StreamId;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What is recorded of one entry.
pub(super) struct Recorded<E> {
    /// What files said of it last, where they did not withdraw it.
    by_file: Option<E>,
    /// Whether human resources recorded or withdrew it themselves since.
    corrected: bool,
}

impl<E: PartialEq> Recorded<E> {
    /// Whether it stays as human resources have it: files say no more of it than they did before.
    pub(super) fn stands_against(&self, fact: &E) -> bool {
        self.corrected && self.by_file.as_ref().is_none_or(|said| said == fact)
    }

    /// Whether it is so by files alone.
    pub(super) const fn is_of_files(&self) -> bool {
        self.by_file.is_some() && !self.corrected
    }
}

/// What a stream says of each entry that its events are about.
pub(super) async fn recorded<E: DomainEvent, K: Ord>(
    api: &WriteApi,
    stream: Uuid,
    entry: impl Fn(&E) -> Option<K>,
    withdraws: impl Fn(&E) -> bool,
) -> Result<BTreeMap<K, Recorded<E>>, HrError> {
    let mut entries: BTreeMap<K, Recorded<E>> = BTreeMap::new();
    let mut events = api.journal.reader().stream(StreamId::new(E::STREAM, stream), Version::NONE);
    while let Some(recorded) = events.try_next().await.map_err(recording)? {
        let event: E = recorded.decode().map_err(recording)?;
        let Some(entry) = entry(&event) else { continue };
        let entry = entries.entry(entry).or_insert(Recorded { by_file: None, corrected: false });
        entry.corrected = recorded.capacity().map_err(recording)? != Capacity::Operator;
        if !entry.corrected {
            entry.by_file = (!withdraws(&event)).then_some(event);
        }
    }
    Ok(entries)
}
