use chrono::NaiveDate;

use super::{FamilyLeave, FamilyLeaveRefused, dates};
use crate::book::RuleBook;
use crate::date::months_begun;

impl FamilyLeave<'_> {
    pub(super) fn extra_birth_leave(&self, born: NaiveDate, book: &RuleBook) -> Result<(), FamilyLeaveRefused> {
        let rule = book.at(self.first()).extra_birth_leave()?;
        let since = rule.counts_since(born)?;
        let of_this_birth = self.others.iter().filter(|other| other.end().date >= since);
        let mut months = months_begun(self.first(), self.last())?;
        for (first, last) in of_this_birth.map(dates) {
            months += months_begun(first, last)?;
        }
        Ok(rule.check(born, self.first(), months)?)
    }
}
