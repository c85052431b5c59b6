//! Every rule that the book holds, named once.

use super::InForce;
use super::error::{LoadError, NotInForce};
use super::law::Law;
use super::timeline::{Enacted, Timeline};

/// Names each rule once: its field in the data's files, its accessor, the type of its parameters.
macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident: $parameters:ty,)*) => {
        /// The provisions of every rule.
        #[derive(Clone, Debug)]
        pub(super) struct Rules {
            $(pub(super) $name: Timeline<$parameters>,)*
        }

        impl Rules {
            pub(super) fn take(law: &mut Law) -> Result<Self, LoadError> {
                Ok(Self { $($name: law.take(stringify!($name))?,)* })
            }
        }

        impl<'a> InForce<'a> {
            $(
                $(#[$doc])*
                ///
                /// # Errors
                /// [`NotInForce`] if the book has no such rule for the date.
                pub fn $name(&self) -> Result<&'a Enacted<$parameters>, NotInForce> {
                    self.book.rules.$name.at(self.date).ok_or(NotInForce { rule: stringify!($name), date: self.date })
                }
            )*
        }
    };
}

rules! {
    /// Public holidays.
    public_holidays: crate::holidays::PublicHolidays,
    /// Exceptional days off of the City.
    local_holidays: crate::holidays::LocalHolidays,
    /// The yearly entitlement to annual leave.
    annual_leave: crate::annual_leave::AnnualLeave,
    /// The extra days for leave taken out of season.
    fractionnement: crate::fractionnement::Fractionnement,
    /// The longest absence in one stretch.
    consecutive_absence: crate::consecutive::ConsecutiveAbsence,
    /// A year's work, and the day of solidarity.
    work_year: crate::rtt::WorkYear,
    /// RTT days by weekly hours.
    rtt: crate::rtt::Rtt,
    /// The City's own working-time cycle.
    rtt_cycle: crate::rtt::RttCycle,
    /// What sickness takes from RTT.
    rtt_sickness: crate::rtt::RttSickness,
    /// Who may open a time-savings account.
    cet_opening: crate::cet::CetOpening,
    /// What may be put on a time-savings account.
    cet_feeding: crate::cet::CetFeeding,
    /// What becomes of the days saved.
    cet_options: crate::cet::CetOptions,
    /// What a saved day is worth.
    cet_rates: crate::cet::CetRates,
    /// When leave from a time-savings account is of right.
    cet_use: crate::cet::CetUse,
    /// When a sickness certificate is due.
    sick_certificate: crate::sickness::SickCertificate,
    /// The unpaid first day of a sick leave.
    waiting_day: crate::sickness::WaitingDay,
    /// Pay during ordinary sick leave.
    sick_pay: crate::sickness::SickPay,
    /// Pay of part-time work.
    part_time_pay: crate::sickness::PartTimePay,
    /// Carry-over of annual leave that could not be taken.
    carry_over: crate::carry_over::CarryOver,
    /// The general end of leave and RTT not taken.
    year_end: crate::carry_over::YearEnd,
    /// Payment of leave not taken at the end of service.
    end_of_service_indemnity: crate::indemnity::EndOfServiceIndemnity,
    /// Maternity leave.
    maternity: crate::family::Maternity,
    /// Birth and paternity leave.
    paternity: crate::family::Paternity,
    /// The extra leave after a birth.
    extra_birth_leave: crate::family::ExtraBirthLeave,
    /// Adoption leave.
    adoption: crate::family::Adoption,
    /// Special absences by motive.
    special_absences: crate::special_absence::SpecialAbsences,
    /// Absences for a sick child.
    sick_child: crate::sick_child::SickChild,
    /// Professional training leave.
    training_leave: crate::training::TrainingLeave,
    /// Leave to care for a close person.
    carer_leave: crate::carer::CarerLeave,
    /// Gift of days to a colleague.
    gift_of_days: crate::gift::GiftOfDays,
    /// What a refusal has to hold.
    refusal: crate::refusal::Refusal,
    /// How long ahead leave is asked for.
    notice: crate::notice::Notice,
    /// School holidays of Paris.
    school_holidays: crate::notice::SchoolHolidays,
    /// What each type of leave draws on.
    leave_types: crate::leave_types::LeaveTypes,
    /// Who decides on a request.
    validation_routes: crate::validation::ValidationRoutes,
    /// Minimum rest.
    rest_guarantees: crate::rest::RestGuarantees,
}
