//! Nobody changes what was recorded; who does it all the same is found.

use crate::toy::{Bench, count, count_at, metadata};
use events::{Idempotency, Metadata, Position};
use journal::verify::{Checkpoint, Violation};
use migrations::Role;
use sqlx::{AssertSqlSafe, Executor, PgPool};
use test_support::{APPEND_LONE, APPEND_ONE};
use uuid::Uuid;

const TAMPERING: [&str; 12] = [
    "UPDATE journal.idempotency SET position = 1",
    "DELETE FROM journal.idempotency",
    "TRUNCATE journal.idempotency",
    "UPDATE journal.event SET payload = 'x'",
    "DELETE FROM journal.event",
    "TRUNCATE journal.event",
    "UPDATE journal.head SET position = 1",
    "DELETE FROM journal.head",
    "TRUNCATE journal.head",
    "UPDATE journal.stream SET version = 0",
    "DELETE FROM journal.stream",
    "TRUNCATE journal.stream",
];

async fn refused(pool: &PgPool, statement: &'static str) -> Option<String> {
    match pool.execute(statement).await {
        Err(sqlx::Error::Database(error)) => error.code().map(std::borrow::Cow::into_owned),
        other => panic!("{statement}: {other:?}"),
    }
}

#[tokio::test]
async fn neither_the_service_nor_the_owner_changes_the_journal() {
    let bench = Bench::new().await;
    count(&bench.journal, Uuid::now_v7(), 1).await;
    let idempotency = Idempotency { key: "k".parse().unwrap(), fingerprint: [0; 32], outcome: Vec::new() };
    let keyed = Metadata { idempotency: Some(idempotency), ..metadata() };
    count_at(&bench.journal, keyed, Uuid::now_v7(), 0).await.unwrap();
    let owner = bench.database.owner();
    for statement in TAMPERING {
        for role in Role::ALL {
            assert_eq!(refused(&bench.database.pool(role), statement).await.as_deref(), Some("42501"), "{role:?}");
        }
        assert_eq!(refused(&owner, statement).await.as_deref(), Some("42501"), "{statement}");
    }
    // A session of the owner's cannot open the triggers for itself either.
    let mut session = owner.acquire().await.unwrap();
    session.execute("SET session_replication_role = replica").await.unwrap();
    for statement in TAMPERING {
        assert!(session.execute(statement).await.is_err(), "{statement}");
    }
}

#[tokio::test]
async fn only_the_writer_appends_and_only_through_the_function() {
    let bench = Bench::new().await;
    for role in Role::ALL {
        let pool = bench.database.pool(role);
        let insert = "INSERT INTO journal.stream (id, type, version) VALUES (gen_random_uuid(), 't', 1)";
        assert_eq!(refused(&pool, insert).await.as_deref(), Some("42501"), "{role:?}");
        let snapshot = pool.execute("SELECT journal.keep_snapshot('t', gen_random_uuid(), 1, 1, '')").await;
        assert_eq!(snapshot.is_ok(), role == Role::Writer, "{role:?}");
    }
}

/// Who knows how leaves are computed changes an event and its leaf together.
const WITH_ITS_LEAF: &str = "UPDATE journal.event SET actor = 'anonymous', leaf = journal.leaf(
    id, stream_type, stream_id, version, type, schema_version, recorded_at, occurred_at, 'anonymous', actor_id, capacity,
    correlation, causation, trace, idempotency_key, payload) WHERE position = 3";

