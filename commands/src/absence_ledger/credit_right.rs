use super::{AbsenceRefusal, Facts, Motivated, announce_overdrafts};
use chrono::NaiveDate;
use events::date::supported;
use events::leave::{AbsenceEvent, Counter, CounterKind, CreditCause};
use events::{Actor, CreditId, Sealed};
use rules::carry_over::Hindrance;
use rules::date::DayOfYear;
use rules::ledger::Hindered;
use rules::{HalfDays, Ledger};

/// Credits a counter by decision: an opening balance, a carry-over, an advance that somebody answers for. Never more
/// than the law leaves room for ([`Ledger::room`]), nor a time-savings account that was not opened; what is carried over
/// is leave carried over, and ends as one ([`Ledger::carry`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditRight {
    /// The credit.
    pub credit: CreditId,
    /// Which counter.
    pub counter: Counter,
    /// How much.
    pub half_days: HalfDays,
    /// From when on it may be used.
    pub effective: NaiveDate,
    /// Until when; none leaves it to the counter's own end.
    pub usable_until: Option<NaiveDate>,
    /// Why, as the law tells it.
    pub cause: CreditCause,
    /// Why, in words: what no rule gives needs them.
    pub motive: Option<Sealed<String>>,
    /// Who decides.
    pub by: Actor,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: CreditRight) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let CreditRight { credit, counter, half_days, effective, usable_until, cause, motive, by, facts } = command;
    facts.by_another(by)?;
    if state.has_credit(credit) {
        return Err(AbsenceRefusal::AlreadyRecorded);
    }
    if half_days.is_zero() {
        return Err(AbsenceRefusal::Nothing);
    }
    supported(effective)?;
    if let Some(until) = usable_until {
        supported(until)?;
        if until < effective {
            return Err(AbsenceRefusal::Reversed);
        }
    }
    if motive.is_none() && answered_for(cause) {
        return Err(AbsenceRefusal::NoMotive(Motivated::by_cause(cause)));
    }
    if counter == Counter::TIME_SAVINGS && state.time_savings_since().is_none() {
        return Err(AbsenceRefusal::NoTimeSavings);
    }
    facts.foreseeable("effective", effective)?;
    let carried = bounds(state, counter, cause, effective, &facts)?;
    if let (Some(until), Some((_, most))) = (usable_until, carried)
        && until > most
    {
        return Err(AbsenceRefusal::UsableTooLong { until: most });
    }
    let usable_until = usable_until.or(ended_by_law(counter, carried)?);
    let room = state.room(counter, effective, &facts.law, &facts.employment)?;
    let room = carried.map_or(room, |(most, _)| room.min(most));
    if half_days > room {
        return Err(AbsenceRefusal::AboveLaw { counter, room });
    }
    in_use(state, counter, &[("effective", Some(effective)), ("usable_until", usable_until)], &facts)?;
    let credited = AbsenceEvent::RightCredited { credit, counter, half_days, effective, usable_until, cause, motive };
    Ok(announce_overdrafts::with(state, credited, &facts))
}

