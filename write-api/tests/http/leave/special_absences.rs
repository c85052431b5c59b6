//! Special absences: what a motive gives, for one event of life or one procedure.

use super::world::{World, detail, field};
use crate::app::Answer;
use events::DomainEvent;
use events::leave::AbsenceEvent;
use serde_json::{Value, json};

impl World {
    /// Asks for a special absence, with what else is said.
    async fn absent(&self, motive: &str, first: &str, last: &str, said: Value) -> Answer {
        let mut body = json!({ "type": "special-absence", "first": first, "last": last, "special_motive": motive });
        body.as_object_mut().unwrap().extend(said.as_object().unwrap().clone());
        self.app.post(&self.agent, "/v1/leave-requests", body).await
    }

    /// Every event of the agent's ledger as it was written.
    async fn written(&self) -> Vec<(String, Vec<u8>)> {
        sqlx::query_as("SELECT type, payload FROM journal.event WHERE stream_type = 'absence-ledger' ORDER BY position")
            .fetch_all(&self.app.database.owner())
            .await
            .unwrap()
    }
}

/// The law grants some special absences by their motive, and the others are left to decision.
#[tokio::test]
async fn a_special_absence_of_right_is_not_refused() {
    let world = World::new().await;
    let child = json!({ "occurred_on": "2026-03-01", "circumstances": { "death_of_child": { "age_years": 3 } } });
    let refusal = json!({ "agent": world.agent.account, "step": 0, "motive": "effectif" });
    for (first, motive, said, refused) in [
        ("2026-03-02", "pregnancy_examination", json!({}), false),
        ("2026-03-03", "death_of_child", child, false),
        ("2026-03-04", "marriage_or_pacs", json!({ "occurred_on": "2026-03-07" }), true),
    ] {
        let (status, body) = world.absent(motive, first, first, said).await;
        assert_eq!(status, 201, "{body}");
        let answer = world.act(&world.manager, body["leave"].as_str().unwrap(), "refuse", refusal.clone()).await;
        assert_eq!(answer.0, if refused { 200 } else { 422 }, "{motive}: {}", answer.1);
        assert!(refused || detail(&answer).contains("of right"), "{motive}: {}", answer.1);
        assert!(refused || detail(&answer).contains("CGFP L.622-1 and L.622-2"), "{motive}: {}", answer.1);
    }
}

/// The days of one event add up over all requests, and those of another are its own.
#[tokio::test]
async fn a_motive_gives_its_days_once_for_one_event() {
    let world = World::new().await;
    let married = |day: &str| json!({ "occurred_on": day });
    let (status, body) = world.absent("marriage_or_pacs", "2026-06-01", "2026-06-04", married("2026-06-06")).await;
    assert_eq!(status, 201, "{body}");
    let answer = world.absent("marriage_or_pacs", "2026-06-08", "2026-06-10", married("2026-06-06")).await;
    assert_eq!((answer.0, field(&answer)), (422, "/last"), "{}", answer.1);
    assert!(detail(&answer).contains("6 days for one event: 4 taken"), "{}", answer.1);
    for (first, last, day) in [("2026-06-08", "2026-06-09", "2026-06-06"), ("2026-09-07", "2026-09-14", "2026-09-12")] {
        let (status, body) = world.absent("marriage_or_pacs", first, last, married(day)).await;
        assert_eq!(status, 201, "{body}");
    }
    let record = json!({
        "type": "special-absence", "first": "2026-06-10", "last": "2026-06-10", "special_motive": "marriage_or_pacs",
        "occurred_on": "2026-06-06",
    });
    let answer = world.app.post(&world.hr, &format!("/v1/agents/{}/absences", world.agent.account), record).await;
    assert_eq!((answer.0, field(&answer)), (422, "/last"), "human resources too: {}", answer.1);
}

