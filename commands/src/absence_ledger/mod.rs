//! The absence ledger of an agent: one aggregate for everything that must never race.
//!
//! Kept here, by decisions on one stream whose appends check its version:
//! 1. two active half-days never overlap;
//! 2. no request takes what a counter does not hold on its dates; what is pending reserves;
//! 3. a decision is taken once: whoever comes second is told the status;
//! 4. nobody decides on his own leave, nor for himself through somebody else;
//! 5. what a leave takes is counted once, and frozen with the version of rules and calendar;
//! 6. balances are a fold ([`rules::ledger`]); no command writes one;
//! 7. no status is ever an input.
//!
//! What decisions need from elsewhere stands in the commands as the states of other streams ([`Facts`],
//! [`Authority`]), never as conclusions. The caller names those streams to
//! [`Execution::also`](crate::Execution::also) with the versions that it read and no events: when one has moved
//! meanwhile, nothing is appended and it reads again.

mod accept_cancellation;
mod amend_leave;
mod announce_losses;
mod announce_overdrafts;
mod answer_replacement;
mod approve_leave;
mod attach_proof;
mod authority;
mod carry_over_leave;
mod child;
mod colleague;
mod conditions;
mod correct_certificate;
mod correct_leave;
mod credit_right;
mod debit_right;
mod declare_gift;
mod escalate_leave;
mod facts;
#[cfg(test)]
mod faults;
mod feed_time_savings;
mod give_days;
mod given_back;
#[cfg(test)]
mod laws;
mod motivated;
mod name_replacement;
mod of_right;
mod open_time_savings;
mod override_staffing;
mod partially_approve_leave;
mod receive_certificate;
mod receive_days;
mod record_absence;
mod record_sickness;
mod refusal;
mod refuse_cancellation;
mod refuse_leave;
mod release_replacement;
mod request_cancellation;
mod request_leave;
#[cfg(test)]
mod samples;
mod served;
mod settle_time_savings;
mod shorten_sickness;
mod special_motive;
mod split_time_savings;
mod withdraw_gift;
mod withdraw_leave;

pub use accept_cancellation::AcceptCancellation;
pub use amend_leave::AmendLeave;
pub use announce_losses::AnnounceLosses;
pub use announce_overdrafts::AnnounceOverdrafts;
pub use answer_replacement::AnswerReplacement;
pub use approve_leave::ApproveLeave;
pub use attach_proof::AttachProof;
pub use authority::{AsSeen, Authority};
pub use carry_over_leave::CarryOverLeave;
pub use child::Child;
pub use colleague::Colleague;
pub use correct_certificate::CorrectCertificate;
pub use correct_leave::CorrectLeave;
pub use credit_right::CreditRight;
pub use debit_right::DebitRight;
pub use declare_gift::DeclareGift;
pub use escalate_leave::EscalateLeave;
pub use facts::Facts;
pub use feed_time_savings::FeedTimeSavings;
pub use give_days::GiveDays;
pub use motivated::Motivated;
pub use name_replacement::NameReplacement;
pub use open_time_savings::OpenTimeSavings;
pub use override_staffing::OverrideStaffing;
pub use partially_approve_leave::PartiallyApproveLeave;
pub use receive_certificate::ReceiveCertificate;
pub use receive_days::ReceiveDays;
pub use record_absence::RecordAbsence;
pub use record_sickness::RecordSickness;
pub use refusal::AbsenceRefusal;
pub use refuse_cancellation::RefuseCancellation;
pub use refuse_leave::RefuseLeave;
pub use release_replacement::ReleaseReplacement;
pub use request_cancellation::RequestCancellation;
pub use request_leave::{Asked, RequestLeave};
pub use settle_time_savings::SettleTimeSavings;
pub use shorten_sickness::ShortenSickness;
pub use special_motive::SpecialMotive;
pub use split_time_savings::SplitTimeSavings;
pub use withdraw_gift::WithdrawGift;
pub use withdraw_leave::WithdrawLeave;

use crate::command::command_enum;
use esrs::Aggregate;
use events::DomainEvent;
use events::leave::AbsenceEvent;
use journal::Snapshots;
use rules::Ledger;

/// The absences and rights of an agent. Its stream stands under his [`events::AccountId`].
#[derive(Clone, Copy, Debug)]
pub struct AbsenceLedger;

