use super::{AbsenceRefusal, Facts};
use events::leave::{AbsenceEvent, MedicalDetails, Recredit};
use events::{Actor, HalfDaySet, Sealed, SicknessId};
use rules::Ledger;
use rules::ledger::Unquotable;
use rules::period::Period;

/// Records a sickness. What it falls on of leave that sickness gives back returns to its counters in the same event
/// (D 85-1250 art. 5-1); half-days taken by anything else stay what they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordSickness {
    /// The spell.
    pub sickness: SicknessId,
    /// From when to when.
    pub period: Period,
    /// What is medical.
    pub details: Option<Sealed<MedicalDetails>>,
    /// Who records it.
    pub by: Actor,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

/// Five years, the longest of all (CGFP L.822-12).
const MOST_DAYS: i64 = 5 * 366;

pub(super) fn decide(state: &Ledger, command: RecordSickness) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let RecordSickness { sickness, period, details, by, facts } = command;
    facts.by_another(by)?;
    if state.sickness(sickness).is_some() {
        return Err(AbsenceRefusal::AlreadyRecorded);
    }
    let first = period.start().date;
    if (period.end().date - first).num_days() >= MOST_DAYS {
        return Err(AbsenceRefusal::SicknessTooLong { most_days: MOST_DAYS });
    }
    let due = facts.employment.due(period, facts.law.calendar());
    if due.is_empty() {
        return Err(Unquotable::Empty(period).into());
    }
    let recredited = recredits(state, &due, &facts)?;
    let given_back: HalfDaySet = recredited.iter().flat_map(|recredit| recredit.half_days.iter()).collect();
    let half_days = due.without(&state.away().without(&given_back));
    if half_days.is_empty() {
        return Err(match state.taken_by(&due) {
            Some(with) => Unquotable::Overlapping { with }.into(),
            None => AbsenceRefusal::Nothing,
        });
    }
    Ok(vec![AbsenceEvent::SicknessRecorded {
        sickness,
        period,
        half_days,
        recredited,
        rules: facts.law.version(),
        unit: facts.employment.units().on(first).copied(),
        details,
    }])
}

fn recredits(state: &Ledger, due: &HalfDaySet, facts: &Facts) -> Result<Vec<Recredit>, AbsenceRefusal> {
    let mut recredited = Vec::new();
    for (leave, entry) in state.leaves() {
        let half_days = entry.active().and(due);
        if let Some(first) = half_days.first()
            && facts.type_rule(entry.leave_type, first.date)?.recredited_by_sickness
        {
            recredited.push(Recredit { leave, half_days });
        }
    }
    Ok(recredited)
}
