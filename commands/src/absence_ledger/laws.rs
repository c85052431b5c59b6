//! What holds after any commands in any order.

use super::samples::*;
use super::{
    AbsenceCommand, AbsenceLedger, AcceptCancellation, AmendLeave, Asked, Authority, CorrectLeave, DebitRight,
    DeclareGift, FeedTimeSavings, GiveDays, OpenTimeSavings, OverrideStaffing, PartiallyApproveLeave, ReceiveDays,
    RecordAbsence, RefuseCancellation, RefuseLeave, RequestLeave, ShortenSickness, WithdrawGift, WithdrawLeave,
};
use chrono::{Days, NaiveDate};
use esrs::Aggregate;
use events::delegation::DelegationScope;
use events::leave::{AbsenceEvent, Counter, CounterKind, CreditCause, LeaveType};
use events::validation::Approver;
use events::{Actor, CreditId, DomainEvent, HalfDaySet};
use proptest::prelude::*;
use proptest::sample::select;
use rules::HalfDays;
use rules::family::Circumstances;
use rules::ledger::{Ledger, violations};
use rules::period::{Half, HalfDay, Period};
use uuid::Uuid;

/// A few weeks around a new year, so that commands meet and cross it.
fn date() -> impl Strategy<Value = NaiveDate> {
    (0u64..45).prop_map(|days| day("2026-12-07") + Days::new(days))
}

fn half_day_() -> impl Strategy<Value = HalfDay> {
    (date(), select(vec![Half::Morning, Half::Afternoon])).prop_map(|(date, half)| HalfDay { date, half })
}

fn period() -> impl Strategy<Value = Period> {
    (half_day_(), half_day_()).prop_filter_map("reversed", |(start, end)| Period::new(start, end).ok())
}

fn half_days() -> impl Strategy<Value = HalfDaySet> {
    period().prop_map(|period| period.half_days().collect())
}

fn number() -> impl Strategy<Value = u128> {
    1u128..5
}

fn counter() -> impl Strategy<Value = Counter> {
    (select(CounterKind::ALL.to_vec()), 2026..2028).prop_map(|(kind, year)| Counter::of(kind, year))
}

fn amount() -> impl Strategy<Value = HalfDays> {
    (0u32..50).prop_map(HalfDays::new)
}

fn leave_type() -> impl Strategy<Value = LeaveType> {
    select(vec![
        LeaveType::AnnualLeave,
        LeaveType::AnnualLeave,
        LeaveType::Rtt,
        LeaveType::TimeSavings,
        LeaveType::DonatedDays,
        LeaveType::Paternity,
        LeaveType::Unpaid,
    ])
}

fn circumstances(leave_type: LeaveType) -> Option<Circumstances> {
    (leave_type == LeaveType::Paternity).then(|| birth("2026-12-07"))
}

fn who() -> impl Strategy<Value = Authority> {
    (select(vec![AGENT, MANAGER, DELEGATE, HR, OTHER_HR, COLLEAGUE]), select(vec![None, Some(MANAGER), Some(AGENT)]))
        .prop_map(|(by, manager)| Authority {
            manager: manager.map(account),
            delegations: vec![
                delegated(MANAGER, DELEGATE, DelegationScope::default()),
                delegated(AGENT, DELEGATE, DelegationScope::default()),
            ],
            ..authority(by)
        })
}

fn by() -> impl Strategy<Value = Actor> {
    select(vec![Actor::Account(account(HR)), Actor::Account(account(AGENT)), Actor::Service])
}

