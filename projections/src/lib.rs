//! What is shown: read models folded from the journal.

pub mod audit;
