//! How many of a unit must be present, wherever the agent is on each day.

use super::world::World;
use crate::app::slug;
use serde_json::json;

#[tokio::test]
async fn who_moves_during_a_leave_is_missed_by_the_second_unit_too() {
    let world = World::new().await;
    let (_, second) = world.app.post(&world.hr, "/v1/units", json!({ "code": "DVD", "name": "Voirie" })).await;
    let second = second["unit"].as_str().unwrap();
    let rules = json!({ "from": "2026-01-01", "rules": [{ "name": "accueil", "limit": { "max-absent": 0 } }] });
    assert_eq!(world.app.post(&world.hr, &format!("/v1/units/{second}/staffing-rules"), rules).await.0, 200);
    let employment = format!("/v1/agents/{}/employment", world.agent.account);
    let moves = json!({ "from": "2026-05-20", "unit": second });
    assert_eq!(world.app.post(&world.hr, &employment, moves).await.0, 200);

    let before = world.asked("2026-05-18", "2026-05-18").await;
    assert_eq!(world.approve(&world.manager, &before).await.1["status"], "granted", "the first has no rule");
    let (status, asked) = world.ask("2026-05-19", "2026-05-21").await;
    let breaches = json!([{ "rule": "accueil", "half_days": ["2026-05-20", "2026-05-21"] }]);
    assert_eq!((status, &asked["warnings"][0]["breaches"]), (201, &breaches), "{asked}");
    let held = world.approve(&world.manager, asked["leave"].as_str().unwrap()).await;
    assert_eq!((slug(&held), &held.1["breaches"]), ("understaffed", &breaches), "{}", held.1);
}
