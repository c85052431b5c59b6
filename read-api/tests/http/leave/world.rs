//! A unit with its people, and leave in it.

use crate::world::{Agent, World, at, ok};
use chrono::{DateTime, NaiveDate, Utc};
use events::account::Role;
use events::audit::AuditEvent;
use events::calendar_feed::{CalendarFeedEvent, FeedScope};
use events::delegation::{DelegationEvent, DelegationScope};
use events::employment::{EmploymentEvent, Quota};
use events::leave::{
    AbsenceEvent, Charge, Counter, CounterKind, LeaveType, MedicalDetails, ProofSubject, Recredit, SicknessNature,
};
use events::period::Period;
use events::status::Status;
use events::unit::{StaffingLimit, StaffingRule, UnitEvent};
use events::validation::{Approver, Decider, DecisionCapacity, Quorum, Step};
use events::{
    Actor, Capacity, DelegationId, DomainEvent, FeedId, HalfDaySet, LeaveId, Metadata, ProofId, ReadingId, Sealed,
    SicknessId, UnitId,
};
use rules::{HalfDays, RuleBook, WorkCycle};
use uuid::Uuid;
use vault::{Period as Kept, Purpose, places};
use web::token::SessionToken;

/// The test's day is Friday 15 January 2027; the clock stands on the day after.
pub struct Unit {
    pub world: World,
    pub unit: UnitId,
    pub agent: Agent,
    pub colleague: Agent,
    pub manager: Agent,
    pub delegate: Agent,
    pub expired: Agent,
    pub other_manager: Agent,
    pub hr: Agent,
    pub hr_health: Agent,
    pub auditor: Agent,
    /// The last event of its making.
    pub position: i64,
}

impl Unit {
    /// A unit in which one at most may be away.
    pub async fn open() -> Self {
        let world = World::start().await;
        let (unit, other) = (UnitId::new(), UnitId::new());
        let manager = world.agent(&[]).await;
        let other_manager = world.agent(&[]).await;
        let (delegate, expired) = (world.agent(&[]).await, world.agent(&[]).await);
        let one_away =
            StaffingRule { name: "guichet".to_owned(), title: None, on: None, limit: StaffingLimit::MaxAbsent(1) };
        let rules = UnitEvent::StaffingRulesSet { rules: vec![one_away], from: day("2020-01-01") };
        append(&world, unit.as_uuid(), vec![opened("U1"), led_by(&manager), rules]).await;
        append(&world, other.as_uuid(), vec![opened("U2"), led_by(&other_manager)]).await;
        for (to, last) in [(&delegate, "2027-12-31"), (&expired, "2027-01-15")] {
            let granted = DelegationEvent::DelegationGranted {
                from: manager.id,
                to: to.id,
                first: day("2027-01-01"),
                last: day(last),
                scope: DelegationScope::default(),
            };
            append(&world, DelegationId::new().as_uuid(), vec![granted]).await;
        }
        let (agent, colleague) = (world.agent(&[]).await, world.agent(&[]).await);
        let mut position = 0;
        for member in [&agent, &colleague] {
            position = append(&world, member.id.as_uuid(), employed(unit)).await;
        }
        let (hr, hr_health) = (world.agent(&[Role::Hr]).await, world.agent(&[Role::HrHealth]).await);
        let auditor = world.agent(&[Role::Auditor]).await;
        Self {
            world,
            unit,
            agent,
            colleague,
            manager,
            delegate,
            expired,
            other_manager,
            hr,
            hr_health,
            auditor,
            position,
        }
    }

    pub async fn record(&mut self, of: &Agent, event: AbsenceEvent) {
        self.position = append(&self.world, of.id.as_uuid(), vec![event]).await;
    }

    /// Asks for annual leave, whole days, with a reason.
    pub async fn request(&mut self, of: &Agent, first: &str, last: &str) -> LeaveId {
        self.request_from(Approver::Manager, of, first, last).await
    }

    /// The same, for `approver` to decide.
    pub async fn request_from(&mut self, approver: Approver, of: &Agent, first: &str, last: &str) -> LeaveId {
        let leave = LeaveId::new();
        let period = Period::days(day(first), day(last)).unwrap();
        let counter = Counter::of(CounterKind::AnnualLeave, 2027);
        let half_days = period.half_days().collect();
        let charge = Charge { counter: Some(counter), half_days, available: Some(HalfDays::days(25)) };
        let step = Step { by: Quorum::AnyOf(vec![approver]), escalation: None };
        let reason = self.words(of, "reason", leave.as_uuid(), "voyage à Lisbonne").await;
        let event = AbsenceEvent::LeaveRequested {
            leave,
            leave_type: LeaveType::AnnualLeave,
            period,
            charges: vec![charge],
            rules: RuleBook::embedded().unwrap().version(),
            route: vec![step],
            unit: Some(self.unit),
            warnings: Vec::new(),
            reason: Some(reason),
            special_motive: None,
            occasion: None,
            at: at(0),
        };
        self.record(of, event).await;
        leave
    }

