//! The audit trail, as auditors see it.

pub mod timeline;
