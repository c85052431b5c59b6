use super::{LONGEST_CODE, LONGEST_NAME, State, UnitRefusal, text};
use events::UnitId;
use events::unit::UnitEvent;

/// Opens a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenUnit {
    /// Its code in the HR file.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The unit that it is part of.
    pub parent: Option<UnitId>,
}

pub(super) fn decide(state: &State, command: OpenUnit) -> Result<Vec<UnitEvent>, UnitRefusal> {
    let OpenUnit { code, name, parent } = command;
    if state.name().is_some() {
        return Err(UnitRefusal::AlreadyOpen);
    }
    text("code", &code, LONGEST_CODE)?;
    text("name", &name, LONGEST_NAME)?;
    Ok(vec![UnitEvent::UnitOpened { code, name, parent }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specification::given;
    use crate::unit::{CloseUnit, RenameUnit, Unit};

    fn open(name: &str) -> OpenUnit {
        OpenUnit { code: "d005".to_owned(), name: name.to_owned(), parent: None }
    }

    fn opened() -> UnitEvent {
        UnitEvent::UnitOpened { code: "d005".to_owned(), name: "Development".to_owned(), parent: None }
    }

    #[test]
    fn a_unit_is_opened_once_and_has_a_name() {
        given::<Unit>([]).when(open("Development")).then([opened()]);
        given::<Unit>([opened()]).when(open("Development")).refused(UnitRefusal::AlreadyOpen);
        for name in [" ", &"x".repeat(201)] {
            given::<Unit>([]).when(open(name)).refused(UnitRefusal::Text { field: "name", most: 200 });
        }
    }

    #[test]
    fn it_is_renamed_until_it_is_closed() {
        let rename = RenameUnit { name: "Design".to_owned() };
        let closed = UnitEvent::UnitClosed { on: "2027-12-31".parse().unwrap() };
        let close = CloseUnit { on: "2027-12-31".parse().unwrap() };
        given::<Unit>([opened()]).when(rename.clone()).then([UnitEvent::UnitRenamed { name: "Design".to_owned() }]);
        given::<Unit>([opened()]).when(RenameUnit { name: "Development".to_owned() }).then([]);
        given::<Unit>([opened()]).when(close).then([closed.clone()]);
        given::<Unit>([opened(), closed]).when(rename.clone()).refused(UnitRefusal::AlreadyClosed);
        given::<Unit>([]).when(rename).refused(UnitRefusal::Unknown);
    }
}
