//! Leave for births and adoptions.

mod adoption;
mod extra_birth_leave;
mod maternity;
mod paternity;
mod request;

pub use adoption::{Adoption, AdoptionFamily, AdoptionLeave, InvalidFamily};
pub use extra_birth_leave::{ExtraBirthLeave, ExtraBirthLeaveRefused};
pub use maternity::{Maternity, MaternityLeave, MaternityRefused, Pregnancy};
pub use paternity::{BirthLeave, FirstDay, Paternity, PeriodsRefused};
pub use request::{Circumstances, FamilyLeave, FamilyLeaveRefused};
