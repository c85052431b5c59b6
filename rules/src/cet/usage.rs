use events::leave::LeaveType;
use serde::Deserialize;

/// When leave from the account is of right: after certain family leaves (D 2004-878 art. 8).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CetUse {
    of_right_after: Vec<FamilyLeave>,
}

/// The leaves after which saved days are taken of right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum FamilyLeave {
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleBook;
    use crate::date::day;

    #[test]
    fn saved_days_are_of_right_after_family_leaves() {
        let book = RuleBook::embedded().unwrap();
        let rule = book.at(day("2026-01-01")).cet_use().unwrap();
        assert!(rule.is_of_right_after(LeaveType::Carer) && !rule.is_of_right_after(LeaveType::AnnualLeave));
    }
}
