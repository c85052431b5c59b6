//! The schema, in order, forward only.
