//! What is attached.

use super::world::World;
use crate::app::slug;

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
