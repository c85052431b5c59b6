//! The Merkle tree of RFC 9162 §2.1 over the events, the leaf at index n being the event at position n + 1.
//!
//! The database computes leaves and frontier as it appends; this module computes them again, from the rows.

use crate::Recorded;
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// Microseconds from 1970-01-01 to 2000-01-01, PostgreSQL's epoch.
const POSTGRES_EPOCH: i64 = 946_684_800_000_000;

/// The leaf hash of an event: SHA-256 of 0x00 and its columns, in the order in which the migration joins them.
#[must_use]
pub fn leaf(event: &Recorded) -> Hash {
    let key = event.idempotency_key.as_deref();
    let present = i16::from(event.actor_id.is_some())
        + 2 * i16::from(event.causation.is_some())
        + 4 * i16::from(event.trace.is_some())
        + 8 * i16::from(key.is_some());
    let mut hash = Sha256::new_with_prefix([0]);
    hash.update(event.id.as_uuid());
    hash.update(event.stream_id);
    hash.update(event.version.0.to_be_bytes());
    hash.update(event.schema.to_be_bytes());
    hash.update(instant(event.recorded_at));
    hash.update(instant(event.occurred_at));
    hash.update(event.correlation.as_uuid());
    hash.update(present.to_be_bytes());
    if let Some(id) = event.actor_id {
        hash.update(id);
    }
    if let Some(id) = event.causation {
        hash.update(id.as_uuid());
    }
    if let Some(trace) = &event.trace {
        hash.update(trace);
    }
    for text in
        [event.stream_type.as_str(), &event.name, &event.actor_kind, &event.capacity_name, key.unwrap_or_default()]
    {
        hash.update(i32::try_from(text.len()).unwrap_or(i32::MAX).to_be_bytes());
        hash.update(text);
    }
    hash.update(&event.payload);
    hash.finalize().into()
}

fn instant(at: DateTime<Utc>) -> [u8; 8] {
    at.timestamp_micros().saturating_sub(POSTGRES_EPOCH).to_be_bytes()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new_with_prefix([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The complete subtrees that the first leaves of a tree fall into, largest first: one for each bit of their number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    subtrees: Vec<Hash>,
}

impl Frontier {
    /// Adds the next leaf.
    pub fn push(&mut self, leaf: Hash) {
        let mut top = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.subtrees.pop() {
                top = node(&left, &top);
            }
        }
        self.subtrees.push(top);
        self.size += 1;
    }

    /// How many leaves there are.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The hashes of the subtrees.
    #[must_use]
    pub fn subtrees(&self) -> &[Hash] {
        &self.subtrees
    }

    /// The root of the tree; of no leaves, SHA-256 of nothing.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut subtrees = self.subtrees.iter().rev();
        subtrees
            .next()
            .map_or_else(|| Sha256::digest([]).into(), |last| subtrees.fold(*last, |right, left| node(left, &right)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// RFC 9162 §2.1.1, word for word: the definition that the frontier is a faster form of.
    fn tree_hash(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Sha256::digest([]).into(),
            [leaf] => *leaf,
            _ => {
                let split = leaves.len().next_power_of_two() / 2;
                node(&tree_hash(&leaves[..split]), &tree_hash(&leaves[split..]))
            }
        }
    }

    proptest! {
        #[test]
        fn the_frontier_gives_the_root_of_the_definition(leaves in prop::collection::vec(any::<Hash>(), 0..300)) {
            let mut frontier = Frontier::default();
            leaves.iter().for_each(|leaf| frontier.push(*leaf));
            prop_assert_eq!(frontier.root(), tree_hash(&leaves));
            prop_assert_eq!(frontier.subtrees().len(), leaves.len().count_ones() as usize);
        }
    }
}
