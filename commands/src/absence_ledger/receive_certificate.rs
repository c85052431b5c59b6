use super::{AbsenceRefusal, Facts};
use chrono::NaiveDate;
use events::SicknessId;
use events::leave::{AbsenceEvent, CertificateTiming};
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
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: ReceiveCertificate) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let ReceiveCertificate { sickness, issued, sent, facts } = command;
    let current = state.sickness(sickness).ok_or(AbsenceRefusal::UnknownSickness)?;
    if current.certificate.is_some() {
        return Err(AbsenceRefusal::AlreadyRecorded);
    }
    if sent < issued {
        return Err(AbsenceRefusal::Reversed);
    }
    let earlier_lateness = state
        .sicknesses()
        .filter_map(|(_, other)| other.certificate)
        .filter(|(other, timing)| *timing != CertificateTiming::InTime && *other < issued)
        .map(|(other, _)| other)
        .max();
    let timing = match facts.law.at(issued).sick_certificate()?.judge(issued, sent, earlier_lateness)? {
        Certificate::InTime => CertificateTiming::InTime,
        Certificate::Late => CertificateTiming::Late,
        Certificate::LateAgain { .. } => CertificateTiming::LateAgain,
    };
    Ok(vec![AbsenceEvent::CertificateReceived { sickness, issued, sent, timing }])
}
