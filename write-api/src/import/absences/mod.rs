//! Absences as another system kept them: each goes through the same decision as one that human resources record, so
//! that no two overlap and none falls where no work was due.

mod report;
mod row;

pub use report::AbsencesReport;

use crate::account::agent_of_staff_number;
use crate::import::Input;
use crate::import::table::{self, BadRow, TableError};
use crate::leave::surroundings::state;
use crate::{WriteApi, leave, problems};
use chrono::{Datelike, Days, NaiveDate};
use commands::Law;
use commands::absence_ledger::{AbsenceCommand, AbsenceLedger, Facts, RecordAbsence, RecordSickness};
use commands::employment::Employment;
use commands::{Execution, NotExecuted};
use data_encoding::HEXLOWER;
use events::leave::LeaveType;
use events::period::{HalfDay, Period};
use events::{AccountId, Actor, Idempotency, LeaveId, Metadata, SicknessId};
use futures::{StreamExt, TryStreamExt, stream};
use row::{Absence, Reason};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use web::{Problem, Text};

const NOBODY: Text = Text::new("la base RH n’a personne de ce numéro", "the HR base has nobody of this number");
const UNSUPPORTED: Text = Text::new("hors des années 1990 à 2099", "outside the years 1990 to 2099");
const NONE_FREE: Text = Text::new(
    "aucun jour de ce mois et de ce jour de semaine n’est libre aussi longtemps",
    "no day of this month and weekday is free for as long",
);
const NO_WORK: Text =
    Text::new("aucun travail n’est dû ce jour de semaine dans ce mois", "no work is due on this weekday in this month");

/// How a file is to be understood.
#[derive(Debug)]
pub struct Reading<'a> {
    /// The file, as it is called.
    pub name: &'a str,
    /// The year of the first row: the file tells months alone, and goes on in the next year where they begin again.
    pub first_year: i32,
    /// The staff number of each person of the file.
    pub people: People,
}

/// Who the persons of a file are.
#[derive(Clone, Debug)]
pub enum People {
    /// A person's number plus this is the staff number.
    Plus(u32),
    /// The staff numbers of persons 1, 2, 3 and so on.
    Listed(Vec<u32>),
}

impl People {
    fn staff_number(&self, person: u32) -> Option<u32> {
        match self {
            Self::Plus(base) => person.checked_add(*base),
            Self::Listed(numbers) => numbers.get(usize::try_from(person.checked_sub(1)?).ok()?).copied(),
        }
    }
}

