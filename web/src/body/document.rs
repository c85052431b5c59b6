//! JSON text to a value: first what every document must keep to, then what the type asks for.

use serde::de::{Deserialize, DeserializeOwned};
use serde_json::Value;
use serde_path_to_error::{Segment, Track};

use super::check::check;
use crate::{
    explain::{self, Fault, REQUIRED, TWICE, UNKNOWN, explain},
    kinds::MALFORMED_REQUEST,
    language::Text,
    problem::{Field, Problem},
};

/// Reads an object as a `T`, as [`parse`] does: serde would take an array of its members for one too.
pub(crate) fn parse_object<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'[') => parse::<Value>(bytes).and(Err(at(String::new(), explain::expectation("a map")))),
        _ => parse(bytes),
    }
}

/// Reads a document as a `T` and refuses what [`ValidJson`](super::ValidJson) lists.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        malformed(format!("UTF-8 invalide à l’octet {at}."), format!("Invalid UTF-8 at byte {at}."))
    })?;
    check(text)?;
    typed(text)
}

pub(super) fn malformed(fr: impl Into<String>, en: impl Into<String>) -> Problem {
    Problem::from(&MALFORMED_REQUEST).detail(Text::made(fr, en))
}

pub(super) fn broken(error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    malformed(
        format!("JSON invalide, ligne {line}, colonne {column}."),
        format!("Invalid JSON at line {line}, column {column}."),
    )
}

pub(super) fn at(pointer: String, detail: Text) -> Problem {
    Problem::invalid(Field::Pointer(pointer.into()), detail)
}

/// A reference token of a JSON Pointer, with its slash (RFC 6901, section 3).
pub(super) fn token(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn typed<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_str(text);
    let mut track = Track::new();
    let mut ignored = Vec::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut json, &mut track);
    let outcome = serde_ignored::deserialize(tracked, |path| ignored.push(ignored_pointer(&path)));
    match outcome {
        Err(error) => {
            let path = pointer(&track.path());
            Err(match explain(&error.to_string()) {
                Fault::Missing(field) => at(path + &token(&field), REQUIRED),
                Fault::Twice(field) => at(path + &token(&field), TWICE),
                Fault::Unknown => at(path, UNKNOWN),
                Fault::Unexpected(expected) => at(path, expected),
            })
        }
        Ok(value) if ignored.is_empty() => Ok(value),
        Ok(_) => Err(explain::unknown(ignored.into_iter().map(|pointer| Field::Pointer(pointer.into())))),
    }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => token(key),
            Segment::Enum { variant } => token(variant),
            Segment::Unknown => String::new(),
        })
        .collect()
}

fn ignored_pointer(path: &serde_ignored::Path<'_>) -> String {
    use serde_ignored::Path;
    match path {
        Path::Root => String::new(),
        Path::Seq { parent, index } => format!("{}/{index}", ignored_pointer(parent)),
        Path::Map { parent, key } => ignored_pointer(parent) + &token(key),
        Path::Some { parent } | Path::NewtypeStruct { parent } | Path::NewtypeVariant { parent } => {
            ignored_pointer(parent)
        }
    }
}

