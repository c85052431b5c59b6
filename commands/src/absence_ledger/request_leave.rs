use super::special_motive::{self, Absence, Kept};
use super::{AbsenceRefusal, Child, Colleague, Facts, SpecialMotive, conditions, served};
use events::leave::{AbsenceEvent, LeaveType, Staffing, Warning};
use events::validation::RouteRule;
use events::{LeaveId, Sealed};
use rules::Ledger;
use rules::family::Circumstances;
use rules::period::Period;

/// Asks for a leave. What it takes is counted here, once, and reserved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestLeave {
    /// What it is.
    pub leave_type: LeaveType,
    /// For when, and what is so around it.
    pub asked: Asked,
    /// Who is to stand in.
    pub replacement: Option<Colleague>,
}

/// Dates that are asked for, at first or in place of others, and what they are decided on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The leave.
    pub leave: LeaveId,
    /// From when to when.
    pub period: Period,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
    /// The validation routes of the agent's unit, as its stream says.
    pub routes: Vec<RouteRule>,
    /// The staffing of the unit with this leave, as the journal stood; none for who has no unit.
    pub staffing: Option<Staffing>,
    /// Why, in the agent's words.
    pub reason: Option<Sealed<String>>,
    /// The motive of a special absence; in an amendment again, for decisions cannot read the sealed one.
    pub special_motive: Option<SpecialMotive>,
    /// What the length of a family leave follows from; in an amendment again, for it is not kept.
    pub circumstances: Option<Circumstances>,
    /// The same of a child that comes, as it is kept.
    pub child: Option<Child>,
}

pub(super) fn decide(state: &Ledger, command: RequestLeave) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let RequestLeave { leave_type, asked, replacement } = command;
    let Asked { leave, period, facts, routes, staffing, reason, special_motive, circumstances, child } = asked;
    if state.leave(leave).is_some() {
        return Err(AbsenceRefusal::AlreadyRecorded);
    }
    let replacement = replacement.map(|one| one.during(period, facts.agent, facts.on)).transpose()?;
    let first = period.start().date;
    if !facts.type_rule(leave_type, first)?.requested {
        return Err(AbsenceRefusal::NotRequestable { leave_type });
    }
    facts.askable(first)?;
    let quote = facts.quote(state, leave_type, period)?;
    let count = quote.count();
    let absence = Absence { leave_type, period, charges: &quote.charges, circumstances, child: child.as_ref() };
    let Kept { special_motive, occasion } = special_motive::checked(special_motive, &absence, state, &facts)?;
    conditions::check(&absence, &conditions::others(state, leave_type, &facts), Some(facts.on), &facts)?;
    let route = facts.law.at(facts.on).validation_routes()?.route(&routes, leave_type, count);
    let requested = AbsenceEvent::LeaveRequested {
        leave,
        leave_type,
        period,
        warnings: warnings(quote.warnings, staffing),
        charges: quote.charges,
        rules: facts.law.version(),
        route,
        unit: facts.employment.units().on(first).copied(),
        reason,
        special_motive,
        occasion,
        at: facts.at,
    };
    served::covered(leave_type, period, state, &state.clone().after(&requested), &facts)?;
    let named = replacement.map(|replacement| AbsenceEvent::ReplacementNamed { leave, replacement });
    Ok(std::iter::once(requested).chain(named).collect())
}

