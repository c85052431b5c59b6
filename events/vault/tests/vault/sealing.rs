use super::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Person {
    name: String,
    number: u32,
}

#[tokio::test]
async fn what_is_sealed_opens_again_in_every_process() {
    let setting = Setting::new().await;
    let person = Person { name: "Zoé".to_owned(), number: 7 };
    let (subject, place) = (Uuid::new_v4(), place(Uuid::new_v4()));

    let sealed = setting.vault.seal(subject, Purpose::Identity, Period::Always, &place, &person).await.unwrap();
    let read: Sealed<Person> = serde_json::from_str(&serde_json::to_string(&sealed).unwrap()).unwrap();

    let reader = Vault::new(setting.database.pool(Role::Reader), setting.master.clone());
    for vault in [&setting.vault, &setting.another(), &reader] {
        assert_eq!(vault.open(&place, &read).await.unwrap().clear(), Some(person.clone()));
    }
}

#[tokio::test]
async fn equal_values_give_different_boxes() {
    let Setting { vault, .. } = Setting::new().await;
    let (subject, place) = (Uuid::new_v4(), place(Uuid::new_v4()));
    let seal = async || vault.seal(subject, Purpose::Words, Period::Always, &place, &"same").await.unwrap();
    let (first, second) = (seal().await, seal().await);
    assert_eq!(first.key(), second.key());
    assert_ne!(first.as_bytes(), second.as_bytes());
}

#[tokio::test]
async fn each_subject_purpose_and_period_has_its_key() {
    let Setting { vault, .. } = Setting::new().await;
    let (one, other) = (Uuid::new_v4(), Uuid::new_v4());
    let month = |text| Period::of_month(at(text));
    let november = month("2026-11-30T23:59:59Z");
    let mut keys = Vec::new();
    for (subject, purpose, period) in [
        (one, Purpose::Security, november),
        (other, Purpose::Security, november),
        (one, Purpose::Words, november),
        (one, Purpose::Security, month("2026-12-01T00:00:00Z")),
        (one, Purpose::Security, Period::Always),
    ] {
        let sealed = vault.seal(subject, purpose, period, &place(one), &1).await.unwrap();
        keys.push(sealed.key());
    }
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 5);
}

#[tokio::test]
async fn a_moved_box_does_not_open() {
    let Setting { vault, .. } = Setting::new().await;
    let (here, sealed) = sealed(&vault, Uuid::new_v4(), Period::Always, "192.0.2.1").await;
    let elsewhere = Uuid::new_v4();
    let moved = [
        Place { stream: "username", ..here },
        Place { id: elsewhere, ..here },
        Place { field: "motive", ..here },
        Place { fact: elsewhere, ..here },
    ];
    for place in moved {
        let error = vault.open(&place, &sealed).await.unwrap_err();
        assert!(matches!(error, VaultError::AlteredBox(key) if key == sealed.key()), "{place:?}");
    }
    assert_eq!(opened(&vault, &(here, sealed)).await.unwrap().as_deref(), Some("192.0.2.1"));
}

#[tokio::test]
async fn a_box_moved_to_another_key_does_not_open() {
    let Setting { vault, .. } = Setting::new().await;
    let (here, mine) = sealed(&vault, Uuid::new_v4(), Period::Always, "192.0.2.1").await;
    let (_, theirs) = sealed(&vault, Uuid::new_v4(), Period::Always, "192.0.2.2").await;
    let forged = Sealed::new(theirs.key(), mine.as_bytes().to_vec());
    assert!(matches!(opened(&vault, &(here, forged)).await, Err(VaultError::AlteredBox(_))));
}

