//! Bad input names the field and the article of the rule, and changes nothing.

use super::world::{World, detail, field};
use crate::app::slug;
use events::account::Role;
use serde_json::{Value, json};

async fn count(world: &World) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM journal.event WHERE stream_type = 'absence-ledger'")
        .fetch_one(&world.app.database.owner())
        .await
        .unwrap()
}

#[tokio::test]
async fn impossible_requests_are_named_and_change_nothing() {
    let world = World::new().await;
    let body = |change: &[(&str, Value)]| {
        let mut body = json!({ "type": "annual-leave", "first": "2026-05-18", "last": "2026-05-19" });
        for (name, value) in change {
            body[*name] = value.clone();
        }
        body
    };
    for (body, at, says) in [
        (body(&[("first", json!("2026-05-20"))]), "/last", "before the start"),
        (body(&[("first", json!("2026-05-20"))]), "/last", "D 85-1250 art. 1"),
        (body(&[("first", json!("2026-05-18 PM")), ("last", json!("2026-05-18 AM"))]), "/last", "AM is the morning"),
        (body(&[("first", json!("2026-02-30"))]), "/first", "existing date"),
        (body(&[("last", json!("9999-12-31"))]), "/last", "1990 to 2099"),
        (body(&[("last", json!("2026-5-19"))]), "/last", "existing date"),
        (body(&[("last", json!("2026-05-19 noon"))]), "/last", "AM or PM"),
        (body(&[("last", json!(20_260_519))]), "/last", "a string"),
        (body(&[("first", json!("2026-05-16")), ("last", json!("2026-05-17"))]), "/first", "D 85-1250 art. 1"),
        (body(&[("first", json!("2026-05-14")), ("last", json!("2026-05-14"))]), "/first", "D 85-1250 art. 1"),
        (body(&[("last", json!("2028-05-19"))]), "/last", "days at a time"),
        (body(&[("type", json!("siesta"))]), "/type", "annual-leave"),
        (body(&[("type", json!("unjustified"))]), "/type", "not asked for"),
        (body(&[("type", json!("special-absence"))]), "/special_motive", "CGFP L.622-1"),
        (body(&[("reason", json!("x".repeat(1 << 20)))]), "/reason", "500 characters"),
        (body(&[("replacement", json!(world.agent.account))]), "/replacement", "himself"),
        (body(&[("replacement", json!(uuid::Uuid::new_v4()))]), "/replacement", "no such agent"),
    ] {
        let answer = world.app.post(&world.agent, "/v1/leave-requests", body.clone()).await;
        assert_eq!((slug(&answer), field(&answer)), ("invalid-field", at), "{}", answer.1);
        assert!(detail(&answer).contains(says), "{says}: {}", answer.1);
        assert!(answer.0 == 422);
    }
    assert_eq!(count(&world).await, 0);
    let leave = world.asked("2026-05-18", "2026-05-19").await;
    let nobody = json!({ "replacement": uuid::Uuid::new_v4() });
    let answer = world.act(&world.agent, &leave, "name-replacement", nobody).await;
    assert_eq!((answer.0, field(&answer)), (422, "/replacement"), "{}", answer.1);
    let health = world.app.agent("Sante", &[Role::HrHealth]).await;
    let path = format!("/v1/agents/{}/sicknesses", world.agent.account);
    let spell = json!({
        "first": "2026-01-05", "last": "2026-01-05", "nature": "ordinary", "relapse_of": uuid::Uuid::new_v4(),
    });
    let answer = world.app.post(&health, &path, spell).await;
    assert_eq!((answer.0, field(&answer)), (422, "/relapse_of"), "{}", answer.1);
    assert_eq!(count(&world).await, 1);
}

