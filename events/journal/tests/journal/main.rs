//! The journal on a real PostgreSQL: what it must hold, whoever writes and whatever breaks.

#![expect(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends at what it did not expect")]

mod appending;
mod evidence;
mod order;
mod reading;
mod toy;
