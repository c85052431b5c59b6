//! What a benchmark is made of but for the contenders: arguments, clients and their times, a server, a document. The
//! program is `tests/bench`, a workspace of its own for the sake of other stores; what is here needs none of them, and is
//! tested with the workspace.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it tells whoever waits")]

pub mod arguments;
mod bench;
pub mod cpu;
pub mod load;
pub mod report;
mod run;
pub mod server;

pub use bench::Bench;
pub use run::run;
