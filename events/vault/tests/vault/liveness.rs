use super::*;
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_destroyed_key_is_dead_in_another_process_within_a_second() {
    let setting = Setting::new().await;
    let other = setting.another();
    let subject = Uuid::new_v4();
    let one = sealed(&other, subject, Period::Always, "192.0.2.1").await;
    assert!(opened(&other, &one).await.unwrap().is_some());
    assert!(opened(&setting.vault, &one).await.unwrap().is_some());

    assert_eq!(setting.vault.destroy_subject(subject).await.unwrap(), 1);
    let destroyed = Instant::now();

    assert_eq!(opened(&setting.vault, &one).await.unwrap(), None, "dead at once where it was destroyed");
    while opened(&other, &one).await.unwrap().is_some() {
        assert!(destroyed.elapsed() < Duration::from_secs(1), "still opened after {:?}", destroyed.elapsed());
    }
    let (_, anew) = sealed(&other, subject, Period::Always, "192.0.2.1").await;
    assert_ne!(anew.key(), one.1.key());
}

#[tokio::test]
async fn without_the_database_keys_in_memory_open_nothing() {
    let setting = Setting::new().await;
    let subject = Uuid::new_v4();
    let one = sealed(&setting.vault, subject, Period::Always, "192.0.2.1").await;
    assert!(opened(&setting.vault, &one).await.unwrap().is_some());

    cut_off(&setting.database).await;
    let since = Instant::now();

    let error = loop {
        match opened(&setting.vault, &one).await {
            Ok(_) => assert!(since.elapsed() < Duration::from_secs(1), "still opened after {:?}", since.elapsed()),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, VaultError::Unavailable(_)), "{error:?}");
    let sealing = setting.vault.seal(subject, Purpose::Security, Period::Always, &one.0, &1).await;
    assert!(matches!(sealing, Err(VaultError::Unavailable(_))));
}

#[tokio::test]
async fn a_destruction_between_two_looks_is_never_missed() {
    let setting = Setting::new().await;
    let other = setting.another();
    for _ in 0..8 {
        let subject = Uuid::new_v4();
        let one = sealed(&setting.vault, subject, Period::Always, "x").await;
        // Both read the row of the key at the moment it is destroyed; whatever the order, the key is dead in time.
        let (destroyed, _) = tokio::join!(setting.vault.destroy_subject(subject), opened(&other, &one));
        assert_eq!(destroyed.unwrap(), 1);
        let since = Instant::now();
        while opened(&other, &one).await.unwrap().is_some() {
            assert!(since.elapsed() < Duration::from_secs(1), "still opened after {:?}", since.elapsed());
        }
    }
}

/// No new connection to the database, and the end of those there are.
async fn cut_off(database: &Database) {
    let name = database.owner_options().get_database().unwrap().to_owned();
    let server = sqlx::PgPool::connect_lazy_with(database.owner_options().database("postgres"));
    let forbid = format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false");
    sqlx::query(sqlx::AssertSqlSafe(forbid)).execute(&server).await.unwrap();
    sqlx::query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1")
        .bind(name)
        .execute(&server)
        .await
        .unwrap();
}
