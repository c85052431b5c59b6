//! `intraparis leave`: the ledgers of absences, checked.

use super::answer;
use crate::serve::Service;
use clap::Subcommand;
use events::leave::AbsenceEvent;
use events::{AccountId, DomainEvent, Position};
use futures::TryStreamExt;
use journal::{Reader, Selection};
use migrations::Role;
use rules::Ledger;
use rules::ledger::violations;
use serde::Serialize;
use std::collections::HashMap;
use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use uuid::Uuid;

/// Events between two lines of progress.
const STEP: u64 = 10_000;

/// Check the ledgers of absences.
#[derive(Debug, Subcommand)]
pub enum Leave {
    /// Read every ledger and check that no invariant was ever broken.
    Verify {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

impl Leave {
    /// Checks; the code is 1 when anything was violated.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub async fn run(self, service: Service) -> anyhow::Result<ExitCode> {
        let Self::Verify { json } = self;
        let reader = service.reader(Role::Reader).await?;
        let report = verify(&reader, io::stderr().is_terminal()).await?;
        answer(&report, json)?;
        drop(reader);
        service.close().await?;
        Ok(if report.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// What was read, and what is wrong with it.
#[derive(Debug, Default, Serialize)]
struct Report {
    events: u64,
    ledgers: usize,
    violations: Vec<Found>,
}

/// An event that should not have been recorded.
#[derive(Debug, Serialize)]
struct Found {
    position: Position,
    agent: Uuid,
    event: String,
    violation: String,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} events in {} ledgers, ", self.events, self.ledgers)?;
        if self.violations.is_empty() {
            return write!(f, "no violation");
        }
        write!(f, "{} violations", self.violations.len())?;
        self.violations.iter().try_for_each(|Found { position, agent, event, violation }| {
            write!(f, "\nviolation: {event} at position {position}, agent {agent}: {violation}")
        })
    }
}

/// Folds every ledger side by side, in the journal's order, and holds each event against the ledger before it.
async fn verify(reader: &Reader, progress: bool) -> anyhow::Result<Report> {
    let mut report = Report::default();
    let mut ledgers = HashMap::<Uuid, Ledger>::new();
    let head = reader.last_position().await?;
    let of_absences = Selection { stream_type: Some(AbsenceEvent::STREAM.to_owned()), ..Selection::default() };
    let mut events = reader.events(Selection { until: Some(head), ..of_absences });
    while let Some(recorded) = events.try_next().await? {
        let event: AbsenceEvent = recorded.decode()?;
        let ledger = ledgers.entry(recorded.stream_id).or_default();
        for violation in violations(AccountId::from_uuid(recorded.stream_id), ledger, &event) {
            report.violations.push(Found {
                position: recorded.position,
                agent: recorded.stream_id,
                event: recorded.name.clone(),
                violation: violation.to_string(),
            });
        }
        *ledger = std::mem::take(ledger).after(&event);
        report.events += 1;
        if progress && report.events % STEP == 0 {
            writeln!(io::stderr(), "{} events, position {} of {head}", report.events, recorded.position)?;
        }
    }
    report.ledgers = ledgers.len();
    Ok(report)
}