/// PostgreSQL looks types up in the caller's temporary schema before any other, unless a function's path names pg_temp: a
/// domain of the caller's has a check, which would run as the owner.
#[tokio::test]
async fn nothing_of_the_writers_own_runs_as_the_owner() {
    const OWN: &str = "CREATE FUNCTION pg_temp.own() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
        IF current_user <> 'intraparis_writer' THEN RAISE EXCEPTION 'runs as %', current_user; END IF;
        RETURN true;
    END $$";
    const OTHERS: &str = "SELECT oid::regprocedure::text FROM pg_proc
        WHERE prosecdef AND 'search_path=pg_catalog, pg_temp' <> ALL (coalesce(proconfig, '{}'))
          AND pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)";
    let bench = Bench::new().await;
    let mut writer = bench.database.pool(Role::Writer).acquire().await.unwrap();
    writer.execute(OWN).await.unwrap();
    for of in ["bytea", "uuid", "text", "tid", "timestamptz"] {
        let domain = format!("CREATE DOMAIN pg_temp.{of} AS pg_catalog.{of} CHECK (pg_temp.own())");
        writer.execute(AssertSqlSafe(domain)).await.unwrap();
    }
    writer.execute("SET search_path = pg_catalog, pg_temp").await.unwrap();
    for statement in [APPEND_ONE, APPEND_LONE, "SELECT journal.keep_snapshot('counter', gen_random_uuid(), 1, 1, '{}')"]
    {
        writer.execute(statement).await.unwrap();
    }

    let others: Vec<String> = sqlx::query_scalar(OTHERS).fetch_all(&bench.database.owner()).await.unwrap();
    assert_eq!(others, [""; 0]);
}

#[tokio::test]
async fn what_a_superuser_changes_is_found() {
    for (tampering, found) in [
        ("UPDATE journal.event SET payload = payload || ' ' WHERE position = 2", "the event at 2 is not the one"),
        ("UPDATE journal.event SET actor = 'anonymous' WHERE position = 3", "the event at 3 is not the one"),
        (WITH_ITS_LEAF, "the head row disagrees"),
        ("DELETE FROM journal.event WHERE position = 2", "stands where"),
        ("DELETE FROM journal.event WHERE position = 4", "the head row disagrees"),
        ("UPDATE journal.event SET position = -position WHERE position = 2", "stands where"),
        ("UPDATE journal.event SET recorded_at = recorded_at - interval '1 day' WHERE position = 2", "before the one"),
        ("UPDATE journal.stream SET version = version + 1", "the row of stream"),
        ("UPDATE journal.head SET root = sha256('')", "the head row disagrees"),
    ] {
        let bench = Bench::new().await;
        let id = Uuid::now_v7();
        for _ in 0..4 {
            count(&bench.journal, id, 1).await;
        }
        let reader = bench.journal.reader();
        assert_eq!(reader.verify(|_| ()).await.unwrap().violations, []);
        let owner = bench.database.owner();
        for table in ["event", "stream", "head"] {
            let off = format!("ALTER TABLE journal.{table} DISABLE TRIGGER ALL");
            owner.execute(AssertSqlSafe(off)).await.unwrap();
        }
        owner.execute(tampering).await.unwrap();
        let violations = reader.verify(|_| ()).await.unwrap().violations;
        assert!(
            violations.iter().any(|violation| violation.to_string().contains(found)),
            "{tampering}: {violations:?}"
        );
    }
}

#[tokio::test]
async fn the_database_folds_the_tree_that_rfc_9162_defines() {
    let bench = Bench::new().await;
    for events in 1..=40 {
        count(&bench.journal, Uuid::now_v7(), 1).await;
        let verified = bench.journal.reader().verify(|_| ()).await.unwrap();
        assert_eq!((verified.events, verified.violations), (events, vec![]));
    }
}

#[tokio::test]
async fn a_root_that_was_written_down_tells_a_history_that_was_rewritten_whole() {
    let bench = Bench::new().await;
    for _ in 0..3 {
        count(&bench.journal, Uuid::now_v7(), 1).await;
    }
    let reader = bench.journal.reader();
    let root = reader.verify(|_| ()).await.unwrap().root;
    count(&bench.journal, Uuid::now_v7(), 1).await;
    let held = |position: i64, root| Some(Checkpoint { position: Position::new(position).unwrap(), root });
    let against = async |checkpoint| reader.verify_against(checkpoint, |_| ()).await.unwrap().violations;
    assert_eq!(against(held(3, root)).await, []);
    for (position, root) in [(3, [0; 32]), (2, root), (5, root)] {
        let position_of = Position::new(position).unwrap();
        assert_eq!(against(held(position, root)).await, [Violation::Checkpoint { position: position_of }]);
    }
}
