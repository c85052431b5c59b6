//! Ordinary sick leave (*congé de maladie ordinaire*): certificate, waiting day, pay.

mod certificate;
mod part_time;
mod pay;
mod spell;
mod waiting_day;

pub use certificate::{Certificate, SickCertificate};
pub use part_time::PartTimePay;
pub use pay::{HalfPayStart, PaidDay, PayRate, PayTerm, Share, SickPay, Used};
pub use spell::{InvalidSpells, Spell};
pub use waiting_day::{EarlierSpell, Exemption, NewSpell, WaitingDay};
