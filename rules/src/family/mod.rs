//! Leave for births and adoptions.

mod adoption;
mod maternity;
mod paternity;

pub use adoption::{Adoption, AdoptionFamily, AdoptionLeave, InvalidFamily};
pub use maternity::{Maternity, MaternityLeave, MaternityRefused, Pregnancy};
pub use paternity::{BirthLeave, ExtraBirthLeave, ExtraBirthLeaveRefused, FirstDay, Paternity, PeriodsRefused};
