use super::VaultRefusal;
use chrono::{Datelike, Months, NaiveDate};
use events::Sealed;
use events::vault::VaultEvent;

/// How long where logins came from is kept at least (CNIL, délibération 2021-122: 6 to 12 months).
const KEPT: Months = Months::new(6);

/// Orders that nobody can tell any more where logins before a month came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderExpiry {
    /// The first day of the first month that is kept.
    pub before: NaiveDate,
    /// The present day, in UTC.
    pub today: NaiveDate,
    /// Why, in the words of who orders it.
    pub motive: Sealed<String>,
}

pub(super) fn decide(command: OrderExpiry) -> Result<Vec<VaultEvent>, VaultRefusal> {
    let OrderExpiry { before, today, motive } = command;
    let earliest = today.with_day(1).and_then(|first| first.checked_sub_months(KEPT)).unwrap_or(NaiveDate::MIN);
    if before > earliest {
        return Err(VaultRefusal::TooRecent { earliest });
    }
    Ok(vec![VaultEvent::ExpiryOrdered { before, motive }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specification::given;
    use crate::vault::VaultUpkeep;
    use crate::vault::samples::motive;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_older_than_six_whole_months_expires_and_nothing_else() {
        let expire = |before| OrderExpiry { before: day(before), today: day("2026-11-30"), motive: motive() };
        let ordered = VaultEvent::ExpiryOrdered { before: day("2026-05-01"), motive: motive() };
        given::<VaultUpkeep>([]).when(expire("2026-05-01")).then([ordered]);
        given::<VaultUpkeep>([])
            .when(expire("2026-06-01"))
            .refused(VaultRefusal::TooRecent { earliest: day("2026-05-01") });
    }
}
