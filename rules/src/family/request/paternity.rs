use chrono::NaiveDate;

use super::{FamilyLeave, FamilyLeaveRefused, dates};
use crate::book::RuleBook;
use crate::date::plus_days;
use crate::family::FirstDay;

impl FamilyLeave<'_> {
    /// What goes past the days that are taken at once is a part of the rest.
    pub(super) fn paternity(
        &self,
        born: NaiveDate,
        multiple: bool,
        first_day: FirstDay,
        book: &RuleBook,
    ) -> Result<(), FamilyLeaveRefused> {
        let rule = book.at(born).paternity()?;
        let leave = rule.after_birth(born, multiple, first_day, book.calendar())?;
        if self.first() < leave.birth.0 {
            return Err(FamilyLeaveRefused::BeforeBirth(leave.birth.0));
        }
        let rest_from = plus_days(leave.mandatory.map_or(leave.birth.1, |(_, last)| last), 1)?;
        let rest = |(first, last): (NaiveDate, NaiveDate)| (rest_from <= last).then(|| (first.max(rest_from), last));
        let of_this_birth = |(first, last): &(NaiveDate, NaiveDate)| born <= *first && *last <= leave.window_ends;
        for (first, last) in self.others.iter().map(dates).filter(|other| !of_this_birth(other)) {
            if !rule.is_of_another_birth(born, first, last)? {
                return Err(FamilyLeaveRefused::SamePaternity { first, last });
            }
        }
        let others = self.others.iter().map(dates).filter(of_this_birth);
        let Some(part) = rest((self.first(), self.last())) else { return Ok(()) };
        let parts: Vec<_> = others.filter_map(rest).chain([part]).collect();
        rule.check_periods(&leave, &parts)?;
        let ask_by = rule.ask_by(part.0)?;
        // What goes on from the days after the birth was announced with them.
        let late = self.asked_on.is_some_and(|asked_on| asked_on > ask_by);
        if part.0 > rest_from && late { Err(FamilyLeaveRefused::Late(ask_by)) } else { Ok(()) }
    }
}
