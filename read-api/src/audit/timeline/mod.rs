//! A picture of login attempts and suspensions over time, as SVG that needs nothing from outside.
//!
//! Time runs from left to right; each of the names most often tried has a row, the others share the last one. What came
//! of an attempt is told by shape and place as well as by colour, and everything that the picture says stands in its
//! `<desc>` too (WCAG 2.2, success criteria 1.1.1 and 1.4.1).
//!
//! ```
//! use chrono::DateTime;
//! use read_api::audit::timeline::{Attempt, Outcome, svg};
//!
//! let at = DateTime::from_timestamp(1_449_730_548, 0).unwrap_or_default();
//! let attempt = Attempt { at, name: "root".to_owned(), outcome: Outcome::Failed };
//! assert!(svg(&[attempt], &[], 12).starts_with("<svg "));
//! ```

mod axis;
mod rows;
mod text;

use axis::Axis;
use chrono::{DateTime, Utc};
use rows::{Row, rows};
use std::collections::BTreeSet;
use std::fmt::Write;
use text::{clock, label, listed, whole};
use web::counted;

/// One login attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// When.
    pub at: DateTime<Utc>,
    /// The name tried, or what stands for it; any text.
    pub name: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Turned away without comparing the password.
    Refused,
    /// The password was compared and wrong.
    Failed,
    /// The password was compared and right.
    Succeeded,
}

/// One suspension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspension {
    /// From when on.
    pub at: DateTime<Utc>,
    /// Until when; none while it lasts.
    pub until: Option<DateTime<Utc>>,
    /// The name suspended, written as in [`Attempt::name`].
    pub name: String,
}

const WIDTH: f64 = 1000.0;
const NAME_RIGHT: f64 = 176.0;
const COUNT_RIGHT: f64 = 222.0;
const PLOT_LEFT: f64 = 236.0;
const PLOT_RIGHT: f64 = 980.0;
const HEAD: f64 = 122.0;
const ROW: f64 = 30.0;
const FOOT: f64 = 52.0;

/// The room that a suspension's time takes beside its mark.
const TIME_WIDTH: f64 = 58.0;

const STYLE: &str = "\
text{font-family:system-ui,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;font-size:13px;fill:#1d2530}\
.title{font-size:20px;font-weight:600}.quiet{fill:#556070;font-size:12px}.time{fill:#a3152a;font-size:11px;font-weight:600}\
.others{font-style:italic}.end{text-anchor:end}.middle{text-anchor:middle}\
.paper{fill:#fff}.band{fill:#f3f5f8}.grid{stroke:#d5dae1;stroke-width:1}\
.refused{stroke:#7a8594;stroke-width:1.5;fill:none}.failed{fill:#1f5fbf;stroke:#fff;stroke-width:.75}\
.succeeded{fill:#0b7a45;stroke:#fff;stroke-width:1}.suspended{fill:#a3152a;fill-opacity:.1}\
.suspension{stroke:#a3152a;stroke-width:2}.flag{fill:#a3152a}\
@media (prefers-color-scheme:dark){text{fill:#e6eaf0}.quiet{fill:#a4afbd}.time{fill:#ff9aa6}.paper{fill:#12161c}\
.band{fill:#1a2028}.grid{stroke:#333c48}.refused{stroke:#8d99a8}.failed{fill:#6ea8ff;stroke:#12161c}\
.succeeded{fill:#3ddc91;stroke:#12161c}.suspended{fill:#ff6b7d;fill-opacity:.16}.suspension{stroke:#ff6b7d}.flag{fill:#ff6b7d}}";

/// Draws attempts and suspensions, in any order: a row for each of the `top` names most often tried, one for the rest.
///
/// The size of the answer does not grow with the number of attempts beyond what can be told apart on screen.
#[must_use]
pub fn svg(attempts: &[Attempt], suspensions: &[Suspension], top: usize) -> String {
    let axis = Axis::over(
        attempts.iter().map(|attempt| attempt.at).chain(suspensions.iter().map(|suspension| suspension.at)),
        PLOT_LEFT,
        PLOT_RIGHT,
    );
    let rows = rows(attempts, suspensions, top);
    let mut picture = Picture(String::new());
    let bottom = tops().nth(rows.len()).unwrap_or(HEAD);
    let height = bottom + FOOT;
    picture.add(format_args!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" role=\"img\" aria-labelledby=\"title desc\">"
    ));
    picture.add(format_args!(
        "<title id=\"title\">Tentatives de connexion et suspensions · Login attempts and suspensions</title>"
    ));
    picture.add(format_args!("<desc id=\"desc\">{}</desc>", description(attempts, suspensions, &rows, axis.as_ref())));
    picture.add(format_args!("<style>{STYLE}</style><rect class=\"paper\" width=\"{WIDTH}\" height=\"{height}\"/>"));
    picture.head(attempts, suspensions);
    if let Some(axis) = &axis {
        for top in tops().take(rows.len()).step_by(2) {
            picture.add(format_args!("<rect class=\"band\" x=\"0\" y=\"{top}\" width=\"{WIDTH}\" height=\"{ROW}\"/>"));
        }
        picture.axis(axis, bottom);
        for (row, top) in rows.iter().zip(tops()) {
            picture.row(row, axis, top);
        }
    } else {
        picture.add(format_args!("<text x=\"24\" y=\"{y}\">Aucune tentative · No attempt</text>", y = HEAD + 24.0));
    }
    picture.0.push_str("</svg>\n");
    picture.0
}

