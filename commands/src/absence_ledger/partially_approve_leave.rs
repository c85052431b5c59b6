use super::approve_leave::{approved, covered, in_service, staffed};
use super::{AbsenceRefusal, AsSeen, Authority, Facts, Motivated, SpecialMotive, of_right};
use events::leave::{AbsenceEvent, Staffing};
use events::{HalfDaySet, Sealed};
use rules::Ledger;

/// Approves a part of a leave and refuses the rest of it, half-day by half-day. What the law grants is not refused in
/// part either.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartiallyApproveLeave {
    /// What is approved in part.
    pub seen: AsSeen,
    /// What is refused: some of its half-days, not all.
    pub refused: HalfDaySet,
    /// Why.
    pub motive: Option<Sealed<String>>,
    /// The motive of a special absence, as the rules name it; it is not kept.
    pub special_motive: Option<SpecialMotive>,
    /// Who decides.
    pub authority: Authority,
    /// The staffing of the unit with what is approved, as the journal stood.
    pub staffing: Option<Staffing>,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: PartiallyApproveLeave) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let PartiallyApproveLeave { seen, refused, motive, special_motive, authority, staffing, facts } = command;
    let (current, decider) = authority.over(state, seen)?;
    of_right::refusable(state, &current, special_motive.as_ref(), "half_days", &facts)?;
    let active = current.active();
    if refused.is_empty() || !refused.is_within(&active) || refused == active {
        return Err(AbsenceRefusal::NotPartOf);
    }
    let motive = motive.ok_or(AbsenceRefusal::NoMotive(Motivated::Refusal))?;
    staffed(&current, staffing.as_ref())?;
    let rest = approved(seen, &current, decider, staffing, &authority);
    let AsSeen { leave, step, .. } = seen;
    let in_part = AbsenceEvent::LeavePartiallyApproved { leave, step, refused, motive, decider };
    let after = state.clone().after(&in_part);
    after.leave(leave).map_or(Ok(()), |rest| in_service(rest, &facts))?;
    covered(&after, seen, &facts)?;
    Ok(vec![in_part, rest])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::AbsenceLedger;
    use crate::absence_ledger::samples::*;
    use crate::specification::given;
    use events::leave::LeaveType;
    use rules::HalfDays;

    fn partially(refused: &[&str]) -> PartiallyApproveLeave {
        PartiallyApproveLeave {
            seen: seen(1, 0),
            refused: halves(refused),
            motive: motive(),
            special_motive: None,
            authority: authority(MANAGER),
            staffing: None,
            facts: facts("2026-01-05"),
        }
    }

    #[test]
    fn the_first_day_is_refused_and_the_others_granted() {
        let decider = by_manager();
        let refused = halves(&["2026-05-04"]);
        let motive = sealed("why");
        let events = [
            AbsenceEvent::LeavePartiallyApproved { leave: leave(1), step: 0, refused, motive, decider },
            AbsenceEvent::LeaveApproved { leave: leave(1), step: 0, decider, staffing: None },
        ];
        given::<AbsenceLedger>(asked()).when(partially(&["2026-05-04"])).then(events.clone());
        let after = [asked(), events.to_vec()].concat();
        assert_eq!(ledger(&after).away(), halves(&["2026-05-05", "2026-05-06", "2026-05-07"]));
        assert_eq!(available(&after, annual(2026), "2026-05-04"), HalfDays::days(22));
    }

    #[test]
    fn no_part_of_what_the_law_grants_is_refused() {
        let maternity = LeaveType::Maternity;
        let asked = request(1, maternity, days("2026-04-29", "2026-08-18"));
        let asked = asked.with(|asked| asked.circumstances = Some(pregnancy()));
        given::<AbsenceLedger>(after([asked.into()]))
            .when(PartiallyApproveLeave { authority: authority(HR), ..partially(&["2026-04-29"]) })
            .refused(AbsenceRefusal::OfRight { leave_type: maternity, field: "half_days" });
    }

    #[test]
    fn a_part_is_some_of_it_and_has_a_motive() {
        for refused in [&[][..], &["2026-05-08"], &["2026-05-04", "2026-05-05", "2026-05-06", "2026-05-07"]] {
            given::<AbsenceLedger>(asked()).when(partially(refused)).refused(AbsenceRefusal::NotPartOf);
        }
        given::<AbsenceLedger>(asked())
            .when(PartiallyApproveLeave { motive: None, ..partially(&["2026-05-04"]) })
            .refused(AbsenceRefusal::NoMotive(Motivated::Refusal));
    }
}
