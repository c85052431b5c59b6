//! What is attached.

use super::world::World;
use crate::app::{Agent, slug};
use events::account::Role;
use serde_json::json;

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
async fn who_may_not_read_a_proof_declares_no_reading_of_it() {
    let world = World::new().await;
    let colleague = world.app.agent("Joliot", &[]).await;
    let officer = world.app.agent("Sante", &[Role::HrHealth]).await;
    let auditor = world.app.agent("Audit", &[Role::Auditor]).await;
    let (agent, leave) = (world.agent.account, world.asked("2026-05-18", "2026-05-19").await);
    let spell = json!({ "first": "2026-01-02", "last": "2026-01-02" });
    let (_, spell) = world.app.post(&world.hr, &format!("/v1/agents/{agent}/sicknesses"), spell).await;
    let attach = async |of: String| {
        let path = format!("{of}/proofs?agent={agent}&name=arret.pdf");
        let request = world.app.request(reqwest::Method::POST, &path).bearer_auth(&world.hr.token);
        let request = request.header("idempotency-key", uuid::Uuid::new_v4().to_string());
        crate::app::answer(request.body(&b"%PDF"[..])).await.1["proof"].as_str().unwrap().to_owned()
    };
    let plain = attach(format!("/v1/leave-requests/{leave}")).await;
    let medical = attach(format!("/v1/sicknesses/{}", spell["sickness"].as_str().unwrap())).await;
    let nothing = uuid::Uuid::new_v4().to_string();
    let declare = async |who: &Agent, proof: &str, of| {
        world.app.post(who, &format!("/v1/proofs/{proof}/readings"), json!({ "agent": of })).await
    };
    for (name, who, of_plain, of_medical) in [
        ("agent", &world.agent, 201, 404),
        ("colleague", &colleague, 404, 404),
        ("manager", &world.manager, 201, 404),
        ("hr", &world.hr, 201, 404),
        ("hr-health", &officer, 404, 201),
        ("auditor", &auditor, 404, 404),
    ] {
        for (proof, of, expected) in [
            (&plain, agent, of_plain),
            (&medical, agent, of_medical),
            (&nothing, agent, 404),
            (&plain, world.manager.account, 404),
        ] {
            let answer = declare(who, proof, of).await;
            assert_eq!(answer.0, expected, "{name} {proof}: {}", answer.1);
        }
    }
    assert_eq!(world.app.count("ProofRead").await, 4);

    let path = format!("/v1/proofs/{medical}/readings");
    let once =
        async |who: &Agent| crate::app::answer(world.keyed(who, "once", &path, &json!({ "agent": agent }))).await;
    let (status, first) = once(&officer).await;
    assert_eq!(status, 201, "{first}");
    assert_eq!(once(&officer).await.1, first);
    let recorded: (String, uuid::Uuid) = sqlx::query_as(
        "SELECT capacity, actor_id FROM journal.event WHERE type = 'ProofRead' ORDER BY position DESC LIMIT 1",
    )
    .fetch_one(&world.app.database.owner())
    .await
    .unwrap();
    assert_eq!(recorded, ("hr-health".to_owned(), officer.account.as_uuid()));
    let answer = world.app.post(&officer, &path, json!({ "agent": "1" })).await;
    assert_eq!((slug(&answer), super::world::field(&answer)), ("invalid-field", "/agent"));
}
