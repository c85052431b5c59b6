use chrono::NaiveDate;

use super::{FamilyLeave, FamilyLeaveRefused, dates};
use crate::book::RuleBook;
use crate::family::Pregnancy;

impl FamilyLeave<'_> {
    pub(super) fn maternity(
        &self,
        rank: Pregnancy,
        due: NaiveDate,
        born: Option<NaiveDate>,
        moved_weeks: u32,
        book: &RuleBook,
    ) -> Result<(), FamilyLeaveRefused> {
        let rule = book.at(due).maternity()?;
        let leave = match born {
            Some(born) => rule.leave_after_birth(rank, due, born, moved_weeks)?,
            None => rule.leave(rank, due, moved_weeks)?,
        };
        let (first, last) = (leave.first_day, leave.last_day);
        let inside = |(from, until)| first <= from && until <= last;
        if !inside((self.first(), self.last())) {
            return Err(FamilyLeaveRefused::Maternity { first, last });
        }
        for (from, until) in self.others.iter().map(dates) {
            if !inside((from, until)) && !rule.is_of_another_birth(due, from, until)? {
                return Err(FamilyLeaveRefused::SameBirth { first: from, last: until });
            }
        }
        Ok(())
    }
}
