use super::receive_certificate::judged;
use super::{AbsenceRefusal, Facts};
use chrono::NaiveDate;
use events::leave::AbsenceEvent;
use events::{Actor, Sealed, SicknessId};
use rules::Ledger;

/// Corrects the dates of a certificate that were recorded wrongly, and judges anew whether it was in time (D 87-602
/// art. 15). Later ones are judged by these dates wherever they are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrectCertificate {
    /// The spell.
    pub sickness: SicknessId,
    /// When it was issued.
    pub issued: NaiveDate,
    /// When it was sent.
    pub sent: NaiveDate,
    /// Why.
    pub motive: Sealed<String>,
    /// Who records it.
    pub by: Actor,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: CorrectCertificate) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let CorrectCertificate { sickness, issued, sent, motive, by, facts } = command;
    facts.by_another(by)?;
    let current = state.sickness(sickness).ok_or(AbsenceRefusal::UnknownSickness)?;
    if current.certificate.is_none() {
        return Err(AbsenceRefusal::NoCertificate);
    }
    let timing = judged(state, sickness, issued, sent, &facts)?;
    Ok(vec![AbsenceEvent::CertificateCorrected { sickness, issued, sent, timing, motive }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::AbsenceLedger;
    use crate::absence_ledger::samples::*;
    use crate::specification::given;
    use events::leave::CertificateTiming;

    fn correct(number: u128, issued: &str, sent: &str) -> CorrectCertificate {
        CorrectCertificate {
            sickness: sickness(number),
            issued: day(issued),
            sent: day(sent),
            motive: sealed("why"),
            by: Actor::Account(account(HR)),
            facts: facts("2026-08-01"),
        }
    }

    fn corrected(number: u128, issued: &str, sent: &str, timing: CertificateTiming) -> AbsenceEvent {
        let (issued, sent, motive) = (day(issued), day(sent), sealed("why"));
        AbsenceEvent::CertificateCorrected { sickness: sickness(number), issued, sent, timing, motive }
    }

    #[test]
    fn a_certificate_is_judged_by_its_right_dates_and_a_later_one_anew() {
        let spells =
            after([sick(1, days("2026-03-02", "2026-03-03")).into(), sick(2, days("2026-06-01", "2026-06-02")).into()]);
        let received = |number, issued: &str, sent: &str, timing| {
            let (issued, sent) = (day(issued), day(sent));
            AbsenceEvent::CertificateReceived { sickness: sickness(number), issued, sent, timing }
        };
        let late = received(1, "2026-03-02", "2026-03-05", CertificateTiming::Late);
        let again = received(2, "2026-06-01", "2026-06-05", CertificateTiming::LateAgain);
        let recorded = [spells.clone(), vec![late, again]].concat();
        let on = |events: &[AbsenceEvent]| given::<AbsenceLedger>(events.to_vec());
        let in_time = corrected(1, "2026-03-02", "2026-03-03", CertificateTiming::InTime);
        on(&recorded).when(correct(1, "2026-03-02", "2026-03-03")).then([in_time.clone()]);
        // Its own lateness is none before it.
        let still_late = corrected(1, "2026-03-03", "2026-03-06", CertificateTiming::Late);
        on(&recorded).when(correct(1, "2026-03-03", "2026-03-06")).then([still_late]);
        let first_time = corrected(2, "2026-06-01", "2026-06-05", CertificateTiming::Late);
        on(&[recorded.clone(), vec![in_time]].concat()).when(correct(2, "2026-06-01", "2026-06-05")).then([first_time]);

        on(&spells).when(correct(1, "2026-03-02", "2026-03-03")).refused(AbsenceRefusal::NoCertificate);
        on(&recorded).when(correct(3, "2026-03-02", "2026-03-03")).refused(AbsenceRefusal::UnknownSickness);
        on(&recorded).when(correct(1, "2026-03-03", "2026-03-02")).refused(AbsenceRefusal::SentBeforeIssue);
        on(&recorded).when(correct(1, "2026-03-02", "2026-08-02")).refused(AbsenceRefusal::Ahead);
        let own = CorrectCertificate { by: Actor::Account(account(AGENT)), ..correct(1, "2026-03-02", "2026-03-03") };
        on(&recorded).when(own).refused(AbsenceRefusal::OwnMatter);
    }
}