#[tokio::test]
async fn a_refusal_needs_a_motive_that_is_no_novel() {
    let world = World::new().await;
    let leave = world.asked("2026-05-18", "2026-05-19").await;
    for motive in [json!(null), json!("  "), json!("x".repeat(1 << 20))] {
        let body = json!({ "agent": world.agent.account, "step": 0, "motive": motive });
        let answer = world.act(&world.manager, &leave, "refuse", body).await;
        assert_eq!((slug(&answer), field(&answer)), ("invalid-field", "/motive"), "{}", answer.1);
        assert!(detail(&answer).contains("D 85-1250 art. 3"), "{}", answer.1);
    }
    assert_eq!(count(&world).await, 1);
}

/// Each type has its longest: a day more is refused by name and number, whatever else would speak against it.
#[tokio::test]
async fn no_leave_is_longer_than_the_longest_of_its_type() {
    let world = World::new().await;
    let first: chrono::NaiveDate = "2026-03-02".parse().unwrap();
    let said = |leave_type: &str, days: u64| {
        let last = first + chrono::Days::new(days - 1);
        json!({ "type": leave_type, "first": first, "last": last })
    };
    let longest = [
        ("annual-leave", 366),
        ("rtt", 366),
        ("time-savings", 366),
        ("bonified-leave", 65),
        ("special-absence", 366),
        ("sick-child", 31),
        ("maternity", 366),
        ("paternity", 62),
        ("extra-birth-leave", 62),
        ("adoption", 200),
        ("parental-presence", 1098),
        ("carer", 366),
        ("end-of-life", 200),
        ("training", 1098),
        ("donated-days", 366),
        ("unpaid", 1098),
    ];
    let bound = |answer: &_, days: u64| detail(answer).contains(&format!("at most {days} days at a time"));
    for (leave_type, days) in longest {
        let answer = world.app.post(&world.agent, "/v1/leave-requests", said(leave_type, days + 1)).await;
        assert_eq!((answer.0, field(&answer)), (422, "/last"), "{leave_type}: {}", answer.1);
        assert!(bound(&answer, days), "{leave_type}: {}", answer.1);
    }
    let recorded = format!("/v1/agents/{}/absences", world.agent.account);
    let answer = world.app.post(&world.hr, &recorded, said("unjustified", 367)).await;
    assert!(bound(&answer, 366), "{}", answer.1);
    for (leave_type, days) in [("bonified-leave", 65), ("unpaid", 1098)] {
        let other = World::new().await;
        let answer = other.app.post(&other.agent, "/v1/leave-requests", said(leave_type, days)).await;
        assert_eq!(answer.0, 201, "{leave_type}: {}", answer.1);
    }
}

/// What is done to a leave that was granted is refused, in both languages, of one that was not.
#[tokio::test]
async fn a_leave_that_is_not_granted_is_said_to_be_none() {
    let world = World::new().await;
    let leave = world.asked("2026-05-18", "2026-05-19").await;
    let correction = json!({
        "agent": world.agent.account, "half_days": ["2026-05-18"], "effective": "2026-05-18", "motive": "présent",
    });
    for (accepts, says) in [
        ("fr", "Le congé n’est pas accordé : la demande attend encore, ou a été refusée ou retirée."),
        ("en", "the leave is pending, not granted"),
    ] {
        let request = world.app.command(&world.hr, &format!("/v1/leave-requests/{leave}/correct"), &correction);
        // The second value of a header that was set is another line of it: this one replaces it.
        let mut request = request.build().unwrap();
        request.headers_mut().insert("accept-language", accepts.parse().unwrap());
        let problem: serde_json::Value = reqwest::Client::new().execute(request).await.unwrap().json().await.unwrap();
        assert_eq!(problem["type"], "/problems/leave-state", "{problem}");
        assert_eq!((&problem["leave_status"], &problem["detail"]), (&json!("pending"), &json!(says)));
    }
}

