use super::{AbsenceRefusal, Facts};
use chrono::NaiveDate;
use events::Sealed;
use events::leave::LeaveType;
use rules::HalfDays;
use rules::family::Circumstances;
use rules::special_absence::DEATH_OF_CHILD;

/// The motive of a special absence: checked in clear, kept sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct SpecialMotive {
    /// The motive, as the rules name it.
    pub name: String,
    /// The same, sealed.
    pub sealed: Sealed<String>,
}

impl std::fmt::Debug for SpecialMotive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SpecialMotive(…)")
    }
}

/// The sealed motive, if the type asks for one and the rules give as much for it.
pub(super) fn checked(
    motive: Option<SpecialMotive>,
    leave_type: LeaveType,
    circumstances: Option<Circumstances>,
    count: HalfDays,
    first: NaiveDate,
    facts: &Facts,
) -> Result<Option<Sealed<String>>, AbsenceRefusal> {
    if leave_type != LeaveType::SpecialAbsence {
        return Ok(None);
    }
    let law = facts.law.at(first);
    let rule = law.special_absences()?;
    let unknown = || AbsenceRefusal::SpecialMotive { known: rule.names().map(str::to_owned).collect() };
    let motive = motive.ok_or_else(unknown)?;
    let days = if motive.name == DEATH_OF_CHILD {
        let Some(Circumstances::DeathOfChild { age_years, was_parent }) = circumstances else {
            return Err(AbsenceRefusal::Circumstances { leave_type });
        };
        let given = rule.death_of_child(age_years, was_parent);
        Some(given.days + given.further_days)
    } else {
        rule.of(&motive.name).ok_or_else(unknown)?.days
    };
    match days {
        Some(days) if count > HalfDays::days(days) => Err(AbsenceRefusal::SpecialDays { days }),
        _ => Ok(Some(motive.sealed)),
    }
}
