use super::{AbsenceRefusal, Facts, given_back};
use chrono::NaiveDate;
use events::leave::{AbsenceEvent, LeaveType};
use events::{AccountId, Actor, HalfDaySet, LeaveId, Sealed};
use rules::ledger::LeaveStatus;
use rules::period::Period;
use rules::{HalfDays, Ledger};

/// Corrects a leave that was granted, even long past: half-days are released, others taken in their place. A new fact
/// with its own date of effect; what was recorded stays. What others rest on is not released, nor
/// a special absence made longer: what its motive gives is held against the motive alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrectLeave {
    /// The leave.
    pub leave: LeaveId,
    /// The half-days of it that count no more.
    pub release: HalfDaySet,
    /// What it takes besides, counted by the rules in force.
    pub add: Option<Period>,
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
    let CorrectLeave { leave, release: released, add, effective, motive, by, facts } = command;
    facts.by_another(Actor::Account(by))?;
    facts.foreseeable("effective", effective)?;
    let current = state.leave(leave).ok_or(AbsenceRefusal::UnknownLeave)?;
    if current.status != LeaveStatus::Granted {
        return Err(AbsenceRefusal::NotGranted { status: current.status.as_str() });
    }
    if !released.is_within(&current.active()) || (released.is_empty() && add.is_none()) {
        return Err(AbsenceRefusal::NotPartOf);
    }
    let motive = motive.ok_or(AbsenceRefusal::NoMotive)?;
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
            let without = state.clone().after(&correction(released.clone(), Vec::new(), motive.clone()));
            facts.quote(&without, current.leave_type, period)?.charges
        }
        None => Vec::new(),
    };
    let added = charges.iter().map(|charge| charge.half_days.count()).sum::<HalfDays>();
    if current.leave_type == LeaveType::SpecialAbsence && added > released.count() {
        return Err(AbsenceRefusal::LongerThanSaid);
    }
    let gives_back = !released.is_empty();
    let corrected = correction(released, charges, motive);
    if gives_back {
        given_back::returnable(current, state, &state.clone().after(&corrected), &facts)?;
    }
    Ok(vec![corrected])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Law;
    use crate::absence_ledger::samples::*;
    use crate::absence_ledger::{AbsenceCommand, AbsenceLedger, FeedTimeSavings, OpenTimeSavings};
    use crate::specification::given;
    use esrs::Aggregate;
    use events::leave::{Counter, CounterKind};
    use rules::RuleBook;
    use rules::ledger::{Absence, Unquotable};
    use std::sync::Arc;

    fn correct(release: &[&str], add: Option<Period>) -> CorrectLeave {
        CorrectLeave {
            leave: leave(1),
            release: halves(release),
            add,
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
        let mut events = after([OpenTimeSavings { facts: facts("2026-01-02") }.into()]);
        let mut record = |command: AbsenceCommand| {
            events.extend(AbsenceLedger::handle_command(&ledger(&events), command).unwrap());
        };
        for (number, first, last) in [(2, "2026-03-02", "2026-03-13"), (1, "2026-07-06", "2026-07-20")] {
            record(annual_leave(number, first, last).into());
            record(approve(number, 0, authority(MANAGER)).into());
        }
        let deposits = vec![(annual(2026), HalfDays::days(5))];
        record(FeedTimeSavings { deposits, facts: facts("2026-06-15") }.into());
        let saved = AbsenceRefusal::SavedUntaken { year: 2026 };
        given::<AbsenceLedger>(events.clone()).when(correct(&["2026-07-20"], None)).refused(saved);
        let exchanged = correct(&["2026-07-20"], Some(days("2026-07-21", "2026-07-21")));
        assert_eq!(decide(&ledger(&events), exchanged).unwrap().len(), 1);
    }

    #[test]
    fn a_special_absence_is_moved_and_not_made_longer() {
        let marriage = special("marriage_or_pacs", Some("2026-05-02"), 1);
        let absent = request(1, LeaveType::SpecialAbsence, days("2026-05-04", "2026-05-05"));
        let route = |asked: &mut crate::absence_ledger::Asked| asked.special_motive = marriage;
        let events = after([absent.with(route).into(), approve(1, 0, authority(MANAGER)).into()]);
        let longer = correct(&["2026-05-05"], Some(days("2026-05-06", "2026-05-07")));
        given::<AbsenceLedger>(events.clone()).when(longer).refused(AbsenceRefusal::LongerThanSaid);
        let moved = correct(&["2026-05-05"], Some(days("2026-05-06", "2026-05-06")));
        assert_eq!(decide(&ledger(&events), moved).unwrap().len(), 1);
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
            (CorrectLeave { motive: None, ..correct(&["2026-05-04"], None) }, AbsenceRefusal::NoMotive),
            (CorrectLeave { by: account(AGENT), ..correct(&["2026-05-04"], None) }, AbsenceRefusal::OwnMatter),
        ] {
            given::<AbsenceLedger>(granted()).when(command).refused(refusal);
        }
    }
}
