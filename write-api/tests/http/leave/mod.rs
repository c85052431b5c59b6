//! Leave as its clients meet it.

mod authority;
mod bad_input;
mod bulk;
mod corrections;
mod delegations;
mod departures;
mod family;
mod faults;
mod feeds;
mod gifts;
mod imports;
mod journeys;
mod losses;
mod matrix;
mod proofs;
mod races;
mod repeats;
mod rights;
mod sickness;
mod special_absences;
mod staffing;
mod units;
mod world;
mod wrong_members;
