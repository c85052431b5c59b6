//! The faults that a check of all ledgers must find.

use super::portal::{Portal, a_monday, two_days};
use crate::process::{Person, intraparis, intraparis_json};
use chrono::{Datelike, NaiveDate};
use events::date::in_paris;
use events::employment::{EmploymentEvent, Quota};
use events::leave::{AbsenceEvent, Charge, Counter, CounterKind, CreditCause, LeaveType};
use events::period::{HalfDay, Period};
use events::quantity::HalfDays;
use events::validation::{Approver, Decider, DecisionCapacity};
use events::{
    AccountId, Actor, Capacity, Clock, CreditId, DomainEvent, EventName, GiftId, HalfDaySet, KeyId, LeaveId, Metadata,
    Sealed, SicknessId,
};
use journal::Journal;
use migrations::Role;
use rules::RuleBook;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use test_support::append;
use uuid::Uuid;

/// An approval with a status, which no event of ours has.
#[derive(Clone, Serialize, Deserialize)]
enum Forged {
    LeaveApproved { status: String },
}

impl DomainEvent for Forged {
    const STREAM: &'static str = AbsenceEvent::STREAM;
    const KINDS: &'static [(EventName, i16)] = &[("LeaveApproved", 1)];

    fn name(&self) -> EventName {
        "LeaveApproved"
    }
}

struct Forger {
    journal: Journal,
    agent: AccountId,
}

impl Forger {
    async fn plant<E: DomainEvent>(&self, by: Actor, event: E) {
        let metadata = Metadata::new(by, Capacity::Agent, Clock::system().now());
        append(&self.journal, metadata, self.agent.as_uuid(), vec![event]).await;
    }
}

fn halves(first: NaiveDate, last: NaiveDate) -> HalfDaySet {
    Period::days(first, last).unwrap().half_days().collect()
}

