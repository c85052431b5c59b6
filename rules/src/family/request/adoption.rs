use chrono::NaiveDate;

use super::{FamilyLeave, FamilyLeaveRefused};
use crate::book::RuleBook;
use crate::family::AdoptionFamily;

impl FamilyLeave<'_> {
    pub(super) fn adoption(
        &self,
        arrived: NaiveDate,
        family: AdoptionFamily,
        shared: bool,
        book: &RuleBook,
    ) -> Result<(), FamilyLeaveRefused> {
        let rule = book.at(self.first()).adoption()?;
        rule.check(family)?;
        let (first, last) = rule.window(arrived)?;
        if self.first() < first || last.is_some_and(|last| last < self.last()) {
            return Err(FamilyLeaveRefused::Arrival { first, last });
        }
        let leave = rule.leave(family, shared);
        let most = i64::from(leave.calendar_days() + leave.extra_days);
        let since = rule.counts_since(arrived)?;
        let others = self.others.iter().filter(|other| other.end().date >= since);
        let asked = others.chain([&self.period]).map(|period| period.calendar_days()).sum();
        if asked > most { Err(FamilyLeaveRefused::Adoption { most, asked }) } else { Ok(()) }
    }
}
