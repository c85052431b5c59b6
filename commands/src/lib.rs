//! What may happen: aggregates and their decisions.