fn of_the_agent() -> impl Strategy<Value = AbsenceCommand> {
    let steps = select(vec![
        vec![any_of(&[Approver::Manager])],
        vec![any_of(&[Approver::Manager]), any_of(&[Approver::Hr])],
        vec![all_of(&[Approver::Manager, Approver::Hr])],
        vec![],
    ]);
    prop_oneof![
        6 => (number(), leave_type(), period(), steps).prop_map(|(number, leave_type, period, steps)| {
            let request = routed(number, "2026-12-07", "2026-12-07", steps).with(|asked| {
                asked.period = period;
                asked.circumstances = circumstances(leave_type);
            });
            RequestLeave { leave_type, ..request }.into()
        }),
        2 => (number(), period(), proptest::option::of(Just(birth("2026-12-07")))).prop_map(|(number, period, circumstances)| {
            AmendLeave(Asked { circumstances, ..dates(number, period, "2026-01-03") }).into()
        }),
        1 => number().prop_map(|number| WithdrawLeave { leave: leave(number) }.into()),
        2 => (number(), proptest::option::of(half_days()))
            .prop_map(|(number, half_days)| cancel(number, half_days, "2026-12-07").into()),
        1 => Just(OpenTimeSavings { facts: facts("2026-01-02") }.into()),
        1 => (counter(), amount()).prop_map(|(counter, half_days)| {
            FeedTimeSavings { deposits: vec![(counter, half_days)], facts: facts("2026-12-15") }.into()
        }),
        1 => (number(), counter(), amount()).prop_map(|(gift, counter, half_days)| {
            DeclareGift { gift: self::gift(gift), counter, half_days, facts: facts("2026-12-15") }.into()
        }),
        1 => number().prop_map(|gift| WithdrawGift { gift: self::gift(gift) }.into()),
    ]
}

fn of_others() -> impl Strategy<Value = AbsenceCommand> {
    prop_oneof![
        6 => (number(), 0u16..2, who()).prop_map(|(number, step, who)| approve(number, step, who).into()),
        2 => (number(), 0u16..2, half_days(), who()).prop_map(|(number, step, refused, authority)| {
            let (seen, motive) = (seen(number, step), motive());
            let facts = facts("2026-01-05");
            PartiallyApproveLeave { seen, refused, motive, special_motive: None, authority, staffing: None, facts }.into()
        }),
        2 => (number(), 0u16..2, who()).prop_map(|(number, step, authority)| {
            let facts = facts("2026-01-05");
            RefuseLeave { seen: seen(number, step), motive: motive(), special_motive: None, authority, facts }.into()
        }),
        1 => (number(), who()).prop_map(|(number, authority)| {
            let staffing = Some(understaffed(&["2026-12-07"]));
            OverrideStaffing { seen: seen(number, 0), staffing, motive: motive(), authority }.into()
        }),
        2 => (number(), who())
            .prop_map(|(number, authority)| {
                let facts = facts("2026-12-15");
                AcceptCancellation { leave: leave(number), authority, facts }.into()
            }),
        1 => (number(), who()).prop_map(|(number, authority)| {
            RefuseCancellation { leave: leave(number), motive: motive(), authority }.into()
        }),
        2 => (number(), half_days(), proptest::option::of(period()), select(vec![HR, AGENT])).prop_map(
            |(number, release, add, by)| {
                CorrectLeave {
                    leave: leave(number),
                    release,
                    add,
                    special_motive: None,
                    circumstances: None,
                    child: None,
                    effective: day("2026-12-07"),
                    motive: motive(),
                    by: account(by),
                    facts: facts("2027-02-01"),
                }
                .into()
            }
        ),
        1 => (number(), leave_type(), period(), by()).prop_map(|(number, leave_type, period, by)| {
            RecordAbsence {
                leave: leave(number),
                leave_type,
                period,
                special_motive: None,
                circumstances: None,
                child: None,
                motive: None,
                by,
                facts: facts("2027-02-01"),
            }
            .into()
        }),
        2 => (number(), period()).prop_map(|(number, period)| sick(number, period).into()),
        1 => (number(), half_day_()).prop_map(|(number, back)| {
            let (sickness, by) = (sickness(number), Actor::Account(account(HR)));
            ShortenSickness { sickness, back, motive: sealed("why"), by, facts: facts("2027-02-01") }.into()
        }),
        1 => (number(), amount(), by()).prop_map(|(gift, half_days, by)| {
            GiveDays { gift: self::gift(gift), half_days, by, facts: facts("2026-12-16") }.into()
        }),
        1 => (number(), amount(), by()).prop_map(|(gift, half_days, by)| {
            ReceiveDays { gift: self::gift(gift + 10), half_days, by, facts: facts("2026-12-15") }.into()
        }),
        1 => (number(), counter(), amount())
            .prop_map(|(number, counter, half_days)| credit(number, counter, half_days, CreditCause::Advance).into()),
        1 => (number(), counter(), amount(), date()).prop_map(|(number, counter, half_days, effective)| {
            DebitRight {
                credit: CreditId::from_uuid(Uuid::from_u128(number + 10)),
                counter,
                half_days,
                effective,
                usable_until: None,
                cause: CreditCause::Correction,
                motive: motive(),
                by: Actor::Service,
                facts: facts("2026-01-02"),
            }
            .into()
        }),
    ]
}

