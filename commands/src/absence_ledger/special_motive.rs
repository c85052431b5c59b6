use super::{AbsenceRefusal, Child, Facts, child};
use chrono::NaiveDate;
use events::Sealed;
use events::leave::{Charge, LeaveType, Occasion};
use rules::Ledger;
use rules::family::{Circumstances, FamilyLeave};
use rules::period::Period;
use rules::special_absence::{Event, SpecialAbsenceRefused, Taken};

/// The motive of a special absence: checked in clear, kept sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct SpecialMotive {
    /// The motive, as the rules name it.
    pub name: String,
    /// The same, sealed.
    pub sealed: Sealed<String>,
    /// The day of the event that it is for, or the one on which the procedure began; not kept.
    pub occurred_on: Option<NaiveDate>,
    /// Which event of that day, from 1; not kept.
    pub number: u8,
    /// What it is for: the same for absences with one motive and day, and otherwise of this leave alone. None for one of
    /// before it was kept.
    pub occasion: Option<Occasion>,
    /// The same as it was kept before the age of a child was with it.
    pub without_age: Option<Occasion>,
    /// The same as it is kept of days so near that one event is meant.
    pub same: Vec<Occasion>,
    /// What is kept of every day so near that only so many events can fall between.
    pub near: Vec<Occasion>,
    /// The same with what contradicts this: another age of one child.
    pub contrary: Vec<Occasion>,
}

impl SpecialMotive {
    /// Whether an absence on `occasion` is for this event, by the same day.
    pub(super) fn is_for(&self, occasion: Occasion) -> bool {
        [self.occasion, self.without_age].contains(&Some(occasion))
    }
}

impl std::fmt::Debug for SpecialMotive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SpecialMotive(…)")
    }
}

/// An absence that the law may bound by what it is for.
#[derive(Clone, Copy)]
pub(super) struct Absence<'a> {
    pub(super) leave_type: LeaveType,
    pub(super) period: Period,
    pub(super) charges: &'a [Charge],
    pub(super) circumstances: Option<Circumstances>,
    pub(super) child: Option<&'a Child>,
}

/// What is kept of the motive of a special absence, its name sealed, or of the child that a family leave is for.
#[derive(Default)]
pub(super) struct Kept {
    pub(super) special_motive: Option<Sealed<String>>,
    pub(super) occasion: Option<Occasion>,
}

