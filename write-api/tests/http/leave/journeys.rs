//! What a leave goes through.

use super::world::World;
use crate::app::slug;
use events::account::Role;
use serde_json::json;

#[tokio::test]
async fn a_leave_is_asked_for_and_granted_under_rules_that_the_journal_holds() {
    let world = World::new().await;
    let leave = world.granted("2026-05-11", "2026-05-15").await;
    assert_eq!(
        world
            .app
            .events(world.agent.account)
            .await
            .into_iter()
            .filter(|kind| kind.starts_with("Leave"))
            .collect::<Vec<_>>(),
        ["LeaveRequested", "LeaveApproved"]
    );
    let (rules, active): (String, String) = sqlx::query_as(
        "SELECT convert_from(payload, 'UTF8')::jsonb -> 'LeaveRequested' ->> 'rules',
                (SELECT convert_from(payload, 'UTF8')::jsonb -> 'RuleSetActivated' ->> 'version'
                 FROM journal.event WHERE type = 'RuleSetActivated')
         FROM journal.event WHERE type = 'LeaveRequested'",
    )
    .fetch_one(&world.app.database.owner())
    .await
    .unwrap();
    assert_eq!(rules, active);
    assert_eq!(slug(&world.approve(&world.manager, &leave).await), "leave-state");
}

#[tokio::test]
async fn dates_are_amended_and_a_request_withdrawn_while_nobody_has_decided() {
    let world = World::new().await;
    let leave = world.asked("2026-05-11", "2026-05-15").await;
    let dates = json!({ "first": "2026-05-18 PM", "last": "2026-05-19" });
    let (status, body) = world.act(&world.agent, &leave, "amend", dates.clone()).await;
    assert_eq!((status, &body["half_days"]), (200, &json!(3)), "{body}");
    let (status, body) = world.act(&world.agent, &leave, "withdraw", json!({})).await;
    assert_eq!((status, &body["status"]), (200, &json!("withdrawn")), "{body}");
    assert_eq!(slug(&world.act(&world.agent, &leave, "amend", dates).await), "leave-state");
    world.granted("2026-05-18", "2026-05-19").await;
}

#[tokio::test]
async fn a_part_is_approved_and_the_rest_refused_with_a_motive() {
    let world = World::new().await;
    let leave = world.asked("2026-05-18", "2026-05-22").await;
    let part = json!({ "agent": world.agent.account, "step": 0, "half_days": ["2026-05-18", "2026-05-19 AM"] });
    assert_eq!(
        super::world::field(&world.act(&world.manager, &leave, "partially-approve", part.clone()).await),
        "/motive"
    );
    let mut part = part;
    part["motive"] = json!("effectif insuffisant");
    let (status, body) = world.act(&world.manager, &leave, "partially-approve", part).await;
    assert_eq!((status, &body["status"], &body["half_days"]), (200, &json!("granted"), &json!(7)), "{body}");
}

#[tokio::test]
async fn what_was_granted_is_given_back_by_asking_for_it() {
    let world = World::new().await;
    let leave = world.granted("2026-05-18", "2026-05-22").await;
    let some = json!({ "half_days": ["2026-05-22"], "reason": "retour anticipé" });
    assert_eq!(world.act(&world.agent, &leave, "request-cancellation", some).await.0, 200);
    let own = json!({ "agent": world.agent.account });
    assert_eq!(slug(&world.act(&world.agent, &leave, "accept-cancellation", own.clone()).await), "not-allowed");
    let (status, body) = world.act(&world.manager, &leave, "accept-cancellation", own).await;
    assert_eq!((status, &body["half_days"]), (200, &json!(8)), "{body}");
}

