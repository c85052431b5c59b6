//! Every event that was ever written can be read for ever: `golden/<stream>/<Kind>.v<schema>.json` holds the bytes of
//! one sample of each schema version, and is never changed once it is there.

#![expect(clippy::panic, reason = "a test ends at what it did not expect")]

use events::account::AccountEvent;
use events::audit::{AuditEvent, ProjectionEvent};
use events::calendar_feed::CalendarFeedEvent;
use events::delegation::DelegationEvent;
use events::employment::EmploymentEvent;
use events::leave::AbsenceEvent;
use events::rule_set::RuleSetEvent;
use events::unit::UnitEvent;
use events::username::UsernameEvent;
use events::vault::VaultEvent;
use events::{DecodeError, DomainEvent, VOCABULARIES};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden")
}

/// The bytes that would be written for what was read, by the vocabulary of `stream`.
fn read_and_write(stream: &str, name: &str, schema: i16, payload: &[u8]) -> Result<Vec<u8>, DecodeError> {
    fn with<E: DomainEvent>(name: &str, schema: i16, payload: &[u8]) -> Result<Vec<u8>, DecodeError> {
        let event = E::decode(name, schema, payload)?;
        assert_eq!(event.name(), name, "the name and the variant are one");
        event.encode()
    }
    match stream {
        AccountEvent::STREAM => with::<AccountEvent>(name, schema, payload),
        UsernameEvent::STREAM => with::<UsernameEvent>(name, schema, payload),
        AuditEvent::STREAM => with::<AuditEvent>(name, schema, payload),
        ProjectionEvent::STREAM => with::<ProjectionEvent>(name, schema, payload),
        RuleSetEvent::STREAM => with::<RuleSetEvent>(name, schema, payload),
        UnitEvent::STREAM => with::<UnitEvent>(name, schema, payload),
        EmploymentEvent::STREAM => with::<EmploymentEvent>(name, schema, payload),
        AbsenceEvent::STREAM => with::<AbsenceEvent>(name, schema, payload),
        DelegationEvent::STREAM => with::<DelegationEvent>(name, schema, payload),
        CalendarFeedEvent::STREAM => with::<CalendarFeedEvent>(name, schema, payload),
        VaultEvent::STREAM => with::<VaultEvent>(name, schema, payload),
        _ => panic!("{stream}: a vocabulary that this test does not know"),
    }
}

#[test]
fn every_version_of_every_kind_has_a_sample_that_is_read() {
    let mut expected = BTreeSet::new();
    for vocabulary in VOCABULARIES {
        for (name, current) in vocabulary.kinds {
            for schema in 1..=*current {
                let file = format!("{}/{name}.v{schema}.json", vocabulary.stream);
                let sample = fs::read(golden().join(&file)).unwrap_or_else(|error| panic!("golden/{file}: {error}"));
                let sample = sample.trim_ascii_end();
                let written = read_and_write(vocabulary.stream, name, schema, sample).unwrap();
                if schema == *current {
                    assert_eq!(String::from_utf8_lossy(&written), String::from_utf8_lossy(sample), "golden/{file}");
                }
                expected.insert(file);
            }
        }
    }
    for stream in fs::read_dir(golden()).unwrap().map(|entry| entry.unwrap().path()) {
        for sample in fs::read_dir(&stream).unwrap().map(|entry| entry.unwrap().path()) {
            let file = sample.strip_prefix(golden()).unwrap().to_string_lossy().into_owned();
            assert!(expected.contains(&file), "golden/{file} is of no kind: kinds that were written stay");
        }
    }
}

#[test]
fn no_two_kinds_share_a_name() {
    let mut names = BTreeSet::new();
    for (name, _) in VOCABULARIES.iter().flat_map(|vocabulary| vocabulary.kinds) {
        assert!(names.insert(name), "{name} names two facts");
    }
    let streams: BTreeSet<_> = VOCABULARIES.iter().map(|vocabulary| vocabulary.stream).collect();
    assert_eq!(streams.len(), VOCABULARIES.len());
}

#[test]
fn what_this_build_does_not_know_is_said() {
    let read = |name, schema| AccountEvent::decode(name, schema, b"{}");
    assert!(matches!(read("AccountForgotten", 1), Err(DecodeError::UnknownKind { .. })));
    assert!(matches!(read("LoggedOut", 2), Err(DecodeError::FromTheFuture { schema: 2, current: 1, .. })));
    assert!(matches!(read("LoggedOut", 0), Err(DecodeError::FromTheFuture { .. })));
    let secret = read_and_write("account", "LoggedOut", 1, br#"{"LoggedOut":{"session":"hunter2"}}"#).unwrap_err();
    assert!(!format!("{secret} {secret:?}").contains("hunter2"));
}

/// The samples of current shapes: stream, kind, bytes.
fn samples() -> Vec<(&'static str, &'static str, i16, Vec<u8>)> {
    let kinds =
        VOCABULARIES.iter().flat_map(|vocabulary| vocabulary.kinds.iter().map(|kind| (vocabulary.stream, kind)));
    let sample = |(stream, (name, schema)): (&'static str, &(&'static str, i16))| {
        let file = golden().join(format!("{stream}/{name}.v{schema}.json"));
        let bytes = fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        (stream, *name, *schema, bytes.trim_ascii_end().to_vec())
    };
    kinds.map(sample).collect()
}

proptest! {
    #[test]
    fn a_damaged_event_is_refused_or_reads_as_what_it_is_written_as(
        (stream, name, schema, bytes) in prop::sample::select(samples()),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = bytes;
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Ok(written) = read_and_write(stream, name, schema, &bytes) {
            prop_assert_eq!(read_and_write(stream, name, schema, &written), Ok(written));
        }
    }

    #[test]
    fn an_event_without_a_piece_of_it_is_no_event(
        (stream, name, schema, bytes) in prop::sample::select(samples()),
        end in any::<prop::sample::Index>(),
    ) {
        prop_assert!(read_and_write(stream, name, schema, &bytes[..end.index(bytes.len())]).is_err());
    }

    #[test]
    fn no_bytes_make_the_reader_panic(
        kind in prop::sample::select(VOCABULARIES.iter().flat_map(|v| v.kinds.iter().map(|k| (v.stream, k.0))).collect::<Vec<_>>()),
        schema in any::<i16>(),
        payload in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let _ = read_and_write(kind.0, kind.1, schema, &payload);
    }
}
