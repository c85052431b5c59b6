//! The absence ledger of an agent: every leave that he asked for and what became of it, his sicknesses, and what was
//! put on his counters or taken off them by decision.
//!
//! One stream an agent, under his [`crate::AccountId`], so that its version guards what must never happen: two leaves on one
//! half-day, a day that two requests take, a request decided twice. What is decided on stands in clear; words,
//! motives, proofs and everything medical are sealed.

mod counter;
mod event;
mod fact;
mod leave_type;
mod occasion;

pub use counter::{Counter, CounterKind, UnknownCounter};
pub use event::AbsenceEvent;
pub use fact::{
    CertificateTiming, Charge, CreditCause, MedicalDetails, ProofSubject, Recredit, SicknessNature, Staffing,
    StaffingBreach, Warning,
};
pub use leave_type::LeaveType;
pub use occasion::Occasion;
