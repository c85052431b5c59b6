//! What came of an HR base.

use super::Outcome;
use super::files::Files;
use crate::import::table::BadRow;
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
    /// Files of the folder that leave has no use for.
    pub not_read: Vec<String>,
    /// Rows of which nothing was recorded, with the reason.
    pub bad: Vec<BadRow>,
    /// The staff numbers of those in service, in order.
    #[serde(skip)]
    pub numbers_in_service: Vec<u32>,
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
            not_read: files.not_read.clone(),
            bad: files.bad.clone(),
            numbers_in_service: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Recorded { number, in_service, statements } => {
                self.employments += 1;
                self.statements += statements;
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
        writeln!(
            f,
            "  {}",
            Text::counted(self.bad.len(), ["ligne refusée", "lignes refusées"], ["row refused", "rows refused"])
        )?;
        self.bad.iter().try_for_each(|bad| writeln!(f, "    {bad}"))
    }
}