/// Naming the day after, or another age of the child, gives nothing again; an event that is numbered is another.
#[tokio::test]
async fn what_an_event_gives_is_not_had_again_by_saying_it_otherwise() {
    let world = World::new().await;
    let died = |day: &str, number: u8| json!({ "occurred_on": day, "event_number": number });
    let close = "close_death_or_grave_illness";
    assert_eq!(world.absent(close, "2026-03-02", "2026-03-04", died("2026-03-01", 1)).await.0, 201);
    let answer = world.absent(close, "2026-03-05", "2026-03-09", died("2026-03-02", 1)).await;
    assert_eq!((answer.0, field(&answer)), (422, "/last"), "{}", answer.1);
    assert_eq!(world.absent(close, "2026-03-05", "2026-03-09", died("2026-03-02", 2)).await.0, 201);
    let married = |day: &str| json!({ "occurred_on": day });
    assert_eq!(world.absent("marriage_or_pacs", "2026-06-01", "2026-06-08", married("2026-06-06")).await.0, 201);
    let answer = world.absent("marriage_or_pacs", "2026-06-09", "2026-06-10", married("2026-07-04")).await;
    assert_eq!((answer.0, field(&answer)), (422, "/last"), "{}", answer.1);
    let child = |day: &str, age: u32| json!({ "occurred_on": day, "circumstances": { "death_of_child": { "age_years": age } } });
    assert_eq!(world.absent("death_of_child", "2026-09-07", "2026-09-08", child("2026-09-05", 30)).await.0, 201);
    let answer = world.absent("death_of_child", "2026-09-09", "2026-09-10", child("2026-09-06", 20)).await;
    assert_eq!((answer.0, field(&answer)), (422, "/circumstances/death_of_child"), "{}", answer.1);
    assert_eq!(world.absent("death_of_child", "2026-09-09", "2026-09-10", child("2026-09-05", 31)).await.0, 201);
}

/// Who names other days again and again has no more than a PACS and a marriage give in a year, and one procedure of adoption.
#[tokio::test]
async fn a_year_has_two_unions_and_one_procedure_of_adoption() {
    let world = World::new().await;
    let on = |day: &str| json!({ "occurred_on": day });
    for (first, last, day) in [("2026-03-02", "2026-03-09", "2026-03-07"), ("2026-06-01", "2026-06-08", "2026-06-06")] {
        let (status, body) = world.absent("marriage_or_pacs", first, last, on(day)).await;
        assert_eq!(status, 201, "{body}");
    }
    let answer = world.absent("marriage_or_pacs", "2026-09-07", "2026-09-07", on("2026-09-05")).await;
    assert_eq!((answer.0, field(&answer)), (422, "/occurred_on"), "{}", answer.1);
    assert!(detail(&answer).contains("515-7"), "{}", answer.1);
    for date in ["2026-02-02", "2026-02-03", "2026-02-04", "2026-02-05", "2026-02-06"] {
        assert_eq!(world.absent("adoption_interview", date, date, on("2026-01-02")).await.0, 201);
    }
    let answer = world.absent("adoption_interview", "2026-10-05", "2026-10-05", on("2026-10-02")).await;
    assert_eq!((answer.0, field(&answer)), (422, "/occurred_on"), "{}", answer.1);
    assert!(detail(&answer).contains("L.225-2"), "{}", answer.1);
}

/// A procedure of adoption gives five dates; a close death three days, and two of travel.
#[tokio::test]
async fn dates_and_hours_of_travel_are_counted() {
    let world = World::new().await;
    let began = || json!({ "occurred_on": "2026-01-02" });
    for date in ["2026-02-02", "2026-02-03", "2026-02-04", "2026-02-05", "2026-02-06"] {
        let (status, body) = world.absent("adoption_interview", date, date, began()).await;
        assert_eq!(status, 201, "{body}");
    }
    let answer = world.absent("adoption_interview", "2026-02-09", "2026-02-09", began()).await;
    assert_eq!((answer.0, field(&answer)), (422, "/last"), "{}", answer.1);
    let death = |hours: u32| json!({ "occurred_on": "2026-03-01", "circumstances": { "travel": { "hours": hours } } });
    for (last, said, at) in [
        ("2026-03-05", json!({ "occurred_on": "2026-03-01" }), "/last"),
        ("2026-03-06", death(49), "/circumstances/travel/hours"),
        ("2026-03-06", death(48), ""),
    ] {
        let answer = world.absent("close_death_or_grave_illness", "2026-03-02", last, said).await;
        assert_eq!(field(&answer), at, "{}", answer.1);
    }
}

/// Two persons who die on one day are two events; a morning and an afternoon of one day are one date.
#[tokio::test]
async fn two_deaths_on_one_day_are_two_events_and_two_halves_of_a_day_one_date() {
    let world = World::new().await;
    let death = |number: u8| json!({ "occurred_on": "2026-03-01", "event_number": number });
    for (first, last, number, status) in [
        ("2026-03-02", "2026-03-04", 1, 201),
        ("2026-03-05", "2026-03-05", 1, 422),
        ("2026-03-05", "2026-03-09", 2, 201),
        ("2026-03-10", "2026-03-10", 2, 422),
    ] {
        let answer = world.absent("close_death_or_grave_illness", first, last, death(number)).await;
        assert_eq!(answer.0, status, "{first} {number}: {}", answer.1);
    }
    let began = || json!({ "occurred_on": "2026-03-16" });
    for half_day in ["2026-03-17 AM", "2026-03-17 PM", "2026-03-18", "2026-03-19", "2026-03-20", "2026-03-23"] {
        let (status, body) = world.absent("adoption_interview", half_day, half_day, began()).await;
        assert_eq!(status, 201, "{half_day}: {body}");
    }
    let answer = world.absent("adoption_interview", "2026-03-24", "2026-03-24", began()).await;
    assert_eq!((answer.0, field(&answer)), (422, "/last"), "{}", answer.1);
}

