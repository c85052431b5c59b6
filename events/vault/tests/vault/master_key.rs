use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use vault::{MasterKey, MasterKeyError};

const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn the_ways_to_write_a_key_name_the_same_key() {
    let id = HEX.parse::<MasterKey>().unwrap().id();
    for text in [
        HEX.to_uppercase(),
        format!(" {HEX}\n"),
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".to_owned(),
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8".to_owned(),
    ] {
        assert_eq!(text.parse::<MasterKey>().unwrap().id(), id, "{text}");
    }
}

#[test]
fn anything_else_is_refused_and_not_quoted() {
    let long = format!("{HEX}00");
    for text in ["", "hunter2", &HEX[1..], &long, &HEX.replace('a', "g"), "AAECAwQFBgc="] {
        let error = text.parse::<MasterKey>().unwrap_err();
        assert!(matches!(error, MasterKeyError::Malformed));
        assert!(text.is_empty() || !format!("{error} {error:?}").contains(text));
    }
}

#[test]
fn debug_shows_the_id_alone() {
    let key: MasterKey = HEX.parse().unwrap();
    assert_eq!(format!("{key:?}"), format!("MasterKey({})", key.id()));
    assert!(!key.id().simple().to_string().contains("00010203"));
}

#[test]
fn a_key_file_is_made_once_and_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    let made = MasterKey::load_or_create(&path).unwrap();
    assert_eq!(mode(&path), 0o600);
    assert_eq!(MasterKey::load_or_create(&path).unwrap().id(), made.id());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn processes_that_start_at_once_get_one_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    let ids: Vec<_> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8).map(|_| scope.spawn(|| MasterKey::load_or_create(&path).unwrap().id())).collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}

#[test]
fn a_file_that_others_may_use_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    fs::write(&path, HEX).unwrap();
    for wide in [0o640, 0o604, 0o660, 0o601] {
        fs::set_permissions(&path, fs::Permissions::from_mode(wide)).unwrap();
        let error = MasterKey::load_or_create(&path).unwrap_err();
        assert!(matches!(error, MasterKeyError::WiderMode { mode, .. } if mode == wide), "{error}");
        assert!(error.to_string().contains("0600"));
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    assert!(MasterKey::load_or_create(&path).is_ok());
}

#[test]
fn a_file_without_a_key_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    for content in ["", "hunter2"] {
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let error = MasterKey::load_or_create(&path).unwrap_err();
        assert!(matches!(&error, MasterKeyError::MalformedFile(named) if *named == path));
        assert!(!error.to_string().contains("hunter2"));
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
    }
    let nowhere = folder.path().join("none").join("master.key");
    assert!(matches!(MasterKey::load_or_create(&nowhere), Err(MasterKeyError::File { .. })));
}

proptest::proptest! {
    #[test]
    fn a_text_is_32_bytes_or_refused_and_never_quoted(bytes: [u8; 32], text in "\\PC{12,70}") {
        for written in [data_encoding::HEXLOWER.encode(&bytes), data_encoding::BASE64.encode(&bytes)] {
            proptest::prop_assert!(written.parse::<MasterKey>().is_ok());
        }
        if let Err(refusal) = text.parse::<MasterKey>() {
            let said = format!("{refusal} {refusal:?}");
            proptest::prop_assert!(!said.contains(&text));
        }
    }
}
