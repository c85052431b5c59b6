//! The event store behind the traits of esrs.
