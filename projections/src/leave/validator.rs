//! Who asks, with all that his right to decide may come from.

use chrono::NaiveDate;
use events::AccountId;
use events::delegation::DelegationScope;
use uuid::Uuid;

/// Who asks, with all that his right to decide may come from, on a day.
#[derive(Clone, Debug)]
pub struct Validator {
    /// The person.
    pub account: AccountId,
    /// Whether he is of human resources.
    pub hr: bool,
    /// Whether he is a health officer.
    pub hr_health: bool,
    /// In whose place he decides.
    pub for_others: Vec<Delegated>,
    /// Today, in Paris.
    pub on: NaiveDate,
}

/// A delegation that is in force.
#[derive(Clone, Debug)]
pub struct Delegated {
    /// In whose place.
    pub by: AccountId,
    /// Its first day.
    pub since: NaiveDate,
    /// On what.
    pub scope: DelegationScope,
}

/// Himself and those in whose place he decides, column by column, as queries take them. Units and types are joined by
/// commas, and none stands for all; he himself has them since ever.
pub(super) struct Scopes {
    pub(super) persons: Vec<Uuid>,
    pub(super) units: Vec<String>,
    pub(super) types: Vec<String>,
    pub(super) since: Vec<Option<NaiveDate>>,
}

impl Validator {
    pub(super) fn scopes(&self) -> Scopes {
        let mut scopes = Scopes {
            persons: vec![self.account.as_uuid()],
            units: vec![String::new()],
            types: vec![String::new()],
            since: vec![None],
        };
        for Delegated { by, since, scope } in &self.for_others {
            scopes.persons.push(by.as_uuid());
            scopes.units.push(scope.units.iter().map(ToString::to_string).collect::<Vec<_>>().join(","));
            scopes.types.push(scope.types.iter().map(ToString::to_string).collect::<Vec<_>>().join(","));
            scopes.since.push(Some(*since));
        }
        scopes
    }
}