/// A motive that is missing or blank is asked for by the ground of each command.
#[tokio::test]
async fn a_motive_is_asked_for_by_its_own_ground() {
    let world = World::new().await;
    let credit = |cause: &str| json!({ "counter": "annual-leave:2026", "half_days": 1, "effective": "2026-01-01", "cause": cause });
    let leave = world.granted("2026-05-18", "2026-05-19").await;
    let correction = json!({ "agent": world.agent.account, "half_days": ["2026-05-18"], "effective": "2026-05-18" });
    let rights = |of: &str| format!("/v1/agents/{}/{of}", world.agent.account);
    for (path, body, ground) in [
        (rights("credits"), credit("advance"), "(convention)"),
        (rights("credits"), credit("exceptional-carry-over"), "(D 85-1250 art. 5)"),
        (rights("debits"), credit("correction"), "(convention)"),
        (format!("/v1/leave-requests/{leave}/correct"), correction, "(convention)"),
    ] {
        for motive in [json!(null), json!(" ")] {
            let mut body = body.clone();
            body["motive"] = motive;
            let answer = world.app.post(&world.hr, &path, body).await;
            assert_eq!((answer.0, field(&answer)), (422, "/motive"), "{path}: {}", answer.1);
            assert!(detail(&answer).contains(ground), "{path}: {}", answer.1);
        }
    }
}

#[tokio::test]
async fn what_does_not_fit_the_leave_is_named() {
    let world = World::new().await;
    let leave = world.asked("2026-05-18", "2026-05-19").await;
    let agent = world.agent.account;
    for half_days in [json!([]), json!(["2026-05-20"]), json!(["2026-05-18", "2026-05-19"])] {
        let body = json!({ "agent": agent, "step": 0, "half_days": half_days, "motive": "m" });
        let answer = world.act(&world.manager, &leave, "partially-approve", body).await;
        assert_eq!((slug(&answer), field(&answer)), ("invalid-field", "/half_days"), "{}", answer.1);
    }
    let other_step = json!({ "agent": agent, "step": 3 });
    let answer = world.act(&world.manager, &leave, "approve", other_step).await;
    assert_eq!((slug(&answer), &answer.1["due_step"]), ("leave-state", &json!(0)));
    let nobody = json!({ "agent": uuid::Uuid::new_v4(), "step": 0 });
    assert_eq!(slug(&world.act(&world.manager, &leave, "approve", nobody).await), "not-found");
    let of_manager = json!({ "agent": world.manager.account, "step": 0 });
    assert_eq!(slug(&world.act(&world.hr, &leave, "approve", of_manager).await), "not-found");
}

