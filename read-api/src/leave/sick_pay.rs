//! How the days of sick leave are paid: by the rules that were in force on the first day of each.

use chrono::NaiveDate;
use events::SicknessId;
use events::leave::{CertificateTiming, MedicalDetails, SicknessNature};
use events::period::Period;
use events::quantity::{Ratio, whole};
use rules::date::OutsideCalendar;
use rules::sickness::{
    Certificate as Judgement, EarlierSpell, Exemption, InvalidSpells, NewSpell, PayRate, PayTerm, Spell,
};
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

/// Judges each certificate by all that were issued before it, whatever the order in which they came (D 87-602 art. 15).
///
/// # Errors
/// [`OutsideCalendar`] for dates that are not supported.
pub(super) fn judge(leaves: &mut [SickLeave], book: &RuleBook) -> Result<(), OutsideCalendar> {
    let mut certificates: Vec<_> = leaves.iter_mut().filter_map(|leave| leave.certificate.as_mut()).collect();
    certificates.sort_by_key(|certificate| (certificate.issued, certificate.sent));
    let mut late: Vec<NaiveDate> = Vec::new();
    for certificate in certificates {
        let Certificate { issued, sent, .. } = *certificate;
        let Ok(rule) = book.at(issued).sick_certificate() else { continue };
        let earlier = late.iter().rev().copied().find(|earlier| *earlier < issued);
        certificate.timing = match rule.judge(issued, sent, earlier)? {
            Judgement::InTime => CertificateTiming::InTime,
            Judgement::Late => CertificateTiming::Late,
            Judgement::LateAgain { .. } => CertificateTiming::LateAgain,
        };
        if certificate.timing != CertificateTiming::InTime {
            late.push(issued);
        }
    }
    Ok(())
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
    let mut before = Before::default();
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
        let said = leave.details.as_ref().and_then(|details| details.relapse_of);
        let relapse = said.and_then(|of| leaves.iter().find(|earlier| earlier.sickness == of));
        let relapse = relapse.map(|earlier| EarlierSpell { last: earlier.last, same_cause: true, resumed: true });
        let prolonged = before.last.filter(|earlier| !worked_that_day && prolongs(earlier, leave, employment, book));
        let prolonged = prolonged.map(|earlier| EarlierSpell { last: earlier.last, same_cause: true, resumed: false });
        let earlier = prolonged.or(relapse);
        let exemption = exemption(leave, &before);
        let spell = NewSpell { issued: free, worked_that_day, exemption, earlier };
        let waiting_day = match rules.waiting_day() {
            Ok(rule) => rule.of(spell)?,
            Err(_) => None,
        };
        match nature(leave) {
            Some(SicknessNature::LongTermCondition) => {
                before.long_term_waiting_day = waiting_day.or(before.long_term_waiting_day);
            }
            Some(SicknessNature::ChildDeath) if waiting_day.is_none() && prolonged.is_none() => {
                before.freed_for_a_death = Some(first);
            }
            _ => {}
        }
        before.last = Some(leave);
        let served = employment.statuses().on(first).zip(employment.months_of_service(first));
        let term = served.zip(rules.sick_pay().ok()).and_then(|((status, months), rule)| rule.term(*status, months));
        spells.push(Spell::new(first, leave.last, waiting_day, term.unwrap_or(PayTerm::UNPAID))?);
        ends = Some(leave.last);
        let (Ok(rule), Ok(certificates), Some(_)) = (rules.sick_pay(), rules.sick_certificate(), served) else {
            continue;
        };
        let days = rule.day_by_day(&spells)?.into_iter().filter(|day| day.date >= first);
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

/// What the sick leaves before one tell of its waiting day.
#[derive(Default)]
struct Before<'a> {
    last: Option<&'a SickLeave>,
    long_term_waiting_day: Option<NaiveDate>,
    freed_for_a_death: Option<NaiveDate>,
}

/// Whether a leave of the same kind goes on from another: no work was due between them.
fn prolongs(earlier: &SickLeave, leave: &SickLeave, employment: &Employment, book: &RuleBook) -> bool {
    let between = earlier.last.succ_opt().zip(leave.first.pred_opt()).filter(|(first, last)| first <= last);
    let idle = between.is_none_or(|(first, last)| {
        let between = Period::days(first, last);
        let known = employment.in_service(first) && employment.patterns().on(first).is_some();
        known && between.is_ok_and(|between| employment.due(between, book.calendar()).is_empty())
    });
    idle && earlier.last < leave.first && nature(earlier) == nature(leave)
}

