//! What came of each thing that clients did over HTTP.

use measure::load::{Measured, Rounds};
use measure::report::section::{grouped, tenths, whole};

/// The rounds of everything that is measured here, in the order in which it came.
pub struct Figures(pub Vec<(&'static str, Rounds)>);

impl Figures {
    /// None yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a round of something.
    pub fn take(&mut self, round: u32, what: &'static str, measured: Measured) {
        eprintln!("round {round}: {what} {}/s", grouped(measured.rate()));
        match self.0.iter_mut().find(|(known, _)| *known == what) {
            Some((_, rounds)) => rounds.0.push(measured),
            None => self.0.push((what, Rounds(vec![measured]))),
        }
    }

    /// The median rate of something, a second.
    pub fn rate(&self, what: &str) -> f64 {
        self.0.iter().find(|(known, _)| *known == what).map_or(f64::NAN, |(_, rounds)| rounds.rate().median)
    }
}

/// A row of a table: what, how often a second, how long, how many failed.
pub fn row(what: &str, rounds: &Rounds) -> Vec<String> {
    vec![
        what.to_owned(),
        whole(rounds.rate()),
        tenths(rounds.quantile_ms(0.5)),
        tenths(rounds.quantile_ms(0.99)),
        rounds.failures().to_string(),
    ]
}