#[tokio::test]
async fn employments_and_units_that_cannot_be_are_named() {
    let world = World::new().await;
    let path = format!("/v1/agents/{}/employment", world.agent.account);
    for (body, at) in [
        (json!({ "from": "2026-02-30", "title": "x" }), "/from"),
        (json!({ "from": "2026-01-01" }), ""),
        (
            json!({ "from": "2026-01-01", "working_time": { "quota": 0, "full_time_week_minutes": 2340 } }),
            "/working_time/quota",
        ),
        (
            json!({ "from": "2026-01-01", "working_time": { "quota": 10000, "full_time_week_minutes": 2881 } }),
            "/working_time/full_time_week_minutes",
        ),
        (json!({ "from": "2026-01-01", "pattern": { "halves": "101" } }), "/pattern/halves"),
        (
            json!({ "from": "2026-01-01", "pattern": { "anchor": "2026-01-06", "halves": "11111111110000" } }),
            "/pattern/anchor",
        ),
        (json!({ "from": "2026-01-01", "manager": world.agent.account }), "/manager"),
        (json!({ "from": "2026-01-01", "status": "king" }), "/status"),
        (json!({ "from": "2026-01-01", "unit": uuid::Uuid::new_v4() }), "/unit"),
        (json!({ "from": "2026-01-01", "manager": uuid::Uuid::new_v4() }), "/manager"),
        (json!({ "from": "2015-01-01", "entered": true }), "/entered"),
    ] {
        let answer = world.app.post(&world.hr, &path, body).await;
        assert_eq!((slug(&answer), field(&answer)), ("invalid-field", at), "{}", answer.1);
    }
    let managed = |agent: &crate::app::Agent, manager: &crate::app::Agent| {
        let path = format!("/v1/agents/{}/employment", agent.account);
        (path, json!({ "from": "2026-01-01", "manager": manager.account }))
    };
    let chief = world.app.agent("Chef", &[]).await;
    world.employ(&chief, &world.unit).await;
    let (of_agent, by_chief) = managed(&world.agent, &chief);
    assert_eq!(world.app.post(&world.hr, &of_agent, by_chief).await.0, 200);
    let (of_chief, by_agent) = managed(&chief, &world.agent);
    let circle = world.app.post(&world.hr, &of_chief, by_agent).await;
    assert_eq!((slug(&circle), field(&circle)), ("invalid-field", "/manager"), "{}", circle.1);
    // Once the agent is nobody's he may manage the other, until he would be that one's again.
    let released = json!({ "from": "2026-03-01", "manager": world.manager.account });
    assert_eq!(world.app.post(&world.hr, &of_agent, released).await.0, 200);
    let later = |from: &str, until: &str| json!({ "from": from, "manager": until });
    let agent = world.agent.account.to_string();
    assert_eq!(world.app.post(&world.hr, &of_chief, later("2026-03-01", &agent)).await.0, 200);
    let before = world.app.post(&world.hr, &of_chief, later("2026-02-01", &agent)).await;
    assert_eq!((slug(&before), field(&before)), ("invalid-field", "/manager"), "{}", before.1);
    let mistake = json!({ "attribute": "manager", "from": "2026-03-01", "motive": "m" });
    let exposed = world.app.post(&world.hr, &format!("{of_agent}/withdraw"), mistake).await;
    assert_eq!((slug(&exposed), field(&exposed)), ("invalid-field", "/attribute"), "{}", exposed.1);
    let unknown = format!("/v1/agents/{}/employment", uuid::Uuid::new_v4());
    let known = json!({ "from": "2026-01-01", "title": "x" });
    assert_eq!(slug(&world.app.post(&world.hr, &unknown, known).await), "not-found");
    let same = json!({ "code": "DRH", "name": "Encore" });
    assert_eq!(slug(&world.app.post(&world.hr, "/v1/units", same).await), "already-recorded");
    let rules = json!({ "from": "2026-01-01", "rules": [{ "name": "x", "limit": { "max-absent-percent": 101 } }] });
    let answer = world.app.post(&world.hr, &format!("/v1/units/{}/staffing-rules", world.unit), rules).await;
    let percent = "/rules/0/limit/max-absent-percent";
    assert_eq!((slug(&answer), field(&answer)), ("invalid-field", percent));
}

#[tokio::test]
async fn a_year_that_nothing_can_be_settled_of_is_named() {
    let world = World::new().await;
    assert_eq!(world.app.post(&world.agent, "/v1/me/time-savings", json!({})).await.0, 201);
    let settle = format!("/v1/agents/{}/time-savings/settle", world.agent.account);
    let choice = |year: &Value| json!({ "year": year, "kept": 0, "paid": 0, "pension": 0 });
    for year in
        [json!(-1), json!(0), json!(1989), json!(1995), json!(2099), json!(i32::MAX), json!(1_u64 << 40), json!(2025.5)]
    {
        let by_hr = world.app.post(&world.hr, &settle, json!({ "year": year })).await;
        let own = world.app.post(&world.agent, "/v1/me/time-savings/choices", choice(&year)).await;
        for answer in [by_hr, own] {
            assert_eq!((slug(&answer), field(&answer)), ("invalid-field", "/year"), "{year}: {}", answer.1);
        }
    }
    for (part, value) in [("kept", json!(-2)), ("paid", json!(1_u64 << 32)), ("pension", json!(1.5))] {
        let mut body = choice(&json!(2025));
        body[part] = value;
        let answer = world.app.post(&world.agent, "/v1/me/time-savings/choices", body).await;
        assert_eq!((slug(&answer), field(&answer)), ("invalid-field", format!("/{part}").as_str()), "{}", answer.1);
    }
    let all = json!({ "year": 2025, "kept": u32::MAX, "paid": u32::MAX, "pension": u32::MAX });
    assert_eq!(slug(&world.app.post(&world.agent, "/v1/me/time-savings/choices", all).await), "invalid-field");
    assert_eq!(world.app.count("TimeSavingsSplit").await, 0);
}

