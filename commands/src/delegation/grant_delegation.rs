use super::{DelegationRefusal, State};
use chrono::NaiveDate;
use events::AccountId;
use events::account::Role;
use events::delegation::{DelegationEvent, DelegationScope};
use events::leave::LeaveType;
use std::collections::BTreeSet;

/// Lets somebody decide in one's place. It gives no more than one has: whoever is no approver delegates nothing, and
/// a delegate cannot delegate further. What human resources decide comes with their role, which a delegation does not
/// give: who has that role and leads nobody delegates to one who has it too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantDelegation {
    /// In whose place.
    pub from: AccountId,
    /// The roles that he holds.
    pub roles: BTreeSet<Role>,
    /// Who decides.
    pub to: AccountId,
    /// The roles that this one holds.
    pub to_roles: BTreeSet<Role>,
    /// The first day.
    pub first: NaiveDate,
    /// The last day.
    pub last: NaiveDate,
    /// For what.
    pub scope: DelegationScope,
    /// Today.
    pub on: NaiveDate,
}

/// A year: who is away for longer is replaced.
const MOST_DAYS: i64 = 366;
const MOST_UNITS: usize = 64;

/// Holds a scope to what anybody delegates at once.
///
/// # Errors
/// [`DelegationRefusal::TooWide`].
pub fn check_scope(scope: &DelegationScope) -> Result<(), DelegationRefusal> {
    let most_types = LeaveType::ALL.len();
    if scope.units.len() > MOST_UNITS {
        Err(DelegationRefusal::TooWide { field: "units", most: MOST_UNITS })
    } else if scope.types.len() > most_types {
        Err(DelegationRefusal::TooWide { field: "types", most: most_types })
    } else {
        Ok(())
    }
}

pub(super) fn decide(state: &State, command: GrantDelegation) -> Result<Vec<DelegationEvent>, DelegationRefusal> {
    let GrantDelegation { from, roles, to, to_roles, first, last, scope, on } = command;
    if state.granted.is_some() {
        return Err(DelegationRefusal::AlreadyGranted);
    }
    if from == to {
        return Err(DelegationRefusal::ToOneself);
    }
    let of_hr = roles.contains(&Role::Hr) && !roles.contains(&Role::Manager);
    if of_hr && !to_roles.contains(&Role::Hr) {
        return Err(DelegationRefusal::OfARole);
    }
    check_scope(&scope)?;
    if last < first {
        return Err(DelegationRefusal::Reversed);
    }
    if last < on {
        return Err(DelegationRefusal::Past);
    }
    if (last - first).num_days() >= MOST_DAYS {
        return Err(DelegationRefusal::TooLong { most_days: MOST_DAYS });
    }
    Ok(vec![DelegationEvent::DelegationGranted { from, to, first, last, scope }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delegation::Delegation;
    use crate::specification::given;
    use uuid::Uuid;

    fn account(number: u128) -> AccountId {
        AccountId::from_uuid(Uuid::from_u128(number))
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn grant(to: u128, first: &str, last: &str) -> GrantDelegation {
        let scope = DelegationScope { types: vec![LeaveType::AnnualLeave], ..DelegationScope::default() };
        let (first, last, on) = (day(first), day(last), day("2026-07-01"));
        let roles = [Role::Agent, Role::Manager].into();
        let to_roles = [Role::Agent].into();
        GrantDelegation { from: account(1), roles, to: account(to), to_roles, first, last, scope, on }
    }

    fn granted() -> DelegationEvent {
        let GrantDelegation { from, to, first, last, scope, .. } = grant(2, "2026-07-01", "2026-07-31");
        DelegationEvent::DelegationGranted { from, to, first, last, scope }
    }

    #[test]
    fn a_delegation_has_its_days_and_its_scope() {
        given::<Delegation>([]).when(grant(2, "2026-07-01", "2026-07-31")).then([granted()]);
        let state = [granted()].into_iter().fold(State::default(), <Delegation as esrs::Aggregate>::apply_event);
        let decides = |by, on, leave_type| state.lets_decide(account(by), day(on), None, leave_type);
        assert_eq!(decides(2, "2026-07-31", LeaveType::AnnualLeave), Some(account(1)));
        assert_eq!(decides(2, "2026-08-01", LeaveType::AnnualLeave), None);
        assert_eq!(decides(2, "2026-06-30", LeaveType::AnnualLeave), None);
        assert_eq!(decides(2, "2026-07-31", LeaveType::Rtt), None);
        assert_eq!(decides(3, "2026-07-31", LeaveType::AnnualLeave), None);
    }

    #[test]
    fn one_that_makes_no_sense_is_refused() {
        let refused = |command, refusal| given::<Delegation>([]).when(command).refused(refusal);
        refused(grant(1, "2026-07-01", "2026-07-31"), DelegationRefusal::ToOneself);
        let of_hr = GrantDelegation { roles: [Role::Hr].into(), ..grant(2, "2026-07-01", "2026-07-31") };
        refused(of_hr, DelegationRefusal::OfARole);
        refused(grant(2, "2026-07-31", "2026-07-01"), DelegationRefusal::Reversed);
        refused(grant(2, "2026-06-01", "2026-06-30"), DelegationRefusal::Past);
        refused(grant(2, "2026-07-01", "2027-07-02"), DelegationRefusal::TooLong { most_days: MOST_DAYS });
    }

    #[test]
    fn human_resources_delegate_among_themselves_and_a_manager_of_theirs_to_anybody() {
        let of_hr = GrantDelegation { roles: [Role::Agent, Role::Hr].into(), ..grant(2, "2026-07-01", "2026-07-31") };
        let to_hr = GrantDelegation { to_roles: [Role::Agent, Role::Hr].into(), ..of_hr.clone() };
        given::<Delegation>([]).when(to_hr).then([granted()]);
        let to_health = GrantDelegation { to_roles: [Role::Agent, Role::HrHealth].into(), ..of_hr.clone() };
        given::<Delegation>([]).when(to_health).refused(DelegationRefusal::OfARole);
        let leading = GrantDelegation { roles: [Role::Hr, Role::Manager].into(), ..of_hr };
        given::<Delegation>([]).when(leading).then([granted()]);
    }

    #[test]
    fn it_is_granted_once() {
        given::<Delegation>([granted()])
            .when(grant(3, "2026-07-01", "2026-07-31"))
            .refused(DelegationRefusal::AlreadyGranted);
    }
}
