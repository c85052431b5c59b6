//! Which of several statements holds on each day, where they overlap.

use super::files::Validity;
use super::known_from;
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeSet;

/// What holds from each day on which that changes, in order: of statements that overlap, the one that began last; of those
/// that began on one day, the last of them; none where all have ended. What ended before the rules know anything is left
/// out.
pub(super) fn in_force<T: Copy>(statements: &[(Validity, T)]) -> Vec<(NaiveDate, Option<T>)> {
    let known = |validity: &Validity| validity.to.is_none_or(|to| to.year() >= *events::date::YEARS.start());
    let known: Vec<&(Validity, T)> = statements.iter().filter(|(validity, _)| known(validity)).collect();
    let ends = known.iter().filter_map(|(validity, _)| validity.to);
    let days: BTreeSet<NaiveDate> = known.iter().map(|(one, _)| known_from(one.from)).chain(ends).collect();
    let holding = |day: NaiveDate| {
        let holds = |one: &Validity| known_from(one.from) <= day && one.to.is_none_or(|to| day < to);
        let all = known.iter().enumerate().filter(|(_, (validity, _))| holds(validity));
        all.max_by_key(|(_, (validity, _))| validity.from).map(|(place, (_, value))| (place, *value))
    };
    let mut changes: Vec<(NaiveDate, Option<(usize, T)>)> = days.into_iter().map(|day| (day, holding(day))).collect();
    let place = |held: &Option<(usize, T)>| held.map(|(place, _)| place);
    changes.dedup_by(|(_, next), (_, held)| place(next) == place(held));
    changes.into_iter().map(|(day, held)| (day, held.map(|(_, value)| value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(statements: &[(&str, Option<&str>, char)]) -> String {
        let day = |text: &str| text.parse().unwrap();
        let statements: Vec<_> = statements
            .iter()
            .map(|(from, to, value)| (Validity { from: day(from), to: to.map(day) }, *value))
            .collect();
        let changes = in_force(&statements).into_iter();
        changes.map(|(from, value)| format!("{from} {}", value.unwrap_or('-'))).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn what_began_last_holds_and_what_runs_on_holds_again_after_it() {
        let long = ("2015-01-01", None, 'a');
        let within = ("2018-01-01", Some("2019-01-01"), 'b');
        assert_eq!(held(&[long, within]), "2015-01-01 a, 2018-01-01 b, 2019-01-01 a");
        let first = ("2020-01-01", Some("2022-01-01"), 'a');
        let second = ("2021-01-01", None, 'b');
        assert_eq!(held(&[first, second]), "2020-01-01 a, 2021-01-01 b");
        let ended = ("2023-01-01", Some("2024-01-01"), 'b');
        assert_eq!(held(&[first, ended]), "2020-01-01 a, 2022-01-01 -, 2023-01-01 b, 2024-01-01 -");
    }

    #[test]
    fn what_the_rules_do_not_know_begins_with_them_or_is_left_out() {
        let before = ("1970-01-01", Some("1980-01-01"), 'a');
        let running = [("1980-01-01", Some("1995-01-01"), 'b'), ("1985-01-01", Some("1992-01-01"), 'c')];
        assert_eq!(held(&[before, running[0], running[1]]), "1990-01-01 c, 1992-01-01 b, 1995-01-01 -");
    }
}