#[tokio::test]
async fn sickness_gives_leave_back_and_its_certificate_is_judged() {
    let world = World::new().await;
    world.granted("2026-05-18", "2026-05-22").await;
    let health = world.app.agent("Sante", &[Role::HrHealth]).await;
    let path = format!("/v1/agents/{}/sicknesses", world.agent.account);
    let spell = json!({ "first": "2026-05-20", "last": "2026-05-26", "nature": "ordinary" });
    assert_eq!(slug(&world.app.post(&world.hr, &path, spell.clone()).await), "not-allowed");
    let (status, body) = world.app.post(&health, &path, spell).await;
    // Monday 25 May is a holiday.
    assert_eq!((status, &body["half_days"]), (201, &json!(8)), "{body}");
    let sickness = format!("/v1/sicknesses/{}", body["sickness"].as_str().unwrap());
    let certificate = json!({ "agent": world.agent.account, "issued": "2026-05-20", "sent": "2026-05-25" });
    let ahead = world.app.post(&health, &format!("{sickness}/certificate"), certificate.clone()).await;
    assert_eq!((ahead.0, super::world::field(&ahead)), (422, "/sent"), "{}", ahead.1);
    world.at("2026-05-27T09:00:00Z");
    let health = world.app.again(health.account, &health.username).await;
    let (status, body) = world.app.post(&health, &format!("{sickness}/certificate"), certificate.clone()).await;
    assert_eq!((status, &body["certificate"]), (200, &json!("late")), "{body}");
    assert_eq!(
        slug(&world.app.post(&health, &format!("{sickness}/certificate"), certificate).await),
        "already-recorded"
    );
    let back = json!({ "agent": world.agent.account, "back": "2026-05-26 PM", "motive": "reprise" });
    assert_eq!(world.app.post(&health, &format!("{sickness}/shorten"), back).await.1["half_days"], json!(7));
    let clear: i64 = sqlx::query_scalar("SELECT count(*) FROM journal.event WHERE position(convert_to('ordinary', 'UTF8') in payload) > 0 AND type = 'SicknessRecorded'")
        .fetch_one(&world.app.database.owner())
        .await
        .unwrap();
    assert_eq!(clear, 0, "what is medical is sealed");
}

#[tokio::test]
async fn a_granted_leave_is_corrected_by_human_resources_with_a_motive() {
    let world = World::new().await;
    let leave = world.granted("2026-05-18", "2026-05-22").await;
    let correction = json!({
        "agent": world.agent.account, "half_days": ["2026-05-22"], "first": "2026-05-26", "last": "2026-05-26 AM",
        "effective": "2026-05-22", "motive": "présent le 22",
    });
    let (status, body) = world.act(&world.hr, &leave, "correct", correction).await;
    assert_eq!((status, &body["half_days"]), (200, &json!(9)), "{body}");
}

#[tokio::test]
async fn a_colleague_is_asked_to_stand_in_and_answers_once() {
    let world = World::new().await;
    let colleague = world.app.agent("Joliot", &[]).await;
    let leave = world.asked("2026-05-18", "2026-05-22").await;
    let named = json!({ "replacement": colleague.account });
    assert_eq!(world.act(&world.agent, &leave, "name-replacement", named).await.0, 200);
    let of = json!({ "agent": world.agent.account });
    assert_eq!(slug(&world.act(&world.manager, &leave, "accept-replacement", of.clone()).await), "not-allowed");
    assert_eq!(world.act(&colleague, &leave, "accept-replacement", of.clone()).await.0, 200);
    assert_eq!(slug(&world.act(&colleague, &leave, "decline-replacement", of).await), "leave-state");
}

