use super::{AbsenceRefusal, Facts};
use chrono::Datelike;
use events::leave::{AbsenceEvent, Counter};
use rules::ledger::{is_saved_in, saved_as_annual_leave};
use rules::{HalfDays, Ledger};
use std::collections::BTreeSet;

/// Puts days of this year on the time-savings account (D 2004-878 art. 3 and 7-1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedTimeSavings {
    /// From which counter, and how much.
    pub deposits: Vec<(Counter, HalfDays)>,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: FeedTimeSavings) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let FeedTimeSavings { deposits, facts } = command;
    let (on, year) = (facts.on, facts.on.year());
    if state.time_savings_since().is_none_or(|since| on < since) {
        return Err(AbsenceRefusal::NoTimeSavings);
    }
    let (mut annual_leave, mut all, mut seen) = (HalfDays::ZERO, HalfDays::ZERO, BTreeSet::new());
    for (place, (counter, half_days)) in deposits.iter().enumerate() {
        let refused = |refusal| AbsenceRefusal::OfDeposit { place, refusal: Box::new(refusal) };
        if !is_saved_in(*counter, year) || !seen.insert(*counter) {
            return Err(refused(AbsenceRefusal::Counter { counter: *counter }));
        }
        if half_days.is_zero() {
            return Err(refused(AbsenceRefusal::Nothing));
        }
        facts.holds(state, *counter, *half_days, on).map_err(refused)?;
        all += *half_days;
        if saved_as_annual_leave(*counter) {
            annual_leave += *half_days;
        }
    }
    if all.is_zero() {
        return Err(AbsenceRefusal::NoDeposit);
    }
    let time = facts.employment.working_times().on(on).ok_or(AbsenceRefusal::EmploymentUnknown)?;
    let balance = state.most_saved(on, &facts.law, &facts.employment)?;
    let of_year = state.year_to_save(on, &facts.law, &facts.employment)?;
    let most = facts.law.at(on).cet_feeding()?.largest_deposit(balance, of_year, time.quota.ratio());
    if annual_leave > most.annual_leave || all > most.total {
        return Err(AbsenceRefusal::Deposit { most: most.total, annual_leave: most.annual_leave });
    }
    Ok(vec![AbsenceEvent::TimeSavingsFed { deposits, on }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::samples::*;
    use crate::absence_ledger::{AbsenceLedger, OpenTimeSavings, SettleTimeSavings, SplitTimeSavings, request_leave};
    use crate::specification::given;
    use events::Actor;
    use events::leave::{CounterKind, CreditCause, LeaveType};
    use events::status::Status;
    use rules::cet::{CetOpeningRefused, Split, SplitRefused};

    fn rtt() -> Counter {
        Counter::of(CounterKind::Rtt, 2026)
    }

    fn feed(deposits: &[(Counter, u32)]) -> FeedTimeSavings {
        let deposits = deposits.iter().map(|(counter, days)| (*counter, HalfDays::days(*days))).collect();
        FeedTimeSavings { deposits, facts: facts("2026-12-15") }
    }

    /// With an account of so many days.
    fn saver(days: u32) -> Vec<AbsenceEvent> {
        let balance = credit(1, Counter::TIME_SAVINGS, HalfDays::days(days), CreditCause::OpeningBalance);
        let open = OpenTimeSavings { facts: facts("2026-01-02") };
        if days > 0 { after([open.into(), balance.into()]) } else { after([open.into()]) }
    }

    fn of_deposit(refusal: AbsenceRefusal) -> AbsenceRefusal {
        AbsenceRefusal::OfDeposit { place: 0, refusal: Box::new(refusal) }
    }

    fn taking_20(days: u32) -> Vec<AbsenceEvent> {
        let mut events = saver(days);
        for command in [annual_leave(1, "2026-03-02", "2026-03-13"), annual_leave(2, "2026-07-06", "2026-07-20")] {
            events.extend(super::super::request_leave::decide(&ledger(&events), command).unwrap());
        }
        for number in [1, 2] {
            let approval = approve(number, 0, authority(MANAGER));
            events.extend(super::super::approve_leave::decide(&ledger(&events), approval).unwrap());
        }
        events
    }

    #[test]
    fn rtt_are_saved_freely_and_annual_leave_beyond_20_days_taken() {
        let deposits = vec![(annual(2026), HalfDays::days(5)), (rtt(), HalfDays::days(3))];
        let on = day("2026-12-15");
        given::<AbsenceLedger>(taking_20(0))
            .when(feed(&[(annual(2026), 5), (rtt(), 3)]))
            .then([AbsenceEvent::TimeSavingsFed { deposits, on }]);
        let fed =
            [taking_20(0), decide(&ledger(&taking_20(0)), feed(&[(annual(2026), 5), (rtt(), 3)])).unwrap()].concat();
        assert_eq!(available(&fed, Counter::TIME_SAVINGS, "2026-12-31"), HalfDays::days(8));
        assert_eq!(available(&fed, annual(2026), "2026-12-31"), HalfDays::ZERO);
        given::<AbsenceLedger>(saver(0))
            .when(feed(&[(annual(2026), 1)]))
            .refused(AbsenceRefusal::Deposit { most: HalfDays::days(23), annual_leave: HalfDays::ZERO });
    }

    #[test]
    fn extra_days_saved_and_not_earned_are_taken_back_as_those_taken() {
        let fractionnement = |year| Counter::of(CounterKind::Fractionnement, year);
        let in_season = annual_leave(1, "2026-07-06", "2026-08-03");
        let mut fed = [saver(0), after([in_season.into(), approve(1, 0, authority(MANAGER)).into()])].concat();
        assert_eq!(available(&fed, fractionnement(2027), "2027-01-04"), HalfDays::days(2));
        let deposit = decide(&ledger(&fed), feed(&[(fractionnement(2026), 2)])).unwrap();
        fed.extend(deposit);
        assert_eq!(available(&fed, fractionnement(2027), "2027-01-04"), HalfDays::ZERO);
        let earned =
            [taking_20(0), decide(&ledger(&taking_20(0)), feed(&[(fractionnement(2026), 2)])).unwrap()].concat();
        assert_eq!(available(&earned, fractionnement(2027), "2027-01-04"), HalfDays::days(2));
    }

    #[test]
    fn an_account_has_at_most_60_days() {
        let refusal = AbsenceRefusal::Deposit { most: HalfDays::days(3), annual_leave: HalfDays::days(3) };
        given::<AbsenceLedger>(taking_20(57)).when(feed(&[(rtt(), 4)])).refused(refusal);
    }

    fn booked(days_saved: u32) -> Vec<AbsenceEvent> {
        let request = request(9, LeaveType::TimeSavings, days("2027-03-01", "2027-03-05"));
        let request = request_leave::decide(&ledger(&saver(days_saved)), request).unwrap();
        [saver(days_saved), request].concat()
    }

    /// Eleven days more.
    fn more_booked() -> Vec<AbsenceEvent> {
        let request = request(10, LeaveType::TimeSavings, days("2027-04-05", "2027-04-19"));
        request_leave::decide(&ledger(&booked(22)), request).unwrap()
    }

    #[test]
    fn what_leave_is_booked_on_is_saved_until_it_is_taken() {
        let none = AbsenceRefusal::Deposit { most: HalfDays::ZERO, annual_leave: HalfDays::ZERO };
        given::<AbsenceLedger>(booked(60)).when(feed(&[(rtt(), 1)])).refused(none);
        let credit = credit(2, Counter::TIME_SAVINGS, HalfDays::new(1), CreditCause::Correction);
        let refusal = AbsenceRefusal::AboveLaw { counter: Counter::TIME_SAVINGS, room: HalfDays::ZERO };
        given::<AbsenceLedger>(booked(60)).when(credit).refused(refusal);
    }

    #[test]
    fn there_must_be_an_account_and_the_counter_one_of_the_year() {
        given::<AbsenceLedger>([]).when(feed(&[(rtt(), 1)])).refused(AbsenceRefusal::NoTimeSavings);
        let counter = Counter::of(CounterKind::Rtt, 2025);
        given::<AbsenceLedger>(saver(0))
            .when(feed(&[(counter, 1)]))
            .refused(of_deposit(AbsenceRefusal::Counter { counter }));
        let nothing = of_deposit(AbsenceRefusal::Nothing);
        given::<AbsenceLedger>(saver(0)).when(feed(&[(rtt(), 0)])).refused(nothing);
        given::<AbsenceLedger>(saver(0)).when(feed(&[])).refused(AbsenceRefusal::NoDeposit);
    }

    #[test]
    fn a_trainee_opens_none() {
        let from = day("2020-01-01");
        let trainee = events::employment::EmploymentEvent::StatusSet { status: Status::Trainee, from };
        let mut facts = facts("2026-01-02");
        facts.employment = facts.employment.after(&trainee);
        given::<AbsenceLedger>([]).when(OpenTimeSavings { facts }).refused(CetOpeningRefused::Status.into());
    }

    #[test]
    fn beyond_15_days_the_agent_chooses_by_31_january_or_silence_does() {
        let split = |on: &str, kept, paid, pension| SplitTimeSavings {
            year: 2026,
            split: Split { kept: HalfDays::days(kept), paid: HalfDays::days(paid), pension: HalfDays::days(pension) },
            facts: facts(on),
        };
        let chosen = |on: &str, kept, paid, pension, chosen| AbsenceEvent::TimeSavingsSplit {
            year: 2026,
            kept: HalfDays::days(kept),
            paid: HalfDays::days(paid),
            pension: HalfDays::days(pension),
            on: day(on),
            chosen,
        };
        let settle = |on| SettleTimeSavings { year: 2026, by: Actor::Account(account(HR)), facts: facts(on) };
        let on = |events: Vec<AbsenceEvent>| given::<AbsenceLedger>(events);
        on(saver(22)).when(split("2027-01-31", 2, 5, 0)).then([chosen("2027-01-31", 2, 5, 0, true)]);
        on(saver(22)).when(split("2027-02-01", 2, 5, 0)).refused(SplitRefused::Late(day("2027-01-31")).into());
        on(saver(22))
            .when(split("2027-01-31", 2, 4, 0))
            .refused(SplitRefused::Sum { chosen: HalfDays::days(6), optional: HalfDays::days(7) }.into());
        on(saver(22)).when(settle("2027-01-31")).refused(AbsenceRefusal::ChoiceOpen { until: day("2027-01-31") });
        on(saver(22)).when(split("2026-12-31", 2, 5, 0)).refused(SplitRefused::Early(day("2027-01-01")).into());
        on(saver(22))
            .when(SettleTimeSavings { by: Actor::Account(account(AGENT)), ..settle("2027-02-01") })
            .refused(AbsenceRefusal::OwnMatter);
        on(saver(22)).when(settle("2027-02-01")).then([chosen("2027-02-01", 0, 0, 7, false)]);
        on([saver(22), vec![chosen("2027-01-31", 2, 5, 0, true)]].concat()).when(settle("2027-02-01")).then([]);
        let after = [saver(22), vec![chosen("2027-01-31", 2, 5, 0, true)]].concat();
        assert_eq!(available(&after, Counter::TIME_SAVINGS, "2027-02-01"), HalfDays::days(17));
        // Five days are booked: they are saved nonetheless, and what would pay them twice is refused or kept.
        on(booked(22)).when(split("2027-01-31", 2, 5, 0)).then([chosen("2027-01-31", 2, 5, 0, true)]);
        on(booked(22)).when(settle("2027-02-01")).then([chosen("2027-02-01", 0, 0, 7, false)]);
        let insufficient =
            AbsenceRefusal::Insufficient { counter: Counter::TIME_SAVINGS, available: HalfDays::days(6) };
        let long = [booked(22), more_booked()].concat();
        on(long.clone()).when(split("2027-01-31", 0, 7, 0)).refused(insufficient);
        on(long.clone()).when(split("2027-01-31", 2, 5, 0)).then([chosen("2027-01-31", 2, 5, 0, true)]);
        on(long).when(settle("2027-02-01")).then([chosen("2027-02-01", 1, 0, 6, false)]);
    }
}
