//! One key again: what was done is answered alike, and what was refused is decided anew.

use super::world::World;
use crate::app::slug;
use serde_json::json;

#[tokio::test]
async fn a_refusal_is_no_outcome_of_its_key() {
    let world = World::new().await;
    let first = world.asked("2026-05-18", "2026-05-19").await;
    let ask = json!({ "type": "annual-leave", "first": "2026-05-19", "last": "2026-05-20" });
    let send = async |body: &_| crate::app::answer(world.keyed(&world.agent, "one", "/v1/leave-requests", body)).await;
    let nothing = json!({ "type": "annual-leave", "first": "2026-05-16", "last": "2026-05-17" });
    assert_eq!(slug(&send(&nothing).await), "invalid-field");
    assert_eq!(slug(&send(&ask).await), "overlapping-absence", "nothing was done under the key");
    assert_eq!(slug(&send(&ask).await), "overlapping-absence");
    assert_eq!(world.act(&world.agent, &first, "withdraw", json!({})).await.0, 200);

    let (status, done) = send(&ask).await;
    assert_eq!(status, 201, "{done}");
    let (status, again) = send(&ask).await;
    assert_eq!((status, &again["leave"], &again["position"]), (201, &done["leave"], &done["position"]));
    assert_eq!(slug(&send(&nothing).await), "idempotency-key-reused");
    assert_eq!(world.app.count("LeaveRequested").await, 2);
}
