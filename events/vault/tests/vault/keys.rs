use super::*;
use futures::future::join_all;
use std::collections::HashSet;
use std::time::Duration;

#[tokio::test]
async fn concurrent_first_uses_make_one_key() {
    let setting = Setting::new().await;
    let processes: Vec<Vault> = (0..4).map(|_| setting.another()).collect();
    let subject = Uuid::new_v4();

    let uses = (0..48).map(|n| sealed(&processes[n % 4], subject, Period::Always, "x"));
    let boxes = join_all(uses).await;

    let keys: HashSet<_> = boxes.iter().map(|(_, sealed)| sealed.key()).collect();
    assert_eq!(keys.len(), 1);
    assert_eq!(setting.count("purpose = 'security'").await, 1);
    assert_eq!(setting.count("purpose = 'name-index'").await, 1);
    for one in &boxes {
        assert_eq!(opened(&setting.vault, one).await.unwrap().as_deref(), Some("x"));
    }
}

#[tokio::test]
async fn an_import_provides_its_keys_at_once_and_only_what_lacks() {
    let setting = Setting::new().await;
    let subjects: Vec<Uuid> = (0..2500).map(|_| Uuid::new_v4()).collect();
    let (_, earlier) = sealed(&setting.vault, subjects[3], Period::Always, "x").await;
    let wanted = |subject: &Uuid| (*subject, Purpose::Security, Period::Always);

    let (one, other) = (setting.another(), setting.another());
    let (forward, backward) = (subjects.iter().map(wanted), subjects.iter().rev().map(wanted));
    let (first, second) = tokio::join!(one.provide(forward), other.provide(backward));

    first.and(second).unwrap();
    assert_eq!(setting.count("purpose = 'security'").await, 2500);
    assert_eq!(sealed(&one, subjects[3], Period::Always, "y").await.1.key(), earlier.key());
}

#[tokio::test]
async fn a_vault_that_grew_under_an_open_connection_is_not_read_whole() {
    let setting = Setting::new().await;
    let pool = sqlx::postgres::PgPoolOptions::new()
        .max_connections(1)
        .connect_lazy_with(Role::Writer.connect(setting.database.owner_options()));
    let vault = Vault::new(pool.clone(), setting.master.clone());
    let first_uses = async || {
        for _ in 0..20 {
            let one = sealed(&vault, Uuid::new_v4(), Period::Always, "x").await;
            opened(&vault, &one).await.unwrap();
        }
    };
    first_uses().await;
    let import = (0..3000).map(|_| (Uuid::new_v4(), Purpose::Words, Period::Always));
    setting.another().provide(import).await.unwrap();
    first_uses().await;

    let connection: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&pool).await.unwrap();
    // A connection hands in its statistics before it leaves the list of connections.
    pool.close().await;
    let owner = setting.database.owner();
    let open = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1)";
    while sqlx::query_scalar::<_, bool>(open).bind(connection).fetch_one(&owner).await.unwrap() {}
    let read: i64 = sqlx::query_scalar(
        "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_all_tables WHERE relid = 'vault.key'::regclass",
    )
    .fetch_one(&owner)
    .await
    .unwrap();
    // The import reads its own rows, at most twice; twenty readings of the whole are 60,000.
    assert!(read < 10_000, "{read} rows read");
}

#[tokio::test]
async fn with_its_key_in_memory_a_value_is_sealed_and_opened_without_the_database() {
    let setting = Setting::new().await;
    let pool = sqlx::postgres::PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_secs(1))
        .connect_lazy_with(Role::Writer.connect(setting.database.owner_options()));
    let vault = Vault::new(pool.clone(), setting.master.clone());
    let (subject, here) = (Uuid::new_v4(), place(Uuid::new_v4()));
    let seal = async || vault.seal(subject, Purpose::Security, Period::Always, &here, &1).await;

    // On a machine that is busy enough, the key is too old to be trusted by the time the connection is taken.
    for attempt in 0.. {
        let first = seal().await.unwrap();
        vault.open(&here, &first).await.unwrap();
        let only_connection = pool.acquire().await.unwrap();
        match (seal().await, vault.open(&here, &first).await) {
            (Ok(_), Ok(Opened::Clear(1))) => break,
            other => assert!(attempt < 10, "{other:?}"),
        }
        drop(only_connection);
    }
}

