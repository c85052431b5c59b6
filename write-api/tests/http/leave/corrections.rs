//! What human resources correct, held to the law as the rest is.

use super::world::{World, detail, field};
use crate::app::slug;
use serde_json::{Value, json};

impl World {
    async fn of_hr(&self, rest: &str, body: Value) -> crate::app::Answer {
        self.app.post(&self.hr, &format!("/v1/agents/{}/{rest}", self.agent.account), body).await
    }
}

/// Leave that had to be taken before days were saved is exchanged for other, and not released.
#[tokio::test]
async fn a_correction_holds_the_floor_of_the_time_savings_account() {
    let world = World::new().await;
    world.granted("2026-03-02", "2026-03-13").await;
    let leave = world.granted("2026-07-06", "2026-07-20").await;
    assert_eq!(world.app.post(&world.agent, "/v1/me/time-savings", json!({})).await.0, 201);
    world.at("2026-08-03T09:00:00Z");
    let agent = world.app.again(world.agent.account, &world.agent.username).await;
    let hr = world.app.again(world.hr.account, &world.hr.username).await;
    let deposit = json!({ "deposits": [{ "counter": "annual-leave:2026", "half_days": 10 }] });
    let (status, body) = world.app.post(&agent, "/v1/me/time-savings/deposits", deposit).await;
    assert_eq!(status, 201, "{body}");
    let release = json!({
        "agent": world.agent.account, "half_days": ["2026-07-20"], "effective": "2026-07-20", "motive": "présent le 20",
    });
    let answer = world.act(&hr, &leave, "correct", release.clone()).await;
    assert_eq!(slug(&answer), "invalid-field", "{}", answer.1);
    assert!(detail(&answer).contains("D 2004-878 art. 3"), "{}", answer.1);
    let mut exchange = release;
    exchange["first"] = json!("2026-07-21");
    let (status, body) = world.act(&hr, &leave, "correct", exchange).await;
    assert_eq!(status, 200, "{body}");
}

/// What human resources record, or a correction adds, is no longer than the law gives; what was asked for too late needs
/// a motive.
#[tokio::test]
async fn what_is_recorded_or_corrected_is_bounded_as_what_is_asked_for() {
    let world = World::new().await;
    let absence = |leave_type: &str, first: &str, last: &str, said: Value| {
        let mut body = json!({ "type": leave_type, "first": first, "last": last });
        body.as_object_mut().unwrap().extend(said.as_object().unwrap().clone());
        body
    };
    let due = || json!({ "circumstances": { "pregnancy": { "rank": "first_or_second", "due": "2026-09-15" } } });
    let motive = || json!({ "motive": "état aggravé d’un coup" });
    for (body, at, article) in [
        (absence("maternity", "2026-08-04", "2026-11-24", due()), "/last", "CGFP L.631-3"),
        (absence("maternity", "2026-08-04", "2026-11-23", json!({})), "/circumstances", "pregnancy"),
        (absence("carer", "2026-01-12", "2026-02-11", json!({})), "/first", "D 2020-1557 art. 3"),
        (absence("carer", "2026-01-12", "2026-05-11", motive()), "/last", "CGFP L.634-1"),
        (absence("training", "2026-01-12", "2026-02-11", json!({})), "/first", "D 2007-1845 art. 15"),
        (absence("carer", "2026-01-12", "2026-02-11", json!({ "motive": " " })), "/motive", "convention"),
    ] {
        let answer = world.of_hr("absences", body).await;
        assert_eq!((slug(&answer), field(&answer)), ("invalid-field", at), "{}", answer.1);
        assert!(detail(&answer).contains(article), "{}", answer.1);
    }
    assert_eq!(world.app.count("AbsenceRecorded").await, 0);
    assert_eq!(world.of_hr("absences", absence("carer", "2026-01-12", "2026-02-11", motive())).await.0, 201);

    let born = || json!({ "birth": { "born": "2026-06-10" } });
    let paternity = absence("paternity", "2026-06-10", "2026-06-21", json!({ "circumstances": born() }));
    let (status, body) = world.of_hr("absences", paternity).await;
    assert_eq!(status, 201, "{body}");
    let leave = body["leave"].as_str().unwrap().to_owned();
    let more = |last: &str, circumstances: Value| {
        json!({
            "agent": world.agent.account, "first": "2026-06-22", "last": last, "circumstances": circumstances,
            "effective": "2026-06-22", "motive": "erreur de dates",
        })
    };
    for (body, at) in [(more("2026-07-07", Value::Null), "/circumstances"), (more("2026-07-08", born()), "/last")] {
        let answer = world.act(&world.hr, &leave, "correct", body).await;
        assert_eq!((slug(&answer), field(&answer)), ("invalid-field", at), "{}", answer.1);
    }
    let (status, body) = world.act(&world.hr, &leave, "correct", more("2026-07-07", born())).await;
    assert_eq!(status, 200, "{body}");
}

