use super::*;
use events::employment::EmploymentEvent;
use events::status::Status;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn sick(first: &str, last: &str) -> SickLeave {
    let sickness = SicknessId::new();
    SickLeave { sickness, first: day(first), last: day(last), worked_first: false, details: None, certificate: None }
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
    let certificate = Some(JudgedCertificate { issued, sent, timing: CertificateTiming::LateAgain });
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
fn a_year_of_sick_leave_is_paid_anew_only_after_service() {
    let pattern = events::pattern::WorkCycle::weekly("11111111110000").unwrap();
    let works = official().after(&EmploymentEvent::WorkPatternSet { pattern, from: day("2020-01-01") });
    let year = || sick("2025-01-06", "2026-01-09");
    let share = |leaves: &[SickLeave]| told_of(&works, leaves).pop().unwrap().1.pop().unwrap();
    assert_eq!(share(&[year()]), "2026-01-01 2026-01-09 0");
    let next = || sick("2026-01-12", "2026-01-30");
    assert_eq!(share(&[year(), next()]), "2026-01-12 2026-01-30 0", "over a week-end");
    let injury = with(SicknessNature::WorkInjury, None, sick("2026-01-12", "2026-01-16"));
    let after = sick("2026-01-19", "2026-01-30");
    assert_eq!(share(&[year(), injury, after]), "2026-01-19 2026-01-30 0", "an injury of service is no service");
    let miscarriage = with(SicknessNature::Miscarriage, None, next());
    assert_eq!(share(&[year(), miscarriage]), "2026-01-12 2026-01-30 0", "of another kind");
    let back = sick("2026-01-13", "2026-01-30");
    assert_eq!(share(&[year(), back]), "2026-01-14 2026-01-30 9/10", "after a Monday at work");
}

#[test]
fn certificates_are_judged_by_their_dates_and_not_by_their_arrival() {
    let late = |first: &str, sent: &str, timing| {
        let certificate = Some(JudgedCertificate { issued: day(first), sent: day(sent), timing });
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
