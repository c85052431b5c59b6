//! Leave as each sees it.

use crate::leave_world::{Unit, append, day, half_days};
use crate::world::{Agent, ok, refusal};
use events::GiftId;
use events::audit::{Outcome, TrailFilter};
use events::calendar_feed::{CalendarFeedEvent, FeedScope};
use events::delegation::DelegationScope;
use events::employment::{EmploymentEvent, Quota};
use events::leave::{AbsenceEvent, Counter, CounterKind, LeaveType};
use events::validation::Approver;
use rules::HalfDays;
use serde_json::json;

#[tokio::test]
async fn who_reads_what_of_whom() {
    let mut unit = Unit::open().await;
    let agent = unit.agent.clone();
    let leave = unit.request(&agent, "2027-02-01", "2027-02-05").await;
    let (id, of) = (unit.agent.id, unit.unit);
    let days = "from=2027-02-01&until=2027-02-28";
    let paths = [
        format!("/v1/leave-requests/{leave}"),
        format!("/v1/agents/{id}/balance"),
        format!("/v1/agents/{id}/employment"),
        format!("/v1/units/{of}/calendar?{days}"),
        format!("/v1/leave-overview?{days}"),
    ];
    for (name, who, expected) in [
        ("agent", &unit.agent, [200, 200, 200, 200, 403]),
        ("colleague", &unit.colleague, [404, 403, 403, 200, 403]),
        ("manager", &unit.manager, [200, 200, 403, 200, 403]),
        ("delegate", &unit.delegate, [200, 200, 403, 200, 403]),
        ("expired delegate", &unit.expired, [404, 403, 403, 403, 403]),
        ("other unit's manager", &unit.other_manager, [404, 403, 403, 403, 403]),
        ("hr", &unit.hr, [200, 200, 200, 200, 200]),
        ("hr-health", &unit.hr_health, [404, 403, 403, 403, 403]),
        ("auditor", &unit.auditor, [404, 403, 403, 403, 403]),
    ] {
        for (path, status) in paths.iter().zip(expected) {
            assert_eq!(unit.status(who, path).await, status, "{name} {path}");
        }
        let waiting = unit.json(who, "/v1/me/validations").await["items"].as_array().unwrap().len();
        assert_eq!(waiting, usize::from(["manager", "delegate"].contains(&name)), "{name}");
    }
}

#[tokio::test]
async fn a_request_waits_with_who_else_is_away_and_the_rule_it_would_break() {
    let mut unit = Unit::open().await;
    let (agent, colleague, manager) = (unit.agent.clone(), unit.colleague.clone(), unit.manager.clone());
    let later = unit.request(&colleague, "2027-03-04", "2027-03-05").await;
    let first = unit.request(&agent, "2027-03-01", "2027-03-04").await;

    let queue = unit.json(&manager, "/v1/me/validations").await;
    assert_eq!(queue["items"][0]["leave"], first.to_string());
    assert_eq!(queue["items"][0]["who"]["family_name"], "Müller");
    assert_eq!(queue["items"][0]["due_on"], "2027-03-01");
    assert_eq!(queue["items"][0]["also_away"][0]["half_days"], serde_json::json!(["2027-03-04"]));
    assert_eq!(queue["items"][0]["also_away"][0]["pending"], true);
    let breach = serde_json::json!([{"rule": "guichet", "half_days": ["2027-03-04"]}]);
    assert_eq!(queue["items"][0]["breaches"], breach);
    assert_eq!(queue["items"][1]["leave"], later.to_string());
    let asked = unit.json(&agent, &format!("/v1/leave-requests/{first}")).await;
    assert_eq!(asked["breaches"], breach);
    assert!(!asked.to_string().contains(&colleague.id.to_string()), "not who is away");

    let page = unit.json(&manager, "/v1/me/validations?limit=1").await;
    let next = page["next"].as_str().unwrap().to_owned();
    let cursor = next.split("cursor=").last().unwrap();
    let page = unit.json(&manager, &format!("/v1/me/validations?limit=1&cursor={cursor}")).await;
    assert_eq!(page["items"][0]["leave"], later.to_string());

    unit.approve(&agent, first).await;
    unit.refuse(&colleague, later, "effectif").await;
    assert_eq!(unit.json(&manager, "/v1/me/validations").await["items"], serde_json::json!([]));
    let shown = unit.json(&colleague, &format!("/v1/leave-requests/{later}")).await;
    assert_eq!((&shown["status"], &shown["half_days"]), (&"refused".into(), &serde_json::json!([])));
    assert_eq!(shown["breaches"], serde_json::json!([]), "it is decided");
    assert_eq!(shown["track"][0]["words"], "voyage à Lisbonne");
    assert_eq!((&shown["track"][1]["type"], &shown["track"][1]["words"]), (&"LeaveRefused".into(), &"effectif".into()));
    assert_eq!(shown["track"][1]["capacity"], "manager");
}

