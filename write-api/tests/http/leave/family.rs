//! Leave for births and adoptions.

use super::world::World;
use crate::app::slug;
use serde_json::json;

/// A request over what the law gives is refused with the article; what is within it is asked for.
#[tokio::test]
async fn a_family_leave_is_no_longer_than_the_law_gives() {
    let world = World::new().await;
    let ask = async |leave_type: &str, first: &str, last: &str, circumstances: serde_json::Value| {
        let mut body = json!({ "type": leave_type, "first": first, "last": last });
        if !circumstances.is_null() {
            body["circumstances"] = circumstances;
        }
        world.app.post(&world.agent, "/v1/leave-requests", body).await
    };
    let due = || json!({ "pregnancy": { "rank": "first_or_second", "due": "2026-09-15" } });
    let born = || json!({ "birth": { "born": "2026-06-10" } });
    let one = || json!({ "adoption": { "arrived": "2026-02-02", "adopted": 1, "in_charge": 1 } });
    for (leave_type, first, last, circumstances, at, article) in [
        ("maternity", "2026-08-04", "2026-11-24", due(), "/last", "CGFP L.631-3"),
        ("maternity", "2026-08-04", "2026-11-23", json!(null), "/circumstances", "pregnancy"),
        ("maternity", "2026-08-04", "2026-11-23", born(), "/circumstances", "another leave"),
        (
            "maternity",
            "2026-08-04",
            "2026-11-23",
            json!({ "pregnancy": { "rank": "x", "due": "2026-09-15" } }),
            "/circumstances/pregnancy/rank",
            "first_or_second",
        ),
        ("paternity", "2026-06-10", "2026-07-08", born(), "/last", "D 2021-846 art. 13"),
        ("paternity", "2026-06-09", "2026-06-16", born(), "/first", "D 2021-846 art. 8"),
        ("extra-birth-leave", "2027-02-01", "2027-04-03", born(), "/last", "L.1225-46-2"),
        ("adoption", "2026-02-02", "2026-05-25", one(), "/last", "CGFP L.631-8"),
        (
            "adoption",
            "2026-02-02",
            "2026-02-20",
            json!({ "adoption": { "arrived": "1995-02-02", "adopted": 1, "in_charge": 1 } }),
            "/circumstances/adoption/arrived",
            "D 2023-873",
        ),
        (
            "maternity",
            "2026-08-04",
            "2026-11-23",
            json!({ "pregnancy": { "rank": "first_or_second", "due": "2026-09-15", "born": "2027-09-15" } }),
            "/circumstances/pregnancy/born",
            "L.1225-20",
        ),
        ("sick-child", "2026-03-02", "2026-03-02", json!({ "child": { "age_years": 17 } }), "/circumstances", "1982"),
        ("carer", "2026-03-02", "2026-06-30", json!(null), "/last", "CGFP L.634-1"),
        ("training", "2026-03-02", "2026-03-31", json!(null), "/first", "D 2007-1845 art. 15"),
    ] {
        let answer = ask(leave_type, first, last, circumstances).await;
        assert_eq!((slug(&answer), super::world::field(&answer)), ("invalid-field", at), "{leave_type}: {}", answer.1);
        assert!(super::world::detail(&answer).contains(article), "{leave_type}: {}", answer.1);
    }
    assert_eq!(world.app.count("LeaveRequested").await, 0);
    let seven = ask("sick-child", "2026-03-02", "2026-03-10", json!({ "child": { "age_years": 3 } })).await;
    assert_eq!(slug(&seven), "insufficient-rights", "{}", seven.1);
    assert!(seven.1["detail"].as_str().unwrap().contains("1982"), "{}", seven.1);
    for (leave_type, first, last, circumstances) in [
        ("maternity", "2026-08-04", "2026-11-23", due()),
        ("paternity", "2026-06-10", "2026-07-07", born()),
        ("adoption", "2026-02-02", "2026-05-24", one()),
    ] {
        let (status, body) = ask(leave_type, first, last, circumstances).await;
        assert_eq!(status, 201, "{leave_type}: {body}");
    }
    let kept: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM journal.event
         WHERE stream_type = 'absence-ledger' AND position(convert_to('first_or_second', 'UTF8') in payload) > 0",
    )
    .fetch_one(&world.app.database.owner())
    .await
    .unwrap();
    assert_eq!(kept, 0, "what is said of a pregnancy is not kept");
}

