use events::Sealed;
use events::vault::VaultEvent;

/// Orders that keys which a restored backup brought back be destroyed again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderReapplication {
    /// How many receipts of destroyed keys are given.
    pub receipts: u64,
    /// Why, in the words of who orders it.
    pub motive: Sealed<String>,
}

pub(super) fn decide(command: OrderReapplication) -> Vec<VaultEvent> {
    let OrderReapplication { receipts, motive } = command;
    vec![VaultEvent::ReapplicationOrdered { receipts, motive }]
}
