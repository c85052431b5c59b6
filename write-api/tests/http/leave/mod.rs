//! Leave as its clients meet it.

mod authority;
mod bad_input;
mod faults;
mod gifts;
mod imports;
mod journeys;
mod races;
mod world;