/// The document with its members sorted and no white space between tokens, so that two spellings of one
/// document are the same bytes.
pub(crate) fn canonical(bytes: &[u8]) -> Result<Vec<u8>, serde_json::Error> {
    let mut document = Value::deserialize(&mut serde_json::Deserializer::from_slice(bytes))?;
    document.sort_all_objects();
    serde_json::to_vec(&document)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;
    use crate::language::Language::English;

    #[derive(Debug, Deserialize)]
    struct Leave {
        #[expect(dead_code, reason = "only its parsing matters")]
        days: Vec<Day>,
        #[expect(dead_code, reason = "only its parsing matters")]
        motive: Option<String>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its parsing matters")]
    struct Day {
        half_days: u8,
    }

    fn refusal(body: &[u8]) -> (u16, String) {
        let body = serde_json::to_value(parse::<Leave>(body).unwrap_err().body(English, None)).unwrap();
        let error = &body["errors"][0];
        let said = if error.is_null() {
            body["detail"].to_string()
        } else {
            format!("{} {}", error["pointer"], error["detail"])
        };
        (body["status"].as_u64().unwrap() as u16, said.replace('"', ""))
    }

    #[test]
    fn each_fault_is_named_by_its_pointer() {
        for (body, status, said) in [
            (
                r#"{"days":[{"half_days":1},{"half_days":"hunter2"}]}"#,
                422,
                "/days/1/half_days expected an integer from 0 to 255",
            ),
            (r#"{"days":[{"half_days":300}]}"#, 422, "/days/0/half_days expected an integer from 0 to 255"),
            (r#"{"days":[{}]}"#, 422, "/days/0/half_days required"),
            (r#"{"motive":"x"}"#, 422, "/days required"),
            (r#"{"days":[],"a/b~c":1}"#, 422, "/a~1b~0c unknown field"),
            (r#"{"days":[{"half_days":1,"x":{"y":2}}]}"#, 422, "/days/0/x unknown field"),
            (r#"{"days":[],"days":[]}"#, 422, "/days given twice"),
            (r#"{"days":[],"motive":"a\u0000b"}"#, 422, "/motive contains the NUL character"),
            (r#"{"days":[],"mot\u0000ive":1}"#, 422, "/mot\\u0000ive contains the NUL character"),
            ("[]", 422, " expected an object"),
            ("7", 422, " expected an object"),
            (r#"{"days":[}"#, 400, "Invalid JSON at line 1, column 10."),
            (r#"{"days":[]} {}"#, 400, "Invalid JSON at line 1, column 13."),
            ("", 400, "Invalid JSON at line 1, column 0."),
        ] {
            assert_eq!(refusal(body.as_bytes()), (status, said.to_owned()), "{body}");
        }
    }

    #[test]
    fn invalid_utf8_is_placed() {
        assert_eq!(refusal(b"{\"motive\":\"\xff\"}"), (400, "Invalid UTF-8 at byte 11.".to_owned()));
    }

    #[test]
    fn depth_is_bounded() {
        let deep = "[".repeat(8_000) + &"]".repeat(8_000);
        assert_eq!(refusal(deep.as_bytes()), (400, "More than 32 levels.".to_owned()));
    }

    #[test]
    fn one_document_spelled_twice_is_the_same_bytes() {
        let (one, other) = (
            canonical(br#"{"b":[1,{"d":2,"c":3}],"a":null}"#),
            canonical(b"{ \"a\": null,\n\"b\": [1, {\"c\":3, \"d\":2}]}"),
        );
        assert_eq!(one.unwrap(), other.unwrap());
    }

    /// Documents of any shape, not too deep. Their fractions are exact: serde_json reads the 17th digit of others one
    /// off now and then, and no body of ours has any.
    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<i32>().prop_map(|quarters| Value::from(f64::from(quarters) / 4.0)),
            "\\PC{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            let name = prop_oneof!["days", "half_days", "motive", "\\PC{0,6}"];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::vec((name, inner), 0..5)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_document_of_any_shape_is_read_or_refused_for_its_fields(document in any_json()) {
            let text = document.to_string();
            if let Err(problem) = parse::<Leave>(text.as_bytes()) {
                let body = serde_json::to_value(problem.body(English, None)).unwrap();
                prop_assert_eq!(&body["status"], &Value::from(422), "{}", text);
            }
        }

        #[test]
        fn a_canonical_document_is_its_own_and_that_of_every_spelling(document in any_json()) {
            let (short, long) = (document.to_string(), serde_json::to_string_pretty(&document).unwrap());
            let once = canonical(short.as_bytes()).unwrap();
            prop_assert_eq!(&canonical(long.as_bytes()).unwrap(), &once);
            prop_assert_eq!(canonical(&once).unwrap(), once);
        }

        #[test]
        fn no_bytes_make_it_panic_or_be_repeated(bytes: Vec<u8>, secret in "[a-z]{12}") {
            let _ = parse::<Leave>(&bytes);
            let body = format!(r#"{{"days":"{secret}","motive":{{"x":"{secret}"}}}}"#);
            prop_assert!(!parse::<Leave>(body.as_bytes()).unwrap_err().body(English, None).json().contains(&secret));
        }
    }
}
