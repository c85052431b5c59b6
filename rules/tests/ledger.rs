//! Ledgers and balances: what an agent has on a date, and what a leave would take.

#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use chrono::NaiveDate;
use events::employment::{EmploymentEvent, Quota};
use events::leave::{AbsenceEvent, Charge, Counter, CounterKind, CreditCause, LeaveType, Warning};
use events::{CreditId, LeaveId, SicknessId};
use rules::ledger::{Because, Moves, Unquotable};
use rules::{Employment, Half, HalfDay, HalfDays, Ledger, Period, RuleBook, WorkCycle};
use uuid::Uuid;

const FULL: &str = "11111111110000";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn book() -> RuleBook {
    RuleBook::embedded().unwrap()
}

/// At full time, 39 hours a week, since `entry`.
fn agent(entry: &str) -> Employment {
    let from = day(entry);
    employed(&[
        EmploymentEvent::ServiceEntered { on: from },
        EmploymentEvent::WorkPatternSet { pattern: WorkCycle::weekly(FULL).unwrap(), from },
        EmploymentEvent::WorkingTimeSet {
            quota: Quota::FULL,
            full_time_week_minutes: 39 * 60,
            annualised: false,
            from,
        },
    ])
}

fn employed(events: &[EmploymentEvent]) -> Employment {
    events.iter().fold(Employment::default(), Employment::after)
}

fn days(first: &str, last: &str) -> Period {
    Period::days(day(first), day(last)).unwrap()
}

fn counter(kind: CounterKind, year: i32) -> Counter {
    Counter::of(kind, year)
}

fn leave(number: u128) -> LeaveId {
    LeaveId::from_uuid(Uuid::from_u128(number))
}

/// What the ledger would take for the leave, granted at once.
fn granted(
    ledger: &Ledger,
    number: u128,
    leave_type: LeaveType,
    period: Period,
    employment: &Employment,
) -> AbsenceEvent {
    let quote = ledger.quote(leave_type, period, day("2026-01-02"), &book(), employment).unwrap();
    AbsenceEvent::AbsenceRecorded {
        leave: leave(number),
        leave_type,
        period,
        charges: quote.charges,
        rules: book().version(),
        unit: None,
        special_motive: None,
    }
}

fn taking(employment: &Employment, leaves: &[(LeaveType, Period)]) -> Ledger {
    leaves.iter().zip(1..).fold(Ledger::default(), |ledger, ((leave_type, period), number)| {
        let event = granted(&ledger, number, *leave_type, *period, employment);
        ledger.after(&event)
    })
}

fn by_counter(charges: &[Charge]) -> Vec<(String, String)> {
    charges.iter().map(|charge| (charge.counter.unwrap().to_string(), charge.half_days.count().to_string())).collect()
}

fn credit(
    counter: Counter,
    half_days: HalfDays,
    effective: &str,
    until: Option<&str>,
    cause: CreditCause,
) -> AbsenceEvent {
    AbsenceEvent::RightCredited {
        credit: CreditId::from_uuid(Uuid::from_u128(7)),
        counter,
        half_days,
        effective: day(effective),
        usable_until: until.map(day),
        cause,
        motive: None,
    }
}

fn available(ledger: &Ledger, counter: Counter, at: &str, employment: &Employment) -> String {
    ledger.balance(counter, day(at), &book(), employment).unwrap().available.to_string()
}

#[test]
fn a_full_year_gives_25_days_2_of_fractionnement_and_23_of_rtt_each_with_its_article() {
    let balances = Ledger::default().balances(day("2026-06-01"), &book(), &agent("2020-01-01")).unwrap();
    let figures: Vec<_> =
        balances.iter().map(|balance| (balance.counter.to_string(), balance.available.to_string())).collect();
    let expected = [
        ("annual-leave:2026", "25"),
        ("fractionnement:2026", "2"),
        ("rtt:2025", "0"),
        ("rtt:2026", "23"),
        ("sick-child:2026", "6"),
    ];
    assert_eq!(figures, expected.map(|(counter, days)| (counter.to_owned(), days.to_owned())));
    let Because::Rule { source, .. } = &balances[0].entries[0].because else { panic!("{balances:?}") };
    assert!(source.contains("85-1250"));
}

