//! Errors as PostgreSQL sends them.

#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use postgres_errors::is_transient;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions};
use std::net::Ipv4Addr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// What a statement is told that a server ends with this code.
async fn raised(code: &str) -> sqlx::Error {
    let mut connection = test_support::Database::empty().await.owner_options().connect().await.unwrap();
    let statement = format!("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$");
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap_err()
}

/// What a session is told that a server ends with this code as it begins.
async fn ended_at_its_start(code: &str) -> sqlx::Error {
    let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let options = PgConnectOptions::new()
        .host("127.0.0.1")
        .port(server.local_addr().unwrap().port())
        .username("nobody")
        .ssl_mode(sqlx::postgres::PgSslMode::Disable);
    let ending = async {
        let (mut session, _) = server.accept().await.unwrap();
        session.read_u8().await.unwrap();
        let fields = format!("SFATAL\0VFATAL\0C{code}\0Mno\0\0");
        session.write_u8(b'E').await.unwrap();
        session.write_u32(u32::try_from(fields.len() + 4).unwrap()).await.unwrap();
        session.write_all(fields.as_bytes()).await.unwrap();
        session
    };
    let (connected, _session) = tokio::join!(options.connect(), ending);
    connected.unwrap_err()
}

#[tokio::test]
async fn what_the_server_is_at_fault_for_may_succeed_another_time() {
    for code in ["08006", "25006", "25P03", "40001", "53100", "55P03", "57014", "58030"] {
        assert!(is_transient(&raised(code).await), "{code}");
    }
    for code in ["22012", "23505", "25001", "42501", "XX000", "XX001"] {
        assert!(!is_transient(&raised(code).await), "{code}");
    }
}

#[tokio::test]
async fn a_session_that_ends_as_it_begins_may_begin_another_time() {
    assert!(is_transient(&ended_at_its_start("XX000").await));
    assert!(is_transient(&ended_at_its_start("57P03").await));
    assert!(!is_transient(&ended_at_its_start("28000").await));
}
