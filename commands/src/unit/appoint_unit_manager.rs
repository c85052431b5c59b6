use super::{State, UnitRefusal, open};
use chrono::NaiveDate;
use events::AccountId;
use events::date::supported;
use events::unit::UnitEvent;

/// Appoints who leads a unit from a day on, or leaves the post vacant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppointUnitManager {
    /// The manager.
    pub manager: Option<AccountId>,
    /// From this day on.
    pub from: NaiveDate,
}

pub(super) fn decide(state: &State, command: AppointUnitManager) -> Result<Vec<UnitEvent>, UnitRefusal> {
    let AppointUnitManager { manager, from } = command;
    open(state)?;
    supported(from)?;
    if state.managers().from(from) == Some(&manager) {
        return Ok(Vec::new());
    }
    Ok(vec![UnitEvent::UnitManagerAppointed { manager, from }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specification::given;
    use crate::unit::Unit;
    use uuid::Uuid;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn opened() -> UnitEvent {
        UnitEvent::UnitOpened { code: "d005".to_owned(), name: "Development".to_owned(), parent: None }
    }

    #[test]
    fn managers_follow_each_other_by_date_and_saying_it_twice_changes_nothing() {
        let manager = Some(AccountId::from_uuid(Uuid::from_u128(1)));
        let from = day("2026-01-01");
        let appointed = UnitEvent::UnitManagerAppointed { manager, from };
        given::<Unit>([opened()]).when(AppointUnitManager { manager, from }).then([appointed.clone()]);
        given::<Unit>([opened(), appointed.clone()]).when(AppointUnitManager { manager, from }).then([]);
        let vacant = AppointUnitManager { manager: None, from: day("2026-07-01") };
        let left = UnitEvent::UnitManagerAppointed { manager: None, from: day("2026-07-01") };
        given::<Unit>([opened(), appointed.clone()]).when(vacant).then([left.clone()]);
        let unit = [opened(), appointed, left].iter().fold(State::default(), State::after);
        assert_eq!(unit.manager_on(day("2026-06-30")), manager);
        assert_eq!(unit.manager_on(day("2026-07-01")), None);
    }

    #[test]
    fn a_date_out_of_time_is_refused() {
        let from = day("9999-01-01");
        given::<Unit>([opened()])
            .when(AppointUnitManager { manager: None, from })
            .refused(UnitRefusal::Outside(events::date::OutsideCalendar(from)));
    }
}
