use super::{AbsenceRefusal, Facts};
use chrono::Datelike;
use events::leave::{Counter, CounterKind, LeaveType};
use rules::Ledger;
use rules::date::DayOfYear;
use rules::period::Period;

/// Refuses leave that is no service where annual leave or RTT that is in use would not be earned then (CGFP L.621-1; D
/// 85-1250 art. 2; D 2000-815 art. 1): `after` is the ledger with it. That somebody was away without leave is a fact.
pub(super) fn covered(
    leave_type: LeaveType,
    period: Period,
    before: &Ledger,
    after: &Ledger,
    facts: &Facts,
) -> Result<(), AbsenceRefusal> {
    let (first, last) = (period.start().date, period.end().date);
    let serves = facts.law.at(first).annual_leave().is_ok_and(|rule| rule.serves(leave_type));
    if serves || leave_type == LeaveType::Unjustified {
        return Ok(());
    }
    let earned = |year| [CounterKind::AnnualLeave, CounterKind::Rtt].map(|kind| Counter::of(kind, year));
    for counter in (first.year()..=last.year()).flat_map(earned) {
        let on = DayOfYear::LAST.in_year(counter.year().unwrap_or(first.year()))?;
        let by = facts.balance(after, counter, on)?.overdrawn;
        if by > facts.balance(before, counter, on)?.overdrawn {
            return Err(AbsenceRefusal::Unserved { counter, by });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::samples::*;
    use crate::absence_ledger::{AbsenceLedger, AmendLeave, CorrectLeave, RecordAbsence, WithdrawLeave};
    use crate::specification::given;
    use esrs::Aggregate;
    use events::leave::AbsenceEvent;
    use events::{Actor, HalfDaySet};
    use rules::HalfDays;

    fn unpaid(first: &str, last: &str) -> crate::absence_ledger::RequestLeave {
        request(1, LeaveType::Unpaid, days(first, last))
    }

    fn right(events: &[AbsenceEvent], year: i32) -> HalfDays {
        ledger(events).balance(annual(year), day(&format!("{year}-12-31")), &law(), &employment()).unwrap().acquired
    }

    #[test]
    fn six_months_without_pay_halve_the_right_and_those_of_the_carer_lower_nothing() {
        let half = after([unpaid("2026-07-01", "2026-12-31").into()]);
        assert_eq!(right(&half, 2026), HalfDays::new(25));
        assert_eq!(right(&half, 2027), HalfDays::days(25));
        let withdrawn = after([unpaid("2026-07-01", "2026-12-31").into(), WithdrawLeave { leave: leave(1) }.into()]);
        assert_eq!(right(&withdrawn, 2026), HalfDays::days(25));
        let carer = request(1, LeaveType::Carer, days("2026-09-01", "2026-11-30"));
        assert_eq!(right(&after([carer.into()]), 2026), HalfDays::days(25));
        assert_eq!(right(&after([unpaid("2026-07-01", "2026-07-03").into()]), 2026), HalfDays::days(25), "rounded up");
    }

    #[test]
    fn who_is_not_at_work_earns_no_rtt_and_who_is_away_without_leave_earns_nothing() {
        let rtt = Counter::of(CounterKind::Rtt, 2026);
        let of_2026 = |events: &[AbsenceEvent], counter| {
            ledger(events).balance(counter, day("2026-12-31"), &law(), &employment()).unwrap().acquired
        };
        assert_eq!(of_2026(&[], rtt), HalfDays::days(23));
        let half = after([unpaid("2026-07-01", "2026-12-31").into()]);
        assert_eq!(of_2026(&half, rtt), HalfDays::new(23), "six months of twelve");
        let away = |number: u128, first, last| RecordAbsence {
            leave: leave(number),
            leave_type: LeaveType::Unjustified,
            period: days(first, last),
            special_motive: None,
            circumstances: None,
            child: None,
            motive: None,
            by: Actor::Account(account(HR)),
            facts: facts("2026-12-31"),
        };
        let taken = after([annual_leave(2, "2026-03-02", "2026-03-20").into()]);
        let recorded = AbsenceLedger::handle_command(&ledger(&taken), away(1, "2026-07-01", "2026-12-31").into());
        let events = [taken, recorded.unwrap()].concat();
        assert_eq!((of_2026(&events, annual(2026)), of_2026(&events, rtt)), (HalfDays::new(25), HalfDays::new(23)));
        let used = after([request(2, LeaveType::Rtt, days("2026-06-01", "2026-06-19")).into()]);
        given::<AbsenceLedger>(used)
            .when(unpaid("2026-07-01", "2026-12-31"))
            .refused(AbsenceRefusal::Unserved { counter: rtt, by: HalfDays::new(7) });
    }

    #[test]
    fn what_is_in_use_stays_earned() {
        let taken = after([annual_leave(2, "2026-03-02", "2026-03-20").into()]);
        let refusal = |by| AbsenceRefusal::Unserved { counter: annual(2026), by: HalfDays::new(by) };
        given::<AbsenceLedger>(taken.clone()).when(unpaid("2026-07-01", "2026-12-31")).refused(refusal(5));
        let short = [taken.clone(), after([unpaid("2026-09-01", "2026-09-30").into()])].concat();
        given::<AbsenceLedger>(short)
            .when(AmendLeave(dates(1, days("2026-07-01", "2026-12-31"), "2026-01-03")))
            .refused(refusal(5));
        let record = |motive| RecordAbsence {
            leave: leave(1),
            leave_type: LeaveType::Unpaid,
            period: days("2026-07-01", "2026-12-31"),
            special_motive: None,
            circumstances: None,
            child: None,
            motive,
            by: Actor::Account(account(HR)),
            facts: facts("2026-12-31"),
        };
        given::<AbsenceLedger>(taken.clone()).when(record(None)).refused(refusal(5));
        let recorded = AbsenceLedger::handle_command(&ledger(&taken), record(motive()).into()).unwrap();
        assert_eq!(right(&[taken, recorded].concat(), 2026), HalfDays::new(25), "human resources answer for it");
    }

    #[test]
    fn a_correction_of_leave_without_pay_moves_the_right() {
        let granted = after([
            unpaid("2026-07-01", "2026-12-31").into(),
            approve(1, 0, authority(MANAGER)).into(),
            approve(1, 1, authority(HR)).into(),
        ]);
        let release: HalfDaySet = days("2026-10-01", "2026-12-31").half_days().collect();
        let release = release.and(&ledger(&granted).away());
        let shorter = CorrectLeave {
            leave: leave(1),
            release,
            add: None,
            special_motive: None,
            circumstances: None,
            child: None,
            effective: day("2026-10-01"),
            motive: motive(),
            by: account(HR),
            facts: facts("2026-10-01"),
        };
        let corrected = AbsenceLedger::handle_command(&ledger(&granted), shorter.into()).unwrap();
        assert_eq!(right(&[granted, corrected].concat(), 2026), HalfDays::new(38), "nine months of twelve");
    }
}
