use super::*;
use events::AccountId;
use events::username::LoginName;
use proptest::prelude::*;
use std::collections::HashMap;

#[tokio::test]
async fn a_name_has_one_pseudonym_in_every_process_and_another_in_every_vault() {
    let setting = Setting::new().await;
    let name = LoginName::typed("Jean.Dupont");
    let pseudonym = setting.vault.pseudonym(&name).await.unwrap();

    assert_eq!((pseudonym.get_version_num(), pseudonym.get_variant()), (8, uuid::Variant::RFC4122));
    assert_eq!(setting.another().pseudonym(&LoginName::typed("jean.dupont ")).await.unwrap(), pseudonym);
    assert_ne!(setting.vault.pseudonym(&LoginName::verbatim("Jean.Dupont")).await.unwrap(), pseudonym);
    assert_ne!(Setting::new().await.vault.pseudonym(&name).await.unwrap(), pseudonym);
}

#[tokio::test]
async fn an_address_has_one_tag_a_month() {
    let setting = Setting::new().await;
    let tag = async |vault: &Vault, at_: &str, address: &str| vault.source_tag(at(at_), address).await.unwrap();
    let november = tag(&setting.vault, "2026-11-01T00:00:00Z", "192.0.2.1").await;
    assert_eq!(tag(&setting.another(), "2026-11-30T23:59:59Z", "192.0.2.1").await, november);
    assert_ne!(tag(&setting.vault, "2026-12-01T00:00:00Z", "192.0.2.1").await, november);
    assert_ne!(tag(&setting.vault, "2026-11-01T00:00:00Z", "192.0.2.10").await, november);
}

#[tokio::test]
async fn a_filter_has_a_tag_for_each_month_that_it_covers() {
    let setting = Setting::new().await;
    let mut tags = Vec::new();
    for month in ["2026-09-15T00:00:00Z", "2026-10-15T00:00:00Z", "2026-12-15T00:00:00Z"] {
        tags.push(setting.vault.source_tag(at(month), "x").await.unwrap());
    }
    let reader = Vault::new(setting.database.pool(Role::Reader), setting.master.clone());
    let covered = async |from: Option<&str>, until: Option<&str>| {
        reader.source_tags(from.map(at), until.map(at), "x").await.unwrap()
    };
    assert_eq!(covered(None, None).await, tags);
    assert_eq!(covered(Some("2026-10-31T00:00:00Z"), None).await, tags[1..]);
    assert_eq!(covered(None, Some("2026-12-01T00:00:00Z")).await, tags[..2], "until is not covered itself");
    assert_eq!(covered(None, Some("2026-12-01T00:00:01Z")).await, tags);
    assert_eq!(covered(Some("2026-11-01T00:00:00Z"), Some("2026-12-01T00:00:00Z")).await, []);
}

#[tokio::test]
async fn what_an_absence_is_for_is_told_apart_by_motive_day_and_agent_until_the_agent_is_erased() {
    let setting = Setting::new().await;
    let agent = AccountId::new();
    let occasion =
        async |vault: &Vault, agent, motive: &str, day: &str| vault.occasion(agent, motive, day).await.unwrap();
    let marriage = occasion(&setting.vault, agent, "marriage_or_pacs", "2026-06-06").await;
    assert_eq!(occasion(&setting.another(), agent, "marriage_or_pacs", "2026-06-06").await, marriage);
    for (agent, motive, day) in [
        (AccountId::new(), "marriage_or_pacs", "2026-06-06"),
        (agent, "adoption_interview", "2026-06-06"),
        (agent, "marriage_or_pacs", "2026-06-07"),
    ] {
        assert_ne!(occasion(&setting.vault, agent, motive, day).await, marriage);
    }
    assert_eq!(setting.vault.destroy_subject(agent.as_uuid()).await.unwrap(), 1);
    assert_ne!(occasion(&setting.vault, agent, "marriage_or_pacs", "2026-06-06").await, marriage);
}

#[tokio::test]
async fn erasing_a_subject_leaves_the_vaults_own_keys() {
    let Setting { vault, .. } = Setting::new().await;
    let name = LoginName::typed("jean.dupont");
    let (pseudonym, now) = (vault.pseudonym(&name).await.unwrap(), at("2026-11-24T12:00:00Z"));
    let tag = vault.source_tag(now, "x").await.unwrap();
    sealed(&vault, pseudonym, Period::Always, "x").await;

    assert_eq!(vault.destroy_subject(pseudonym).await.unwrap(), 1);

    assert_eq!(vault.pseudonym(&name).await.unwrap(), pseudonym);
    assert_eq!(vault.source_tag(now, "x").await.unwrap(), tag);
}

#[test]
fn equal_texts_and_only_they_have_equal_pseudonyms_and_tags() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let setting = runtime.block_on(Setting::new());
    let now = at("2026-11-24T12:00:00Z");
    let seen = std::cell::RefCell::new((HashMap::new(), HashMap::new()));
    proptest!(ProptestConfig::with_cases(512), |(text in "\\PC{0,3}")| {
        let (pseudonym, tag) = runtime.block_on(async {
            let name = LoginName::verbatim(&text);
            (setting.vault.pseudonym(&name).await.unwrap(), setting.vault.source_tag(now, &text).await.unwrap())
        });
        let (names, addresses) = &mut *seen.borrow_mut();
        prop_assert_eq!(names.entry(pseudonym).or_insert_with(|| text.clone()), &text);
        prop_assert_eq!(addresses.entry(tag).or_insert_with(|| text.clone()), &text);
        prop_assert_ne!(pseudonym.as_bytes(), tag.as_bytes());
        let again = runtime.block_on(setting.vault.pseudonym(&LoginName::verbatim(&text))).unwrap();
        prop_assert_eq!(again, pseudonym);
        prop_assert_eq!(runtime.block_on(setting.vault.source_tag(now, &text)).unwrap(), tag);
    });
}
