//! The Merkle tree of RFC 9162, section 2.1, computed from the rows themselves.

use super::{Findings, Promise};
use crate::evidence::{Event, Evidence};
use crate::history::History;
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

/// Seconds from 1970 to 2000, where PostgreSQL's times begin.
const EPOCH: i64 = 946_684_800;

pub(super) fn check(history: &History, evidence: &Evidence, findings: &mut Findings) {
    let leaves: Vec<Hash> = evidence.events.iter().map(leaf).collect();
    for (event, leaf) in evidence.events.iter().zip(&leaves) {
        findings.unless(event.leaf == *leaf, Promise::Tree, || {
            format!("the leaf of position {} is not that of its row", event.position)
        });
    }
    findings.unless(evidence.head.root == root(&leaves), Promise::Tree, || "the root is another".to_owned());
    let frontier = frontier(&leaves);
    findings.unless(evidence.head.frontier == frontier, Promise::Tree, || "the frontier is another".to_owned());
    let mut seen = history.roots.clone();
    seen.sort_unstable();
    seen.dedup();
    for (size, found) in seen {
        let prefix = usize::try_from(size).ok().and_then(|size| leaves.get(..size));
        findings.unless(prefix.is_some_and(|prefix| found == root(prefix)), Promise::Tree, || {
            format!("the root that was seen over {size} events is not consistent with the tree now")
        });
    }
}

type Hash = [u8; 32];

fn hash(parts: &[&[u8]]) -> Hash {
    parts.iter().fold(Sha256::new(), |digest, part| digest.chain_update(part)).finalize().into()
}

/// MTH of section 2.1.1, as it is written there.
fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => hash(&[]),
        [one] => *one,
        more => {
            let (left, right) = more.split_at(more.len().next_power_of_two() / 2);
            hash(&[&[1], &root(left), &root(right)])
        }
    }
}

/// The roots of the complete subtrees that the leaves fall into, largest first.
fn frontier(mut leaves: &[Hash]) -> Vec<Vec<u8>> {
    let mut roots = Vec::new();
    while !leaves.is_empty() {
        let (complete, rest) = leaves.split_at(1 << leaves.len().ilog2());
        roots.push(root(complete).to_vec());
        leaves = rest;
    }
    roots
}

/// The hash of a leaf: what `docs/adr/0003-leaves-are-computed-by-the-database.md` says of its bytes.
fn leaf(event: &Event) -> Hash {
    let micros = |at: DateTime<Utc>| (at.timestamp_micros() - EPOCH * 1_000_000).to_be_bytes();
    let present = i16::from(event.actor_id.is_some())
        + 2 * i16::from(event.causation.is_some())
        + 4 * i16::from(event.trace.is_some())
        + 8 * i16::from(event.idempotency_key.is_some());
    let mut bytes = vec![0];
    bytes.extend_from_slice(event.id.as_bytes());
    bytes.extend_from_slice(event.stream_id.as_bytes());
    bytes.extend_from_slice(&event.version.to_be_bytes());
    bytes.extend_from_slice(&event.schema_version.to_be_bytes());
    bytes.extend_from_slice(&micros(event.recorded_at));
    bytes.extend_from_slice(&micros(event.occurred_at));
    bytes.extend_from_slice(event.correlation.as_bytes());
    bytes.extend_from_slice(&present.to_be_bytes());
    for id in [event.actor_id, event.causation].into_iter().flatten() {
        bytes.extend_from_slice(id.as_bytes());
    }
    bytes.extend_from_slice(event.trace.as_deref().unwrap_or_default());
    let key = event.idempotency_key.as_deref().unwrap_or_default();
    for text in [event.stream_type.as_str(), &event.kind, &event.actor, &event.capacity, key] {
        bytes.extend_from_slice(&(text.len() as u32).to_be_bytes());
        bytes.extend_from_slice(text.as_bytes());
    }
    bytes.extend_from_slice(&event.payload);
    hash(&[&bytes])
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::HEXLOWER;

    /// The vectors of RFC 6962 as certificate-transparency-go has them: of the empty tree, and of seven leaves.
    #[test]
    fn known_trees() {
        let inputs: [&[u8]; 7] =
            [b"", b"\x00", b"\x10", b"\x20\x21", b"\x30\x31", b"\x40\x41\x42\x43", b"\x50\x51\x52\x53\x54\x55\x56\x57"];
        let leaves: Vec<Hash> = inputs.iter().map(|input| hash(&[&[0], input])).collect();
        let known = [
            (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
            (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
            (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
            (7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
        ];
        for (size, expected) in known {
            assert_eq!(HEXLOWER.encode(&root(&leaves[..size])), expected, "{size} leaves");
        }
        assert_eq!(frontier(&leaves).len(), 3);
    }
}
