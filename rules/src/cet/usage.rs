use events::leave::LeaveType;
use serde::{Deserialize, Serialize};

/// How leave from the account may be refused: with reasons, an appeal lying to the CAP or CCP, and never after
/// certain family leaves (D 2004-878 art. 8 and 10).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CetUse {
    of_right_after: Vec<FamilyLeave>,
}

/// The leaves after which saved days are taken of right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FamilyLeave {
    /// Maternity leave.
    Maternity,
    /// Birth, paternity and welcome leave.
    Paternity,
    /// Adoption leave.
    Adoption,
    /// Leave to accompany a person at the end of life.
    EndOfLife,
    /// Carer leave.
    Carer,
}

/// Why a refusal cannot stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CetUseRefused {
    /// No reason given.
    #[error("refusing leave from the time-savings account needs a motive (D 2004-878 art. 10)")]
    NoMotive,
    /// The leave is of right.
    #[error("after {0:?} leave, saved days are taken of right (D 2004-878 art. 8)")]
    OfRight(FamilyLeave),
}

impl FamilyLeave {
    const fn of(leave_type: LeaveType) -> Option<Self> {
        match leave_type {
            LeaveType::Maternity => Some(Self::Maternity),
            LeaveType::Paternity => Some(Self::Paternity),
            LeaveType::Adoption => Some(Self::Adoption),
            LeaveType::EndOfLife => Some(Self::EndOfLife),
            LeaveType::Carer => Some(Self::Carer),
            _ => None,
        }
    }
}

impl CetUse {
    /// Whether saved days are taken of right after leave of this type.
    pub fn is_of_right_after(&self, leave_type: LeaveType) -> bool {
        FamilyLeave::of(leave_type).is_some_and(|leave| self.of_right_after.contains(&leave))
    }

    /// Whether leave asked for after `following` may be refused for this `motive`.
    ///
    /// # Errors
    /// [`CetUseRefused`] with the reason.
    pub fn check_refusal(&self, following: Option<FamilyLeave>, motive: &str) -> Result<(), CetUseRefused> {
        match following.filter(|leave| self.of_right_after.contains(leave)) {
            Some(leave) => Err(CetUseRefused::OfRight(leave)),
            None if motive.trim().is_empty() => Err(CetUseRefused::NoMotive),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleBook;
    use crate::date::day;

    #[test]
    fn a_refusal_needs_a_motive_and_is_impossible_after_maternity() {
        let book = RuleBook::embedded().unwrap();
        let rule = book.at(day("2026-01-01")).cet_use().unwrap();
        assert!(rule.is_of_right_after(LeaveType::Carer) && !rule.is_of_right_after(LeaveType::AnnualLeave));
        assert_eq!(rule.check_refusal(None, " \n"), Err(CetUseRefused::NoMotive));
        assert_eq!(rule.check_refusal(None, "service closed"), Ok(()));
        let of_right = rule.check_refusal(Some(FamilyLeave::Maternity), "service closed");
        assert_eq!(of_right, Err(CetUseRefused::OfRight(FamilyLeave::Maternity)));
    }
}
