use chrono::NaiveDate;
use events::counted;

use super::Recurrence;
use crate::date::OutsideCalendar;
use crate::quantity::HalfDays;

/// Why a special absence is not given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpecialAbsenceRefused {
    /// No motive, or none that the rules know.
    #[error("the motive of a special absence is one of {} (CGFP L.622-1)", .known.join(", "))]
    Motive {
        /// Those that the rules know.
        known: Vec<String>,
    },
    /// The age of the child that died is not said.
    #[error("the age of the child is not said: what is given follows from it (CGFP L.622-2)")]
    Age,
    /// Circumstances that change nothing of what the motive gives.
    #[error("what this motive gives follows from no such circumstances (CGFP L.622-1)")]
    OtherCircumstances,
    /// Another age of the child than in a request before.
    #[error("for this child another age was said before, by which the law gives otherwise (CGFP L.622-2)")]
    OtherAge,
    /// More travel than the motive allows.
    #[error("this motive gives {} of travel", counted::en(*most_hours, "hour", "hours"))]
    Travel {
        /// The most.
        most_hours: u32,
    },
    /// The day of the event or the procedure is not said, and what is given is for one of them.
    #[error("the day of what it is for is not said: what is given is for one event (CGFP L.622-1)")]
    NoDay,
    /// A day is said and nothing follows from it.
    #[error("what this motive gives follows from no day (CGFP L.622-1)")]
    NeedlessDay,
    /// More days than the motive gives.
    #[error("this motive gives {} for one event: {before} taken or asked for before (CGFP L.622-1)", .given.in_english())]
    Days {
        /// What it gives.
        given: HalfDays,
        /// What other absences on the same occasion take of it.
        before: HalfDays,
    },
    /// More dates than the motive gives.
    #[error("this motive gives {} for one procedure: {before} taken or asked for before (CGFP L.622-1)",
        counted::en(*given, "date", "dates"))]
    Dates {
        /// What it gives.
        given: u32,
        /// What other absences on the same occasion take of it.
        before: u32,
    },
    /// More dates at once than the act that it is for can take.
    #[error("this motive gives {} at a time (CGFP L.622-1; Code du travail L.1225-16)", counted::en(*most, "date", "dates"))]
    DatesAtOnce {
        /// The most.
        most: u32,
    },
    /// More events than can fall on one day.
    #[error("at most {most} of what this motive is for on one day, counted from 1 (CGFP L.622-1; convention)")]
    Number {
        /// The most.
        most: u8,
    },
    /// More than so many events give, whatever days are named.
    #[error("what this motive is for comes at most {} within {} ({}; convention)", counted::en(.0.events, "time", "times"),
        counted::en(.0.within_days, "day", "days"), .0.source)]
    Recurrence(Recurrence),
    /// Too early, or too late after the event.
    #[error("what this motive gives is taken from {first} to {last} (CGFP L.622-1 and L.622-2)")]
    Outside {
        /// The first day.
        first: NaiveDate,
        /// The last day.
        last: NaiveDate,
    },
    /// A date that is not supported.
    #[error(transparent)]
    Unsupported(#[from] OutsideCalendar),
}
