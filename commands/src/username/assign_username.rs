use super::{State, UsernameRefusal};
use events::AccountId;
use events::username::UsernameEvent;

/// Gives the username of this stream to an account, for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssignUsername {
    /// The account.
    pub account: AccountId,
}

pub(super) fn decide(state: &State, command: AssignUsername) -> Result<Vec<UsernameEvent>, UsernameRefusal> {
    let AssignUsername { account } = command;
    match state.account() {
        Some(by) => Err(UsernameRefusal::UsernameTaken { by }),
        None => Ok(vec![UsernameEvent::UsernameAssigned { account }]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specification::given;
    use crate::username::UsernameAssignment;

    #[test]
    fn a_free_name_is_assigned() {
        let account = AccountId::new();
        given::<UsernameAssignment>([])
            .when(AssignUsername { account })
            .then([UsernameEvent::UsernameAssigned { account }]);
    }

    #[test]
    fn a_name_that_was_assigned_stays_where_it_is() {
        let first = AccountId::new();
        let name = given::<UsernameAssignment>([UsernameEvent::UsernameAssigned { account: first }]);
        for account in [first, AccountId::new()] {
            name.when(AssignUsername { account }).refused(UsernameRefusal::UsernameTaken { by: first });
        }
    }
}
