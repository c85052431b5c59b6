//! Leave as its clients meet it.

mod authority;
mod bad_input;
mod bulk;
mod corrections;
mod family;
mod faults;
mod feeds;
mod gifts;
mod imports;
mod journeys;
mod proofs;
mod races;
mod rights;
mod special_absences;
mod world;
