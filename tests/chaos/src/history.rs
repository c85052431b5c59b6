//! What the clients of a round asked and were answered: all that the service may be held to.

use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A moment of the harness's own monotonic clock, in microseconds since the round began.
pub type Moment = u64;

/// Everything that clients and readers saw in one round.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Commands, each with all its attempts.
    pub commands: Vec<Command>,
    /// Reads of one account.
    pub reads: Vec<Read>,
    /// Reads of one leave.
    pub leaves_read: Vec<LeaveRead>,
    /// What readers of the journal's order saw.
    pub sights: Vec<Sight>,
    /// Merkle roots as they were seen, each with the number of events that it is over.
    pub roots: Vec<(i64, Vec<u8>)>,
    /// Answers that no fault excuses: neither what was asked for, nor 503.
    pub unexcused: Vec<String>,
    /// Checkpoints and rows as they were seen, in one snapshot each.
    pub glimpses: Vec<Glimpse>,
    /// Projections that an operator had rebuilt.
    pub rebuilds: Vec<Rebuild>,
}

impl History {
    /// When each command was first sent, by its trace: it may have been done from then on, however often it was sent.
    #[must_use]
    pub fn first_sent(&self) -> BTreeMap<Uuid, Moment> {
        let mut first_sent: BTreeMap<Uuid, Moment> = BTreeMap::new();
        for command in &self.commands {
            let first = first_sent.entry(command.trace).or_insert(command.begun);
            *first = command.begun.min(*first);
        }
        first_sent
    }
}

/// A rebuild that an operator asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebuild {
    /// The projection.
    pub projection: &'static str,
    /// Whether he was told that it is done.
    pub done: bool,
}

/// What a command asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// To open an account.
    Provision,
    /// To give a role to an account.
    Grant(Uuid, &'static str),
    /// To take a role from an account.
    Revoke(Uuid, &'static str),
    /// To lift the suspension of an account.
    Reactivate(Uuid),
    /// To be absent from the first day to the last.
    RequestLeave {
        /// Whose leave it is, and who asks.
        agent: Uuid,
        /// The first day.
        first: NaiveDate,
        /// The last day.
        last: NaiveDate,
    },
    /// To approve a leave, of an agent.
    ApproveLeave {
        /// The agent.
        agent: Uuid,
        /// The leave.
        leave: Uuid,
    },
    /// To take a leave of an agent's back.
    WithdrawLeave {
        /// The agent.
        agent: Uuid,
        /// The leave.
        leave: Uuid,
    },
    /// To log in to an account with its password, or with another.
    LogIn {
        /// The account.
        account: Uuid,
        /// Whether the password is its own.
        right: bool,
    },
}

/// What a client was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is done: the position, where the answer tells one, and what it is about.
    Done {
        /// `position` of the answer.
        position: Option<i64>,
        /// `account` or `leave` of the answer.
        about: Option<Uuid>,
    },
    /// It is not done, for this reason: the last part of the problem's `type`.
    Refused(String),
    /// A 5xx, a broken connection, no answer: it may be done or not.
    Unknown,
}

/// A command, sent under one idempotency key and one trace until there is an answer.
#[derive(Clone, Debug)]
pub struct Command {
    /// The trace id, which is the idempotency key as well where the command takes one.
    pub trace: Uuid,
    /// What it asks for.
    pub ask: Ask,
    /// When it was first sent.
    pub begun: Moment,
    /// When the last answer came.
    pub ended: Moment,
    /// The answers, in their order.
    pub answers: Vec<Answer>,
}

impl Command {
    /// The first acknowledgement.
    #[must_use]
    pub fn done(&self) -> Option<(Option<i64>, Option<Uuid>)> {
        self.answers.iter().find_map(|answer| match answer {
            Answer::Done { position, about } => Some((*position, *about)),
            Answer::Refused(_) | Answer::Unknown => None,
        })
    }

    /// Whether some attempt has no known end.
    #[must_use]
    pub fn in_doubt(&self) -> bool {
        self.answers.is_empty() || self.answers.contains(&Answer::Unknown)
    }
}

/// A read of one account.
#[derive(Clone, Debug)]
pub struct Read {
    /// The account.
    pub account: Uuid,
    /// `At-Least-Position`: that of a write that was acknowledged before.
    pub at_least: i64,
    /// When it was sent.
    pub begun: Moment,
    /// When the answer came.
    pub ended: Moment,
    /// `Journal-Position` of the answer.
    pub shown: i64,
    /// What it showed; none for 404.
    pub found: Option<Found>,
}

/// A read of one leave, by its agent.
#[derive(Clone, Debug)]
pub struct LeaveRead {
    /// The agent.
    pub agent: Uuid,
    /// The leave.
    pub leave: Uuid,
    /// `At-Least-Position`: that of a write that was acknowledged before.
    pub at_least: i64,
    /// When the answer came.
    pub ended: Moment,
    /// `Journal-Position` of the answer.
    pub shown: i64,
    /// `status` of the answer; none for 404.
    pub status: Option<String>,
}

/// An account as it was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its roles.
    pub roles: BTreeSet<String>,
    /// Its failures.
    pub failures: u64,
    /// Whether it is suspended.
    pub suspended: bool,
}

/// A stretch of the journal as one reader saw it.
#[derive(Clone, Debug)]
pub struct Sight {
    /// Who: for the report.
    pub reader: String,
    /// Whether it reads the audit trail; else the journal itself.
    pub of_the_trail: bool,
    /// It asked for what comes after this position.
    pub after: i64,
    /// What it was given: position and event id, in the order given.
    pub events: Vec<(i64, Uuid)>,
    /// The position up to which it was told that this is all; none for one who was cut off.
    pub until: Option<i64>,
}

/// A projection in one snapshot of the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glimpse {
    /// The checkpoint of the audit trail.
    pub checkpoint: i64,
    /// How many rows the trail has.
    pub rows: i64,
    /// The last position among them.
    pub last: i64,
}
