use super::{AbsenceRefusal, AsSeen, Authority, Facts};
use events::leave::{AbsenceEvent, Staffing};
use events::validation::Decider;
use rules::Ledger;
use rules::ledger::Leave;

/// Approves a leave at a step. Its half-days are reserved since it was asked for, so that the order of approvals changes
/// nothing of what it takes; what a correction has taken its rights from meanwhile is not approved, nor what lies outside
/// the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApproveLeave {
    /// What is approved.
    pub seen: AsSeen,
    /// Who decides.
    pub authority: Authority,
    /// The staffing of the unit with this leave, as the journal stood.
    pub staffing: Option<Staffing>,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: ApproveLeave) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let ApproveLeave { seen, authority, staffing, facts } = command;
    let (current, decider) = authority.over(state, seen)?;
    if current.active().is_empty() {
        return Err(AbsenceRefusal::Emptied);
    }
    in_service(&current, &facts)?;
    covered(state, seen, &facts)?;
    staffed(&current, staffing.as_ref())?;
    Ok(vec![approved(seen, &current, decider, staffing, &authority)])
}

/// Refuses half-days on which the agent is not in the service, since his employment was corrected (CGFP L.621-1).
pub(super) fn in_service(leave: &Leave, facts: &Facts) -> Result<(), AbsenceRefusal> {
    let outside = leave.active().iter().find(|at| !facts.employment.in_service(at.date));
    outside.map_or(Ok(()), |at| Err(AbsenceRefusal::OutOfService { on: at.date }))
}

/// Refuses what takes more than there is since the employment, a credit or the rules were corrected.
pub(super) fn covered(state: &Ledger, seen: AsSeen, facts: &Facts) -> Result<(), AbsenceRefusal> {
    match state.overdrawn_by(seen.leave, &facts.law, &facts.employment)? {
        Some((counter, by)) => Err(AbsenceRefusal::Overdrawn { counter, by }),
        None => Ok(()),
    }
}

/// Refuses to break staffing rules unless somebody let it pass, or the leave is of right in any case.
pub(super) fn staffed(leave: &Leave, staffing: Option<&Staffing>) -> Result<(), AbsenceRefusal> {
    let overridden = leave.pending().is_some_and(|pending| pending.overridden);
    match staffing {
        Some(staffing) if !staffing.breaches.is_empty() && !overridden => {
            Err(AbsenceRefusal::Understaffed(staffing.clone()))
        }
        _ => Ok(()),
    }
}

