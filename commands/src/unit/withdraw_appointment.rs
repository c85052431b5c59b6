use super::{State, UnitRefusal, open};
use chrono::NaiveDate;
use events::unit::UnitEvent;

/// Withdraws an appointment that was a mistake: whoever led the unit before it still does. Where there is none, nothing
/// changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WithdrawAppointment {
    /// The day from which it was said to hold.
    pub from: NaiveDate,
}

pub(super) fn decide(state: &State, command: WithdrawAppointment) -> Result<Vec<UnitEvent>, UnitRefusal> {
    let WithdrawAppointment { from } = command;
    open(state)?;
    let appointed = state.managers().from(from).is_some();
    Ok(appointed.then_some(UnitEvent::UnitManagerAppointmentWithdrawn { from }).into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specification::given;
    use crate::unit::Unit;
    use events::AccountId;
    use uuid::Uuid;

    #[test]
    fn who_led_before_still_does() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let opened = UnitEvent::UnitOpened { code: "d005".to_owned(), name: "Development".to_owned(), parent: None };
        let appointed = |number, from| {
            let manager = Some(AccountId::from_uuid(Uuid::from_u128(number)));
            UnitEvent::UnitManagerAppointed { manager, from: day(from) }
        };
        let led = [opened, appointed(1, "2020-01-01"), appointed(2, "2024-01-01")];
        let mistake = WithdrawAppointment { from: day("2024-01-01") };
        let withdrawn = UnitEvent::UnitManagerAppointmentWithdrawn { from: day("2024-01-01") };
        given::<Unit>(led.clone()).when(mistake).then([withdrawn.clone()]);
        let unit = led.iter().chain([&withdrawn]).fold(State::default(), State::after);
        assert_eq!(unit.manager_on(day("2024-06-01")), Some(AccountId::from_uuid(Uuid::from_u128(1))));
        given::<Unit>(led).when(WithdrawAppointment { from: day("2022-01-01") }).then([]);
        given::<Unit>([]).when(mistake).refused(UnitRefusal::Unknown);
    }
}
