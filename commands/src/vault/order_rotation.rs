use events::Sealed;
use events::vault::VaultEvent;
use uuid::Uuid;

/// Orders that every living key be wrapped under another master key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRotation {
    /// The name of that master key.
    pub master: Uuid,
    /// Why, in the words of who orders it.
    pub motive: Sealed<String>,
}

pub(super) fn decide(command: OrderRotation) -> Vec<VaultEvent> {
    let OrderRotation { master, motive } = command;
    vec![VaultEvent::RotationOrdered { master, motive }]
}
