use super::AbsenceRefusal;
use chrono::NaiveDate;
use events::AccountId;
use rules::Employment;
use rules::period::Period;

/// A colleague who stands in or is asked to, with what his stream says of him.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colleague {
    /// Who.
    pub account: AccountId,
    /// His employment; nothing in it where none is recorded.
    pub employment: Employment,
}

impl Colleague {
    /// The colleague, who is to stand in for `agent` until the end of `period`, as asked on a day: another than himself,
    /// in service that long.
    pub(super) fn during(&self, period: Period, agent: AccountId, on: NaiveDate) -> Result<AccountId, AbsenceRefusal> {
        if self.account == agent {
            return Err(AbsenceRefusal::OwnReplacement);
        }
        if self.employment.has_left(period.end().date.max(on)) {
            return Err(AbsenceRefusal::ReplacementLeaves);
        }
        Ok(self.account)
    }
}
