use super::{AbsenceRefusal, Facts, announce_overdrafts};
use events::leave::{AbsenceEvent, LeaveType, MedicalDetails, Recredit};
use events::{Actor, HalfDaySet, Sealed, SicknessId};
use rules::Ledger;
use rules::ledger::{Absence, Unquotable};
use rules::period::Period;

/// Records a sickness. What it falls on of leave that sickness gives back returns to its counters in the same event
/// (D 85-1250 art. 5-1); half-days taken by anything else stay what they are. One that falls on RTT alone is a sickness
/// too, and gives none of them back (circular of 18 January 2012, NOR MFPF1202031C).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordSickness {
    /// The spell.
    pub sickness: SicknessId,
    /// From when to when.
    pub period: Period,
    /// The spell that it is a relapse of; kept with what is medical.
    pub relapse_of: Option<SicknessId>,
    /// What is medical.
    pub details: Option<Sealed<MedicalDetails>>,
    /// Who records it.
    pub by: Actor,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

/// Five years, the longest of all (CGFP L.822-12).
const MOST_DAYS: i64 = 5 * 366;

pub(super) fn decide(state: &Ledger, command: RecordSickness) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let RecordSickness { sickness, period, relapse_of, details, by, facts } = command;
    facts.by_another(by)?;
    if state.sickness(sickness).is_some() {
        return Err(AbsenceRefusal::AlreadyRecorded);
    }
    let first = period.start().date;
    if (period.end().date - first).num_days() >= MOST_DAYS {
        return Err(AbsenceRefusal::SicknessTooLong { most_days: MOST_DAYS });
    }
    if let Some(earlier) = relapse_of
        && state.sickness(earlier).is_none_or(|earlier| earlier.period.start().date >= first)
    {
        return Err(AbsenceRefusal::NoRelapse);
    }
    facts.foreseeable("first", first)?;
    let due = facts.employment.due(period, facts.law.calendar());
    if due.is_empty() {
        return Err(Unquotable::Empty(period).into());
    }
    let recredited = recredits(state, &due, &facts)?;
    let given_back: HalfDaySet = recredited.iter().flat_map(|recredit| recredit.half_days.iter()).collect();
    let half_days = due.without(&state.away().without(&given_back));
    if half_days.is_empty() {
        let known = state.sicknesses().find(|(_, other)| !other.is_void() && other.period.overlaps(period));
        let known = known.map(|(id, _)| Absence::Sickness(id));
        let on_rtt = due.is_within(&state.taken_as(LeaveType::Rtt));
        if let Some(with) = known.or_else(|| state.taken_by(&due).filter(|_| !on_rtt)) {
            return Err(Unquotable::Overlapping { with }.into());
        }
    }
    let recorded = AbsenceEvent::SicknessRecorded {
        sickness,
        period,
        half_days,
        recredited,
        rules: facts.law.version(),
        unit: facts.employment.units().on(first).copied(),
        details,
    };
    Ok(announce_overdrafts::with(state, recorded, &facts))
}