/// Why a file was not read to its end.
#[derive(Debug, thiserror::Error)]
pub enum AbsencesError {
    /// The file as a whole cannot be read.
    #[error(transparent)]
    Table(#[from] TableError),
    /// Something was not recorded.
    #[error("ce que dit le fichier n’a pas pu être inscrit — what the file says could not be recorded")]
    Recording(#[from] Problem),
}

/// An absence with its line and its year.
#[derive(Clone, Copy, Debug)]
struct Dated {
    line: u64,
    year: i32,
    absence: Absence,
}

/// What a row says of its person: year, month, weekday, half-days and reason.
type Said = (i32, u32, u8, u32, Reason);

impl Dated {
    const fn said(self) -> Said {
        let Absence { month, weekday, half_days, reason, .. } = self.absence;
        (self.year, month, weekday, half_days, reason)
    }
}

/// What came of one row.
enum Outcome {
    Recorded { reason: Reason, half_days: u32 },
    Before,
    Bad(BadRow),
}

/// Records each absence of a file, agents beside each other and each agent's one after the other. A row that is wrong is
/// reported with its line, and hinders no other; what a file said before, the same one or a corrected one, is recorded
/// once.
///
/// # Errors
/// [`AbsencesError`].
pub async fn import_absences(
    api: &WriteApi,
    input: &Input,
    reading: Reading<'_>,
    metadata: &Metadata,
) -> Result<AbsencesReport, AbsencesError> {
    let io = |source| TableError::Io { file: reading.name.to_owned(), source };
    let rows = table::rows(reading.name, input.open().map_err(io)?, &row::COLUMNS)?;
    let mut report = AbsencesReport { rows: rows.len(), ..AbsencesReport::default() };
    let mut of_persons: BTreeMap<u32, Vec<Dated>> = BTreeMap::new();
    let mut calendar = Months { year: reading.first_year, last: None };
    for row in rows {
        let read = row.and_then(|row| {
            let line = row.line;
            let bad = |reason| BadRow { file: reading.name.to_owned(), line, reason };
            let absence = row::read(&row).map_err(bad)?;
            Ok(Dated { line, year: calendar.year_of(absence.month), absence })
        });
        match read {
            Ok(dated) => of_persons.entry(dated.absence.person).or_default().push(dated),
            Err(bad) => report.bad.push(bad),
        }
    }
    let importing = Importing { api, law: api.law().await?, file: reading.name, metadata };
    let mut outcomes = stream::iter(
        of_persons
            .into_iter()
            .map(|(person, absences)| importing.of_person(reading.people.staff_number(person), absences)),
    )
    .buffer_unordered(32);
    while let Some(outcomes) = outcomes.try_next().await? {
        let mut any = false;
        for outcome in outcomes {
            match outcome {
                Outcome::Recorded { reason: Reason::Sickness, half_days } => {
                    (report.sicknesses, report.sick_half_days) =
                        (report.sicknesses + 1, report.sick_half_days + half_days);
                    any = true;
                }
                Outcome::Recorded { reason: Reason::Unjustified, half_days } => {
                    report.other_absences += 1;
                    report.other_half_days += half_days;
                    any = true;
                }
                Outcome::Before => (report.known_before, any) = (report.known_before + 1, true),
                Outcome::Bad(bad) => report.bad.push(bad),
            }
        }
        report.agents += usize::from(any);
    }
    table::sort(&mut report.bad);
    Ok(report)
}

/// The year that a month is of, in a file in the order of time where neighbours may be exchanged.
struct Months {
    year: i32,
    last: Option<u32>,
}

impl Months {
    fn year_of(&mut self, month: u32) -> i32 {
        let last = self.last.unwrap_or(month);
        match (i64::from(last) - i64::from(month), month) {
            (7.., _) => self.year += 1,
            // A straggler of the year before.
            (..=-7, _) => return self.year - 1,
            _ => {}
        }
        self.last = Some(month);
        self.year
    }
}

struct Importing<'a> {
    api: &'a WriteApi,
    law: Law,
    file: &'a str,
    metadata: &'a Metadata,
}

impl Importing<'_> {
    async fn of_person(&self, staff_number: Option<u32>, absences: Vec<Dated>) -> Result<Vec<Outcome>, Problem> {
        let bad = |line, reason: Text| Outcome::Bad(BadRow { file: self.file.to_owned(), line, reason });
        let nobody = |dated: &Dated| bad(dated.line, NOBODY.of("ID"));
        let Some(number) = staff_number else { return Ok(absences.iter().map(nobody).collect()) };
        let agent = agent_of_staff_number(self.api, &number.to_string()).await.map_err(problems::vault)?;
        let (_, employment) = state::<Employment>(self.api, self.metadata, agent, true).await?;
        if !employment.is_known() {
            return Ok(absences.iter().map(nobody).collect());
        }
        let mut outcomes = Vec::with_capacity(absences.len());
        let mut alike: BTreeMap<Said, u32> = BTreeMap::new();
        for dated in absences {
            let before = alike.entry(dated.said()).or_default();
            let key = key(agent, dated.said(), *before)?;
            *before += 1;
            outcomes.push(match self.record(agent, &employment, dated, key).await? {
                Ok(outcome) => outcome,
                Err(reason) => bad(dated.line, reason),
            });
        }
        Ok(outcomes)
    }

