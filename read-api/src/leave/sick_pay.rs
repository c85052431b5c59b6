//! How the days of sick leave are paid: by the rules that were in force on the first day of each.

use chrono::NaiveDate;
use events::SicknessId;
use events::leave::{CertificateTiming, MedicalDetails, SicknessNature};
use events::quantity::{Ratio, whole};
use rules::sickness::{EarlierSpell, Exemption, InvalidSpells, NewSpell, PayRate, Spell};
use rules::{Employment, RuleBook};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A sick leave in calendar days.
pub(super) struct SickLeave {
    pub(super) sickness: SicknessId,
    pub(super) first: NaiveDate,
    pub(super) last: NaiveDate,
    /// Whether the agent worked on the morning of the first day.
    pub(super) worked_first: bool,
    pub(super) details: Option<MedicalDetails>,
    pub(super) certificate: Option<Certificate>,
}

/// The certificate of a sick leave.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct Certificate {
    /// When it was issued.
    pub(super) issued: NaiveDate,
    /// When it was sent.
    pub(super) sent: NaiveDate,
    /// `in-time`, `late`, or `late-again`, which halves the pay between the two (D 87-602 art. 15).
    #[schema(value_type = String, example = "in-time")]
    pub(super) timing: CertificateTiming,
}

/// The pay of one sick leave.
#[derive(Debug, Default)]
pub(super) struct Pay {
    pub(super) waiting_day: Option<NaiveDate>,
    pub(super) periods: Vec<PayPeriod>,
}

/// Days of a sick leave that are paid alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct PayPeriod {
    /// The first day.
    first: NaiveDate,
    /// The last day.
    last: NaiveDate,
    /// What is paid of the agent's pay, as a fraction: `0`, `9/10`, `1/2`.
    #[schema(example = "9/10")]
    share: String,
}

/// The pay of each of an agent's sick leaves, which stand in the order of their first days. Those of service and long
/// illness are under other rules and have none here; nor has one of an agent whose status is not known.
///
/// # Errors
/// [`InvalidSpells`] for dates that are not supported.
pub(super) fn pay(
    leaves: &[SickLeave],
    employment: &Employment,
    book: &RuleBook,
) -> Result<BTreeMap<SicknessId, Pay>, InvalidSpells> {
    let mut paid = BTreeMap::new();
    let mut spells: Vec<Spell> = Vec::new();
    let mut ends: Option<NaiveDate> = None;
    let mut long_term_waiting_day = None;
    for leave in leaves.iter().filter(|leave| is_ordinary(leave)) {
        // Two that share a day, each a half of it, are told apart by their days.
        let free = ends.and_then(|ends| ends.succ_opt()).map_or(leave.first, |free| free.max(leave.first));
        let worked_that_day = leave.worked_first && free == leave.first;
        // A day that was begun at work is paid as one.
        let Some(first) = (if worked_that_day { free.succ_opt() } else { Some(free) }) else { continue };
        if first > leave.last {
            continue;
        }
        let rules = book.at(first);
        let earlier = leave.details.as_ref().and_then(|details| details.relapse_of).and_then(|of| {
            let earlier = leaves.iter().find(|earlier| earlier.sickness == of)?;
            Some(EarlierSpell { last: earlier.last, same_cause: true })
        });
        let exemption = exemption(leave, long_term_waiting_day);
        let spell = NewSpell { issued: free, worked_that_day, exemption, earlier };
        let waiting_day = match rules.waiting_day() {
            Ok(rule) => rule.of(spell)?,
            Err(_) => None,
        };
        if nature(leave) == Some(SicknessNature::LongTermCondition) {
            long_term_waiting_day = waiting_day.or(long_term_waiting_day);
        }
        spells.push(Spell::new(first, leave.last, waiting_day)?);
        ends = Some(leave.last);
        let term = employment.statuses().on(first).zip(employment.months_of_service(first));
        let (Ok(rule), Ok(certificates)) = (rules.sick_pay(), rules.sick_certificate()) else { continue };
        let Some(term) = term.and_then(|(status, months)| rule.term(*status, months)) else { continue };
        let days = rule.day_by_day(term, &spells)?.into_iter().filter(|day| day.date >= first);
        let late = leave.certificate.filter(|certificate| certificate.timing == CertificateTiming::LateAgain);
        let share = |date, rate| {
            let share = match rate {
                PayRate::Waiting | PayRate::Exhausted => whole(0),
                PayRate::Full => rule.full(),
                PayRate::Reduced => rule.reduced(),
            };
            let is_halved = late.is_some_and(|late| (late.issued..=late.sent).contains(&date));
            if is_halved { share * certificates.pay_when_late_again() } else { share }
        };
        let periods = alike(days.map(|day| (day.date, share(day.date, day.rate))));
        paid.insert(leave.sickness, Pay { waiting_day, periods });
    }
    Ok(paid)
}

fn nature(leave: &SickLeave) -> Option<SicknessNature> {
    leave.details.as_ref().map(|details| details.nature)
}

/// Under the rules of ordinary sick leave, as long as nothing else was said.
fn is_ordinary(leave: &SickLeave) -> bool {
    !matches!(nature(leave), Some(SicknessNature::WorkInjury | SicknessNature::LongIllness))
}

