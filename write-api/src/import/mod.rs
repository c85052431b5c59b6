//! Files that lead to commands: read as a stream, reported by line, recorded by whoever reads them.

mod absences;
pub mod agents_csv;
mod hr;
mod input;
mod lines;
mod provision_agents;
mod record_sshd;
pub mod sshd;
mod table;

pub use absences::{AbsencesError, AbsencesReport, People, Reading, import_absences};
pub use hr::{HrError, HrReport, import_hr};
pub use input::Input;
pub use provision_agents::{AgentResult, AgentsReport, Known, import_agents};
pub(crate) use provision_agents::{PROBLEMS, routes};
pub use record_sshd::{ImportError, MalformedLine, SshdReport, Suspension, import_sshd};
pub use table::{BadRow, TableError};
