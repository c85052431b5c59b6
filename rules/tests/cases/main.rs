//! Worked cases through the public engine: ours pass, faulty ones are named by line, none makes it panic.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod anything;

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use rules::RuleBook;
use rules::cases::{Outcome, REFERENCE_DATE, Reason, Report, check, check_with};

static BOOK: LazyLock<RuleBook> = LazyLock::new(|| RuleBook::embedded().unwrap());

fn ours(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("cases").join(name)
}

/// Checks one file of this name and content, with our patterns beside it.
fn checked(name: &str, text: impl AsRef<[u8]>) -> Report {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(ours("patterns.json"), folder.path().join("patterns.json")).unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    check_with(&BOOK, REFERENCE_DATE, [path])
}

fn outcome_of(line: &str) -> Outcome {
    let report = checked("case.jsonl", line);
    report.files[0].lines[0].outcome.clone()
}

fn case(rule: &str, input: &str, expected: &str) -> Outcome {
    outcome_of(&format!(r#"{{"rule": "{rule}", "input": {input}, "expected": {expected}}}"#))
}

fn reason(outcome: Outcome) -> String {
    match outcome {
        Outcome::Malformed { reason } => {
            let (english, shown) = (reason.english().to_owned(), reason.to_string());
            assert!(shown.ends_with(&format!(" — {english}")) && !shown.starts_with(&english), "{shown}");
            english
        }
        other => panic!("{other:?} is not malformed"),
    }
}

#[test]
fn the_sixty_worked_rules_and_hundred_day_counts_pass() {
    let report = check([ours("rules.jsonl"), ours("daycount.csv")]).unwrap();
    assert!(report.passed(), "{report}");
    assert_eq!(report.files.iter().map(|file| file.lines.len()).collect::<Vec<_>>(), [60, 100]);
}

#[test]
fn the_report_is_written_for_people_and_for_machines() {
    let line = r#"{"rule": "fractionnement", "input": {"ca_days_taken_outside_may_oct": 5}, "expected": {"days": 2}}"#;
    let report = checked("case.jsonl", format!("\n{line}\n"));
    assert!(!report.passed());
    let text = report.to_string();
    assert!(text.contains("case.jsonl:2: fractionnement: days : attendu 2, obtenu 1 — expected 2, got 1"), "{text}");
    assert!(
        text.contains("case.jsonl : conformes 0, différents 1, malformés 0 — 0 passed, 1 differ, 0 malformed\n"),
        "{text}"
    );
    let json = serde_json::to_value(&report).unwrap();
    let line = &json["files"][0]["lines"][0];
    assert_eq!((line["line"].as_u64(), line["outcome"].as_str()), (Some(2), Some("differs")));
    assert_eq!(line["differences"][0]["got"], "1");
    assert_eq!(json["rules"].as_str().map(str::len), Some(64));
}

#[test]
fn only_the_fields_that_a_case_expects_are_compared() {
    let input = r#"{"due_date": "2026-09-15", "rank": "twins"}"#;
    assert_eq!(case("maternity", input, r#"{"calendar_days": 238.0}"#), Outcome::Pass);
}

#[test]
fn each_rule_takes_more_inputs_than_the_samples_give() {
    for (rule, input, expected) in [
        ("entitlement", r#"{"weekly_days": 5, "quotity_percent": 80}"#, r#"{"days": 25}"#),
        ("entitlement", r#"{"annualised": true, "quotity_percent": 80}"#, r#"{"days": 20}"#),
        ("fractionnement", r#"{"ca_days_taken_outside_may_oct": 0}"#, r#"{"days": 0}"#),
        (
            "fractionnement_of_request",
            r#"{"pattern": "full_5d", "start": "2026-12-28", "start_half": "PM", "end": "2027-01-08", "end_half": "PM"}"#,
            r#"{"leave_days": 8.5, "days_outside_period": 8.5, "bonus_days_by_year": {"2026": 0, "2027": 1}}"#,
        ),
        (
            "max_31_consecutive_days",
            r#"{"pattern": "90_fri_off_every_2nd_week", "requests": [["2026-07-27", "2026-08-13"], ["2026-07-06", "2026-07-24"]]}"#,
            r#"{"absence_days": 42, "first_day": "2026-07-06", "return_day": "2026-08-17", "allowed": false}"#,
        ),
        (
            "cet_deposit_max_at_year_end",
            r#"{"cet_balance": 58.5, "ca_entitled": 22.5, "ca_taken": 20, "rtt_unused": 0.5}"#,
            r#"{"ca_depositable": 1.5, "max_total_deposit": 1.5, "balance_after": 60}"#,
        ),
        (
            "cet_options_31_january",
            r#"{"cet_balance_31_dec": 10, "category": "A", "status": "contractuel", "date": "2022-12-31"}"#,
            r#"{"leave_only_days": 10, "optional_days": 0, "gross_if_all_paid_eur": 0, "default_if_no_option": "none"}"#,
        ),
        (
            "cet_options_31_january",
            r#"{"cet_balance_31_dec": 17.5, "category": "A", "status": "fonctionnaire", "date": "2022-12-31"}"#,
            r#"{"gross_if_all_paid_eur": 337.50, "default_if_no_option": "RAFP"}"#,
        ),
        ("rtt_days", r#"{"weekly": 37.5}"#, r#"{"days_exact": 15}"#),
        ("rtt_days", r#"{"weekly": "35h", "quotity_percent": 100}"#, r#"{"days_exact": 0}"#),
        ("rtt_after_sickness", r#"{"rtt_days": 20, "sick_working_days": 11}"#, r#"{"quotient": 11, "rtt_days": 19}"#),
        ("rtt_after_sickness", r#"{"weekly": "35h", "sick_working_days": 90}"#, r#"{"quotient": null, "deducted": 0}"#),
        ("cmo_pay", r#"{"gross_month_eur": 3000, "sick_calendar_days": 100}"#, r#"{"withheld_eur": 1490}"#),
        (
            "cmo_pay",
            r#"{"gross_month_eur": 3000, "sick_calendar_days": 31, "status": "contractuel", "months_of_service": 4}"#,
            r#"{"paid_90_days": 29, "half_pay_days": 1}"#,
        ),
        (
            "cmo_half_pay_start",
            r#"{"start": "2026-06-01", "paid_90_days_in_last_12_months": 90}"#,
            r#"{"paid_90_days_of_this_leave": 0, "half_pay_from": "2026-06-02"}"#,
        ),
        (
            "carry_over",
            r#"{"weekly_days": 4.5, "taken_before": 2.5, "reason": "sick", "return_date": "2026-11-30"}"#,
            r#"{"unused": 20, "carried": 15.5, "lost": 4.5, "usable_until_if_acquired_before_leave": "2028-02-28"}"#,
        ),
        (
            "end_of_service_indemnity",
            r#"{"gross_month_eur": 2500, "days": 25, "reason": "family"}"#,
            r#"{"total_eur": 3000.00}"#,
        ),
        ("maternity", r#"{"due_date": "2026-09-15", "rank": 4}"#, r#"{"calendar_days": 182}"#),
        ("maternity", r#"{"due_date": "2026-09-15", "rank": "triplets"}"#, r#"{"calendar_days": 322}"#),
        ("birth_and_paternity", r#"{"birth": "2026-06-10", "multiple": true}"#, r#"{"remaining_days": 28}"#),
        (
            "adoption",
            r#"{"children_adopted": 2, "children_in_charge": 2, "shared": true}"#,
            r#"{"weeks": 22, "extra_days_if_shared": 32}"#,
        ),
        ("asa_sick_child", r#"{"quotity_percent": 62.5}"#, r#"{"days_exact": 3.75, "days": 4}"#),
    ] {
        assert_eq!(case(rule, input, expected), Outcome::Pass, "{rule} {input}");
    }
}

#[test]
fn numbers_are_compared_exactly() {
    let tiny = case("rtt_days", r#"{"weekly": "39h", "quotity_percent": 90}"#, r#"{"days_exact": 20.700000000001}"#);
    assert!(matches!(tiny, Outcome::Differs { .. }));
    assert_eq!(
        case("rtt_days", r#"{"weekly": "39h", "quotity_percent": 9e1}"#, r#"{"days_exact": 2.07e1}"#),
        Outcome::Pass
    );
}

#[test]
fn malformed_lines_say_what_is_wrong() {
    for (line, names) in [
        ("nonsense", "line 1 column"),
        ("{}", "rule"),
        (
            r#"{"rule": "entitlement", "input": {"weekly_days": 5, "weekly_days": 4}, "expected": {"days": 20}}"#,
            "twice",
        ),
        (r#"{"rule": "entitlement", "input": {}}"#, "expected"),
        (r#"{"rule": "entitlement", "input": {}, "expected": {}, "colour": 1}"#, "colour"),
        (r#"{"rule": "siesta", "input": {}, "expected": {"days": 1}}"#, "the rule is unknown"),
        (r#"{"rule": "fractionnement", "input": {"ca_days_taken_outside_may_oct": 5}, "expected": {}}"#, "empty"),
        (r#"{"rule": "entitlement", "input": {}, "expected": {"days": 1}}"#, "input.weekly_days is missing"),
    ] {
        let reason = reason(outcome_of(line));
        assert!(reason.contains(names), "{line}: {reason}");
    }
}

#[test]
fn malformed_fields_are_named() {
    let good_days = r#"{"days": 1}"#;
    for (rule, input, names) in [
        ("entitlement", r#"{"weekly_days": "5"}"#, "input.weekly_days"),
        ("entitlement", r#"{"weekly_days": 8}"#, "input.weekly_days"),
        ("entitlement", r#"{"weekly_days": 5, "months_of_service": 13}"#, "input.months_of_service"),
        ("entitlement", r#"{"weekly_days": 5, "moons": 1}"#, "input.moons is unknown"),
        ("fractionnement", r#"{"ca_days_taken_outside_may_oct": 4.3}"#, "in halves"),
        ("fractionnement", r#"{"ca_days_taken_outside_may_oct": -1}"#, "in halves"),
        ("fractionnement", r#"{"ca_days_taken_outside_may_oct": 1e300}"#, "a usable number"),
        ("maternity", r#"{"due_date": "2026-02-30", "rank": "1-2"}"#, "input.due_date"),
        ("maternity", r#"{"due_date": "9999-01-01", "rank": "1-2"}"#, "input.due_date"),
        ("maternity", r#"{"due_date": "2026-09-15", "rank": "0"}"#, "input.rank"),
        ("rtt_days", r#"{"weekly": "39:00"}"#, "input.weekly"),
        ("rtt_days", r#"{"weekly": "60h"}"#, "longer than the law allows"),
        ("cmo_pay", r#"{"gross_month_eur": 10.001, "sick_calendar_days": 1}"#, "input.gross_month_eur"),
        ("adoption", r#"{"children_adopted": 0}"#, "at least one child"),
        ("max_31_consecutive_days", r#"{"pattern": "full_5d", "requests": []}"#, "input.requests is empty"),
        ("max_31_consecutive_days", r#"{"pattern": "full_5d", "requests": [["2026-07-06"]]}"#, "input.requests"),
        (
            "max_31_consecutive_days",
            r#"{"pattern": "full_5d", "requests": [["2026-07-06", "2026-07-01"]]}"#,
            "before it starts",
        ),
        ("max_31_consecutive_days", r#"{"pattern": "full_5d", "requests": [["2026-07-04", "2026-07-05"]]}"#, "nothing"),
        ("max_31_consecutive_days", r#"{"pattern": "none", "requests": [["2026-07-06", "2026-07-07"]]}"#, "pattern"),
        (
            "carry_over",
            r#"{"weekly_days": 5, "taken_before": 0, "reason": "family", "return_date": "2020-01-01"}"#,
            "no carry-over after Family",
        ),
        (
            "cmo_pay",
            r#"{"gross_month_eur": 10, "sick_calendar_days": 1, "status": "contractuel"}"#,
            "no paid sick leave",
        ),
    ] {
        let reason = reason(case(rule, input, good_days));
        assert!(reason.contains(names), "{rule} {input}: {reason}");
    }
}

#[test]
fn what_a_rule_refuses_names_the_rule_and_its_article() {
    let line = r#"{"rule": "adoption", "input": {"children_adopted": 0}, "expected": {"weeks": 1}}"#;
    let report = checked("cases.jsonl", line);
    let said = "la règle « adoption » (CGFP, art. L.631-8 ; code du travail, art. L.1225-37 et L.1225-40 ; décret n° 2023-873) ne le permet pas — the rule `adoption` (";
    assert!(report.to_string().contains(said), "{report}");
    let json = serde_json::to_string(&report).unwrap();
    assert!(json.contains("does not allow it: at least one child is adopted"), "{json}");
    let before = case(
        "carry_over",
        r#"{"weekly_days": 5, "taken_before": 0, "reason": "family", "return_date": "1991-01-01"}"#,
        r#"{"carried": 1}"#,
    );
    assert!(reason(before).starts_with("no rule `carry_over` is in force"), "a rule that is not there refuses nothing");
}

#[test]
fn an_expectation_that_the_rule_does_not_give_is_malformed() {
    let outcome = case("fractionnement", r#"{"ca_days_taken_outside_may_oct": 5}"#, r#"{"hours": 1}"#);
    assert_eq!(reason(outcome), "expected.hours is unknown to this rule");
}

const COLUMNS: &str = "case,pattern,start,start_half,end,end_half,expected_days,expected_by_year,note";

#[test]
fn day_counts_are_checked_line_by_line() {
    let text = format!(
        "{COLUMNS}\n1,full_5d,2026-05-11,AM,2026-05-15,PM,4,2026:4,\"Ascension\"\n\
         2,full_5d,2026-05-11,AM,2026-05-15,PM,5,2026:5,\n3,full_5d,2026-05-15,PM,2026-05-15,AM,0,,\n"
    );
    let report = checked("days.csv", text);
    let text = report.to_string();
    assert!(text.contains("days.csv:3: day_count: expected_days : attendu 5, obtenu 4 — expected 5, got 4"), "{text}");
    assert!(
        text.contains("days.csv:4: day_count: la période finit le 2026-05-15 AM, avant de commencer le 2026-05-15 PM — the period ends"),
        "{text}"
    );
    assert!(text.contains("1 passed, 1 differ, 1 malformed"), "{text}");
}

#[test]
fn a_day_count_names_the_field_that_is_wrong() {
    for (row, names) in [
        ("full,2026-05-11,AM,2026-05-15,PM,4,", "pattern"),
        ("full_5d,2026-02-30,AM,2026-05-15,PM,4,", "start"),
        ("full_5d,2026-05-11,am,2026-05-15,PM,4,", "start_half"),
        ("full_5d,2026-05-11,AM,2126-05-15,PM,4,", "end"),
        ("full_5d,2026-05-11,AM,2026-05-15,,4,", "end_half"),
        ("full_5d,2026-05-11,AM,2026-05-15,PM,4.25,", "expected_days"),
        ("full_5d,2026-05-11,AM,2026-05-15,PM,,", "expected_days"),
        ("full_5d,2026-05-11,AM,2026-05-15,PM,4,2026=4", "expected_by_year"),
        ("full_5d,2026-05-11,AM,2026-05-15,PM,4,2026:4;2026:4", "expected_by_year"),
        ("full_5d,2026-05-11,AM,2026-05-15,PM,4,2026:4,,x", "10 fields for 9 columns"),
        ("full_5d", "start"),
    ] {
        let report = checked("days.csv", format!("{COLUMNS}\n1,{row}\n"));
        let reason = reason(report.files[0].lines[0].outcome.clone());
        assert!(reason.contains(names), "{row}: {reason}");
    }
}

#[test]
fn files_that_cannot_be_used_make_the_check_fail() {
    for (name, bytes, names) in [
        ("empty.jsonl", &b"\n\n"[..], "no case"),
        ("empty.csv", b"", "missing"),
        ("days.csv", b"case,pattern\n", "column start is missing"),
        ("cases.txt", b"", "*.jsonl or *.csv"),
        ("binary.jsonl", b"\xff\xfe\x00", "UTF-8"),
    ] {
        let report = checked(name, bytes);
        let error = report.files[0].error.as_ref().map_or("", Reason::english);
        assert!(!report.passed() && error.contains(names), "{name}: {error}");
    }
    assert!(!check([PathBuf::from("nowhere.csv")]).unwrap().passed());
    assert!(!check(Vec::<PathBuf>::new()).unwrap().passed());
}

#[test]
fn a_value_nested_a_million_times_is_malformed() {
    let nested = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    let outcome = case("entitlement", &format!(r#"{{"weekly_days": {nested}}}"#), r#"{"days": 1}"#);
    assert!(reason(outcome).contains("nested"));
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_do_no_harm() {
    let text = format!("\u{feff}{COLUMNS}\r\n1,full_5d,2026-05-11,AM,2026-05-15,PM,4,2026:4,\r\n");
    assert!(checked("days.csv", text).passed());
}

#[test]
fn faulty_patterns_beside_the_cases_are_named() {
    for (patterns, names) in [
        ("[]", "patterns.json"),
        (r#"{"weeks": {"short": "111"}}"#, "short"),
        (r#"{"cycles": {"tuesday": {"anchor": "2026-01-06", "halves": "11111111110000"}}}"#, "tuesday"),
        (r#"{"a": {"twice": "11111111110000"}, "b": {"twice": "11111111110000"}}"#, "twice"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("patterns.json"), patterns).unwrap();
        let path = folder.path().join("days.csv");
        fs::write(&path, format!("{COLUMNS}\n1,short,2026-05-11,AM,2026-05-15,PM,4,,\n")).unwrap();
        let report = check([path]).unwrap();
        let error = report.files[0].error.as_ref().map_or("", Reason::english);
        assert!(error.contains(names), "{patterns}: {error}");
    }
}
