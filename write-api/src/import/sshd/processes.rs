//! What each process said last, for `sshd[1]: last message repeated 3 times`: other processes may have written since.

use super::Attempt;
use std::collections::VecDeque;

/// Processes that are remembered, the one longest silent forgotten first: more than write between a message and its
/// repetition.
const MOST: usize = 64;

/// The last message of each process that wrote lately.
#[derive(Debug, Default)]
pub(super) struct Processes(VecDeque<Said>);

#[derive(Debug)]
struct Said {
    pid: Option<u32>,
    host: Option<String>,
    /// None for a message that is no attempt.
    attempt: Option<Attempt>,
}

impl Processes {
    /// The attempt that was the last message of this process, if it was one.
    pub(super) fn last(&self, host: Option<&str>, pid: Option<u32>) -> Option<&Attempt> {
        self.place(host, pid).and_then(|place| self.0.get(place)?.attempt.as_ref())
    }

    /// Notes what this process says.
    pub(super) fn said(&mut self, host: Option<String>, pid: Option<u32>, attempt: Option<Attempt>) {
        let before = self.place(host.as_deref(), pid);
        if let Some(place) = before.or_else(|| (self.0.len() >= MOST).then_some(0)) {
            self.0.remove(place);
        }
        self.0.push_back(Said { pid, host, attempt });
    }

    fn place(&self, host: Option<&str>, pid: Option<u32>) -> Option<usize> {
        self.0.iter().position(|said| said.pid == pid && said.host.as_deref() == host)
    }
}
