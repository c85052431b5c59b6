use super::*;
use crate::date::day;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

const REFUSAL_FILE: &str = "refusal.toml";

fn written(from: &str, until: &str, parameters: &str) -> String {
    let until = if until.is_empty() { String::new() } else { format!("until = \"{until}\"\n") };
    format!(
        "[[rule]]\nname = \"refusal\"\nsource = \"art. 3\"\nbasis = \"law\"\nscope = \"national\"\nfrom = \"{from}\"\n\
         {until}[rule.parameters]\n{parameters}\n"
    )
}

const PARAMETERS: &str = "motive_required = true\nlongest_motive_chars = 10";

/// The embedded book with the rule `refusal` written anew.
fn with_refusal(text: &str) -> Result<RuleBook, LoadError> {
    let (requests, others): (Vec<_>, Vec<_>) = EMBEDDED.iter().copied().partition(|(name, _)| *name == "requests.toml");
    let (_, requests) = requests[0];
    let notice = &requests[requests.rfind("[[rule]]").unwrap()..];
    RuleBook::parse(others.into_iter().chain([("requests.toml", notice), (REFUSAL_FILE, text)]))
}

fn error(text: &str) -> String {
    let error = with_refusal(text).unwrap_err();
    let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
    format!("{error} {source}")
}

/// What was in force is not edited: it ends, and another follows.
#[test]
fn what_was_in_force_is_told_when_it_is_edited() {
    let files = |change: &dyn Fn(&str) -> String| {
        let files: Vec<_> = RuleBook::embedded_files().iter().map(|(name, text)| (*name, change(text))).collect();
        RuleBook::parse(files.iter().map(|(name, text)| (*name, text.as_str()))).unwrap()
    };
    let (book, today) = (RuleBook::embedded().unwrap(), day("2026-06-01"));
    let edited = |change: &dyn Fn(&str) -> String| {
        let next = files(change);
        book.edited(&next, today).map(|provision| (provision.rule.clone(), provision.from))
    };
    let local =
        "name = \"local_holidays\"\nsource = \"Décisions du maire de Paris\"\nbasis = \"city\"\nscope = \"city\"\n";
    let followed = |until: &str, from: &str| {
        let (until, from) = (until.to_owned(), from.to_owned());
        move |text: &str| {
            let ended = format!("{local}from = \"1990-01-01\"\nuntil = \"{until}\"\n");
            let next = format!(
                "days = []\n\n[[rule]]\n{local}from = \"{from}\"\n\n[rule.parameters]\ndays = [{{ on = \"2026-07-13\", name = \"Pont\" }}]"
            );
            text.replace(&format!("{local}from = \"1990-01-01\"\n"), &ended).replace("days = []", &next)
        }
    };
    assert_eq!(edited(&str::to_owned), None);
    assert_eq!(edited(&followed("2026-06-01", "2026-06-02")), None);
    let from = day("1990-01-01");
    assert_eq!(edited(&followed("2026-05-31", "2026-06-01")), Some(("local_holidays".to_owned(), from)));
    let in_place = |text: &str| text.replace("days = []", "days = [{ on = \"2026-05-15\", name = \"Pont\" }]");
    assert_eq!(edited(&in_place), Some(("local_holidays".to_owned(), from)));
    let ahead = |text: &str| text.replace("max_days = 31", "max_days = 30");
    assert_eq!(edited(&ahead), Some(("consecutive_absence".to_owned(), day("1985-11-28"))));
}

#[test]
fn the_embedded_book_equals_its_folder() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("law");
    let loaded = RuleBook::load(&folder).unwrap();
    assert_eq!(loaded.version(), RuleBook::embedded().unwrap().version());
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let error = RuleBook::load(Path::new("no/such/folder")).unwrap_err();
    assert!(error.to_string().contains("no/such/folder"), "{error}");
}

#[test]
fn a_folder_without_rules_lacks_one() {
    let empty = tempfile::tempdir().unwrap();
    assert!(matches!(RuleBook::load(empty.path()), Err(LoadError::MissingRule { .. })));
}

#[test]
fn each_provision_says_where_it_comes_from() {
    let book = RuleBook::embedded().unwrap();
    assert!(book.provisions().iter().all(|provision| provision.source.len() > 5));
    let sick_pay = book.at(day("2026-01-01")).sick_pay().unwrap();
    assert!(sick_pay.provision().source.contains("L.822-3"));
    assert_eq!(sick_pay.provision().from, day("2025-03-01"));
}

