//! Where the projections stand, for those who watch over them.

pub(crate) mod list_projections;
pub(crate) mod standing_row;