#[tokio::test]
async fn an_altered_or_cut_box_does_not_open() {
    let Setting { vault, .. } = Setting::new().await;
    let (here, whole) = sealed(&vault, Uuid::new_v4(), Period::Always, "192.0.2.1").await;
    for byte in 0..whole.as_bytes().len() {
        let mut bytes = whole.as_bytes().to_vec();
        bytes[byte] ^= 1;
        let altered = (here, Sealed::new(whole.key(), bytes));
        assert!(matches!(opened(&vault, &altered).await, Err(VaultError::AlteredBox(_))), "byte {byte} altered");
        let cut = (here, Sealed::new(whole.key(), whole.as_bytes()[..byte].to_vec()));
        assert!(matches!(opened(&vault, &cut).await, Err(VaultError::AlteredBox(_))), "cut at {byte}");
    }
}

#[tokio::test]
async fn a_page_opens_in_order_with_what_is_erased_in_its_place() {
    let setting = Setting::new().await;
    let erased = Uuid::new_v4();
    let mut boxes = vec![sealed(&setting.vault, erased, Period::Always, "gone").await];
    for n in 0..50 {
        boxes.push(sealed(&setting.vault, Uuid::new_v4(), Period::Always, &n.to_string()).await);
    }
    boxes.push(boxes[3].clone());
    setting.vault.destroy_subject(erased).await.unwrap();

    let page: Vec<_> = boxes.iter().map(|(place, sealed)| (*place, sealed)).collect();
    let opened = setting.another().open_many(&page).await.unwrap();

    let texts: Vec<_> = opened.into_iter().map(Opened::clear).collect();
    assert_eq!(texts[0], None);
    let expected: Vec<_> = (0..50).map(|n: i32| Some(n.to_string())).chain([Some("2".to_owned())]).collect();
    assert_eq!(texts[1..], expected);
    assert_eq!(setting.vault.open_many::<String>(&[]).await.unwrap(), []);
}

#[tokio::test]
async fn one_moved_box_gives_no_page() {
    let Setting { vault, .. } = Setting::new().await;
    let (good, first) = sealed(&vault, Uuid::new_v4(), Period::Always, "a").await;
    let (_, second) = sealed(&vault, Uuid::new_v4(), Period::Always, "b").await;
    let error = vault.open_many(&[(good, &first), (good, &second)]).await.unwrap_err();
    assert!(matches!(error, VaultError::AlteredBox(key) if key == second.key()));
}

#[tokio::test]
async fn a_box_without_a_key_is_an_error_and_not_erased() {
    let Setting { vault, .. } = Setting::new().await;
    let orphan = (place(Uuid::nil()), Sealed::<String>::new(events::KeyId::new(), vec![0; 64]));
    assert!(matches!(opened(&vault, &orphan).await, Err(VaultError::UnknownKey(key)) if key == orphan.1.key()));
}

#[tokio::test]
async fn the_nil_subject_is_refused() {
    let Setting { vault, .. } = Setting::new().await;
    let nobody = vault.seal(Uuid::nil(), Purpose::Words, Period::Always, &place(Uuid::nil()), &1).await;
    assert!(matches!(nobody, Err(VaultError::NilSubject)));
    assert!(matches!(vault.destroy_subject(Uuid::nil()).await, Err(VaultError::NilSubject)));
}

#[tokio::test]
async fn nothing_secret_is_printed() {
    let setting = Setting::new().await;
    let secret = "hunter2-canary";
    let (here, sealed) = sealed(&setting.vault, Uuid::new_v4(), Period::Always, secret).await;
    let clear = setting.vault.open(&here, &sealed).await.unwrap();
    // A text read as a number: the error of serde_json would quote it.
    let number = Sealed::<u8>::new(sealed.key(), sealed.as_bytes().to_vec());
    let error = setting.vault.open(&here, &number).await.unwrap_err();

    assert!(matches!(error, VaultError::OtherType(_)));
    for printed in [
        format!("{clear:?}"),
        format!("{error:?} {error}"),
        format!("{sealed:?}"),
        format!("{:?} {:?}", setting.vault, setting.master),
    ] {
        assert!(!printed.contains(secret), "{printed}");
        assert!(printed.len() < 300, "{printed}");
    }
}
