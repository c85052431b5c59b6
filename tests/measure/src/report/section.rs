//! What one bench has to say.

use super::Chart;
use crate::load::Spread;
use std::fmt::Write;

/// What one bench has to say.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// Its heading.
    pub title: &'static str,
    /// What was done, in a paragraph.
    pub about: String,
    /// What we said that it would show.
    pub claims: Vec<Claim>,
    /// The figures.
    pub tables: Vec<Table>,
    /// The picture.
    pub chart: Option<Chart>,
    /// What has to be said beside the figures.
    pub notes: Vec<String>,
}

/// A figure that was promised, and the one that came.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// What was promised.
    pub promised: String,
    /// What came.
    pub measured: String,
    /// Whether it holds.
    pub holds: bool,
}

impl Claim {
    /// That something is at least so many times something else.
    pub fn at_least(what: impl Into<String>, least: f64, measured: f64) -> Self {
        let holds = measured >= least;
        Self { promised: format!("{}: at least {least}", what.into()), measured: ratio(measured), holds }
    }

    /// That something is at most so much, in a unit or as a ratio.
    pub fn at_most(what: impl Into<String>, most: f64, measured: f64, unit: &str) -> Self {
        let holds = measured <= most;
        Self {
            promised: format!("{}: at most {most}{unit}", what.into()),
            measured: format!("{}{unit}", ratio(measured)),
            holds,
        }
    }
}

/// Rows under a header, the first column being names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// What it shows, with the unit.
    pub caption: String,
    /// Names of columns.
    pub header: Vec<String>,
    /// As wide as the header.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table.
    pub fn new(caption: impl Into<String>, header: &[&str]) -> Self {
        Self {
            caption: caption.into(),
            header: header.iter().map(|name| (*name).to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    fn write(&self, text: &mut String) {
        let rows = || std::iter::once(&self.header).chain(&self.rows);
        let columns = self.header.len();
        let widths: Vec<usize> = (0..columns)
            .map(|column| {
                rows().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0).max(4)
            })
            .collect();
        let line = |row: &[String]| {
            let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| match column {
                0 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            });
            format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
        };
        let rule: Vec<String> = widths
            .iter()
            .enumerate()
            .map(|(column, width)| if column == 0 { "-".repeat(*width) } else { format!("{}:", "-".repeat(width - 1)) })
            .collect();
        let _ = write!(text, "{}:\n\n{}{}", self.caption, line(&self.header), line(&rule));
        self.rows.iter().for_each(|row| text.push_str(&line(row)));
        text.push('\n');
    }
}

impl Section {
    /// As Markdown, under a heading of the second level; its picture is the file `chart`.
    pub fn to_markdown(&self, measured_on: &str, chart: &str) -> String {
        let mut text = format!("## {}\n\n{}\n\n{measured_on}\n\n", self.title, self.about);
        if let Some(Chart { title, .. }) = &self.chart {
            let _ = write!(text, "![{title}]({chart})\n\n");
        }
        self.write_figures(&mut text);
        text
    }

    /// As text for whoever waits.
    pub fn for_terminal(&self) -> String {
        let mut text = format!("\n{}\n\n", self.title);
        self.write_figures(&mut text);
        text
    }

    fn write_figures(&self, text: &mut String) {
        if !self.claims.is_empty() {
            let mut claims = Table::new("What it had to show", &["promised", "measured", "holds"]);
            claims.rows = self.claims.iter().map(Claim::row).collect();
            claims.write(text);
        }
        self.tables.iter().for_each(|table| table.write(text));
        for note in &self.notes {
            let _ = write!(text, "{note}\n\n");
        }
    }
}

impl Claim {
    fn row(&self) -> Vec<String> {
        vec![self.promised.clone(), self.measured.clone(), if self.holds { "yes" } else { "**no**" }.to_owned()]
    }
}

/// So many clients.
pub fn clients(count: usize) -> String {
    if count == 1 { "1 client".to_owned() } else { format!("{count} clients") }
}

/// A median with its minimum and maximum, as whole numbers.
pub fn whole(Spread { min, median, max }: Spread) -> String {
    format!("{} ({}–{})", grouped(median), grouped(min), grouped(max))
}

/// The same to a tenth; what was not measured, as a dash.
pub fn tenths(Spread { min, median, max }: Spread) -> String {
    if median.is_nan() { "–".to_owned() } else { format!("{median:.1} ({min:.1}–{max:.1})") }
}

/// A ratio, with as many digits as say something.
pub fn ratio(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    if value.abs() < 10.0 { format!("{value:.2}") } else { format!("{value:.0}") }
}

/// A number with its thousands apart.
pub fn grouped(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 && digit.is_ascii_digit() {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        let shown = [0.4, 999.6, 1_000.0, 1_234_567.0].map(grouped);
        assert_eq!(shown, ["0", "1,000", "1,000", "1,234,567"]);
        assert_eq!(grouped(f64::NAN), "–");
    }

    #[test]
    fn a_spread_has_its_extremes() {
        let of = Spread::of([1_234.56, 0.44, 7.0]);
        assert_eq!((whole(of), tenths(of)), ("7 (0–1,235)".to_owned(), "7.0 (0.4–1234.6)".to_owned()));
        assert_eq!(tenths(Spread::of([])), "–");
    }

    #[test]
    fn a_claim_holds_by_its_figure() {
        assert!(Claim::at_least("x", 5.0, 5.0).holds && !Claim::at_least("x", 5.0, 4.99).holds);
        assert!(Claim::at_most("x", 50.0, 50.0, " ms").holds && !Claim::at_most("x", 50.0, f64::NAN, " ms").holds);
    }

    #[test]
    fn a_table_lines_up() {
        let mut table = Table::new("Rates", &["who", "1"]);
        table.rows.push(vec!["ours".to_owned(), "12,345".to_owned()]);
        let mut text = String::new();
        table.write(&mut text);
        assert_eq!(text, "Rates:\n\n| who  |      1 |\n| ---- | -----: |\n| ours | 12,345 |\n\n");
    }
}
