//! The data's files, read into provisions and then taken rule by rule.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use toml::Spanned;

use super::canonical::{canonical, decimal_field};
use super::error::LoadError;
use super::provision::{Basis, Provision, Scope};
use super::timeline::{Enacted, Timeline};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rule: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: Spanned<String>,
    source: String,
    basis: Basis,
    scope: Scope,
    from: NaiveDate,
    until: Option<NaiveDate>,
    parameters: toml::Table,
}

struct Draft {
    file: String,
    provision: Provision,
    parameters: toml::Table,
}

/// What the files say, by rule and scope in the order of dates, until each rule has been taken.
pub(super) struct Law(BTreeMap<(String, Scope), Vec<Draft>>);

impl Law {
    pub(super) fn read<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, LoadError> {
        let mut rules: BTreeMap<(String, Scope), Vec<Draft>> = BTreeMap::new();
        for (name, text) in files {
            let file: File = toml::from_str(text)
                .map_err(|source| LoadError::Syntax { file: name.to_owned(), source: Box::new(source) })?;
            for written in file.rule {
                let line = 1 + text.bytes().take(written.name.span().start).filter(|byte| *byte == b'\n').count();
                let draft = draft(format!("{name}:{line}"), written)?;
                rules.entry((draft.provision.rule.clone(), draft.provision.scope)).or_default().push(draft);
            }
        }
        for drafts in rules.values_mut() {
            drafts.sort_by_key(|draft| draft.provision.from);
            for (one, next) in drafts.iter().zip(drafts.iter().skip(1)) {
                check_succession(one, next)?;
            }
        }
        Ok(Self(rules))
    }

    pub(super) fn provisions(&self) -> Vec<Provision> {
        self.0.values().flatten().map(|draft| draft.provision.clone()).collect()
    }

    pub(super) fn take<T: DeserializeOwned>(&mut self, rule: &'static str) -> Result<Timeline<T>, LoadError> {
        let mut scope = |scope| {
            let drafts = self.0.remove(&(rule.to_owned(), scope)).unwrap_or_default();
            drafts.into_iter().map(enact).collect::<Result<Vec<_>, _>>()
        };
        let timeline = Timeline { national: scope(Scope::National)?, city: scope(Scope::City)? };
        if timeline.is_empty() { Err(LoadError::MissingRule { rule }) } else { Ok(timeline) }
    }

    pub(super) fn finish(self) -> Result<(), LoadError> {
        match self.0.into_values().flatten().next() {
            Some(draft) => Err(LoadError::UnknownRule { file: draft.file, rule: draft.provision.rule }),
            None => Ok(()),
        }
    }
}

fn draft(file: String, written: Written) -> Result<Draft, LoadError> {
    let Written { name, source, basis, scope, from, until, parameters } = written;
    let rule = name.into_inner();
    if let Some(until) = until.filter(|until| *until < from) {
        return Err(LoadError::Reversed { file, rule, from, until });
    }
    if let Some(field) = decimal_field(&parameters) {
        return Err(LoadError::Decimal { file, rule, from, field });
    }
    let mut provision = Provision { rule, source, basis, scope, from, until: None, digest: [0; 32], endless: [0; 32] };
    provision.endless = Sha256::digest(canonical(&provision, &parameters)).into();
    provision.until = until;
    provision.digest = Sha256::digest(canonical(&provision, &parameters)).into();
    Ok(Draft { file, provision, parameters })
}

fn check_succession(one: &Draft, next: &Draft) -> Result<(), LoadError> {
    let (file, rule, scope) = (next.file.clone(), next.provision.rule.clone(), next.provision.scope);
    let (until, from) = (one.provision.until, next.provision.from);
    match until {
        Some(until) if until.succ_opt() == Some(from) => Ok(()),
        Some(until) if until < from => Err(LoadError::Hole { file, rule, scope, until, from }),
        until => Err(LoadError::Overlap { file, rule, scope, until, from }),
    }
}

fn enact<T: DeserializeOwned>(draft: Draft) -> Result<Enacted<T>, LoadError> {
    let Draft { file, provision, parameters } = draft;
    match parameters.try_into() {
        Ok(parameters) => Ok(Enacted { provision, parameters }),
        Err(source) => {
            let source = Box::new(source);
            Err(LoadError::Parameters { file, rule: provision.rule, from: provision.from, source })
        }
    }
}
