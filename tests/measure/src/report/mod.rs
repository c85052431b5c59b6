//! What was measured, as a document.

mod chart;
mod disk;
mod document;
pub mod machine;
pub mod section;
mod versions;

/// What every file that is written here begins with, or has under its title: what bears it may be replaced.
pub const MARKER: &str = "<!-- Written by intraparis bench, which replaces it. -->";

pub use chart::{Chart, Series};
pub use document::Document;
pub use section::{Claim, Section, Table};