#[tokio::test]
async fn a_rich_history_violates_nothing_and_each_planted_fault_is_named() {
    let portal = Portal::open().await;
    let (first, last) = two_days();
    let request = |first: NaiveDate, last: NaiveDate| json!({ "type": "annual-leave", "first": first, "last": last });
    let of_agent = json!({ "agent": portal.agent.account, "step": 0, "motive": "service" });
    let ask = async |first, last| {
        let asked = portal.post(&portal.agent, "/v1/leave-requests", request(first, last)).await;
        LeaveId::from_uuid(asked["leave"].as_str().unwrap().parse().unwrap())
    };
    let act = async |who: &Person, leave: LeaveId, act: &str, body: Value| {
        portal.post(who, &format!("/v1/leave-requests/{leave}/{act}"), body).await
    };
    let refused = ask(first, last).await;
    act(&portal.manager, refused, "refuse", of_agent.clone()).await;
    let amended = ask(first, first).await;
    act(&portal.agent, amended, "amend", json!({ "first": first, "last": last })).await;
    let seen = json!({ "agent": portal.agent.account, "step": 0, "revision": 1 });
    act(&portal.manager, amended, "approve", seen).await;
    act(&portal.agent, amended, "request-cancellation", json!({ "half_days": [last] })).await;
    act(&portal.manager, amended, "accept-cancellation", json!({ "agent": portal.agent.account })).await;
    let pending = ask(last, last).await;
    let of = |rest: &str| format!("/v1/agents/{}/{rest}", portal.agent.account);
    let spell = portal.post(&portal.hr, &of("sicknesses"), json!({ "first": first, "last": first })).await;
    let sickness = SicknessId::from_uuid(spell["sickness"].as_str().unwrap().parse().unwrap());
    let back = json!({ "agent": portal.agent.account, "back": format!("{first} PM"), "motive": "reprise" });
    portal.post(&portal.hr, &format!("/v1/sicknesses/{sickness}/shorten"), back).await;
    portal.post(&portal.agent, "/v1/me/time-savings", json!({})).await;
    let year = in_paris(Clock::system().now()).year();
    let opening = json!({ "counter": "time-savings", "half_days": 8, "effective": format!("{year}-01-01"), "cause": "opening-balance", "motive": "reprise" });
    portal.post(&portal.hr, &of("credits"), opening).await;
    let deposit = json!({ "deposits": [{ "counter": format!("rtt:{year}"), "half_days": 2 }] });
    portal.post(&portal.agent, "/v1/me/time-savings/deposits", deposit).await;
    let carried = json!({
        "counter": format!("carried-over:{}", year - 1), "half_days": 44, "effective": format!("{year}-01-01"),
        "cause": "exceptional-carry-over", "motive": "service",
    });
    portal.post(&portal.hr, &of("credits"), carried).await;
    let days = |days: &str| json!({ "type": "annual-leave", "first": days, "last": days });
    let of_last_year = portal.post(&portal.hr, &of("absences"), days(&a_monday(year - 1, 3).to_string())).await;
    assert_eq!(of_last_year["half_days"], 2, "of the six that were not carried over: {of_last_year}");
    let gift = json!({ "counter": format!("rtt:{year}"), "half_days": 2 });
    let gift = portal.post(&portal.agent, "/v1/me/gifts", gift).await["movement"].as_str().unwrap().to_owned();
    portal.post(&portal.agent, &format!("/v1/me/gifts/{gift}/withdraw"), json!({})).await;
    let gift = GiftId::from_uuid(gift.parse().unwrap());
    let report = portal.verified();
    assert_eq!(report["violations"], json!([]));
    assert!(report["events"].as_u64().unwrap() >= 16, "{report}");

    let agent = AccountId::from_uuid(portal.agent.account.parse().unwrap());
    let by_manager = Actor::Account(AccountId::from_uuid(portal.manager.account.parse().unwrap()));
    let by_hr = Actor::Account(AccountId::from_uuid(portal.hr.account.parse().unwrap()));
    let decider = |actor: Actor| Decider {
        account: actor.account().unwrap(),
        capacity: DecisionCapacity::Approver(Approver::Manager),
    };
    let journal = Journal::open(portal.database.pool(Role::Writer), journal::Config::default()).await.unwrap();
    let forger = Forger { journal, agent };
    let sealed = || Sealed::<String>::new(KeyId::from_uuid(Uuid::nil()), b"why".to_vec());
    let annual = Counter::of(CounterKind::AnnualLeave, first.year());
    let version = RuleBook::embedded().unwrap().version();
    let recorded = |half_days: HalfDaySet, rules, available| AbsenceEvent::AbsenceRecorded {
        leave: LeaveId::new(),
        leave_type: LeaveType::AnnualLeave,
        period: Period::new(half_days.first().unwrap(), half_days.last().unwrap()).unwrap(),
        charges: vec![Charge { counter: Some(annual), half_days, available }],
        rules,
        unit: None,
        special_motive: None,
        occasion: None,
        motive: None,
    };
    let approved = |leave, step, by| AbsenceEvent::LeaveApproved { leave, step, decider: decider(by), staffing: None };
    let debited = |counter, half_days| AbsenceEvent::RightDebited {
        credit: CreditId::new(),
        counter,
        half_days,
        effective: first,
        cause: CreditCause::Correction,
        motive: sealed(),
    };
    // Another Monday to Tuesday, far from what is taken.
    let free = first + chrono::Days::new(56);
    let monday = free.iter_days().find(|day| day.weekday().num_days_from_monday() == 0).unwrap();
    let sunday = HalfDay::morning(monday.pred_opt().unwrap());
    let other_rules = events::rule_set::RulesVersion::new([7; 32]);
    let shortened =
        |sickness| AbsenceEvent::SicknessShortened { sickness, released: halves(monday, monday), motive: sealed() };
    let mut position = report_position(&portal);
    let today = in_paris(Clock::system().now());
    let saved = |counter| AbsenceEvent::TimeSavingsFed { deposits: vec![(counter, HalfDays::days(1))], on: today };
    let last_year = a_monday(year - 1, 6);
    let two_weeks = halves(last_year, last_year + chrono::Days::new(11));
    for (by, event, says) in [
        (Actor::Account(agent), saved(Counter::of(CounterKind::AnnualLeave, year)), "of them annual leave; the law"),
        (
            Actor::Account(agent),
            saved(Counter::of(CounterKind::Rtt, year - 1)),
            "is not saved on a time-savings account",
        ),
        (
            by_hr,
            AbsenceEvent::AbsenceRecorded {
                leave: LeaveId::new(),
                leave_type: LeaveType::AnnualLeave,
                period: Period::days(last_year, last_year + chrono::Days::new(11)).unwrap(),
                charges: vec![Charge {
                    counter: Some(Counter::of(CounterKind::AnnualLeave, year - 1)),
                    half_days: two_weeks,
                    available: None,
                }],
                rules: version,
                unit: None,
                special_motive: None,
                occasion: None,
                motive: None,
            },
            "days below zero",
        ),
        (Actor::Account(agent), AbsenceEvent::GiftWithdrawn { gift }, "was not waiting"),
        (by_manager, AbsenceEvent::GiftWithdrawn { gift }, "another person than the donor"),
        (by_hr, recorded(halves(first, last), version, None), "a half-day is taken twice"),
        (by_hr, recorded([sunday].into_iter().collect(), version, None), "not those that the rules"),
        (by_hr, recorded(halves(monday, monday), other_rules, None), "had not been activated"),
        (Actor::Account(agent), recorded(halves(monday, monday), version, None), "in his own matter"),
        (by_manager, approved(refused, 0, by_manager), "decided while it was not pending"),
        (by_manager, approved(pending, 3, by_manager), "at another step"),
        (by_manager, approved(pending, 0, by_hr), "by another person than the event names"),
        (Actor::Account(agent), approved(LeaveId::new(), 0, Actor::Account(agent)), "decided by the agent"),
        (by_manager, approved(LeaveId::new(), 0, by_manager), "is not in the ledger"),
        (
            by_manager,
            AbsenceEvent::CancellationAccepted {
                leave: amended,
                half_days: halves(monday, monday),
                decider: decider(by_manager),
            },
            "given back that it did not take",
        ),
        (
            by_manager,
            AbsenceEvent::CancellationRefused { leave: amended, motive: sealed(), decider: decider(by_manager) },
            "a cancellation of leave",
        ),
        (by_hr, recorded(halves(monday, monday), version, Some(HalfDays::new(1))), "a counter was charged"),
        (by_hr, shortened(sickness), "shortened by half-days that it did not have"),
        (by_hr, shortened(SicknessId::new()), "is not in the ledger"),
        (by_hr, debited(annual, HalfDays::days(400)), "days below zero"),
        (
            Actor::Account(agent),
            AbsenceEvent::TimeSavingsFed {
                deposits: vec![(Counter::of(CounterKind::Rtt, 2090), HalfDays::days(90))],
                on: first,
            },
            "rtt:2090 was taken",
        ),
        (
            Actor::Account(agent),
            AbsenceEvent::TimeSavingsSplit {
                year,
                kept: HalfDays::ZERO,
                paid: HalfDays::days(400),
                pension: HalfDays::ZERO,
                on: first,
                chosen: true,
            },
            "time-savings was taken",
        ),
        (
            by_hr,
            AbsenceEvent::DaysGiven { gift: GiftId::new(), counter: annual, half_days: HalfDays::days(1), on: first },
            "days below zero",
        ),
        (
            by_hr,
            AbsenceEvent::GiftDeclared {
                gift: GiftId::new(),
                counter: annual,
                half_days: HalfDays::days(1),
                on: first,
            },
            "another person than the donor",
        ),
        (
            by_hr,
            AbsenceEvent::RightCredited {
                credit: CreditId::new(),
                counter: Counter::of(CounterKind::CarriedOver, year),
                half_days: HalfDays::days(26),
                effective: first,
                usable_until: None,
                cause: CreditCause::CarryOverAfterSickness,
                motive: None,
            },
            "the law leaves room for",
        ),
    ] {
        forger.plant(by, event).await;
        position += 1;
        named(&portal, position, says);
    }
    forger.plant(by_manager, Forged::LeaveApproved { status: "granted".to_owned() }).await;
    named(&portal, position + 1, "LeaveApproved");
    let too_long = EmploymentEvent::WorkingTimeSet {
        quota: Quota::FULL,
        full_time_week_minutes: 49 * 60,
        annualised: false,
        from: first,
    };
    forger.plant(by_hr, too_long).await;
    named(&portal, position + 2, "a week of 49h is longer than the law allows");

    let shown = String::from_utf8(intraparis(&portal.database, &["leave", "verify"]).stdout).unwrap();
    for (fr, en) in [
        ("la loi laisse place à ", "the law leaves room for "),
        ("un don a été déclaré ou repris par un autre que le donateur", "a gift was declared or taken back by another"),
        ("LeaveApproved n’a pas sa forme", "LeaveApproved does not have its shape"),
        ("une semaine de 49h est plus longue que la loi ne permet", "(D 2000-815 art. 3)"),
    ] {
        let line = shown.lines().find(|line| line.contains(fr)).unwrap_or_else(|| panic!("{shown}"));
        assert!(line.split_once(" — ").is_some_and(|(_, english)| english.contains(en)), "{line}");
    }
}

