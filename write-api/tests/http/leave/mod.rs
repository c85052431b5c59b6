//! Leave as its clients meet it.

mod authority;
mod bad_input;
mod faults;
mod imports;
mod journeys;
mod races;
mod world;
