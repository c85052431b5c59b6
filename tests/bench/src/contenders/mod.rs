//! Those who are measured.

pub mod cqrs;
pub mod esrs_store;
pub mod inserts;
pub mod ours;
pub mod pgbench;

use async_trait::async_trait;
use measure::cpu::Accounts;
use measure::load::Measured;
use std::time::Duration;

/// Streams that one measurement appends to or commands.
pub const STREAMS: usize = 1_000;
/// Events of a stream before it is commanded.
pub const SEEDED: i32 = 10;

/// Something that is put under the load of some clients for a while. Each measurement takes streams of its own and makes
/// its connections before the first client begins; they are closed after the last has ended.
#[async_trait]
pub trait Contender: Send + Sync {
    /// What it is called in tables.
    fn name(&self) -> &'static str;

    /// Connections to the server that it holds at most.
    fn connections(&self, clients: usize) -> u32;

    /// Lets `clients` work for `duration`; whose processor time that takes, the accounts tell.
    async fn measure(&self, clients: usize, duration: Duration, accounts: Accounts) -> anyhow::Result<Measured>;
}

/// Deals things out to clients, each his own: versions are expected, and nobody shall be in another's way.
pub fn dealt<T>(things: Vec<T>, clients: usize) -> Vec<Vec<T>> {
    let mut hands: Vec<Vec<T>> = (0..clients).map(|_| Vec::new()).collect();
    for (number, thing) in things.into_iter().enumerate() {
        if let Some(hand) = hands.get_mut(number % clients) {
            hand.push(thing);
        }
    }
    hands
}

/// Connections of a pool: one for each command at work; more than the cores can serve only wait for each other inside the
/// server.
pub fn connections(clients: usize) -> u32 {
    u32::try_from(clients.clamp(1, MOST_CONNECTIONS)).unwrap_or(1)
}

const MOST_CONNECTIONS: usize = 64;
