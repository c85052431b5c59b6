//! What no client should send is named and refused, and never a fault of ours.

use crate::world::{World, refusal};
use events::account::Role;
use web::page::Cursor;

#[tokio::test]
async fn each_fault_is_named() {
    let world = World::start().await;
    let agent = world.agent(&[Role::Auditor, Role::Administrator]).await;
    let (reading, _) = world.declare(&agent, Default::default()).await;
    let entries = format!("/v1/audit-readings/{reading}/entries");
    let stream = format!("/v1/audit-readings/{reading}/stream");
    let state = format!("/v1/accounts/{}/state", agent.id);
    for (path, said) in [
        ("/v1/accounts/x".to_owned(), "invalid-field: path id"),
        ("/v1/accounts/%00".to_owned(), "invalid-field: path id"),
        ("/v1/accounts/%ff".to_owned(), "malformed-request"),
        ("/v1/accounts/00000000-0000-0000-0000-000000000000".to_owned(), "not-found"),
        ("/v1/audit-readings/ffffffff-ffff-ffff-ffff-ffffffffffff".to_owned(), "not-found"),
        ("/v1/audit-readings/-1".to_owned(), "invalid-field: path id"),
        ("/v1/accounts?limit=0".to_owned(), "invalid-field: query limit"),
        ("/v1/accounts?limit=-1".to_owned(), "invalid-field: query limit"),
        ("/v1/accounts?limit=99999999999999999999".to_owned(), "invalid-field: query limit"),
        ("/v1/accounts?status=%00".to_owned(), "invalid-field: query status"),
        ("/v1/accounts?status=gone".to_owned(), "invalid-field: query status"),
        ("/v1/accounts?role=king".to_owned(), "invalid-field: query role"),
        ("/v1/accounts?colour=red".to_owned(), "invalid-field: query colour"),
        ("/v1/accounts?cursor=-1".to_owned(), "invalid-field: query cursor"),
        (format!("/v1/accounts?cursor={}", "A".repeat(5_000)), "invalid-field: query cursor"),
        ("/v1/me?at_least=-1".to_owned(), "invalid-field: query at_least"),
        ("/v1/me?at_least=9223372036854775808".to_owned(), "invalid-field: query at_least"),
        ("/v1/me/security-history?cursor=%00".to_owned(), "invalid-field: query cursor"),
        (format!("{entries}?order=sideways"), "invalid-field: query order"),
        (format!("{entries}?cursor=AAAA"), "invalid-field: query cursor"),
        (format!("{stream}?after=-1"), "invalid-field: query after"),
        (format!("{state}?position=-1"), "invalid-field: query position"),
        (format!("{state}?position=9223372036854775808"), "invalid-field: query position"),
        (format!("{state}?at=yesterday"), "invalid-field: query at"),
        (format!("{state}?at=2026-13-01T00:00:00Z"), "invalid-field: query at"),
        (format!("{state}?at=-262143-01-01T00:00:00Z"), "invalid-field: query at"),
        (format!("{state}?at=0001-01-01T00:00:00Z"), "not-found"),
    ] {
        assert_eq!(refusal(world.get(&agent, &path)).await, said, "{path}");
    }
    let far = world.get(&agent, "/v1/me?at_least=9223372036854775807").header("prefer", "wait=0");
    assert_eq!(refusal(far).await, "invalid-field: query at_least");
    let far = world.get(&agent, &format!("{state}?at_least=9223372036854775807")).header("prefer", "wait=0");
    assert_eq!(refusal(far).await, "invalid-field: query at_least");
    let far = world.get(&agent, "/v1/me").header("at-least-position", "9223372036854775807");
    assert_eq!(refusal(far).await, "invalid-field: header At-Least-Position");
    let forged = Cursor::after(&format!("entries {reading} OldestFirst"), &(0, i64::MAX)).unwrap();
    let forged = serde_json::to_value(forged).unwrap();
    let forged = format!("{entries}?order=oldest-first&cursor={}", forged.as_str().unwrap());
    assert_eq!(refusal(world.get(&agent, &forged)).await, "invalid-field: query cursor");
    assert_eq!(
        refusal(world.get(&agent, &stream).header("last-event-id", "-1")).await,
        "invalid-field: header Last-Event-ID"
    );
    assert_eq!(refusal(world.get(&agent, &entries).header("accept", "image/png")).await, "not-acceptable");
}

#[tokio::test]
async fn what_a_parameter_may_hold_is_said_in_french_first() {
    let world = World::start().await;
    let agent = world.agent(&[Role::Auditor]).await;
    let (reading, _) = world.declare(&agent, Default::default()).await;
    let readings = format!("/v1/audit-readings/{reading}");
    let position =
        ("attendu : un entier de 0 à 9223372036854775807", "expected an integer from 0 to 9223372036854775807");
    let order = ("attendu, au choix : `newest-first`, `oldest-first`", "expected `newest-first` or `oldest-first`");
    let limit = ("attendu : un entier de 1 à 200", "expected an integer from 1 to 200");
    let instant =
        ("attendu : une date et une heure : 2026-05-13T09:00:00Z", "expected a date and a time: 2026-05-13T09:00:00Z");
    let id = ("attendu : un UUID", "expected a UUID");
    for (path, (fr, en)) in [
        (format!("{readings}/stream?after=-1"), position),
        (format!("{readings}/stream?after=soon"), position),
        (format!("{readings}/entries?order=sideways"), order),
        (format!("{readings}/entries?limit=many"), limit),
        (format!("/v1/accounts/{}/state?at=yesterday", agent.id), instant),
        (format!("/v1/accounts/{}/state?position=9223372036854775808", agent.id), position),
        ("/v1/audit-readings/x/entries".to_owned(), id),
        ("/v1/accounts/x/state".to_owned(), id),
    ] {
        for (language, said) in [("fr", fr), ("en", en)] {
            let answer = world.get(&agent, &path).header("accept-language", language).send().await.unwrap();
            let body: serde_json::Value = answer.json().await.unwrap();
            assert_eq!(body["errors"][0]["detail"], said, "{path}");
        }
    }
}

#[tokio::test]
async fn a_forged_cursor_is_refused_or_shows_no_more() {
    use data_encoding::BASE64URL_NOPAD;
    let world = World::start().await;
    let agent = world.agent(&[Role::Auditor]).await;
    let (reading, _) = world.declare(&agent, Default::default()).await;
    let list = format!("entries {reading} NewestFirst");
    for (key, status) in [
        ("[9223372036854775807,9223372036854775807]", 422),
        ("[0,0]", 200),
        ("[-1,5]", 422),
        ("[9223372036854775808,5]", 422),
        ("[1.5,5]", 422),
        ("null", 422),
    ] {
        let cursor = BASE64URL_NOPAD.encode(format!("[1,\"{list}\",{key}]").as_bytes());
        let path = format!("/v1/audit-readings/{reading}/entries?cursor={cursor}");
        assert_eq!(world.get(&agent, &path).send().await.unwrap().status(), status, "{key}");
    }
}