/// What the rules warn of, and the unit's staffing where it would suffer.
pub(super) fn warnings(mut warnings: Vec<Warning>, staffing: Option<Staffing>) -> Vec<Warning> {
    let short = staffing.filter(|staffing| !staffing.breaches.is_empty());
    warnings.extend(short.map(Warning::Understaffed));
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::AbsenceLedger;
    use crate::absence_ledger::samples::*;
    use crate::specification::given;
    use events::HalfDaySet;
    use events::leave::Charge;
    use rules::HalfDays;
    use rules::ledger::{Absence, Unquotable};
    use rules::special_absence::SpecialAbsenceRefused;

    fn requested(charges: Vec<Charge>, warnings: Vec<Warning>, period: Period) -> AbsenceEvent {
        AbsenceEvent::LeaveRequested {
            leave: leave(1),
            leave_type: LeaveType::AnnualLeave,
            period,
            charges,
            rules: law().version(),
            route: law().at(day("2026-01-02")).validation_routes().unwrap().route(
                &[],
                LeaveType::AnnualLeave,
                HalfDays::days(4),
            ),
            unit: Some(unit()),
            warnings,
            reason: None,
            special_motive: None,
            occasion: None,
            at: noon("2026-01-02"),
        }
    }

    fn charge(half_days: HalfDaySet) -> Vec<Charge> {
        vec![Charge { counter: Some(annual(2026)), half_days, available: Some(HalfDays::days(25)) }]
    }

    #[test]
    fn a_request_freezes_its_half_days_its_rules_and_its_route() {
        let charges = charge(halves(&["2026-05-04", "2026-05-05", "2026-05-06", "2026-05-07"]));
        given::<AbsenceLedger>([]).when(annual_leave(1, "2026-05-04", "2026-05-08")).then([requested(
            charges,
            vec![],
            days("2026-05-04", "2026-05-08"),
        )]);
    }

    #[test]
    fn nobody_asks_for_leave_more_than_two_years_ahead() {
        let unpaid = |first| request(1, LeaveType::Unpaid, days(first, first));
        assert_eq!(decide(&Ledger::default(), unpaid("2028-01-03")).unwrap().len(), 1);
        let refusal = AbsenceRefusal::TooFarAhead { field: "first", most_days: 731 };
        for far in ["2028-01-04", "2097-06-03"] {
            given::<AbsenceLedger>([]).when(unpaid(far)).refused(refusal.clone());
        }
        let amended = crate::absence_ledger::AmendLeave(dates(1, days("2097-06-03", "2097-06-03"), "2026-01-03"));
        given::<AbsenceLedger>(after([unpaid("2026-06-03").into()])).when(amended).refused(refusal);
    }

    #[test]
    fn a_half_day_is_half_a_day() {
        let period = from_to("2026-05-13 PM", "2026-05-15 AM");
        given::<AbsenceLedger>([]).when(request(1, LeaveType::AnnualLeave, period)).then([requested(
            charge(halves(&["2026-05-13 PM", "2026-05-15 AM"])),
            vec![],
            period,
        )]);
    }

    #[test]
    fn the_second_half_of_a_day_can_be_taken_after_the_first() {
        let morning = request(1, LeaveType::AnnualLeave, from_to("2026-05-12 AM", "2026-05-12 AM"));
        let afternoon = request(2, LeaveType::AnnualLeave, from_to("2026-05-12 PM", "2026-05-12 PM"));
        after([morning.into(), afternoon.into()]);
    }

    #[test]
    fn a_day_of_which_half_is_taken_is_refused() {
        let morning = request(1, LeaveType::AnnualLeave, from_to("2026-05-12 AM", "2026-05-12 AM"));
        given::<AbsenceLedger>(after([morning.into()]))
            .when(annual_leave(2, "2026-05-12", "2026-05-12"))
            .refused(Unquotable::Overlapping { with: Absence::Leave(leave(1)) }.into());
    }

    #[test]
    fn holidays_and_days_off_are_no_leave() {
        let period = days("2026-05-08", "2026-05-10");
        given::<AbsenceLedger>([]).when(request(1, LeaveType::Rtt, period)).refused(Unquotable::Empty(period).into());
    }

    #[test]
    fn what_is_pending_reserves() {
        let all = after([
            annual_leave(1, "2026-03-02", "2026-03-20").into(),
            annual_leave(2, "2026-09-07", "2026-09-18").into(),
            annual_leave(3, "2026-10-05", "2026-10-06").into(),
        ]);
        let refusal = Unquotable::Insufficient {
            leave_type: LeaveType::AnnualLeave,
            asked: HalfDays::days(1),
            available: HalfDays::ZERO,
        };
        given::<AbsenceLedger>(all).when(annual_leave(4, "2026-10-12", "2026-10-12")).refused(refusal.into());
    }

    #[test]
    fn what_was_refused_or_taken_back_does_not() {
        let withdrawn = after([
            annual_leave(1, "2026-05-04", "2026-05-08").into(),
            crate::absence_ledger::WithdrawLeave { leave: leave(1) }.into(),
        ]);
        assert_eq!(available(&withdrawn, annual(2026), "2026-05-04"), HalfDays::days(25));
        given::<AbsenceLedger>(withdrawn)
            .when(annual_leave(2, "2026-05-04", "2026-05-08").with(|asked| asked.leave = leave(1)))
            .refused(AbsenceRefusal::AlreadyRecorded);
    }

    #[test]
    fn an_understaffed_unit_warns_and_hinders_nothing() {
        let staffing = understaffed(&["2026-05-04 AM"]);
        let command = annual_leave(1, "2026-05-04", "2026-05-08").with(|asked| asked.staffing = Some(staffing.clone()));
        let charges = charge(halves(&["2026-05-04", "2026-05-05", "2026-05-06", "2026-05-07"]));
        let period = days("2026-05-04", "2026-05-08");
        given::<AbsenceLedger>([]).when(command).then([requested(
            charges,
            vec![Warning::Understaffed(staffing)],
            period,
        )]);
    }

    fn beyond(days: u32) -> AbsenceRefusal {
        SpecialAbsenceRefused::Days { given: HalfDays::days(days), before: HalfDays::ZERO }.into()
    }

    #[test]
    fn a_special_absence_has_a_motive_that_the_rules_know_and_no_more_days_than_it_gives() {
        let absent = |name: Option<&str>, last| {
            request(1, LeaveType::SpecialAbsence, days("2026-06-01", last)).with(|asked| {
                asked.special_motive = name.and_then(|name| special(name, Some("2026-05-30"), 1));
            })
        };
        let law = law();
        let rule = law.at(day("2026-06-01")).special_absences().unwrap();
        let known = rule.motives().iter().map(|one| one.motive.clone());
        let known: Vec<_> = known.chain(["death_of_child".to_owned()]).collect();
        let unknown = AbsenceRefusal::from(SpecialAbsenceRefused::Motive { known });
        after([absent(Some("marriage_or_pacs"), "2026-06-08").into()]);
        for (command, refusal) in [
            (absent(None, "2026-06-01"), unknown.clone()),
            (absent(Some("boredom"), "2026-06-01"), unknown),
            (absent(Some("marriage_or_pacs"), "2026-06-09"), beyond(6)),
            (absent(Some("death_of_child"), "2026-06-01"), SpecialAbsenceRefused::Age.into()),
        ] {
            given::<AbsenceLedger>([]).when(command).refused(refusal);
        }
    }

    #[test]
    fn the_death_of_a_child_gives_12_days_or_14_and_8() {
        let of = |age_years, last| {
            request(1, LeaveType::SpecialAbsence, days("2026-06-01", last)).with(|asked| {
                asked.special_motive = special("death_of_child", Some("2026-05-30"), 1);
                asked.circumstances = Some(Circumstances::DeathOfChild { age_years, was_parent: false });
            })
        };
        after([of(30, "2026-06-16").into()]);
        given::<AbsenceLedger>([]).when(of(30, "2026-06-17")).refused(beyond(12));
        after([of(24, "2026-06-30").into()]);
        given::<AbsenceLedger>([]).when(of(24, "2026-07-01")).refused(beyond(22));
    }

    #[test]
    fn what_human_resources_record_is_not_asked_for() {
        let leave_type = LeaveType::Unjustified;
        given::<AbsenceLedger>([])
            .when(request(1, leave_type, days("2026-06-01", "2026-06-01")))
            .refused(AbsenceRefusal::NotRequestable { leave_type });
    }

    #[test]
    fn nobody_stands_in_for_himself() {
        given::<AbsenceLedger>([])
            .when(RequestLeave { replacement: Some(colleague(AGENT)), ..annual_leave(1, "2026-05-04", "2026-05-04") })
            .refused(AbsenceRefusal::OwnReplacement);
    }

    #[test]
    fn who_leaves_before_the_leave_ends_stands_in_for_nobody() {
        let asked = |last: &str| RequestLeave {
            replacement: Some(leaving(last)),
            ..annual_leave(1, "2026-05-04", "2026-05-08")
        };
        given::<AbsenceLedger>([]).when(asked("2026-05-07")).refused(AbsenceRefusal::ReplacementLeaves);
        let replacement = account(COLLEAGUE);
        let named = AbsenceEvent::ReplacementNamed { leave: leave(1), replacement };
        assert_eq!(decide(&Ledger::default(), asked("2026-05-08")).unwrap()[1], named);
    }
}