#[test]
fn a_leave_over_new_year_is_8_and_5_days() {
    let quote = Ledger::default()
        .quote(
            LeaveType::AnnualLeave,
            days("2026-12-21", "2027-01-08"),
            day("2026-10-01"),
            &book(),
            &agent("2020-01-01"),
        )
        .unwrap();
    let expected = [("annual-leave:2026", "8"), ("annual-leave:2027", "5")];
    assert_eq!(by_counter(&quote.charges), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
}

#[test]
fn the_rtt_of_a_year_ends_on_31_march_of_the_next() {
    let agent = agent("2020-01-01");
    let rtt = counter(CounterKind::Rtt, 2026);
    for (at, left) in [("2026-12-31", "23"), ("2027-03-31", "23"), ("2027-04-01", "0")] {
        assert_eq!(available(&Ledger::default(), rtt, at, &agent), left, "{at}");
    }
    assert_eq!(Ledger::default().balance(rtt, day("2027-04-01"), &book(), &agent).unwrap().lost, HalfDays::days(23));
}

#[test]
fn what_ends_first_is_taken_first() {
    let quote = Ledger::default()
        .quote(LeaveType::Rtt, days("2026-03-30", "2026-04-03"), day("2026-01-02"), &book(), &agent("2020-01-01"))
        .unwrap();
    let expected = [("rtt:2025", "2"), ("rtt:2026", "3")];
    assert_eq!(by_counter(&quote.charges), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
}

#[test]
fn the_citys_own_cycle_earns_month_by_month() {
    let from = day("2020-01-01");
    let variable =
        EmploymentEvent::WorkingTimeSet { quota: Quota::FULL, full_time_week_minutes: 2370, annualised: false, from };
    let agent = agent("2020-01-01").after(&variable);
    let rtt = counter(CounterKind::Rtt, 2026);
    for (at, earned) in [("2026-01-30", "0"), ("2026-01-31", "2.5"), ("2026-06-30", "15"), ("2026-12-31", "24")] {
        assert_eq!(available(&Ledger::default(), rtt, at, &agent), earned, "{at}");
    }
}

#[test]
fn sickness_takes_rtt_at_the_years_end() {
    let agent = agent("2020-01-01");
    let period = days("2026-02-02", "2026-02-27");
    let sick = AbsenceEvent::SicknessRecorded {
        sickness: SicknessId::from_uuid(Uuid::from_u128(1)),
        period,
        half_days: agent.due(period, book().calendar()),
        recredited: vec![],
        rules: book().version(),
        unit: None,
        details: None,
    };
    let ledger = Ledger::default().after(&sick);
    let rtt = counter(CounterKind::Rtt, 2026);
    assert_eq!(available(&ledger, rtt, "2026-12-30", &agent), "21", "20 days sick, one RTT for each 10 of them");
    let debits = ledger.balance(rtt, day("2026-12-31"), &book(), &agent).unwrap();
    assert!(debits.entries.iter().any(|entry| entry.moves == Moves::Debited && entry.from == day("2026-12-31")));
}

#[test]
fn extra_days_that_were_used_and_not_earned_are_taken_back() {
    let agent = agent("2020-01-01");
    let july = (LeaveType::AnnualLeave, days("2026-07-06", "2026-07-31"));
    let september = (LeaveType::AnnualLeave, days("2026-09-07", "2026-09-16"));
    let ledger = taking(&agent, &[july, september]);
    assert_eq!(available(&ledger, counter(CounterKind::Fractionnement, 2026), "2026-10-01", &agent), "0");
    assert_eq!(available(&ledger, counter(CounterKind::Fractionnement, 2027), "2027-10-01", &agent), "0");
    let autumn = taking(&agent, &[(LeaveType::AnnualLeave, days("2026-11-02", "2026-11-13"))]);
    assert_eq!(available(&autumn, counter(CounterKind::Fractionnement, 2027), "2027-10-01", &agent), "2");
}

#[test]
fn half_a_day_more_than_there_is_is_refused() {
    let agent = agent("2020-01-01");
    let ledger = taking(
        &agent,
        &[
            (LeaveType::AnnualLeave, days("2026-07-06", "2026-07-31")),
            (LeaveType::AnnualLeave, days("2026-09-07", "2026-09-15")),
        ],
    );
    let half = |half| HalfDay { date: day("2026-10-05"), half };
    let one = Period::new(half(Half::Morning), half(Half::Afternoon)).unwrap();
    let refused =
        ledger.quote(LeaveType::AnnualLeave, days("2026-10-05", "2026-10-06"), day("2026-01-02"), &book(), &agent);
    assert!(ledger.quote(LeaveType::AnnualLeave, one, day("2026-01-02"), &book(), &agent).is_ok());
    assert_eq!(
        refused,
        Err(Unquotable::Insufficient {
            leave_type: LeaveType::AnnualLeave,
            asked: HalfDays::days(2),
            available: HalfDays::days(1)
        })
    );
}

#[test]
fn carried_over_days_go_first_and_end_on_their_own_date() {
    let agent = agent("2020-01-01");
    let carried = counter(CounterKind::CarriedOver, 2025);
    let event =
        credit(carried, HalfDays::days(2), "2026-03-02", Some("2027-06-01"), CreditCause::CarryOverAfterSickness);
    let ledger = Ledger::default().after(&event);
    let quote =
        ledger.quote(LeaveType::AnnualLeave, days("2026-07-06", "2026-07-08"), day("2026-01-02"), &book(), &agent);
    let expected = [("carried-over:2025", "2"), ("annual-leave:2026", "1")];
    assert_eq!(by_counter(&quote.unwrap().charges), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    assert_eq!(available(&ledger, carried, "2027-06-01", &agent), "2");
    assert_eq!(available(&ledger, carried, "2027-06-02", &agent), "0");
}

#[test]
fn contiguous_requests_are_one_stretch_of_at_most_31_days() {
    let agent = agent("2020-01-01");
    let ledger = taking(&agent, &[(LeaveType::AnnualLeave, days("2026-07-06", "2026-07-17"))]);
    let quote =
        |first, last, leave_type| ledger.quote(leave_type, days(first, last), day("2026-01-02"), &book(), &agent);
    for leave_type in [LeaveType::AnnualLeave, LeaveType::Rtt] {
        assert!(matches!(quote("2026-07-20", "2026-08-07", leave_type), Err(Unquotable::Stretch { .. })));
        assert!(quote("2026-07-20", "2026-08-05", leave_type).is_ok());
        assert!(quote("2026-07-21", "2026-08-07", leave_type).is_ok(), "a day of work lies between");
    }
}

#[test]
fn half_time_from_july_has_12_5_days_then_6_5() {
    let from = day("2026-07-01");
    let half = "11111000000000";
    let agent = agent("2020-01-01")
        .after(&EmploymentEvent::WorkPatternSet { pattern: WorkCycle::weekly(half).unwrap(), from })
        .after(&EmploymentEvent::WorkingTimeSet {
            quota: Quota::new(5000).unwrap(),
            full_time_week_minutes: 39 * 60,
            annualised: false,
            from,
        });
    let annual = counter(CounterKind::AnnualLeave, 2026);
    assert_eq!(available(&Ledger::default(), annual, "2026-01-01", &agent), "19", "18.75, rounded up once");
}

#[test]
fn hired_on_1_march_and_gone_on_30_june() {
    let agent = agent("2026-03-01").after(&EmploymentEvent::ServiceLeft { on: day("2026-06-30") });
    assert_eq!(available(&Ledger::default(), counter(CounterKind::AnnualLeave, 2026), "2026-03-01", &agent), "8.5");
    assert_eq!(available(&Ledger::default(), counter(CounterKind::AnnualLeave, 2027), "2027-03-01", &agent), "0");
    let after = Ledger::default().quote(
        LeaveType::AnnualLeave,
        days("2026-07-06", "2026-07-10"),
        day("2026-05-01"),
        &book(),
        &agent,
    );
    assert_eq!(after, Err(Unquotable::Empty(days("2026-07-06", "2026-07-10"))));
}

#[test]
fn a_value_withdrawn_was_never_there() {
    let from = day("2026-03-01");
    let wrong = EmploymentEvent::WorkPatternSet { pattern: WorkCycle::weekly("11111111000000").unwrap(), from };
    let sealed = events::Sealed::new(events::KeyId::from_uuid(Uuid::nil()), vec![]);
    let withdrawn = EmploymentEvent::EmploymentEntryWithdrawn {
        attribute: events::employment::EmploymentAttribute::WorkPattern,
        from,
        motive: sealed,
    };
    assert_eq!(agent("2020-01-01").after(&wrong).after(&withdrawn), agent("2020-01-01"));
}

#[test]
fn short_notice_and_hindsight_warn() {
    let agent = agent("2020-01-01");
    let asked = |on: &str| {
        let period = days("2026-03-16", "2026-03-25");
        Ledger::default().quote(LeaveType::AnnualLeave, period, day(on), &book(), &agent).unwrap().warnings
    };
    assert_eq!(asked("2026-03-06"), []);
    assert_eq!(asked("2026-03-11"), [Warning::ShortNotice { due_by: day("2026-03-06") }]);
    assert_eq!(asked("2026-03-17"), [Warning::InHindsight]);
}

#[test]
fn a_request_of_a_century_is_refused_before_it_is_counted() {
    let refused = Ledger::default().quote(
        LeaveType::Rtt,
        days("1990-01-01", "2099-12-31"),
        day("2026-01-02"),
        &book(),
        &agent("2020-01-01"),
    );
    assert_eq!(refused, Err(Unquotable::TooLong { longest_days: 366 }));
}

#[test]
fn sickness_takes_no_rtt_that_was_used_or_given_away_but_the_next_years() {
    let agent = agent("2020-01-01");
    let rtt = counter(CounterKind::Rtt, 2026);
    let given_away = AbsenceEvent::DaysGiven {
        gift: events::GiftId::from_uuid(Uuid::from_u128(1)),
        counter: rtt,
        half_days: HalfDays::days(22),
        on: day("2026-02-02"),
    };
    let period = days("2026-03-02", "2026-03-27");
    let sick = AbsenceEvent::SicknessRecorded {
        sickness: SicknessId::from_uuid(Uuid::from_u128(1)),
        period,
        half_days: agent.due(period, book().calendar()),
        recredited: vec![],
        rules: book().version(),
        unit: None,
        details: None,
    };
    let ledger = Ledger::default().after(&given_away).after(&sick);
    let of_2026 = ledger.balance(rtt, day("2026-12-31"), &book(), &agent).unwrap();
    assert_eq!((of_2026.available, of_2026.overdrawn), (HalfDays::ZERO, HalfDays::ZERO));
    assert_eq!(available(&ledger, counter(CounterKind::Rtt, 2027), "2027-06-01", &agent), "22");
}

#[test]
fn twenty_years_of_history_are_told_apart() {
    let agent = agent("2006-01-01");
    let yearly = |year: i32| {
        let period = |first: &str, last: &str| days(&format!("{year}-{first}"), &format!("{year}-{last}"));
        [
            (LeaveType::AnnualLeave, period("02-16", "02-20")),
            (LeaveType::AnnualLeave, period("07-15", "07-31")),
            (LeaveType::Rtt, period("11-12", "11-20")),
        ]
    };
    let ledger = taking(&agent, &(2006..2026).flat_map(yearly).collect::<Vec<_>>());
    assert_eq!(ledger.leaves().count(), 60);
    let balance = ledger.balance(counter(CounterKind::AnnualLeave, 2016), day("2016-12-31"), &book(), &agent).unwrap();
    assert_eq!(
        (balance.taken.to_string(), balance.booked, balance.entries.len()),
        ("15".to_owned(), HalfDays::ZERO, 3)
    );
}

/// Whoever has to change this changes [`Ledger::FOLD`] too: snapshots of the old fold are still about.
#[test]
fn a_snapshot_under_this_fold() {
    let carried = counter(CounterKind::CarriedOver, 2025);
    let credited = credit(carried, HalfDays::days(2), "2026-03-02", None, CreditCause::OpeningBalance);
    let employment = agent("2020-01-01");
    let leave = granted(&Ledger::default(), 1, LeaveType::Paternity, days("2026-06-10", "2026-06-10"), &employment);
    let state = serde_json::to_value(Ledger::default().after(&credited).after(&leave)).unwrap();

    assert_eq!(Ledger::FOLD, 3);
    assert_eq!(
        state,
        serde_json::json!({
            "leaves": {
                "00000000-0000-0000-0000-000000000001": {
                    "leave_type": "paternity",
                    "period": {
                        "start": {"date": "2026-06-10", "half": "AM"},
                        "end": {"date": "2026-06-10", "half": "PM"},
                    },
                    "charges": [{"counter": null, "half_days": ["2026-06-10"], "available": null}],
                    "asked": 2,
                    "rules": book().version(),
                    "unit": null,
                    "revision": 0,
                    "warnings": [],
                    "status": "granted",
                    "cancellation": null,
                    "replacement": null,
                    "route": [],
                }
            },
            "sicknesses": {},
            "movements": [{
                "counter": "carried-over:2025",
                "way": "In",
                "half_days": 4,
                "from": "2026-03-02",
                "until": null,
                "origin": {
                    "from": "decision",
                    "credit": "00000000-0000-0000-0000-000000000007",
                    "cause": "opening-balance",
                },
            }],
            "proofs": [],
            "time_savings_since": null,
            "time_savings_split": [],
            "gifts_declared": {},
        })
    );
}

/// As for the ledger, with [`Employment::FOLD`].
#[test]
fn a_snapshot_of_an_employment_under_this_fold() {
    assert_eq!(Employment::FOLD, 1);
    assert_eq!(
        serde_json::to_value(agent("2020-01-01")).unwrap(),
        serde_json::json!({
            "entries": ["2020-01-01"],
            "exits": [],
            "statuses": {},
            "categories": {},
            "titles": {},
            "units": {},
            "managers": {},
            "working_times": {
                "2020-01-01": {"quota": 10000, "full_time_week": "39h", "annualised": false},
            },
            "patterns": {"2020-01-01": {"anchor": "1969-12-29", "halves": FULL}},
        })
    );
}
