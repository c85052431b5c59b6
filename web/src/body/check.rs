//! What every JSON document must keep to, whatever its type.

use std::{collections::HashSet, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::document::{at, broken, malformed, token};
use crate::{
    explain::{NUL, TWICE},
    problem::Problem,
};

const LEVELS: usize = 32;

/// Refuses broken JSON, too many levels, repeated members and NUL characters, whatever the type.
pub(super) fn check(text: &str) -> Result<(), Problem> {
    let mut json = serde_json::Deserializer::from_str(text);
    let mut found = None;
    let walk = Walk { pointer: String::new(), levels_left: LEVELS, found: &mut found };
    let outcome = walk.deserialize(&mut json).and_then(|()| json.end());
    match (found, outcome) {
        (Some(problem), _) => Err(problem),
        (None, Err(error)) => Err(broken(&error)),
        (None, Ok(())) => Ok(()),
    }
}

struct Walk<'a> {
    pointer: String,
    levels_left: usize,
    found: &'a mut Option<Problem>,
}

impl Walk<'_> {
    fn refuse<E: Error>(&mut self, problem: Problem) -> E {
        *self.found = Some(problem);
        E::custom("refused")
    }

    fn below<E: Error>(&mut self, token: &str) -> Result<Walk<'_>, E> {
        let Some(levels_left) = self.levels_left.checked_sub(1) else {
            let detail = (format!("Plus de {LEVELS} niveaux."), format!("More than {LEVELS} levels."));
            return Err(self.refuse(malformed(detail.0, detail.1)));
        };
        Ok(Walk { pointer: format!("{}{token}", self.pointer), levels_left, found: self.found })
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(mut self, text: &str) -> Result<(), E> {
        if text.contains('\0') {
            let problem = at(std::mem::take(&mut self.pointer), NUL);
            return Err(self.refuse(problem));
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        let mut index = 0;
        while items.next_element_seed(self.below(&format!("/{index}"))?)?.is_some() {
            index += 1;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        let mut names = HashSet::new();
        while let Some(name) = members.next_key::<String>()? {
            let token = token(&name);
            let fault = if name.contains('\0') { Some(NUL) } else { (!names.insert(name)).then_some(TWICE) };
            if let Some(fault) = fault {
                let problem = at(format!("{}{token}", self.pointer), fault);
                return Err(self.refuse(problem));
            }
            members.next_value_seed(self.below(&token)?)?;
        }
        Ok(())
    }
}
