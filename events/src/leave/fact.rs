use super::Counter;
use crate::quantity::HalfDays;
use crate::{HalfDaySet, LeaveId, Position, SicknessId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What a leave takes: frozen when it is asked for, so that what was shown is what is taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Charge {
    /// From which counter; none for leave that is not counted.
    pub counter: Option<Counter>,
    /// Which half-days.
    pub half_days: HalfDaySet,
    /// What the counter still held just before; none for leave that is not counted.
    pub available: Option<HalfDays>,
}

/// What the agent and the validator are told, without hindering anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Warning {
    /// It was asked for later than the City's rules wish.
    ShortNotice {
        /// The last date that would have been in time.
        due_by: NaiveDate,
    },
    /// It was asked for in time, unless it begins in school holidays, which are not published for its first day.
    SchoolHolidaysUnknown,
    /// It was asked for after it had begun.
    InHindsight,
    /// The unit's staffing rules would be broken.
    Understaffed(Staffing),
}

/// The staffing rules of a unit that a leave would break, as the journal stood: who doubts it can count again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Staffing {
    /// The journal's position up to which absences were counted.
    pub as_of: Position,
    /// The rules broken; none when all hold.
    pub breaches: Vec<StaffingBreach>,
}

/// One staffing rule that a leave would break.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffingBreach {
    /// The rule's name within the unit.
    pub rule: String,
    /// On which half-days.
    pub half_days: HalfDaySet,
}

/// What sickness gave back of a leave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recredit {
    /// The leave.
    pub leave: LeaveId,
    /// The half-days of it that count no more.
    pub half_days: HalfDaySet,
}

/// Why a counter was credited or debited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CreditCause {
    /// What an agent brought along when the ledger was opened.
    OpeningBalance,
    /// An advance on later rights, authorised with a motive.
    Advance,
    /// A carry-over that the employer authorised (D 85-1250 art. 5).
    ExceptionalCarryOver,
    /// A carry-over after sickness (D 85-1250 art. 5-1).
    CarryOverAfterSickness,
    /// A carry-over after family leave (D 85-1250 art. 5-1).
    CarryOverAfterFamilyLeave,
    /// A correction.
    Correction,
}

impl CreditCause {
    /// The stored name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpeningBalance => "opening-balance",
            Self::Advance => "advance",
            Self::ExceptionalCarryOver => "exceptional-carry-over",
            Self::CarryOverAfterSickness => "carry-over-after-sickness",
            Self::CarryOverAfterFamilyLeave => "carry-over-after-family-leave",
            Self::Correction => "correction",
        }
    }
}

/// What the dates of a sickness certificate entail (D 87-602 art. 15).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateTiming {
    /// Sent within 48 hours.
    InTime,
    /// Late for the first time in two years: a letter warns of what follows.
    Late,
    /// Late again: pay is halved between the two dates.
    LateAgain,
}

/// What is medical in a sickness: sealed, read by the health officers alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MedicalDetails {
    /// What kind of sickness, as pay and the waiting day tell them apart.
    pub nature: SicknessNature,
    /// The spell that this one is a relapse of.
    pub relapse_of: Option<SicknessId>,
}

/// The kinds of sickness that the law tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SicknessNature {
    /// Ordinary sickness (*CMO*).
    Ordinary,
    /// Accident or illness of service (*CITIS*).
    WorkInjury,
    /// Long or grave illness (*CLM, CLD, CGM*).
    LongIllness,
    /// A long-term condition (*ALD*).
    LongTermCondition,
    /// During a declared pregnancy.
    DeclaredPregnancy,
    /// After a miscarriage.
    Miscarriage,
    /// Within 13 weeks of the death of a child.
    ChildDeath,
}

/// What a proof is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProofSubject {
    /// A leave.
    Leave(LeaveId),
    /// A spell of sickness.
    Sickness(SicknessId),
}
