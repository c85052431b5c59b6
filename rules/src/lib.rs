//! The law of leave as dated data and pure functions.
//!
//! [`RuleBook`] holds every rule with its article, its validity and its parameters; [`RuleBook::at`] gives those in
//! force on a date, and their version, which a decision names. The rules themselves are methods of their parameters:
//! pure, without clock, database or floating point. [`cases`] runs worked examples through the same functions.
//!
//! Days are counted in half-days ([`HalfDays`]), money in cents ([`Cents`]), everything else in exact ratios
//! ([`Ratio`]); dates are civil dates between 1990 and 2099.

pub mod annual_leave;
pub mod book;
pub mod carer;
pub mod carry_over;
pub mod cases;
pub mod cet;
pub mod consecutive;
pub mod date;
pub mod family;
pub mod fractionnement;
pub mod gift;
pub mod holidays;
pub mod indemnity;
pub mod leave_cost;
pub mod notice;
pub mod pattern;
pub mod period;
pub mod quantity;
pub mod refusal;
pub mod rest;
pub mod rtt;
pub mod sick_child;
pub mod sickness;
pub mod special_absence;
pub mod status;
pub mod training;

pub use book::{InForce, LoadError, NotInForce, RuleBook, Version};
pub use holidays::Calendar;
pub use leave_cost::LeaveCost;
pub use pattern::{WorkCycle, WorkSchedule};
pub use period::{Half, HalfDay, Period};
pub use quantity::{Cents, HalfDays, Ratio};
