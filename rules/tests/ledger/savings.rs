//! Deposits on a time-savings account, counted again.

use crate::world::*;
use events::leave::{AbsenceEvent, Counter, CounterKind, CreditCause, LeaveType};
use rules::ledger::{Activated, miscounted};
use rules::{HalfDays, Ledger};

#[test]
fn a_deposit_is_counted_again() {
    let agent = agent("2020-01-01");
    let book = book();
    let mut activated = Activated::default();
    activated.activate(book.version(), rules::RuleBook::embedded().unwrap());
    let opened = |ledger: Ledger| ledger.after(&AbsenceEvent::TimeSavingsOpened { on: day("2026-01-02") });
    let fed = |kind, year, days| {
        let deposits = vec![(counter(kind, year), HalfDays::days(days))];
        AbsenceEvent::TimeSavingsFed { deposits, on: day("2026-12-15") }
    };
    let found = |ledger: &Ledger, event: AbsenceEvent| {
        let found = miscounted(ledger, &event, &agent, &activated);
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let nothing_taken = opened(Ledger::default());
    assert!(found(&nothing_taken, fed(CounterKind::Rtt, 2026, 3)).is_empty());
    let early = found(&nothing_taken, fed(CounterKind::AnnualLeave, 2026, 1));
    assert_eq!(early, ["1 day was saved, 1 of them annual leave; the law lets 23 be, of them 0"]);
    let twenty = [
        (LeaveType::AnnualLeave, days("2026-03-02", "2026-03-13")),
        (LeaveType::AnnualLeave, days("2026-07-06", "2026-07-20")),
    ];
    let after_twenty = opened(taking(&agent, &twenty));
    assert!(found(&after_twenty, fed(CounterKind::AnnualLeave, 2026, 5)).is_empty());
    let none_open = found(&Ledger::default(), fed(CounterKind::Rtt, 2026, 1));
    assert_eq!(none_open, ["1 day was saved, 0 of them annual leave; the law lets 0 be, of them 0"]);
    let of_2025 = found(&nothing_taken, fed(CounterKind::Rtt, 2025, 1));
    assert!(of_2025.iter().any(|says| says.contains("rtt:2025 is not saved")), "{of_2025:?}");
    let cap = credit(Counter::TIME_SAVINGS, HalfDays::days(59), "2026-01-02", None, CreditCause::OpeningBalance);
    let above = found(&nothing_taken.after(&cap), fed(CounterKind::Rtt, 2026, 2));
    assert_eq!(above, ["2 days were saved, 0 of them annual leave; the law lets 1 be, of them 0"]);
}