#[test]
fn a_city_rule_goes_before_the_national_one() {
    let book = RuleBook::embedded().unwrap();
    let absences = book.at(day("2026-01-01")).special_absences().unwrap();
    assert_eq!(absences.provision().scope, Scope::City);
}

#[test]
fn a_date_before_the_rule_names_the_rule() {
    let book = RuleBook::embedded().unwrap();
    let refused = book.at(day("2020-01-01")).carer_leave().map(|_| ()).unwrap_err();
    assert_eq!(refused.to_string(), "no rule `carer_leave` is in force on 2020-01-01");
}

#[test]
fn provisions_in_force_follow_the_date() {
    let provisions = [written("2000-01-01", "2020-12-31", PARAMETERS), written("2021-01-01", "", PARAMETERS)].concat();
    let book = with_refusal(&provisions).unwrap();
    let from = |date| book.at(day(date)).refusal().map(|rule| rule.provision().from);
    assert_eq!(from("2020-12-31"), Ok(day("2000-01-01")));
    assert_eq!(from("2021-01-01"), Ok(day("2021-01-01")));
    assert!(from("1999-12-31").is_err());
}

#[test]
fn layout_and_comments_keep_the_version_and_content_changes_it() {
    let version = |text: &str| with_refusal(text).unwrap().version();
    let plain = written("2000-01-01", "", "motive_required = true\nlongest_motive_chars = 10");
    let reordered = written("2000-01-01", "", "# by agreement\nlongest_motive_chars   = 10\nmotive_required = true");
    let changed = written("2000-01-01", "", "motive_required = true\nlongest_motive_chars = 11");
    assert_eq!(version(&plain), version(&reordered));
    assert_ne!(version(&plain), version(&changed));
    assert_eq!(version(&plain).to_string().len(), 64);
}

#[test]
fn a_later_provision_keeps_the_version_of_an_earlier_date() {
    let one = written("2000-01-01", "2026-12-31", PARAMETERS);
    let both = format!("{one}{}", written("2027-01-01", "", "motive_required = true\nlongest_motive_chars = 11"));
    let (one, both) = (with_refusal(&one).unwrap(), with_refusal(&both).unwrap());
    let at = |book: &RuleBook, date| book.at(day(date)).version();
    assert_eq!(at(&one, "2026-06-01"), at(&both, "2026-06-01"));
    assert_ne!(one.version(), both.version());
    assert_ne!(at(&both, "2026-06-01"), at(&both, "2027-06-01"));
}

#[test]
fn overlaps_are_refused() {
    let overlapping = [written("2000-01-01", "2021-01-01", PARAMETERS), written("2021-01-01", "", PARAMETERS)].concat();
    assert!(matches!(with_refusal(&overlapping), Err(LoadError::Overlap { .. })));
    let open = [written("2000-01-01", "", PARAMETERS), written("2021-01-01", "", PARAMETERS)].concat();
    assert!(error(&open).contains("refusal.toml:11: `refusal` (national): the provision from 2021-01-01 overlaps"));
}

#[test]
fn holes_are_refused() {
    let hole = [written("2000-01-01", "2020-12-30", PARAMETERS), written("2021-01-01", "", PARAMETERS)].concat();
    assert!(error(&hole).contains("no provision between `until` 2020-12-30 and `from` 2021-01-01"));
}

#[test]
fn bad_dates_and_fields_are_named_with_their_file() {
    for (text, names) in [
        (written("2000-02-30", "", PARAMETERS), "from"),
        (written("2000-01-01", "1999-12-31", PARAMETERS), "until 1999-12-31"),
        (written("2000-01-01", "", "motive_required = true"), "longest_motive_chars"),
        (written("2000-01-01", "", &format!("{PARAMETERS}\ncolour = 1")), "colour"),
        (written("2000-01-01", "", "motive_required = true\nlongest_motive_chars = -1"), "longest_motive_chars"),
        (written("2000-01-01", "", "motive_required = true\nlongest_motive_chars = 1.5"), "longest_motive_chars"),
        (written("2000-01-01", "", PARAMETERS).replace("source", "sauce"), "sauce"),
        (written("2000-01-01", "", PARAMETERS).replace("\"law\"", "\"hearsay\""), "hearsay"),
        (written("2000-01-01", "", PARAMETERS).replace("\"refusal\"", "\"refusals\""), "refus"),
        ("rule = 3".to_owned(), "rule"),
        ("[[rule".to_owned(), "rule"),
    ] {
        let error = error(&text);
        assert!(error.contains(names), "{names}: {error}");
    }
}