/// The pixel that a place falls on: what shares one is drawn once.
fn pixel(x: f64) -> i64 {
    x.round() as i64
}

/// The upper ends of the rows.
fn tops() -> impl Iterator<Item = f64> {
    std::iter::successors(Some(HEAD), |top| Some(top + ROW))
}

/// The document as it grows.
struct Picture(String);

impl Picture {
    fn add(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a `String` does not fail.
        let _ = self.0.write_fmt(element);
        self.0.push('\n');
    }

    /// The title, the numbers, and the legend.
    fn head(&mut self, attempts: &[Attempt], suspensions: &[Suspension]) {
        let count = |outcome| attempts.iter().filter(|attempt| attempt.outcome == outcome).count();
        self.add(format_args!(
            "<text class=\"title\" x=\"24\" y=\"36\">Tentatives de connexion et suspensions</text>\
             <text class=\"quiet\" x=\"24\" y=\"56\">Login attempts and suspensions</text>"
        ));
        let legend = [
            (24.0, Some(Outcome::Failed), ["échec", "échecs"], ["failure", "failures"], count(Outcome::Failed)),
            (
                206.0,
                Some(Outcome::Succeeded),
                ["réussite", "réussites"],
                ["success", "successes"],
                count(Outcome::Succeeded),
            ),
            (
                388.0,
                Some(Outcome::Refused),
                ["refusée sans comparer le mot de passe", "refusées sans comparer le mot de passe"],
                ["refused without comparing the password"; 2],
                count(Outcome::Refused),
            ),
            (760.0, None, ["suspension", "suspensions"], ["suspension", "suspensions"], suspensions.len()),
        ];
        for (x, outcome, [fr_one, fr_many], [en_one, en_many], count) in legend {
            let (french, english) = (counted::fr(count, fr_one, fr_many), counted::en(count, en_one, en_many));
            match outcome {
                Some(Outcome::Refused) => self.mark(Outcome::Refused, x + 6.0, 78.0),
                Some(outcome) => self.mark(outcome, x + 6.0, 85.0),
                None => self.suspension_mark(x + 4.0, 74.0, 96.0),
            }
            self.add(format_args!(
                "<text x=\"{x:.0}\" y=\"89\">{french}</text><text class=\"quiet\" x=\"{x:.0}\" \
                 y=\"105\">{english}</text>",
                x = x + 20.0
            ));
        }
    }

    fn axis(&mut self, axis: &Axis, bottom: f64) {
        for tick in axis.ticks() {
            let x = tick.x;
            self.add(format_args!(
                "<path class=\"grid\" d=\"M{x:.1} {HEAD}V{bottom}\"/>\
                 <text class=\"quiet middle\" x=\"{x:.1}\" y=\"{}\">{}</text>",
                bottom + 18.0,
                tick.label
            ));
        }
        self.add(format_args!("<text class=\"quiet\" x=\"24\" y=\"{}\">{} (UTC)</text>", bottom + 18.0, axis.dates()));
        self.add(format_args!(
            "<text class=\"quiet\" x=\"24\" y=\"{}\">Une ligne par nom, avec ses tentatives · One row a name, with its \
             attempts</text>",
            bottom + 38.0
        ));
    }

    fn row(&mut self, row: &Row<'_>, axis: &Axis, top: f64) {
        let middle = top + ROW / 2.0;
        let baseline = middle + 4.5;
        let (class, name) = match row.name {
            Some(name) => ("end", label(name)),
            None => ("end others", format!("{} autres · others", row.names)),
        };
        self.add(format_args!(
            "<g><title>{}</title><text class=\"{class}\" x=\"{NAME_RIGHT}\" y=\"{baseline}\">{name}</text>\
             <text class=\"quiet end\" x=\"{COUNT_RIGHT}\" y=\"{baseline}\">{}</text>",
            row.summary(),
            row.attempts.len()
        ));
        self.suspensions(row, axis, top);
        self.attempts(row, axis, middle);
        self.add(format_args!("</g>"));
    }

