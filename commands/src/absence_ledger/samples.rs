//! An agent, those around him, and what they ask, for the tests of this module. Identifiers are small numbers.

use super::{
    AbsenceCommand, AbsenceLedger, ApproveLeave, AsSeen, Asked, Authority, Colleague, CreditRight, Facts,
    FeedTimeSavings, OpenTimeSavings, RecordSickness, RequestCancellation, RequestLeave, SpecialMotive,
};
use crate::{Law, delegation};
use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use esrs::Aggregate;
use events::account::Role;
use events::date::begins_in_paris;
use events::delegation::{DelegationEvent, DelegationScope};
use events::employment::{EmploymentEvent, Quota};
use events::leave::{AbsenceEvent, Counter, CounterKind, CreditCause, LeaveType, Occasion, Staffing, StaffingBreach};
use events::status::{Category, Status};
use events::validation::{Approver, Decider, DecisionCapacity, Quorum, RouteRule, Step};
use events::{
    AccountId, Actor, CreditId, DelegationId, GiftId, HalfDaySet, KeyId, LeaveId, Position, Sealed, SicknessId, UnitId,
};
use rules::family::{Circumstances, FirstDay, Pregnancy};
use rules::period::{Half, HalfDay, Period};
use rules::{Employment, HalfDays, Ledger, RuleBook, WorkCycle};
use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};
use uuid::Uuid;

pub(super) const AGENT: u128 = 1;
pub(super) const MANAGER: u128 = 2;
pub(super) const DELEGATE: u128 = 3;
pub(super) const HR: u128 = 4;
pub(super) const OTHER_HR: u128 = 5;
pub(super) const COLLEAGUE: u128 = 6;

static LAW: LazyLock<Law> = LazyLock::new(|| Law::new(Arc::new(RuleBook::embedded().unwrap())));

pub(super) fn law() -> Law {
    LAW.clone()
}

pub(super) fn account(number: u128) -> AccountId {
    AccountId::from_uuid(Uuid::from_u128(number))
}

pub(super) fn leave(number: u128) -> LeaveId {
    LeaveId::from_uuid(Uuid::from_u128(number))
}

pub(super) fn unit() -> UnitId {
    UnitId::from_uuid(Uuid::from_u128(1))
}

pub(super) fn sealed(text: &str) -> Sealed<String> {
    Sealed::new(KeyId::from_uuid(Uuid::nil()), text.as_bytes().to_vec())
}

pub(super) fn motive() -> Option<Sealed<String>> {
    Some(sealed("why"))
}

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(super) fn noon(date: &str) -> DateTime<Utc> {
    Utc.from_utc_datetime(&day(date).and_hms_opt(12, 0, 0).unwrap())
}

pub(super) fn days(first: &str, last: &str) -> Period {
    Period::days(day(first), day(last)).unwrap()
}

pub(super) fn gift(number: u128) -> GiftId {
    GiftId::from_uuid(Uuid::from_u128(number))
}

/// `2026-05-13 PM` to `2026-05-15 AM`.
pub(super) fn from_to(first: &str, last: &str) -> Period {
    Period::new(half_day(first), half_day(last)).unwrap()
}

pub(super) fn half_day(text: &str) -> HalfDay {
    let (date, half) = text.split_once(' ').unwrap();
    HalfDay { date: day(date), half: if half == "AM" { Half::Morning } else { Half::Afternoon } }
}

/// Half-days as they are written.
pub(super) fn halves(written: &[&str]) -> HalfDaySet {
    written.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>().try_into().unwrap()
}

pub(super) fn annual(year: i32) -> Counter {
    Counter::of(CounterKind::AnnualLeave, year)
}

/// At full time, 39 hours a week, an official since 2020.
pub(super) fn employment() -> Employment {
    let from = day("2020-01-01");
    [
        EmploymentEvent::ServiceEntered { on: from },
        EmploymentEvent::StatusSet { status: Status::Official, from },
        EmploymentEvent::CategorySet { category: Category::B, from },
        EmploymentEvent::UnitAssigned { unit: unit(), from },
        EmploymentEvent::WorkPatternSet { pattern: WorkCycle::weekly("11111111110000").unwrap(), from },
        EmploymentEvent::WorkingTimeSet {
            quota: Quota::FULL,
            full_time_week_minutes: 39 * 60,
            annualised: false,
            from,
        },
    ]
    .iter()
    .fold(Employment::default(), Employment::after)
}