    /// Asks for a special absence.
    pub async fn request_special(&mut self, of: &Agent, motive: &str, first: &str, last: &str) -> LeaveId {
        let (leave, period) = (LeaveId::new(), Period::days(day(first), day(last)).unwrap());
        let charge = Charge { counter: None, half_days: period.half_days().collect(), available: None };
        let motive = self.words(of, "special_motive", leave.as_uuid(), motive).await;
        let event = AbsenceEvent::LeaveRequested {
            leave,
            leave_type: LeaveType::SpecialAbsence,
            period,
            charges: vec![charge],
            rules: RuleBook::embedded().unwrap().version(),
            route: vec![Step { by: Quorum::AnyOf(vec![Approver::Manager, Approver::HrHealth]), escalation: None }],
            unit: Some(self.unit),
            warnings: Vec::new(),
            reason: None,
            special_motive: Some(motive),
            occasion: None,
            at: at(0),
        };
        self.record(of, event).await;
        leave
    }

    /// Human resources record an absence, whole days.
    pub async fn record_absence(&mut self, of: &Agent, first: &str, last: &str) -> LeaveId {
        let (leave, period) = (LeaveId::new(), Period::days(day(first), day(last)).unwrap());
        let event = AbsenceEvent::AbsenceRecorded {
            leave,
            leave_type: LeaveType::Unpaid,
            period,
            charges: vec![Charge { counter: None, half_days: period.half_days().collect(), available: None }],
            rules: RuleBook::embedded().unwrap().version(),
            unit: Some(self.unit),
            special_motive: None,
            occasion: None,
            motive: None,
        };
        self.record(of, event).await;
        leave
    }

    /// Asks for training leave.
    pub async fn request_training(&mut self, of: &Agent, first: &str, last: &str) -> LeaveId {
        let (leave, period) = (LeaveId::new(), Period::days(day(first), day(last)).unwrap());
        let event = AbsenceEvent::LeaveRequested {
            leave,
            leave_type: LeaveType::Training,
            period,
            charges: vec![Charge { counter: None, half_days: period.half_days().collect(), available: None }],
            rules: RuleBook::embedded().unwrap().version(),
            route: vec![Step { by: Quorum::AnyOf(vec![Approver::Manager]), escalation: None }],
            unit: Some(self.unit),
            warnings: Vec::new(),
            reason: None,
            special_motive: None,
            occasion: None,
            at: at(0),
        };
        self.record(of, event).await;
        leave
    }

    pub async fn approve(&mut self, of: &Agent, leave: LeaveId) {
        let decider = self.decider();
        self.record(of, AbsenceEvent::LeaveApproved { leave, step: 0, decider, staffing: None }).await;
    }

    pub async fn refuse(&mut self, of: &Agent, leave: LeaveId, motive: &str) {
        let (decider, motive) = (self.decider(), self.words(of, "motive", leave.as_uuid(), motive).await);
        self.record(of, AbsenceEvent::LeaveRefused { leave, step: 0, motive, decider }).await;
    }

    pub async fn fall_sick(&mut self, of: &Agent, first: &str, last: &str) -> SicknessId {
        self.fall_sick_of(of, first, last, SicknessNature::Ordinary).await
    }

    pub async fn fall_sick_of(&mut self, of: &Agent, first: &str, last: &str, nature: SicknessNature) -> SicknessId {
        self.fall_sick_for(of, Period::days(day(first), day(last)).unwrap(), nature).await
    }

    pub async fn fall_sick_for(&mut self, of: &Agent, period: Period, nature: SicknessNature) -> SicknessId {
        let sickness = SicknessId::new();
        let (place, id) = (places::absence(of.id, "details", sickness), of.id.as_uuid());
        let details = MedicalDetails { nature, relapse_of: None };
        let details = self.world.vault.seal(id, Purpose::Health, Kept::Always, &place, &details).await.unwrap();
        let event = AbsenceEvent::SicknessRecorded {
            sickness,
            period,
            half_days: period.half_days().collect(),
            recredited: Vec::new(),
            rules: RuleBook::embedded().unwrap().version(),
            unit: Some(self.unit),
            details: Some(details),
        };
        self.record(of, event).await;
        sickness
    }

    /// Falls sick, whole days, while on leave, which gives these days of it back.
    pub async fn fall_sick_on(&mut self, of: &Agent, leave: LeaveId, first: &str, last: &str) -> SicknessId {
        let (sickness, period) = (SicknessId::new(), Period::days(day(first), day(last)).unwrap());
        let event = AbsenceEvent::SicknessRecorded {
            sickness,
            period,
            half_days: period.half_days().collect(),
            recredited: vec![Recredit { leave, half_days: period.half_days().collect() }],
            rules: RuleBook::embedded().unwrap().version(),
            unit: Some(self.unit),
            details: None,
        };
        self.record(of, event).await;
        sickness
    }

