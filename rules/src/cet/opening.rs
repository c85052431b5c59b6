use serde::Deserialize;

use crate::status::Status;

/// Who may open an account: permanent agents after a year of service, on request (D 2004-878 art. 1 and 2; CGFP
/// R.327-32).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CetOpening {
    months_of_service: u32,
    statuses: Vec<Status>,
}

/// Why an account cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CetOpeningRefused {
    /// A trainee, who keeps earlier savings but neither adds nor takes.
    #[error("this status does not open a time-savings account (D 2004-878 art. 2)")]
    Status,
    /// Too short a service.
    #[error("{required} months of service are needed (D 2004-878 art. 2): there are {served}")]
    Service {
        /// Months needed.
        required: u32,
        /// Months served without a break.
        served: u32,
    },
}

impl CetOpening {
    /// Whether an agent of this status may open an account after `served` months of unbroken service.
    ///
    /// # Errors
    /// [`CetOpeningRefused`] with the reason.
    pub fn check(&self, status: Status, served: u32) -> Result<(), CetOpeningRefused> {
        let required = self.months_of_service;
        if !self.statuses.contains(&status) {
            Err(CetOpeningRefused::Status)
        } else if served < required {
            Err(CetOpeningRefused::Service { required, served })
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleBook;
    use crate::date::day;

    #[test]
    fn a_trainee_is_refused_and_so_is_a_first_year() {
        let book = RuleBook::embedded().unwrap();
        let rule = book.at(day("2026-01-01")).cet_opening().unwrap();
        assert_eq!(rule.check(Status::Trainee, 36), Err(CetOpeningRefused::Status));
        assert_eq!(rule.check(Status::Contract, 11), Err(CetOpeningRefused::Service { required: 12, served: 11 }));
        assert_eq!(rule.check(Status::Official, 12), Ok(()));
    }
}