#[test]
fn the_document_names_the_motives_of_a_special_absence() {
    let doc = serde_json::to_value(write_api::openapi().unwrap()).unwrap();
    for request in ["NewRequest", "Amendment", "Absence"] {
        let schema = &doc["components"]["schemas"][request];
        let motive = &schema["properties"]["special_motive"]["anyOf"][0];
        let named: Vec<_> = motive["enum"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        for known in ["marriage_or_pacs", "close_death_or_grave_illness", "death_of_child"] {
            assert!(named.contains(&known), "{request}: {named:?}");
        }
        assert!(!schema["required"].to_string().contains("special_motive"), "{schema}");
    }
}

#[tokio::test]
async fn a_credit_beyond_the_law_is_named_and_changes_nothing() {
    let world = World::new().await;
    let path = format!("/v1/agents/{}/credits", world.agent.account);
    let credit = async |counter: &str, half_days: u32| {
        let body = json!({
            "counter": counter, "half_days": half_days, "effective": "2026-01-01", "cause": "correction", "motive": "m",
        });
        world.app.post(&world.hr, &path, body).await
    };
    let none = credit("time-savings", 2).await;
    assert!(detail(&none).contains("no time-savings account"), "{}", none.1);
    assert_eq!(world.app.post(&world.agent, "/v1/me/time-savings", json!({})).await.0, 201);
    for (counter, half_days) in [
        ("annual-leave:2026", u32::MAX),
        ("rtt:2026", 1 << 31),
        ("annual-leave:2026", 51),
        ("rtt:2027", 600),
        ("fractionnement:2027", 1),
        ("carried-over:2025", 51),
        ("time-savings", 121),
        ("donated-days:2026", 181),
    ] {
        let answer = credit(counter, half_days).await;
        assert_eq!((answer.0, field(&answer)), (422, "/half_days"), "{counter}: {}", answer.1);
        assert!(detail(&answer).contains("at most"), "{counter}: {}", answer.1);
    }
    assert_eq!(world.app.count("RightCredited").await, 0);
    assert_eq!(credit("time-savings", 120).await.0, 201);
    assert_eq!(field(&credit("time-savings", 1).await), "/half_days");
}

#[tokio::test]
async fn a_unit_is_led_and_its_leave_validated_by_people_who_are_known() {
    let world = World::new().await;
    let unit = |rest: &str| format!("/v1/units/{}/{rest}", world.unit);
    let nobody = uuid::Uuid::new_v4();
    let route =
        |step| json!({ "rules": [{ "steps": [{ "by": { "any-of": ["manager"] } }, step] }], "from": "2026-01-05" });
    let escalated = json!({
        "by": { "any-of": ["hr"] }, "escalation": { "after_days": 3, "to": { "person": nobody } },
    });
    for (path, body, at) in [
        ("/v1/units".to_owned(), json!({ "code": "d777", "name": "Parcs", "parent": nobody }), "/parent"),
        (unit("manager"), json!({ "manager": nobody, "from": "2026-01-05" }), "/manager"),
        (
            unit("validation-routes"),
            route(json!({ "by": { "all-of": ["hr", { "person": nobody }] } })),
            "/rules/0/steps/1/by",
        ),
        (unit("validation-routes"), route(escalated), "/rules/0/steps/1/escalation/to"),
    ] {
        let answer = world.app.post(&world.hr, &path, body).await;
        assert_eq!((answer.0, field(&answer)), (422, at), "{}", answer.1);
    }
    let part = json!({ "code": "d777", "name": "Parcs", "parent": world.unit });
    assert_eq!(world.app.post(&world.hr, "/v1/units", part).await.0, 201);
}
