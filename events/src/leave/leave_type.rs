use serde::{Deserialize, Serialize};
use std::fmt;

/// What a leave is, as far as decisions need to know. It stands in clear in the agent's ledger alone: what colleagues
/// are shown says "absent". What is medical or private beyond it is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeaveType {
    /// Annual leave (*congé annuel*), with carried-over days and those of *fractionnement*.
    AnnualLeave,
    /// Days off for weeks longer than 35 hours (*RTT*).
    Rtt,
    /// Leave from the time-savings account (*CET*).
    TimeSavings,
    /// *Congé bonifié*, for agents from overseas.
    BonifiedLeave,
    /// A special absence (*autorisation spéciale d'absence*); its motive is sealed.
    SpecialAbsence,
    /// To look after a sick child.
    SickChild,
    /// Maternity leave.
    Maternity,
    /// Birth and paternity leave.
    Paternity,
    /// The extra leave after a birth.
    ExtraBirthLeave,
    /// Adoption leave.
    Adoption,
    /// To stay with a child that is gravely ill (*congé de présence parentale*).
    ParentalPresence,
    /// To care for a close person (*congé de proche aidant*).
    Carer,
    /// To accompany a person at the end of life (*congé de solidarité familiale*).
    EndOfLife,
    /// Professional training leave.
    Training,
    /// Days given by colleagues.
    DonatedDays,
    /// Leave without pay.
    Unpaid,
    /// An absence that nothing justifies, recorded by human resources.
    Unjustified,
}

impl LeaveType {
    /// Every type.
    pub const ALL: [Self; 17] = [
        Self::AnnualLeave,
        Self::Rtt,
        Self::TimeSavings,
        Self::BonifiedLeave,
        Self::SpecialAbsence,
        Self::SickChild,
        Self::Maternity,
        Self::Paternity,
        Self::ExtraBirthLeave,
        Self::Adoption,
        Self::ParentalPresence,
        Self::Carer,
        Self::EndOfLife,
        Self::Training,
        Self::DonatedDays,
        Self::Unpaid,
        Self::Unjustified,
    ];

    /// The stored name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AnnualLeave => "annual-leave",
            Self::Rtt => "rtt",
            Self::TimeSavings => "time-savings",
            Self::BonifiedLeave => "bonified-leave",
            Self::SpecialAbsence => "special-absence",
            Self::SickChild => "sick-child",
            Self::Maternity => "maternity",
            Self::Paternity => "paternity",
            Self::ExtraBirthLeave => "extra-birth-leave",
            Self::Adoption => "adoption",
            Self::ParentalPresence => "parental-presence",
            Self::Carer => "carer",
            Self::EndOfLife => "end-of-life",
            Self::Training => "training",
            Self::DonatedDays => "donated-days",
            Self::Unpaid => "unpaid",
            Self::Unjustified => "unjustified",
        }
    }
}

impl fmt::Display for LeaveType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_names_are_those_that_serde_writes() {
        for leave_type in LeaveType::ALL {
            assert_eq!(serde_json::to_value(leave_type).unwrap(), leave_type.as_str());
        }
    }
}
