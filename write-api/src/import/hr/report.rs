//! What came of an HR base.

use super::Outcome;
use super::files::Files;
use crate::import::table::BadRow;
use crate::leave::Overdrawn;
use rules::HalfDays;
use serde::Serialize;
use std::fmt;
use web::Text;

/// What came of an HR base.
#[derive(Debug, Serialize)]
pub struct HrReport {
    /// Rows read, first lines not counted.
    pub rows: u64,
    /// Units that are open.
    pub units: usize,
    /// Terms of office at the head of a unit.
    pub terms_of_office: usize,
    /// Employments that are recorded.
    pub employments: usize,
    /// Of them, those of people in service now.
    pub in_service: usize,
    /// Assignments and titles in them.
    pub statements: u64,
    /// Counters of which more is used than the employment gives now, for human resources to settle with the agent.
    pub overdrawn: Vec<OverdrawnAgent>,
    /// Files of the folder that leave has no use for.
    pub not_read: Vec<String>,
    /// Rows of which nothing was recorded, with the reason.
    pub bad: Vec<BadRow>,
    /// The staff numbers of those in service, in order.
    #[serde(skip)]
    pub numbers_in_service: Vec<u32>,
}

/// A counter of which an agent has used more than there is.
#[derive(Debug, Serialize)]
pub struct OverdrawnAgent {
    /// His staff number.
    pub number: u32,
    /// The counter, with its year.
    pub counter: String,
    /// By how many half-days.
    pub half_days: u32,
}

impl HrReport {
    pub(super) fn new(files: &Files) -> Self {
        Self {
            rows: files.rows,
            units: 0,
            terms_of_office: 0,
            employments: 0,
            in_service: 0,
            statements: 0,
            overdrawn: Vec::new(),
            not_read: files.not_read.clone(),
            bad: files.bad.clone(),
            numbers_in_service: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Recorded { number, in_service, statements, overdrawn } => {
                self.employments += 1;
                self.statements += statements;
                let of_agent = |Overdrawn { counter, half_days }| OverdrawnAgent { number, counter, half_days };
                self.overdrawn.extend(overdrawn.into_iter().map(of_agent));
                if in_service {
                    self.in_service += 1;
                    self.numbers_in_service.push(number);
                }
            }
            Outcome::Refused(bad) => self.bad.push(bad),
            Outcome::Nowhere(bad) => self.bad.extend(bad),
        }
    }
}

impl fmt::Display for HrReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let read = Text::counted(self.rows, ["ligne", "lignes"], ["row", "rows"])
            .and(Text::counted(self.units, ["unité", "unités"], ["unit", "units"]))
            .and(Text::counted(self.terms_of_office, ["mandat", "mandats"], ["term of office", "terms of office"]))
            .and(Text::counted(self.employments, ["emploi", "emplois"], ["employment", "employments"]))
            .and(Text::counted(self.in_service, ["agent en fonction", "agents en fonction"], ["in service now"; 2]))
            .and(Text::counted(
                self.statements,
                ["affectation ou titre", "affectations et titres"],
                ["assignment or title", "assignments and titles"],
            ));
        writeln!(f, "  {read}")?;
        let conventions = Text::new(
            "les fichiers n’en disent rien, par convention : fonctionnaires à temps plein, du lundi au vendredi, 39 heures",
            "not told, so by convention: officials at full time, Monday to Friday, 39 hours a week",
        );
        writeln!(f, "  {conventions}")?;
        if !self.not_read.is_empty() {
            writeln!(f, "  {} : {}", Text::new("non lus", "not read"), self.not_read.join(", "))?;
        }
        for OverdrawnAgent { number, counter, half_days } in &self.overdrawn {
            let by = HalfDays::new(*half_days);
            let of_agent = Text::made(
                format!("agent {number} : il manque {} à {counter}, à régler avec lui", by.in_french()),
                format!("agent {number}: {counter} lacks {}, to be settled with the agent", by.in_english()),
            );
            writeln!(f, "  {of_agent}")?;
        }
        writeln!(
            f,
            "  {}",
            Text::counted(self.bad.len(), ["ligne refusée", "lignes refusées"], ["row refused", "rows refused"])
        )?;
        self.bad.iter().try_for_each(|bad| writeln!(f, "    {bad}"))
    }
}
