//! The provisions of one rule over time.

use std::ops::Deref;

use chrono::NaiveDate;

use super::provision::Provision;

/// A rule's parameters, with the provision that enacted them.
#[derive(Clone, Debug)]
pub struct Enacted<T> {
    pub(super) provision: Provision,
    pub(super) parameters: T,
}

impl<T> Enacted<T> {
    /// Where the rule comes from, and since when.
    pub fn provision(&self) -> &Provision {
        &self.provision
    }
}

/// The parameters, whose methods are the rule.
impl<T> Deref for Enacted<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.parameters
    }
}

/// Each provision in the order of dates, without overlap or hole inside a scope.
#[derive(Clone, Debug)]
pub(super) struct Timeline<T> {
    pub(super) national: Vec<Enacted<T>>,
    pub(super) city: Vec<Enacted<T>>,
}

impl<T> Timeline<T> {
    pub(super) fn is_empty(&self) -> bool {
        self.national.is_empty() && self.city.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Enacted<T>> {
        self.city.iter().chain(&self.national)
    }

    pub(super) fn at(&self, date: NaiveDate) -> Option<&Enacted<T>> {
        self.iter().find(|enacted| enacted.provision.covers(date))
    }
}
