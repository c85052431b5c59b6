use chrono::NaiveDate;

use crate::book::NotInForce;
use crate::date::OutsideCalendar;
use crate::family::{ExtraBirthLeaveRefused, InvalidFamily, MaternityRefused, PeriodsRefused};

/// Why a family leave is not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FamilyLeaveRefused {
    /// Of another leave.
    #[error("the circumstances are those of another leave")]
    OtherCircumstances,
    /// Outside the dates of the maternity leave.
    #[error("maternity leave is from {first} to {last} (CGFP L.631-3; Code du travail L.1225-17 to L.1225-19)")]
    Maternity {
        /// Its first day.
        first: NaiveDate,
        /// Its last day.
        last: NaiveDate,
    },
    /// Beside other leave that is too near to be for another birth, and outside the dates of this one.
    #[error(
        "maternity leave from {first} to {last} is for the same birth, which gives one leave (CGFP L.631-3; convention)"
    )]
    SameBirth {
        /// The first day of the other leave.
        first: NaiveDate,
        /// Its last day.
        last: NaiveDate,
    },
    /// Beside other leave that is too near to be for another birth, and outside the months after this one.
    #[error(
        "paternity leave from {first} to {last} is for the same birth, which gives one leave (CGFP L.631-9; convention)"
    )]
    SamePaternity {
        /// The first day of the other leave.
        first: NaiveDate,
        /// Its last day.
        last: NaiveDate,
    },
    /// Weeks that cannot move.
    #[error(transparent)]
    Weeks(#[from] MaternityRefused),
    /// Before the birth leave begins.
    #[error("birth and paternity leave begins on {0} (D 2021-846 art. 8)")]
    BeforeBirth(NaiveDate),
    /// Parts that the paternity leave cannot have.
    #[error(transparent)]
    Parts(#[from] PeriodsRefused),
    /// A part that was asked for too late.
    #[error("this part of the paternity leave is asked for by {0} (D 2021-846 art. 13)")]
    Late(NaiveDate),
    /// More, or earlier, than the extra leave gives.
    #[error(transparent)]
    Extra(#[from] ExtraBirthLeaveRefused),
    /// Longer than adoption leave.
    #[error("adoption leave has {most} days: {asked} are asked for (CGFP L.631-8; Code du travail L.1225-37)")]
    Adoption {
        /// The most, in calendar days.
        most: i64,
        /// What is asked for, with what was before.
        asked: i64,
    },
    /// Too early or too late about the arrival of the child.
    #[error("adoption leave is taken from {first} on{} (D 2023-873)", .last.map(|last| format!(", until {last}")).unwrap_or_default())]
    Arrival {
        /// The first day on which it may begin.
        first: NaiveDate,
        /// The last on which it may end, where the law names one.
        last: Option<NaiveDate>,
    },
    /// Beside leave for the same child, of which something else was said.
    #[error(
        "for the leave from {first} to {last}, which is for the same child, other circumstances were said, by which the law gives otherwise (CGFP L.631-1; convention)"
    )]
    Contrary {
        /// The first day of that leave.
        first: NaiveDate,
        /// Its last day.
        last: NaiveDate,
    },
    /// Numbers of children that cannot be.
    #[error(transparent)]
    Children(#[from] InvalidFamily),
    /// Too old to be looked after.
    #[error("the child is of at most {0} years, unless it is disabled (circular of 20 July 1982)")]
    Age(u32),
    /// A rule that is not in force.
    #[error(transparent)]
    NotInForce(#[from] NotInForce),
    /// A date that is not supported.
    #[error(transparent)]
    Outside(#[from] OutsideCalendar),
}
