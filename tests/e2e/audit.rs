//! The audit trail, as auditors read it.

use crate::process::{Person, Process, expect, intraparis, intraparis_json};
use events::audit::ProjectionEvent;
use futures::StreamExt;
use reqwest::StatusCode;
use serde_json::{Value, json};
use test_support::Database;

struct Portal {
    database: Database,
    api: Process,
    auditor: Person,
    agent: Person,
}

impl Portal {
    async fn open() -> Self {
        let database = Database::new().await;
        let api = Process::start(&database, "up");
        let auditor = Person::with_roles(&database, &api, "Claude", "Martin", &["auditor"]).await;
        let agent = Person::with_roles(&database, &api, "Élodie", "de La Tour", &[]).await;
        Self { database, api, auditor, agent }
    }

    async fn declare(&self, filter: Value) -> String {
        let declared = self.auditor.post(&self.api, "/v1/audit-readings", &filter).send().await;
        let declared = expect(declared, StatusCode::CREATED).await;
        format!("/v1/audit-readings/{}", declared["reading"].as_str().unwrap())
    }

    async fn entries(&self, reading: &str) -> Vec<Value> {
        let mut entries = Vec::new();
        let mut next = Some(format!("{reading}/entries?limit=7"));
        while let Some(page) = next {
            let page = expect(self.auditor.get(&self.api, &page).send().await, StatusCode::OK).await;
            entries.extend(page["items"].as_array().unwrap().clone());
            next = page["next"].as_str().map(str::to_owned);
        }
        entries
    }

    async fn fail(&self, times: usize) {
        for _ in 0..times {
            let body = json!({ "username": self.agent.username, "password": "Mauvais Mot-1" });
            expect(self.api.post("/v1/sessions", &body).send().await, StatusCode::UNAUTHORIZED).await;
        }
    }
}

#[tokio::test]
async fn a_reading_is_declared_made_and_itself_on_the_trail() {
    let portal = Portal::open().await;
    portal.fail(4).await;
    let reading = portal.declare(json!({ "agent": portal.agent.account, "motive": "plainte 12" })).await;
    let entries = portal.entries(&reading).await;
    let mut kinds: Vec<&str> = entries.iter().map(|entry| entry["type"].as_str().unwrap()).collect();
    kinds.reverse();
    let attempt = ["LoginAttempted", "LoginFailed"];
    let expected = [
        &["AccountProvisioned", "UsernameAssigned"][..],
        &["LoginAttempted", "LoginSucceeded", "PersonalPasswordSet", "LoginAttempted", "LoginSucceeded"],
        &attempt,
        &attempt,
        &attempt,
        // The reading, too, is about the agent.
        &["AccountSuspended", "LoginRefused", "AuditTrailRead"],
    ];
    assert_eq!(kinds, expected.concat());
    let refused = entries.iter().find(|entry| entry["type"] == "LoginRefused").unwrap();
    assert_eq!((&refused["source_address"], &refused["reason"]), (&json!("127.0.0.1"), &json!("suspended")));

    // Another auditor does not see it, nor does the agent; and it is an event like any other.
    expect(portal.agent.get(&portal.api, &format!("{reading}/entries")).send().await, StatusCode::FORBIDDEN).await;
    let other = Person::with_roles(&portal.database, &portal.api, "Alix", "Roy", &["auditor"]).await;
    expect(other.get(&portal.api, &format!("{reading}/entries")).send().await, StatusCode::NOT_FOUND).await;
    let of_readings = portal.declare(json!({ "types": ["AuditTrailRead"] })).await;
    assert_eq!(portal.entries(&of_readings).await.len(), 2);
    let by_source =
        portal.declare(json!({ "source": "127.0.0.1", "agent": portal.agent.account, "outcome": "refused" })).await;
    assert_eq!(portal.entries(&by_source).await.len(), 1);
    let by_source = portal.declare(json!({ "source": "127.0.0.1", "agent": portal.agent.account })).await;
    let by_source = portal.entries(&by_source).await;
    let of = |kind| by_source.iter().filter(|entry| entry["type"] == kind).count();
    assert_eq!([of("LoginAttempted"), of("LoginSucceeded"), of("LoginFailed"), of("AccountSuspended")], [5, 2, 3, 1]);
    let by_other_source = portal.declare(json!({ "source": "192.0.2.1" })).await;
    assert!(portal.entries(&by_other_source).await.is_empty());
}