/// What may free it from its waiting day. That a child died within the weeks before was said when it was recorded.
fn exemption(leave: &SickLeave, last_waiting_day: Option<NaiveDate>) -> Option<Exemption> {
    match nature(leave)? {
        SicknessNature::Ordinary => None,
        SicknessNature::WorkInjury => Some(Exemption::WorkInjury),
        SicknessNature::LongIllness => Some(Exemption::LongIllness),
        SicknessNature::LongTermCondition => Some(Exemption::LongTermCondition { last_waiting_day }),
        SicknessNature::DeclaredPregnancy => Some(Exemption::DeclaredPregnancy),
        SicknessNature::Miscarriage => Some(Exemption::Miscarriage),
        SicknessNature::ChildDeath => Some(Exemption::ChildDeath { on: leave.first }),
    }
}

/// Days of one share that follow each other, taken together.
fn alike(days: impl Iterator<Item = (NaiveDate, Ratio)>) -> Vec<PayPeriod> {
    let mut periods: Vec<PayPeriod> = Vec::new();
    for (date, share) in days {
        let share = share.to_string();
        match periods.last_mut() {
            Some(period) if period.share == share => period.last = date,
            _ => periods.push(PayPeriod { first: date, last: date, share }),
        }
    }
    periods
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::employment::EmploymentEvent;
    use events::status::Status;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn sick(first: &str, last: &str) -> SickLeave {
        let sickness = SicknessId::new();
        SickLeave {
            sickness,
            first: day(first),
            last: day(last),
            worked_first: false,
            details: None,
            certificate: None,
        }
    }

    fn with(nature: SicknessNature, relapse_of: Option<SicknessId>, leave: SickLeave) -> SickLeave {
        SickLeave { details: Some(MedicalDetails { nature, relapse_of }), ..leave }
    }

    fn official() -> Employment {
        let from = day("2020-01-01");
        Employment::default()
            .after(&EmploymentEvent::ServiceEntered { on: from })
            .after(&EmploymentEvent::StatusSet { status: Status::Official, from })
    }

    fn told(leaves: &[SickLeave]) -> Vec<(Option<String>, Vec<String>)> {
        let paid = pay(leaves, &official(), &RuleBook::embedded().unwrap()).unwrap();
        let period = |one: &PayPeriod| format!("{} {} {}", one.first, one.last, one.share);
        let one = |leave: &SickLeave| match paid.get(&leave.sickness) {
            Some(pay) => (pay.waiting_day.map(|day| day.to_string()), pay.periods.iter().map(period).collect()),
            None => (None, Vec::new()),
        };
        leaves.iter().map(one).collect()
    }

    #[test]
    fn four_months_are_a_waiting_day_then_nine_tenths_then_half() {
        let periods = ["2026-01-01 2026-01-01 0", "2026-01-02 2026-03-31 9/10", "2026-04-01 2026-04-30 1/2"];
        let expected = (Some("2026-01-01".to_owned()), periods.map(str::to_owned).to_vec());
        assert_eq!(told(&[sick("2026-01-01", "2026-04-30")]), [expected]);
    }

    #[test]
    fn a_relapse_within_two_days_has_no_waiting_day_and_an_injury_of_service_no_pay_of_this_kind() {
        let first = with(SicknessNature::Ordinary, None, sick("2026-01-05", "2026-01-09"));
        let relapse = with(SicknessNature::Ordinary, Some(first.sickness), sick("2026-01-12", "2026-01-16"));
        let injury = with(SicknessNature::WorkInjury, None, sick("2026-02-02", "2026-02-06"));
        let told = told(&[first, relapse, injury]);
        assert_eq!(told[1], (None, vec!["2026-01-12 2026-01-16 9/10".to_owned()]));
        assert_eq!(told[2], (None, vec![]));
    }

    #[test]
    fn a_certificate_that_is_late_again_halves_the_pay_between_its_dates() {
        let (issued, sent) = (day("2026-01-05"), day("2026-01-08"));
        let certificate = Some(Certificate { issued, sent, timing: CertificateTiming::LateAgain });
        let leave = SickLeave { certificate, ..sick("2026-01-05", "2026-01-09") };
        let periods = ["2026-01-05 2026-01-05 0", "2026-01-06 2026-01-08 9/20", "2026-01-09 2026-01-09 9/10"];
        assert_eq!(told(&[leave])[0].1, periods);
    }

    #[test]
    fn one_that_begins_after_a_morning_at_work_waits_on_the_next_day() {
        let afternoon = |first, last| SickLeave { worked_first: true, ..sick(first, last) };
        let expected = ["2026-04-21 2026-04-21 0", "2026-04-22 2026-04-24 9/10"].map(str::to_owned).to_vec();
        assert_eq!(told(&[afternoon("2026-04-20", "2026-04-24")]), [(Some("2026-04-21".to_owned()), expected)]);
        assert_eq!(
            told(&[afternoon("2026-04-20", "2026-04-20")]),
            [(None, vec![])],
            "nothing of it is a day of sick leave"
        );
    }

    #[test]
    fn two_halves_of_a_day_are_one_day_of_the_first() {
        let told = told(&[sick("2026-01-05", "2026-01-05"), sick("2026-01-05", "2026-01-06")]);
        assert_eq!(told[1].1, ["2026-01-06 2026-01-06 0"]);
    }
}