#[tokio::test]
async fn many_decisions_are_taken_one_by_one_and_once() {
    let world = World::new().await;
    let (one, two) = (world.asked("2026-05-18", "2026-05-19").await, world.asked("2026-05-20", "2026-05-21").await);
    let agent = world.agent.account;
    let items = json!({ "items": [
        { "leave": one, "agent": agent, "decision": "approve" },
        { "leave": two, "agent": agent, "decision": "refuse" },
        { "leave": one, "agent": agent, "decision": "approve" },
        { "leave": two, "agent": agent, "decision": "refuse", "motive": "service" },
    ] });
    let first = crate::app::answer(request_once(&world, &items, "bulk-1")).await;
    let slugs: Vec<_> = first.1["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["status"].as_str().or(item["problem"]["type"].as_str()).unwrap().to_owned())
        .collect();
    assert_eq!(slugs, ["granted", "/problems/invalid-field", "/problems/leave-state", "refused"]);
    let again = crate::app::answer(request_once(&world, &items, "bulk-1")).await;
    assert_eq!(again.1["items"][0]["status"], "granted", "{}", again.1);
    assert_eq!(world.app.count("LeaveApproved").await, 1);
    assert_eq!(world.app.count("LeaveRefused").await, 1);
}

fn request_once(world: &World, items: &serde_json::Value, key: &str) -> reqwest::RequestBuilder {
    world
        .app
        .request(reqwest::Method::POST, "/v1/leave-decisions")
        .bearer_auth(&world.manager.token)
        .header("idempotency-key", key)
        .json(items)
}

#[tokio::test]
async fn each_of_many_answers_in_the_language_that_was_asked_for() {
    let world = World::new().await;
    let leave = world.granted("2026-05-18", "2026-05-19").await;
    let items = json!({ "items": [{ "leave": leave, "agent": world.agent.account, "decision": "approve" }] });
    for (accepts, title, detail) in [
        ("fr", "La demande n’en est plus là", "déjà reçu une décision"),
        ("en", "The leave is in another state", "the leave is granted"),
    ] {
        let request = world.app.command(&world.manager, "/v1/leave-decisions", &items);
        // The second value of a header that was set is another line of it: this one replaces it.
        let mut request = request.build().unwrap();
        request.headers_mut().insert("accept-language", accepts.parse().unwrap());
        let response = reqwest::Client::new().execute(request).await.unwrap();
        assert_eq!(response.headers()["content-language"], accepts);
        let vary: Vec<_> = response.headers().get_all("vary").iter().collect();
        assert!(vary.iter().any(|value| value.as_bytes() == b"accept-language"), "{vary:?}");
        let body: serde_json::Value = response.json().await.unwrap();
        let problem = &body["items"][0]["problem"];
        assert_eq!(problem["title"], title);
        assert!(problem["detail"].as_str().unwrap().contains(detail), "{problem}");
    }
}

#[tokio::test]
async fn a_step_that_waits_too_long_is_shown_to_human_resources_once() {
    let world = World::new().await;
    let leave = world.asked("2026-05-18", "2026-05-19").await;
    assert_eq!(slug(&world.approve(&world.hr, &leave).await), "not-allowed");
    // Seven days later begin at midnight in Paris, which is 23:00 of the day before in winter.
    world.at("2026-01-11T22:59:59Z");
    assert_eq!(write_api::leave::escalate(&world.app.api).await.unwrap().0, 0);
    world.at("2026-01-11T23:00:00Z");
    assert_eq!(write_api::leave::escalate(&world.app.api).await.unwrap().0, 1);
    assert_eq!(write_api::leave::escalate(&world.app.api).await.unwrap().0, 0, "once");
    let hr = world.app.again(world.hr.account, &world.hr.username).await;
    assert_eq!(world.approve(&hr, &leave).await.1["status"], "granted");
}

#[tokio::test]
async fn staffing_rules_hold_an_approval_back_until_somebody_lets_it_pass() {
    let world = World::new().await;
    let colleague = world.app.agent("Joliot", &[]).await;
    world.employ(&colleague, &world.unit).await;
    let rules = json!({ "from": "2026-01-01", "rules": [{ "name": "accueil", "limit": { "min-present": 1 } }] });
    let path = format!("/v1/units/{}/staffing-rules", world.unit);
    assert_eq!(world.app.post(&world.hr, &path, rules).await.0, 200);
    world.granted("2026-05-18", "2026-05-22").await;
    let (status, body) = world.ask_as(&colleague, "annual-leave", "2026-05-21", "2026-05-26").await;
    assert_eq!(status, 201, "{body}");
    let breaches = json!([{ "rule": "accueil", "half_days": ["2026-05-21", "2026-05-22"] }]);
    let warning = &body["warnings"][0];
    assert_eq!((&warning["code"], &warning["breaches"]), (&json!("understaffed"), &breaches), "{body}");
    assert!(warning["text"]["fr"].is_string(), "{body}");
    let leave = body["leave"].as_str().unwrap();
    let decision = json!({ "agent": colleague.account, "step": 0 });
    let held = world.act(&world.manager, leave, "approve", decision.clone()).await;
    assert_eq!((slug(&held), &held.1["breaches"]), ("understaffed", &breaches), "{}", held.1);
    let with = json!({ "agent": colleague.account, "step": 0, "motive": "renfort d’une autre unité" });
    assert_eq!(world.act(&world.manager, leave, "override-staffing", with).await.0, 200);
    assert_eq!(world.act(&world.manager, leave, "approve", decision).await.1["status"], "granted");
}

#[tokio::test]
async fn rights_move_by_decision_and_days_are_saved() {
    let world = World::new().await;
    let path = format!("/v1/agents/{}", world.agent.account);
    let credit =
        json!({ "counter": "annual-leave:2026", "half_days": 2, "effective": "2026-01-01", "cause": "advance" });
    assert_eq!(
        super::world::field(&world.app.post(&world.hr, &format!("{path}/credits"), credit.clone()).await),
        "/motive"
    );
    let mut credit = credit;
    credit["motive"] = json!("avance");
    assert_eq!(world.app.post(&world.hr, &format!("{path}/credits"), credit).await.0, 201);
    assert_eq!(world.app.post(&world.agent, "/v1/me/time-savings", json!({})).await.0, 201);
    let deposit = json!({ "deposits": [{ "counter": "rtt:2026", "half_days": 2 }] });
    let (status, body) = world.app.post(&world.agent, "/v1/me/time-savings/deposits", deposit).await;
    assert_eq!(status, 201, "{body}");
}

#[tokio::test]
async fn a_feed_shows_its_path_once_and_is_revoked_by_its_owner() {
    let world = World::new().await;
    let (status, body) = world.app.post(&world.agent, "/v1/calendar-feeds", json!({ "unit": world.unit })).await;
    let shown = body["path"].as_str().unwrap();
    let token = shown.strip_prefix("/v1/calendar-feeds/").and_then(|rest| rest.strip_suffix(".ics")).unwrap();
    assert_eq!((status, token.len()), (201, 43));
    let path = format!("/v1/calendar-feeds/{}/revoke", body["feed"].as_str().unwrap());
    assert_eq!(slug(&world.app.post(&world.hr, &path, json!({})).await), "not-found");
    assert_eq!(world.app.post(&world.agent, &path, json!({})).await.0, 200);
    assert_eq!(slug(&world.app.post(&world.agent, &path, json!({})).await), "already-recorded");
    let stranger = world.app.agent("Autre", &[]).await;
    let refused = world.app.post(&stranger, "/v1/calendar-feeds", json!({ "unit": world.unit })).await;
    assert_eq!(slug(&refused), "not-allowed");
}

#[tokio::test]
async fn a_proof_is_sealed_and_attached_by_those_alone_who_may() {
    let world = World::new().await;
    let leave = world.asked("2026-05-18", "2026-05-19").await;
    let send = async |who: &crate::app::Agent, media_type: &str, file: &'static [u8], key: &str| {
        let path = format!("/v1/leave-requests/{leave}/proofs?agent={}&name=arret.pdf", world.agent.account);
        let request = world.app.request(reqwest::Method::POST, &path).bearer_auth(&who.token);
        let request = request.header("idempotency-key", key).header("content-type", media_type);
        crate::app::answer(request.body(file)).await
    };
    assert_eq!(slug(&send(&world.manager, "application/pdf", b"%PDF", "1").await), "not-allowed");
    assert_eq!(slug(&send(&world.agent, "text/html", b"<p>", "2").await), "unsupported-media-type");
    assert_eq!(slug(&send(&world.agent, "application/pdf", b"", "3").await), "invalid-field");
    let first = send(&world.agent, "application/pdf", b"%PDF", "4").await;
    assert_eq!(first.0, 201, "{}", first.1);
    assert_eq!(send(&world.agent, "application/pdf", b"%PDF", "4").await.1["proof"], first.1["proof"]);
    assert_eq!(send(&world.hr, "application/pdf", b"%PDF-2", "5").await.0, 201);
    assert_eq!(world.app.count("ProofAttached").await, 2);
}

