//! Files that lead to commands: read as a stream, reported by line, recorded by whoever reads them.

pub mod agents_csv;
mod input;
mod lines;
mod provision_agents;
mod record_sshd;
pub mod sshd;

pub use input::Input;
pub use provision_agents::{AgentResult, AgentsReport, import_agents};
pub(crate) use provision_agents::{PROBLEMS, routes};
pub use record_sshd::{ImportError, MalformedLine, SshdReport, Suspension, import_sshd};