command_enum! {
    /// What may be asked of a ledger.
    AbsenceCommand {
        RequestLeave,
        AmendLeave,
        WithdrawLeave,
        ApproveLeave,
        PartiallyApproveLeave,
        RefuseLeave,
        EscalateLeave,
        OverrideStaffing,
        RequestCancellation,
        AcceptCancellation,
        RefuseCancellation,
        CorrectLeave,
        RecordAbsence,
        RecordSickness,
        ShortenSickness,
        ReceiveCertificate,
        CorrectCertificate,
        NameReplacement,
        AnswerReplacement,
        ReleaseReplacement,
        AttachProof,
        CreditRight,
        DebitRight,
        CarryOverLeave,
        OpenTimeSavings,
        FeedTimeSavings,
        SplitTimeSavings,
        SettleTimeSavings,
        DeclareGift,
        WithdrawGift,
        GiveDays,
        ReceiveDays,
        AnnounceLosses,
        AnnounceOverdrafts,
    }
}

impl Aggregate for AbsenceLedger {
    const NAME: &'static str = AbsenceEvent::STREAM;
    type State = Ledger;
    type Command = AbsenceCommand;
    type Event = AbsenceEvent;
    type Error = AbsenceRefusal;

    fn handle_command(state: &Ledger, command: AbsenceCommand) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
        match command {
            AbsenceCommand::RequestLeave(command) => request_leave::decide(state, command),
            AbsenceCommand::AmendLeave(command) => amend_leave::decide(state, command),
            AbsenceCommand::WithdrawLeave(command) => withdraw_leave::decide(state, command),
            AbsenceCommand::ApproveLeave(command) => approve_leave::decide(state, command),
            AbsenceCommand::PartiallyApproveLeave(command) => partially_approve_leave::decide(state, command),
            AbsenceCommand::RefuseLeave(command) => refuse_leave::decide(state, command),
            AbsenceCommand::EscalateLeave(command) => escalate_leave::decide(state, command),
            AbsenceCommand::OverrideStaffing(command) => override_staffing::decide(state, command),
            AbsenceCommand::RequestCancellation(command) => request_cancellation::decide(state, command),
            AbsenceCommand::AcceptCancellation(command) => accept_cancellation::decide(state, command),
            AbsenceCommand::RefuseCancellation(command) => refuse_cancellation::decide(state, command),
            AbsenceCommand::CorrectLeave(command) => correct_leave::decide(state, command),
            AbsenceCommand::RecordAbsence(command) => record_absence::decide(state, command),
            AbsenceCommand::RecordSickness(command) => record_sickness::decide(state, command),
            AbsenceCommand::ShortenSickness(command) => shorten_sickness::decide(state, command),
            AbsenceCommand::ReceiveCertificate(command) => receive_certificate::decide(state, command),
            AbsenceCommand::CorrectCertificate(command) => correct_certificate::decide(state, command),
            AbsenceCommand::NameReplacement(command) => name_replacement::decide(state, command),
            AbsenceCommand::AnswerReplacement(command) => answer_replacement::decide(state, command),
            AbsenceCommand::ReleaseReplacement(command) => release_replacement::decide(state, command),
            AbsenceCommand::AttachProof(command) => attach_proof::decide(state, command),
            AbsenceCommand::CreditRight(command) => credit_right::decide(state, command),
            AbsenceCommand::DebitRight(command) => debit_right::decide(state, command),
            AbsenceCommand::CarryOverLeave(command) => carry_over_leave::decide(state, command),
            AbsenceCommand::OpenTimeSavings(command) => open_time_savings::decide(state, command),
            AbsenceCommand::FeedTimeSavings(command) => feed_time_savings::decide(state, command),
            AbsenceCommand::SplitTimeSavings(command) => split_time_savings::decide(state, command),
            AbsenceCommand::SettleTimeSavings(command) => settle_time_savings::decide(state, command),
            AbsenceCommand::DeclareGift(command) => declare_gift::decide(state, command),
            AbsenceCommand::WithdrawGift(command) => withdraw_gift::decide(state, command),
            AbsenceCommand::GiveDays(command) => give_days::decide(state, command),
            AbsenceCommand::ReceiveDays(command) => receive_days::decide(state, command),
            AbsenceCommand::AnnounceLosses(command) => announce_losses::decide(state, command),
            AbsenceCommand::AnnounceOverdrafts(command) => announce_overdrafts::decide(state, command),
        }
    }

    fn apply_event(state: Ledger, event: AbsenceEvent) -> Ledger {
        state.after(&event)
    }
}

impl Snapshots for AbsenceLedger {
    const FOLD: i32 = Ledger::FOLD;
}
