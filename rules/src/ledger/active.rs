use events::leave::{Counter, LeaveType, Occasion};
use events::{HalfDaySet, LeaveId, SicknessId};
use serde::{Deserialize, Serialize};

use super::Ledger;
use crate::consecutive::AbsenceKind;
use crate::leave_types::absence_kind;
use crate::period::HalfDay;
use crate::special_absence::Taken;

/// What an agent is absent for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Absence {
    /// A leave, asked for or granted.
    Leave(LeaveId),
    /// A spell of sickness.
    Sickness(SicknessId),
}

impl Ledger {
    /// What already takes one of these half-days.
    #[must_use]
    pub fn taken_by(&self, half_days: &HalfDaySet) -> Option<Absence> {
        let leave = self
            .leaves()
            .find(|(_, leave)| leave.charges.iter().any(|charge| !charge.half_days.and(half_days).is_empty()));
        let sickness = || self.sicknesses().find(|(_, sickness)| !sickness.half_days.and(half_days).is_empty());
        leave.map(|(id, _)| Absence::Leave(id)).or_else(|| sickness().map(|(id, _)| Absence::Sickness(id)))
    }

    /// The half-days that leave of this type takes.
    #[must_use]
    pub fn taken_as(&self, leave_type: LeaveType) -> HalfDaySet {
        let leaves = self.leaves.values().filter(|leave| leave.leave_type == leave_type);
        leaves.flat_map(|leave| &leave.charges).flat_map(|charge| charge.half_days.iter()).collect()
    }

    /// Every half-day on which the agent is away or asked to be.
    #[must_use]
    pub fn away(&self) -> HalfDaySet {
        let leaves = self.leaves.values().flat_map(|leave| &leave.charges).flat_map(|charge| charge.half_days.iter());
        leaves.chain(self.sicknesses.values().flat_map(|sickness| sickness.half_days.iter())).collect()
    }

    /// What special absences on one of these occasions take, granted or asked for.
    #[must_use]
    pub fn taken_on(&self, occasions: &[Occasion]) -> Taken {
        let on_one = |occasion: Option<Occasion>| occasion.is_some_and(|occasion| occasions.contains(&occasion));
        let leaves = self.leaves.values().filter(|leave| on_one(leave.occasion));
        Taken::of(leaves.flat_map(|leave| &leave.charges))
    }

    /// The half-days of leave that the limit on consecutive days may count, with what each is to it.
    pub(crate) fn limited(&self) -> impl Iterator<Item = (AbsenceKind, HalfDay)> {
        self.leaves.values().flat_map(|leave| {
            leave.charges.iter().flat_map(|charge| {
                let kind = absence_kind(leave.leave_type, charge.counter.map(Counter::kind));
                kind.into_iter().flat_map(|kind| charge.half_days.iter().map(move |half_day| (kind, half_day)))
            })
        })
    }

    /// The ledger as if this leave had never been asked for.
    #[must_use]
    pub fn without(&self, leave: LeaveId) -> Self {
        let mut rest = self.clone();
        rest.leaves.remove(&leave);
        rest
    }
}