#[tokio::test]
async fn lines_and_tables_say_the_same_as_pages() {
    let portal = Portal::open().await;
    portal.fail(3).await;
    let reading = portal.declare(json!({ "agent": portal.agent.account })).await;
    let pages = portal.entries(&reading).await;
    let of = async |format: &str| {
        let request = portal.auditor.get(&portal.api, &format!("{reading}/entries")).header("Accept", format);
        request.send().await.unwrap().text().await.unwrap()
    };
    let lines = of("application/x-ndjson").await;
    let mut lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines.sort_by_key(|entry| std::cmp::Reverse(entry["position"].as_u64()));
    assert_eq!(lines, pages);
    assert_eq!(of("text/csv").await.lines().count(), pages.len() + 1);
}

#[tokio::test]
async fn the_trail_is_followed_live_and_resumed_without_loss() {
    let portal = Portal::open().await;
    let reading = portal.declare(json!({ "agent": portal.agent.account, "types": ["LoginFailed"] })).await;
    let path = format!("{reading}/stream");
    let follow = async |last: Option<String>, until: usize| {
        let mut request = portal.auditor.get(&portal.api, &path);
        if let Some(last) = last {
            request = request.header("Last-Event-ID", last);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let (mut bytes, mut text, mut ids) = (answer.bytes_stream(), String::new(), Vec::new());
        portal.fail(until).await;
        while ids.len() < until {
            text.push_str(&String::from_utf8_lossy(&bytes.next().await.unwrap().unwrap()));
            ids = text.lines().filter_map(|line| line.strip_prefix("id:")).map(|id| id.trim().to_owned()).collect();
        }
        ids
    };
    let seen = follow(None, 1).await;
    let resumed = follow(seen.last().cloned(), 1).await;
    assert!(resumed[0].parse::<u64>().unwrap() > seen[0].parse::<u64>().unwrap());
}

#[tokio::test]
async fn an_account_as_it_was_and_the_proof_of_it() {
    let portal = Portal::open().await;
    let before = intraparis_json(&portal.database, &["audit", "verify", "--json"])["events"].as_u64().unwrap();
    portal.fail(3).await;
    let state = async |at: &str| {
        let path = format!("/v1/accounts/{}/state?{at}", portal.agent.account);
        expect(portal.auditor.get(&portal.api, &path).send().await, StatusCode::OK).await
    };
    let then = state(&format!("position={before}")).await;
    let now = state(&format!("position={}", before + 7)).await;
    assert_eq!((&then["status"], &now["status"]), (&json!("active"), &json!("suspended")), "{then} {now}");

    let verified = intraparis_json(&portal.database, &["audit", "verify", "--json"]);
    assert_eq!(verified["violations"], json!([]));
    let listed = intraparis_json(&portal.database, &["projections", "list", "--json"]);
    assert!(listed.as_array().unwrap().iter().all(|row| row["halted_at"].is_null()));
}

#[tokio::test]
async fn each_projection_rebuilt_under_load_equals_the_live_one() {
    let portal = Portal::open().await;
    let load = async { portal.fail(12).await };
    let upkeep = async {
        for projection in ["accounts_v1", "audit_trail_v1", "audit_readings_v1"] {
            let database = portal.database.clone();
            let rebuilt =
                tokio::task::spawn_blocking(move || intraparis(&database, &["projections", "rebuild", projection]));
            let rebuilt = rebuilt.await.unwrap();
            assert!(rebuilt.status.success(), "{}", String::from_utf8_lossy(&rebuilt.stderr));
        }
    };
    tokio::join!(load, upkeep);
    let verified = intraparis(&portal.database, &["projections", "verify"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    sqlx::query("UPDATE projections.accounts_v1 SET failures = failures + 1")
        .execute(&portal.database.owner())
        .await
        .unwrap();
    let verified = intraparis(&portal.database, &["projections", "verify", "accounts_v1"]);
    assert!(!verified.status.success(), "a row that was altered is found");
}

/// Says of a projection that it has halted at the first event, as far as operators see: its row names it.
async fn halt_at_first(portal: &Portal, projection: &str) {
    sqlx::query(
        "UPDATE projections.projection p
         SET failed_position = e.position, failed_event = e.id, failed_stream_type = e.stream_type,
             failed_stream = e.stream_id, failed_at = now(), failure = 'by hand'
         FROM journal.event e WHERE e.position = 1 AND p.name = $1 AND p.place = 'projections'",
    )
    .bind(projection)
    .execute(&portal.database.owner())
    .await
    .unwrap();
}

/// The same of a rebuild beside it, by a fold of before.
async fn halt_rebuild_at_first(portal: &Portal, projection: &str) {
    sqlx::query(
        "INSERT INTO projections.projection (name, place, fold, failed_position, failed_event, failed_stream_type,
                                             failed_stream, failed_at, failure)
         SELECT $1, 'projections_shadow', 0, position, id, stream_type, stream_id, now(), 'by hand'
         FROM journal.event WHERE position = 1",
    )
    .bind(projection)
    .execute(&portal.database.owner())
    .await
    .unwrap();
}

#[tokio::test]
async fn what_halts_a_rebuild_alone_is_listed_and_left_out_as_what_halts_a_projection() {
    let portal = Portal::open().await;
    let admin = Person::with_roles(&portal.database, &portal.api, "Ada", "Roy", &["administrator"]).await;
    let skip = ["projections", "skip", "audit_trail_v1", "--as", &admin.username, "--motive", "ticket 12"];
    assert!(!intraparis(&portal.database, &skip).status.success(), "nothing has halted");
    halt_rebuild_at_first(&portal, "audit_trail_v1").await;

    let listed = intraparis_json(&portal.database, &["projections", "list", "--json"]);
    let trail = listed.as_array().unwrap().iter().find(|row| row["projection"] == "audit_trail_v1").unwrap();
    assert_eq!((&trail["halted_at"], &trail["rebuild_halted_at"]), (&json!(null), &json!(1)), "{trail}");
    let shown = intraparis(&portal.database, &["projections", "list"]);
    let shown = String::from_utf8_lossy(&shown.stdout);
    assert!(shown.contains("reconstruction arrêtée en 1 — rebuild halted at 1"), "{shown}");
    assert!(!shown.contains("en reconstruction") && !shown.contains("personne"), "{shown}");
    let skipped = intraparis(&portal.database, &skip);
    assert!(skipped.status.success(), "{skipped:?}");
    let rebuilt = intraparis(&portal.database, &["projections", "rebuild", "audit_trail_v1"]);
    assert!(rebuilt.status.success(), "{rebuilt:?}");
    let listed = intraparis_json(&portal.database, &["projections", "list", "--json"]);
    let trail = listed.as_array().unwrap().iter().find(|row| row["projection"] == "audit_trail_v1").unwrap();
    assert_eq!((&trail["skipped"], &trail["rebuild_halted_at"]), (&json!([1]), &json!(null)), "{trail}");

    halt_at_first(&portal, "accounts_v1").await;
    let verified = intraparis(&portal.database, &["projections", "verify", "accounts_v1"]);
    let told = String::from_utf8_lossy(&verified.stdout);
    assert!(!verified.status.success() && told.contains("still halted at 1"), "{verified:?}");
    let rebuilt = intraparis(&portal.database, &["projections", "rebuild", "accounts_v1"]);
    let told = String::from_utf8_lossy(&rebuilt.stdout);
    assert!(told.contains("toujours arrêtée en 1") && told.contains("still halted at 1"), "{rebuilt:?}");
}

/// Records a decision on a projection that only a newer build knows.
async fn decide_as_a_newer_build(portal: &Portal, projection: &str) {
    sqlx::query(
        "SELECT journal.append_lone(
             'service', NULL, 'system', now(), gen_random_uuid(), NULL, NULL, NULL, NULL, NULL,
             'projection', $1, 1, gen_random_uuid(), 'ProjectionPaused', 1::smallint, '{}')",
    )
    .bind(ProjectionEvent::stream(projection))
    .execute(&portal.database.owner())
    .await
    .unwrap();
}

#[tokio::test]
async fn a_rebuild_that_could_not_be_recorded_beside_a_newer_builds_decision_is_not_done() {
    let portal = Portal::open().await;
    decide_as_a_newer_build(&portal, "accounts_v1").await;
    let table = async || -> i64 {
        sqlx::query_scalar("SELECT 'projections.accounts_v1'::regclass::oid::bigint")
            .fetch_one(&portal.database.owner())
            .await
            .unwrap()
    };
    let before = table().await;
    let rebuilt = intraparis(&portal.database, &["projections", "rebuild", "accounts_v1"]);
    let told = String::from_utf8_lossy(&rebuilt.stderr);
    assert!(!rebuilt.status.success() && told.contains("ProjectionPaused"), "{rebuilt:?}");
    assert!(told.contains("a newer build has decided on this projection") && !told.contains("event 0"), "{rebuilt:?}");
    assert_eq!(table().await, before, "nothing took the place of the live one");
    let rebuilt = intraparis(&portal.database, &["projections", "rebuild", "audit_readings_v1"]);
    assert!(rebuilt.status.success(), "{rebuilt:?}");
}

#[tokio::test]
async fn what_an_operator_leaves_out_of_a_read_model_has_a_name_and_a_motive_and_comes_back() {
    let portal = Portal::open().await;
    let admin = Person::with_roles(&portal.database, &portal.api, "Ada", "Roy", &["administrator"]).await;
    let act = |verb: &str, operator: &Person, motive: &str| {
        let arguments = ["projections", verb, "audit_trail_v1", "--position", "1"];
        intraparis(&portal.database, &[&arguments[..], &["--as", &operator.username, "--motive", motive]].concat())
    };
    let refused = act("skip", &admin, "ticket 12");
    assert!(!refused.status.success(), "it has not halted");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("n’est pas arrêtée"), "{refused:?}");
    halt_at_first(&portal, "audit_trail_v1").await;
    let other = intraparis(
        &portal.database,
        &[
            &["projections", "skip", "audit_trail_v1", "--position", "900"][..],
            &["--as", &admin.username, "--motive", "ticket 12"],
        ]
        .concat(),
    );
    assert!(!other.status.success(), "it has halted at another event");
    assert!(String::from_utf8_lossy(&other.stderr).contains("n’est pas arrêtée en 900"), "{other:?}");
    assert!(!act("skip", &portal.auditor, "ticket 12").status.success(), "an auditor is no administrator");
    assert!(!act("skip", &admin, "  ").status.success(), "an act is answered for");
    assert!(act("skip", &admin, "ticket 12").status.success());
    let listed = intraparis_json(&portal.database, &["projections", "list", "--json"]);
    let trail = listed.as_array().unwrap().iter().find(|row| row["projection"] == "audit_trail_v1").unwrap();
    assert_eq!((&trail["skipped"], &trail["quarantined_from"]), (&json!([1]), &json!([])));
    let shown = intraparis(&portal.database, &["projections", "list"]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains("1 événement laissé de côté"), "{shown:?}");
    let verified = intraparis(&portal.database, &["projections", "verify", "audit_trail_v1"]);
    assert!(String::from_utf8_lossy(&verified.stdout).contains("1 événement laissé de côté"), "{verified:?}");
    assert!(!act("skip", &admin, "ticket 12").status.success(), "it is left out already");
    let readmitted = act("readmit", &admin, "ticket 13");
    assert!(readmitted.status.success(), "{}", String::from_utf8_lossy(&readmitted.stderr));
    let verified = intraparis(&portal.database, &["projections", "verify"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));

    let reading = portal.declare(json!({ "actor": admin.account })).await;
    let entries = portal.entries(&reading).await;
    let of = |kind: &str| entries.iter().find(|entry| entry["type"] == kind).unwrap_or_else(|| panic!("{entries:?}"));
    for (kind, motive) in [("ProjectionEventSkipped", "ticket 12"), ("ProjectionReadmitted", "ticket 13")] {
        let entry = of(kind);
        assert_eq!((&entry["motive"], &entry["capacity"]), (&json!(motive), &json!("operator")), "{entry}");
    }
}