fn commands() -> impl Strategy<Value = Vec<AbsenceCommand>> {
    prop::collection::vec(prop_oneof![of_the_agent(), of_others()], 0..30)
}

/// Runs the commands one after the other: the events of those that were not refused.
fn run(commands: Vec<AbsenceCommand>) -> Vec<AbsenceEvent> {
    let mut state = Ledger::default();
    let mut recorded = Vec::new();
    for command in commands {
        if let Ok(events) = AbsenceLedger::handle_command(&state, command) {
            state = events.iter().fold(state, Ledger::after);
            recorded.extend(events);
        }
    }
    recorded
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn no_event_breaks_an_invariant(commands in commands()) {
        let mut state = Ledger::default();
        for event in run(commands) {
            prop_assert_eq!(violations(account(AGENT), &state, &event), vec![], "{:?}", event);
            state = state.after(&event);
        }
    }

    #[test]
    fn active_half_days_never_overlap(commands in commands()) {
        let state = ledger(&run(commands));
        let leaves = state.leaves().flat_map(|(_, leave)| leave.charges.iter().map(|charge| charge.half_days.count()));
        let sick = state.sicknesses().map(|(_, sickness)| sickness.half_days.count());
        prop_assert_eq!(leaves.chain(sick).sum::<HalfDays>(), state.away().count());
    }

    #[test]
    fn no_counter_is_overdrawn_at_any_time(commands in commands()) {
        let mut state = Ledger::default();
        for event in run(commands) {
            state = state.after(&event);
            for year in 2025..2028 {
                for kind in CounterKind::ALL {
                    let counter = Counter::of(kind, year);
                    let balance = state.balance(counter, day("2026-12-31"), &law(), &employment()).unwrap();
                    prop_assert_eq!(balance.overdrawn, HalfDays::ZERO, "{} after {:?}", counter, event);
                }
            }
        }
    }

    #[test]
    fn a_balance_does_not_depend_on_when_it_is_asked(commands in commands(), at in date()) {
        let events = run(commands);
        let asked_then = ledger(&events).balances(at, &law(), &employment()).unwrap();
        let kept = serde_json::to_vec(&ledger(&events)).unwrap();
        let asked_later: Ledger = serde_json::from_slice(&kept).unwrap();
        prop_assert_eq!(asked_later.balances(at, &law(), &employment()).unwrap(), asked_then);
    }

    #[test]
    fn what_is_recorded_and_read_again_folds_to_the_same(commands in commands()) {
        let events = run(commands);
        let read = events.iter().map(|event| {
            AbsenceEvent::decode(event.name(), event.schema(), &event.encode().unwrap()).unwrap()
        });
        let read: Vec<_> = read.collect();
        prop_assert_eq!(ledger(&read), ledger(&events));
    }

    #[test]
    fn only_an_entry_moves_a_number(commands in commands(), at in date()) {
        for balance in ledger(&run(commands)).balances(at, &law(), &employment()).unwrap().told {
            use rules::ledger::Moves;
            let sum = |moves, in_time: &dyn Fn(NaiveDate) -> bool| {
                let entries = balance.entries.iter().filter(|entry| entry.moves == moves && in_time(entry.from));
                entries.map(|entry| entry.half_days).sum::<HalfDays>()
            };
            prop_assert_eq!(sum(Moves::Acquired, &|from| from <= at), balance.acquired);
            prop_assert_eq!(sum(Moves::Debited, &|from| from <= at), balance.debited);
            prop_assert_eq!(sum(Moves::Granted, &|_| true), balance.taken + balance.booked);
            prop_assert_eq!(sum(Moves::Reserved, &|_| true), balance.reserved);
        }
    }
}
