use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::date::{OutsideCalendar, minus_months, supported};
use crate::quantity::{Fraction, Ratio};

/// The certificate is sent within 48 hours; late a second time within two years, pay is halved between the two dates
/// (D 87-602 art. 15).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SickCertificate {
    within_days: u16,
    lateness_counts_months: u32,
    pay_when_late_again: Fraction,
}

/// What the date of a certificate entails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Certificate {
    /// In time.
    InTime,
    /// Late for the first time: a letter warns of what follows.
    Late,
    /// Late again: pay is reduced from `from` to `until`, both included.
    LateAgain {
        /// The date of the certificate.
        from: NaiveDate,
        /// The date on which it was sent.
        until: NaiveDate,
    },
}

impl SickCertificate {
    /// Judges a certificate `issued` on one date and `sent` on another; `earlier_lateness` is the date on which the
    /// latest earlier one was issued that came late. The day of issue is the first of the two days allowed.
    ///
    /// # Errors
    /// [`OutsideCalendar`] for dates that are not supported.
    pub fn judge(
        &self,
        issued: NaiveDate,
        sent: NaiveDate,
        earlier_lateness: Option<NaiveDate>,
    ) -> Result<Certificate, OutsideCalendar> {
        let elapsed = (supported(sent)? - supported(issued)?).num_days();
        if elapsed < i64::from(self.within_days) {
            return Ok(Certificate::InTime);
        }
        let horizon = minus_months(issued, self.lateness_counts_months)?;
        Ok(match earlier_lateness.filter(|earlier| (horizon..issued).contains(earlier)) {
            Some(_) => Certificate::LateAgain { from: issued, until: sent },
            None => Certificate::Late,
        })
    }

    /// The share of pay left while a certificate is late again.
    pub fn pay_when_late_again(&self) -> Ratio {
        self.pay_when_late_again.ratio()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleBook;
    use crate::date::day;

    fn judged(sent: &str, earlier: Option<&str>) -> Certificate {
        let book = RuleBook::embedded().unwrap();
        let rule = book.at(day("2026-03-02")).sick_certificate().unwrap();
        rule.judge(day("2026-03-02"), day(sent), earlier.map(day)).unwrap()
    }

    #[test]
    fn received_on_the_third_day_it_is_late() {
        assert_eq!(judged("2026-03-03", None), Certificate::InTime);
        assert_eq!(judged("2026-03-04", None), Certificate::Late);
    }

    #[test]
    fn late_twice_in_two_years_halves_pay_between_the_dates() {
        let again = Certificate::LateAgain { from: day("2026-03-02"), until: day("2026-03-06") };
        assert_eq!(judged("2026-03-06", Some("2024-03-02")), again);
        assert_eq!(judged("2026-03-06", Some("2024-03-01")), Certificate::Late);
    }
}
