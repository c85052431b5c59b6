use super::special_motive::{self, Absence};
use super::{
    AbsenceRefusal, Child, Facts, Motivated, SpecialMotive, announce_overdrafts, child, conditions, given_back,
};
use chrono::NaiveDate;
use events::leave::{AbsenceEvent, Charge};
use events::{AccountId, Actor, HalfDaySet, LeaveId, Sealed};
use rules::Ledger;
use rules::family::Circumstances;
use rules::ledger::{Leave, LeaveStatus};
use rules::period::Period;

/// Corrects a leave that was granted, even long past: half-days are released, others taken in their place. A new fact
/// with its own date of effect; what was recorded stays. What others rest on is not released, and the law bounds what
/// is taken besides as what is asked for, but for the time to ask ahead: the motive answers for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrectLeave {
    /// The leave.
    pub leave: LeaveId,
    /// The half-days of it that count no more.
    pub release: HalfDaySet,
    /// What it takes besides, counted by the rules in force.
    pub add: Option<Period>,
    /// The motive of a special absence that takes more: the one that it has, for decisions cannot read the sealed one.
    pub special_motive: Option<SpecialMotive>,
    /// What the length of one that takes more follows from; it is not kept.
    pub circumstances: Option<Circumstances>,
    /// The same of a child that comes, as it is kept.
    pub child: Option<Child>,
    /// From which day on the correction has effect.
    pub effective: NaiveDate,
    /// Why.
    pub motive: Option<Sealed<String>>,
    /// Who of human resources.
    pub by: AccountId,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: CorrectLeave) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let CorrectLeave {
        leave,
        release: released,
        add,
        special_motive,
        circumstances,
        child,
        effective,
        motive,
        by,
        facts,
    } = command;
    facts.by_another(Actor::Account(by))?;
    facts.foreseeable("effective", effective)?;
    let current = state.leave(leave).ok_or(AbsenceRefusal::UnknownLeave)?;
    if current.status != LeaveStatus::Granted {
        return Err(AbsenceRefusal::NotGranted { status: current.status.as_str() });
    }
    if !released.is_within(&current.active()) || (released.is_empty() && add.is_none()) {
        return Err(AbsenceRefusal::NotPartOf);
    }
    let motive = motive.ok_or(AbsenceRefusal::NoMotive(Motivated::Correction))?;
    let rules = facts.law.version();
    let correction = |released, charges, motive| AbsenceEvent::LeaveCorrected {
        leave,
        released,
        charges,
        rules,
        effective,
        motive,
        by,
    };
    let charges = match add {
        Some(period) => {
            facts.foreseeable("first", period.start().date)?;
            let without = state.clone().after(&correction(released.clone(), Vec::new(), motive.clone()));
            let charges = facts.quote(&without, current.leave_type, period)?.charges;
            if let Some(rest) = without.leave(leave) {
                let others = state.without(leave);
                let (leave_type, child) = (rest.leave_type, child.as_ref());
                let more = Absence { leave_type, period, charges: &charges, circumstances, child };
                lawful(&others, rest, more, special_motive, &facts)?;
            }
            charges
        }
        None => {
            let (motive, said) = (special_motive.is_some(), circumstances.is_some());
            let needless = motive.then_some("special_motive").or(said.then_some("circumstances"));
            if let Some(field) = needless {
                return Err(AbsenceRefusal::NotOfType { leave_type: current.leave_type, field });
            }
            Vec::new()
        }
    };
    let gives_back = !released.is_empty();
    let corrected = correction(released, charges, motive);
    if gives_back {
        given_back::returnable(current, state, &state.clone().after(&corrected), &facts)?;
    }
    Ok(announce_overdrafts::with(state, corrected, &facts))
}

