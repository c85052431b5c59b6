//! Where a box stands: it opens nowhere else.

use events::KeyId;
use uuid::Uuid;

/// The place of a box in the journal. It is authenticated with the box (the associated data of RFC 5116 §2.1), so
/// that a box moved to another stream, field or fact does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place<'a> {
    /// The stream's type.
    pub stream: &'a str,
    /// The stream.
    pub id: Uuid,
    /// The field of the fact.
    pub field: &'a str,
    /// The fact: what tells it from others of its stream, such as the attempt or the event's own id.
    pub fact: Uuid,
}

impl Place<'_> {
    pub(crate) fn associated_data(&self, key: KeyId) -> Vec<u8> {
        framed(&[
            b"intraparis box 1",
            key.as_uuid().as_bytes(),
            self.stream.as_bytes(),
            self.id.as_bytes(),
            self.field.as_bytes(),
            self.fact.as_bytes(),
        ])
    }
}

/// Every part behind its length in bytes (8, big-endian): different parts never give the same bytes.
pub(crate) fn framed(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(parts.iter().map(|part| 8 + part.len()).sum());
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    type Parts = (String, u128, String, u128, u128);

    /// Few distinct values, so that many pairs differ in one part only, or in where one part ends.
    fn parts() -> impl Strategy<Value = Parts> {
        ("[ab\0]{0,4}", 0..2_u128, "[ab\0]{0,4}", 0..2_u128, 0..2_u128)
    }

    fn bytes((stream, id, field, fact, key): &Parts) -> Vec<u8> {
        let place = Place { stream, id: Uuid::from_u128(*id), field, fact: Uuid::from_u128(*fact) };
        place.associated_data(KeyId::from_uuid(Uuid::from_u128(*key)))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn one_place_one_associated_data(a in parts(), b in parts()) {
            prop_assert_eq!(a == b, bytes(&a) == bytes(&b));
        }

        #[test]
        fn frames_are_injective(a in vec(vec(0..3_u8, 0..4), 0..4), b in vec(vec(0..3_u8, 0..4), 0..4)) {
            let frame = |parts: &[Vec<u8>]| framed(&parts.iter().map(Vec::as_slice).collect::<Vec<_>>());
            prop_assert_eq!(a == b, frame(&a) == frame(&b));
        }
    }
}