#[tokio::test]
async fn leave_that_sickness_kept_from_being_taken_is_carried_over_once() {
    let world = World::new().await;
    let path = format!("/v1/agents/{}/carry-overs", world.agent.account);
    let hindered = json!({ "year": 2025, "by": "sickness", "return_date": "2026-01-05" });
    for (year, at, says) in [(2025, "/by", "no such absence"), (2026, "/year", "not over")] {
        let body = json!({ "year": year, "by": "sickness", "return_date": "2026-01-05" });
        let answer = world.app.post(&world.hr, &path, body).await;
        assert_eq!((slug(&answer), super::world::field(&answer)), ("invalid-field", at), "{}", answer.1);
        assert!(super::world::detail(&answer).contains(says), "{}", answer.1);
    }
    let spell = json!({ "first": "2025-11-03", "last": "2026-01-02" });
    let sicknesses = format!("/v1/agents/{}/sicknesses", world.agent.account);
    let (status, body) = world.app.post(&world.hr, &sicknesses, spell).await;
    assert_eq!(status, 201, "{body}");
    let (status, body) = world.app.post(&world.hr, &path, hindered.clone()).await;
    assert_eq!(status, 201, "{body}");
    assert!(body["movement"].is_string(), "{body}");
    assert_eq!(slug(&world.app.post(&world.hr, &path, hindered).await), "already-recorded");
    assert_eq!(world.app.count("RightCredited").await, 1);
    for (body, at, says) in [
        (json!({ "year": 2019, "by": "sickness", "return_date": "2026-01-05" }), "/year", "D 85-1250 art. 5-1"),
        (json!({ "year": 1900, "by": "family", "return_date": "2026-01-05" }), "/year", "1990 to 2099"),
        (json!({ "year": 2025, "by": "family", "return_date": "2026-02-30" }), "/return_date", "existing date"),
        (json!({ "year": 2025, "by": "boredom", "return_date": "2026-01-05" }), "/by", "sickness"),
        (json!({ "year": 2024, "by": "family", "return_date": "2019-01-05" }), "/return_date", "2019-01-05"),
    ] {
        let answer = world.app.post(&world.hr, &path, body).await;
        assert_eq!((slug(&answer), super::world::field(&answer)), ("invalid-field", at), "{}", answer.1);
        assert!(super::world::detail(&answer).contains(says), "{}", answer.1);
    }
    assert_eq!(world.app.count("RightCredited").await, 1);
}

