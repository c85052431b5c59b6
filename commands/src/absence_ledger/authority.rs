use super::AbsenceRefusal;
use crate::delegation;
use chrono::{DateTime, NaiveDate, Utc};
use events::account::Role;
use events::validation::{Approver, Decider, DecisionCapacity, Quorum};
use events::{AccountId, DelegationId, LeaveId};
use rules::Ledger;
use rules::ledger::{Leave, LeaveStatus, Pending};
use std::collections::BTreeSet;

/// A leave as its decider saw it: a decision that comes second is not taken for one of the next step, nor one on what
/// was amended since for one on what is asked now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsSeen {
    /// The leave.
    pub leave: LeaveId,
    /// The step that was due, from 0.
    pub step: u16,
    /// How often it had been amended.
    pub revision: u32,
}

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
    /// Those of the people named here and in the route who left the service: they have no part in it any more.
    pub departed: BTreeSet<AccountId>,
    /// The delegations to him, as their streams say.
    pub delegations: Vec<(DelegationId, delegation::State)>,
    /// Today, in Paris.
    pub on: NaiveDate,
    /// Now.
    pub at: DateTime<Utc>,
}

impl Authority {
    /// The decision maker of the step that is due, which must be the one that was seen. Who has no part in the
    /// validation of the leave is told nothing of it.
    pub(super) fn over(&self, ledger: &Ledger, seen: AsSeen) -> Result<(Leave, Decider), AbsenceRefusal> {
        let leave = ledger.leave(seen.leave).ok_or(AbsenceRefusal::UnknownLeave)?;
        self.not_own()?;
        let pending = match leave.pending() {
            Some(pending) if pending.step == seen.step => pending,
            other => {
                return Err(match other {
                    _ if !self.has_part_in(leave) => AbsenceRefusal::NotAnApprover,
                    Some(pending) => AbsenceRefusal::OtherStep { step: pending.step },
                    None => AbsenceRefusal::NotPending { status: leave.status.as_str() },
                });
            }
        };
        let capacity = self.capacity_at_step(leave, pending)?;
        if leave.revision != seen.revision {
            let AsSeen { step, .. } = seen;
            return Err(AbsenceRefusal::Amended { revision: leave.revision, step, period: leave.period });
        }
        Ok((leave.clone(), Decider { account: self.by, capacity }))
    }

    /// The decision maker over a leave that was granted: any approver of its route, or human resources.
    pub(super) fn over_granted(&self, leave: &Leave) -> Result<Decider, AbsenceRefusal> {
        self.not_own()?;
        let approvers = leave.route.iter().flat_map(|step| step.by.approvers().iter().copied());
        let capacity = approvers.chain([Approver::Hr]).find_map(|approver| self.capacity(leave, approver));
        match (capacity, &leave.status) {
            (Some(capacity), LeaveStatus::Granted) => Ok(Decider { account: self.by, capacity }),
            (Some(_), status) => Err(AbsenceRefusal::NotGranted { status: status.as_str() }),
            (None, _) => Err(AbsenceRefusal::NotAnApprover),
        }
    }

    /// Whether he can decide at a step of the leave, or has it shown to him when one waits too long.
    #[must_use]
    pub fn has_part_in(&self, leave: &Leave) -> bool {
        let approvers = leave.route.iter().flat_map(|step| {
            step.by.approvers().iter().copied().chain(step.escalation.map(|escalation| escalation.to))
        });
        let mut approvers = approvers.chain([Approver::Hr]);
        self.not_own().is_ok() && approvers.any(|approver| self.capacity(leave, approver).is_some())
    }

    fn not_own(&self) -> Result<(), AbsenceRefusal> {
        if self.by == self.agent { Err(AbsenceRefusal::OwnLeave) } else { Ok(()) }
    }

    /// The capacity in which he approves at the step that is due: his own before another's, so that whoever may take
    /// another's place leaves it to him. Where it takes all, each is another person, but for who is meant twice by name
    /// or as the manager: nobody else could approve there.
    fn capacity_at_step(&self, leave: &Leave, pending: &Pending) -> Result<DecisionCapacity, AbsenceRefusal> {
        let step = leave.current_step().ok_or(AbsenceRefusal::NotAnApprover)?;
        let mut open: Vec<Approver> = step.by.approvers().iter().map(|approver| self.resolved(*approver)).collect();
        if matches!(step.by, Quorum::AllOf(_)) {
            for approval in &pending.approvals {
                let done = approval.capacity.approver();
                if let Some(place) = open.iter().position(|approver| *approver == done) {
                    open.remove(place);
                }
            }
        }
        let escalated =
            step.escalation.filter(|escalation| pending.escalated || pending.escalates_on(*escalation) <= self.on);
        open.extend(escalated.map(|escalation| escalation.to));
        open.sort_by_key(|approver| !self.is(*approver));
        if pending.approvals.iter().any(|approval| approval.account == self.by) {
            open.retain(|approver| self.is(*approver));
            if open.is_empty() {
                return Err(AbsenceRefusal::ApprovedAlready);
            }
        }
        open.into_iter().find_map(|approver| self.capacity(leave, approver)).ok_or(AbsenceRefusal::NotAnApprover)
    }

    /// Whether he and nobody else is meant.
    fn is(&self, approver: Approver) -> bool {
        match approver {
            Approver::Manager => self.manager == Some(self.by),
            Approver::Person(person) => person == self.by,
            Approver::Hr | Approver::HrHealth => false,
        }
    }

    /// Who stands for an approver: human resources where there is no manager, where he left the service, or where he would
    /// decide on himself.
    fn resolved(&self, approver: Approver) -> Approver {
        let decides = |person| person != self.agent && !self.departed.contains(&person);
        match approver {
            Approver::Manager if !self.manager.is_some_and(decides) => Approver::Hr,
            Approver::Person(person) if !decides(person) => Approver::Hr,
            Approver::Manager | Approver::Hr | Approver::HrHealth | Approver::Person(_) => approver,
        }
    }

    fn capacity(&self, leave: &Leave, approver: Approver) -> Option<DecisionCapacity> {
        if self.departed.contains(&self.by) {
            return None;
        }
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
