use super::{AccountRefusal, State};
use events::SessionId;
use events::account::AccountEvent;

/// Ends a session of the account. That it is open and the account's own is known where sessions are kept: most end
/// by the clock, which is no event, so that a list of them here would only grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogOut {
    /// The session.
    pub session: SessionId,
}

pub(super) fn decide(state: &State, command: LogOut) -> Result<Vec<AccountEvent>, AccountRefusal> {
    let LogOut { session } = command;
    state.provisioned()?;
    Ok(vec![AccountEvent::LoggedOut { session }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Account;
    use crate::account::samples::{provisioned, session, suspended_account};
    use crate::specification::given;

    #[test]
    fn a_session_ends_also_while_the_account_is_suspended() {
        for stream in [vec![provisioned()], suspended_account()] {
            given::<Account>(stream)
                .when(LogOut { session: session(1) })
                .then([AccountEvent::LoggedOut { session: session(1) }]);
        }
    }

    #[test]
    fn a_name_that_no_account_has_has_no_session() {
        given::<Account>([]).when(LogOut { session: session(1) }).refused(AccountRefusal::NotProvisioned);
    }
}
