//! What came of an HR base.

use super::Outcome;
use super::files::Files;
use crate::import::table::BadRow;
use serde::Serialize;
use std::fmt;

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
        writeln!(
            f,
            "  {} rows: {} units, {} terms of office, {} employments ({} in service now) with {} assignments and titles",
            self.rows, self.units, self.terms_of_office, self.employments, self.in_service, self.statements
        )?;
        writeln!(f, "  not told, so by convention: officials at full time, Monday to Friday, 39 hours a week")?;
        if !self.not_read.is_empty() {
            writeln!(f, "  not read: {}", self.not_read.join(", "))?;
        }
        writeln!(f, "  {} rows that are wrong", self.bad.len())?;
        self.bad.iter().try_for_each(|bad| writeln!(f, "    {bad}"))
    }
}
