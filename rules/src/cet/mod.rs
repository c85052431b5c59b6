//! The time-savings account (*compte épargne-temps*, D 2004-878).

mod feeding;
mod opening;
mod options;
mod usage;

pub use feeding::{CetFeeding, Deposit, YearOfLeave};
pub use opening::{CetOpening, CetOpeningRefused};
pub use options::{CetOptions, CetRates, Options, Silence, Split, SplitRefused};
pub use usage::CetUse;