/// Refuses `more` that the law does not give beside the `rest` of the leave and the `others`: joined to the rest where no
/// work is due between them, and else apart.
fn lawful(
    others: &Ledger,
    rest: &Leave,
    more: Absence<'_>,
    special_motive: Option<SpecialMotive>,
    facts: &Facts,
) -> Result<(), AbsenceRefusal> {
    let both: Vec<Charge> = rest.charges.iter().chain(more.charges).cloned().collect();
    let absence = Absence { charges: &both, ..more };
    special_motive::checked(special_motive.clone(), &absence, others, facts)?;
    child::agrees(&absence, rest, facts)?;
    if let (Some(kept), Some(motive)) = (rest.occasion, special_motive)
        && !motive.is_for(kept)
    {
        return Err(AbsenceRefusal::OtherOccasion);
    }
    let taken: HalfDaySet = both.iter().flat_map(|charge| charge.half_days.iter()).collect();
    let mut parts = conditions::others(others, more.leave_type, facts);
    let joined = rest.span().map(|span| span.joined(more.period));
    let absence = match joined {
        Some(period) if facts.employment.due(period, facts.law.calendar()).is_within(&taken) => {
            Absence { period, charges: &both, ..more }
        }
        _ => {
            parts.extend(conditions::parts(rest, facts));
            more
        }
    };
    conditions::check(&absence, &parts, None, facts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Law;
    use crate::absence_ledger::samples::*;
    use crate::absence_ledger::{AbsenceCommand, AbsenceLedger};
    use crate::specification::given;
    use esrs::Aggregate;
    use events::leave::{Counter, CounterKind, LeaveType};
    use rules::family::{FamilyLeaveRefused, PeriodsRefused};
    use rules::ledger::{Absence, Unquotable};
    use rules::special_absence::SpecialAbsenceRefused;
    use rules::{HalfDays, RuleBook};
    use std::sync::Arc;

    fn correct(release: &[&str], add: Option<Period>) -> CorrectLeave {
        CorrectLeave {
            leave: leave(1),
            release: halves(release),
            add,
            special_motive: None,
            circumstances: None,
            child: None,
            effective: day("2026-05-04"),
            motive: motive(),
            by: account(HR),
            facts: facts("2026-06-01"),
        }
    }

    #[test]
    fn a_correction_has_effect_within_a_year() {
        let far = CorrectLeave { effective: day("2099-01-01"), ..correct(&["2026-05-04"], None) };
        let refusal = AbsenceRefusal::TooFarAhead { field: "effective", most_days: 366 };
        given::<AbsenceLedger>(granted()).when(far).refused(refusal);
    }

    #[test]
    fn a_day_long_past_is_exchanged_for_another_by_a_new_fact() {
        let corrected = decide(&ledger(&granted()), correct(&["2026-05-04"], Some(days("2026-05-11", "2026-05-11"))));
        let after = [granted(), corrected.unwrap()].concat();
        assert_eq!(ledger(&after).away(), halves(&["2026-05-05", "2026-05-06", "2026-05-07", "2026-05-11"]));
        assert_eq!(available(&after, annual(2026), "2026-05-04"), HalfDays::days(21));
    }

    #[test]
    fn what_was_taken_so_that_days_could_be_saved_is_exchanged_and_not_released() {
        let events = saved_for_what_is_taken();
        let saved = AbsenceRefusal::SavedUntaken { year: 2026 };
        given::<AbsenceLedger>(events.clone()).when(correct(&["2026-07-20"], None)).refused(saved);
        let exchanged = correct(&["2026-07-20"], Some(days("2026-07-21", "2026-07-21")));
        assert_eq!(decide(&ledger(&events), exchanged).unwrap().len(), 1);
    }

    #[test]
    fn a_special_absence_is_corrected_for_what_it_is_for_within_what_its_motive_gives() {
        let marriage = |occasion| special("marriage_or_pacs", Some("2026-05-02"), occasion);
        let absent = request(1, LeaveType::SpecialAbsence, days("2026-05-04", "2026-05-07"));
        let events = after([
            absent.with(|asked| asked.special_motive = marriage(1)).into(),
            approve(1, 0, authority(MANAGER)).into(),
        ]);
        let corrected = |last, special_motive| CorrectLeave {
            special_motive,
            ..correct(&["2026-05-07"], Some(days("2026-05-11", last)))
        };
        let known = law().at(day("2026-05-11")).special_absences().unwrap().names().map(str::to_owned).collect();
        for (command, refusal) in [
            (corrected("2026-05-11", None), SpecialAbsenceRefused::Motive { known }.into()),
            (corrected("2026-05-11", marriage(2)), AbsenceRefusal::OtherOccasion),
            (
                corrected("2026-05-15", marriage(1)),
                SpecialAbsenceRefused::Days { given: HalfDays::days(6), before: HalfDays::ZERO }.into(),
            ),
        ] {
            given::<AbsenceLedger>(events.clone()).when(command).refused(refusal);
        }
        assert_eq!(decide(&ledger(&events), corrected("2026-05-13", marriage(1))).unwrap().len(), 1);
    }

    #[test]
    fn a_correction_gives_no_more_than_the_law_gives_for_what_has_happened() {
        let paternity = request(1, LeaveType::Paternity, days("2026-06-10", "2026-06-21"));
        let born = Some(birth("2026-06-10"));
        let events =
            after([paternity.with(|asked| asked.circumstances = born).into(), approve(1, 0, authority(HR)).into()]);
        let more = |first, last, circumstances| CorrectLeave {
            circumstances,
            facts: facts("2026-09-01"),
            ..correct(&[], Some(days(first, last)))
        };
        let days_left = |asked, remaining| {
            AbsenceRefusal::from(FamilyLeaveRefused::from(PeriodsRefused::TooManyDays { asked, remaining }))
        };
        for (command, refusal) in [
            (
                more("2026-06-22", "2026-07-07", None),
                AbsenceRefusal::Circumstances { leave_type: LeaveType::Paternity },
            ),
            (more("2026-06-22", "2026-07-08", born), days_left(22, 21)),
            (more("2026-08-03", "2026-08-19", born), days_left(22, 21)),
        ] {
            given::<AbsenceLedger>(events.clone()).when(command).refused(refusal);
        }
        for (first, last) in [("2026-06-22", "2026-07-07"), ("2026-08-03", "2026-08-18")] {
            assert_eq!(decide(&ledger(&events), more(first, last, born)).unwrap().len(), 1, "{first}");
        }
    }

    /// The City credits the extra days in January, and takes them back; elsewhere they are earned first.
    #[test]
    fn what_earned_days_that_are_in_use_is_not_released() {
        let files = RuleBook::embedded_files()
            .iter()
            .map(|(name, text)| (*name, text.replace("credited_in_january_days = 2", "credited_in_january_days = 0")));
        let files: Vec<_> = files.collect();
        let book = RuleBook::parse(files.iter().map(|(name, text)| (*name, text.as_str()))).unwrap();
        let facts = |on| Facts { law: Law::new(Arc::new(book.clone())), ..facts(on) };
        let mut events = Vec::new();
        let mut record = |command: AbsenceCommand| {
            events.extend(AbsenceLedger::handle_command(&ledger(&events), command).unwrap());
        };
        for (number, first, last) in [(1, "2026-03-02", "2026-03-11"), (2, "2026-06-01", "2026-06-23")] {
            record(annual_leave(number, first, last).with(|asked| asked.facts = facts("2026-01-02")).into());
            record(approve(number, 0, authority(MANAGER)).into());
        }
        record(annual_leave(3, "2026-10-05", "2026-10-06").with(|asked| asked.facts = facts("2026-01-02")).into());
        let correction = CorrectLeave { facts: facts("2026-11-02"), ..correct(&["2026-03-11"], None) };
        let counter = Counter::of(CounterKind::Fractionnement, 2026);
        let refusal = AbsenceRefusal::Unearned { counter, by: HalfDays::days(1) };
        given::<AbsenceLedger>(events).when(correction).refused(refusal);
    }

    #[test]
    fn it_may_not_overlap_take_what_is_not_there_or_be_without_motive() {
        let overlapping = Unquotable::Overlapping { with: Absence::Leave(leave(1)) };
        for (command, refusal) in [
            (correct(&["2026-05-04"], Some(days("2026-05-05", "2026-05-05"))), overlapping.into()),
            (correct(&["2026-05-08"], None), AbsenceRefusal::NotPartOf),
            (correct(&[], None), AbsenceRefusal::NotPartOf),
            (
                CorrectLeave { motive: None, ..correct(&["2026-05-04"], None) },
                AbsenceRefusal::NoMotive(Motivated::Correction),
            ),
            (CorrectLeave { by: account(AGENT), ..correct(&["2026-05-04"], None) }, AbsenceRefusal::OwnMatter),
        ] {
            given::<AbsenceLedger>(granted()).when(command).refused(refusal);
        }
    }
}
