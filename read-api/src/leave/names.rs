//! The names of those who are shown.

use crate::opening::Boxes;
use crate::{ReadApi, problems};
use events::AccountId;
use projections::leave::people;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use uuid::Uuid;
use vault::places;
use web::Problem;

/// Somebody who is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Person {
    /// His account.
    account: Uuid,
    /// First name; null once erased, or for who has no account.
    given_name: Option<String>,
    /// Last name; null once erased, or for who has no account.
    family_name: Option<String>,
}

impl Person {
    /// That he is absent, and no more.
    pub(super) fn absent(&self) -> String {
        let names = [&self.given_name, &self.family_name].into_iter().flatten();
        let name = names.map(String::as_str).collect::<Vec<_>>().join(" ");
        format!("{name} : absence").trim_start_matches(" : ").to_owned()
    }
}

/// Names that were opened.
pub(super) struct Names(BTreeMap<AccountId, Person>);

impl Names {
    /// The names of these, opened with one look at the vault.
    ///
    /// # Errors
    /// 503 `unavailable`; 500 for a box that does not open at its place.
    pub(super) async fn of(api: &ReadApi, agents: impl IntoIterator<Item = AccountId>) -> Result<Self, Problem> {
        let agents: BTreeSet<AccountId> = agents.into_iter().collect();
        let agents: Vec<AccountId> = agents.into_iter().collect();
        let sealed = people::names(api.pool(), &agents).await.map_err(problems::database)?;
        let mut boxes = Boxes::default();
        let contents: Vec<_> = sealed
            .iter()
            .map(|(account, name)| {
                let given = boxes.add(places::identity(*account, "given_name"), &name.given);
                (*account, given, boxes.add(places::identity(*account, "family_name"), &name.family))
            })
            .collect();
        let mut opened = boxes.open(&api.vault).await?;
        let mut erased = Vec::new();
        let named = contents.into_iter().map(|(account, given, family)| {
            let given_name = opened.take(Some(given), "given_name", &mut erased);
            let family_name = opened.take(Some(family), "family_name", &mut erased);
            (account, Person { account: account.as_uuid(), given_name, family_name })
        });
        Ok(Self(named.collect()))
    }

    pub(super) fn person(&self, account: AccountId) -> Person {
        let unknown = || Person { account: account.as_uuid(), given_name: None, family_name: None };
        self.0.get(&account).cloned().unwrap_or_else(unknown)
    }
}