/// What is kept of the motive, if the type asks for one and the rules give as much for it beside what other absences of
/// the `ledger` on the same occasion take; other types have neither motive nor, but for those of families, circumstances.
pub(super) fn checked(
    motive: Option<SpecialMotive>,
    absence: &Absence<'_>,
    ledger: &Ledger,
    facts: &Facts,
) -> Result<Kept, AbsenceRefusal> {
    let Absence { leave_type, circumstances, .. } = *absence;
    if leave_type != LeaveType::SpecialAbsence {
        let has_circumstances = FamilyLeave::is_one(leave_type);
        return match (motive, circumstances) {
            (Some(_), _) => Err(AbsenceRefusal::NotOfType { leave_type, field: "special_motive" }),
            (None, Some(_)) if !has_circumstances => {
                Err(AbsenceRefusal::NotOfType { leave_type, field: "circumstances" })
            }
            (None, _) => {
                child::consistent(absence, ledger, facts)?;
                Ok(Kept { special_motive: None, occasion: absence.child.map(|child| child.said) })
            }
        };
    }
    let rule = facts.law.at(absence.period.start().date).special_absences()?;
    let given = rule.given(motive.as_ref().map(|motive| motive.name.as_str()), circumstances)?;
    let Some(SpecialMotive { sealed, occurred_on: on, number, occasion, mut same, near, contrary, .. }) = motive else {
        return Ok(Kept::default());
    };
    if ledger.taken_on(&contrary) != Taken::default() {
        return Err(SpecialAbsenceRefused::OtherAge.into());
    }
    same.extend(occasion);
    let (event, asked) = (Event { on, number }, Taken::of(absence.charges));
    given.check(event, absence.period, &asked, &ledger.taken_on(&same), &ledger.taken_on(&near))?;
    Ok(Kept { special_motive: Some(sealed), occasion })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::samples::*;
    use crate::absence_ledger::{AbsenceLedger, AmendLeave, Asked, RequestLeave, WithdrawLeave};
    use crate::specification::given;
    use esrs::Aggregate;
    use events::leave::AbsenceEvent;
    use rules::HalfDays;
    use rules::special_absence::Recurrence;

    fn absent(number: u128, first: &str, last: &str, motive: Option<SpecialMotive>) -> RequestLeave {
        let request = request(number, LeaveType::SpecialAbsence, days(first, last));
        request.with(|asked| asked.special_motive = motive)
    }

    fn marriage(occasion: u8) -> Option<SpecialMotive> {
        special("marriage_or_pacs", Some("2026-06-06"), occasion)
    }

    #[test]
    fn the_days_of_one_event_of_life_add_up_over_the_requests() {
        let four = after([absent(1, "2026-06-01", "2026-06-04", marriage(1)).into()]);
        let refused = SpecialAbsenceRefused::Days { given: HalfDays::days(6), before: HalfDays::days(4) };
        let on = || given::<AbsenceLedger>(four.clone());
        on().when(absent(2, "2026-06-08", "2026-06-10", marriage(1))).refused(refused.into());
        let given_back = after([
            absent(1, "2026-06-01", "2026-06-04", marriage(1)).into(),
            WithdrawLeave { leave: leave(1) }.into(),
            absent(2, "2026-06-08", "2026-06-10", marriage(1)).into(),
        ]);
        assert_eq!(ledger(&given_back).taken_on(&[Occasion::new([1; 16])]), Taken::of(&charges(&given_back, 2)));
        after([
            absent(1, "2026-06-01", "2026-06-04", marriage(1)).into(),
            absent(2, "2026-06-08", "2026-06-10", marriage(2)).into(),
        ]);
    }

    #[test]
    fn a_day_so_near_that_one_event_is_meant_gives_nothing_again() {
        let four = after([absent(1, "2026-06-01", "2026-06-04", marriage(1)).into()]);
        let next_day = |same: &[u8]| {
            let same = same.iter().map(|one| Occasion::new([*one; 16])).collect();
            special("marriage_or_pacs", Some("2026-06-07"), 2).map(|motive| SpecialMotive { same, ..motive })
        };
        let asked = |same| absent(2, "2026-06-08", "2026-06-10", next_day(same));
        let refused = SpecialAbsenceRefused::Days { given: HalfDays::days(6), before: HalfDays::days(4) };
        given::<AbsenceLedger>(four.clone()).when(asked(&[1])).refused(refused.into());
        assert!(AbsenceLedger::handle_command(&ledger(&four), asked(&[3]).into()).is_ok());
    }

    #[test]
    fn a_year_gives_what_two_unions_give_whatever_days_are_named() {
        let two = after([
            absent(1, "2026-06-01", "2026-06-08", marriage(1)).into(),
            absent(2, "2026-09-07", "2026-09-14", marriage(2)).into(),
        ]);
        let third = |near: &[u8]| {
            let near = near.iter().map(|one| Occasion::new([*one; 16])).collect();
            let motive =
                special("marriage_or_pacs", Some("2026-12-05"), 3).map(|motive| SpecialMotive { near, ..motive });
            absent(3, "2026-12-07", "2026-12-07", motive)
        };
        let source = "Code civil, art. 147, 515-2 et 515-7".to_owned();
        let refused = SpecialAbsenceRefused::Recurrence(Recurrence { events: 2, within_days: 365, source });
        given::<AbsenceLedger>(two.clone()).when(third(&[1, 2, 3])).refused(refused.into());
        assert!(AbsenceLedger::handle_command(&ledger(&two), third(&[2, 3]).into()).is_ok(), "the first is long ago");
    }

    #[test]
    fn what_a_type_has_not_is_refused_by_its_name() {
        let not_of = |leave_type, field| AbsenceRefusal::NotOfType { leave_type, field };
        let annual = || request(1, LeaveType::AnnualLeave, days("2026-06-01", "2026-06-02"));
        let born = Some(birth("2026-06-10"));
        for (command, refusal) in [
            (
                annual().with(|asked| asked.special_motive = marriage(1)),
                not_of(LeaveType::AnnualLeave, "special_motive"),
            ),
            (annual().with(|asked| asked.circumstances = born), not_of(LeaveType::AnnualLeave, "circumstances")),
        ] {
            given::<AbsenceLedger>([]).when(command).refused(refusal);
        }
        let other = absent(1, "2026-06-08", "2026-06-10", marriage(1)).with(|asked| asked.circumstances = born);
        given::<AbsenceLedger>([]).when(other).refused(SpecialAbsenceRefused::OtherCircumstances.into());
    }

    #[test]
    fn a_procedure_of_adoption_has_five_dates() {
        let interview =
            |number, date| absent(number, date, date, special("adoption_interview", Some("2026-01-02"), 1)).into();
        let five = after([
            interview(1, "2026-02-02"),
            interview(2, "2026-02-03"),
            interview(3, "2026-02-04"),
            interview(4, "2026-02-05"),
            interview(5, "2026-02-06"),
        ]);
        let sixth = absent(6, "2026-02-09", "2026-02-09", special("adoption_interview", Some("2026-01-02"), 1));
        let refused = SpecialAbsenceRefused::Dates { given: 5, before: 5 };
        given::<AbsenceLedger>(five).when(sixth).refused(refused.into());
    }

    #[test]
    fn an_amendment_has_the_motive_in_place_of_the_first_and_counts_itself_once() {
        let six = absent(1, "2026-06-01", "2026-06-08", marriage(1));
        let asked =
            |special_motive| Asked { special_motive, ..dates(1, days("2026-06-02", "2026-06-09"), "2026-01-03") };
        let same = after([six.clone().into(), AmendLeave(asked(marriage(1))).into()]);
        assert_eq!(ledger(&same).leave(leave(1)).unwrap().occasion, Some(Occasion::new([1; 16])));
        let other = special("pregnancy_examination", None, 2);
        let one_day = Asked { period: days("2026-06-02", "2026-06-02"), ..asked(other) };
        let amended = after([six.clone().into(), AmendLeave(one_day).into()]);
        let Some(AbsenceEvent::LeaveAmended { special_motive, occasion, .. }) = amended.last() else { panic!() };
        assert_eq!((special_motive, occasion), (&Some(sealed("pregnancy_examination")), &Some(Occasion::new([2; 16]))));
        assert_eq!(ledger(&amended).taken_on(&[Occasion::new([1; 16])]), Taken::default());
        let refused = AbsenceLedger::handle_command(&ledger(&after([six.into()])), AmendLeave(asked(None)).into());
        assert!(matches!(refused, Err(AbsenceRefusal::Special(SpecialAbsenceRefused::Motive { .. }))), "{refused:?}");
    }

    fn charges(events: &[AbsenceEvent], number: u128) -> Vec<Charge> {
        ledger(events).leave(leave(number)).unwrap().charges.clone()
    }
}