pub(super) fn facts(on: &str) -> Facts {
    Facts { agent: account(AGENT), employment: employment(), law: law(), on: day(on), at: noon(on) }
}

/// Somebody of whose employment nothing is recorded.
pub(super) fn colleague(number: u128) -> Colleague {
    Colleague { account: account(number), employment: Employment::default() }
}

/// The colleague, whose last day is known.
pub(super) fn leaving(last: &str) -> Colleague {
    let left = EmploymentEvent::ServiceLeft { on: day(last) };
    Colleague { account: account(COLLEAGUE), employment: employment().after(&left) }
}

/// A request made at the beginning of the year.
pub(super) fn request(number: u128, leave_type: LeaveType, period: Period) -> RequestLeave {
    RequestLeave { leave_type, asked: dates(number, period, "2026-01-02"), replacement: None }
}

/// Dates that are asked for on a day.
pub(super) fn dates(number: u128, period: Period, on: &str) -> Asked {
    Asked {
        leave: leave(number),
        period,
        facts: facts(on),
        routes: Vec::new(),
        staffing: None,
        reason: None,
        special_motive: None,
        circumstances: None,
        child: None,
    }
}

impl RequestLeave {
    /// The same, but for what is changed.
    pub(super) fn with(mut self, change: impl FnOnce(&mut Asked)) -> Self {
        change(&mut self.asked);
        self
    }
}

pub(super) fn annual_leave(number: u128, first: &str, last: &str) -> RequestLeave {
    request(number, LeaveType::AnnualLeave, days(first, last))
}

/// The motive of a special absence for what occurred on a day; occasions are small numbers.
pub(super) fn special(name: &str, occurred_on: Option<&str>, occasion: u8) -> Option<SpecialMotive> {
    let (occurred_on, occasion) = (occurred_on.map(day), Some(Occasion::new([occasion; 16])));
    let (without_age, same, near, contrary) = (None, Vec::new(), Vec::new(), Vec::new());
    let (name, sealed) = (name.to_owned(), sealed(name));
    Some(SpecialMotive { name, sealed, occurred_on, number: 1, occasion, without_age, same, near, contrary })
}

pub(super) fn birth(born: &str) -> Circumstances {
    Circumstances::Birth { born: day(born), multiple: false, first_day: FirstDay::default() }
}

pub(super) fn pregnancy() -> Circumstances {
    Circumstances::Pregnancy { rank: Pregnancy::FirstOrSecond, due: day("2026-06-10"), born: None, moved_weeks: 0 }
}

/// Annual leave that is to pass this route.
pub(super) fn routed(number: u128, first: &str, last: &str, steps: Vec<Step>) -> RequestLeave {
    let routes = vec![RouteRule { types: Vec::new(), longer_than: None, steps }];
    annual_leave(number, first, last).with(|asked| asked.routes = routes)
}

pub(super) fn any_of(approvers: &[Approver]) -> Step {
    Step { by: Quorum::AnyOf(approvers.to_vec()), escalation: None }
}

pub(super) fn all_of(approvers: &[Approver]) -> Step {
    Step { by: Quorum::AllOf(approvers.to_vec()), escalation: None }
}

/// Who this number is to the agent: his manager, of human resources, or nobody in particular.
pub(super) fn authority(by: u128) -> Authority {
    let roles = match by {
        HR | OTHER_HR => [Role::Agent, Role::Hr].into(),
        _ => [Role::Agent].into(),
    };
    Authority {
        agent: account(AGENT),
        by: account(by),
        roles,
        manager: Some(account(MANAGER)),
        departed: BTreeSet::new(),
        delegations: Vec::new(),
        on: day("2026-01-05"),
        at: noon("2026-01-05"),
    }
}

pub(super) fn delegation_id() -> DelegationId {
    DelegationId::from_uuid(Uuid::from_u128(1))
}

/// A delegation for January 2026.
pub(super) fn delegated(from: u128, to: u128, scope: DelegationScope) -> (DelegationId, delegation::State) {
    let event = DelegationEvent::DelegationGranted {
        from: account(from),
        to: account(to),
        first: day("2026-01-01"),
        last: day("2026-01-31"),
        scope,
    };
    (delegation_id(), delegation::Delegation::apply_event(delegation::State::default(), event))
}

