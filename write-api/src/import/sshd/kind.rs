//! Lines that are no password attempt, by kind.

use std::fmt;

/// What a line is that is no password attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Nothing but blanks.
    Blank,
    /// A note of the logging system itself: `-- Boot … --`, a rotated log's first line.
    LogNote,
    /// A line without the header of a known log format.
    Unrecognised,
    /// A line of another program.
    OtherProgram,
    /// A repetition of a line that is no password attempt.
    Repetition,
    /// An attempt with another method than a password, or with none.
    OtherMethod,
    /// A right password that was not enough by itself.
    PartialSuccess,
    /// The name tried has no account.
    InvalidUser,
    /// PAM's view of what sshd also tells.
    Pam,
    /// A connection made, refused or lost.
    Connection,
    /// A connection ended.
    Disconnection,
    /// A name of the address that does not lead back to it.
    ReverseMapping,
    /// A session opened or closed.
    Session,
    /// The server's own life.
    Server,
    /// An error or another note of sshd.
    Other,
}

/// How sshd's messages begin; the first that fits decides.
const BEGINNINGS: &[(&str, Kind)] = &[
    ("Partial password for ", Kind::PartialSuccess),
    ("Failed ", Kind::OtherMethod),
    ("Accepted ", Kind::OtherMethod),
    ("Partial ", Kind::OtherMethod),
    ("Postponed ", Kind::OtherMethod),
    ("Invalid user ", Kind::InvalidUser),
    ("Illegal user ", Kind::InvalidUser),
    ("input_userauth_request: ", Kind::InvalidUser),
    ("User ", Kind::InvalidUser),
    ("pam_unix(sshd:session)", Kind::Session),
    ("pam_systemd(sshd:session)", Kind::Session),
    ("pam_", Kind::Pam),
    ("PAM", Kind::Pam),
    ("error: PAM", Kind::Pam),
    ("Received disconnect ", Kind::Disconnection),
    ("error: Received disconnect ", Kind::Disconnection),
    ("Disconnect", Kind::Disconnection),
    ("error: maximum authentication attempts", Kind::Disconnection),
    ("Connection ", Kind::Connection),
    ("Did not receive identification", Kind::Connection),
    ("Unable to negotiate", Kind::Connection),
    ("banner exchange: ", Kind::Connection),
    ("error: kex_exchange_identification", Kind::Connection),
    ("reverse mapping checking", Kind::ReverseMapping),
    ("Address ", Kind::ReverseMapping),
    ("Starting session", Kind::Session),
    ("Close session", Kind::Session),
    ("subsystem request", Kind::Session),
    ("Server listening", Kind::Server),
    ("Received signal", Kind::Server),
    ("Received SIG", Kind::Server),
];

impl Kind {
    /// The kind of a message of sshd that is no password attempt.
    pub(super) fn of_message(text: &[u8]) -> Self {
        BEGINNINGS
            .iter()
            .find(|(beginning, _)| text.starts_with(beginning.as_bytes()))
            .map_or(Self::Other, |(_, kind)| *kind)
    }

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Blank => "blank",
            Self::LogNote => "log-note",
            Self::Unrecognised => "unrecognised",
            Self::OtherProgram => "other-program",
            Self::Repetition => "repetition",
            Self::OtherMethod => "other-method",
            Self::PartialSuccess => "partial-success",
            Self::InvalidUser => "invalid-user",
            Self::Pam => "pam",
            Self::Connection => "connection",
            Self::Disconnection => "disconnection",
            Self::ReverseMapping => "reverse-mapping",
            Self::Session => "session",
            Self::Server => "server",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
