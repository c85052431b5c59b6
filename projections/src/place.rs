//! Where a projection is kept.

/// Where the tables of a projection are: the live ones, or those of a rebuild beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Live,
    Shadow,
}

impl Place {
    /// The schema.
    pub(crate) const fn schema(self) -> &'static str {
        match self {
            Self::Live => "projections",
            Self::Shadow => "projections_shadow",
        }
    }
}
