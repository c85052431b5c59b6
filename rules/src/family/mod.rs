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
pub(crate) use request::is_for_a_child_that_comes;
pub use request::{Circumstances, FamilyLeave, FamilyLeaveRefused, SaidOfChild};
