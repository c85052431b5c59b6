//! What came of importing a log. Names stand here alone, from the file at hand, and nowhere else.

use super::Accounts;
use super::attempts::Outcome;
use super::survey::Survey;
use crate::import::sshd::Reason;
use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;
use web::Text;

/// What came of importing a log of an SSH server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SshdReport {
    /// The file, as it was called.
    pub file: String,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// Password attempts in the log.
    pub attempts: u64,
    /// That the server turned away.
    pub failed: u64,
    /// That it let in.
    pub accepted: u64,
    /// Distinct names tried.
    pub names: u64,
    /// Of them, those of an account.
    pub existing: u64,
    /// Attempts that had a slot: their password would have been compared.
    pub compared: u64,
    /// Attempts turned away after a suspension.
    pub refused: u64,
    /// Attempts that an import had recorded before: of the same file, or of the log before it grew.
    pub known_before: u64,
    /// Suspensions, in order of time.
    pub suspensions: Vec<Suspension>,
    /// Lines of other kinds, by kind.
    pub skipped: BTreeMap<&'static str, u64>,
    /// Lines that should be looked at; `malformed` tells the first thousand.
    pub malformed_lines: u64,
    /// Of them, those of a date before 1990 or in the future. When most lines are, the year given is wrong.
    pub out_of_time: u64,
    /// What is wrong with them.
    pub malformed: Vec<MalformedLine>,
}

/// An account, or a name that none has, after its third failure in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Suspension {
    /// The name, as the log has it.
    pub name: String,
    /// When.
    pub at: DateTime<Utc>,
    /// An account has the name.
    pub existing: bool,
}

/// A line that cannot be read as what it begins as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MalformedLine {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong with it; in JSON, in English.
    #[serde(serialize_with = "in_english")]
    pub reason: Reason,
}

fn in_english<S: Serializer>(reason: &Reason, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(reason)
}

/// What is counted while attempts are recorded.
#[derive(Debug, Default)]
pub(super) struct Tally {
    compared: u64,
    refused: u64,
    known_before: u64,
    suspensions: Vec<Suspension>,
}

impl Tally {
    pub(super) fn add(&mut self, outcome: Outcome) {
        *if outcome.compared { &mut self.compared } else { &mut self.refused } += 1;
        self.known_before += u64::from(outcome.known);
        self.suspensions.extend(outcome.suspended.map(|(name, at, existing)| Suspension {
            name: name.reveal().to_owned(),
            at,
            existing,
        }));
    }
}

impl SshdReport {
    pub(super) fn new(file: &str, survey: Survey, accounts: &Accounts, mut tally: Tally) -> Self {
        tally.suspensions.sort_by(|one, other| (one.at, &one.name).cmp(&(other.at, &other.name)));
        let existing = accounts.values().filter(|(_, exists)| *exists).count();
        Self {
            file: file.to_owned(),
            sha256: HEXLOWER.encode(&survey.sha256),
            attempts: survey.failed + survey.accepted,
            failed: survey.failed,
            accepted: survey.accepted,
            names: survey.names.len() as u64,
            existing: existing as u64,
            compared: tally.compared,
            refused: tally.refused,
            known_before: tally.known_before,
            suspensions: tally.suspensions,
            skipped: survey.skipped.into_iter().map(|(kind, lines)| (kind.as_str(), lines)).collect(),
            malformed_lines: survey.malformed_lines,
            out_of_time: survey.out_of_time,
            malformed: survey.malformed,
        }
    }
}

/// A page to read. Names stand escaped: whoever tried them chose their characters.
impl fmt::Display for SshdReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { attempts, failed, accepted, names, existing, compared, refused, known_before, .. } = *self;
        let skipped: u64 = self.skipped.values().sum();
        writeln!(f, "{}", self.file.escape_debug())?;
        let attempts = Text::counted(attempts, ["tentative", "tentatives"], ["attempt", "attempts"])
            .and(Text::counted(failed, ["échouée", "échouées"], ["failed"; 2]))
            .and(Text::counted(accepted, ["acceptée", "acceptées"], ["accepted"; 2]));
        writeln!(f, "  {attempts}")?;
        let names = Text::counted(names, ["nom", "noms"], ["name", "names"]).and(Text::counted(
            existing,
            ["d’un compte", "de comptes"],
            ["of an account", "of accounts"],
        ));
        writeln!(f, "  {names}")?;
        let compared = Text::counted(
            compared,
            ["mot de passe comparé", "mots de passe comparés"],
            ["password compared", "passwords compared"],
        )
        .and(Text::counted(
            refused,
            ["refusé après suspension", "refusés après suspension"],
            ["refused after suspension"; 2],
        ));
        writeln!(f, "  {compared}")?;
        if known_before > 0 {
            let known = ["connue d’un import précédent de ce fichier", "connues d’un import précédent de ce fichier"];
            writeln!(f, "  {}", Text::counted(known_before, known, ["known from an earlier import of this file"; 2]))?;
        }
        let suspensions = ["suspension", "suspensions"];
        writeln!(f, "  {}", Text::counted(self.suspensions.len(), suspensions, suspensions))?;
        for Suspension { name, at, existing } in &self.suspensions {
            write!(f, "    {}  {}", at.format("%F %T UTC"), name.escape_debug())?;
            match existing {
                true => writeln!(f)?,
                false => writeln!(f, " ({})", Text::new("aucun compte", "no such account"))?,
            }
        }
        writeln!(f, "  {}", Text::counted(skipped, ["autre ligne", "autres lignes"], ["other line", "other lines"]))?;
        for (kind, lines) in &self.skipped {
            writeln!(f, "    {lines:>7}  {kind}")?;
        }
        if self.malformed_lines > 0 {
            let malformed = ["ligne malformée", "lignes malformées"];
            let malformed = Text::counted(self.malformed_lines, malformed, ["malformed line", "malformed lines"]);
            writeln!(f, "  {malformed}")?;
        }
        if self.out_of_time > skipped + self.attempts {
            let year = Text::new(
                "la plupart des lignes sont d’avant 1990 ou à venir : vérifiez l’année donnée (--year)",
                "most lines are of before 1990 or of the future: look at the year given (--year)",
            );
            writeln!(f, "  {year}")?;
        }
        self.malformed
            .iter()
            .try_for_each(|MalformedLine { line, reason }| writeln!(f, "    ligne {line} : {}", reason.text()))
    }
}