/// A correction that leaves less than is taken breaks nothing that was decided; what it overdraws is named until it is
/// settled.
#[tokio::test]
async fn what_a_correction_overdraws_is_named_with_agent_counter_and_days() {
    let portal = Portal::open().await;
    let monday = two_days().0.iter_days().find(|day| day.weekday().num_days_from_monday() == 0).unwrap();
    let last = monday + chrono::Days::new(18);
    let leave = json!({ "type": "annual-leave", "first": monday, "last": last });
    portal.post(&portal.agent, "/v1/leave-requests", leave).await;
    assert_eq!(portal.verified()["overdrawn"], json!([]));
    let employment = format!("/v1/agents/{}/employment", portal.agent.account);
    let none = json!({ "from": format!("{}-01-01", monday.year()), "pattern": { "halves": "10000000000000" } });
    portal.post(&portal.hr, &employment, none).await;
    let report = portal.verified();
    assert_eq!(report["violations"], json!([]));
    let overdrawn = &report["overdrawn"][0];
    assert_eq!((&overdrawn["agent"], &overdrawn["first"]), (&json!(portal.agent.account), &json!(monday)), "{report}");
    assert_eq!(overdrawn["counter"], json!(format!("annual-leave:{}", monday.year())), "{report}");
    let shown = intraparis(&portal.database, &["leave", "verify"]);
    assert!(!shown.status.success());
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains(&portal.agent.account) && shown.contains("il manque "), "{shown}");
}

/// Where the journal ends.
fn report_position(portal: &Portal) -> u64 {
    intraparis_json(&portal.database, &["audit", "verify", "--json"])["events"].as_u64().unwrap()
}

/// Some violation of the event at `position` says so.
#[track_caller]
fn named(portal: &Portal, position: u64, says: &str) {
    let report = portal.verified();
    let violations = report["violations"].as_array().unwrap().iter();
    let there: Vec<&str> = violations
        .filter(|found| found["position"] == json!(position))
        .map(|found| found["violation"].as_str().unwrap())
        .collect();
    assert!(there.iter().any(|violation| violation.contains(says)), "{says}: {there:?}");
}
