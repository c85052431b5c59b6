use super::*;
use futures::TryStreamExt;
use sqlx::AssertSqlSafe;
use vault::{Month, Receipt};

async fn receipts(vault: &Vault) -> Vec<Receipt> {
    vault.destroyed().try_collect().await.unwrap()
}

#[tokio::test]
async fn an_erased_subject_is_erased_in_every_purpose_and_others_are_not() {
    let Setting { vault, .. } = Setting::new().await;
    let (gone, stays, here) = (Uuid::new_v4(), Uuid::new_v4(), place(Uuid::new_v4()));
    let november = Period::of_month(at("2026-11-24T12:00:00Z"));
    let mut boxes = Vec::new();
    for subject in [gone, stays] {
        for (purpose, period) in
            [(Purpose::Identity, Period::Always), (Purpose::Security, november), (Purpose::Words, Period::Always)]
        {
            boxes.push((subject, vault.seal(subject, purpose, period, &here, &1).await.unwrap()));
        }
    }

    assert_eq!(vault.destroy_subject(gone).await.unwrap(), 3);
    assert_eq!(vault.destroy_subject(gone).await.unwrap(), 0, "once is enough");

    for (subject, sealed) in boxes {
        let expected = if subject == gone { Opened::Erased } else { Opened::Clear(1) };
        assert_eq!(vault.open(&here, &sealed).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn what_is_sealed_after_an_erasure_has_a_key_of_its_own() {
    let Setting { vault, .. } = Setting::new().await;
    let subject = Uuid::new_v4();
    let before = sealed(&vault, subject, Period::Always, "before").await;
    vault.destroy_subject(subject).await.unwrap();
    let after = sealed(&vault, subject, Period::Always, "after").await;
    assert_eq!(opened(&vault, &before).await.unwrap(), None);
    assert_eq!(opened(&vault, &after).await.unwrap().as_deref(), Some("after"));
}

#[tokio::test]
async fn retention_ends_the_months_before_and_nothing_else() {
    let Setting { vault, .. } = Setting::new().await;
    let (subject, here) = (Uuid::new_v4(), place(Uuid::new_v4()));
    let (october, november) = (at("2025-10-31T23:59:59Z"), at("2025-11-01T00:00:00Z"));
    let sources = [
        sealed(&vault, subject, Period::of_month(at("2024-12-01T00:00:00Z")), "a").await,
        sealed(&vault, subject, Period::of_month(october), "b").await,
        sealed(&vault, subject, Period::of_month(november), "c").await,
        sealed(&vault, subject, Period::Always, "d").await,
    ];
    let words = vault.seal(subject, Purpose::Words, Period::of_month(october), &here, &1).await.unwrap();
    let tags = [vault.source_tag(october, "x").await.unwrap(), vault.source_tag(november, "x").await.unwrap()];

    // Two of sources, one of tags.
    assert_eq!(vault.destroy_period(Purpose::Security, Month::of(november)).await.unwrap(), 3);

    let mut left = Vec::new();
    for source in &sources {
        left.push(opened(&vault, source).await.unwrap());
    }
    assert_eq!(left, [None, None, Some("c".to_owned()), Some("d".to_owned())]);
    assert_eq!(vault.open(&here, &words).await.unwrap(), Opened::Clear(1));
    assert_eq!(vault.source_tags(None, None, "x").await.unwrap(), [tags[1]]);
}

#[tokio::test]
async fn a_restored_backup_does_not_resurrect() {
    let before = Setting::new().await;
    let (gone, stays) = (Uuid::new_v4(), Uuid::new_v4());
    let in_backup = sealed(&before.vault, gone, Period::Always, "gone").await;
    let kept = sealed(&before.vault, stays, Period::Always, "stays").await;
    let backup = copy(&before.database).await;
    let after_backup = sealed(&before.vault, gone, Period::of_month(at("2026-11-24T12:00:00Z")), "gone too").await;
    before.vault.destroy_subject(gone).await.unwrap();
    let exported = serde_json::to_string(&receipts(&before.vault).await).unwrap();

    let vault = Vault::new(backup.pool(Role::Writer), before.master.clone());
    assert!(opened(&vault, &in_backup).await.unwrap().is_some(), "the backup brought it back");
    let list: Vec<Receipt> = serde_json::from_str(&exported).unwrap();
    assert_eq!(vault.reapply(&list).await.unwrap(), 2);
    assert_eq!(vault.reapply(&list).await.unwrap(), 0, "twice changes nothing");

    assert_eq!(opened(&vault, &in_backup).await.unwrap(), None);
    assert_eq!(opened(&vault, &after_backup).await.unwrap(), None, "its key was never in the backup");
    assert_eq!(opened(&vault, &kept).await.unwrap().as_deref(), Some("stays"));
    assert_eq!(receipts(&vault).await, list);
}

#[tokio::test]
async fn the_database_itself_refuses_to_bring_a_key_back() {
    let setting = Setting::new().await;
    let subject = Uuid::new_v4();
    sealed(&setting.vault, subject, Period::Always, "x").await;
    setting.vault.destroy_subject(subject).await.unwrap();
    let key = receipts(&setting.vault).await[0].key();
    let refused = sqlx::query(
        "UPDATE vault.key SET destroyed_at = NULL, master = gen_random_uuid(), wrapped = decode(repeat('00', 72), 'hex')
         WHERE id = $1",
    )
    .bind(key.as_uuid())
    .execute(&setting.database.owner())
    .await
    .unwrap_err();
    assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("23001"));
}

#[tokio::test]
async fn after_an_erasure_neither_the_clear_text_nor_the_key_is_in_any_table() {
    let setting = Setting::new().await;
    let owner = setting.database.owner();
    let canary = "canary-7f3a9c";
    let subject = Uuid::new_v4();
    let one = sealed(&setting.vault, subject, Period::Always, canary).await;
    sqlx::raw_sql("CREATE TABLE journal_sample (payload text)").execute(&owner).await.unwrap();
    sqlx::query("INSERT INTO journal_sample VALUES ($1)")
        .bind(serde_json::to_string(&one.1).unwrap())
        .execute(&owner)
        .await
        .unwrap();
    let wrapped: Vec<u8> = sqlx::query_scalar("SELECT wrapped FROM vault.key WHERE subject = $1")
        .bind(subject)
        .fetch_one(&owner)
        .await
        .unwrap();
    let wrapped = data_encoding::HEXLOWER.encode(&wrapped);
    assert!(dump(&setting.database).await.contains(&wrapped), "the dump sees keys");

    setting.vault.destroy_subject(subject).await.unwrap();

    let dump = dump(&setting.database).await;
    assert!(dump.contains(&subject.to_string()), "the receipt stays");
    assert!(!dump.contains(canary));
    assert!(!dump.contains(&wrapped));
}

/// Every row of every table as text.
async fn dump(database: &Database) -> String {
    let owner = database.owner();
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
         WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
    )
    .fetch_all(&owner)
    .await
    .unwrap();
    let mut rows = Vec::new();
    for table in tables {
        let query = format!("SELECT coalesce(string_agg(row::text, E'\\n'), '') FROM {table} AS row");
        rows.push(sqlx::query_scalar::<_, String>(AssertSqlSafe(query)).fetch_one(&owner).await.unwrap());
    }
    rows.concat()
}

/// Another database with the keys that this one has now.
async fn copy(database: &Database) -> Database {
    let copy = Database::new().await;
    let rows: String =
        sqlx::query_scalar("SELECT json_agg(key)::text FROM vault.key").fetch_one(&database.owner()).await.unwrap();
    sqlx::query("INSERT INTO vault.key SELECT * FROM json_populate_recordset(NULL::vault.key, $1::json)")
        .bind(rows)
        .execute(&copy.owner())
        .await
        .unwrap();
    copy
}
