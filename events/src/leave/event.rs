use super::{
    CertificateTiming, Charge, Counter, CreditCause, LeaveType, MedicalDetails, Occasion, ProofSubject, Recredit,
    Staffing, Warning,
};
use crate::period::Period;
use crate::quantity::HalfDays;
use crate::rule_set::RulesVersion;
use crate::validation::{Approver, Decider, Step};
use crate::{
    AccountId, CreditId, DecodeError, DomainEvent, EventName, GiftId, HalfDaySet, LeaveId, ProofId, Sealed, SicknessId,
    UnitId,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What has happened to the absences and the rights of one agent. The stream stands under the agent's [`AccountId`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum AbsenceEvent {
    /// The agent asked for a leave, which reserves its half-days from here on.
    LeaveRequested {
        /// The leave.
        leave: LeaveId,
        /// What it is.
        leave_type: LeaveType,
        /// From when to when.
        period: Period,
        /// What it takes, frozen.
        charges: Vec<Charge>,
        /// The rules and the calendar that it was counted by.
        rules: RulesVersion,
        /// The steps that it is to pass; with none it is granted.
        route: Vec<Step>,
        /// The unit that the agent belongs to.
        unit: Option<UnitId>,
        /// What agent and validator are told.
        warnings: Vec<Warning>,
        /// Why, in the agent's words.
        reason: Option<Sealed<String>>,
        /// The motive of a special absence, as the rules name it.
        special_motive: Option<Sealed<String>>,
        /// What a special absence is for, or what is said of the child that a family leave is for; none in one of before it
        /// was kept.
        occasion: Option<Occasion>,
        /// When.
        at: DateTime<Utc>,
    },
    /// The agent changed a request that was not yet decided; its validation starts again.
    LeaveAmended {
        /// The leave.
        leave: LeaveId,
        /// From when to when.
        period: Period,
        /// What it takes, frozen anew.
        charges: Vec<Charge>,
        /// The rules and the calendar that it was counted by.
        rules: RulesVersion,
        /// The steps that it is to pass.
        route: Vec<Step>,
        /// The unit that the agent belongs to.
        unit: Option<UnitId>,
        /// What agent and validator are told.
        warnings: Vec<Warning>,
        /// Why, in the agent's words.
        reason: Option<Sealed<String>>,
        /// The motive of a special absence, in place of the one before; none leaves that one, as it was once.
        special_motive: Option<Sealed<String>>,
        /// What a special absence is for, or what is said of the child that a family leave is for; none in one of before it
        /// was kept.
        occasion: Option<Occasion>,
        /// When.
        at: DateTime<Utc>,
    },
    /// The agent took back a request that was not yet decided.
    LeaveWithdrawn {
        /// The leave.
        leave: LeaveId,
    },
    /// One approver approved, and others are still to.
    LeaveStepApproved {
        /// The leave.
        leave: LeaveId,
        /// The step, from 0.
        step: u16,
        /// Who, and by what right.
        decider: Decider,
        /// When.
        at: DateTime<Utc>,
    },
    /// An approver let only a part through: the half-days refused are free again. What became of the rest is the
    /// next event.
    LeavePartiallyApproved {
        /// The leave.
        leave: LeaveId,
        /// The step, from 0.
        step: u16,
        /// What is refused.
        refused: HalfDaySet,
        /// Why.
        motive: Sealed<String>,
        /// Who, and by what right.
        decider: Decider,
    },
    /// The last approver approved: the leave is granted.
    LeaveApproved {
        /// The leave.
        leave: LeaveId,
        /// The step, from 0.
        step: u16,
        /// Who, and by what right.
        decider: Decider,
        /// The staffing of the unit, as the decider saw it.
        staffing: Option<Staffing>,
    },
    /// An approver refused: the half-days are free again.
    LeaveRefused {
        /// The leave.
        leave: LeaveId,
        /// The step, from 0.
        step: u16,
        /// Why.
        motive: Sealed<String>,
        /// Who, and by what right.
        decider: Decider,
    },
    /// A step waited too long: somebody else may decide too.
    LeaveEscalated {
        /// The leave.
        leave: LeaveId,
        /// The step, from 0.
        step: u16,
        /// Who else.
        to: Approver,
    },
    /// An approver let a leave pass although staffing rules of the unit are broken by it.
    StaffingRuleOverridden {
        /// The leave.
        leave: LeaveId,
        /// What is broken, as he saw it.
        staffing: Staffing,
        /// Why.
        motive: Sealed<String>,
        /// Who, and by what right.
        decider: Decider,
    },
    /// The agent asked to give back half-days of a leave that was granted.
    CancellationRequested {
        /// The leave.
        leave: LeaveId,
        /// Which of it.
        half_days: HalfDaySet,
        /// Why, in the agent's words.
        reason: Option<Sealed<String>>,
    },
    /// The half-days are free again.
    CancellationAccepted {
        /// The leave.
        leave: LeaveId,
        /// Which of it.
        half_days: HalfDaySet,
        /// Who, and by what right.
        decider: Decider,
    },
    /// The leave stays as it was.
    CancellationRefused {
        /// The leave.
        leave: LeaveId,
        /// Why.
        motive: Sealed<String>,
        /// Who, and by what right.
        decider: Decider,
    },
    /// Human resources corrected a leave that was granted.
    LeaveCorrected {
        /// The leave.
        leave: LeaveId,
        /// The half-days of it that count no more.
        released: HalfDaySet,
        /// What it takes instead or besides.
        charges: Vec<Charge>,
        /// The rules and the calendar that these were counted by.
        rules: RulesVersion,
        /// From which day on the correction has effect.
        effective: NaiveDate,
        /// Why.
        motive: Sealed<String>,
        /// Who.
        by: AccountId,
    },
    /// Human resources recorded an absence that needs no validation.
    AbsenceRecorded {
        /// The leave.
        leave: LeaveId,
        /// What it is.
        leave_type: LeaveType,
        /// From when to when.
        period: Period,
        /// What it takes, frozen.
        charges: Vec<Charge>,
        /// The rules and the calendar that it was counted by.
        rules: RulesVersion,
        /// The unit that the agent belongs to.
        unit: Option<UnitId>,
        /// The motive of a special absence, as the rules name it.
        special_motive: Option<Sealed<String>>,
        /// What a special absence is for, or what is said of the child that a family leave is for; none in one of before it
        /// was kept.
        occasion: Option<Occasion>,
        /// Why it was taken although it was asked for too late, or annual leave that is in use was not earned then.
        motive: Option<Sealed<String>>,
    },
    /// A sickness was recorded; the leave that it fell into is given back in the same event.
    SicknessRecorded {
        /// The spell.
        sickness: SicknessId,
        /// From when to when.
        period: Period,
        /// The half-days on which the agent was due to work and is sick.
        half_days: HalfDaySet,
        /// What is given back.
        recredited: Vec<Recredit>,
        /// The rules and the calendar that it was counted by.
        rules: RulesVersion,
        /// The unit that the agent belongs to.
        unit: Option<UnitId>,
        /// What is medical.
        details: Option<Sealed<MedicalDetails>>,
    },
    /// A sickness ended earlier than recorded, or was recorded by mistake: these half-days are free again. A longer
    /// one is a further spell.
    SicknessShortened {
        /// The spell.
        sickness: SicknessId,
        /// What is no longer of it.
        released: HalfDaySet,
        /// Why.
        motive: Sealed<String>,
    },
    /// The certificate of a sickness arrived.
    CertificateReceived {
        /// The spell.
        sickness: SicknessId,
        /// When it was issued.
        issued: NaiveDate,
        /// When it was sent.
        sent: NaiveDate,
        /// Whether that was in time.
        timing: CertificateTiming,
    },
    /// The dates of a certificate had been recorded wrongly: from here on these are its dates, judged anew.
    CertificateCorrected {
        /// The spell.
        sickness: SicknessId,
        /// When it was issued.
        issued: NaiveDate,
        /// When it was sent.
        sent: NaiveDate,
        /// Whether that was in time.
        timing: CertificateTiming,
        /// Why.
        motive: Sealed<String>,
    },
    /// The agent named a colleague to stand in for him.
    ReplacementNamed {
        /// During which leave.
        leave: LeaveId,
        /// The colleague.
        replacement: AccountId,
    },
    /// The colleague will.
    ReplacementAccepted {
        /// During which leave.
        leave: LeaveId,
        /// The colleague.
        replacement: AccountId,
    },
    /// The colleague will not.
    ReplacementDeclined {
        /// During which leave.
        leave: LeaveId,
        /// The colleague.
        replacement: AccountId,
    },
    /// A proof was attached; its file is sealed beside the journal.
    ProofAttached {
        /// The proof.
        proof: ProofId,
        /// What it is for.
        of: ProofSubject,
        /// Whether only the health officers may read it.
        medical: bool,
        /// The file's name.
        name: Sealed<String>,
        /// Its media type (RFC 6838).
        media_type: String,
        /// Its length before sealing.
        size_bytes: u64,
        /// SHA-256 of the file as it is stored, sealed, in hexadecimal.
        sha256: String,
    },
    /// A counter was credited by decision.
    RightCredited {
        /// The credit.
        credit: CreditId,
        /// Which counter.
        counter: Counter,
        /// How much.
        half_days: HalfDays,
        /// From when on it may be used.
        effective: NaiveDate,
        /// Until when; none leaves it to the counter's own end.
        usable_until: Option<NaiveDate>,
        /// Why, as the law tells it.
        cause: CreditCause,
        /// Why, in words.
        motive: Option<Sealed<String>>,
    },
    /// A counter was debited by decision.
    RightDebited {
        /// The debit.
        credit: CreditId,
        /// Which counter.
        counter: Counter,
        /// How much.
        half_days: HalfDays,
        /// From when on.
        effective: NaiveDate,
        /// Why, as the law tells it.
        cause: CreditCause,
        /// Why, in words.
        motive: Sealed<String>,
    },
    /// The agent opened a time-savings account.
    TimeSavingsOpened {
        /// When.
        on: NaiveDate,
    },
    /// Days went from other counters to the time-savings account.
    TimeSavingsFed {
        /// From which counter, and how much.
        deposits: Vec<(Counter, HalfDays)>,
        /// When.
        on: NaiveDate,
    },
    /// What becomes of the saved days beyond those that are leave only (D 2004-878 art. 4 to 7).
    TimeSavingsSplit {
        /// The account of 31 December of this year.
        year: i32,
        /// Days that stay.
        kept: HalfDays,
        /// Days that are paid.
        paid: HalfDays,
        /// Days that become pension.
        pension: HalfDays,
        /// When.
        on: NaiveDate,
        /// Whether the agent chose, or his silence did.
        chosen: bool,
    },
    /// The agent declared that he gives days to a colleague whom human resources choose: from here on they are not his.
    GiftDeclared {
        /// The gift.
        gift: GiftId,
        /// From which counter.
        counter: Counter,
        /// How much.
        half_days: HalfDays,
        /// When.
        on: NaiveDate,
    },
    /// The donor took back what nobody had been given yet: the days are his again.
    GiftWithdrawn {
        /// The gift.
        gift: GiftId,
    },
    /// Days that were declared reached a colleague, for good.
    DaysGiven {
        /// The gift.
        gift: GiftId,
        /// From which counter.
        counter: Counter,
        /// How much.
        half_days: HalfDays,
        /// When.
        on: NaiveDate,
    },
    /// The agent was told of days of his that end unused unless he takes them.
    LossAnnounced {
        /// Of which counter.
        counter: Counter,
        /// How many were left.
        half_days: HalfDays,
        /// The last day on which they may be used.
        usable_until: NaiveDate,
        /// Which warning it was, in days ahead.
        days_ahead: u16,
    },
    /// Human resources were told how much more is used of a counter than there is, to be settled with the agent.
    OverdraftAnnounced {
        /// Of which counter.
        counter: Counter,
        /// What nothing covers; nothing once it is settled.
        half_days: HalfDays,
    },
    /// Days were received from a colleague, who stays unknown.
    DaysReceived {
        /// The gift.
        gift: GiftId,
        /// How much.
        half_days: HalfDays,
        /// When.
        on: NaiveDate,
    },
}

