//! Facts that the tests of this aggregate begin with.

use events::{KeyId, Sealed};
use uuid::Uuid;

pub(super) fn motive() -> Sealed<String> {
    Sealed::new(KeyId::from_uuid(Uuid::nil()), vec![1])
}