/// The day is said where the law gives something for one event, and is a day.
#[tokio::test]
async fn what_is_not_said_or_needless_is_named() {
    let world = World::new().await;
    let late = json!({ "occurred_on": "2025-02-01", "circumstances": { "death_of_child": { "age_years": 3 } } });
    for (motive, said, at) in [
        ("marriage_or_pacs", json!({}), "/occurred_on"),
        ("marriage_or_pacs", json!({ "occurred_on": "2026-02-30" }), "/occurred_on"),
        ("marriage_or_pacs", json!({ "occurred_on": "9999-01-01" }), "/occurred_on"),
        ("pma_treatment", json!({ "occurred_on": "2026-03-01" }), "/occurred_on"),
        ("death_of_child", late, "/occurred_on"),
        ("marriage_or_pacs", json!({ "occurred_on": "1999-06-06" }), "/occurred_on"),
        ("marriage_or_pacs", json!({ "occurred_on": "2026-03-07", "event_number": 2 }), "/event_number"),
        ("close_death_or_grave_illness", json!({ "occurred_on": "2026-03-03" }), "/occurred_on"),
        ("death_of_child", json!({ "occurred_on": "2026-03-01" }), "/circumstances"),
        ("boredom", json!({}), "/special_motive"),
    ] {
        let answer = world.absent(motive, "2026-03-02", "2026-03-02", said).await;
        assert_eq!((answer.0, field(&answer)), (422, at), "{motive}: {}", answer.1);
    }
    assert_eq!(world.app.count("LeaveRequested").await, 0);
}

/// Another motive takes the place of the first, for the decider too.
#[tokio::test]
async fn an_amended_motive_takes_the_place_of_the_first() {
    let world = World::new().await;
    let (_, body) =
        world.absent("marriage_or_pacs", "2026-06-01", "2026-06-01", json!({ "occurred_on": "2026-06-06" })).await;
    let leave = body["leave"].as_str().unwrap().to_owned();
    let amendment = json!({ "first": "2026-06-02", "last": "2026-06-02", "special_motive": "pregnancy_examination" });
    let (status, body) = world.act(&world.agent, &leave, "amend", amendment).await;
    assert_eq!(status, 200, "{body}");
    let refusal = json!({ "agent": world.agent.account, "step": 0, "revision": 1, "motive": "effectif" });
    let answer = world.act(&world.manager, &leave, "refuse", refusal).await;
    assert_eq!((answer.0, field(&answer)), (422, "/motive"), "an examination is of right: {}", answer.1);
    let (status, body) =
        world.absent("marriage_or_pacs", "2026-06-08", "2026-06-15", json!({ "occurred_on": "2026-06-06" })).await;
    assert_eq!(status, 201, "the first motive is free again: {body}");
}

/// Nothing that stands in clear, and no length of a box, tells one motive from another.
#[tokio::test]
async fn no_event_tells_what_an_absence_is_for() {
    let world = World::new().await;
    for (motive, first, said) in [
        ("pma_treatment", "2026-03-02", json!({})),
        ("pregnancy_examination", "2026-03-03", json!({})),
        ("marriage_or_pacs", "2026-03-04", json!({ "occurred_on": "2026-03-07" })),
    ] {
        let (status, body) = world.absent(motive, first, first, said).await;
        assert_eq!(status, 201, "{body}");
    }
    let mut shapes = Vec::new();
    for (name, payload) in world.written().await {
        let text = String::from_utf8(payload.clone()).unwrap();
        assert!(!text.contains("2026-03-07") && !text.contains("marriage"), "{text}");
        let AbsenceEvent::LeaveRequested { special_motive: Some(sealed), occasion: Some(_), .. } =
            AbsenceEvent::decode(&name, 2, &payload).unwrap()
        else {
            panic!("{text}")
        };
        shapes.push((payload.len(), sealed.as_bytes().len()));
    }
    assert_eq!((shapes.len(), shapes.windows(2).all(|two| two[0] == two[1])), (3, true), "{shapes:?}");
}