/// A special absence is corrected for what it is for, and no longer than its motive gives.
#[tokio::test]
async fn a_special_absence_is_corrected_for_what_it_is_for() {
    let world = World::new().await;
    let married = |day: &str| json!({ "special_motive": "marriage_or_pacs", "occurred_on": day });
    let with = |mut body: Value, more: Value| {
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let absence = json!({ "type": "special-absence", "first": "2026-06-01", "last": "2026-06-04" });
    let (status, body) = world.of_hr("absences", with(absence, married("2026-06-06"))).await;
    assert_eq!(status, 201, "{body}");
    let leave = body["leave"].as_str().unwrap().to_owned();
    let more = |last: &str| {
        json!({
            "agent": world.agent.account, "first": "2026-06-08", "last": last, "effective": "2026-06-08", "motive": "oubli",
        })
    };
    for (body, at) in [
        (more("2026-06-08"), "/special_motive"),
        (with(more("2026-06-08"), married("2026-06-13")), "/special_motive"),
        (with(more("2026-06-10"), married("2026-06-06")), "/last"),
    ] {
        let answer = world.act(&world.hr, &leave, "correct", body).await;
        assert_eq!((slug(&answer), field(&answer)), ("invalid-field", at), "{}", answer.1);
        assert!(detail(&answer).contains("CGFP L.622-1"), "{}", answer.1);
    }
    let body = with(more("2026-06-09"), married("2026-06-06"));
    assert_eq!(world.act(&world.hr, &leave, "correct", body).await.0, 200);
}

/// An employment that gives less than is taken is recorded, and what is overdrawn is said.
#[tokio::test]
async fn a_correction_of_the_employment_says_what_is_overdrawn() {
    let world = World::new().await;
    world.granted("2026-03-02", "2026-03-20").await;
    let half_time = json!({ "from": "2026-01-01", "pattern": { "halves": "11111000000000" } });
    let (status, body) = world.of_hr("employment", half_time).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["overdrawn"], json!([{ "counter": "annual-leave:2026", "half_days": 5 }]), "{body}");
    let (status, body) = world.of_hr("employment", json!({ "from": "2026-01-01", "title": "agent" })).await;
    assert_eq!((status, body["overdrawn"].is_array()), (200, true), "as long as it is so: {body}");
    let full_time = json!({ "from": "2026-01-01", "pattern": { "halves": "11111111110000" } });
    let (_, body) = world.of_hr("employment", full_time).await;
    assert_eq!(body["overdrawn"], Value::Null, "{body}");
}

/// So do the absence and the correction that lower what is earned; human resources are told once of each amount.
#[tokio::test]
async fn what_an_absence_or_its_correction_overdraws_is_said_and_announced() {
    let world = World::new().await;
    world.granted("2026-03-02", "2026-03-20").await;
    let away = |first: &str, last: &str| json!({ "type": "unpaid", "first": first, "last": last, "motive": "convenances personnelles" });
    let (status, body) = world.of_hr("absences", away("2026-09-01", "2026-09-30")).await;
    assert_eq!((status, &body["overdrawn"]), (201, &Value::Null), "{body}");
    let leave = body["leave"].as_str().unwrap().to_owned();
    let more = |first: &str, last: &str| {
        json!({
            "agent": world.agent.account, "first": first, "last": last, "effective": first, "motive": "erreur de dates",
        })
    };
    let correct = async |body: Value| {
        let (status, body) = world.act(&world.hr, &leave, "correct", body).await;
        assert_eq!(status, 200, "{body}");
        body["overdrawn"].clone()
    };
    assert_eq!(correct(more("2026-07-01", "2026-08-31")).await, Value::Null);
    let by = |half_days: u32| json!([{ "counter": "annual-leave:2026", "half_days": half_days }]);
    assert_eq!(correct(more("2026-10-01", "2026-12-31")).await, by(5));
    assert_eq!(world.app.count("OverdraftAnnounced").await, 1);
    let (_, body) = world.of_hr("employment", json!({ "from": "2026-01-01", "title": "agent" })).await;
    assert_eq!((&body["overdrawn"], world.app.count("OverdraftAnnounced").await), (&by(5), 1), "{body}");
    let (status, body) = world.of_hr("absences", away("2026-06-01", "2026-06-30")).await;
    assert_eq!((status, &body["overdrawn"]), (201, &by(9)), "{body}");
    let advance = json!({
        "counter": "annual-leave:2026", "half_days": 9, "effective": "2026-01-01", "cause": "advance", "motive": "à rendre",
    });
    let (status, body) = world.of_hr("credits", advance).await;
    assert_eq!((status, &body["overdrawn"]), (201, &Value::Null), "{body}");
    assert_eq!(world.app.count("OverdraftAnnounced").await, 3, "5, then 9, then settled");
}