#[tokio::test]
async fn a_colleague_sees_that_somebody_is_absent_and_never_why() {
    let mut unit = Unit::open().await;
    let (agent, colleague, manager) = (unit.agent.clone(), unit.colleague.clone(), unit.manager.clone());
    let granted = unit.request(&agent, "2027-02-01", "2027-02-02").await;
    unit.approve(&agent, granted).await;
    unit.request(&agent, "2027-02-03", "2027-02-03").await;
    unit.fall_sick(&agent, "2027-02-04", "2027-02-04").await;
    let path = format!("/v1/units/{}/calendar?from=2027-02-01&until=2027-02-07", unit.unit);
    let line = |calendar: &serde_json::Value| {
        let lines = calendar["agents"].as_array().unwrap().clone();
        lines.into_iter().find(|line| line["who"]["account"] == agent.id.to_string()).unwrap()
    };

    let calendar = unit.json(&colleague, &path).await;
    assert_eq!(line(&calendar)["grid"], "AAAA..AA..----");
    assert_eq!(line(&calendar)["absences"], serde_json::json!([]));
    let text = calendar.to_string();
    assert!(!text.contains("annual") && !text.contains("sick") && !text.contains(&granted.to_string()), "{text}");

    let calendar = unit.json(&manager, &path).await;
    assert_eq!(line(&calendar)["grid"], "AAAA??AA..----");
    let absences = line(&calendar)["absences"].as_array().unwrap().clone();
    assert_eq!(absences.len(), 3);
    for absence in absences {
        assert!(absence["type"].is_null(), "{absence}");
        assert_eq!(
            absence["leave"].is_null(),
            absence["pending"] == false,
            "sickness is what any absence is: {absence}"
        );
    }
    assert!(!calendar.to_string().contains("sick"));

    let own = line(&unit.json(&agent, &path).await);
    assert_eq!(own["grid"], "AAAA..AA..----");
    assert_eq!(own["absences"].as_array().unwrap().iter().filter(|one| one["type"] == "annual-leave").count(), 2);
}

#[tokio::test]
async fn a_balance_is_explained_and_is_as_it_was_known() {
    let mut unit = Unit::open().await;
    let agent = unit.agent.clone();
    let counter = |balance: &serde_json::Value| {
        let counters = balance["counters"].as_array().unwrap().clone();
        counters.into_iter().find(|one| one["counter"] == "annual-leave:2027").unwrap()
    };
    let before = unit.json(&agent, "/v1/me/balance").await;
    assert_eq!((&counter(&before)["acquired"], &counter(&before)["available"]), (&50.into(), &50.into()));
    assert!(counter(&before)["entries"][0]["because"]["source"].as_str().unwrap().contains("85-1250"));
    let known_at: chrono::DateTime<chrono::Utc> =
        sqlx::query_scalar("SELECT clock_timestamp()").fetch_one(&unit.world.database.owner()).await.unwrap();

    let leave = unit.request(&agent, "2027-02-01", "2027-02-02").await;
    let after = unit.json(&agent, "/v1/me/balance").await;
    assert_eq!((&counter(&after)["reserved"], &counter(&after)["available"]), (&4.into(), &46.into()));
    unit.approve(&agent, leave).await;
    let after = unit.json(&agent, "/v1/me/balance?at=2027-02-01").await;
    assert_eq!((&counter(&after)["taken"], &counter(&after)["booked"]), (&2.into(), &2.into()));

    let instant = known_at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    let then = unit.json(&agent, &format!("/v1/me/balance?known_at={instant}")).await;
    assert_eq!(counter(&then), counter(&before));
    let unknown = format!("/v1/agents/{}/balance", events::AccountId::new());
    assert_eq!(refusal(unit.world.get(&unit.hr, &unknown)).await, "not-found");
    for date in ["9999-01-01", "1989-12-31"] {
        let path = format!("/v1/me/balance?at={date}");
        assert_eq!(refusal(unit.world.get(&agent, &path)).await, "invalid-field: query at");
    }

    let path = unit.now("/v1/me/balance");
    let tag = ok(unit.world.get(&agent, &path)).await.headers()["etag"].clone();
    let fresh = unit.world.get(&agent, &path).header("if-none-match", tag).send().await.unwrap();
    assert_eq!(fresh.status(), 304);
}

