use super::{AbsenceRefusal, Facts};
use events::leave::{AbsenceEvent, Counter};
use rules::{HalfDays, Ledger};
use std::collections::BTreeMap;

/// Tells human resources of the counters of which more is used than there is, once for each amount, until each is settled.
/// What records or corrects rights and absences says it of itself; this says it where something else changed: an
/// employment, the rules, a leave that was given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnounceOverdrafts {
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: AnnounceOverdrafts) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    Ok(due(state, &command.facts))
}

/// An event, and what it lets human resources be told.
pub(super) fn with(state: &Ledger, event: AbsenceEvent, facts: &Facts) -> Vec<AbsenceEvent> {
    let announced = due(&state.clone().after(&event), facts);
    [event].into_iter().chain(announced).collect()
}

fn due(state: &Ledger, facts: &Facts) -> Vec<AbsenceEvent> {
    let overdrafts = state.overdrafts(&facts.law, &facts.employment);
    let now: BTreeMap<Counter, HalfDays> = overdrafts.into_iter().map(|one| (one.counter, one.by)).collect();
    let told = state.announced_overdrafts();
    // Where the rights cannot be told, neither can it be that it is settled.
    let is_settled =
        |counter: Counter| facts.balance(state, counter, facts.on).is_ok_and(|balance| balance.overdrawn.is_zero());
    let settled = told.keys().filter(|counter| is_settled(**counter)).map(|counter| (*counter, HalfDays::ZERO));
    let changed = now.into_iter().filter(|(counter, by)| told.get(counter) != Some(by));
    changed.chain(settled).map(|(counter, half_days)| AbsenceEvent::OverdraftAnnounced { counter, half_days }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::samples::*;
    use crate::absence_ledger::{AbsenceLedger, CorrectLeave, RecordAbsence, WithdrawLeave};
    use crate::specification::given;
    use esrs::Aggregate;
    use events::Actor;
    use events::employment::EmploymentEvent;
    use events::leave::{CounterKind, LeaveType};

    fn announced(counter: Counter, half_days: u32) -> AbsenceEvent {
        AbsenceEvent::OverdraftAnnounced { counter, half_days: HalfDays::new(half_days) }
    }

    fn away(first: &str, last: &str) -> RecordAbsence {
        RecordAbsence {
            leave: leave(1),
            leave_type: LeaveType::Unjustified,
            period: days(first, last),
            special_motive: None,
            circumstances: None,
            child: None,
            motive: None,
            by: Actor::Account(account(HR)),
            facts: facts("2026-12-31"),
        }
    }

    #[test]
    fn an_absence_that_takes_rights_away_tells_human_resources_and_a_correction_that_gives_them_back() {
        let rtt = Counter::of(CounterKind::Rtt, 2026);
        let taken = after([
            request(2, LeaveType::Rtt, days("2026-06-01", "2026-06-19")).into(),
            approve(2, 0, authority(MANAGER)).into(),
        ]);
        let recorded = AbsenceLedger::handle_command(&ledger(&taken), away("2026-07-01", "2026-12-31").into()).unwrap();
        let [AbsenceEvent::AbsenceRecorded { .. }, told] = &recorded[..] else { panic!("{recorded:?}") };
        assert_eq!(*told, announced(rtt, 7));
        let before = [taken, recorded].concat();
        let release = days("2026-07-01", "2026-12-31").half_days().collect::<events::HalfDaySet>();
        let mistaken = CorrectLeave {
            leave: leave(1),
            release: release.and(&ledger(&before).leave(leave(1)).unwrap().active()),
            add: None,
            special_motive: None,
            circumstances: None,
            child: None,
            effective: day("2026-07-01"),
            motive: motive(),
            by: account(HR),
            facts: facts("2026-12-31"),
        };
        let corrected = AbsenceLedger::handle_command(&ledger(&before), mistaken.into()).unwrap();
        let [AbsenceEvent::LeaveCorrected { .. }, settled] = &corrected[..] else { panic!("{corrected:?}") };
        assert_eq!(*settled, announced(rtt, 0));
        assert!(ledger(&[before, corrected].concat()).announced_overdrafts().is_empty());
    }

    #[test]
    fn it_is_told_once_for_each_amount_and_again_after_it_was_settled() {
        let facts = facts("2026-03-02");
        let half_time = EmploymentEvent::WorkPatternSet {
            pattern: events::pattern::WorkCycle::weekly("11111000000000").unwrap(),
            from: day("2026-01-01"),
        };
        let less = Facts { employment: facts.employment.clone().after(&half_time), ..facts.clone() };
        let taken = after([annual_leave(1, "2026-03-02", "2026-03-20").into()]);
        let announce = |facts: &Facts| AnnounceOverdrafts { facts: facts.clone() };
        let told = announced(annual(2026), 5);
        given::<AbsenceLedger>(taken.clone()).when(announce(&facts)).then([]);
        given::<AbsenceLedger>(taken.clone()).when(announce(&less)).then([told.clone()]);
        let told = [taken, vec![told]].concat();
        given::<AbsenceLedger>(told.clone()).when(announce(&less)).then([]);
        let settled = announced(annual(2026), 0);
        given::<AbsenceLedger>(told.clone()).when(announce(&facts)).then([settled.clone()]);
        let withdrawn =
            after([annual_leave(1, "2026-03-02", "2026-03-20").into(), WithdrawLeave { leave: leave(1) }.into()]);
        let withdrawn = [withdrawn, vec![announced(annual(2026), 5)]].concat();
        given::<AbsenceLedger>(withdrawn).when(announce(&less)).then([settled.clone()]);
        given::<AbsenceLedger>([told, vec![settled]].concat()).when(announce(&less)).then([announced(annual(2026), 5)]);
    }
}
