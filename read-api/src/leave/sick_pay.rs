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
    pub(super) certificate: Option<JudgedCertificate>,
}

/// The certificate of a sick leave.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct JudgedCertificate {
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
        let JudgedCertificate { issued, sent, .. } = *certificate;
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
        let spell = Spell::new(first, leave.last, waiting_day, term.unwrap_or(PayTerm::UNPAID))?;
        let goes_on = !worked_that_day && ends.is_some_and(|ends| is_idle(ends, free, leaves, employment, book));
        spells.push(if goes_on { spell.unbroken() } else { spell });
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
    let idle = is_idle(earlier.last, leave.first, &[], employment, book);
    idle && earlier.last < leave.first && nature(earlier) == nature(leave)
}

/// Whether no work was due after `last` and before `first`, but on days of the `sick`. Other leave is taken on days of work,
/// so that it counts as service (convention).
fn is_idle(last: NaiveDate, first: NaiveDate, sick: &[SickLeave], employment: &Employment, book: &RuleBook) -> bool {
    let between = last.succ_opt().zip(first.pred_opt()).filter(|(from, to)| from <= to);
    let is_sick = |date| sick.iter().any(|leave| (leave.first..=leave.last).contains(&date));
    between.is_none_or(|(from, to)| {
        let known = employment.in_service(from) && employment.patterns().on(from).is_some();
        let due = Period::days(from, to).map(|between| employment.due(between, book.calendar()));
        known && due.is_ok_and(|due| due.iter().all(|half_day| is_sick(half_day.date)))
    })
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
mod tests;
