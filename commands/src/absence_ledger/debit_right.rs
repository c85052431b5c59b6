use super::{AbsenceRefusal, Facts, Motivated, credit_right};
use chrono::NaiveDate;
use events::date::supported;
use events::leave::{AbsenceEvent, Counter, CreditCause};
use events::{Actor, CreditId, Sealed};
use rules::{HalfDays, Ledger};

/// Debits a counter by decision, never below what is left of it, while it is used and for a cause that is of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DebitRight {
    /// The debit.
    pub credit: CreditId,
    /// Which counter.
    pub counter: Counter,
    /// How much.
    pub half_days: HalfDays,
    /// From when on.
    pub effective: NaiveDate,
    /// None: a debit has no end.
    pub usable_until: Option<NaiveDate>,
    /// Why, as the law tells it.
    pub cause: CreditCause,
    /// Why, in words.
    pub motive: Option<Sealed<String>>,
    /// Who decides.
    pub by: Actor,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: DebitRight) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let DebitRight { credit, counter, half_days, effective, usable_until, cause, motive, by, facts } = command;
    facts.by_another(by)?;
    if state.has_credit(credit) {
        return Err(AbsenceRefusal::AlreadyRecorded);
    }
    if half_days.is_zero() {
        return Err(AbsenceRefusal::Nothing);
    }
    supported(effective)?;
    if usable_until.is_some() {
        return Err(AbsenceRefusal::DebitEnds);
    }
    facts.foreseeable("effective", effective)?;
    credit_right::hindrance(cause, counter)?;
    credit_right::in_use(state, counter, &[("effective", Some(effective))], &facts)?;
    facts.holds(state, counter, half_days, effective)?;
    let motive = motive.ok_or(AbsenceRefusal::NoMotive(Motivated::by_cause(cause)))?;
    Ok(vec![AbsenceEvent::RightDebited { credit, counter, half_days, effective, cause, motive }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::AbsenceLedger;
    use crate::absence_ledger::samples::*;
    use crate::specification::given;
    use events::leave::CounterKind;

    #[test]
    fn a_debit_is_bounded_as_a_credit_and_has_no_end() {
        let debit = || DebitRight {
            credit: CreditId::from_uuid(uuid::Uuid::from_u128(1)),
            counter: annual(2026),
            half_days: HalfDays::days(1),
            effective: day("2026-06-01"),
            usable_until: None,
            cause: CreditCause::Correction,
            motive: motive(),
            by: Actor::Account(account(HR)),
            facts: facts("2026-11-02"),
        };
        assert_eq!(decide(&Ledger::default(), debit()).unwrap().len(), 1);
        let after = |counter, until| AbsenceRefusal::AfterEnd { field: "effective", counter, until: day(until) };
        let rtt = Counter::of(CounterKind::Rtt, 2026);
        for (command, refusal) in [
            (DebitRight { usable_until: Some(day("2026-12-31")), ..debit() }, AbsenceRefusal::DebitEnds),
            (
                DebitRight { effective: day("2099-01-01"), ..debit() },
                AbsenceRefusal::TooFarAhead { field: "effective", most_days: 366 },
            ),
            (DebitRight { effective: day("2027-01-01"), ..debit() }, after(annual(2026), "2026-12-31")),
            (DebitRight { counter: rtt, effective: day("2027-04-01"), ..debit() }, after(rtt, "2027-03-31")),
            (
                DebitRight { cause: CreditCause::CarryOverAfterSickness, ..debit() },
                AbsenceRefusal::Counter { counter: annual(2026) },
            ),
        ] {
            given::<AbsenceLedger>([]).when(command).refused(refusal);
        }
    }
}
