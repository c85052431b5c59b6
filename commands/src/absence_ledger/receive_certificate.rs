use super::{AbsenceRefusal, Facts};
use chrono::{Days, NaiveDate};
use events::leave::{AbsenceEvent, CertificateTiming};
use events::{Actor, SicknessId};
use rules::Ledger;
use rules::sickness::Certificate;

/// Records that the certificate of a sickness arrived, and judges whether it was in time (D 87-602 art. 15).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiveCertificate {
    /// The spell.
    pub sickness: SicknessId,
    /// When it was issued.
    pub issued: NaiveDate,
    /// When it was sent.
    pub sent: NaiveDate,
    /// Who records it.
    pub by: Actor,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

/// A month (convention): a doctor may order a rest that begins after an operation to come.
const MOST_DAYS_BEFORE: u64 = 31;

pub(super) fn decide(state: &Ledger, command: ReceiveCertificate) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let ReceiveCertificate { sickness, issued, sent, by, facts } = command;
    facts.by_another(by)?;
    let current = state.sickness(sickness).ok_or(AbsenceRefusal::UnknownSickness)?;
    if current.certificate.is_some() {
        return Err(AbsenceRefusal::AlreadyRecorded);
    }
    let timing = judged(state, sickness, issued, sent, &facts)?;
    Ok(vec![AbsenceEvent::CertificateReceived { sickness, issued, sent, timing }])
}

/// Whether a certificate of these dates was in time, by the law and what is known of the agent's others; what was
/// recorded by mistake is none of them.
pub(super) fn judged(
    state: &Ledger,
    sickness: SicknessId,
    issued: NaiveDate,
    sent: NaiveDate,
    facts: &Facts,
) -> Result<CertificateTiming, AbsenceRefusal> {
    let current = state.sickness(sickness).ok_or(AbsenceRefusal::UnknownSickness)?;
    if current.is_void() {
        return Err(AbsenceRefusal::VoidSickness);
    }
    if sent < issued {
        return Err(AbsenceRefusal::SentBeforeIssue);
    }
    if facts.on < sent {
        return Err(AbsenceRefusal::Ahead);
    }
    let from = current.period.start().date - Days::new(MOST_DAYS_BEFORE);
    if issued < from {
        return Err(AbsenceRefusal::OtherCertificate { from });
    }
    let earlier_lateness = state
        .sicknesses()
        .filter(|(other, spell)| *other != sickness && !spell.is_void())
        .filter_map(|(_, other)| other.certificate)
        .filter(|(other, timing)| *timing != CertificateTiming::InTime && *other < issued)
        .map(|(other, _)| other)
        .max();
    Ok(match facts.law.at(issued).sick_certificate()?.judge(issued, sent, earlier_lateness)? {
        Certificate::InTime => CertificateTiming::InTime,
        Certificate::Late => CertificateTiming::Late,
        Certificate::LateAgain { .. } => CertificateTiming::LateAgain,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::AbsenceLedger;
    use crate::absence_ledger::samples::*;
    use crate::specification::given;

    fn receive(number: u128, issued: &str, sent: &str) -> ReceiveCertificate {
        ReceiveCertificate {
            sickness: sickness(number),
            issued: day(issued),
            sent: day(sent),
            by: Actor::Account(account(HR)),
            facts: facts("2026-08-01"),
        }
    }

    fn received(number: u128, issued: &str, sent: &str, timing: CertificateTiming) -> AbsenceEvent {
        AbsenceEvent::CertificateReceived { sickness: sickness(number), issued: day(issued), sent: day(sent), timing }
    }

    #[test]
    fn late_once_warns_and_late_again_within_two_years_costs() {
        let spells =
            after([sick(1, days("2026-03-02", "2026-03-03")).into(), sick(2, days("2026-06-01", "2026-06-02")).into()]);
        let on = |events: &[AbsenceEvent]| given::<AbsenceLedger>(events.to_vec());
        on(&spells).when(receive(1, "2026-03-02", "2026-03-03")).then([received(
            1,
            "2026-03-02",
            "2026-03-03",
            CertificateTiming::InTime,
        )]);
        let late = received(1, "2026-03-02", "2026-03-04", CertificateTiming::Late);
        on(&spells).when(receive(1, "2026-03-02", "2026-03-04")).then([late.clone()]);
        let spells = [spells, vec![late]].concat();
        on(&spells).when(receive(2, "2026-06-01", "2026-06-05")).then([received(
            2,
            "2026-06-01",
            "2026-06-05",
            CertificateTiming::LateAgain,
        )]);
        on(&spells).when(receive(1, "2026-03-02", "2026-03-04")).refused(AbsenceRefusal::AlreadyRecorded);
        on(&spells).when(receive(2, "2026-06-05", "2026-06-01")).refused(AbsenceRefusal::SentBeforeIssue);
        on(&spells).when(receive(2, "2026-08-01", "2026-08-02")).refused(AbsenceRefusal::Ahead);
        on(&spells)
            .when(ReceiveCertificate { by: Actor::Account(account(AGENT)), ..receive(2, "2026-06-01", "2026-06-01") })
            .refused(AbsenceRefusal::OwnMatter);
        for first in ["2020-01-01", "2026-04-30"] {
            on(&spells)
                .when(receive(2, first, first))
                .refused(AbsenceRefusal::OtherCertificate { from: day("2026-05-01") });
        }
        let early = received(2, "2026-05-01", "2026-05-02", CertificateTiming::InTime);
        on(&spells[..2]).when(receive(2, "2026-05-01", "2026-05-02")).then([early]);
        on(&spells).when(receive(3, "2026-06-01", "2026-06-01")).refused(AbsenceRefusal::UnknownSickness);
    }

    #[test]
    fn a_spell_that_never_was_has_no_certificate_and_makes_none_late_again() {
        let void = |number, half_days: &[&str]| {
            let released = halves(half_days);
            AbsenceEvent::SicknessShortened { sickness: sickness(number), released, motive: sealed("why") }
        };
        let spells =
            after([sick(1, days("2026-03-02", "2026-03-03")).into(), sick(2, days("2026-06-01", "2026-06-02")).into()]);
        let late = received(1, "2026-03-02", "2026-03-04", CertificateTiming::Late);
        let late = [spells, vec![late]].concat();
        let voided = [late.clone(), vec![void(1, &["2026-03-02", "2026-03-03"])]].concat();
        let on = |events: &[AbsenceEvent]| given::<AbsenceLedger>(events.to_vec());
        let again = received(2, "2026-06-01", "2026-06-05", CertificateTiming::LateAgain);
        on(&late).when(receive(2, "2026-06-01", "2026-06-05")).then([again]);
        let once = received(2, "2026-06-01", "2026-06-05", CertificateTiming::Late);
        on(&voided).when(receive(2, "2026-06-01", "2026-06-05")).then([once]);
        let voided = [voided, vec![void(2, &["2026-06-01", "2026-06-02"])]].concat();
        on(&voided).when(receive(2, "2026-06-01", "2026-06-01")).refused(AbsenceRefusal::VoidSickness);
    }
}
