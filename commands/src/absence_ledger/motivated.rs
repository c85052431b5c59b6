use events::leave::CreditCause;

/// What has a motive, by the text that asks for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motivated {
    /// A refusal, of a part too, or of a cancellation (D 85-1250 art. 3).
    Refusal,
    /// A carry-over that the employer authorises (D 85-1250 art. 5).
    CarryOver,
    /// Another credit or debit, a correction, a staffing rule that is let pass (convention).
    Correction,
}

impl Motivated {
    /// A credit or a debit for this cause.
    #[must_use]
    pub const fn by_cause(cause: CreditCause) -> Self {
        match cause {
            CreditCause::ExceptionalCarryOver => Self::CarryOver,
            CreditCause::OpeningBalance
            | CreditCause::Advance
            | CreditCause::CarryOverAfterSickness
            | CreditCause::CarryOverAfterFamilyLeave
            | CreditCause::Correction => Self::Correction,
        }
    }

    pub(super) const fn article(self) -> &'static str {
        match self {
            Self::Refusal => "D 85-1250 art. 3",
            Self::CarryOver => "D 85-1250 art. 5",
            Self::Correction => "convention",
        }
    }
}
