//! Days given to a colleague.

use super::world::World;
use crate::app::{Agent, Answer, answer, slug};
use futures::future::join;
use serde_json::json;

impl World {
    /// A colleague of the agent, who may receive days.
    async fn colleague(&self) -> Agent {
        let colleague = self.app.agent("Joliot", &[]).await;
        self.employ(&colleague, &self.unit).await;
        colleague
    }

    /// A gift of two days that the agent declared.
    async fn declared(&self) -> String {
        let gift = json!({ "counter": "rtt:2026", "half_days": 4 });
        let (status, body) = self.app.post(&self.agent, "/v1/me/gifts", gift).await;
        assert_eq!(status, 201, "{body}");
        body["movement"].as_str().unwrap().to_owned()
    }

    async fn give(&self, by: &Agent, gift: &str, to: &Agent) -> Answer {
        let path = format!("/v1/agents/{}/gifts", self.agent.account);
        self.app.post(by, &path, json!({ "gift": gift, "to": to.account })).await
    }

    async fn take_back(&self, by: &Agent, gift: &str) -> Answer {
        self.app.post(by, &format!("/v1/me/gifts/{gift}/withdraw"), json!({})).await
    }
}

#[tokio::test]
async fn a_gift_stands_in_both_books_once_and_is_final() {
    let world = World::new().await;
    let (colleague, gift) = (world.colleague().await, world.declared().await);
    assert_eq!(slug(&world.give(&world.agent, &gift, &colleague).await), "not-allowed", "the donor does not choose");
    assert_eq!(slug(&world.give(&world.hr, &gift, &world.hr).await), "not-allowed", "nobody gives to himself");
    assert_eq!(world.app.count("DaysReceived").await, 0);
    let (status, given) = world.give(&world.hr, &gift, &colleague).await;
    assert_eq!((status, &given["movement"]), (201, &json!(gift)), "{given}");
    assert_eq!(slug(&world.give(&world.hr, &gift, &colleague).await), "already-recorded");
    let counts = (world.app.count("GiftDeclared").await, world.app.count("DaysGiven").await);
    assert_eq!((counts, world.app.count("DaysReceived").await), ((1, 1), 1));
    let late = world.take_back(&world.agent, &gift).await;
    assert_eq!((late.0, slug(&late), &late.1["gift_status"]), (409, "leave-state", &json!("given")), "{}", late.1);
    assert!(late.1["detail"].as_str().unwrap().contains("D 2015-580 art. 4"), "{}", late.1);
}

#[tokio::test]
async fn a_gift_that_nobody_has_yet_is_taken_back_by_its_donor_once() {
    let world = World::new().await;
    let (colleague, gift) = (world.colleague().await, world.declared().await);
    for other in [&colleague, &world.hr] {
        assert_eq!(slug(&world.take_back(other, &gift).await), "not-found");
    }
    assert_eq!(world.app.count("GiftWithdrawn").await, 0);
    let (status, body) = world.take_back(&world.agent, &gift).await;
    assert_eq!((status, &body["movement"]), (200, &json!(gift)), "{body}");
    for ended in [world.take_back(&world.agent, &gift).await, world.give(&world.hr, &gift, &colleague).await] {
        let said = (ended.0, slug(&ended), &ended.1["gift_status"]);
        assert_eq!(said, (409, "leave-state", &json!("withdrawn")), "{}", ended.1);
    }
    assert_eq!((world.app.count("GiftWithdrawn").await, world.app.count("DaysReceived").await), (1, 0));
    // All of it may be given again.
    let all = json!({ "counter": "rtt:2026", "half_days": 46 });
    assert_eq!(world.app.post(&world.agent, "/v1/me/gifts", all).await.0, 201);
}

#[tokio::test]
async fn a_gift_is_given_or_taken_back_whoever_is_first() {
    let world = World::new().await;
    let colleague = world.colleague().await;
    let other = world.app.another().await;
    for round in 0..4 {
        let gift = world.declared().await;
        let path = format!("/v1/agents/{}/gifts", world.agent.account);
        let body = json!({ "gift": gift, "to": colleague.account });
        let give = answer(other.command(&world.hr, &path, &body));
        let (given, taken) = join(give, world.take_back(&world.agent, &gift)).await;
        let done = [given.0 == 201, taken.0 == 200];
        assert_eq!(done.iter().filter(|done| **done).count(), 1, "{round}: {given:?} {taken:?}");
        let refused = if done[0] { taken } else { given };
        assert_eq!((refused.0, slug(&refused)), (409, "leave-state"), "{}", refused.1);
    }
}
