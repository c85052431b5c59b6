//! A year's work, RTT days (*réduction du temps de travail*) and what sickness takes from them.

mod cycle;
mod days;
mod sickness;
mod work_time;
mod work_year;

pub use cycle::RttCycle;
pub use days::{Rtt, WeekTooLong};
pub use sickness::{RttReduction, RttSickness};
pub use work_time::{InvalidWorkTime, WorkTime};
pub use work_year::WorkYear;
