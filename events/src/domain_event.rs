//! How a fact is named, versioned, written and read again for ever.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The stored name of a kind of event: a constant, never changed, never used for another fact.
pub type EventName = &'static str;

/// The vocabulary of one stream type: an enum with one variant a kind of event.
///
/// Events are written as externally tagged JSON (`{"LoginFailed": {…}}`), the tag being [`DomainEvent::name`].
/// Bytes once written are never rewritten: a changed shape gets the next [`DomainEvent::schema`] number, an
/// upcaster in [`DomainEvent::upcast`], and a golden sample of the old shape stays in `events/golden`.
pub trait DomainEvent: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// The stored name of the stream type.
    const STREAM: &'static str;

    /// The names of all kinds in this vocabulary, each with its current schema version, from 1.
    const KINDS: &'static [(EventName, i16)];

    /// The stored name of this event.
    fn name(&self) -> EventName;

    /// Brings the body of an event written under schema `from` to schema `from + 1`.
    ///
    /// # Errors
    /// [`DecodeError::NoUpcaster`] when there is none, which is so until a kind gets its second version.
    fn upcast(name: &str, from: i16, body: Value) -> Result<Value, DecodeError> {
        let _ = body;
        Err(DecodeError::NoUpcaster { name: name.to_owned(), from })
    }

    /// The current schema version of this event's kind.
    fn schema(&self) -> i16 {
        schema_of::<Self>(self.name()).unwrap_or(1)
    }

    /// The bytes that the journal keeps.
    ///
    /// # Errors
    /// [`DecodeError::Shape`] for a value that JSON cannot hold, which no event of ours has.
    fn encode(&self) -> Result<Vec<u8>, DecodeError> {
        serde_json::to_vec(self).map_err(|source| DecodeError::shape(self.name(), &source))
    }

    /// Reads an event that was written under any schema version.
    ///
    /// # Errors
    /// [`DecodeError`], which names the kind and never quotes the bytes: they may hold personal data.
    fn decode(name: &str, schema: i16, payload: &[u8]) -> Result<Self, DecodeError> {
        let current = schema_of::<Self>(name)
            .ok_or_else(|| DecodeError::UnknownKind { stream: Self::STREAM, name: name.to_owned() })?;
        if schema == current {
            return serde_json::from_slice(payload).map_err(|source| DecodeError::shape(name, &source));
        }
        if !(1..current).contains(&schema) {
            return Err(DecodeError::FromTheFuture { name: name.to_owned(), schema, current });
        }
        let mut tagged: serde_json::Map<String, Value> =
            serde_json::from_slice(payload).map_err(|source| DecodeError::shape(name, &source))?;
        let mut body = tagged.remove(name).unwrap_or(Value::Null);
        for from in schema..current {
            body = Self::upcast(name, from, body)?;
        }
        tagged.insert(name.to_owned(), body);
        serde_json::from_value(Value::Object(tagged)).map_err(|source| DecodeError::shape(name, &source))
    }
}

fn schema_of<E: DomainEvent>(name: &str) -> Option<i16> {
    E::KINDS.iter().find(|(kind, _)| *kind == name).map(|(_, schema)| *schema)
}

/// Why the bytes of an event could not be read. No variant quotes the bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// A kind that this build does not know: written by a newer one, or corrupt.
    #[error("stream type {stream} has no kind of event named {name}")]
    UnknownKind {
        /// The stream type that was read.
        stream: &'static str,
        /// The name found.
        name: String,
    },
    /// A schema version that this build does not know yet.
    #[error("{name} is of schema version {schema}, this build reads 1 to {current}")]
    FromTheFuture {
        /// The kind.
        name: String,
        /// The version found.
        schema: i16,
        /// The newest version that this build reads.
        current: i16,
    },
    /// An old version whose upcaster is missing: a fault of this build.
    #[error("{name} has no upcaster from schema version {from}")]
    NoUpcaster {
        /// The kind.
        name: String,
        /// The version that cannot be brought further.
        from: i16,
    },
    /// A kind of actor that this build does not know.
    #[error("the kind of actor is none that this build knows")]
    UnknownActor,
    /// A capacity that this build does not know.
    #[error("the capacity is none that this build knows")]
    UnknownCapacity,
    /// An instant that no append takes: somebody wrote it past the journal.
    #[error("its instants are none of the years 1970 to 9999")]
    InstantOutOfRange,
    /// Bytes that do not have the shape of their kind.
    #[error("{name} does not have its shape: {category} at line {line}, column {column}")]
    Shape {
        /// The kind.
        name: String,
        /// What is wrong: syntax, data, or an early end.
        category: &'static str,
        /// Line in the payload, from 1.
        line: usize,
        /// Column in the payload.
        column: usize,
    },
}

impl DecodeError {
    fn shape(name: &str, source: &serde_json::Error) -> Self {
        use serde_json::error::Category;
        let category = match source.classify() {
            Category::Io => "input",
            Category::Syntax => "syntax",
            Category::Data => "data",
            Category::Eof => "an early end",
        };
        Self::Shape { name: name.to_owned(), category, line: source.line(), column: source.column() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::Deserialize;

    /// A kind in its third shape: the first had a count of days, the second one of half-days as text.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    enum Toy {
        Taken { half_days: u16 },
    }

    impl DomainEvent for Toy {
        const STREAM: &'static str = "toy";
        const KINDS: &'static [(EventName, i16)] = &[("Taken", 3)];

        fn name(&self) -> EventName {
            "Taken"
        }

        fn upcast(name: &str, from: i16, body: Value) -> Result<Value, DecodeError> {
            let wrong = || DecodeError::Shape { name: name.to_owned(), category: "data", line: 1, column: 1 };
            match from {
                1 => {
                    let days = body.get("days").and_then(Value::as_u64).and_then(|days| days.checked_mul(2));
                    Ok(serde_json::json!({ "half_days": days.ok_or_else(wrong)?.to_string() }))
                }
                2 => {
                    let half_days = body.get("half_days").and_then(Value::as_str);
                    let half_days: u16 = half_days.ok_or_else(wrong)?.parse().map_err(|_| wrong())?;
                    Ok(serde_json::json!({ "half_days": half_days }))
                }
                _ => Err(DecodeError::NoUpcaster { name: name.to_owned(), from }),
            }
        }
    }

    proptest! {
        #[test]
        fn every_shape_that_was_written_reads_as_the_newest(days in 0_u16..30_000) {
            let expected = Toy::Taken { half_days: days * 2 };
            let first = format!(r#"{{"Taken":{{"days":{days}}}}}"#);
            let second = format!(r#"{{"Taken":{{"half_days":"{}"}}}}"#, days * 2);
            for (schema, payload) in [(1, first.into_bytes()), (2, second.into_bytes()), (3, expected.encode().unwrap())] {
                prop_assert_eq!(Toy::decode("Taken", schema, &payload), Ok(expected.clone()));
            }
        }

        #[test]
        fn no_old_body_makes_the_upcasters_panic(schema in 0_i16..5, days: u64, text in "\\PC{0,12}", bytes: Vec<u8>) {
            let bodies = [
                format!(r#"{{"Taken":{{"days":{days}}}}}"#).into_bytes(),
                serde_json::json!({ "Taken": { "half_days": text } }).to_string().into_bytes(),
                serde_json::json!({ text: days }).to_string().into_bytes(),
                bytes,
            ];
            for body in bodies {
                let _ = Toy::decode("Taken", schema, &body);
            }
        }
    }
}