    /// Attaches a PDF named `certificat médical.pdf`.
    pub async fn attach(&mut self, agent: &Agent, of: ProofSubject, medical: bool, file: &[u8]) -> ProofId {
        let proof = ProofId::new();
        let sha256 = self.world.attachments.put(agent.id, proof, file).await.unwrap();
        let name = self.words(agent, "name", proof.as_uuid(), "certificat médical.pdf").await;
        let (media_type, size_bytes) = ("application/pdf".to_owned(), file.len() as u64);
        let event = AbsenceEvent::ProofAttached { proof, of, medical, name, media_type, size_bytes, sha256 };
        self.record(agent, event).await;
        proof
    }

    /// Declares that `reader` reads a proof of `agent`; gives the path under which he does.
    pub async fn declare(&mut self, reader: &Agent, agent: &Agent, proof: ProofId) -> String {
        let reading = ReadingId::new();
        let metadata = Metadata::new(Actor::Account(reader.id), Capacity::HrHealth, at(0));
        let declared = AuditEvent::ProofRead { reading, agent: agent.id, proof };
        self.position = self.world.append_as(metadata, reading.as_uuid(), vec![declared]).await;
        format!("/v1/proofs/{proof}?reading={reading}")
    }

    /// Somebody to whom the manager delegates from this day on.
    pub async fn delegate_from(&mut self, first: &str, scope: DelegationScope) -> Agent {
        let (delegate, last) = (self.world.agent(&[]).await, day("2027-12-31"));
        let (from, to, first) = (self.manager.id, delegate.id, day(first));
        let granted = DelegationEvent::DelegationGranted { from, to, first, last, scope };
        self.position = append(&self.world, DelegationId::new().as_uuid(), vec![granted]).await;
        delegate
    }

    /// What somebody is told, the newest first.
    pub async fn told(&self, who: &Agent) -> Vec<String> {
        let notices = self.json(who, "/v1/me/notices").await;
        let types = notices["items"].as_array().unwrap().iter().map(|one| one["type"].as_str().unwrap().to_owned());
        types.collect()
    }

    pub fn decider(&self) -> Decider {
        Decider { account: self.manager.id, capacity: DecisionCapacity::Approver(Approver::Manager) }
    }

    /// A feed and the address that opens it.
    pub async fn feed(&mut self, owner: &Agent, shows: FeedScope) -> (FeedId, String) {
        let (feed, token) = (FeedId::new(), SessionToken::new().unwrap());
        let token_hash = data_encoding::HEXLOWER.encode(&token.hash().0);
        let event = CalendarFeedEvent::CalendarFeedOpened { owner: owner.id, shows, token_hash };
        self.position = append(&self.world, feed.as_uuid(), vec![event]).await;
        (feed, format!("/v1/calendar-feeds/{}.ics", token.reveal()))
    }

    /// The path, waiting for all that was recorded.
    pub fn now(&self, path: &str) -> String {
        let sign = if path.contains('?') { '&' } else { '?' };
        format!("{path}{sign}at_least={}", self.position)
    }

    pub async fn json(&self, who: &Agent, path: &str) -> serde_json::Value {
        ok(self.world.get(who, &self.now(path))).await.json().await.unwrap()
    }

    pub async fn status(&self, who: &Agent, path: &str) -> u16 {
        self.world.get(who, &self.now(path)).send().await.unwrap().status().as_u16()
    }

    pub async fn words(&self, of: &Agent, field: &'static str, fact: Uuid, text: &str) -> Sealed<String> {
        let place = places::absence(of.id, field, fact);
        let subject = of.id.as_uuid();
        self.world.vault.seal(subject, Purpose::Words, Kept::Always, &place, &text.to_owned()).await.unwrap()
    }
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn half_days(texts: &[&str]) -> HalfDaySet {
    texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>().try_into().unwrap()
}

pub async fn append<E: DomainEvent>(world: &World, stream: Uuid, events: Vec<E>) -> i64 {
    append_at(world, at(0), stream, events).await
}

async fn append_at<E: DomainEvent>(world: &World, at: DateTime<Utc>, stream: Uuid, events: Vec<E>) -> i64 {
    world.append_as(Metadata::new(Actor::Service, Capacity::System, at), stream, events).await
}

fn opened(code: &str) -> UnitEvent {
    UnitEvent::UnitOpened { code: code.to_owned(), name: format!("Service {code}"), parent: None }
}

fn led_by(manager: &Agent) -> UnitEvent {
    UnitEvent::UnitManagerAppointed { manager: Some(manager.id), from: day("2020-01-01") }
}

fn employed(unit: UnitId) -> Vec<EmploymentEvent> {
    let from = day("2020-01-01");
    vec![
        EmploymentEvent::ServiceEntered { on: from },
        EmploymentEvent::StatusSet { status: Status::Official, from },
        EmploymentEvent::UnitAssigned { unit, from },
        EmploymentEvent::WorkPatternSet { pattern: WorkCycle::weekly("11111111110000").unwrap(), from },
        EmploymentEvent::WorkingTimeSet { quota: Quota::FULL, full_time_week_minutes: 2100, annualised: false, from },
    ]
}