/// What may free it from its waiting day. That a child died within the weeks before was said when it was recorded.
fn exemption(leave: &SickLeave, before: &Before<'_>) -> Option<Exemption> {
    let last_waiting_day = before.long_term_waiting_day;
    match nature(leave)? {
        SicknessNature::Ordinary => None,
        SicknessNature::WorkInjury => Some(Exemption::WorkInjury),
        SicknessNature::LongIllness => Some(Exemption::LongIllness),
        SicknessNature::LongTermCondition => Some(Exemption::LongTermCondition { last_waiting_day }),
        SicknessNature::DeclaredPregnancy => Some(Exemption::DeclaredPregnancy),
        SicknessNature::Miscarriage => Some(Exemption::Miscarriage),
        SicknessNature::ChildDeath => {
            Some(Exemption::ChildDeath { on: leave.first, freed_before: before.freed_for_a_death })
        }
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
        told_of(&official(), leaves)
    }

    fn told_of(employment: &Employment, leaves: &[SickLeave]) -> Vec<(Option<String>, Vec<String>)> {
        let paid = pay(leaves, employment, &RuleBook::embedded().unwrap()).unwrap();
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
    fn what_goes_on_without_a_day_of_work_waits_once() {
        let pattern = events::pattern::WorkCycle::weekly("11111111110000").unwrap();
        let works = official().after(&EmploymentEvent::WorkPatternSet { pattern, from: day("2020-01-01") });
        let waits = |leaves: &[SickLeave]| {
            let paid = pay(leaves, &works, &RuleBook::embedded().unwrap()).unwrap();
            leaves.iter().map(|leave| paid[&leave.sickness].waiting_day.is_some()).collect::<Vec<_>>()
        };
        let week = || sick("2026-01-05", "2026-01-09");
        assert_eq!(waits(&[week(), sick("2026-01-10", "2026-01-16")]), [true, false]);
        assert_eq!(waits(&[week(), sick("2026-01-12", "2026-01-16")]), [true, false], "over a week-end");
        assert_eq!(waits(&[week(), sick("2026-01-13", "2026-01-16")]), [true, true], "after a Monday at work");
        let pregnant = with(SicknessNature::DeclaredPregnancy, None, week());
        assert_eq!(waits(&[pregnant, sick("2026-01-12", "2026-01-16")]), [false, true], "for something else");
        let other = SickLeave { worked_first: true, ..sick("2026-01-12", "2026-01-16") };
        assert_eq!(waits(&[week(), other]), [true, true], "after a morning at work");
    }

    #[test]
    fn the_first_leave_after_the_death_of_a_child_is_free_and_the_next_in_13_weeks_is_not() {
        let mourning = |first, last| with(SicknessNature::ChildDeath, None, sick(first, last));
        let leaves = [
            mourning("2026-01-05", "2026-01-09"),
            mourning("2026-02-02", "2026-02-06"),
            mourning("2026-04-06", "2026-04-10"),
        ];
        let waits: Vec<_> = told(&leaves).into_iter().map(|(waiting_day, _)| waiting_day).collect();
        assert_eq!(waits, [None, Some("2026-02-02".to_owned()), None]);
    }

    #[test]
    fn a_contract_of_less_than_four_months_is_told_that_it_is_not_paid() {
        let from = day("2026-01-05");
        let new = Employment::default()
            .after(&EmploymentEvent::ServiceEntered { on: from })
            .after(&EmploymentEvent::StatusSet { status: Status::Contract, from });
        let leave = sick("2026-02-02", "2026-02-06");
        let paid = pay(std::slice::from_ref(&leave), &new, &RuleBook::embedded().unwrap()).unwrap();
        let (first, last) = (leave.first, leave.last);
        assert_eq!(paid[&leave.sickness].periods, [PayPeriod { first, last, share: "0".to_owned() }]);
    }

    #[test]
    fn a_contract_uses_its_term_up_by_what_each_leave_was_paid() {
        let since = |from: &str| {
            Employment::default()
                .after(&EmploymentEvent::ServiceEntered { on: day(from) })
                .after(&EmploymentEvent::StatusSet { status: Status::Contract, from: day(from) })
        };
        let second_of = |employment, leaves: [SickLeave; 2]| told_of(&employment, &leaves)[1].1.clone();
        // 30 and 30 days in its 22nd month of service, 60 and 60 in its 25th.
        let leaves = [sick("2025-11-01", "2025-12-30"), sick("2026-02-01", "2026-03-31")];
        let periods = ["2026-02-01 2026-02-01 0", "2026-02-02 2026-03-02 9/10", "2026-03-03 2026-03-31 1/2"];
        assert_eq!(second_of(since("2024-01-01"), leaves), periods);
        // Nothing before four months of service.
        let leaves = [sick("2026-02-02", "2026-03-31"), sick("2026-06-01", "2026-08-31")];
        let periods = [
            "2026-06-01 2026-06-01 0",
            "2026-06-02 2026-06-30 9/10",
            "2026-07-01 2026-07-30 1/2",
            "2026-07-31 2026-08-31 0",
        ];
        assert_eq!(second_of(since("2026-01-01"), leaves), periods);
    }

    #[test]
    fn certificates_are_judged_by_their_dates_and_not_by_their_arrival() {
        let late = |first: &str, sent: &str, timing| {
            let certificate = Some(Certificate { issued: day(first), sent: day(sent), timing });
            SickLeave { certificate, ..sick(first, first) }
        };
        // The one of March arrived before the one of January.
        let mut leaves = [
            late("2026-01-05", "2026-01-12", CertificateTiming::Late),
            late("2026-03-02", "2026-03-09", CertificateTiming::Late),
            late("2026-05-04", "2026-05-05", CertificateTiming::LateAgain),
        ];
        judge(&mut leaves, &RuleBook::embedded().unwrap()).unwrap();
        let timings = leaves.map(|leave| leave.certificate.unwrap().timing);
        assert_eq!(timings, [CertificateTiming::Late, CertificateTiming::LateAgain, CertificateTiming::InTime]);
    }

    #[test]
    fn two_halves_of_a_day_are_one_day_of_the_first() {
        let told = told(&[sick("2026-01-05", "2026-01-05"), sick("2026-01-05", "2026-01-06")]);
        assert_eq!(told[1].1, ["2026-01-06 2026-01-06 0"]);
    }
}
