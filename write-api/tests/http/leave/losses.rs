//! Agents are told of what they are about to lose.

use super::world::World;
use serde_json::json;
use write_api::leave::{Announced, announce_losses};

#[tokio::test]
async fn each_agent_is_told_once_a_threshold_whatever_the_processes() {
    let world = World::new().await;
    let other = world.app.another().await;
    let both = async || {
        let (one, two) = futures::join!(announce_losses(&world.app.api), announce_losses(&other.api));
        one.unwrap().0 + two.unwrap().0
    };
    assert_eq!(announce_losses(&world.app.api).await.unwrap(), Announced(1), "of RTT of the year before, until March");
    for (now, events) in [
        ("2026-10-01T09:00:00Z", 1),
        // Of annual leave and of fractionnement.
        ("2026-10-02T09:00:00Z", 3),
        ("2026-10-03T09:00:00Z", 3),
        ("2026-12-01T09:00:00Z", 5),
        ("2026-12-24T09:00:00Z", 7),
        // Of RTT, which may be taken until March.
        ("2026-12-31T09:00:00Z", 8),
    ] {
        world.at(now);
        both().await;
        assert_eq!(both().await, 0, "{now}");
        assert_eq!(world.app.count("LossAnnounced").await, events, "{now}");
    }
}

#[tokio::test]
async fn one_process_looks_a_day_and_another_where_it_broke_off() {
    let world = World::new().await;
    let owner = world.app.database.owner();
    let run = async |sql: &'static str| sqlx::query(sql).execute(&owner).await.unwrap();
    let held = "INSERT INTO reactions.daily (name, lease_owner, lease_until)
                VALUES ('announce-losses', gen_random_uuid(), clock_timestamp() + interval '1 minute')";
    run(held).await;
    assert_eq!(announce_losses(&world.app.api).await.unwrap(), Announced(0), "another is at it");
    run("UPDATE reactions.daily SET lease_until = clock_timestamp()").await;
    assert_eq!(announce_losses(&world.app.api).await.unwrap(), Announced(1), "it broke off");
    let done: String = sqlx::query_scalar("SELECT done_on::text FROM reactions.daily").fetch_one(&owner).await.unwrap();
    assert_eq!(done, "2026-01-05");
}

/// Human resources are told the day after of what nothing said by itself: here, that a leave which overdrew was given back.
#[tokio::test]
async fn what_is_overdrawn_or_settled_by_then_is_announced_once() {
    let world = World::new().await;
    let leave = world.asked("2026-03-02", "2026-03-20").await;
    let half_time = json!({ "from": "2026-01-01", "pattern": { "halves": "11111000000000" } });
    let employment = format!("/v1/agents/{}/employment", world.agent.account);
    assert_eq!(world.app.post(&world.hr, &employment, half_time).await.0, 200);
    assert_eq!(world.app.count("OverdraftAnnounced").await, 1);
    assert_eq!(world.act(&world.agent, &leave, "withdraw", json!({})).await.0, 200);
    assert_eq!(world.app.count("OverdraftAnnounced").await, 1);
    for now in ["2026-01-06T09:00:00Z", "2026-01-07T09:00:00Z"] {
        world.at(now);
        announce_losses(&world.app.api).await.unwrap();
        assert_eq!(world.app.count("OverdraftAnnounced").await, 2, "{now}");
    }
}
