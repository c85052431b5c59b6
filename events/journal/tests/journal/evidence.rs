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
        let bound = pool.execute("SELECT journal.bind_key('service', gen_random_uuid(), 'k', sha256(''))").await;
        assert_eq!(bound.is_ok(), role == Role::Writer, "{role:?}");
    }
}

/// What a call of `journal.append` says of its commands, streams and events, in SQL; one event each to two new streams of one
/// command, but for what differs.
#[derive(Clone, Copy)]
struct Call {
    commands: &'static str,
    of_commands: &'static str,
    expected: &'static str,
    counts: &'static str,
    of_streams: &'static str,
    versions: &'static str,
    occurred_at: &'static str,
    careful: Option<bool>,
}

impl Call {
    const RIGHT: Self = Self {
        commands: "{2}",
        of_commands: "{1,1}",
        expected: "{0,0}",
        counts: "{1,1}",
        of_streams: "{1,2}",
        versions: "{1,1}",
        occurred_at: "now",
        careful: Some(false),
    };

    async fn by(&self, writer: &PgPool) -> Result<(), sqlx::Error> {
        const SQL: &str = "SELECT journal.append(
            array_fill('service'::text, n), array_fill(NULL::uuid, n), array_fill('system'::text, n),
            array_fill($7::timestamptz, n), array_fill(gen_random_uuid(), n), array_fill(NULL::uuid, n),
            array_fill(NULL::bytea, n), array_fill(NULL::text, n), array_fill(NULL::bytea, n), array_fill(NULL::bytea, n),
            array_fill(1, n), $1::int[],
            $2::int[], array_fill('counter'::text, ARRAY[2]), ARRAY[gen_random_uuid(), gen_random_uuid()], $3::int[], $4::int[],
            $5::int[], $6::int[], ARRAY(SELECT gen_random_uuid() FROM unnest($5::int[])), array_fill('Counted'::text, e),
            array_fill(1::smallint, e), array_fill('{}'::bytea, e), $8)
            FROM (SELECT ARRAY[cardinality($1::int[])] AS n, ARRAY[cardinality($5::int[])] AS e) sizes";
        let numbers = [self.commands, self.of_commands, self.expected, self.counts, self.of_streams, self.versions];
        let call = numbers.into_iter().fold(sqlx::query(SQL), sqlx::query::Query::bind);
        call.bind(self.occurred_at).bind(self.careful).execute(writer).await.map(|_| ())
    }
}

#[tokio::test]
async fn a_call_whose_numbers_contradict_each_other_changes_nothing() {
    let bench = Bench::new().await;
    let writer = bench.database.pool(Role::Writer);
    let right = || Call { ..Call::RIGHT };
    let wrong = [
        ("a hole", Call { versions: "{2,1}", ..right() }),
        (
            "a hole within",
            Call { commands: "{3}", counts: "{2,1}", of_streams: "{1,1,2}", versions: "{1,3,1}", ..right() },
        ),
        ("a double", Call { commands: "{3}", counts: "{2,1}", of_streams: "{1,1,2}", versions: "{1,1,1}", ..right() }),
        ("a version below", Call { versions: "{0,1}", ..right() }),
        ("another stream's", Call { of_streams: "{1,1}", versions: "{1,2}", ..right() }),
        ("no stream's", Call { of_streams: "{1,3}", ..right() }),
        ("out of order", Call { of_streams: "{2,1}", ..right() }),
        ("more than there are", Call { counts: "{2,1}", ..right() }),
        ("fewer than there are", Call { counts: "{1,0}", ..right() }),
        ("less than none", Call { counts: "{-1,1}", ..right() }),
        ("less than none in all", Call { commands: "{3,-1}", of_commands: "{1,2}", ..right() }),
        ("a command's too many", Call { commands: "{2,0}", of_commands: "{1,2}", ..right() }),
        ("commands out of order", Call { commands: "{1,1}", of_commands: "{2,1}", ..right() }),
        ("no number", Call { counts: "{1,NULL}", ..right() }),
        ("a number too many", Call { counts: "{1,1,NULL}", ..right() }),
        ("a version too many", Call { expected: "{0,0,NULL}", ..right() }),
        ("after the last instant", Call { occurred_at: "infinity", ..right() }),
        ("before the first", Call { occurred_at: "-infinity", ..right() }),
        ("a year too late", Call { occurred_at: "10000-01-01 00:00:00+00", ..right() }),
        ("a year that no reader knows", Call { occurred_at: "290000-01-01 00:00:00+00", ..right() }),
        ("a year too early", Call { occurred_at: "1969-12-31 23:59:59+00", ..right() }),
    ];
    for (what, call) in wrong {
        for careful in [Some(false), Some(true), None] {
            match (Call { careful, ..call }).by(&writer).await {
                Err(sqlx::Error::Database(error)) => assert!(
                    ["events", "is not version", "no instant"].iter().any(|why| error.message().contains(why))
                        || what == "no number",
                    "{what}: {error}"
                ),
                other => panic!("{what}, careful {careful:?}: {other:?}"),
            }
        }
    }
    let stale = Call { expected: "{1,0}", versions: "{2,1}", ..right() };
    for careful in [Some(false), Some(true), None] {
        let lost = Call { careful, ..stale }.by(&writer).await;
        assert_eq!(lost.is_err(), careful == Some(false), "who looks for losers tells of them: {careful:?}, {lost:?}");
    }
    for lone in ["0", "-1", "2", "NULL"] {
        let statement = APPEND_LONE.replace("gen_random_uuid(), 1,", &format!("gen_random_uuid(), {lone},"));
        assert_ne!(statement, APPEND_LONE);
        assert!(writer.execute(AssertSqlSafe(statement)).await.is_err(), "{lone}");
    }
    for instant in ["'infinity'", "'-infinity'", "'10000-01-01 00:00:00+00'", "'1969-12-31 23:59:59+00'", "NULL"] {
        let statement = APPEND_LONE.replace("clock_timestamp()", instant);
        assert_ne!(statement, APPEND_LONE);
        match writer.execute(AssertSqlSafe(statement)).await {
            Err(sqlx::Error::Database(error)) => assert_eq!(error.code().as_deref(), Some("22000"), "{instant}"),
            other => panic!("{instant}: {other:?}"),
        }
    }
    let verified = bench.journal.reader().verify(|_| ()).await.unwrap();
    assert_eq!((verified.events, verified.violations), (0, vec![]));
    let streams: i64 =
        sqlx::query_scalar("SELECT count(*) FROM journal.stream").fetch_one(&bench.database.owner()).await.unwrap();
    assert_eq!(streams, 0);

    right().by(&writer).await.unwrap();
    assert_eq!(bench.journal.reader().verify(|_| ()).await.unwrap().events, 2);
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
        ("UPDATE journal.event SET occurred_at = 'infinity' WHERE position = 2", "the event at 2 is not the one"),
        ("UPDATE journal.event SET occurred_at = '290000-01-01' WHERE position = 2", "the event at 2 is not the one"),
        ("UPDATE journal.event SET recorded_at = '-infinity' WHERE position = 2", "before the one"),
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
