//! Special absences (*autorisations spéciales d'absence*): what each motive gives, and what is taken of it on one occasion.

mod motive;
mod occasion;
mod recurrence;
mod refused;

pub use motive::{About, Bereavement, DEATH_OF_CHILD, Grant, SpecialAbsence, SpecialAbsences};
pub use occasion::{Event, Given, Taken};
pub use recurrence::Recurrence;
pub use refused::SpecialAbsenceRefused;