macro_rules! kinds {
    ($($name:ident $schema:literal),+ $(,)?) => {
        impl DomainEvent for AbsenceEvent {
            const STREAM: &'static str = "absence-ledger";

            const KINDS: &'static [(EventName, i16)] = &[$((stringify!($name), $schema)),+];

            fn name(&self) -> EventName {
                match self {
                    $(Self::$name { .. } => stringify!($name),)+
                }
            }

            fn upcast(name: &str, from: i16, body: Value) -> Result<Value, DecodeError> {
                match (name, from) {
                    // Neither the occasion nor the motive of an amendment was kept: none is read for both.
                    ("LeaveRequested" | "LeaveAmended" | "AbsenceRecorded", 1) => Ok(body),
                    // Nothing was taken late with a motive.
                    ("AbsenceRecorded", 2) => Ok(body),
                    _ => Err(DecodeError::NoUpcaster { name: name.to_owned(), from }),
                }
            }
        }
    };
}

kinds! {
    LeaveRequested 2,
    LeaveAmended 2,
    LeaveWithdrawn 1,
    LeaveStepApproved 1,
    LeavePartiallyApproved 1,
    LeaveApproved 1,
    LeaveRefused 1,
    LeaveEscalated 1,
    StaffingRuleOverridden 1,
    CancellationRequested 1,
    CancellationAccepted 1,
    CancellationRefused 1,
    LeaveCorrected 1,
    AbsenceRecorded 3,
    SicknessRecorded 1,
    SicknessShortened 1,
    CertificateReceived 1,
    CertificateCorrected 1,
    ReplacementNamed 1,
    ReplacementAccepted 1,
    ReplacementDeclined 1,
    ProofAttached 1,
    RightCredited 1,
    RightDebited 1,
    TimeSavingsOpened 1,
    TimeSavingsFed 1,
    TimeSavingsSplit 1,
    GiftDeclared 1,
    GiftWithdrawn 1,
    DaysGiven 1,
    LossAnnounced 1,
    OverdraftAnnounced 1,
    DaysReceived 1,
}
