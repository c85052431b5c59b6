//! What the rules give on a date.

use crate::world::*;
use events::HalfDaySet;
use events::employment::{EmploymentEvent, Quota};
use events::leave::{AbsenceEvent, Charge, CounterKind, LeaveType};
use rules::ledger::{Because, Moves, NoRight, Proposal, Unquotable, Violation, unlawful};
use rules::period::HalfDay;
use rules::rtt::WeekTooLong;
use rules::{Employment, HalfDays, Ledger, Period, RuleBook, WorkCycle};
use uuid::Uuid;

#[test]
fn a_full_year_gives_25_days_2_of_fractionnement_and_23_of_rtt_each_with_its_article() {
    let balances = Ledger::default().balances(day("2026-06-01"), &book(), &agent("2020-01-01")).unwrap().told;
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
fn a_week_that_the_law_does_not_know_hides_rtt_alone_and_is_named() {
    let from = day("2024-03-01");
    let long = EmploymentEvent::WorkingTimeSet {
        quota: Quota::FULL,
        full_time_week_minutes: 49 * 60,
        annualised: false,
        from,
    };
    let agent = agent("2020-01-01").after(&long);
    let balances = Ledger::default().balances(day("2026-06-01"), &book(), &agent).unwrap();
    let told: Vec<_> = balances.told.iter().map(|balance| balance.counter.to_string()).collect();
    assert_eq!(told, ["annual-leave:2026", "fractionnement:2026", "sick-child:2026"]);
    let untold: Vec<_> = balances.untold.iter().map(|(counter, _)| counter.to_string()).collect();
    assert_eq!(untold, ["rtt:2025", "rtt:2026"]);
    let week = NoRight::Week { from, week: WeekTooLong("49h".parse().unwrap()) };
    assert!(balances.untold.iter().all(|(_, reason)| *reason == week), "{balances:?}");
    assert_eq!(unlawful(&long, &book()), Some(Violation::Untold(week)));
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

/// In the City's own cycle, 7 h 54 a day.
fn in_cycle(entry: &str) -> Employment {
    let from = day(entry);
    agent(entry).after(&EmploymentEvent::WorkingTimeSet {
        quota: Quota::FULL,
        full_time_week_minutes: 2370,
        annualised: false,
        from,
    })
}

#[test]
fn the_citys_own_cycle_earns_month_by_month() {
    let agent = in_cycle("2020-01-01");
    let rtt = counter(CounterKind::Rtt, 2026);
    for (at, earned) in [("2026-01-30", "0"), ("2026-01-31", "2.5"), ("2026-06-30", "15"), ("2026-12-31", "24")] {
        assert_eq!(available(&Ledger::default(), rtt, at, &agent), earned, "{at}");
    }
}

#[test]
fn the_citys_own_cycle_gives_two_days_for_a_month_of_a_year_that_is_not_whole_whichever_it_is() {
    let rtt =
        |ledger: &Ledger, agent: &Employment| available(ledger, counter(CounterKind::Rtt, 2026), "2026-12-31", agent);
    let hired = |entry| rtt(&Ledger::default(), &in_cycle(entry));
    assert_eq!([hired("2026-11-01"), hired("2026-07-01")], ["4", "12"]);
    let left = in_cycle("2020-01-01").after(&EmploymentEvent::ServiceLeft { on: day("2026-10-31") });
    assert_eq!(rtt(&Ledger::default(), &left), "20");
    let agent = in_cycle("2020-01-01");
    let without = |first, last| rtt(&taking(&agent, &[(LeaveType::Unpaid, days(first, last))]), &agent);
    assert_eq!(without("2026-01-01", "2026-02-28"), without("2026-11-01", "2026-12-31"));
    assert_eq!(without("2026-01-01", "2026-02-28"), "20");
}

#[test]
fn sickness_takes_rtt_at_the_years_end() {
    let agent = agent("2020-01-01");
    let sick = sick(&agent, days("2026-02-02", "2026-02-27"));
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
fn sickness_takes_no_rtt_that_was_used_or_given_away_but_the_next_years() {
    let agent = agent("2020-01-01");
    let rtt = counter(CounterKind::Rtt, 2026);
    let given_away = AbsenceEvent::DaysGiven {
        gift: events::GiftId::from_uuid(Uuid::from_u128(1)),
        counter: rtt,
        half_days: HalfDays::days(22),
        on: day("2026-02-02"),
    };
    let sick = sick(&agent, days("2026-03-02", "2026-03-27"));
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

#[test]
fn leave_without_pay_that_was_given_back_is_service() {
    let agent = agent("2020-01-01");
    let ledger = taking(&agent, &[(LeaveType::Unpaid, days("2027-07-01", "2027-12-31"))]);
    let annual = counter(CounterKind::AnnualLeave, 2027);
    assert_eq!(available(&ledger, annual, "2027-12-31", &agent), "12.5");
    let back = days("2027-08-01", "2027-11-30");
    let corrected = AbsenceEvent::LeaveCorrected {
        leave: leave(1),
        released: agent.due(back, book().calendar()),
        charges: vec![],
        rules: book().version(),
        effective: day("2027-08-01"),
        motive: events::Sealed::new(events::KeyId::from_uuid(Uuid::nil()), vec![]),
        by: events::AccountId::from_uuid(Uuid::nil()),
    };
    assert_eq!(available(&ledger.after(&corrected), annual, "2027-12-31", &agent), "21", "July and December are lost");
}

#[test]
fn a_morning_without_service_costs_half_a_day_of_it() {
    let agent = agent("2020-01-01");
    let annual = counter(CounterKind::AnnualLeave, 2026);
    let mondays = (0..24).map(|week| day("2026-06-01") + chrono::Days::new(7 * week));
    let right = |until: fn(chrono::NaiveDate) -> HalfDay| {
        let away = |date| (LeaveType::Unjustified, Period::new(HalfDay::morning(date), until(date)).unwrap());
        let ledger =
            taking(&agent, &mondays.clone().filter(|date| *date != day("2026-07-13")).map(away).collect::<Vec<_>>());
        available(&ledger, annual, "2026-12-31", &agent)
    };
    assert_eq!([right(HalfDay::morning), right(HalfDay::afternoon)], ["24.5", "23.5"]);
}

#[test]
fn weeks_without_pay_that_follow_each_other_cost_as_one_leave() {
    let agent = agent("2020-01-01");
    let weeks = (0..12).map(|week| {
        let monday = day("2026-06-01") + chrono::Days::new(7 * week);
        (LeaveType::Unpaid, Period::days(monday, monday + chrono::Days::new(4)).unwrap())
    });
    let (apart, at_once) = (weeks.collect::<Vec<_>>(), [(LeaveType::Unpaid, days("2026-06-01", "2026-08-21"))]);
    for kind in [CounterKind::AnnualLeave, CounterKind::Rtt] {
        let right = |leaves: &[_]| available(&taking(&agent, leaves), counter(kind, 2026), "2026-12-31", &agent);
        assert_eq!(right(&apart), right(&at_once), "{kind:?}");
    }
}

/// A decided count stays; what another calendar counts is proposed.
#[test]
fn a_day_off_that_is_decided_later_is_proposed_to_be_given_back() {
    let agent = agent("2020-01-01");
    let ledger = taking(&agent, &[(LeaveType::AnnualLeave, days("2026-05-11", "2026-05-15"))]);
    assert_eq!(ledger.proposals(&book(), &agent), []);
    let files = RuleBook::embedded_files().iter();
    let files: Vec<_> = files
        .map(|(name, text)| (*name, text.replace("days = []", "days = [{ on = \"2026-05-15\", name = \"Pont\" }]")))
        .collect();
    let pont = RuleBook::parse(files.iter().map(|(name, text)| (*name, text.as_str()))).unwrap();
    let day_off: HalfDaySet = days("2026-05-15", "2026-05-15").half_days().collect();
    let proposed = |release, add| [Proposal { leave: leave(1), release, add }];
    assert_eq!(ledger.proposals(&pont, &agent), proposed(day_off.clone(), HalfDaySet::default()));
    let before = taking_under(&pont, &agent, days("2026-05-11", "2026-05-15"));
    assert_eq!(before.proposals(&book(), &agent), proposed(HalfDaySet::default(), day_off));
}

/// What is left of a proposal once human resources have corrected a part of it; what was given back may have been meant.
#[test]
fn a_proposal_stays_for_the_part_that_is_not_corrected() {
    let agent = agent("2020-01-01");
    let files = RuleBook::embedded_files().iter();
    let two = "days = [{ on = \"2026-05-13\", name = \"Pont\" }, { on = \"2026-05-15\", name = \"Pont\" }]";
    let files: Vec<_> = files.map(|(name, text)| (*name, text.replace("days = []", two))).collect();
    let days_off = RuleBook::parse(files.iter().map(|(name, text)| (*name, text.as_str()))).unwrap();
    let ledger = taking_under(&days_off, &agent, days("2026-05-11", "2026-05-15"));
    let half_days = |date| days(date, date).half_days().collect::<HalfDaySet>();
    let corrected = |released, added: HalfDaySet| AbsenceEvent::LeaveCorrected {
        leave: leave(1),
        released,
        charges: vec![Charge { counter: None, half_days: added, available: None }],
        rules: book().version(),
        effective: day("2026-05-13"),
        motive: events::Sealed::new(events::KeyId::from_uuid(Uuid::nil()), vec![]),
        by: events::AccountId::from_uuid(Uuid::nil()),
    };
    let rest = [Proposal { leave: leave(1), release: HalfDaySet::default(), add: half_days("2026-05-15") }];
    let in_part = ledger.after(&corrected(HalfDaySet::default(), half_days("2026-05-13")));
    assert_eq!(in_part.proposals(&book(), &agent), rest);
    let given_back = in_part.after(&corrected(half_days("2026-05-12"), HalfDaySet::default()));
    assert_eq!(given_back.proposals(&book(), &agent), rest);
}

#[test]
fn nothing_is_proposed_of_what_is_not_granted() {
    let agent = agent("2020-01-01");
    let period = days("2026-05-11", "2026-05-15");
    let requested = AbsenceEvent::LeaveRequested {
        leave: leave(1),
        leave_type: LeaveType::AnnualLeave,
        period,
        charges: vec![Charge { counter: None, half_days: period.half_days().collect(), available: None }],
        rules: book().version(),
        route: book().at(day("2026-01-02")).validation_routes().unwrap().route(
            &[],
            LeaveType::AnnualLeave,
            HalfDays::days(5),
        ),
        unit: None,
        warnings: vec![],
        reason: None,
        special_motive: None,
        occasion: None,
        at: chrono::DateTime::UNIX_EPOCH,
    };
    let asked = Ledger::default().after(&requested);
    assert_eq!(asked.proposals(&book(), &agent), []);
    let decider = events::validation::Decider {
        account: events::AccountId::from_uuid(Uuid::nil()),
        capacity: events::validation::DecisionCapacity::Approver(events::validation::Approver::Hr),
    };
    let granted = asked.after(&AbsenceEvent::LeaveApproved { leave: leave(1), step: 0, decider, staffing: None });
    assert_eq!(granted.proposals(&book(), &agent).len(), 1, "Ascension is no working day");
}

fn taking_under(book: &RuleBook, agent: &Employment, period: Period) -> Ledger {
    let quote = Ledger::default().quote(LeaveType::AnnualLeave, period, day("2026-01-02"), book, agent).unwrap();
    Ledger::default().after(&AbsenceEvent::AbsenceRecorded {
        leave: leave(1),
        leave_type: LeaveType::AnnualLeave,
        period,
        charges: quote.charges,
        rules: book.version(),
        unit: None,
        special_motive: None,
        occasion: None,
        motive: None,
    })
}