/// The leave is granted by the last approval of the last step; any other approval is one of its step.
pub(super) fn approved(
    AsSeen { leave, step, .. }: AsSeen,
    current: &Leave,
    decider: Decider,
    staffing: Option<Staffing>,
    authority: &Authority,
) -> AbsenceEvent {
    if current.is_at_last_step() && current.awaits_one_approval() {
        AbsenceEvent::LeaveApproved { leave, step, decider, staffing }
    } else {
        AbsenceEvent::LeaveStepApproved { leave, step, decider, at: authority.at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::samples::*;
    use crate::absence_ledger::{AbsenceLedger, PartiallyApproveLeave, WithdrawLeave};
    use crate::specification::given;
    use esrs::Aggregate;
    use events::account::Role;
    use events::delegation::DelegationScope;
    use events::employment::EmploymentEvent;
    use events::leave::LeaveType;
    use events::validation::{Approver, DecisionCapacity, Escalation, RouteRule, Step};
    use rules::HalfDays;

    fn approved_by(decider: Decider) -> AbsenceEvent {
        AbsenceEvent::LeaveApproved { leave: leave(1), step: 0, decider, staffing: None }
    }

    #[test]
    fn the_manager_approves_and_the_capacity_is_recorded() {
        given::<AbsenceLedger>(asked()).when(approve(1, 0, authority(MANAGER))).then([approved_by(by_manager())]);
    }

    #[test]
    fn nothing_is_granted_of_a_leave_that_sickness_took_whole() {
        let emptied = after([
            annual_leave(1, "2026-05-04", "2026-05-05").into(),
            sick(1, days("2026-05-04", "2026-05-05")).into(),
        ]);
        given::<AbsenceLedger>(emptied).when(approve(1, 0, authority(MANAGER))).refused(AbsenceRefusal::Emptied);
    }

    #[test]
    fn what_a_correction_has_left_without_rights_is_not_approved_and_the_part_that_is_covered_is() {
        let asked = after([annual_leave(1, "2026-03-02", "2026-03-13").into()]);
        let left = employment().after(&EmploymentEvent::ServiceLeft { on: day("2026-03-31") });
        let facts = Facts { employment: left, ..facts("2026-01-05") };
        let approve = ApproveLeave { facts: facts.clone(), ..approve(1, 0, authority(MANAGER)) };
        let counter = annual(2026);
        let refusal = AbsenceRefusal::Overdrawn { counter, by: HalfDays::new(7) };
        given::<AbsenceLedger>(asked.clone()).when(approve).refused(refusal);
        let partially = |refused| PartiallyApproveLeave {
            seen: seen(1, 0),
            refused: days(refused, "2026-03-13").half_days().collect(),
            motive: motive(),
            special_motive: None,
            authority: authority(MANAGER),
            staffing: None,
            facts: facts.clone(),
        };
        let short = ledger(&asked).away();
        let kept =
            |command: PartiallyApproveLeave| PartiallyApproveLeave { refused: command.refused.and(&short), ..command };
        let refusal = AbsenceRefusal::Overdrawn { counter, by: HalfDays::new(1) };
        given::<AbsenceLedger>(asked.clone()).when(kept(partially("2026-03-11"))).refused(refusal);
        let decided = AbsenceLedger::handle_command(&ledger(&asked), kept(partially("2026-03-10")).into());
        assert_eq!(decided.unwrap().len(), 2);
    }

    #[test]
    fn what_lies_outside_the_service_is_not_approved_and_the_rest_is() {
        let facts = |event| Facts { employment: employment().after(&event), ..facts("2026-01-05") };
        let left = facts(EmploymentEvent::ServiceLeft { on: day("2026-05-05") });
        let refusal = AbsenceRefusal::OutOfService { on: day("2026-05-06") };
        let unpaid = request(1, LeaveType::Unpaid, days("2026-05-04", "2026-05-07")).with(|asked| {
            asked.routes =
                vec![RouteRule { types: Vec::new(), longer_than: None, steps: vec![any_of(&[Approver::Manager])] }];
        });
        let asked = after([unpaid.into()]);
        let approve = ApproveLeave { facts: left.clone(), ..approve(1, 0, authority(MANAGER)) };
        given::<AbsenceLedger>(asked.clone()).when(approve).refused(refusal.clone());
        let partially = |refused: &[&str]| PartiallyApproveLeave {
            seen: seen(1, 0),
            refused: halves(refused),
            motive: motive(),
            special_motive: None,
            authority: authority(MANAGER),
            staffing: None,
            facts: left.clone(),
        };
        given::<AbsenceLedger>(asked.clone()).when(partially(&["2026-05-07"])).refused(refusal);
        let rest = partially(&["2026-05-06", "2026-05-07"]);
        assert_eq!(AbsenceLedger::handle_command(&ledger(&asked), rest.into()).unwrap().len(), 2);
    }

    #[test]
    fn a_decision_is_taken_once() {
        given::<AbsenceLedger>(granted())
            .when(approve(1, 0, authority(MANAGER)))
            .refused(AbsenceRefusal::NotPending { status: "granted" });
        let withdrawn = [asked(), after_withdrawal()].concat();
        given::<AbsenceLedger>(withdrawn)
            .when(approve(1, 0, authority(MANAGER)))
            .refused(AbsenceRefusal::NotPending { status: "withdrawn" });
    }

    fn after_withdrawal() -> Vec<AbsenceEvent> {
        let WithdrawLeave { leave } = WithdrawLeave { leave: leave(1) };
        vec![AbsenceEvent::LeaveWithdrawn { leave }]
    }

    #[test]
    fn nobody_approves_his_own_by_whatever_role_or_delegation() {
        let mut own = Authority { manager: Some(account(AGENT)), ..authority(AGENT) };
        own.roles = [Role::Agent, Role::Manager, Role::Hr].into();
        given::<AbsenceLedger>(asked()).when(approve(1, 0, own)).refused(AbsenceRefusal::OwnLeave);
        let delegations = vec![delegated(MANAGER, AGENT, DelegationScope::default())];
        let by_delegation = Authority { delegations, ..authority(AGENT) };
        given::<AbsenceLedger>(asked()).when(approve(1, 0, by_delegation)).refused(AbsenceRefusal::OwnLeave);
    }

    #[test]
    fn a_delegate_of_the_agent_does_not_decide_for_him() {
        let delegations = vec![delegated(AGENT, DELEGATE, DelegationScope::default())];
        for manager in [MANAGER, AGENT] {
            let manager = Some(account(manager));
            let authority = Authority { delegations: delegations.clone(), manager, ..authority(DELEGATE) };
            given::<AbsenceLedger>(asked()).when(approve(1, 0, authority)).refused(AbsenceRefusal::NotAnApprover);
        }
    }

    #[test]
    fn a_delegate_decides_within_days_and_scope() {
        let capacity = DecisionCapacity::Delegate {
            approver: Approver::Manager,
            of: account(MANAGER),
            delegation: delegation_id(),
        };
        let decider = Decider { account: account(DELEGATE), capacity };
        given::<AbsenceLedger>(asked()).when(approve(1, 0, as_delegate())).then([approved_by(decider)]);
        let late = Authority { on: day("2026-02-01"), ..as_delegate() };
        let types = vec![LeaveType::Rtt];
        let scope = DelegationScope { types, ..DelegationScope::default() };
        let narrow = Authority { delegations: vec![delegated(MANAGER, DELEGATE, scope)], ..authority(DELEGATE) };
        for authority in [late, narrow, authority(DELEGATE), authority(COLLEAGUE), authority(HR)] {
            given::<AbsenceLedger>(asked()).when(approve(1, 0, authority)).refused(AbsenceRefusal::NotAnApprover);
        }
    }

    #[test]
    fn without_manager_human_resources_decide() {
        for manager in [None, Some(account(AGENT))] {
            let hr = Authority { manager, ..authority(HR) };
            given::<AbsenceLedger>(asked()).when(approve(1, 0, hr)).then([approved_by(decider(HR, Approver::Hr))]);
        }
    }

    #[test]
    fn steps_follow_each_other_and_an_approval_counts_for_its_own() {
        let steps = vec![any_of(&[Approver::Manager]), any_of(&[Approver::Manager, Approver::Hr])];
        let asked = after([routed(1, "2026-05-04", "2026-05-08", steps).into()]);
        let first =
            AbsenceEvent::LeaveStepApproved { leave: leave(1), step: 0, decider: by_manager(), at: noon("2026-01-05") };
        given::<AbsenceLedger>(asked.clone()).when(approve(1, 0, authority(MANAGER))).then([first.clone()]);
        let at_second = [asked, vec![first]].concat();
        given::<AbsenceLedger>(at_second.clone())
            .when(approve(1, 0, authority(MANAGER)))
            .refused(AbsenceRefusal::OtherStep { step: 1 });
        let decider = decider(HR, Approver::Hr);
        given::<AbsenceLedger>(at_second).when(approve(1, 1, authority(HR))).then([AbsenceEvent::LeaveApproved {
            leave: leave(1),
            step: 1,
            decider,
            staffing: None,
        }]);
    }

    #[test]
    fn all_of_several_takes_each_of_them_and_each_another_person() {
        let steps = vec![all_of(&[Approver::Manager, Approver::Hr])];
        let asked = after([routed(1, "2026-05-04", "2026-05-08", steps).into()]);
        let by_one = [asked.clone(), after_approval(&asked, authority(MANAGER))].concat();
        given::<AbsenceLedger>(by_one.clone())
            .when(approve(1, 0, authority(MANAGER)))
            .refused(AbsenceRefusal::ApprovedAlready);
        given::<AbsenceLedger>(by_one.clone())
            .when(approve(1, 0, as_delegate()))
            .refused(AbsenceRefusal::NotAnApprover);
        given::<AbsenceLedger>(by_one)
            .when(approve(1, 0, authority(HR)))
            .then([approved_by(decider(HR, Approver::Hr))]);
        let orphan = |by| Authority { manager: None, ..authority(by) };
        let by_hr = [asked.clone(), after_approval(&asked, orphan(HR))].concat();
        given::<AbsenceLedger>(by_hr)
            .when(approve(1, 0, orphan(OTHER_HR)))
            .then([approved_by(decider(OTHER_HR, Approver::Hr))]);
    }

    #[test]
    fn who_is_meant_twice_where_it_takes_all_approves_in_both_places() {
        let steps = |other| vec![all_of(&[Approver::Manager, Approver::Person(account(other))])];
        let asked = |other| after([routed(1, "2026-05-04", "2026-05-08", steps(other)).into()]);
        let both = asked(MANAGER);
        let once = [both.clone(), after_approval(&both, authority(MANAGER))].concat();
        given::<AbsenceLedger>(once)
            .when(approve(1, 0, authority(MANAGER)))
            .then([approved_by(decider(MANAGER, Approver::Person(account(MANAGER))))]);
        // The delegate who is named takes his own place, and leaves the manager's to him.
        let named = asked(DELEGATE);
        let once = [named.clone(), after_approval(&named, as_delegate())].concat();
        given::<AbsenceLedger>(once.clone())
            .when(approve(1, 0, as_delegate()))
            .refused(AbsenceRefusal::ApprovedAlready);
        given::<AbsenceLedger>(once).when(approve(1, 0, authority(MANAGER))).then([approved_by(by_manager())]);
    }

    #[test]
    fn who_left_the_service_decides_nothing_and_human_resources_do_in_his_place() {
        let named =
            after([routed(1, "2026-05-04", "2026-05-08", vec![any_of(&[Approver::Person(account(MANAGER))])]).into()]);
        for asked in [asked(), named] {
            let left = |authority: Authority, who| Authority { departed: [account(who)].into(), ..authority };
            for authority in
                [left(authority(MANAGER), MANAGER), left(as_delegate(), MANAGER), left(as_delegate(), DELEGATE)]
            {
                given::<AbsenceLedger>(asked.clone())
                    .when(approve(1, 0, authority))
                    .refused(AbsenceRefusal::NotAnApprover);
            }
            given::<AbsenceLedger>(asked)
                .when(approve(1, 0, left(authority(HR), MANAGER)))
                .then([approved_by(decider(HR, Approver::Hr))]);
        }
    }

    fn after_approval(events: &[AbsenceEvent], authority: Authority) -> Vec<AbsenceEvent> {
        decide(&ledger(events), approve(1, 0, authority)).unwrap()
    }

    #[test]
    fn who_a_step_escalates_to_decides_once_it_has_waited() {
        let escalation = Some(Escalation { after_days: 7, to: Approver::Hr });
        let steps = vec![Step { escalation, ..any_of(&[Approver::Manager]) }];
        let asked = after([routed(1, "2026-05-04", "2026-05-08", steps).into()]);
        let hr = |on| Authority { on: day(on), ..authority(HR) };
        given::<AbsenceLedger>(asked.clone())
            .when(approve(1, 0, hr("2026-01-08")))
            .refused(AbsenceRefusal::NotAnApprover);
        given::<AbsenceLedger>(asked)
            .when(approve(1, 0, hr("2026-01-09")))
            .then([approved_by(decider(HR, Approver::Hr))]);
    }

    #[test]
    fn staffing_rules_hold_an_approval_back_unless_let_pass() {
        let staffing = Some(understaffed(&["2026-05-04 AM"]));
        let approve = || ApproveLeave { staffing: staffing.clone(), ..approve(1, 0, authority(MANAGER)) };
        given::<AbsenceLedger>(asked())
            .when(approve())
            .refused(AbsenceRefusal::Understaffed(understaffed(&["2026-05-04 AM"])));
        let overridden = AbsenceEvent::StaffingRuleOverridden {
            leave: leave(1),
            staffing: understaffed(&["2026-05-04 AM"]),
            motive: sealed("why"),
            decider: by_manager(),
        };
        given::<AbsenceLedger>([asked(), vec![overridden]].concat()).when(approve()).then([
            AbsenceEvent::LeaveApproved { leave: leave(1), step: 0, decider: by_manager(), staffing: staffing.clone() },
        ]);
    }
}