/// Refuses a date, said in this field, after the last day on which the counter is used.
pub(super) fn in_use(
    state: &Ledger,
    counter: Counter,
    dates: &[(&'static str, Option<NaiveDate>)],
    facts: &Facts,
) -> Result<(), AbsenceRefusal> {
    let Some(until) = state.last_use(counter, &facts.law, &facts.employment)? else { return Ok(()) };
    match dates.iter().find(|(_, date)| date.is_some_and(|date| until < date)) {
        Some((field, _)) => Err(AbsenceRefusal::AfterEnd { field, counter, until }),
        None => Ok(()),
    }
}

/// What kept leave from being taken, by the cause of its movement; none of another cause. Of leave carried over alone.
pub(super) fn hindrance(cause: CreditCause, counter: Counter) -> Result<Option<Hindrance>, AbsenceRefusal> {
    let by = match cause {
        CreditCause::CarryOverAfterSickness => Hindrance::Sickness,
        CreditCause::CarryOverAfterFamilyLeave => Hindrance::Family,
        CreditCause::OpeningBalance
        | CreditCause::Advance
        | CreditCause::ExceptionalCarryOver
        | CreditCause::Correction => return Ok(None),
    };
    if counter.kind() == CounterKind::CarriedOver { Ok(Some(by)) } else { Err(AbsenceRefusal::Counter { counter }) }
}

/// The most that a carry-over gives, and the last day of its use, for who returns on the day of effect (D 85-1250 art.
/// 5-1); what is carried over without a hindrance is used as long (convention). None of another counter, of which nothing
/// is carried over.
fn bounds(
    state: &Ledger,
    counter: Counter,
    cause: CreditCause,
    effective: NaiveDate,
    facts: &Facts,
) -> Result<Option<(HalfDays, NaiveDate)>, AbsenceRefusal> {
    let by = hindrance(cause, counter)?;
    let (CounterKind::CarriedOver, Some(year)) = (counter.kind(), counter.year()) else { return Ok(None) };
    if facts.on <= DayOfYear::LAST.in_year(year)? {
        return Err(AbsenceRefusal::Running { counter });
    }
    let after = Hindered { year, by: by.unwrap_or(Hindrance::Sickness), return_date: effective, during_absence: false };
    let (days, until) = state.carry(after, &facts.law, &facts.employment)?;
    Ok(Some((if by.is_some() { days.carried } else { days.unused }, until)))
}

/// The last day of use where the law's comes before the counter's own end.
fn ended_by_law(counter: Counter, carried: Option<(HalfDays, NaiveDate)>) -> Result<Option<NaiveDate>, AbsenceRefusal> {
    let (Some(year), Some((_, until))) = (counter.year(), carried) else { return Ok(None) };
    let end = DayOfYear::LAST.in_year(year.saturating_add(1))?;
    Ok((until < end).then_some(until))
}

const fn answered_for(cause: CreditCause) -> bool {
    match cause {
        CreditCause::OpeningBalance
        | CreditCause::Advance
        | CreditCause::ExceptionalCarryOver
        | CreditCause::Correction => true,
        CreditCause::CarryOverAfterSickness | CreditCause::CarryOverAfterFamilyLeave => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::samples::*;
    use crate::absence_ledger::{AbsenceLedger, DebitRight, OpenTimeSavings};
    use crate::specification::given;
    use events::employment::EmploymentEvent;

    fn advance() -> CreditRight {
        credit(1, annual(2026), HalfDays::days(3), CreditCause::Advance)
    }

    #[test]
    fn an_advance_is_an_event_with_a_motive() {
        let advanced = after([advance().into()]);
        assert_eq!(available(&advanced, annual(2026), "2026-06-01"), HalfDays::days(28));
        given::<AbsenceLedger>(advanced).when(advance()).refused(AbsenceRefusal::AlreadyRecorded);
        for (command, refusal) in [
            (CreditRight { motive: None, ..advance() }, AbsenceRefusal::NoMotive(Motivated::Correction)),
            (
                CreditRight {
                    motive: None,
                    ..credit(1, annual(2026), HalfDays::days(300), CreditCause::OpeningBalance)
                },
                AbsenceRefusal::NoMotive(Motivated::Correction),
            ),
            (CreditRight { half_days: HalfDays::ZERO, ..advance() }, AbsenceRefusal::Nothing),
            (CreditRight { usable_until: Some(day("2025-12-31")), ..advance() }, AbsenceRefusal::Reversed),
            (CreditRight { by: Actor::Account(account(AGENT)), ..advance() }, AbsenceRefusal::OwnMatter),
        ] {
            given::<AbsenceLedger>([]).when(command).refused(refusal);
        }
    }

    #[test]
    fn a_credit_begins_and_ends_while_its_counter_is_used() {
        let late = |effective| CreditRight { effective: day(effective), facts: facts("2026-11-02"), ..advance() };
        let until = |counter, until| CreditRight {
            usable_until: Some(day(until)),
            ..credit(1, counter, HalfDays::days(1), CreditCause::Correction)
        };
        let rtt = Counter::of(CounterKind::Rtt, 2026);
        let after = |field, counter, until| AbsenceRefusal::AfterEnd { field, counter, until: day(until) };
        for (command, refusal) in [
            (late("2099-01-01"), AbsenceRefusal::TooFarAhead { field: "effective", most_days: 366 }),
            (late("2027-01-01"), after("effective", annual(2026), "2026-12-31")),
            (until(annual(2026), "2099-01-01"), after("usable_until", annual(2026), "2026-12-31")),
            (until(rtt, "2027-04-01"), after("usable_until", rtt, "2027-03-31")),
        ] {
            given::<AbsenceLedger>([]).when(command).refused(refusal);
        }
        for command in [late("2026-12-31"), until(rtt, "2027-03-31")] {
            assert_eq!(decide(&Ledger::default(), command).unwrap().len(), 1);
        }
    }

    #[test]
    fn who_is_out_of_service_has_no_room_for_a_credit() {
        let left = EmploymentEvent::ServiceLeft { on: day("2025-12-31") };
        let facts = Facts { employment: employment().after(&left), ..facts("2026-01-02") };
        for counter in [annual(2026), Counter::of(CounterKind::Rtt, 2026)] {
            let asked = credit(1, counter, HalfDays::new(1), CreditCause::Correction);
            given::<AbsenceLedger>([])
                .when(CreditRight { facts: facts.clone(), ..asked })
                .refused(AbsenceRefusal::AboveLaw { counter, room: HalfDays::ZERO });
        }
    }

    #[test]
    fn no_credit_goes_beyond_what_the_law_gives() {
        let carried = Counter::of(CounterKind::CarriedOver, 2025);
        let donated = Counter::of(CounterKind::DonatedDays, 2026);
        let sick_child = Counter::of(CounterKind::SickChild, 2026);
        let (rtt, bonus) = (Counter::of(CounterKind::Rtt, 2027), Counter::of(CounterKind::Fractionnement, 2027));
        for (counter, room) in [
            (carried, 25),
            (donated, 90),
            (sick_child, 6),
            (annual(2026), 25),
            (rtt, 2 * 24 - 23),
            (bonus, 0),
            (Counter::of(CounterKind::Rtt, 1995), 0),
        ] {
            let credit = |half_days| credit(1, counter, half_days, CreditCause::Correction);
            let room = HalfDays::days(room);
            let beyond = [room + HalfDays::new(1), HalfDays::new(u32::MAX)];
            for half_days in beyond {
                let refusal = AbsenceRefusal::AboveLaw { counter, room };
                given::<AbsenceLedger>([]).when(credit(half_days)).refused(refusal);
            }
            if room.is_zero() {
                continue;
            }
            let filled = after([credit(room).into()]);
            let more =
                CreditRight { credit: CreditId::from_uuid(uuid::Uuid::from_u128(2)), ..credit(HalfDays::new(1)) };
            given::<AbsenceLedger>(filled)
                .when(more)
                .refused(AbsenceRefusal::AboveLaw { counter, room: HalfDays::ZERO });
        }
        let saved = |days| credit(1, Counter::TIME_SAVINGS, HalfDays::days(days), CreditCause::OpeningBalance);
        given::<AbsenceLedger>([]).when(saved(1)).refused(AbsenceRefusal::NoTimeSavings);
        let opened = after([OpenTimeSavings { facts: facts("2026-01-02") }.into()]);
        let refusal = AbsenceRefusal::AboveLaw { counter: Counter::TIME_SAVINGS, room: HalfDays::days(60) };
        given::<AbsenceLedger>(opened).when(saved(61)).refused(refusal);
    }

    #[test]
    fn a_debit_stops_at_what_is_left() {
        let debit = |half_days| DebitRight {
            credit: CreditId::from_uuid(uuid::Uuid::from_u128(2)),
            counter: annual(2026),
            half_days,
            effective: day("2026-02-02"),
            usable_until: None,
            cause: CreditCause::Correction,
            motive: motive(),
            by: Actor::Account(account(HR)),
            facts: facts("2026-02-02"),
        };
        let debited = after([annual_leave(1, "2026-05-04", "2026-05-08").into(), debit(HalfDays::days(21)).into()]);
        assert_eq!(available(&debited, annual(2026), "2026-06-01"), HalfDays::ZERO);
        given::<AbsenceLedger>(asked())
            .when(debit(HalfDays::new(43)))
            .refused(AbsenceRefusal::Insufficient { counter: annual(2026), available: HalfDays::days(21) });
    }

    #[test]
    fn a_carry_over_is_of_annual_leave_and_bounded_as_the_law_bounds_it() {
        let carried = Counter::of(CounterKind::CarriedOver, 2025);
        let rtt = Counter::of(CounterKind::Rtt, 2027);
        for cause in [CreditCause::CarryOverAfterSickness, CreditCause::CarryOverAfterFamilyLeave] {
            for counter in [rtt, annual(2026), Counter::TIME_SAVINGS] {
                let opened = after([OpenTimeSavings { facts: facts("2026-01-02") }.into()]);
                given::<AbsenceLedger>(opened)
                    .when(credit(1, counter, HalfDays::days(1), cause))
                    .refused(AbsenceRefusal::Counter { counter });
            }
        }
        let after_sickness = |half_days| credit(1, carried, half_days, CreditCause::CarryOverAfterSickness);
        let refusal = AbsenceRefusal::AboveLaw { counter: carried, room: HalfDays::days(20) };
        given::<AbsenceLedger>([]).when(after_sickness(HalfDays::new(41))).refused(refusal);
        assert!(decide(&Ledger::default(), after_sickness(HalfDays::days(20))).is_ok());
        let until = |until, cause| CreditRight {
            usable_until: Some(day(until)),
            ..credit(1, carried, HalfDays::days(5), cause)
        };
        for cause in [
            CreditCause::CarryOverAfterSickness,
            CreditCause::CarryOverAfterFamilyLeave,
            CreditCause::ExceptionalCarryOver,
            CreditCause::Correction,
        ] {
            assert!(decide(&Ledger::default(), until("2027-03-31", cause)).is_ok());
            for late in ["2027-04-01", "2099-12-31"] {
                given::<AbsenceLedger>([])
                    .when(until(late, cause))
                    .refused(AbsenceRefusal::UsableTooLong { until: day("2027-03-31") });
            }
        }
        let ahead = CreditRight { effective: day("2028-01-01"), ..after_sickness(HalfDays::days(1)) };
        given::<AbsenceLedger>([])
            .when(ahead)
            .refused(AbsenceRefusal::TooFarAhead { field: "effective", most_days: 366 });
    }

    #[test]
    fn no_year_that_runs_is_carried_over_and_no_carry_over_outlasts_the_fifteen_months() {
        let days = |year| Counter::of(CounterKind::CarriedOver, year);
        for cause in [CreditCause::ExceptionalCarryOver, CreditCause::OpeningBalance, CreditCause::Correction] {
            for year in [2026, 2027] {
                given::<AbsenceLedger>([])
                    .when(credit(1, days(year), HalfDays::days(1), cause))
                    .refused(AbsenceRefusal::Running { counter: days(year) });
            }
        }
        let ends = |effective| {
            let credit = credit(1, days(2025), HalfDays::days(1), CreditCause::ExceptionalCarryOver);
            match decide(&Ledger::default(), CreditRight { effective: day(effective), ..credit }).as_deref() {
                Ok([AbsenceEvent::RightCredited { usable_until, .. }]) => *usable_until,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(ends("2025-07-01"), Some(day("2026-09-30")));
        assert_eq!(ends("2026-01-01"), None, "the counter ends before");
    }
}
