//! What was measured, as a document.

mod chart;
mod document;
pub mod machine;
pub mod section;

pub use chart::{Chart, Series};
pub use document::Document;
pub use section::{Claim, Section, Table};
