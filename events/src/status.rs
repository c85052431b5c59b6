//! Who the agent is before the law: status and category.

use serde::{Deserialize, Serialize};

/// How an agent is bound to the City.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// A tenured official (*fonctionnaire titulaire*).
    Official,
    /// An official on probation (*fonctionnaire stagiaire*).
    Trainee,
    /// An agent under a public-law contract (*contractuel*).
    Contract,
}

/// The hierarchical category of an agent's corps or post (CGFP L.411-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Category {
    /// Conception and direction.
    A,
    /// Application.
    B,
    /// Execution.
    C,
}
