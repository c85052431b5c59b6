//! Whatever stands in a file of cases, or in the patterns beside it.

use std::fs;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use rules::cases::{REFERENCE_DATE, check_with};

use crate::{BOOK, COLUMNS, checked, ours};

/// Fields of our cases with values of every kind, absurd ones among them.
fn any_line() -> impl Strategy<Value = String> {
    let text = fs::read_to_string(ours("rules.jsonl")).unwrap();
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let values = [
        "0",
        "1",
        "2.5",
        "-1",
        "13",
        "60",
        "99999",
        "1e9",
        "0.000000000001",
        "123456789012345",
        "9e-9",
        "1e400",
        "true",
        "null",
        "[]",
        "{}",
        "\"\"",
        "\"1990-01-01\"",
        "\"2099-12-31\"",
        "\"2026-05-14\"",
        "\"9999h59\"",
        "\"48h\"",
        "\"contractuel\"",
        "\"11111111110000\"",
        "[[\"1990-01-01\", \"2099-12-31\"]]",
        "{\"anchor\": \"2026-01-05\"}",
    ];
    (select(lines), vec((any::<Index>(), select(values.to_vec())), 0..4)).prop_map(|(mut line, changes)| {
        let fields = line["input"].as_object_mut().unwrap();
        let mut written: Vec<_> = fields.iter().map(|(key, value)| (key.clone(), value.to_string())).collect();
        for (place, value) in changes {
            let place = place.index(written.len());
            written[place].1 = value.to_owned();
        }
        let input: Vec<_> = written.iter().map(|(key, value)| format!("{key:?}: {value}")).collect();
        let (rule, expected) = (&line["rule"], &line["expected"]);
        format!(r#"{{"rule": {rule}, "input": {{{}}}, "expected": {expected}}}"#, input.join(", "))
    })
}

/// Our patterns with some of their texts in place of others, cut or of another kind.
fn any_patterns() -> impl Strategy<Value = String> {
    let shipped = fs::read_to_string(ours("patterns.json")).unwrap();
    let change = (any::<Index>(), any::<Index>(), "[01]{0,28}|anchor|halves|2026-01-0[5-7]|\\PC{0,3}|(?s).{0,3}");
    vec(change, 1..4).prop_map(move |changes| {
        let mut parts: Vec<_> = shipped.split('"').map(str::to_owned).collect();
        for (one, other, text) in changes {
            let (one, other) = (one.index(parts.len()), other.index(parts.len()));
            parts[one] = if text.is_empty() { parts[other].clone() } else { text };
        }
        parts.join("\"")
    })
}

proptest! {
    #[test]
    fn any_patterns_beside_the_cases_are_read_or_named(patterns in prop_oneof![any_patterns(), "(?s).{0,100}"]) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("patterns.json"), &patterns).unwrap();
        let path = folder.path().join("days.csv");
        fs::write(&path, format!("{COLUMNS}\n1,full_5d,2026-05-11,AM,2026-05-15,PM,4,2026:4,\n")).unwrap();
        let report = check_with(&BOOK, REFERENCE_DATE, [path]);
        match &report.files[0].error {
            Some(error) => prop_assert!(error.english().contains("patterns.json"), "{}", error.english()),
            None => prop_assert!(serde_json::from_str::<serde_json::Value>(&patterns).unwrap().is_object()),
        }
    }

    #[test]
    fn no_line_makes_the_engine_panic(lines in vec(any_line(), 1..10)) {
        let report = checked("cases.jsonl", lines.join("\n"));
        prop_assert_eq!(report.files[0].lines.len(), lines.len());
    }

    #[test]
    fn no_text_makes_the_engine_panic(text in ".{0,200}") {
        checked("cases.jsonl", &text);
        checked("days.csv", format!("{COLUMNS}\n{text}"));
    }
}