    /// Bands while suspensions last, where the row is of one name; then a mark and the time of each, where it fits.
    fn suspensions(&mut self, row: &Row<'_>, axis: &Axis, top: f64) {
        let mut shown = row.suspensions.clone();
        shown.dedup_by_key(|suspension| pixel(axis.x(suspension.at)));
        for suspension in shown.iter().filter(|_| row.name.is_some()) {
            let from = axis.x(suspension.at);
            let until = suspension.until.map_or(PLOT_RIGHT, |until| axis.x(until));
            self.add(format_args!(
                "<rect class=\"suspended\" x=\"{from:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>",
                top + 2.0,
                (until - from).max(0.0),
                ROW - 4.0
            ));
        }
        let mut free = PLOT_LEFT;
        for suspension in shown {
            let x = axis.x(suspension.at);
            self.suspension_mark(x, top + 1.0, top + ROW - 1.0);
            let (start, class) = if x + TIME_WIDTH > PLOT_RIGHT { (x - TIME_WIDTH, "time end") } else { (x, "time") };
            if start >= free {
                let text_x = if class == "time" { x + 6.0 } else { x - 6.0 };
                self.add(format_args!(
                    "<text class=\"{class}\" x=\"{text_x:.1}\" y=\"{:.1}\">{}</text>",
                    top + 10.5,
                    clock(suspension.at)
                ));
                free = start + TIME_WIDTH;
            }
        }
    }

    /// The attempts of a row, the rarer outcomes on top; of those that share a place, one.
    fn attempts(&mut self, row: &Row<'_>, axis: &Axis, middle: f64) {
        let mut drawn = BTreeSet::new();
        let mut marks = row.attempts.clone();
        marks.sort_by_key(|attempt| (attempt.outcome, attempt.at));
        for attempt in marks {
            let x = axis.x(attempt.at);
            if drawn.insert((attempt.outcome, pixel(x))) {
                self.mark(attempt.outcome, x, middle);
            }
        }
    }

    /// A bar below the middle, a disc or a diamond: told apart without colour.
    fn mark(&mut self, outcome: Outcome, x: f64, y: f64) {
        match outcome {
            Outcome::Refused => {
                self.add(format_args!("<path class=\"refused\" d=\"M{x:.1} {:.1}v8\"/>", y + 3.0));
            }
            Outcome::Failed => {
                self.add(format_args!("<circle class=\"failed\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/>"));
            }
            Outcome::Succeeded => {
                self.add(format_args!("<path class=\"succeeded\" d=\"M{x:.1} {:.1}l7 7l-7 7l-7-7z\"/>", y - 7.0))
            }
        }
    }

    fn suspension_mark(&mut self, x: f64, top: f64, bottom: f64) {
        self.add(format_args!(
            "<path class=\"suspension\" d=\"M{x:.1} {top:.1}V{bottom:.1}\"/>\
             <path class=\"flag\" d=\"M{x:.1} {top:.1}h5l-5 5z\"/>"
        ));
    }
}

/// The picture in words, French first.
fn description(attempts: &[Attempt], suspensions: &[Suspension], rows: &[Row<'_>], axis: Option<&Axis>) -> String {
    let Some(axis) = axis else { return "Aucune tentative. No attempt.".to_owned() };
    let count = |outcome| attempts.iter().filter(|attempt| attempt.outcome == outcome).count();
    let (failed, succeeded, refused) = (count(Outcome::Failed), count(Outcome::Succeeded), count(Outcome::Refused));
    let (all, dates, suspended) = (attempts.len(), axis.dates(), suspensions.len());
    let names: usize = rows.iter().map(|row| row.names).sum();
    let list = listed(
        rows.iter()
            .filter(|row| row.name.is_some())
            .flat_map(|row| &row.suspensions)
            .map(|suspension| format!("{} {}", whole(&suspension.name), clock(suspension.at))),
    );
    format!(
        "{dates} (UTC) : {} sur {}, {}, {}, {} sans comparer le mot de passe ; {}. \
         {} at {}, {}, {}, {refused} refused without comparing the password; {}. {list}",
        counted::fr(all, "tentative", "tentatives"),
        counted::fr(names, "nom", "noms"),
        counted::fr(failed, "échec", "échecs"),
        counted::fr(succeeded, "réussite", "réussites"),
        counted::fr(refused, "refusée", "refusées"),
        counted::fr(suspended, "suspension", "suspensions"),
        counted::en(all, "attempt", "attempts"),
        counted::en(names, "name", "names"),
        counted::en(failed, "failure", "failures"),
        counted::en(succeeded, "success", "successes"),
        counted::en(suspended, "suspension", "suspensions"),
    )
}

#[cfg(test)]
mod tests;
