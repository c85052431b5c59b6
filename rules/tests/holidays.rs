//! Public holidays against an oracle and their known coincidences. `tests/holidays_oracle.py` at the root compares
//! 1990 to 2099 with two more.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use chrono::{Datelike, NaiveDate};
use rules::RuleBook;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn ours(first: i32, last: i32) -> BTreeSet<(NaiveDate, String)> {
    let book = RuleBook::embedded().unwrap();
    let (first, last) = (day(&format!("{first}-01-01")), day(&format!("{last}-12-31")));
    let holidays = book.calendar().between(first, last);
    holidays.flat_map(|(date, names)| names.iter().map(move |name| (date, name.clone()))).collect()
}

#[test]
fn holidays_of_2006_to_2026_are_those_of_the_state() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/jours_feries_metropole_2006_2026.csv");
    let text = fs::read_to_string(path).unwrap();
    let mut oracle = BTreeSet::new();
    for line in text.lines().skip(1) {
        let fields: Vec<_> = line.split(',').collect();
        oracle.insert((day(fields[0]), fields[3].to_owned()));
    }
    assert_eq!(oracle.len(), 231);
    assert_eq!(ours(2006, 2026), oracle);
}

#[test]
fn each_year_has_eleven_holidays_and_ten_dates_only_when_ascension_meets_another() {
    let all = ours(1990, 2099);
    let mut coinciding = Vec::new();
    for year in 1990..=2099 {
        let of_year: Vec<_> = all.iter().filter(|(date, _)| date.year() == year).collect();
        assert_eq!(of_year.len(), 11, "{year}");
        let dates: BTreeSet<_> = of_year.iter().map(|(date, _)| date).collect();
        if dates.len() < 11 {
            coinciding.push(year);
        }
    }
    assert_eq!(coinciding, [1997, 2008, 2059, 2070, 2081, 2092]);
}

#[test]
fn the_holidays_of_2026_and_easter_2027() {
    let dates: BTreeSet<_> = ours(2026, 2026).into_iter().map(|(date, _)| date.format("%-d/%-m").to_string()).collect();
    let expected = "1/1 6/4 1/5 8/5 14/5 25/5 14/7 15/8 1/11 11/11 25/12";
    assert_eq!(dates, expected.split(' ').map(str::to_owned).collect());
    assert_eq!(rules::holidays::easter(2027), Ok(day("2027-03-28")));
}

/// Our book with one text of its files replaced.
fn amended(text: &str, by: &str) -> RuleBook {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("law");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).unwrap().replace(text, by))
        })
        .collect();
    RuleBook::parse(files.iter().map(|(name, text)| (name.as_str(), text.as_str()))).unwrap()
}

#[test]
fn a_local_day_off_is_a_holiday_of_its_date() {
    let granted = "days = [{ on = \"2026-12-24\", name = \"Fermeture exceptionnelle\" }]";
    let book = amended("days = []", granted);
    assert_eq!(book.calendar().names(day("2026-12-24")), ["Fermeture exceptionnelle"]);
    assert!(!RuleBook::embedded().unwrap().calendar().is_holiday(day("2026-12-24")));
    assert_ne!(book.version(), RuleBook::embedded().unwrap().version());
}

#[test]
fn holidays_are_those_of_the_law_of_their_date() {
    let from_2030 = "until = \"2029-12-31\"\n\n[rule.parameters]\nfixed = []\nmovable = []\n\n[[rule]]\n\
                     name = \"public_holidays\"\nsource = \"a law to come\"\nbasis = \"law\"\nscope = \"national\"\n\
                     from = \"2030-01-01\"\n";
    let book = amended("from = \"1982-01-01\"\n", &format!("from = \"1982-01-01\"\n{from_2030}"));
    assert!(!book.calendar().is_holiday(day("2029-07-14")));
    assert!(book.calendar().is_holiday(day("2030-07-14")));
}

#[test]
fn years_that_are_not_supported_are_refused() {
    for year in [i32::MIN, 0, 1989, 2100, i32::MAX] {
        assert!(rules::holidays::easter(year).is_err(), "{year}");
    }
}
