//! `*.jsonl`: one worked case of a rule a line.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::input::{Input, empty, unknown};
use super::report::{Difference, LineReport, Outcome};
use super::value::RawFields;
use super::{Answer, Bench, Reason, families, leave, savings, sickness};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(rename = "id")]
    _id: Option<IgnoredAny>,
    rule: String,
    input: RawFields,
    expected: RawFields,
    #[serde(rename = "basis")]
    _basis: Option<IgnoredAny>,
    #[serde(rename = "note")]
    _note: Option<IgnoredAny>,
}

/// A rule that cases may name.
type Evaluate = fn(&mut Input<'_>) -> Result<Answer, Reason>;

/// What cases call each rule, its own name, and what evaluates it.
const RULES: &[(&str, &str, Evaluate)] = &[
    ("adoption", "adoption", families::adoption),
    ("asa_sick_child", "sick_child", families::sick_child),
    ("birth_and_paternity", "paternity", families::birth_and_paternity),
    ("carry_over", "carry_over", leave::carry_over),
    ("cet_deposit_max_at_year_end", "cet_feeding", savings::cet_deposit),
    ("cet_options_31_january", "cet_options", savings::cet_options),
    ("cmo_half_pay_start", "sick_pay", sickness::half_pay_start),
    ("cmo_pay", "sick_pay", sickness::pay),
    ("end_of_service_indemnity", "end_of_service_indemnity", leave::end_of_service_indemnity),
    ("entitlement", "annual_leave", leave::entitlement),
    ("fractionnement", "fractionnement", leave::fractionnement),
    ("fractionnement_of_request", "fractionnement", leave::fractionnement_of_request),
    ("maternity", "maternity", families::maternity),
    ("max_31_consecutive_days", "consecutive_absence", leave::max_consecutive_days),
    ("rtt_after_sickness", "rtt_sickness", savings::rtt_after_sickness),
    ("rtt_days", "rtt", savings::rtt_days),
];

pub(super) fn run(bench: &Bench<'_>, text: &str) -> Result<Vec<LineReport>, Reason> {
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    Ok(lines.map(|(text, line)| run_line(bench, text, line)).collect())
}

fn run_line(bench: &Bench<'_>, text: &str, line: u64) -> LineReport {
    match serde_json::from_str::<Written>(text) {
        Ok(written) => {
            let outcome = outcome(bench, &written);
            let outcome = outcome.unwrap_or_else(|reason| Outcome::Malformed { reason });
            LineReport { line, rule: Some(written.rule), outcome }
        }
        Err(error) => LineReport { line, rule: None, outcome: Outcome::Malformed { reason: error.into() } },
    }
}

fn outcome(bench: &Bench<'_>, written: &Written) -> Result<Outcome, Reason> {
    let (_, rule, evaluate) = RULES
        .iter()
        .find(|(name, ..)| *name == written.rule)
        .ok_or_else(|| Reason::new("la règle est inconnue", "the rule is unknown"))?;
    let expected = written.expected.read()?;
    if expected.is_empty() {
        return Err(empty("expected"));
    }
    let mut input = Input::new(bench, written.input.read()?);
    let answer = evaluate(&mut input).map_err(|reason| reason.by(rule, input.source(rule)))?;
    input.finish()?;
    let mut differences = Vec::new();
    for (field, expected) in expected {
        let Some((_, got)) = answer.iter().find(|(name, _)| *name == field) else {
            return Err(unknown(format_args!("expected.{field}")));
        };
        if !expected.agrees_with(got) {
            differences.push(Difference { field, expected: expected.to_string(), got: got.to_string() });
        }
    }
    Ok(if differences.is_empty() { Outcome::Pass } else { Outcome::Differs { differences } })
}
