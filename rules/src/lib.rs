//! The law of leave as dated data and pure functions.
//!
//! [`RuleBook`] holds every rule with its article, its validity and its parameters; [`RuleBook::at`] gives those in
//! force on a date, and their version, which a decision names. The rules themselves are methods of their parameters:
//! pure, without clock, database or floating point. [`cases`] runs worked examples through the same functions.
//!
//! Days are counted in half-days ([`HalfDays`]), money in cents ([`Cents`]), everything else in exact ratios
//! ([`Ratio`]); dates are civil dates between 1990 and 2099.
//!
//! # Example
//! ```
//! use chrono::NaiveDate;
//! use rules::{HalfDays, LeaveCost, Period, RuleBook, WorkCycle};
//!
//! let book = RuleBook::embedded()?;
//! let (monday, friday): (NaiveDate, NaiveDate) = ("2026-05-11".parse()?, "2026-05-15".parse()?);
//! let full_time = WorkCycle::weekly("11111111110000")?.into();
//!
//! let cost = LeaveCost::of_request(Period::days(monday, friday)?, &full_time, book.calendar())?;
//! assert_eq!(cost.total(), HalfDays::days(4)); // Ascension is on the Thursday
//!
//! let rule = book.at(monday).annual_leave()?;
//! assert_eq!(rule.full_year(5.into()), HalfDays::days(25));
//! assert!(rule.provision().source.contains("85-1250"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod annual_leave;
pub mod book;
pub mod carer;
pub mod carry_over;
pub mod cases;
pub mod cet;
pub mod consecutive;
pub mod date;
pub mod employment;
pub mod family;
pub mod fractionnement;
pub mod gift;
pub mod holidays;
pub mod indemnity;
pub mod leave_cost;
pub mod leave_types;
pub mod ledger;
pub mod notice;
pub mod refusal;
pub mod rest;
pub mod rtt;
pub mod sick_child;
pub mod sickness;
pub mod special_absence;
pub mod staffing;
pub mod training;
pub mod unit;
pub mod validation;

pub use book::{InForce, LoadError, NotInForce, RuleBook, Version};
pub use employment::Employment;
pub use events::{pattern, period, quantity, status};
pub use holidays::Calendar;
pub use leave_cost::LeaveCost;
pub use ledger::Ledger;
pub use pattern::{WorkCycle, WorkSchedule};
pub use period::{Half, HalfDay, Period};
pub use quantity::{Cents, HalfDays, Ratio};
pub use unit::Unit;
