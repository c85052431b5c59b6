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
async fn a_morning_that_is_over_is_not_given_back() {
    let world = World::new().await;
    let leave = world.granted("2026-05-18", "2026-05-19").await;
    world.at("2026-05-18T14:30:00Z");
    let agent = world.app.again(world.agent.account, &world.agent.username).await;
    let give = async |half_day: &str| {
        world.act(&agent, &leave, "request-cancellation", json!({ "half_days": [half_day] })).await
    };
    let over = give("2026-05-18 AM").await;
    assert_eq!((over.0, super::world::field(&over)), (422, "/half_days"), "{}", over.1);
    let under_way = give("2026-05-18 PM").await;
    assert_eq!(under_way.0, 200, "{}", under_way.1);
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
    for (issued, sent, at) in [("2020-01-01", "2020-01-01", "/issued"), ("2026-05-26", "2026-05-25", "/sent")] {
        let certificate = json!({ "agent": world.agent.account, "issued": issued, "sent": sent });
        let answer = world.app.post(&health, &format!("{sickness}/certificate"), certificate).await;
        assert_eq!((answer.0, super::world::field(&answer)), (422, at), "{}", answer.1);
        assert!(super::world::detail(&answer).contains("87-602"), "{}", answer.1);
    }
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
