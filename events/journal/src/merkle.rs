//! The Merkle tree of RFC 9162 §2.1 over the events, the leaf at index n being the event at position n + 1.
//!
//! The database computes leaves and frontier as it appends; this module computes them again, from the rows.

use crate::Recorded;
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// Microseconds from 1970-01-01 to 2000-01-01, PostgreSQL's epoch.
pub(crate) const POSTGRES_EPOCH: i64 = 946_684_800_000_000;

/// The leaf hash of an event: SHA-256 of 0x00 and its columns, as PostgreSQL sends a composite value.
#[must_use]
pub fn leaf(event: &Recorded) -> Hash {
    let mut leaf = Composite::of(16);
    leaf.uuid(Some(event.id.as_uuid()));
    leaf.text(Some(&event.stream_type));
    leaf.uuid(Some(event.stream_id));
    leaf.column(INT4, Some(&event.version.0.to_be_bytes()));
    leaf.text(Some(&event.name));
    leaf.column(INT2, Some(&event.schema.to_be_bytes()));
    leaf.instant(event.recorded_at);
    leaf.instant(event.occurred_at);
    leaf.text(Some(&event.actor_kind));
    leaf.uuid(event.actor_id);
    leaf.text(Some(&event.capacity_name));
    leaf.uuid(Some(event.correlation.as_uuid()));
    leaf.uuid(event.causation.map(Into::into));
    leaf.column(BYTEA, event.trace.as_deref());
    leaf.text(event.idempotency_key.as_deref());
    leaf.column(BYTEA, Some(&event.payload));
    leaf.0.finalize().into()
}

/// OIDs of types, which PostgreSQL never changes.
const BYTEA: u32 = 17;
const INT2: u32 = 21;
const INT4: u32 = 23;
const TEXT: u32 = 25;
const TIMESTAMPTZ: u32 = 1184;
const UUID: u32 = 2950;

/// The hash of 0x00 and a composite value: the number of its columns, then for each the OID of its type, its length in
/// bytes, or -1 for NULL, and its bytes.
struct Composite(Sha256);

impl Composite {
    fn of(columns: i32) -> Self {
        Self(Sha256::new_with_prefix([0]).chain_update(columns.to_be_bytes()))
    }

    fn column(&mut self, kind: u32, value: Option<&[u8]>) {
        self.0.update(kind.to_be_bytes());
        let length = value.map_or(-1, |bytes| i32::try_from(bytes.len()).unwrap_or(i32::MAX));
        self.0.update(length.to_be_bytes());
        self.0.update(value.unwrap_or_default());
    }

    fn uuid(&mut self, value: Option<Uuid>) {
        self.column(UUID, value.as_ref().map(Uuid::as_bytes).map(<[u8; 16]>::as_slice));
    }

    fn text(&mut self, value: Option<&str>) {
        self.column(TEXT, value.map(str::as_bytes));
    }

    fn instant(&mut self, at: DateTime<Utc>) {
        let micros = at.timestamp_micros().saturating_sub(POSTGRES_EPOCH);
        self.column(TIMESTAMPTZ, Some(&micros.to_be_bytes()));
    }
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
