//! Where the projections stand, for those who watch over them.

mod halt_reason;
pub(crate) mod list_projections;
pub(crate) mod standing_row;

pub use halt_reason::halt_reason;