#[test]
fn public_holidays_that_begin_too_late_are_refused() {
    let shortened: Vec<_> = EMBEDDED
        .iter()
        .map(|(name, text)| (*name, text.replace("from = \"1982-01-01\"", "from = \"2000-01-01\"")))
        .collect();
    let error = RuleBook::parse(shortened.iter().map(|(name, text)| (*name, text.as_str()))).unwrap_err();
    assert!(error.to_string().contains("`public_holidays` is not in force on 1990-01-01"), "{error}");
}

/// Values of every kind that a provision has, and of those that it may not have.
const VALUES: [&str; 17] = [
    "\"\"",
    "\"city\"",
    "\"2026-01-01\"",
    "\"2026-12-31\"",
    "\"-262143-01-01\"",
    "\"+262142-12-31\"",
    "2026-01-01",
    "0",
    "-1",
    "9223372036854775807",
    "1.5",
    "true",
    "[]",
    "[1, 0]",
    "[[\"a\", 1]]",
    "{}",
    "\"\"\"",
];

/// A file of the book with lines that are taken out, doubled, moved, or say something else, and a text put in somewhere.
fn any_change() -> impl Strategy<Value = (&'static str, String)> {
    let line = (any::<Index>(), any::<Index>(), select(VALUES.to_vec()), 0..5);
    let inserted = (any::<Index>(), "(?s).{0,3}|[\\[\\]{}\"=.\n]{0,3}", any::<bool>());
    (select(EMBEDDED.to_vec()), vec(line, 0..4), inserted).prop_map(|((name, text), changes, inserted)| {
        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
        for (one, other, value, change) in changes {
            let (one, other) = (one.index(lines.len()), other.index(lines.len()));
            match change {
                0 => lines[one].clear(),
                1 => lines.insert(other, lines[one].clone()),
                2 => lines.swap(one, other),
                _ => {
                    let key = lines[one].split('=').next().unwrap_or_default();
                    lines[one] = format!("{key}= {value}");
                }
            }
        }
        let mut text = lines.join("\n");
        let (place, added, cut) = inserted;
        let place = text.floor_char_boundary(place.index(text.len()));
        text.insert_str(place, &added);
        if cut && added.len() == 1 {
            text.truncate(place);
        }
        (name, text)
    })
}

/// Whether an error says which line of which file is at fault; of a rule that is not there, which rule.
fn tells_its_place(error: &LoadError, files: &[(&str, &str)]) -> bool {
    let said = error.to_string();
    let place = |(name, text): &(&str, &str)| {
        let rest = said.strip_prefix(name)?;
        let line = rest.strip_prefix(": TOML parse error at line ").or(rest.strip_prefix(":"))?;
        let line: usize = line.split(|end: char| !end.is_ascii_digit()).next()?.parse().ok()?;
        Some((1..=text.split('\n').count()).contains(&line))
    };
    match error {
        LoadError::MissingRule { rule } | LoadError::Uncovered { rule, .. } => said.contains(rule),
        _ => files.iter().find_map(place).unwrap_or_default(),
    }
}

#[test]
fn what_is_nested_too_deeply_is_an_error_with_its_line() {
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
    for value in [deep("[", "]"), deep("{ a = ", " }"), deep("{ a.a = ", " }")] {
        let text = written("2000-01-01", "", &format!("{PARAMETERS}\nextra = {value}"));
        assert!(error(&text).contains("refusal.toml: TOML parse error at line "));
    }
    let keys = format!("{PARAMETERS}\na{} = 1", ".a".repeat(100_000));
    assert!(error(&written("2000-01-01", "", &keys)).contains("refusal.toml"));
}

proptest! {
    #[test]
    fn any_change_of_the_book_is_a_book_or_an_error_with_its_line((name, text) in any_change()) {
        let changed = |(of, shipped): &(&'static str, &'static str)| (*of, if *of == name { text.as_str() } else { *shipped });
        let files: Vec<_> = EMBEDDED.iter().map(changed).collect();
        match RuleBook::parse(files.iter().copied()) {
            Ok(book) => prop_assert_eq!(book.version().to_string().len(), 64),
            Err(error) => prop_assert!(tells_its_place(&error, &files), "{error}"),
        }
    }

    #[test]
    fn any_text_is_a_file_of_the_book_or_an_error_with_its_line(text in "(?s).{0,200}|(rule|\\[|\\]|=|\"|[a-z.{},0-9 \n-]){0,60}") {
        let file = [(REFUSAL_FILE, text.as_str())];
        let error = RuleBook::parse(file).map(|_| ()).unwrap_err();
        prop_assert!(tells_its_place(&error, &file), "{error}");
    }
}
