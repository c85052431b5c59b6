//! Calendar feeds.

use super::world::World;
use crate::app::slug;
use serde_json::json;

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
async fn an_agent_has_ten_feeds_in_force_at_most() {
    let world = World::new().await;
    let open = async || world.app.post(&world.agent, "/v1/calendar-feeds", json!({})).await;
    let mut last = String::new();
    for _ in 0..10 {
        let (status, body) = open().await;
        assert_eq!(status, 201, "{body}");
        last = body["feed"].as_str().unwrap().to_owned();
    }
    let refused = open().await;
    assert_eq!((refused.0, slug(&refused), &refused.1["most"]), (409, "too-many-feeds", &json!(10)));
    assert_eq!(world.app.post(&world.manager, "/v1/calendar-feeds", json!({})).await.0, 201, "another's own");
    let revoke = format!("/v1/calendar-feeds/{last}/revoke");
    assert_eq!(world.app.post(&world.agent, &revoke, json!({})).await.0, 200);
    assert_eq!(open().await.0, 201);
}
