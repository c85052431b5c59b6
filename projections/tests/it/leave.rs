//! Leave, folded batch by batch and rebuilt at once.

use crate::given::*;
use events::audit::TrailFilter;
use events::calendar_feed::{CalendarFeedEvent, FeedScope};
use events::delegation::{DelegationEvent, DelegationScope};
use events::employment::EmploymentEvent;
use events::leave::{AbsenceEvent, Charge, Counter, CounterKind, LeaveType, ProofSubject, Recredit};
use events::period::Period;
use events::quantity::HalfDays;
use events::unit::UnitEvent;
use events::validation::{Approver, Decider, DecisionCapacity, Escalation, Quorum, Step};
use events::{AccountId, FeedId, GiftId, HalfDaySet, LeaveId, ProofId, SicknessId, UnitId};
use projections::audit::trail::{self, Order};
use projections::leave::validator::{Delegated, Validator};
use projections::leave::{absences, people, proofs, queue};
use rules::RuleBook;
use uuid::Uuid;

fn days(first: &str, last: &str) -> Period {
    Period::days(first.parse().unwrap(), last.parse().unwrap()).unwrap()
}

fn requested(leave: LeaveId, unit: UnitId, period: Period, step: Step) -> AbsenceEvent {
    let charge = Charge { counter: None, half_days: period.half_days().collect(), available: None };
    AbsenceEvent::LeaveRequested {
        leave,
        leave_type: LeaveType::Unpaid,
        period,
        charges: vec![charge],
        rules: RuleBook::embedded().unwrap().version(),
        route: vec![step],
        unit: Some(unit),
        warnings: Vec::new(),
        reason: None,
        special_motive: None,
        occasion: None,
        at: at(0),
    }
}

fn validator(account: AccountId) -> Validator {
    Validator { account, hr: false, hr_health: false, for_others: Vec::new(), on: "2027-01-20".parse().unwrap() }
}

fn validators(own: &Validator) -> [Validator; 3] {
    let hr = Validator { account: AccountId::new(), hr: true, ..own.clone() };
    let lent = Validator {
        account: AccountId::new(),
        for_others: vec![Delegated { by: own.account, since: own.on, scope: DelegationScope::default() }],
        ..own.clone()
    };
    [own.clone(), hr, lent]
}

async fn waits_for(world: &World, validator: &Validator, second: i64) -> Vec<LeaveId> {
    let due = queue::page(&world.client(), validator, at(second), None, 10).await.unwrap();
    due.iter().map(queue::Due::leave).collect()
}