#[tokio::test]
async fn the_agent_chooses_over_saved_days_in_january_and_silence_does_after() {
    let world = World::new().await;
    let path = format!("/v1/agents/{}", world.agent.account);
    let choices = "/v1/me/time-savings/choices";
    let choose =
        |kept: u32, paid: u32, pension: u32| json!({ "year": 2025, "kept": kept, "paid": paid, "pension": pension });
    let answer = world.app.post(&world.agent, choices, choose(0, 4, 0)).await;
    assert!(super::world::detail(&answer).contains("no time-savings account"), "{}", answer.1);
    assert_eq!(world.app.post(&world.agent, "/v1/me/time-savings", json!({})).await.0, 201);
    let saved = json!({
        "counter": "time-savings", "half_days": 34, "effective": "2025-12-31", "cause": "opening-balance",
    });
    assert_eq!(world.app.post(&world.hr, &format!("{path}/credits"), saved).await.0, 201);
    let article = "D 2004-878 art. 5";
    for (body, at) in [
        (choose(0, 2, 0), ""),
        (json!({ "year": 2026, "kept": 0, "paid": 4, "pension": 0 }), "/year"),
        (json!({ "year": 2024, "kept": 0, "paid": 4, "pension": 0 }), "/year"),
    ] {
        let answer = world.app.post(&world.agent, choices, body).await;
        assert_eq!((slug(&answer), super::world::field(&answer)), ("invalid-field", at), "{}", answer.1);
        assert!(super::world::detail(&answer).contains(article), "{}", answer.1);
    }
    let settle = format!("{path}/time-savings/settle");
    let early = world.app.post(&world.hr, &settle, json!({ "year": 2025 })).await;
    assert_eq!((slug(&early), super::world::field(&early)), ("invalid-field", "/year"), "{}", early.1);
    assert!(super::world::detail(&early).contains(article), "{}", early.1);
    let (status, body) = world.app.post(&world.agent, choices, choose(2, 1, 1)).await;
    assert_eq!(status, 201, "{body}");
    assert_eq!(slug(&world.app.post(&world.agent, choices, choose(2, 1, 1)).await), "already-recorded");
    world.at("2026-02-01T09:00:00Z");
    let hr = world.app.again(world.hr.account, &world.hr.username).await;
    assert_eq!(world.app.post(&hr, &settle, json!({ "year": 2025 })).await.0, 201, "nothing is left to settle");
    assert_eq!(world.app.count("TimeSavingsSplit").await, 1);
}