    async fn record(
        &self,
        agent: AccountId,
        employment: &rules::Employment,
        dated: Dated,
        key: Idempotency,
    ) -> Result<Result<Outcome, Text>, Problem> {
        let metadata = Metadata { idempotency: Some(key), ..self.metadata.clone() };
        if self.api.journal.recall(&metadata).await.map_err(problems::journal)?.is_some() {
            return Ok(Ok(Outcome::Before));
        }
        let (_, ledger) = state::<AbsenceLedger>(self.api, &metadata, agent, false).await?;
        let Dated { year, absence, .. } = dated;
        let period = match self.first_free(&ledger, employment, year, absence) {
            Ok(period) => period,
            Err(reason) => return Ok(Err(reason)),
        };
        let at = metadata.occurred_at;
        let on = events::date::in_paris(at);
        let facts = Facts { agent, employment: employment.clone(), law: self.law.clone(), on, at };
        let by = Actor::Service;
        let command: AbsenceCommand = match absence.reason {
            Reason::Sickness => {
                RecordSickness { sickness: SicknessId::new(), period, relapse_of: None, details: None, by, facts }
                    .into()
            }
            Reason::Unjustified => RecordAbsence {
                leave: LeaveId::new(),
                leave_type: LeaveType::Unjustified,
                period,
                special_motive: None,
                circumstances: None,
                child: None,
                motive: None,
                by,
                facts,
            }
            .into(),
        };
        match Execution::<AbsenceLedger>::new(&self.api.journal, metadata).on(agent, command).await {
            Ok(_) => Ok(Ok(Outcome::Recorded { reason: absence.reason, half_days: absence.half_days })),
            Err(error @ NotExecuted::Refused(_)) => Ok(Err(leave::problems::absence(error, "").text())),
            Err(NotExecuted::Journal(error)) => Err(problems::journal(error)),
        }
    }

    /// The first day of the month on this weekday from which as many half-days of work are due and free.
    fn first_free(
        &self,
        ledger: &rules::Ledger,
        employment: &rules::Employment,
        year: i32,
        absence: Absence,
    ) -> Result<Period, Text> {
        let Absence { month, weekday, half_days, .. } = absence;
        let first = NaiveDate::from_ymd_opt(year, month, 1).ok_or(UNSUPPORTED)?;
        let away = ledger.away();
        let ahead = (7 + u64::from(weekday) - u64::from(first.weekday().num_days_from_monday())) % 7;
        let mut day = first + Days::new(ahead);
        let mut due_at_all = false;
        while day.month() == month {
            // Twice as long as needed, week-ends and holidays in between.
            let last = day + Days::new(u64::from(half_days) * 2 + 14);
            let span = Period::days(day, last).map_err(|_| UNSUPPORTED)?;
            let due = employment.due(span, self.law.calendar());
            let taken: Vec<HalfDay> = due.iter().take(usize::try_from(half_days).unwrap_or(usize::MAX)).collect();
            let starts = taken.first().is_some_and(|first| first.date == day);
            if let (true, Some(start), Some(end)) = (starts, taken.first(), taken.last()) {
                due_at_all = true;
                if taken.len() == half_days as usize && !taken.iter().any(|at| away.contains(*at)) {
                    return Period::new(*start, *end).map_err(|_| UNSUPPORTED);
                }
            }
            day = day + Days::new(7);
        }
        Err(if due_at_all { NONE_FREE } else { NO_WORK })
    }
}

/// The key of an absence, of which a file says so many alike `before` it: a row that a corrected file leaves as it was is
/// known again, on whatever line.
fn key(agent: AccountId, (year, month, weekday, half_days, reason): Said, before: u32) -> Result<Idempotency, Problem> {
    let said = format!("absences {agent} {year} {month} {weekday} {half_days} {reason:?} {before}");
    let fingerprint: [u8; 32] = Sha256::digest(said).into();
    let key = HEXLOWER.encode(&fingerprint).parse().map_err(Problem::internal)?;
    Ok(Idempotency { key, fingerprint, outcome: b"null".to_vec() })
}
