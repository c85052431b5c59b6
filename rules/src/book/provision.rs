//! One rule over one time, and where it comes from.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Where the authority of a rule comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// A text, or its official presentation.
    Law,
    /// A circular, or settled practice.
    Doctrine,
    /// A rule of the City of Paris.
    City,
    /// A choice of this software where the texts are silent.
    Convention,
}

/// For whom a rule holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Every territorial agent.
    National,
    /// The agents of the City of Paris.
    City,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::National => "national",
            Self::City => "city",
        })
    }
}

/// One rule over one time, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Provision {
    /// The rule's name.
    pub rule: String,
    /// The article or document that it is taken from.
    pub source: String,
    /// What its authority is.
    pub basis: Basis,
    /// For whom it holds.
    pub scope: Scope,
    /// The first date on which it holds.
    pub from: NaiveDate,
    /// The last date on which it holds; none while no end is known.
    pub until: Option<NaiveDate>,
    #[serde(skip)]
    pub(super) digest: [u8; 32],
    /// The same without its end, which the provision that follows it sets.
    #[serde(skip)]
    pub(super) endless: [u8; 32],
}

impl Provision {
    /// What it says up to `date`, whatever becomes of it after.
    fn up_to(&self, date: NaiveDate) -> (NaiveDate, NaiveDate, [u8; 32]) {
        (self.from, self.until.map_or(date, |until| until.min(date)), self.endless)
    }

    /// Whether it says the same as one of `others` up to `date`, or begins later.
    pub(super) fn is_kept_by(&self, others: &[Self], date: NaiveDate) -> bool {
        self.from > date || others.iter().any(|other| other.up_to(date) == self.up_to(date))
    }

    /// Whether it holds on `date`.
    pub fn covers(&self, date: NaiveDate) -> bool {
        self.from <= date && self.until.is_none_or(|until| date <= until)
    }
}
