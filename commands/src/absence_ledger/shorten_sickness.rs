use super::{AbsenceRefusal, Facts, announce_overdrafts};
use events::leave::AbsenceEvent;
use events::{Actor, HalfDaySet, Sealed, SicknessId};
use rules::Ledger;
use rules::period::HalfDay;

/// Ends a sickness earlier than it was recorded. Leave that it gave back stays given back: who wants it asks anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShortenSickness {
    /// The spell.
    pub sickness: SicknessId,
    /// The half-day of the return.
    pub back: HalfDay,
    /// Why.
    pub motive: Sealed<String>,
    /// Who records it.
    pub by: Actor,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: ShortenSickness) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let ShortenSickness { sickness, back, motive, by, facts } = command;
    facts.by_another(by)?;
    let current = state.sickness(sickness).ok_or(AbsenceRefusal::UnknownSickness)?;
    let released: HalfDaySet = current.half_days.iter().filter(|half_day| *half_day >= back).collect();
    let never_was = current.half_days.is_empty() && !current.is_void() && back <= current.period.start();
    if released.is_empty() && !never_was {
        return Err(AbsenceRefusal::NotAfter);
    }
    let shortened = AbsenceEvent::SicknessShortened { sickness, released, motive };
    Ok(announce_overdrafts::with(state, shortened, &facts))
}
