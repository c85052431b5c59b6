//! Who may read what: a table that forgets no route.

use crate::world::{World, at, now, ok, refusal, stranger};
use events::CredentialId;
use events::account::{AccountEvent, Role};
use events::audit::TrailFilter;
use std::collections::BTreeSet;

/// Who may.
enum Open {
    ToAll,
    ToSignedIn,
    /// By what somebody is to whom: `leave::matrix` has it.
    ByRelation,
    /// Without a session, by a secret address.
    ByToken,
    To(&'static [Role]),
}

const TABLE: &[(&str, Open)] = &[
    ("/health/live", Open::ToAll),
    ("/health/ready", Open::ToAll),
    ("/v1/me", Open::ToSignedIn),
    ("/v1/me/security-history", Open::ToSignedIn),
    ("/v1/accounts", Open::To(&[Role::Hr, Role::Administrator])),
    ("/v1/accounts/{id}", Open::To(&[Role::Hr, Role::Administrator])),
    ("/v1/accounts/{id}/state", Open::To(&[Role::Auditor, Role::Administrator])),
    ("/v1/audit-readings/{id}", Open::To(&[Role::Auditor])),
    ("/v1/audit-readings/{id}/entries", Open::To(&[Role::Auditor])),
    ("/v1/audit-readings/{id}/stream", Open::To(&[Role::Auditor])),
    ("/v1/audit-readings/{id}/timeline.svg", Open::To(&[Role::Auditor])),
    ("/v1/me/leave-requests", Open::ToSignedIn),
    ("/v1/leave-requests/{id}", Open::ByRelation),
    ("/v1/proofs", Open::To(&[Role::HrHealth])),
    ("/v1/proofs/{id}", Open::ByRelation),
    ("/v1/me/balance", Open::ToSignedIn),
    ("/v1/agents/{id}/balance", Open::ByRelation),
    ("/v1/me/validations", Open::ToSignedIn),
    ("/v1/units/{id}/calendar", Open::ByRelation),
    ("/v1/leave-overview", Open::ByRelation),
    ("/v1/year-end-losses", Open::To(&[Role::Hr])),
    ("/v1/overdrafts", Open::To(&[Role::Hr])),
    ("/v1/proposed-corrections", Open::To(&[Role::Hr])),
    ("/v1/gifts", Open::To(&[Role::Hr])),
    ("/v1/me/gifts", Open::ToSignedIn),
    ("/v1/me/notices", Open::ToSignedIn),
    ("/v1/me/delegations", Open::ToSignedIn),
    ("/v1/me/calendar-feeds", Open::ToSignedIn),
    ("/v1/calendar-feeds/{token}", Open::ByToken),
    ("/v1/me/employment", Open::ByRelation),
    ("/v1/agents/{id}/employment", Open::ByRelation),
    ("/v1/me/sicknesses", Open::ToSignedIn),
    ("/v1/agents/{id}/sicknesses", Open::ByRelation),
    ("/v1/units", Open::ToSignedIn),
    ("/v1/projections", Open::To(&[Role::Auditor, Role::Administrator])),
];

#[test]
fn the_table_has_every_route_that_the_document_has() {
    let doc = read_api::openapi();
    let documented: BTreeSet<&str> = doc.paths.paths.keys().map(String::as_str).collect();
    let listed: BTreeSet<&str> = TABLE.iter().map(|(path, _)| *path).collect();
    assert_eq!(documented, listed);
    let by_relation = TABLE.iter().filter(|(_, open)| matches!(open, Open::ByRelation)).map(|(path, _)| *path);
    let held = crate::leave::matrix::MATRIX.iter().map(|(path, _)| *path);
    assert_eq!(by_relation.collect::<BTreeSet<_>>(), held.collect());
}

#[tokio::test]
async fn each_role_reads_what_the_table_says() {
    let world = World::start().await;
    for role in Role::ALL {
        let agent = world.agent(&[role]).await;
        let (reading, _) = world.declare(&agent, TrailFilter::default()).await;
        for (path, open) in TABLE {
            let id = if path.contains("audit-readings") { reading.to_string() } else { agent.id.to_string() };
            let path = path.replace("{id}", &id);
            let allowed = match open {
                Open::ToAll | Open::ToSignedIn => true,
                Open::ByRelation | Open::ByToken => continue,
                Open::To(roles) => roles.contains(&role),
            };
            let status = world.get(&agent, &path).send().await.unwrap().status().as_u16();
            assert_eq!(status, if allowed { 200 } else { 403 }, "{role} {path}");
        }
    }
    for (path, open) in TABLE {
        let path = path.replace("{id}", "0198c0de-0000-7000-8000-000000000000");
        let status = world.get_as_stranger(&path).send().await.unwrap().status().as_u16();
        let expected = match open {
            Open::ToAll => 200,
            Open::ByToken => 404,
            Open::ToSignedIn | Open::ByRelation | Open::To(_) => 401,
        };
        assert_eq!(status, expected, "{path}");
    }
}

#[tokio::test]
async fn the_role_that_is_missing_is_named() {
    let world = World::start().await;
    let agent = world.agent(&[]).await;
    let readings = format!("/v1/audit-readings/{}/entries", events::ReadingId::new());
    let state = format!("/v1/accounts/{}/state", agent.id);
    for (path, language, said) in [
        (&readings, "fr", "Il faut le rôle « auditor »."),
        (&state, "en", "The role `auditor` or the role `administrator` is needed."),
    ] {
        let refused = world.get(&agent, path).header("accept-language", language).send().await.unwrap();
        assert_eq!(refused.json::<serde_json::Value>().await.unwrap()["detail"], said, "{path}");
    }
}

#[tokio::test]
async fn the_reading_of_another_is_not_there() {
    let world = World::start().await;
    let (mine, other) = (world.agent(&[Role::Auditor]).await, world.agent(&[Role::Auditor]).await);
    let (reading, _) = world.declare(&mine, TrailFilter::default()).await;
    for tail in ["", "/entries", "/stream", "/timeline.svg"] {
        let path = format!("/v1/audit-readings/{reading}{tail}");
        assert_eq!(world.get(&mine, &path).send().await.unwrap().status(), 200, "{path}");
        assert_eq!(crate::world::refusal(world.get(&other, &path)).await, "not-found");
    }
}

#[tokio::test]
async fn a_session_that_ended_opens_nothing() {
    let world = World::start().await;
    let agent = world.agent(&[]).await;
    world.sign_out(&agent).await;
    assert_eq!(crate::world::refusal(world.get(&agent, "/v1/me")).await, "not-signed-in");

    for column in ["expires", "last_used_at"] {
        let agent = world.agent(&[]).await;
        sqlx::query(sqlx::AssertSqlSafe(format!("UPDATE access.session SET {column} = $1 WHERE token = $2")))
            .bind(crate::world::now() - chrono::TimeDelta::minutes(30))
            .bind(&agent.token.hash().0[..])
            .execute(&world.database.owner())
            .await
            .unwrap();
        assert_eq!(crate::world::refusal(world.get(&agent, "/v1/me")).await, "not-signed-in", "{column}");
    }
}

/// Whoever replaces a secret deletes the sessions of the former one after the event, and may die between the two.
#[tokio::test]
async fn a_session_of_a_secret_that_was_replaced_opens_nothing() {
    let world = World::start().await;
    let (agent, other) = (world.agent(&[]).await, world.agent(&[]).await);
    let replaced = AccountEvent::PersonalPasswordSet { password: CredentialId::new() };
    let later = stranger((now() - at(0)).num_seconds() + 1);
    let position = world.append_as(later, agent.id.as_uuid(), vec![replaced]).await;
    ok(world.get(&other, &format!("/v1/me?at_least={position}"))).await;
    assert_eq!(refusal(world.get(&agent, "/v1/me")).await, "not-signed-in");
    ok(world.get(&other, "/v1/me")).await;
}

#[tokio::test]
async fn its_role_in_the_database_writes_nothing() {
    let world = World::start().await;
    world.agent(&[]).await;
    let pool = world.database.pool(migrations::Role::Reader);
    for statement in [
        "INSERT INTO access.session SELECT * FROM access.session",
        "UPDATE access.session SET last_used_at = now()",
        "UPDATE projections.accounts_v1 SET failures = 0",
        "INSERT INTO projections.accounts_v1 SELECT * FROM projections.accounts_v1",
        "DELETE FROM projections.audit_trail_v1",
        "TRUNCATE projections.audit_trail_v1",
        "UPDATE projections.projection SET position = 0",
        "UPDATE journal.head SET position = 0",
        "INSERT INTO journal.event SELECT * FROM journal.event",
        "DELETE FROM vault.key",
        "CREATE TABLE projections.mine (id int)",
    ] {
        let refused = sqlx::raw_sql(statement).execute(&pool).await.unwrap_err();
        let code = refused.as_database_error().and_then(|error| error.code()).unwrap_or_default();
        assert!(code == "42501" || code == "428C9", "{statement}: {refused}");
    }
}

#[tokio::test]
async fn while_roles_are_not_known_nobody_is_let_in_on_what_they_were() {
    let world = World::start().await;
    let hr = world.agent(&[Role::Hr]).await;
    ok(world.get(&hr, "/v1/accounts")).await;
    world.stop_projecting();
    sqlx::query(
        "UPDATE projections.projection SET failed_position = position + 1, failed_event = gen_random_uuid(),
             failed_stream_type = 'account', failed_stream = gen_random_uuid(), failed_at = now(), failure = 'a test'
         WHERE name = 'accounts_v1'",
    )
    .execute(&world.database.owner())
    .await
    .unwrap();
    assert_eq!(refusal(world.get(&hr, "/v1/accounts")).await, "unavailable");
}