/// Human resources are told, too, of what an employment overdraws.
#[tokio::test]
async fn what_a_correction_of_the_employment_overdraws_is_announced_until_it_is_settled() {
    let world = World::new().await;
    let leave = world.granted("2026-03-02", "2026-03-20").await;
    let half_time = json!({ "from": "2026-01-01", "pattern": { "halves": "11111000000000" } });
    assert_eq!(world.of_hr("employment", half_time).await.0, 200);
    assert_eq!(world.app.count("OverdraftAnnounced").await, 1);
    let release = json!({
        "agent": world.agent.account, "half_days": ["2026-03-18", "2026-03-19", "2026-03-20"], "effective": "2026-03-18",
        "motive": "présent",
    });
    let (status, body) = world.act(&world.hr, &leave, "correct", release).await;
    assert_eq!((status, &body["overdrawn"]), (200, &Value::Null), "{body}");
    assert_eq!(world.app.count("OverdraftAnnounced").await, 2);
}

/// What was asked for before a correction took its rights away is not granted, by one decision or in bulk.
#[tokio::test]
async fn nothing_is_granted_that_a_correction_has_left_without_rights() {
    let world = World::new().await;
    let leave = world.asked("2026-03-02", "2026-03-20").await;
    let half_time = json!({ "from": "2026-01-01", "pattern": { "halves": "11111000000000" } });
    assert_eq!(world.of_hr("employment", half_time).await.0, 200);
    let answer = world.approve(&world.manager, &leave).await;
    assert_eq!((answer.0, slug(&answer)), (422, "insufficient-rights"), "{}", answer.1);
    assert!(answer.1["detail"].to_string().contains("annual-leave:2026"), "{}", answer.1);
    let decision = json!({ "leave": leave, "agent": world.agent.account, "decision": "approve", "step": 0 });
    let bulk = json!({ "items": [decision] });
    let (_, body) = world.app.post(&world.manager, "/v1/leave-decisions", bulk).await;
    assert_eq!(body["items"][0]["problem"]["type"], "/problems/insufficient-rights", "{body}");
    assert_eq!(world.app.count("LeaveApproved").await, 0);
    let refuse = json!({ "agent": world.agent.account, "step": 0, "motive": "droits insuffisants" });
    assert_eq!(world.act(&world.manager, &leave, "refuse", refuse).await.0, 200);
}

/// What no rule gives has a motive; for a sick child, no more than the law doubles.
#[tokio::test]
async fn a_credit_that_no_rule_gives_has_a_motive_and_the_law_as_its_end() {
    let world = World::new().await;
    let opening = json!({
        "counter": "annual-leave:2026", "half_days": 600, "effective": "2026-01-01", "cause": "opening-balance",
    });
    let answer = world.of_hr("credits", opening).await;
    assert_eq!((answer.0, field(&answer)), (422, "/motive"), "{}", answer.1);
    let alone = |half_days: u32| {
        json!({
            "counter": "sick-child:2026", "half_days": half_days, "effective": "2026-01-01", "cause": "correction",
            "motive": "parent seul",
        })
    };
    let answer = world.of_hr("credits", alone(13)).await;
    assert_eq!((answer.0, field(&answer)), (422, "/half_days"), "{}", answer.1);
    assert_eq!(world.of_hr("credits", alone(12)).await.0, 201);
}

/// A sickness on days of RTT is recorded, and they are not given back.
#[tokio::test]
async fn a_sickness_on_rtt_is_recorded_once() {
    let world = World::new().await;
    let (status, body) = world.ask_as(&world.agent, "rtt", "2026-02-02", "2026-02-03").await;
    assert_eq!(status, 201, "{body}");
    let spell = json!({ "first": "2026-02-02", "last": "2026-02-03" });
    let (status, body) = world.of_hr("sicknesses", spell.clone()).await;
    assert_eq!((status, &body["half_days"]), (201, &json!(0)), "{body}");
    let again = world.of_hr("sicknesses", spell).await;
    assert_eq!(slug(&again), "overlapping-absence", "{}", again.1);
    let sickness = body["sickness"].as_str().unwrap();
    let back = json!({ "agent": world.agent.account, "back": "2026-02-02", "motive": "erreur" });
    let shorten = format!("/v1/sicknesses/{sickness}/shorten");
    assert_eq!(world.app.post(&world.hr, &shorten, back.clone()).await.0, 200);
    let answer = world.app.post(&world.hr, &shorten, back).await;
    assert_eq!((answer.0, field(&answer)), (422, "/back"), "{}", answer.1);
}
