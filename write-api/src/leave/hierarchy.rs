//! Who manages whom, at every level: nobody is managed by somebody whom he manages, on any day.

use super::surroundings::state;
use crate::WriteApi;
use chrono::NaiveDate;
use commands::employment::Employment;
use events::{AccountId, Metadata, Version};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use web::Problem;

/// Those above an agent, each with the version of his employment that was read: a decision on the agent's manager holds
/// while none of them has moved.
pub(super) type Above = BTreeMap<AccountId, Version>;

/// Everybody above `agent`, employed as `employed` says, on any day on which the manager that he has on `from` stays.
/// None when he would be among them himself: leave would wait in nobody's queue.
pub(super) async fn above(
    api: &WriteApi,
    metadata: &Metadata,
    agent: AccountId,
    employed: &rules::Employment,
    from: NaiveDate,
) -> Result<Option<Above>, Problem> {
    let manager = employed.managers().on(from).copied().flatten().filter(|manager| *manager != agent);
    let until = employed.managers().iter().map(|(date, _)| date).find(|date| *date > from);
    let stays = |date: &NaiveDate| until.is_none_or(|until| *date < until);
    let mut read: BTreeMap<AccountId, (Version, rules::Employment)> = BTreeMap::new();
    let mut days = BTreeSet::from([from]);
    while let Some(day) = days.pop_first() {
        let (mut on_the_way, mut next) = (BTreeSet::new(), manager);
        while let Some(one) = next.filter(|one| on_the_way.insert(*one)) {
            let (_, employment) = match read.entry(one) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => {
                    let seen = state::<Employment>(api, metadata, one, true).await?;
                    let changes = seen.1.managers().iter().map(|(date, _)| date);
                    days.extend(changes.filter(|date| *date > day).filter(stays));
                    unknown.insert(seen)
                }
            };
            next = employment.managers().on(day).copied().flatten();
            if next == Some(agent) {
                return Ok(None);
            }
        }
    }
    Ok(Some(read.into_iter().map(|(one, (version, _))| (one, version)).collect()))
}
