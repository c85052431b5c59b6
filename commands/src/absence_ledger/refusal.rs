use super::motivated::Motivated;
use chrono::NaiveDate;
use events::leave::{Counter, LeaveType, Staffing};
use rules::carer::CarerRefused;
use rules::cet::{CetOpeningRefused, SplitRefused};
use rules::date::OutsideCalendar;
use rules::family::FamilyLeaveRefused;
use rules::gift::GiftRefused;
use rules::ledger::{NoRight, Uncarried, Unquotable};
use rules::period::Period;
use rules::special_absence::SpecialAbsenceRefused;
use rules::training::TrainingRefused;
use rules::{HalfDays, NotInForce};

/// Why something was not done to a ledger.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AbsenceRefusal {
    /// The leave, sickness, proof, credit or gift is in the ledger already.
    #[error("it is in the ledger already")]
    AlreadyRecorded,
    /// There is no such leave.
    #[error("there is no such leave")]
    UnknownLeave,
    /// There is no such spell of sickness.
    #[error("there is no such sickness")]
    UnknownSickness,
    /// The sickness was recorded by mistake.
    #[error("nothing is left of this sickness: it was recorded by mistake")]
    VoidSickness,
    /// No certificate of the sickness was received.
    #[error("no certificate of this sickness was received")]
    NoCertificate,
    /// There is no such gift.
    #[error("there is no such gift")]
    UnknownGift,
    /// The gift was given, or taken back.
    #[error("the gift is {status}: once accepted it is final (D 2015-580 art. 4)")]
    GiftEnded {
        /// What it is.
        status: &'static str,
    },
    /// Nothing is left of the leave: sickness or a correction took all of it.
    #[error("nothing is left of the leave to grant: the agent withdraws it, or it is refused")]
    Emptied,
    /// It cannot be had: nothing to take, taken already, not enough, too long.
    #[error(transparent)]
    Unquotable(#[from] Unquotable),
    /// No agent asks for this type; human resources record it.
    #[error("leave of type {leave_type} is not asked for")]
    NotRequestable {
        /// The type.
        leave_type: LeaveType,
    },
    /// A special absence without a motive that the rules know, or beyond what it gives.
    #[error(transparent)]
    Special(#[from] SpecialAbsenceRefused),
    /// Circumstances that are not those of the leave, or none where its length follows from them.
    #[error("the circumstances of leave of type {leave_type} are not said")]
    Circumstances {
        /// The type.
        leave_type: LeaveType,
    },
    /// The request was decided, or taken back.
    #[error("the leave is {status}")]
    NotPending {
        /// What it is.
        status: &'static str,
    },
    /// The leave was not granted.
    #[error("the leave is {status}, not granted")]
    NotGranted {
        /// What it is.
        status: &'static str,
    },
    /// The step that was meant has been decided.
    #[error("step {step} is due")]
    OtherStep {
        /// The one that is due.
        step: u16,
    },
    /// The agent has amended the leave since it was seen.
    #[error("the leave was amended: it is from {} to {} now", .period.start(), .period.end())]
    Amended {
        /// How often, by now.
        revision: u32,
        /// The step that is due.
        step: u16,
        /// What is asked now.
        period: Period,
    },
    /// Nobody decides on his own leave.
    #[error("nobody decides on his own leave, himself or through a delegate")]
    OwnLeave,
    /// Nobody acts for human resources in his own matter.
    #[error("nobody acts for human resources in his own matter")]
    OwnMatter,
    /// Not one who decides at this step.
    #[error("you are not one of those who decide at this step")]
    NotAnApprover,
    /// A step of several takes several.
    #[error("you approved at this step already")]
    ApprovedAlready,
    /// What the law grants is not refused.
    #[error("leave of type {leave_type} is of right: it cannot be refused")]
    OfRight {
        /// The type.
        leave_type: LeaveType,
        /// The field that refuses it.
        field: &'static str,
    },
    /// A refusal, a correction or an advance has a motive.
    #[error("a motive is needed ({})", .0.article())]
    NoMotive(Motivated),
    /// The unit's staffing rules would be broken, and nobody has let it pass.
    #[error("the staffing rules of the unit would be broken")]
    Understaffed(Staffing),
    /// There is no broken rule to let pass.
    #[error("no staffing rule would be broken")]
    NothingToOverride,
    /// Nothing of the sickness lies after the return that was said.
    #[error("the sickness is over by then (CGFP L.822-1)")]
    NotAfter,
    /// Half-days that are not of this leave, or all of them where a part is meant.
    #[error("the half-days are none, or not part of the leave")]
    NotPartOf,
    /// Half-days that are past.
    #[error("only half-days to come can be given back")]
    Past,
    /// Giving back was asked for already.
    #[error("a cancellation was asked for already")]
    CancellationPending,
    /// Nobody asked to give anything back.
    #[error("no cancellation was asked for")]
    NoCancellation,
    /// The step has no escalation, or its time has not come.
    #[error("the step is not to be escalated")]
    NotDue,
    /// Nobody stands in for himself.
    #[error("nobody stands in for himself")]
    OwnReplacement,
    /// The colleague left the service, or will before the leave ends.
    #[error("the colleague is no longer in service when the leave ends")]
    ReplacementLeaves,
    /// Nobody asked this colleague.
    #[error("you were not asked to stand in")]
    NotAsked,
    /// The question was answered.
    #[error("the question was answered already")]
    AnsweredAlready,
    /// Nothing at all.
    #[error("at least half a day")]
    Nothing,
    /// A deposit of several that cannot be made.
    #[error("the deposit at {place} cannot be made")]
    OfDeposit {
        /// Its place, from 0.
        place: usize,
        /// Why.
        #[source]
        refusal: Box<AbsenceRefusal>,
    },
    /// No deposit at all.
    #[error("at least one deposit")]
    NoDeposit,
    /// A date further ahead than anybody knows.
    #[error("at most {most_days} days ahead")]
    TooFarAhead {
        /// Which date.
        field: &'static str,
        /// The furthest.
        most_days: i64,
    },
    /// A date that has not come.
    #[error("the date lies ahead")]
    Ahead,
    /// A certificate that was sent before it was issued.
    #[error("the certificate was sent before it was issued (D 87-602 art. 15)")]
    SentBeforeIssue,
    /// A certificate that was issued so long before the sickness that it is of another.
    #[error("the certificate of this sickness is issued on {from} at the earliest (D 87-602 art. 15)")]
    OtherCertificate {
        /// The first day on which it may have been.
        from: NaiveDate,
    },
    /// A relapse of a spell that the agent did not have, or had later.
    #[error("a relapse is of an earlier sickness of the agent")]
    NoRelapse,
    /// A credit that ends before it has effect.
    #[error("the end lies before the day of effect")]
    Reversed,
    /// A carry-over that is used longer than the law lets.
    #[error("leave carried over is used until {until} at most (D 85-1250 art. 5-1)")]
    UsableTooLong {
        /// The last day.
        until: NaiveDate,
    },
    /// A sickness longer than any.
    #[error("a sickness lasts at most {most_days} days (CGFP L.822-12)")]
    SicknessTooLong {
        /// The longest.
        most_days: i64,
    },
    /// The counter does not hold as much.
    #[error("{counter} holds {}", .available.in_english())]
    Insufficient {
        /// The counter.
        counter: Counter,
        /// What it holds.
        available: HalfDays,
    },
    /// More than the law lets credit.
    #[error("{counter} may be credited {} at most", .room.in_english())]
    AboveLaw {
        /// The counter.
        counter: Counter,
        /// What it may be credited.
        room: HalfDays,
    },
    /// A counter that this is not done with.
    #[error("{counter} is not a counter for this")]
    Counter {
        /// The counter.
        counter: Counter,
    },
    /// The time-savings account cannot be opened.
    #[error(transparent)]
    Opening(#[from] CetOpeningRefused),
    /// There is no time-savings account.
    #[error("there is no time-savings account")]
    NoTimeSavings,
    /// More than may be saved (D 2004-878 art. 3 and 7-1).
    #[error("{} may be saved, {annual_leave} of them annual leave (D 2004-878 art. 3)", .most.in_english())]
    Deposit {
        /// Of all kinds together.
        most: HalfDays,
        /// Of annual leave and fractionnement.
        annual_leave: HalfDays,
    },
    /// Leave that had to be taken before annual leave was saved.
    #[error("annual leave of {year} was saved because this leave is taken (D 2004-878 art. 3)")]
    SavedUntaken {
        /// The year.
        year: i32,
    },
    /// A special absence that a correction would make one for something else.
    #[error(
        "the absence is for another motive or another day: that is recorded as an absence of its own (CGFP L.622-1)"
    )]
    OtherOccasion,
    /// Leave carried over of a year that is not over.
    #[error("{counter}: the year is not over, its leave may still be taken (D 85-1250 art. 5)")]
    Running {
        /// The leave carried over.
        counter: Counter,
    },
    /// Leave that is no service, so that annual leave or RTT which are in use would not be earned.
    #[error("this leave is no service: {} of {counter} in use would not be earned (CGFP L.621-1; D 85-1250 art. 2; D 2000-815 art. 1)", .by.in_english())]
    Unserved {
        /// The annual leave, or the RTT.
        counter: Counter,
        /// What nothing would cover.
        by: HalfDays,
    },
    /// Something that leave of this type has not.
    #[error("leave of type {leave_type} has no `{field}`")]
    NotOfType {
        /// The type.
        leave_type: LeaveType,
        /// What was said.
        field: &'static str,
    },
    /// A date on which the counter is used no more.
    #[error("{counter} is used until {until}")]
    AfterEnd {
        /// The field that says it.
        field: &'static str,
        /// The counter.
        counter: Counter,
        /// The last day of its use.
        until: NaiveDate,
    },
    /// Leave that takes more than there is, since something that gave the rights was corrected.
    #[error("{counter} lacks {} of what this leave takes, since a correction", .by.in_english())]
    Overdrawn {
        /// The counter.
        counter: Counter,
        /// What nothing covers.
        by: HalfDays,
    },
    /// Leave on a day on which the agent is not in the service.
    #[error("the agent is not in the service on {on}: no leave is granted then (CGFP L.621-1)")]
    OutOfService {
        /// The first such day.
        on: NaiveDate,
    },
    /// A debit that would end.
    #[error("a debit has no end (convention)")]
    DebitEnds,
    /// Leave that earned extra days which are in use.
    #[error("this leave earned days of {counter} that are in use: they would be {} too many (D 85-1250 art. 1)", .by.in_english())]
    Unearned {
        /// The extra days.
        counter: Counter,
        /// What nothing would cover.
        by: HalfDays,
    },
    /// The choice over saved days cannot stand.
    #[error(transparent)]
    Split(#[from] SplitRefused),
    /// Silence chooses once the time to choose is over.
    #[error("the agent may choose until {until} (D 2004-878 art. 5)")]
    ChoiceOpen {
        /// The last day of the choice.
        until: NaiveDate,
    },
    /// A gift that the law does not allow.
    #[error(transparent)]
    Gift(#[from] GiftRefused),
    /// A training leave that the law does not let ask for.
    #[error(transparent)]
    Training(#[from] TrainingRefused),
    /// A carer leave that the law does not let ask for.
    #[error(transparent)]
    Carer(#[from] CarerRefused),
    /// A family leave beyond what the law gives.
    #[error(transparent)]
    Family(#[from] FamilyLeaveRefused),
    /// Leave that cannot be carried over.
    #[error(transparent)]
    Uncarried(#[from] Uncarried),
    /// A rule that is not in force on the date.
    #[error(transparent)]
    NotInForce(#[from] NotInForce),
    /// Rights that cannot be told.
    #[error(transparent)]
    NoRight(#[from] NoRight),
    /// A date that is not supported.
    #[error(transparent)]
    Outside(#[from] OutsideCalendar),
    /// Employment says nothing on the date.
    #[error("the employment of the agent does not say enough for this date")]
    EmploymentUnknown,
}
