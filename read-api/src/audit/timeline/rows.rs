//! Which attempts and suspensions share a row.

use super::text::{clock, listed, whole};
use super::{Attempt, Outcome, Suspension};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use web::counted;

/// One row of the picture.
pub(super) struct Row<'a> {
    /// Whose it is; none for that of all the others.
    pub(super) name: Option<&'a str>,
    /// How many names it is of.
    pub(super) names: usize,
    pub(super) attempts: Vec<&'a Attempt>,
    /// By time.
    pub(super) suspensions: Vec<&'a Suspension>,
}

impl<'a> Row<'a> {
    fn new(name: Option<&'a str>) -> Self {
        Self { name, names: 0, attempts: Vec::new(), suspensions: Vec::new() }
    }

    /// The row in words.
    pub(super) fn summary(&self) -> String {
        let count = |outcome| self.attempts.iter().filter(|attempt| attempt.outcome == outcome).count();
        let [failed, succeeded, refused] = [Outcome::Failed, Outcome::Succeeded, Outcome::Refused].map(count);
        let name = self.name.map_or_else(|| format!("{} autres noms · other names", self.names), whole);
        let suspensions = match listed(self.suspensions.iter().map(|suspension| clock(suspension.at))) {
            times if times.is_empty() => times,
            times => format!(" ; suspensions : {times}"),
        };
        format!(
            "{name} — {} · {}, {} · {}, {} · {refused} refused{suspensions}",
            counted::fr(failed, "échec", "échecs"),
            counted::en(failed, "failure", "failures"),
            counted::fr(succeeded, "réussite", "réussites"),
            counted::en(succeeded, "success", "successes"),
            counted::fr(refused, "refusée", "refusées"),
        )
    }
}

/// The rows from top to bottom: the names most often tried, equally often tried ones by name, then all the others.
pub(super) fn rows<'a>(attempts: &'a [Attempt], suspensions: &'a [Suspension], top: usize) -> Vec<Row<'a>> {
    let mut by_name: BTreeMap<&str, Row<'_>> = BTreeMap::new();
    for attempt in attempts {
        by_name.entry(&attempt.name).or_insert_with_key(|name| Row::new(Some(name))).attempts.push(attempt);
    }
    for suspension in suspensions {
        by_name.entry(&suspension.name).or_insert_with_key(|name| Row::new(Some(name))).suspensions.push(suspension);
    }
    let mut rows: Vec<Row<'_>> = by_name.into_values().map(|row| Row { names: 1, ..row }).collect();
    rows.sort_by_key(|row| Reverse(row.attempts.len()));
    let rest = rows.split_off(top.min(rows.len()));
    if !rest.is_empty() {
        rows.push(rest.into_iter().fold(Row::new(None), |mut others, row| {
            others.names += row.names;
            others.attempts.extend(row.attempts);
            others.suspensions.extend(row.suspensions);
            others
        }));
    }
    for row in &mut rows {
        row.suspensions.sort_by_key(|suspension| suspension.at);
    }
    rows
}
