use super::*;

async fn many(setting: &Setting, keys: u128) -> (Place<'static>, Sealed<String>) {
    let subjects = (1..keys).map(|n| (Uuid::from_u128(n), Purpose::Security, Period::Always));
    setting.vault.provide(subjects).await.unwrap();
    sealed(&setting.vault, Uuid::from_u128(1), Period::Always, "x").await
}

async fn wrapped_under(setting: &Setting, master: &MasterKey) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM vault.key WHERE master = $1")
        .bind(master.id())
        .fetch_one(&setting.database.owner())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_rotation_wraps_every_living_key_anew_and_no_box_changes() {
    let setting = Setting::new().await;
    let one = many(&setting, 1200).await;
    setting.vault.destroy_subject(Uuid::from_u128(9)).await.unwrap();
    let new = MasterKey::generate().unwrap();

    // 1,199 subjects less one that is erased, and the index of names.
    assert_eq!(setting.vault.rewrap(&new).await.unwrap(), 1199);
    assert_eq!(setting.vault.rewrap(&new).await.unwrap(), 0);

    assert_eq!(wrapped_under(&setting, &new).await, 1199);
    let after = Vault::new(setting.database.pool(Role::Writer), new);
    assert_eq!(opened(&after, &one).await.unwrap().as_deref(), Some("x"));
    assert!(matches!(opened(&setting.another(), &one).await, Err(VaultError::OtherMaster { .. })));
}

#[tokio::test]
async fn a_rotation_that_was_stopped_goes_on() {
    let setting = Setting::new().await;
    let one = many(&setting, 3000).await;
    let new = MasterKey::generate().unwrap();
    // Whoever holds the last key holds up its end.
    let mut held = setting.database.owner().begin().await.unwrap();
    sqlx::query("SELECT FROM vault.key ORDER BY id DESC LIMIT 1 FOR UPDATE").execute(&mut *held).await.unwrap();

    let stopped = tokio::spawn({
        let (vault, new) = (setting.vault.clone(), new.clone());
        async move { vault.rewrap(&new).await }
    });
    while wrapped_under(&setting, &new).await == 0 {
        assert!(!stopped.is_finished(), "it was to be stopped in the middle");
    }
    stopped.abort();
    let first = match stopped.await {
        Ok(finished) => panic!("finished before it was stopped: {finished:?}"),
        Err(_) => wrapped_under(&setting, &new).await,
    };
    assert!(first > 0 && first < 3000, "{first}");
    held.rollback().await.unwrap();

    // Meanwhile both kinds of key open to a process that has both master keys, and new keys get the new one.
    let both = Vault::with_former(setting.database.pool(Role::Writer), new.clone(), vec![setting.master.clone()]);
    assert_eq!(opened(&both, &one).await.unwrap().as_deref(), Some("x"));
    let made = sealed(&both, Uuid::new_v4(), Period::Always, "y").await;

    let rest = u64::try_from(3000 - first).unwrap();
    assert!(both.rewrap(&new).await.unwrap() <= rest);
    assert_eq!(wrapped_under(&setting, &new).await, 3001);
    let after = Vault::new(setting.database.pool(Role::Writer), new);
    assert_eq!(opened(&after, &one).await.unwrap().as_deref(), Some("x"));
    assert_eq!(opened(&after, &made).await.unwrap().as_deref(), Some("y"));
}

#[tokio::test]
async fn a_destruction_amid_a_rotation_stays_done() {
    let setting = Setting::new().await;
    let one = many(&setting, 1500).await;
    let (new, other) = (MasterKey::generate().unwrap(), setting.another());

    let (rewrapped, destroyed) = tokio::join!(setting.vault.rewrap(&new), other.destroy_subject(Uuid::from_u128(1)));

    rewrapped.unwrap();
    assert_eq!(destroyed.unwrap(), 1);
    assert_eq!(wrapped_under(&setting, &new).await, 1499);
    let after = Vault::new(setting.database.pool(Role::Writer), new);
    assert_eq!(opened(&after, &one).await.unwrap(), None);
}

#[tokio::test]
async fn a_rotation_without_the_former_key_says_so_and_changes_nothing() {
    let setting = Setting::new().await;
    many(&setting, 2).await;
    let new = MasterKey::generate().unwrap();
    let stranger = Vault::new(setting.database.pool(Role::Writer), new.clone());
    assert!(matches!(stranger.rewrap(&new).await, Err(VaultError::OtherMaster { .. })));
    assert_eq!(wrapped_under(&setting, &new).await, 0);
}