/// A manager leads the unit until the end of January; human resources are asked after a day.
#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_with_who_decides_on_the_day() {
    let world = World::new().await;
    let (unit, manager, agent) = (UnitId::new(), AccountId::new(), AccountId::new());
    let from = "2020-01-01".parse().unwrap();
    let led = UnitEvent::UnitManagerAppointed { manager: Some(manager), from };
    let vacant = UnitEvent::UnitManagerAppointed { manager: None, from: "2027-02-01".parse().unwrap() };
    let opened = UnitEvent::UnitOpened { code: "U".to_owned(), name: "Unit".to_owned(), parent: None };
    world.append(unit.as_uuid(), vec![opened, led, vacant]).await;
    world.append(agent.as_uuid(), vec![EmploymentEvent::UnitAssigned { unit, from }]).await;
    let leave = LeaveId::new();
    let escalation = Some(Escalation { after_days: 1, to: Approver::Hr });
    let step = Step { by: Quorum::AnyOf(vec![Approver::Manager]), escalation };
    world.append(agent.as_uuid(), vec![requested(leave, unit, days("2027-03-01", "2027-03-02"), step)]).await;
    world.caught_up(&projections::all()).await;

    let own = validator(manager);
    let [by_right, hr, lent] = validators(&own);
    // It was asked for at nine in Paris, and the next day begins at midnight.
    let midnight = 15 * 3_600;
    for (who, second, waits) in
        [(&by_right, 0, true), (&lent, 0, true), (&hr, midnight - 1, false), (&hr, midnight, true)]
    {
        assert_eq!(waits_for(&world, who, second).await, if waits { vec![leave] } else { vec![] }, "{who:?}");
    }
    assert!(waits_for(&world, &validator(agent), 86_400).await.is_empty());

    let february = "2027-02-01".parse().unwrap();
    let then = Validator { on: february, ..own };
    let [by_right, hr, lent] = validators(&then);
    for (who, waits) in [(&by_right, false), (&lent, false), (&hr, true)] {
        assert_eq!(waits_for(&world, who, 0).await, if waits { vec![leave] } else { vec![] }, "{who:?}");
    }
    assert_eq!(people::manager_of(&world.client(), agent, february).await.unwrap(), None);
    assert_eq!(people::manager_of(&world.client(), agent, "2027-01-31".parse().unwrap()).await.unwrap(), Some(manager));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_gives_the_same_rows() {
    let world = World::new().await;
    let (unit, manager, agent) = (UnitId::new(), AccountId::new(), AccountId::new());
    let (first, second) = (LeaveId::new(), LeaveId::new());
    let from = "2020-01-01".parse().unwrap();
    let opened = UnitEvent::UnitOpened { code: "U".to_owned(), name: "Unit".to_owned(), parent: None };
    let all = projections::all();
    world.append(unit.as_uuid(), vec![opened, UnitEvent::UnitManagerAppointed { manager: Some(manager), from }]).await;
    world.append(agent.as_uuid(), vec![EmploymentEvent::UnitAssigned { unit, from }]).await;
    let step = || Step { by: Quorum::AnyOf(vec![Approver::Manager]), escalation: None };
    world.append(agent.as_uuid(), vec![requested(first, unit, days("2027-03-01", "2027-03-02"), step())]).await;
    world.caught_up(&all).await;
    let decider = Decider { account: manager, capacity: DecisionCapacity::Approver(Approver::Manager) };
    let approved = AbsenceEvent::LeaveApproved { leave: first, step: 0, decider, staffing: None };
    world
        .append(agent.as_uuid(), vec![approved, requested(second, unit, days("2027-04-01", "2027-04-01"), step())])
        .await;
    world.caught_up(&all).await;
    let half_days: HalfDaySet = days("2027-03-02", "2027-03-02").half_days().collect();
    let sick = AbsenceEvent::SicknessRecorded {
        sickness: SicknessId::new(),
        period: days("2027-03-02", "2027-03-02"),
        half_days: half_days.clone(),
        recredited: vec![Recredit { leave: first, half_days }],
        rules: RuleBook::embedded().unwrap().version(),
        unit: Some(unit),
        details: None,
    };
    let proof = AbsenceEvent::ProofAttached {
        proof: ProofId::new(),
        of: ProofSubject::Leave(first),
        medical: false,
        name: sealed("scan.pdf"),
        media_type: "application/pdf".to_owned(),
        size_bytes: 1,
        sha256: "ab".repeat(32),
    };
    world.append(agent.as_uuid(), vec![sick, AbsenceEvent::LeaveWithdrawn { leave: second }, proof]).await;
    let (gift, counter, half_days) = (GiftId::new(), Counter::of(CounterKind::Rtt, 2027), HalfDays::days(1));
    let declared = AbsenceEvent::GiftDeclared { gift, counter, half_days, on: from };
    world.append(agent.as_uuid(), vec![declared, AbsenceEvent::GiftWithdrawn { gift }]).await;
    let granted = DelegationEvent::DelegationGranted {
        from: manager,
        to: agent,
        first: from,
        last: from,
        scope: DelegationScope::default(),
    };
    world.append(Uuid::now_v7(), vec![granted, DelegationEvent::DelegationRevoked { at: at(1) }]).await;
    let token_hash = "0".repeat(64);
    let feed = CalendarFeedEvent::CalendarFeedOpened { owner: agent, shows: FeedScope::Own, token_hash };
    world.append(FeedId::new().as_uuid(), vec![feed, CalendarFeedEvent::CalendarFeedRevoked {}]).await;
    world.caught_up(&all).await;

    let kept = absences::by_id(&world.client(), first.as_uuid()).await.unwrap().unwrap();
    assert_eq!(kept.half_days, days("2027-03-01", "2027-03-01").half_days().collect());
    assert_eq!(proofs::of(&world.client(), &[first.as_uuid()]).await.unwrap().len(), 1);
    let trail = trail::page(&world.client(), &TrailFilter::default(), Order::newest_first(), 100).await.unwrap();
    assert_eq!(trail.len() as i64, trail[0].position.get(), "the trail tells of every event");
    for projection in projections::leave::projections().into_iter().chain([projections::audit::trail::projection()]) {
        let verified = projections::verify(&world.reader, &projection, &quick(), |_| {}).await.unwrap();
        assert!(verified.holds(), "{verified:?}");
    }
}