/// Whoever the manager lets decide in his place.
pub(super) fn as_delegate() -> Authority {
    Authority { delegations: vec![delegated(MANAGER, DELEGATE, DelegationScope::default())], ..authority(DELEGATE) }
}

pub(super) fn decider(by: u128, approver: Approver) -> Decider {
    Decider { account: account(by), capacity: DecisionCapacity::Approver(approver) }
}

pub(super) fn by_manager() -> Decider {
    decider(MANAGER, Approver::Manager)
}

/// A leave that nobody has amended.
pub(super) fn seen(number: u128, step: u16) -> AsSeen {
    AsSeen { leave: leave(number), step, revision: 0 }
}

pub(super) fn approve(number: u128, step: u16, authority: Authority) -> ApproveLeave {
    ApproveLeave { seen: seen(number, step), authority, staffing: None, facts: facts("2026-01-05") }
}

pub(super) fn cancel(number: u128, half_days: Option<HalfDaySet>, on: &str) -> RequestCancellation {
    RequestCancellation { leave: leave(number), half_days, reason: None, at: begins_in_paris(day(on)) }
}

pub(super) fn sickness(number: u128) -> SicknessId {
    SicknessId::from_uuid(Uuid::from_u128(number))
}

pub(super) fn sick(number: u128, period: Period) -> RecordSickness {
    RecordSickness {
        sickness: sickness(number),
        period,
        relapse_of: None,
        details: None,
        by: Actor::Account(account(HR)),
        facts: facts("2026-08-01"),
    }
}

pub(super) fn credit(number: u128, counter: Counter, half_days: HalfDays, cause: CreditCause) -> CreditRight {
    CreditRight {
        credit: CreditId::from_uuid(Uuid::from_u128(number)),
        counter,
        half_days,
        effective: day("2026-01-01"),
        usable_until: None,
        cause,
        motive: motive(),
        by: Actor::Account(account(HR)),
        facts: facts("2026-01-02"),
    }
}

pub(super) fn understaffed(on: &[&str]) -> Staffing {
    let breaches = vec![StaffingBreach { rule: "counter".to_owned(), half_days: halves(on) }];
    Staffing { as_of: Position::new(7).unwrap(), breaches }
}

/// What these commands record, one after the other; none of them may be refused.
#[track_caller]
pub(super) fn after<const N: usize>(commands: [AbsenceCommand; N]) -> Vec<AbsenceEvent> {
    let mut recorded = Vec::new();
    for command in commands {
        let events = AbsenceLedger::handle_command(&ledger(&recorded), command).unwrap();
        recorded.extend(events);
    }
    recorded
}

/// Five days of annual leave saved in June 2026, for twenty were taken: leave 2 in March, and leave 1 in July.
pub(super) fn saved_for_what_is_taken() -> Vec<AbsenceEvent> {
    let deposits = vec![(annual(2026), HalfDays::days(5))];
    after([
        OpenTimeSavings { facts: facts("2026-01-02") }.into(),
        annual_leave(2, "2026-03-02", "2026-03-13").into(),
        approve(2, 0, authority(MANAGER)).into(),
        annual_leave(1, "2026-07-06", "2026-07-20").into(),
        approve(1, 0, authority(MANAGER)).into(),
        FeedTimeSavings { deposits, facts: facts("2026-06-15") }.into(),
    ])
}

/// A leave from Monday 4 to Friday 8 May 2026, the Friday a holiday, asked for.
pub(super) fn asked() -> Vec<AbsenceEvent> {
    after([annual_leave(1, "2026-05-04", "2026-05-08").into()])
}

/// The same, granted by the manager.
pub(super) fn granted() -> Vec<AbsenceEvent> {
    after([annual_leave(1, "2026-05-04", "2026-05-08").into(), approve(1, 0, authority(MANAGER)).into()])
}

pub(super) fn ledger(events: &[AbsenceEvent]) -> Ledger {
    events.iter().fold(Ledger::default(), Ledger::after)
}

pub(super) fn available(events: &[AbsenceEvent], counter: Counter, at: &str) -> HalfDays {
    ledger(events).balance(counter, day(at), &law(), &employment()).unwrap().available
}
