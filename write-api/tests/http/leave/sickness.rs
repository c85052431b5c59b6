//! What human resources record of sickness.

use super::world::{World, field};
use crate::app::slug;
use events::account::Role;
use serde_json::json;

#[tokio::test]
async fn a_certificate_that_was_recorded_wrongly_is_corrected_and_judged_anew() {
    let world = World::new().await;
    let (agent, officer) = (world.agent.account, world.app.agent("Sante", &[Role::HrHealth]).await);
    let spell = json!({ "first": "2026-01-02", "last": "2026-01-02" });
    let (_, spell) = world.app.post(&world.hr, &format!("/v1/agents/{agent}/sicknesses"), spell).await;
    let path = |rest: &str| format!("/v1/sicknesses/{}/certificate{rest}", spell["sickness"].as_str().unwrap());
    let right = json!({ "agent": agent, "issued": "2026-01-02", "sent": "2026-01-03", "motive": "m" });
    let none = world.app.post(&world.hr, &path("/correct"), right.clone()).await;
    assert_eq!((none.0, slug(&none)), (409, "leave-state"), "{}", none.1);
    let wrong = json!({ "agent": agent, "issued": "2026-01-02", "sent": "2026-01-05" });
    let (status, received) = world.app.post(&world.hr, &path(""), wrong).await;
    assert_eq!((status, &received["certificate"]), (200, &json!("late")), "{received}");
    for (name, value, at) in [
        ("motive", json!(" "), "/motive"),
        ("motive", json!(null), "/motive"),
        ("sent", json!("2026-01-01"), "/sent"),
        ("sent", json!("2026-01-06"), "/sent"),
        ("issued", json!("2026-1-2"), "/issued"),
        ("issued", json!("2025-01-02"), "/issued"),
    ] {
        let mut body = right.clone();
        body[name] = value;
        let answer = world.app.post(&world.hr, &path("/correct"), body).await;
        assert_eq!((answer.0, field(&answer)), (422, at), "{}", answer.1);
    }
    assert_eq!(slug(&world.app.post(&world.agent, &path("/correct"), right.clone()).await), "not-allowed");
    let (status, corrected) = world.app.post(&officer, &path("/correct"), right).await;
    assert_eq!((status, &corrected["certificate"]), (200, &json!("in-time")), "{corrected}");
    assert_eq!(world.app.count("CertificateReceived").await, 1, "what was recorded stays");
    assert_eq!(world.app.count("CertificateCorrected").await, 1);
}
