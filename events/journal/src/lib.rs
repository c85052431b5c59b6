//! The event store behind the traits of esrs.

pub mod embedded;
