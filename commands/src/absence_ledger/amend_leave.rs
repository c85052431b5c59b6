use super::special_motive::{self, Absence, Kept};
use super::{AbsenceRefusal, Asked, conditions, request_leave, served};
use events::leave::AbsenceEvent;
use rules::Ledger;

/// Changes the dates of a request that nobody has decided on: one command, counted anew, validated from the first
/// step on. Who would stand in is asked anew for other dates. A leave that was granted is given back in part, and more
/// is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmendLeave(pub Asked);

pub(super) fn decide(state: &Ledger, command: AmendLeave) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let AmendLeave(asked) = command;
    let Asked { leave, period, facts, routes, staffing, reason, special_motive, circumstances, child } = asked;
    let current = state.leave(leave).ok_or(AbsenceRefusal::UnknownLeave)?;
    if current.pending().is_none() {
        return Err(AbsenceRefusal::NotPending { status: current.status.as_str() });
    }
    let leave_type = current.leave_type;
    let others = state.without(leave);
    let first = period.start().date;
    facts.askable(first)?;
    let quote = facts.quote(&others, leave_type, period)?;
    let count = quote.count();
    let absence = Absence { leave_type, period, charges: &quote.charges, circumstances, child: child.as_ref() };
    conditions::check(&absence, &conditions::others(&others, leave_type, &facts), Some(facts.on), &facts)?;
    let Kept { special_motive, occasion } = special_motive::checked(special_motive, &absence, &others, &facts)?;
    let stands_in = current.replacement.filter(|one| one.accepted == Some(true) && period != current.period);
    let amended = AbsenceEvent::LeaveAmended {
        leave,
        period,
        warnings: request_leave::warnings(quote.warnings.clone(), staffing),
        route: facts.law.at(facts.on).validation_routes()?.route(&routes, leave_type, count),
        charges: quote.charges,
        rules: facts.law.version(),
        unit: facts.employment.units().on(first).copied(),
        reason,
        special_motive,
        occasion,
        at: facts.at,
    };
    served::covered(leave_type, period, state, &state.clone().after(&amended), &facts)?;
    let asked_anew = stands_in.map(|one| AbsenceEvent::ReplacementNamed { leave, replacement: one.by });
    Ok(std::iter::once(amended).chain(asked_anew).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::samples::*;
    use crate::absence_ledger::{AbsenceLedger, ApproveLeave, AsSeen};
    use crate::specification::given;
    use rules::HalfDays;
    use rules::ledger::Replacement;

    fn amend(first: &str, last: &str) -> AmendLeave {
        AmendLeave(dates(1, days(first, last), "2026-01-03"))
    }

    #[test]
    fn dates_that_overlap_the_old_ones_take_their_place() {
        let amended =
            after([annual_leave(1, "2026-05-04", "2026-05-08").into(), amend("2026-05-06", "2026-05-12").into()]);
        let state = ledger(&amended);
        assert_eq!(state.away(), halves(&["2026-05-06", "2026-05-07", "2026-05-11", "2026-05-12"]));
        assert_eq!(available(&amended, annual(2026), "2026-05-04"), HalfDays::days(21));
    }

    #[test]
    fn validation_starts_again() {
        let steps = vec![any_of(&[events::validation::Approver::Manager]), any_of(&[events::validation::Approver::Hr])];
        let amended = after([
            routed(1, "2026-05-04", "2026-05-08", steps).into(),
            approve(1, 0, authority(MANAGER)).into(),
            amend("2026-05-04", "2026-05-05").into(),
        ]);
        assert_eq!(ledger(&amended).leave(leave(1)).unwrap().pending().unwrap().step, 0);
    }

    #[test]
    fn a_decision_on_what_was_asked_before_is_not_taken_for_one_on_what_is_asked_now() {
        let amended =
            after([annual_leave(1, "2026-05-04", "2026-05-08").into(), amend("2026-05-11", "2026-05-15").into()]);
        let period = days("2026-05-11", "2026-05-15");
        let refusal = AbsenceRefusal::Amended { revision: 1, step: 0, period };
        given::<AbsenceLedger>(amended.clone()).when(approve(1, 0, authority(MANAGER))).refused(refusal);
        given::<AbsenceLedger>(amended.clone())
            .when(approve(1, 0, authority(COLLEAGUE)))
            .refused(AbsenceRefusal::NotAnApprover);
        let seen = AsSeen { revision: 1, ..seen(1, 0) };
        given::<AbsenceLedger>(amended)
            .when(ApproveLeave { seen, ..approve(1, 0, authority(MANAGER)) })
            .then([AbsenceEvent::LeaveApproved { leave: leave(1), step: 0, decider: by_manager(), staffing: None }]);
    }

    #[test]
    fn what_was_decided_is_not_amended() {
        given::<AbsenceLedger>(granted())
            .when(amend("2026-05-06", "2026-05-12"))
            .refused(AbsenceRefusal::NotPending { status: "granted" });
    }

    #[test]
    fn who_stands_in_is_asked_anew_for_other_dates() {
        let replacement = account(COLLEAGUE);
        let named = AbsenceEvent::ReplacementNamed { leave: leave(1), replacement };
        let accepted = AbsenceEvent::ReplacementAccepted { leave: leave(1), replacement };
        let declined = AbsenceEvent::ReplacementDeclined { leave: leave(1), replacement };
        for (answer, last, then) in [
            (accepted.clone(), "2026-05-12", None),
            (accepted, "2026-05-08", Some(true)),
            (declined, "2026-05-12", Some(false)),
        ] {
            let before = [asked(), vec![named.clone(), answer]].concat();
            let amended = [before.clone(), decide(&ledger(&before), amend("2026-05-04", last)).unwrap()].concat();
            let stands_in = ledger(&amended).leave(leave(1)).unwrap().replacement;
            assert_eq!(stands_in, Some(Replacement { by: replacement, accepted: then }), "{last}");
        }
    }
}
