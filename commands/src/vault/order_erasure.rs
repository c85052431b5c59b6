use super::VaultRefusal;
use events::vault::VaultEvent;
use events::{AccountId, Sealed};
use uuid::Uuid;

/// Orders that every key of a subject be destroyed (GDPR, art. 17).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderErasure {
    /// The account, or the pseudonym of a name that no account has.
    pub subject: Uuid,
    /// Who orders it.
    pub by: AccountId,
    /// Why, in his words.
    pub motive: Sealed<String>,
}

pub(super) fn decide(command: OrderErasure) -> Result<Vec<VaultEvent>, VaultRefusal> {
    let OrderErasure { subject, by, motive } = command;
    if subject == by.as_uuid() {
        return Err(VaultRefusal::OwnErasure);
    }
    Ok(vec![VaultEvent::ErasureOrdered { subject, motive }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specification::given;
    use crate::vault::VaultUpkeep;
    use crate::vault::samples::motive;

    fn erase(subject: u128) -> OrderErasure {
        OrderErasure {
            subject: Uuid::from_u128(subject),
            by: AccountId::from_uuid(Uuid::from_u128(1)),
            motive: motive(),
        }
    }

    #[test]
    fn another_is_erased_as_often_as_it_takes() {
        let ordered = VaultEvent::ErasureOrdered { subject: Uuid::from_u128(2), motive: motive() };
        given::<VaultUpkeep>([]).when(erase(2)).then([ordered.clone()]);
        given::<VaultUpkeep>([ordered.clone()]).when(erase(2)).then([ordered]);
    }

    #[test]
    fn nobody_erases_himself() {
        given::<VaultUpkeep>([]).when(erase(1)).refused(VaultRefusal::OwnErasure);
    }
}
