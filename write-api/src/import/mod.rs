//! Files that lead to commands: read as a stream, reported by line, recorded by whoever reads them.

pub mod agents_csv;
mod lines;
pub mod sshd;
