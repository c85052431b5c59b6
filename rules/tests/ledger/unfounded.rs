//! What a correction leaves without a ground.

use crate::world::*;
use events::leave::{AbsenceEvent, Counter, CounterKind, CreditCause, LeaveType, Recredit};
use events::{CreditId, HalfDaySet, KeyId, Sealed, SicknessId};
use rules::ledger::Unfounded;
use rules::{HalfDays, Ledger, Period};
use uuid::Uuid;

fn debited(counter: Counter, days: u32, effective: &str) -> AbsenceEvent {
    AbsenceEvent::RightDebited {
        credit: CreditId::from_uuid(Uuid::from_u128(8)),
        counter,
        half_days: HalfDays::days(days),
        effective: day(effective),
        cause: CreditCause::Correction,
        motive: Sealed::new(KeyId::from_uuid(Uuid::nil()), Vec::new()),
    }
}

fn half_days(period: Period) -> HalfDaySet {
    period.half_days().collect()
}

fn unfounded(ledger: &Ledger) -> Vec<Unfounded> {
    ledger.unfounded(&book(), &agent("2020-01-01"))
}

#[test]
fn a_sickness_that_is_shortened_founds_no_carry_over() {
    let spell = sick(&agent("2020-01-01"), days("2025-11-03", "2026-02-27"));
    let counter = counter(CounterKind::CarriedOver, 2025);
    let carried = |cause| credit(counter, HalfDays::days(14), "2026-03-02", Some("2027-06-01"), cause);
    let after_sickness = carried(CreditCause::CarryOverAfterSickness);
    let ledger = Ledger::default().after(&spell).after(&after_sickness);
    assert_eq!(unfounded(&ledger), []);
    let shortened = |first: &str| AbsenceEvent::SicknessShortened {
        sickness: SicknessId::from_uuid(Uuid::from_u128(1)),
        released: half_days(days(first, "2026-02-27")),
        motive: Sealed::new(KeyId::from_uuid(Uuid::nil()), Vec::new()),
    };
    assert_eq!(unfounded(&ledger.clone().after(&shortened("2026-01-12"))), [], "it still kept him from taking it");
    let back_in_november = ledger.clone().after(&shortened("2025-11-17"));
    assert_eq!(unfounded(&back_in_november), [Unfounded { counter, half_days: HalfDays::days(14) }]);
    let in_part = back_in_november.clone().after(&debited(counter, 10, "2026-03-02"));
    assert_eq!(unfounded(&in_part), [Unfounded { counter, half_days: HalfDays::days(4) }]);
    assert_eq!(unfounded(&back_in_november.after(&debited(counter, 14, "2026-03-02"))), []);
    let without_absence = Ledger::default().after(&after_sickness);
    assert_eq!(unfounded(&without_absence), [], "human resources answer for what is not in the ledger");
    let authorised = Ledger::default().after(&spell).after(&carried(CreditCause::ExceptionalCarryOver));
    assert_eq!(unfounded(&authorised.after(&shortened("2025-11-17"))), []);
}

#[test]
fn annual_leave_that_sickness_gives_back_founds_no_saved_days() {
    let agent = agent("2020-01-01");
    let taken = [
        (LeaveType::AnnualLeave, days("2026-03-02", "2026-03-13")),
        (LeaveType::AnnualLeave, days("2026-07-06", "2026-07-20")),
    ];
    let annual = counter(CounterKind::AnnualLeave, 2026);
    let fed = AbsenceEvent::TimeSavingsFed { deposits: vec![(annual, HalfDays::days(5))], on: day("2026-08-03") };
    let ledger = taking(&agent, &taken).after(&fed);
    assert_eq!(unfounded(&ledger), []);
    let AbsenceEvent::SicknessRecorded { sickness, period, half_days, rules, unit, details, .. } =
        sick(&agent, days("2026-07-20", "2026-07-20"))
    else {
        unreachable!("it is recorded")
    };
    let recredited = vec![Recredit { leave: leave(2), half_days: half_days.clone() }];
    let sick = AbsenceEvent::SicknessRecorded { sickness, period, half_days, recredited, rules, unit, details };
    let given_back = ledger.after(&sick);
    let saved = Unfounded { counter: Counter::TIME_SAVINGS, half_days: HalfDays::days(5) };
    assert_eq!(unfounded(&given_back), [saved]);
    assert_eq!(unfounded(&given_back.after(&debited(Counter::TIME_SAVINGS, 5, "2026-09-01"))), []);
}
