//! Agents are told of what they are about to lose.

use super::world::World;
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
