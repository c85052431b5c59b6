use super::{AbsenceRefusal, Facts};
use chrono::Datelike;
use events::leave::{AbsenceEvent, Counter, CounterKind};
use rules::Ledger;
use rules::ledger::Ending;

/// Tells the agent of days of his own that end unused unless he takes them, once at each of the times that the rules
/// set (D 85-1250 art. 5). Days of a counter that end at several dates are each told of by themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnounceLosses {
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: AnnounceLosses) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let AnnounceLosses { facts } = command;
    if !facts.employment.in_service(facts.on) {
        return Ok(Vec::new());
    }
    let year = facts.on.year();
    let kinds = CounterKind::ALL.into_iter().filter(|kind| kind.is_yearly() && kind.is_lost_unused());
    let mut announced = Vec::new();
    for counter in kinds.flat_map(|kind| [year - 2, year - 1, year].map(|year| Counter::of(kind, year))) {
        for Ending { half_days, until: usable_until } in facts.balance(state, counter, facts.on)?.ends {
            let left = (usable_until - facts.on).num_days();
            let Some(days_ahead) = facts.law.at(usable_until).year_end()?.warning_due(left) else { continue };
            if state.announced(counter, usable_until).is_none_or(|told| told > days_ahead) {
                announced.push(AbsenceEvent::LossAnnounced { counter, half_days, usable_until, days_ahead });
            }
        }
    }
    Ok(announced)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::samples::*;
    use crate::absence_ledger::{AbsenceLedger, CreditRight};
    use crate::specification::given;
    use events::leave::CreditCause;
    use rules::HalfDays;

    fn announce(on: &str) -> AnnounceLosses {
        AnnounceLosses { facts: facts(on) }
    }

    fn announced(kind: CounterKind, days: u32, days_ahead: u16) -> AbsenceEvent {
        let (counter, usable_until) = (Counter::of(kind, 2026), day("2026-12-31"));
        AbsenceEvent::LossAnnounced { counter, half_days: HalfDays::days(days), usable_until, days_ahead }
    }

    /// What is told of annual leave.
    fn told(before: &[AbsenceEvent], on: &str) -> Vec<AbsenceEvent> {
        let of_year = |event: &AbsenceEvent| matches!(event, AbsenceEvent::LossAnnounced { counter, .. } if counter.kind() == CounterKind::AnnualLeave);
        decide(&ledger(before), announce(on)).unwrap().into_iter().filter(of_year).collect()
    }

    #[test]
    fn the_agent_is_told_once_at_each_threshold_and_not_when_nothing_is_left() {
        let kind = CounterKind::AnnualLeave;
        let mut before = Vec::new();
        for (on, days_ahead) in [
            ("2026-10-01", None),
            ("2026-10-02", Some(90)),
            ("2026-10-03", None),
            ("2026-11-30", None),
            ("2026-12-02", Some(30)),
            ("2026-12-03", None),
            ("2026-12-24", Some(7)),
            ("2026-12-31", None),
        ] {
            let expected: Vec<_> = days_ahead.map(|ahead| announced(kind, 25, ahead)).into_iter().collect();
            assert_eq!(told(&before, on), expected, "{on}");
            before.extend(expected);
        }
        assert_eq!(told(&[], "2026-12-29"), [announced(kind, 25, 7)], "the last alone, where nobody looked before");
        let taken = asked();
        let AbsenceEvent::LossAnnounced { half_days, .. } = &told(&taken, "2026-10-02")[0] else { panic!() };
        assert_eq!(*half_days, HalfDays::days(21), "what is asked for is no loss");
    }

    #[test]
    fn nobody_is_told_who_is_not_in_service() {
        let facts = facts("2026-12-24");
        let left = events::employment::EmploymentEvent::ServiceLeft { on: day("2026-06-30") };
        let employment = facts.employment.clone().after(&left);
        given::<AbsenceLedger>([]).when(AnnounceLosses { facts: Facts { employment, ..facts } }).then([]);
    }

    #[test]
    fn days_that_end_at_several_dates_are_each_told_of() {
        let counter = Counter::of(CounterKind::CarriedOver, 2025);
        let carried = |number, days, until: &str| CreditRight {
            usable_until: Some(day(until)),
            ..credit(number, counter, HalfDays::days(days), CreditCause::ExceptionalCarryOver)
        };
        let (first, second) = (carried(1, 3, "2026-03-31"), carried(2, 4, "2026-05-31"));
        let carried = after([first.clone().into(), second.clone().into()]);
        let told = |before: &[AbsenceEvent], on: &str| -> Vec<AbsenceEvent> {
            let of_counter = |event: &AbsenceEvent| matches!(event, AbsenceEvent::LossAnnounced { counter: of, .. } if *of == counter);
            decide(&ledger(before), announce(on)).unwrap().into_iter().filter(of_counter).collect()
        };
        let of_lot = |days, until: &str, days_ahead| {
            let (half_days, usable_until) = (HalfDays::days(days), day(until));
            AbsenceEvent::LossAnnounced { counter, half_days, usable_until, days_ahead }
        };
        assert_eq!(told(&carried, "2026-03-01"), [of_lot(3, "2026-03-31", 30)], "the other ends in 91 days");
        let both = [of_lot(3, "2026-03-31", 30), of_lot(4, "2026-05-31", 90)];
        assert_eq!(told(&carried, "2026-03-02"), both);
        let first_told = [carried.clone(), vec![both[0].clone()]].concat();
        assert_eq!(told(&first_told, "2026-03-02"), [both[1].clone()], "one is not told of for the other");
        assert_eq!(told(&[carried.clone(), both.to_vec()].concat(), "2026-03-03"), []);
        let booked = after([first.into(), second.into(), annual_leave(1, "2026-05-04", "2026-05-06").into()]);
        let balance = ledger(&booked).balance(counter, day("2026-03-02"), &law(), &employment()).unwrap();
        let ending = |days, until| Ending { half_days: HalfDays::days(days), until: day(until) };
        assert_eq!(balance.ends, [ending(3, "2026-03-31"), ending(1, "2026-05-31")]);
    }
}
