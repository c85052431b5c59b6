use super::*;
use proptest::prelude::*;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_449_730_000 + seconds, 0).unwrap()
}

fn attempt(seconds: i64, name: &str, outcome: Outcome) -> Attempt {
    Attempt { at: at(seconds), name: name.to_owned(), outcome }
}

fn suspension(seconds: i64, name: &str) -> Suspension {
    Suspension { at: at(seconds), until: None, name: name.to_owned() }
}

/// The text of all elements of a class.
fn texts(svg: &str, element: &str, class: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(svg).unwrap();
    let has = |node: &roxmltree::Node<'_, '_>| {
        node.has_tag_name(("http://www.w3.org/2000/svg", element))
            && node.attribute("class").is_some_and(|names| names.split(' ').any(|name| name == class))
    };
    document.descendants().filter(has).map(|node| node.text().unwrap_or_default().to_owned()).collect()
}

#[test]
fn the_names_most_often_tried_have_a_row_and_the_rest_share_one() {
    let mut attempts = vec![attempt(0, "b", Outcome::Failed), attempt(60, "a", Outcome::Failed)];
    attempts.extend((0..5).map(|n| attempt(n * 600, "root", Outcome::Refused)));
    attempts.extend((0..3).map(|n| attempt(n * 600, "git", Outcome::Failed)));
    let svg = svg(&attempts, &[], 2);
    assert_eq!(texts(&svg, "text", "end"), ["root", "5", "git", "3", "2 autres · others", "2"]);
}

#[test]
fn outcomes_differ_in_shape_and_suspensions_tell_their_time() {
    let attempts = [
        attempt(0, "root", Outcome::Failed),
        attempt(900, "root", Outcome::Succeeded),
        attempt(1800, "root", Outcome::Refused),
    ];
    let svg = svg(&attempts, &[suspension(600, "root")], 3);
    let said = texts(&svg, "text", "quiet");
    for (fr, en) in [("1 échec", "1 failure"), ("1 réussite", "1 success"), ("1 suspension", "1 suspension")] {
        assert!(svg.contains(&format!(">{fr}</text>")) && said.iter().any(|text| text == en), "{fr}: {svg}");
    }
    assert!(svg.contains(">1 refusée sans comparer le mot de passe</text>"));
    assert!(svg.contains("root — 1 échec · 1 failure, 1 réussite · 1 success, 1 refusée · 1 refused"));
    // One of each in the legend, one in the row.
    assert_eq!(texts(&svg, "circle", "failed").len(), 2);
    assert_eq!(texts(&svg, "path", "succeeded").len(), 2);
    assert_eq!(texts(&svg, "path", "refused").len(), 2);
    assert_eq!(texts(&svg, "text", "time"), ["06:56:40"]);
    assert!(svg.contains("root 06:56:40</desc>"));
}

#[test]
fn times_that_would_overlap_are_left_to_the_title() {
    let suspensions = [suspension(0, "a"), suspension(1, "a"), suspension(7200, "a")];
    let svg = svg(&[attempt(0, "a", Outcome::Failed)], &suspensions, 3);
    assert_eq!(texts(&svg, "text", "time"), ["06:46:40", "08:46:40"]);
    assert!(svg.contains("suspensions : 06:46:40, 06:46:41, 08:46:40</title>"));
}

#[test]
fn a_million_attempts_and_their_suspensions_fit() {
    let attempts: Vec<_> = (0..1_000_000).map(|n| attempt(n, "root", Outcome::Refused)).collect();
    let suspensions: Vec<_> = (0..10_000).map(|n| suspension(n, "root")).collect();
    assert!(svg(&attempts, &suspensions, 10).len() < 200_000);
}

#[test]
fn nothing_to_show_is_said() {
    assert!(svg(&[], &[], 10).contains("Aucune tentative · No attempt"));
}

#[test]
fn names_that_would_deceive_are_shown_as_they_are() {
    let attempts = ["", " 0101", "a\u{202e}b", "<script>", "x\u{0}"].map(|name| attempt(0, name, Outcome::Failed));
    assert_eq!(
        texts(&svg(&attempts, &[], 9), "text", "end").into_iter().step_by(2).collect::<Vec<_>>(),
        ["(vide · empty)", "␣0101", "<script>", "a[U+202E]b", "x[U+0000]"]
    );
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![Just(Outcome::Refused), Just(Outcome::Failed), Just(Outcome::Succeeded)]
}

proptest! {
    #[test]
    fn well_formed_whatever_the_names_and_times(
        attempts in proptest::collection::vec((any::<String>(), any::<i32>(), outcome()), 0..12),
        suspensions in proptest::collection::vec((any::<String>(), any::<i32>(), any::<Option<i32>>()), 0..4),
        top in 0..6usize,
    ) {
        let attempts: Vec<_> =
            attempts.iter().map(|(name, seconds, outcome)| attempt((*seconds).into(), name, *outcome)).collect();
        let suspensions: Vec<_> = suspensions
            .into_iter()
            .map(|(name, from, until)| Suspension { until: until.map(|until| at(until.into())), ..suspension(from.into(), &name) })
            .collect();
        let svg = svg(&attempts, &suspensions, top);
        let document = roxmltree::Document::parse(&svg).unwrap();
        prop_assert!(document.descendants().all(|node| !node.has_tag_name("script")));
        let deceives = |c: char| c == '\u{202e}' || (c.is_control() && c != '\n');
        prop_assert!(!svg.contains(deceives));
    }

    #[test]
    fn any_character_of_a_name_is_well_formed(c: char) {
        let svg = svg(&[attempt(0, &c.to_string(), Outcome::Failed)], &[suspension(0, &c.to_string())], 1);
        prop_assert!(roxmltree::Document::parse(&svg).is_ok(), "{c:?}");
    }

    #[test]
    fn ends_of_time(seconds in proptest::collection::vec(prop_oneof![Just(i64::MIN), Just(i64::MAX), any::<i64>()], 1..4)) {
        let instants = seconds.into_iter().map(|seconds| DateTime::from_timestamp(seconds, 0).unwrap_or(DateTime::<Utc>::MAX_UTC));
        let attempts: Vec<_> = instants.chain([DateTime::<Utc>::MIN_UTC]).map(|at| Attempt { at, name: String::new(), outcome: Outcome::Failed }).collect();
        prop_assert!(roxmltree::Document::parse(&svg(&attempts, &[], 1)).is_ok());
    }
}
