use super::AbsenceRefusal;
use crate::delegation;
use chrono::{DateTime, Days, NaiveDate, Utc};
use events::account::Role;
use events::validation::{Approver, Decider, DecisionCapacity, Quorum};
use events::{AccountId, DelegationId, LeaveId};
use rules::Ledger;
use rules::ledger::{Leave, LeaveStatus, Pending};
use std::collections::BTreeSet;

/// Who would decide, with all that his right to may come from. The right itself is concluded here, and the capacity
/// used is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// The agent of this ledger.
    pub agent: AccountId,
    /// Who decides.
    pub by: AccountId,
    /// The roles that he holds.
    pub roles: BTreeSet<Role>,
    /// The agent's manager today: the one he was assigned, else his unit's.
    pub manager: Option<AccountId>,
    /// The delegations to him, as their streams say.
    pub delegations: Vec<(DelegationId, delegation::State)>,
    /// Today, in Paris.
    pub on: NaiveDate,
    /// Now.
    pub at: DateTime<Utc>,
}

impl Authority {
    /// The decision maker of the step that is due, which must be `step`.
    pub(super) fn over(&self, ledger: &Ledger, leave: LeaveId, step: u16) -> Result<(Leave, Decider), AbsenceRefusal> {
        let leave = ledger.leave(leave).ok_or(AbsenceRefusal::UnknownLeave)?;
        self.not_own()?;
        let pending = leave.pending().ok_or(AbsenceRefusal::NotPending { status: leave.status.as_str() })?;
        if pending.step != step {
            return Err(AbsenceRefusal::OtherStep { step: pending.step });
        }
        let capacity = self.capacity_at_step(leave, pending)?;
        Ok((leave.clone(), Decider { account: self.by, capacity }))
    }

    /// The decision maker over a leave that was granted: any approver of its route, or human resources.
    pub(super) fn over_granted(&self, leave: &Leave) -> Result<Decider, AbsenceRefusal> {
        self.not_own()?;
        if leave.status != LeaveStatus::Granted {
            return Err(AbsenceRefusal::NotGranted { status: leave.status.as_str() });
        }
        let approvers = leave.route.iter().flat_map(|step| step.by.approvers().iter().copied());
        let capacity = approvers.chain([Approver::Hr]).find_map(|approver| self.capacity(leave, approver));
        let capacity = capacity.ok_or(AbsenceRefusal::NotAnApprover)?;
        Ok(Decider { account: self.by, capacity })
    }

    fn not_own(&self) -> Result<(), AbsenceRefusal> {
        if self.by == self.agent { Err(AbsenceRefusal::OwnLeave) } else { Ok(()) }
    }

    fn capacity_at_step(&self, leave: &Leave, pending: &Pending) -> Result<DecisionCapacity, AbsenceRefusal> {
        let step = leave.current_step().ok_or(AbsenceRefusal::NotAnApprover)?;
        if pending.approvals.iter().any(|approval| approval.account == self.by) {
            return Err(AbsenceRefusal::ApprovedAlready);
        }
        let mut open: Vec<Approver> = step.by.approvers().iter().map(|approver| self.resolved(*approver)).collect();
        if matches!(step.by, Quorum::AllOf(_)) {
            for approval in &pending.approvals {
                let done = approval.capacity.approver();
                if let Some(place) = open.iter().position(|approver| *approver == done) {
                    open.remove(place);
                }
            }
        }
        let escalated = step.escalation.filter(|escalation| {
            let due = pending.since.checked_add_days(Days::new(u64::from(escalation.after_days)));
            pending.escalated || due.is_some_and(|due| due <= self.at)
        });
        open.into_iter()
            .chain(escalated.map(|escalation| escalation.to))
            .find_map(|approver| self.capacity(leave, approver))
            .ok_or(AbsenceRefusal::NotAnApprover)
    }

    /// Who stands for an approver: human resources where there is no manager, or where he would decide on himself.
    fn resolved(&self, approver: Approver) -> Approver {
        match approver {
            Approver::Manager if self.manager.is_none_or(|manager| manager == self.agent) => Approver::Hr,
            Approver::Person(person) if person == self.agent => Approver::Hr,
            Approver::Manager | Approver::Hr | Approver::HrHealth | Approver::Person(_) => approver,
        }
    }

    fn capacity(&self, leave: &Leave, approver: Approver) -> Option<DecisionCapacity> {
        let approver = self.resolved(approver);
        let person = match approver {
            Approver::Hr => return self.roles.contains(&Role::Hr).then_some(DecisionCapacity::Approver(approver)),
            Approver::HrHealth => {
                return self.roles.contains(&Role::HrHealth).then_some(DecisionCapacity::Approver(approver));
            }
            Approver::Manager => self.manager?,
            Approver::Person(person) => person,
        };
        if person == self.by {
            return Some(DecisionCapacity::Approver(approver));
        }
        let lets = |state: &delegation::State| state.lets_decide(self.by, self.on, leave.unit, leave.leave_type);
        let (delegation, _) = self.delegations.iter().find(|(_, state)| lets(state) == Some(person))?;
        Some(DecisionCapacity::Delegate { approver, of: person, delegation: *delegation })
    }
}
