//! `*.csv`: day counts of leaves, in all and by year.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord};
use events::counted;

use super::input::{half, half_days, written_date};
use super::report::{Difference, LineReport, Outcome};
use super::value::Value;
use super::{Bench, Reason, Wanted, decimal};
use crate::leave_cost::LeaveCost;
use crate::period::{HalfDay, Period};

const RULE: &str = "day_count";
const REQUIRED: [&str; 6] = ["pattern", "start", "start_half", "end", "end_half", "expected_days"];
const OPTIONAL: [&str; 3] = ["case", "expected_by_year", "note"];

pub(super) fn run(bench: &Bench<'_>, text: &str) -> Result<Vec<LineReport>, Reason> {
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let columns = reader.headers()?.clone();
    check_columns(&columns)?;
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record?;
        let line = record.position().map_or(0, csv::Position::line);
        let outcome = outcome(bench, &Row { columns: &columns, record: &record });
        let outcome = outcome.unwrap_or_else(|reason| Outcome::Malformed { reason });
        lines.push(LineReport { line, rule: Some(RULE.to_owned()), outcome });
    }
    Ok(lines)
}

fn check_columns(columns: &StringRecord) -> Result<(), Reason> {
    if let Some(missing) = REQUIRED.iter().find(|name| !columns.iter().any(|column| column == **name)) {
        return Err(Reason::new(format!("la colonne {missing} manque"), format!("the column {missing} is missing")));
    }
    for (place, column) in columns.iter().enumerate() {
        if !REQUIRED.contains(&column) && !OPTIONAL.contains(&column) {
            return Err(Reason::new(
                format!("la colonne {column:?} est inconnue"),
                format!("the column {column:?} is unknown"),
            ));
        }
        if columns.iter().take(place).any(|earlier| earlier == column) {
            return Err(Reason::new(
                format!("la colonne {column} est là deux fois"),
                format!("the column {column} stands twice"),
            ));
        }
    }
    Ok(())
}

struct Row<'a> {
    columns: &'a StringRecord,
    record: &'a StringRecord,
}

impl Row<'_> {
    fn text(&self, column: &str) -> &str {
        let fields = self.columns.iter().zip(self.record);
        fields.into_iter().find(|(name, _)| *name == column).map_or("", |(_, field)| field.trim())
    }

    fn half_day(&self, date: &str, half_column: &str) -> Result<HalfDay, Reason> {
        let text = self.text(half_column);
        let half = half(&text.into()).map_err(|wanted| wanted.instead_of(format!("{text:?}")).of(half_column))?;
        let date = written_date(self.text(date)).map_err(|reason| reason.of(date))?;
        Ok(HalfDay { date, half })
    }

    fn expected_days(&self) -> Result<Value, Reason> {
        days(self.text("expected_days")).map_err(|reason| reason.of("expected_days"))
    }

    /// `2026:8;2027:5`.
    fn expected_by_year(&self) -> Result<Option<Value>, Reason> {
        let text = self.text("expected_by_year");
        let wrong = || {
            Wanted("écrit 2026:8;2027:5", "written 2026:8;2027:5")
                .instead_of(format!("{text:?}"))
                .of("expected_by_year")
        };
        if text.is_empty() {
            return Ok(None);
        }
        let mut years = BTreeMap::new();
        for part in text.split(';') {
            let (year, count) = part.split_once(':').ok_or_else(wrong)?;
            let year: u16 = year.trim().parse().map_err(|_| wrong())?;
            if years.insert(year.to_string(), days(count.trim()).map_err(|_| wrong())?).is_some() {
                return Err(wrong());
            }
        }
        Ok(Some(Value::Fields(years)))
    }
}

fn days(text: &str) -> Result<Value, Reason> {
    let number = decimal::parse(text).map(Value::Number).unwrap_or(Value::Nothing);
    half_days(&number).map(Into::into).map_err(|wanted| wanted.instead_of(format!("{text:?}")))
}

fn outcome(bench: &Bench<'_>, row: &Row<'_>) -> Result<Outcome, Reason> {
    if row.record.len() > row.columns.len() {
        let (fields, columns) = (row.record.len(), row.columns.len());
        return Err(Reason::new(
            format!("{} pour {}", counted::fr(fields, "champ", "champs"), counted::fr(columns, "colonne", "colonnes")),
            format!("{} for {}", counted::en(fields, "field", "fields"), counted::en(columns, "column", "columns")),
        ));
    }
    let schedule = bench.patterns.named(row.text("pattern"))?.into();
    let period = Period::new(row.half_day("start", "start_half")?, row.half_day("end", "end_half")?)?;
    let cost = LeaveCost::of(period, &schedule, bench.book.calendar());
    let by_year: Value = cost.by_year().collect();
    let compared = [
        ("expected_days", Some(row.expected_days()?), cost.total().into()),
        ("expected_by_year", row.expected_by_year()?, by_year),
    ];
    let differences: Vec<_> = compared
        .into_iter()
        .filter_map(|(field, expected, got)| Some((field, expected?, got)))
        .filter(|(_, expected, got)| !expected.agrees_with(got))
        .map(|(field, expected, got)| Difference {
            field: field.to_owned(),
            expected: expected.to_string(),
            got: got.to_string(),
        })
        .collect();
    Ok(if differences.is_empty() { Outcome::Pass } else { Outcome::Differs { differences } })
}