fn recredits(state: &Ledger, due: &HalfDaySet, facts: &Facts) -> Result<Vec<Recredit>, AbsenceRefusal> {
    let mut recredited = Vec::new();
    for (leave, entry) in state.leaves() {
        let half_days = entry.active().and(due);
        if let Some(first) = half_days.first()
            && facts.type_rule(entry.leave_type, first.date)?.recredited_by_sickness
        {
            recredited.push(Recredit { leave, half_days });
        }
    }
    Ok(recredited)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::samples::*;
    use crate::absence_ledger::{AbsenceLedger, ShortenSickness};
    use crate::specification::given;
    use rules::HalfDays;

    #[test]
    fn nobody_knows_of_a_sickness_in_2099() {
        let refusal = AbsenceRefusal::TooFarAhead { field: "first", most_days: 366 };
        given::<AbsenceLedger>([]).when(sick(1, days("2099-05-04", "2099-05-05"))).refused(refusal);
    }

    #[test]
    fn annual_leave_is_given_back_in_the_same_event() {
        let half_days = halves(&["2026-05-06", "2026-05-07"]);
        let recorded = AbsenceEvent::SicknessRecorded {
            sickness: sickness(1),
            period: days("2026-05-06", "2026-05-11"),
            half_days: halves(&["2026-05-06", "2026-05-07", "2026-05-11"]),
            recredited: vec![Recredit { leave: leave(1), half_days }],
            rules: law().version(),
            unit: Some(unit()),
            details: None,
        };
        given::<AbsenceLedger>(granted()).when(sick(1, days("2026-05-06", "2026-05-11"))).then([recorded.clone()]);
        let after = [granted(), vec![recorded]].concat();
        assert_eq!(available(&after, annual(2026), "2026-05-04"), HalfDays::days(23));
    }

    #[test]
    fn a_relapse_is_of_an_earlier_spell() {
        let one = after([sick(1, days("2026-05-04", "2026-05-05")).into()]);
        let again = |of, first| RecordSickness { relapse_of: Some(sickness(of)), ..sick(2, days(first, first)) };
        let on = || given::<AbsenceLedger>(one.clone());
        on().when(again(3, "2026-05-11")).refused(AbsenceRefusal::NoRelapse);
        on().when(again(1, "2026-04-27")).refused(AbsenceRefusal::NoRelapse);
        assert_eq!(decide(&ledger(&one), again(1, "2026-05-11")).unwrap().len(), 1);
    }

    #[test]
    fn rtt_is_not_given_back() {
        let rtt = after([request(1, LeaveType::Rtt, days("2026-05-04", "2026-05-05")).into()]);
        let events = decide(&ledger(&rtt), sick(1, days("2026-05-05", "2026-05-06"))).unwrap();
        let state = ledger(&[rtt.clone(), events].concat());
        assert_eq!(state.sickness(sickness(1)).unwrap().half_days, halves(&["2026-05-06"]));
    }

    #[test]
    fn a_sickness_that_falls_on_rtt_alone_is_recorded_once_gives_none_back_and_can_be_void() {
        let rtt = after([request(1, LeaveType::Rtt, days("2026-05-04", "2026-05-05")).into()]);
        let alone = || sick(1, days("2026-05-05", "2026-05-05"));
        let recorded = [rtt.clone(), decide(&ledger(&rtt), alone()).unwrap()].concat();
        let state = ledger(&recorded);
        assert_eq!(state.sickness(sickness(1)).unwrap().half_days, halves(&[]));
        assert_eq!(state.away(), ledger(&rtt).away());
        let again = Unquotable::Overlapping { with: Absence::Sickness(sickness(1)) };
        let again_too = RecordSickness { sickness: sickness(2), ..alone() };
        given::<AbsenceLedger>(recorded.clone()).when(again_too.clone()).refused(again.into());
        given::<AbsenceLedger>(recorded.clone()).when(shorten("2026-05-05 PM")).refused(AbsenceRefusal::NotAfter);
        let void =
            AbsenceEvent::SicknessShortened { sickness: sickness(1), released: halves(&[]), motive: sealed("why") };
        given::<AbsenceLedger>(recorded.clone()).when(shorten("2026-05-05 AM")).then([void.clone()]);
        let voided = [recorded, vec![void]].concat();
        given::<AbsenceLedger>(voided.clone()).when(shorten("2026-05-05 AM")).refused(AbsenceRefusal::NotAfter);
        assert_eq!(decide(&ledger(&voided), again_too).unwrap().len(), 1);
        let granted = after([annual_leave(1, "2026-05-04", "2026-05-05").into()]);
        assert_eq!(decide(&ledger(&granted), alone()).unwrap().len(), 1, "annual leave is given back");
    }

    #[test]
    fn one_that_falls_on_a_leave_that_sickness_does_not_end_is_refused() {
        let carer = request(1, LeaveType::Unpaid, days("2026-05-04", "2026-05-05"));
        let with = Absence::Leave(leave(1));
        given::<AbsenceLedger>(after([carer.into()]))
            .when(sick(1, days("2026-05-05", "2026-05-05")))
            .refused(Unquotable::Overlapping { with }.into());
    }

    fn shorten(back: &str) -> ShortenSickness {
        ShortenSickness {
            sickness: sickness(1),
            back: half_day(back),
            motive: sealed("why"),
            by: Actor::Account(account(HR)),
            facts: facts("2026-08-01"),
        }
    }

    #[test]
    fn two_spells_do_not_overlap() {
        let one = after([sick(1, days("2026-05-04", "2026-05-06")).into()]);
        let events = decide(&ledger(&one), sick(2, days("2026-05-06", "2026-05-07"))).unwrap();
        let state = ledger(&[one, events].concat());
        assert_eq!(state.sickness(sickness(2)).unwrap().half_days, halves(&["2026-05-07"]));
    }

    #[test]
    fn it_ends_earlier_and_what_it_gave_back_stays_so() {
        let ill = [granted(), decide(&ledger(&granted()), sick(1, days("2026-05-06", "2026-05-07"))).unwrap()].concat();
        let released = halves(&["2026-05-07"]);
        given::<AbsenceLedger>(ill.clone()).when(shorten("2026-05-07 AM")).then([AbsenceEvent::SicknessShortened {
            sickness: sickness(1),
            released,
            motive: sealed("why"),
        }]);
        given::<AbsenceLedger>(ill).when(shorten("2026-05-08 AM")).refused(AbsenceRefusal::NotAfter);
    }

    #[test]
    fn a_sickness_of_a_lifetime_is_refused_before_it_is_counted() {
        given::<AbsenceLedger>([])
            .when(sick(1, days("1990-01-01", "2099-12-31")))
            .refused(AbsenceRefusal::SicknessTooLong { most_days: MOST_DAYS });
    }
}