#[tokio::test]
async fn what_the_vault_does_can_move_between_threads() {
    fn movable<T: Send>(_: T) {}
    let Setting { vault, master, .. } = Setting::new().await;
    let (here, sealed) = (place(Uuid::nil()), Sealed::<String>::new(events::KeyId::new(), Vec::new()));
    let (november, text) = (at("2026-11-24T12:00:00Z"), String::new());
    movable(vault.seal(Uuid::nil(), Purpose::Words, Period::Always, &here, &text));
    movable(vault.open(&here, &sealed));
    movable(vault.open_many(&[(here, &sealed)]));
    movable(vault.destroy_subject(Uuid::nil()));
    movable(vault.destroy_period(Purpose::Security, vault::Month::of(november)));
    movable(vault.destroyed());
    movable(vault.reapply(&[]));
    movable(vault.rewrap(&master));
    movable(vault.pseudonym(&events::username::LoginName::typed("")));
    movable(vault.source_tag(november, ""));
    movable(vault.source_tags(None, None, ""));
}

#[tokio::test]
async fn a_wrong_master_key_opens_nothing_and_makes_nothing() {
    let setting = Setting::new().await;
    let one = sealed(&setting.vault, Uuid::new_v4(), Period::Always, "x").await;
    let wrong = MasterKey::generate().unwrap();
    let vault = Vault::new(setting.database.pool(Role::Writer), wrong.clone());

    let error = opened(&vault, &one).await.unwrap_err();
    assert!(matches!(&error, VaultError::OtherMaster { key, wrapped_under, held }
        if *key == one.1.key() && *wrapped_under == setting.master.id() && *held == wrong.id()));
    assert!(error.to_string().contains(&setting.master.id().to_string()));

    let sealing = vault.seal(Uuid::new_v4(), Purpose::Words, Period::Always, &one.0, &1).await;
    assert!(matches!(sealing, Err(VaultError::OtherMaster { .. })));
    assert_eq!(setting.count("purpose = 'words'").await, 0);
}

#[tokio::test]
async fn an_altered_row_does_not_unwrap() {
    for alteration in [
        "UPDATE vault.key SET subject = gen_random_uuid() WHERE purpose = 'security'",
        "UPDATE vault.key SET purpose = 'words' WHERE purpose = 'security'",
        "UPDATE vault.key SET period = '2026-11' WHERE purpose = 'security'",
        "UPDATE vault.key SET wrapped = set_byte(wrapped, 30, get_byte(wrapped, 30) # 1) WHERE purpose = 'security'",
    ] {
        let setting = Setting::new().await;
        let one = sealed(&setting.vault, Uuid::new_v4(), Period::Always, "x").await;
        sqlx::query(alteration).execute(&setting.database.owner()).await.unwrap();
        let error = opened(&setting.another(), &one).await.unwrap_err();
        assert!(matches!(error, VaultError::AlteredKey(key) if key == one.1.key()), "{alteration}: {error}");
    }
}

#[tokio::test]
async fn a_reader_makes_no_key_and_a_projector_sees_none() {
    let setting = Setting::new().await;
    sealed(&setting.vault, Uuid::new_v4(), Period::Always, "x").await;
    let reader = Vault::new(setting.database.pool(Role::Reader), setting.master.clone());
    let place = place(Uuid::nil());
    let sealing = reader.seal(Uuid::new_v4(), Purpose::Words, Period::Always, &place, &1).await;
    assert!(matches!(sealing, Err(VaultError::ReadOnly(_))));
    assert!(matches!(reader.destroy_subject(Uuid::new_v4()).await, Err(VaultError::ReadOnly(_))));

    let seen = sqlx::query("SELECT FROM vault.key").execute(&setting.database.pool(Role::Projector)).await;
    assert_eq!(seen.unwrap_err().as_database_error().unwrap().code().as_deref(), Some("42501"));
}

#[tokio::test]
async fn the_writer_neither_deletes_nor_reassigns_a_key() {
    let setting = Setting::new().await;
    sealed(&setting.vault, Uuid::new_v4(), Period::Always, "x").await;
    let writer = setting.database.pool(Role::Writer);
    for statement in [
        "DELETE FROM vault.key",
        "TRUNCATE vault.key",
        "UPDATE vault.key SET subject = gen_random_uuid()",
        "UPDATE vault.key SET period = 'always'",
        "DELETE FROM vault.generation",
    ] {
        let refused = sqlx::query(statement).execute(&writer).await.unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("42501"), "{statement}");
    }
}