/// A request over what the law gives is refused with the article; what is within it is asked for.
#[tokio::test]
async fn a_family_leave_is_no_longer_than_the_law_gives() {
    let world = World::new().await;
    let ask = async |leave_type: &str, first: &str, last: &str, circumstances: serde_json::Value| {
        let mut body = json!({ "type": leave_type, "first": first, "last": last });
        if !circumstances.is_null() {
            body["circumstances"] = circumstances;
        }
        world.app.post(&world.agent, "/v1/leave-requests", body).await
    };
    let due = || json!({ "pregnancy": { "rank": "first_or_second", "due": "2026-09-15" } });
    let born = || json!({ "birth": { "born": "2026-06-10" } });
    let one = || json!({ "adoption": { "arrived": "2026-02-02", "adopted": 1, "in_charge": 1 } });
    for (leave_type, first, last, circumstances, at, article) in [
        ("maternity", "2026-08-04", "2026-11-24", due(), "/last", "CGFP L.631-3"),
        ("maternity", "2026-08-04", "2026-11-23", json!(null), "/circumstances", "pregnancy"),
        ("maternity", "2026-08-04", "2026-11-23", born(), "/circumstances", "another leave"),
        (
            "maternity",
            "2026-08-04",
            "2026-11-23",
            json!({ "pregnancy": { "rank": "x", "due": "2026-09-15" } }),
            "/circumstances/pregnancy/rank",
            "first_or_second",
        ),
        ("paternity", "2026-06-10", "2026-07-08", born(), "/last", "D 2021-846 art. 13"),
        ("paternity", "2026-06-09", "2026-06-16", born(), "/first", "D 2021-846 art. 8"),
        ("extra-birth-leave", "2027-02-01", "2027-04-03", born(), "/last", "L.1225-46-2"),
        ("adoption", "2026-02-02", "2026-05-25", one(), "/last", "CGFP L.631-8"),
        ("sick-child", "2026-03-02", "2026-03-02", json!({ "child": { "age_years": 17 } }), "/circumstances", "1982"),
        ("carer", "2026-03-02", "2026-06-30", json!(null), "/last", "CGFP L.634-1"),
        ("training", "2026-03-02", "2026-03-31", json!(null), "/first", "D 2007-1845 art. 15"),
    ] {
        let answer = ask(leave_type, first, last, circumstances).await;
        assert_eq!((slug(&answer), super::world::field(&answer)), ("invalid-field", at), "{leave_type}: {}", answer.1);
        assert!(super::world::detail(&answer).contains(article), "{leave_type}: {}", answer.1);
    }
    assert_eq!(world.app.count("LeaveRequested").await, 0);
    let seven = ask("sick-child", "2026-03-02", "2026-03-10", json!({ "child": { "age_years": 3 } })).await;
    assert_eq!(slug(&seven), "insufficient-rights", "{}", seven.1);
    assert!(seven.1["detail"].as_str().unwrap().contains("1982"), "{}", seven.1);
    for (leave_type, first, last, circumstances) in [
        ("maternity", "2026-08-04", "2026-11-23", due()),
        ("paternity", "2026-06-10", "2026-07-07", born()),
        ("adoption", "2026-02-02", "2026-05-24", one()),
    ] {
        let (status, body) = ask(leave_type, first, last, circumstances).await;
        assert_eq!(status, 201, "{leave_type}: {body}");
    }
    let kept: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM journal.event
         WHERE stream_type = 'absence-ledger' AND position(convert_to('first_or_second', 'UTF8') in payload) > 0",
    )
    .fetch_one(&world.app.database.owner())
    .await
    .unwrap();
    assert_eq!(kept, 0, "what is said of a pregnancy is not kept");
}
