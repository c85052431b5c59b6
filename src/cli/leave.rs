//! `intraparis leave`: the ledgers of absences, checked.

use super::answer;
use super::said::said;
use crate::serve::Service;
use anyhow::Context;
use chrono::NaiveDate;
use clap::Subcommand;
use events::employment::EmploymentEvent;
use events::leave::{AbsenceEvent, Counter};
use events::quantity::HalfDays;
use events::rule_set::RuleSetEvent;
use events::{AccountId, DomainEvent, Position};
use futures::TryStreamExt;
use journal::{Reader, Recorded, Selection};
use migrations::Role;
use rules::ledger::{Activated, Overdraft, acted_wrongly, miscounted, unlawful, violations};
use rules::{Employment, Ledger, RuleBook};
use serde::{Serialize, Serializer};
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use uuid::Uuid;
use web::Text;
use web::language::Language;

/// Positions between two lines of progress.
const STEP: i64 = 10_000;

/// Check the ledgers of absences.
#[derive(Debug, Subcommand)]
pub enum Leave {
    /// Read every ledger, count it again by the rules that it names, and check that no invariant was ever broken.
    Verify {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

impl Leave {
    /// Checks; the code is 1 when anything was violated, or a counter is overdrawn.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub async fn run(self, service: &mut Service) -> anyhow::Result<ExitCode> {
        let Self::Verify { json } = self;
        let reader = service.reader(Role::Reader).await?;
        let report = verify(&reader, io::stderr().is_terminal()).await?;
        answer(&report, json)?;
        let sound = report.violations.is_empty() && report.overdrawn.is_empty();
        Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// What was read, and what is wrong with it.
#[derive(Debug, Default, Serialize)]
struct Report {
    events: u64,
    ledgers: usize,
    violations: Vec<Found>,
    overdrawn: Vec<Overdrawn>,
}

/// A counter of which more is used than there is, by what is recorded now and the rules in force.
#[derive(Debug, Serialize)]
struct Overdrawn {
    agent: Uuid,
    counter: Counter,
    half_days: HalfDays,
    /// The first day on which it is used.
    first: NaiveDate,
    /// The last.
    last: NaiveDate,
}

/// An event that should not have been recorded.
#[derive(Debug, Serialize)]
struct Found {
    position: Position,
    agent: Uuid,
    event: String,
    #[serde(serialize_with = "in_english")]
    violation: Text,
}

fn in_english<S: Serializer>(violation: &Text, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(violation.said_in(Language::English))
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let read = Text::counted(self.events, ["événement", "événements"], ["event", "events"])
            .and(Text::counted(self.ledgers, ["registre", "registres"], ["ledger", "ledgers"]))
            .and(Text::counted(self.violations.len(), ["anomalie", "anomalies"], ["violation", "violations"]))
            .and(Text::counted(
                self.overdrawn.len(),
                ["compteur à découvert", "compteurs à découvert"],
                ["counter overdrawn", "counters overdrawn"],
            ));
        write!(f, "{read}")?;
        self.violations.iter().try_for_each(|Found { position, agent, event, violation }| {
            write!(f, "\n{event}, position {position}, agent {agent} : {violation}")
        })?;
        self.overdrawn.iter().try_for_each(|Overdrawn { agent, counter, half_days, first, last }| {
            let lacking = Text::made(
                format!("il manque {} à {counter}, utilisé du {first} au {last}", half_days.in_french()),
                format!("{counter}, used from {first} to {last}, lacks {}", half_days.in_english()),
            );
            write!(f, "\nagent {agent} : {lacking}")
        })
    }
}

/// Folds every ledger side by side, in the journal's order, with the employments and the rules that it rests on, and
/// holds each event against what was so before it.
async fn verify(reader: &Reader, progress: bool) -> anyhow::Result<Report> {
    let mut report = Report::default();
    let mut then = Then::new()?;
    let head = reader.last_position().await?;
    let kinds = [AbsenceEvent::KINDS, EmploymentEvent::KINDS, RuleSetEvent::KINDS].concat();
    let names = kinds.into_iter().map(|(name, _)| name.to_owned()).collect();
    let mut events = reader.events(Selection { until: Some(head), names, ..Selection::default() });
    while let Some(recorded) = events.try_next().await? {
        let found = then.hold(&recorded).with_context(|| {
            let position = recorded.position;
            Text::made(format!("l’événement en {position}"), format!("the event at {position}"))
        })?;
        report.violations.extend(found.into_iter().map(|violation| Found {
            position: recorded.position,
            agent: recorded.stream_id,
            event: recorded.name.clone(),
            violation,
        }));
        report.events += u64::from(recorded.is::<AbsenceEvent>());
        if progress && recorded.position.get() % STEP == 0 {
            writeln!(io::stderr(), "position {} / {head}", recorded.position)?;
        }
    }
    report.ledgers = then.ledgers.len();
    report.overdrawn = then.overdrawn();
    Ok(report)
}

/// What was so when an event was recorded.
struct Then {
    ledgers: HashMap<Uuid, Ledger>,
    employments: HashMap<Uuid, Employment>,
    activated: Activated,
    /// The rules that this build carries: those of what was recorded before any were activated.
    carried: RuleBook,
}

impl Then {
    fn new() -> anyhow::Result<Self> {
        let (ledgers, employments) = (HashMap::new(), HashMap::new());
        Ok(Self { ledgers, employments, activated: Activated::default(), carried: RuleBook::embedded()? })
    }

    /// What is wrong with an event; the next is held against what it made of all this.
    fn hold(&mut self, recorded: &Recorded) -> anyhow::Result<Vec<Text>> {
        match recorded.stream_type.as_str() {
            EmploymentEvent::STREAM => {
                let event = recorded.decode()?;
                let employment = self.employments.entry(recorded.stream_id).or_default();
                *employment = std::mem::take(employment).after(&event);
                let wrong = unlawful(&event, self.activated.in_force().unwrap_or(&self.carried));
                return Ok(wrong.iter().map(said).collect());
            }
            RuleSetEvent::STREAM => {
                let RuleSetEvent::RuleSetActivated { version, files } = recorded.decode()?;
                let book = RuleBook::parse(files.iter().map(|file| (file.name.as_str(), file.text.as_str())))?;
                self.activated.activate(version, book);
            }
            AbsenceEvent::STREAM => return self.hold_absence(recorded),
            _ => {}
        }
        Ok(Vec::new())
    }

    /// What is overdrawn once everything is recorded.
    fn overdrawn(&self) -> Vec<Overdrawn> {
        let (book, unknown) = (self.activated.in_force().unwrap_or(&self.carried), Employment::default());
        let ledgers: BTreeMap<_, _> = self.ledgers.iter().collect();
        let of_agent = |(agent, ledger): (&Uuid, &Ledger)| {
            let (agent, employment) = (*agent, self.employments.get(agent).unwrap_or(&unknown));
            let row = move |Overdraft { counter, by: half_days, first, last }| Overdrawn {
                agent,
                counter,
                half_days,
                first,
                last,
            };
            ledger.overdrafts(book, employment).into_iter().map(row)
        };
        ledgers.into_iter().flat_map(of_agent).collect()
    }

    fn hold_absence(&mut self, recorded: &Recorded) -> anyhow::Result<Vec<Text>> {
        let event: AbsenceEvent = match recorded.decode() {
            Ok(event) => event,
            Err(unreadable) => return Ok(vec![said(&unreadable)]),
        };
        let agent = AccountId::from_uuid(recorded.stream_id);
        let ledger = self.ledgers.entry(recorded.stream_id).or_default();
        let employment = self.employments.entry(recorded.stream_id).or_default();
        let mut found = violations(agent, ledger, &event);
        found.extend(acted_wrongly(agent, recorded.actor()?, &event));
        found.extend(miscounted(ledger, &event, employment, &self.activated));
        *ledger = std::mem::take(ledger).after(&event);
        Ok(found.iter().map(said).collect())
    }
}