#[tokio::test]
async fn a_balance_tells_who_decides_on_leave_nothing_of_sickness() {
    let mut unit = Unit::open().await;
    let agent = unit.agent.clone();
    let time = EmploymentEvent::WorkingTimeSet {
        quota: Quota::FULL,
        full_time_week_minutes: 2340,
        annualised: false,
        from: day("2020-01-01"),
    };
    append(&unit.world, agent.id.as_uuid(), vec![time]).await;
    let sickness = unit.fall_sick(&agent, "2027-01-04", "2027-06-30").await.to_string();
    let path = format!("/v1/agents/{}/balance?at=2027-12-31", agent.id);
    for (name, who, told) in [
        ("agent", &unit.agent, true),
        ("hr", &unit.hr, true),
        ("manager", &unit.manager, false),
        ("delegate", &unit.delegate, false),
    ] {
        let balance = unit.json(who, &path).await;
        let rtt = balance["counters"].as_array().unwrap().iter().find(|one| one["counter"] == "rtt:2027").unwrap();
        assert_ne!(rtt["debited"], 0, "{name}");
        let text = balance.to_string();
        assert_eq!(text.contains(&sickness), told, "{name} {text}");
        assert_eq!(text.contains("rtt_sickness"), told, "{name} {text}");
        assert_eq!(text.contains(r#""because":{"kind":"adjustment"}"#), !told, "{name} {text}");
        assert!(text.contains("85-1250"), "{name}: what the law gives is explained");
    }
}

#[tokio::test]
async fn each_is_told_what_concerns_him_and_never_why() {
    let mut unit = Unit::open().await;
    let (agent, colleague, manager) = (unit.agent.clone(), unit.colleague.clone(), unit.manager.clone());
    let leave = unit.request(&agent, "2027-02-01", "2027-02-02").await;
    unit.record(&agent, AbsenceEvent::ReplacementNamed { leave, replacement: colleague.id }).await;
    unit.refuse(&agent, leave, "effectif").await;
    let mut told = Vec::new();
    for who in [&agent, &colleague, &manager, &unit.other_manager] {
        let notices = unit.json(who, "/v1/me/notices").await;
        assert!(!notices.to_string().contains("effectif") && !notices.to_string().contains("Lisbonne"));
        let types = notices["items"].as_array().unwrap().iter().map(|one| one["type"].as_str().unwrap().to_owned());
        told.push(types.collect::<Vec<_>>());
    }
    let expected: [&[&str]; 4] = [&["LeaveRefused"], &["LeaveRefused", "ReplacementNamed"], &["LeaveRequested"], &[]];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn who_decides_in_the_place_of_another_is_told_what_he_may_decide() {
    let mut unit = Unit::open().await;
    let (agent, manager) = (unit.agent.clone(), unit.manager.id);
    let unpaid = DelegationScope { types: [LeaveType::Unpaid].into(), ..DelegationScope::default() };
    let of_another_type = unit.delegate_from("2027-01-01", unpaid).await;
    let since_today = unit.delegate_from("2027-01-16", DelegationScope::default()).await;
    let leave = unit.request(&agent, "2027-02-01", "2027-02-02").await;
    unit.record(&agent, AbsenceEvent::LeaveWithdrawn { leave }).await;
    let named = unit.request_from(Approver::Person(manager), &agent, "2027-03-01", "2027-03-02").await;
    assert_eq!(unit.told(&unit.delegate).await, ["LeaveRequested", "LeaveWithdrawn", "LeaveRequested"]);
    for (name, who) in [("expired", &unit.expired), ("of another type", &of_another_type), ("today", &since_today)] {
        assert!(unit.told(who).await.is_empty(), "{name}");
    }

    unit.approve(&agent, named).await;
    assert_eq!(unit.told(&unit.delegate).await, ["LeaveWithdrawn", "LeaveRequested"], "it no longer waits");
    assert_eq!(unit.told(&agent).await, ["LeaveApproved"], "and the manager's own are not his delegate's");
}

#[tokio::test]
async fn who_is_to_stand_in_sees_when_and_never_why() {
    let mut unit = Unit::open().await;
    let (agent, colleague) = (unit.agent.clone(), unit.colleague.clone());
    let leave = unit.request(&agent, "2027-02-01", "2027-02-02").await;
    let path = format!("/v1/leave-requests/{leave}");
    assert_eq!(unit.status(&colleague, &path).await, 404);
    unit.record(&agent, AbsenceEvent::ReplacementNamed { leave, replacement: colleague.id }).await;

    let shown = unit.json(&colleague, &path).await;
    let expected = serde_json::json!({
        "leave": leave.to_string(),
        "who": { "account": agent.id.to_string(), "given_name": "Élodie", "family_name": "Müller" },
        "start": "2027-02-01 AM",
        "end": "2027-02-02 PM",
        "half_days": ["2027-02-01", "2027-02-02"],
        "status": "pending",
        "accepted": null,
    });
    assert_eq!(shown, expected);
    unit.record(&agent, AbsenceEvent::ReplacementAccepted { leave, replacement: colleague.id }).await;
    assert_eq!(unit.json(&colleague, &path).await["accepted"], true);
    unit.record(&agent, AbsenceEvent::ReplacementDeclined { leave, replacement: colleague.id }).await;
    assert_eq!(unit.status(&colleague, &path).await, 404);
}

#[tokio::test]
async fn a_feed_tells_absence_and_cancellation_and_ends_when_it_is_revoked() {
    let mut unit = Unit::open().await;
    let (agent, colleague) = (unit.agent.clone(), unit.colleague.clone());
    let leave = unit.request(&agent, "2027-02-01", "2027-02-02").await;
    let (of, decider) = (unit.unit, unit.decider());
    let (feed, address) = unit.feed(&colleague, FeedScope::Unit(of)).await;
    let text = async |unit: &Unit| {
        // A feed waits for no position: those that do say when it is there.
        for path in ["/v1/me/calendar-feeds", "/v1/me/notices"] {
            unit.json(&unit.colleague, path).await;
        }
        let text = ok(unit.world.get_as_stranger(&address)).await.text().await.unwrap();
        text.replace("\r\n ", "")
    };
    assert!(!text(&unit).await.contains("VEVENT"));
    ok(unit.world.get_as_stranger(address.strip_suffix(".ics").unwrap())).await;

    unit.approve(&agent, leave).await;
    let shown = text(&unit).await;
    let uid = format!("UID:{}-2027-02-01-AM@intraparis", agent.id);
    assert!(shown.contains(&uid) && shown.contains("STATUS:CONFIRMED"), "{shown}");
    assert!(shown.contains("DTSTART;VALUE=DATE:20270201") && shown.contains("DTEND;VALUE=DATE:20270203"), "{shown}");
    assert!(shown.contains("SUMMARY:Élodie Müller : absence"), "{shown}");
    assert!(!shown.contains("annual") && !shown.contains("Lisbonne"), "{shown}");

    let days = half_days(&["2027-02-01", "2027-02-02 AM"]);
    unit.record(&agent, AbsenceEvent::CancellationAccepted { leave, half_days: days, decider }).await;
    let shown = text(&unit).await;
    assert!(shown.contains("DTSTART:20270202T120000") && shown.contains("DTEND:20270203T000000"), "{shown}");
    let days = half_days(&["2027-02-02 PM"]);
    unit.record(&agent, AbsenceEvent::CancellationAccepted { leave, half_days: days, decider }).await;
    let shown = text(&unit).await;
    assert!(shown.contains(&uid) && shown.contains("STATUS:CANCELLED"), "{shown}");

    let revoked = vec![CalendarFeedEvent::CalendarFeedRevoked {}];
    unit.position = crate::leave_world::append(&unit.world, feed.as_uuid(), revoked).await;
    let feeds = unit.json(&colleague, "/v1/me/calendar-feeds").await;
    assert!(feeds[0]["revoked_at"].is_string());
    assert_eq!(refusal(unit.world.get_as_stranger(&address)).await, "not-found");
}

#[tokio::test]
async fn human_resources_see_counts_and_what_is_about_to_be_lost() {
    let mut unit = Unit::open().await;
    let (agent, hr) = (unit.agent.clone(), unit.hr.clone());
    let leave = unit.request(&agent, "2027-02-01", "2027-02-02").await;
    unit.approve(&agent, leave).await;
    unit.fall_sick(&agent, "2027-02-04", "2027-02-04").await;
    let path = "/v1/leave-overview?from=2027-02-01&until=2027-02-28";
    let csv = ok(unit.world.get(&hr, &unit.now(path)).header("accept", "text/csv")).await.text().await.unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines[0], "unit,code,name,type,status,absences,agents,half_days");
    assert_eq!(lines[1], format!("{},U1,Service U1,annual-leave,granted,1,1,4", unit.unit));
    assert_eq!(lines[2], format!("{},U1,Service U1,sickness,granted,1,1,2", unit.unit));

    for (date, ahead) in
        [("2027-10-02", Some(90)), ("2027-12-01", Some(30)), ("2027-12-24", Some(7)), ("2027-10-01", None)]
    {
        let losses = unit.json(&hr, &format!("/v1/year-end-losses?at={date}")).await;
        let loss =
            losses["items"].as_array().unwrap().iter().find(|loss| loss["who"]["account"] == agent.id.to_string());
        assert_eq!(loss.map(|loss| loss["days_ahead"].as_i64().unwrap()), ahead, "{date} {losses}");
        assert_eq!(loss.map(|loss| loss["half_days"].as_i64().unwrap()), ahead.map(|_| 46), "{date}");
        assert!(!losses.to_string().contains("sick-child"), "an allowance is no loss: {losses}");
    }
    let (quota, from) = (Quota::FULL, day("2020-01-01"));
    let week = EmploymentEvent::WorkingTimeSet { quota, full_time_week_minutes: 2881, annualised: false, from };
    let other = unit.colleague.id.as_uuid();
    unit.position = crate::leave_world::append(&unit.world, other, vec![week]).await;
    let losses = unit.json(&hr, "/v1/year-end-losses?at=2027-12-01").await;
    let of_other =
        losses["items"].as_array().unwrap().iter().filter(|loss| loss["who"]["account"] == other.to_string());
    let left: Vec<&str> = of_other.map(|loss| loss["counter"].as_str().unwrap()).collect();
    assert_eq!(left, ["annual-leave:2027", "fractionnement:2027"], "a week without RTT: {losses}");
    let losses = unit.json(&hr, "/v1/year-end-losses?at=2019-06-01&limit=1").await;
    assert_eq!((&losses["items"], &losses["next"]), (&serde_json::json!([]), &().into()), "nobody was in service");
}

#[tokio::test]
async fn human_resources_list_the_gifts_that_wait_and_each_donor_his_own() {
    let mut unit = Unit::open().await;
    let (agent, colleague, hr) = (unit.agent.clone(), unit.colleague.clone(), unit.hr.clone());
    let rtt = Counter::of(CounterKind::Rtt, 2027);
    let (half_days, on) = (HalfDays::days(2), day("2027-01-04"));
    let mut declare = async |of: &Agent| {
        let gift = GiftId::new();
        unit.record(of, AbsenceEvent::GiftDeclared { gift, counter: rtt, half_days, on }).await;
        gift
    };
    let (given, withdrawn, first) = (declare(&agent).await, declare(&agent).await, declare(&agent).await);
    let second = declare(&colleague).await;
    unit.record(&agent, AbsenceEvent::DaysGiven { gift: given, counter: rtt, half_days, on }).await;
    unit.record(&colleague, AbsenceEvent::DaysReceived { gift: given, half_days, on }).await;
    unit.record(&agent, AbsenceEvent::GiftWithdrawn { gift: withdrawn }).await;

    let page = unit.json(&hr, "/v1/gifts?limit=1").await;
    let waiting = json!({
        "gift": first.to_string(), "counter": "rtt:2027", "half_days": 4, "declared_on": "2027-01-04",
        "status": "waiting", "donor": { "account": agent.id.to_string(), "given_name": "Élodie", "family_name": "Müller" },
    });
    assert_eq!(page["items"], json!([waiting]));
    let next = page["next"].as_str().unwrap().split("cursor=").last().unwrap().to_owned();
    let page = unit.json(&hr, &format!("/v1/gifts?limit=1&cursor={next}")).await;
    assert_eq!((&page["items"][0]["gift"], &page["next"]), (&json!(second.to_string()), &json!(null)));

    let own = unit.json(&agent, "/v1/me/gifts").await;
    let told: Vec<_> = own["items"].as_array().unwrap().iter().map(|gift| gift["status"].as_str().unwrap()).collect();
    assert_eq!(told, ["given", "withdrawn", "waiting"]);
    assert!(!own.to_string().contains(&colleague.id.to_string()), "not who received");
    let own = unit.json(&colleague, "/v1/me/gifts").await;
    assert_eq!(own["items"].as_array().unwrap().len(), 1, "{own}");
    assert!(!own.to_string().contains(&given.to_string()), "what was received is nobody's to trace");
    let balance = unit.json(&colleague, "/v1/me/balance").await.to_string();
    assert!(balance.contains(r#""because":{"kind":"received-gift"}"#), "{balance}");
    assert!(!balance.contains(&given.to_string()), "{balance}");
    assert!(unit.json(&agent, "/v1/me/balance").await.to_string().contains(&given.to_string()), "his own he knows");
}

#[tokio::test]
async fn days_that_make_no_period_are_refused() {
    let unit = Unit::open().await;
    for days in
        ["from=2027-02-02&until=2027-02-01", "from=2027-01-01&until=2027-12-31", "from=9999-01-01&until=9999-01-02"]
    {
        let path = format!("/v1/units/{}/calendar?{days}", unit.unit);
        assert_eq!(refusal(unit.world.get(&unit.manager, &path)).await, "invalid-field: query until", "{days}");
    }
    let path = format!("/v1/units/{}/calendar?from=2027-02-30&until=2027-03-01", unit.unit);
    assert_eq!(refusal(unit.world.get(&unit.manager, &path)).await, "invalid-field: query from");
    let units = crate::world::json(unit.world.get(&unit.agent, "/v1/units")).await;
    assert_eq!(units["items"][0]["staffing_rules"], serde_json::json!(["guichet"]));
}

#[tokio::test]
async fn the_trail_shows_who_decided_by_what_right_and_never_why() {
    let mut unit = Unit::open().await;
    let (agent, auditor, manager) = (unit.agent.clone(), unit.auditor.clone(), unit.manager.id);
    let leave = unit.request(&agent, "2027-02-01", "2027-02-02").await;
    unit.refuse(&agent, leave, "effectif").await;
    unit.fall_sick(&agent, "2027-03-01", "2027-03-02").await;
    let entries = async |filter: TrailFilter| {
        let (reading, position) = unit.world.declare(&auditor, filter).await;
        unit.world.all_entries(&auditor, reading, position).await
    };

    let types = vec!["LeaveRequested".to_owned(), "LeaveRefused".to_owned(), "SicknessRecorded".to_owned()];
    let shown = entries(TrailFilter { agent: Some(agent.id), types, ..TrailFilter::default() }).await;
    let told: Vec<_> =
        shown.iter().map(|entry| (entry["type"].as_str().unwrap(), entry["outcome"].as_str().unwrap())).collect();
    assert_eq!(told, [("LeaveRequested", "success"), ("LeaveRefused", "refused"), ("SicknessRecorded", "success")]);
    assert_eq!(shown[1]["detail"], format!("{leave} manager"));
    for entry in &shown {
        assert!(entry["motive"].is_null() && entry["reason"].is_null(), "{entry}");
        assert!(!entry.to_string().contains("annual") && !entry.to_string().contains("ordinary"), "{entry}");
    }
    let granted = vec!["DelegationGranted".to_owned()];
    let by_type = TrailFilter { agent: Some(manager), types: granted, ..TrailFilter::default() };
    assert_eq!(entries(by_type).await.len(), 2);
    let refused = TrailFilter { outcome: Some(Outcome::Refused), ..TrailFilter::default() };
    assert_eq!(entries(refused).await.len(), 1);
}
