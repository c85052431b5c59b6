//! The weekly patterns and cycles that cases name, in `patterns.json` beside their file.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde_json::value::RawValue;

use super::Reason;
use super::input::{PATTERN, written_date};
use super::value::Value;
use crate::pattern::WorkCycle;

const FILE: &str = "patterns.json";

/// Patterns by name.
pub(super) struct Patterns(BTreeMap<String, WorkCycle>);

impl Patterns {
    /// Those of the file beside `cases`; none if there is no such file.
    pub(super) fn beside(cases: &Path) -> Result<Self, Reason> {
        match fs::read_to_string(cases.with_file_name(FILE)) {
            Ok(text) => Self::read(&text).map_err(|reason| reason.of(FILE)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self(BTreeMap::new())),
            Err(error) => Err(Reason::unreadable(&error).of(FILE)),
        }
    }

    /// Groups of patterns, each 14 half-days, or an anchor and the half-days of a cycle.
    fn read(text: &str) -> Result<Self, Reason> {
        let groups: BTreeMap<String, BTreeMap<String, Box<RawValue>>> = serde_json::from_str(text)?;
        let mut patterns = BTreeMap::new();
        for (name, raw) in groups.into_values().flatten() {
            let cycle = cycle(&Value::read(&raw)?).map_err(|reason| reason.of(&name))?;
            if patterns.insert(name.clone(), cycle).is_some() {
                return Err(Reason::new(
                    format!("deux rythmes s’appellent {name}"),
                    format!("two patterns are named {name}"),
                ));
            }
        }
        Ok(Self(patterns))
    }

    /// The pattern of this name, or the one that is written in place of a name.
    pub(super) fn named(&self, name: &str) -> Result<WorkCycle, Reason> {
        match self.0.get(name) {
            Some(cycle) => Ok(cycle.clone()),
            None => WorkCycle::weekly(name).map_err(|_| {
                Reason::new(
                    format!("le rythme {name:?} n’est ni dans {FILE}, ni 14 demi-jours de 1 et de 0"),
                    format!("pattern {name:?} is neither in {FILE} nor 14 half-days of 1 and 0"),
                )
            }),
        }
    }
}

/// The cycle that a value writes.
pub(super) fn cycle(value: &Value) -> Result<WorkCycle, Reason> {
    match value {
        Value::Text(halves) => Ok(WorkCycle::weekly(halves)?),
        Value::Fields(fields) => match (fields.get("anchor"), fields.get("halves"), fields.len()) {
            (Some(Value::Text(anchor)), Some(Value::Text(halves)), 2) => {
                Ok(WorkCycle::anchored(written_date(anchor)?, halves)?)
            }
            _ => Err(Reason::new(
                format!("{value} n’a pas les deux textes anchor et halves"),
                format!("{value} has not the two texts anchor and halves"),
            )),
        },
        _ => Err(PATTERN.instead_of(value)),
    }
}
