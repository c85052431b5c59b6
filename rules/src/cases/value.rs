//! The values of a case: JSON with exact numbers.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Reason, Wanted, decimal};
use crate::quantity::{Cents, HalfDays, Ratio, whole};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Nothing,
    Flag(bool),
    Number(Ratio),
    Text(String),
    List(Vec<Value>),
    Fields(BTreeMap<String, Value>),
}

const NUMBER: Wanted = Wanted("un nombre qui puisse servir", "a usable number");

/// Deeper values than any rule has are refused before they cost anything.
const MOST_DEPTH: u8 = 8;

impl Value {
    pub(super) fn read(raw: &RawValue) -> Result<Self, Reason> {
        Self::read_at(raw, 0)
    }

    fn read_at(raw: &RawValue, depth: u8) -> Result<Self, Reason> {
        let text = raw.get();
        if depth > MOST_DEPTH {
            return Err(Reason::new("une valeur est trop imbriquée", "a value is nested too deeply"));
        }
        Ok(match text.as_bytes().first() {
            Some(b'n') => Self::Nothing,
            Some(b't' | b'f') => Self::Flag(serde_json::from_str(text)?),
            Some(b'"') => Self::Text(serde_json::from_str(text)?),
            Some(b'[') => {
                let items: Vec<Box<RawValue>> = serde_json::from_str(text)?;
                Self::List(items.iter().map(|item| Self::read_at(item, depth + 1)).collect::<Result<_, _>>()?)
            }
            Some(b'{') => Self::Fields(serde_json::from_str::<RawFields>(text)?.read_at(depth + 1)?),
            _ => Self::Number(decimal::parse(text).ok_or_else(|| NUMBER.instead_of(text))?),
        })
    }

    /// Whether the two say the same; in a count by year, a year that is left out has none.
    pub(super) fn agrees_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Fields(one), Self::Fields(two)) => {
                let none = Self::Number(Ratio::from_integer(0));
                one.keys()
                    .chain(two.keys())
                    .all(|key| one.get(key).unwrap_or(&none).agrees_with(two.get(key).unwrap_or(&none)))
            }
            _ => self == other,
        }
    }
}

/// The fields of an object, each named once, their values not yet read.
pub(super) struct RawFields(BTreeMap<String, Box<RawValue>>);

impl RawFields {
    pub(super) fn read(&self) -> Result<BTreeMap<String, Value>, Reason> {
        self.read_at(0)
    }

    fn read_at(&self, depth: u8) -> Result<BTreeMap<String, Value>, Reason> {
        self.0.iter().map(|(key, raw)| Ok((key.clone(), Value::read_at(raw, depth)?))).collect()
    }
}

impl<'de> Deserialize<'de> for RawFields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = RawFields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawFields, A::Error> {
                let mut fields = BTreeMap::new();
                while let Some((key, value)) = map.next_entry::<String, Box<RawValue>>()? {
                    if fields.contains_key(&key) {
                        return Err(A::Error::custom(format_args!("field {key} stands twice")));
                    }
                    fields.insert(key, value);
                }
                Ok(RawFields(fields))
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("null"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Number(number) => f.write_str(&decimal::write(*number)),
            Self::Text(text) => write!(f, "{text:?}"),
            Self::List(items) => {
                let items: Vec<_> = items.iter().map(ToString::to_string).collect();
                write!(f, "[{}]", items.join(", "))
            }
            Self::Fields(fields) => {
                let fields: Vec<_> = fields.iter().map(|(key, value)| format!("{key:?}: {value}")).collect();
                write!(f, "{{{}}}", fields.join(", "))
            }
        }
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<u32> for Value {
    fn from(count: u32) -> Self {
        Self::Number(whole(count))
    }
}

impl From<Ratio> for Value {
    fn from(number: Ratio) -> Self {
        Self::Number(number)
    }
}

/// In days.
impl From<HalfDays> for Value {
    fn from(half_days: HalfDays) -> Self {
        Self::Number(half_days.in_days())
    }
}

/// In euro.
impl From<Cents> for Value {
    fn from(cents: Cents) -> Self {
        Self::Number(cents.in_euro())
    }
}

impl From<NaiveDate> for Value {
    fn from(date: NaiveDate) -> Self {
        Self::Text(date.to_string())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// First and last day.
impl From<(NaiveDate, NaiveDate)> for Value {
    fn from((first, last): (NaiveDate, NaiveDate)) -> Self {
        Self::List(vec![first.into(), last.into()])
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Nothing, Into::into)
    }
}

/// Days by year.
impl FromIterator<(i32, HalfDays)> for Value {
    fn from_iter<I: IntoIterator<Item = (i32, HalfDays)>>(years: I) -> Self {
        Self::Fields(years.into_iter().map(|(year, half_days)| (year.to_string(), half_days.into())).collect())
    }
}