/// One birth, and one arrival, give one leave, whatever day is named for the next; no family has four billion children.
#[tokio::test]
async fn a_family_leave_is_not_had_again_by_naming_a_later_day() {
    let world = World::new().await;
    let ask = async |leave_type: &str, first: &str, last: &str, circumstances: serde_json::Value| {
        let body = json!({ "type": leave_type, "first": first, "last": last, "circumstances": circumstances });
        world.app.post(&world.agent, "/v1/leave-requests", body).await
    };
    let due = |due: &str| json!({ "pregnancy": { "rank": "first_or_second", "due": due } });
    let arrived = |arrived: &str, adopted: u32| json!({ "adoption": { "arrived": arrived, "adopted": adopted, "in_charge": adopted } });
    assert_eq!(ask("maternity", "2026-08-04", "2026-11-23", due("2026-09-15")).await.0, 201);
    assert_eq!(ask("adoption", "2026-02-02", "2026-05-24", arrived("2026-02-02", 1)).await.0, 201);
    let born = |born: &str| json!({ "birth": { "born": born } });
    assert_eq!(ask("paternity", "2026-06-10", "2026-07-07", born("2026-06-10")).await.0, 201);
    let twins = json!({ "pregnancy": { "rank": "twins", "due": "2026-09-15" } });
    for (leave_type, first, last, circumstances, at) in [
        ("maternity", "2026-11-24", "2027-03-15", due("2027-01-05"), "/circumstances/pregnancy/due"),
        ("adoption", "2026-05-26", "2026-07-31", arrived("2026-06-01", 1), "/last"),
        ("adoption", "2027-06-01", "2027-07-31", arrived("2027-06-01", u32::MAX), "/circumstances/adoption/in_charge"),
        ("paternity", "2026-07-13", "2026-07-19", born("2026-07-13"), "/circumstances/birth/born"),
        ("maternity", "2026-11-24", "2027-02-15", twins, "/circumstances"),
        ("adoption", "2026-05-25", "2026-07-05", arrived("2026-02-02", 30), "/circumstances"),
    ] {
        let answer = ask(leave_type, first, last, circumstances).await;
        assert_eq!((slug(&answer), super::world::field(&answer)), ("invalid-field", at), "{leave_type}: {}", answer.1);
    }
}

/// What the law grants is refused neither whole nor in part.
#[tokio::test]
async fn a_leave_of_right_is_refused_neither_whole_nor_in_part() {
    let world = World::new().await;
    let due = json!({ "pregnancy": { "rank": "first_or_second", "due": "2026-09-15" } });
    let body = json!({ "type": "maternity", "first": "2026-08-04", "last": "2026-11-23", "circumstances": due });
    let (status, body) = world.app.post(&world.agent, "/v1/leave-requests", body).await;
    assert_eq!(status, 201, "{body}");
    let leave = body["leave"].as_str().unwrap();
    let whole = json!({ "agent": world.agent.account, "step": 0, "motive": "effectif" });
    let mut part = whole.clone();
    part["half_days"] = json!(["2026-08-04"]);
    for (act, body, at) in [("refuse", whole, "/motive"), ("partially-approve", part, "/half_days")] {
        let answer = world.act(&world.hr, leave, act, body).await;
        assert_eq!((answer.0, super::world::field(&answer)), (422, at), "{act}: {}", answer.1);
        assert!(super::world::detail(&answer).contains("CGFP L.631-3"), "{act}: {}", answer.1);
    }
    assert_eq!(world.app.count("LeaveRefused").await + world.app.count("LeavePartiallyApproved").await, 0);
}
