//! Orders about the keys that seal personal data, on the record before they are carried out.
//!
//! Their stream is [`VaultEvent::stream`] of whose keys they are about.

mod order_erasure;
mod order_expiry;
mod order_reapplication;
mod order_rotation;
#[cfg(test)]
mod samples;

pub use order_erasure::OrderErasure;
pub use order_expiry::OrderExpiry;
pub use order_reapplication::OrderReapplication;
pub use order_rotation::OrderRotation;

use crate::command::command_enum;
use chrono::NaiveDate;
use esrs::Aggregate;
use events::DomainEvent;
use events::vault::VaultEvent;
use journal::Snapshots;

/// Keys that seal personal data: of one subject, or all of them.
#[derive(Clone, Copy, Debug)]
pub struct VaultUpkeep;

command_enum! {
    /// What may be ordered of keys.
    VaultCommand { OrderErasure, OrderExpiry, OrderReapplication, OrderRotation }
}

/// Why nothing was ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultRefusal {
    /// The words of who orders an erasure are sealed under his own keys, and must outlive it.
    #[error("nobody erases himself")]
    OwnErasure,
    /// Where logins came from is kept for six months at least (CNIL, délibération 2021-122).
    #[error("the sources of logins are kept for six months: nothing from {earliest} on may be dropped")]
    TooRecent {
        /// The first day that must be kept.
        earliest: NaiveDate,
    },
}

impl Aggregate for VaultUpkeep {
    const NAME: &'static str = VaultEvent::STREAM;
    /// An order may be given again: what it destroyed before stays destroyed.
    type State = ();
    type Command = VaultCommand;
    type Event = VaultEvent;
    type Error = VaultRefusal;

    fn handle_command((): &(), command: VaultCommand) -> Result<Vec<VaultEvent>, VaultRefusal> {
        match command {
            VaultCommand::OrderErasure(command) => order_erasure::decide(command),
            VaultCommand::OrderExpiry(command) => order_expiry::decide(command),
            VaultCommand::OrderReapplication(command) => Ok(order_reapplication::decide(command)),
            VaultCommand::OrderRotation(command) => Ok(order_rotation::decide(command)),
        }
    }

    fn apply_event((): (), _: VaultEvent) {}
}

impl Snapshots for VaultUpkeep {
    const FOLD: i32 = 1;
}
