//! The header of a log line: when, on which host, by which program.

use super::message::{begins_as_attempt, text_of};
use super::stamp::{NoStamp, Stamp, stamp, word};
use std::borrow::Cow;

/// A line as a logging system wrote it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record<'a> {
    pub(super) stamp: Stamp,
    pub(super) host: Option<String>,
    pub(super) body: Body<'a>,
}

/// What follows the date and the host.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Body<'a> {
    /// A message of OpenSSH's server.
    Sshd {
        /// The process.
        pid: Option<u32>,
        /// The message.
        message: Cow<'a, [u8]>,
    },
    /// A message of another program.
    OtherProgram,
    /// `last message repeated 3 times`: the number's digits.
    LastRepeated(&'a [u8]),
    /// No program's name where one should be.
    Unrecognised,
}

/// Reads the header of a line of text.
///
/// Understood are the files of rsyslog, syslog-ng, sysklogd, BusyBox, the BSDs, macOS, Solaris and AIX, RFC 5424,
/// `journalctl`'s short outputs, and what `sshd -e` writes behind a date (containers, Windows).
pub(super) fn record(line: &[u8]) -> Result<Record<'_>, NoStamp> {
    let (line, rfc5424) = without_priority(line);
    let (stamp, rest) = stamp(line).or_else(|no_stamp| match word(line) {
        // Windows writes the process in front.
        (pid, rest) if !pid.is_empty() && pid.iter().all(u8::is_ascii_digit) => stamp(rest.trim_ascii_start()),
        _ => Err(no_stamp),
    })?;
    let (host, body) = if rfc5424 { structured(rest) } else { traditional(rest) };
    Ok(Record { stamp, host, body })
}

/// The line without its `<34>`, and whether the version of RFC 5424 §6.2.2 followed it.
fn without_priority(line: &[u8]) -> (&[u8], bool) {
    let Some(rest) = line.strip_prefix(b"<") else { return (line, false) };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    match rest.split_at_checked(digits) {
        Some((digits, rest)) if (1..=3).contains(&digits.len()) => match rest.strip_prefix(b">") {
            Some(rest) => rest.strip_prefix(b"1 ").map_or((rest, false), |rest| (rest, true)),
            None => (line, false),
        },
        _ => (line, false),
    }
}

/// `HOST APP PROCID MSGID STRUCTURED-DATA MSG` (RFC 5424 §6).
fn structured(text: &[u8]) -> (Option<String>, Body<'_>) {
    let (host, text) = word(text);
    let (program, text) = word(text);
    let (pid, text) = word(text);
    let (_, text) = word(text);
    let host = (host != b"-").then(|| text_of(host));
    let Some(message) = after_structured_data(text.trim_ascii_start()) else { return (host, Body::Unrecognised) };
    let message = message.strip_prefix(b"\xef\xbb\xbf").unwrap_or(message);
    if !is_sshd(program) {
        return (host, Body::OtherProgram);
    }
    (host, Body::Sshd { pid: process(pid), message: message.into() })
}

fn after_structured_data(text: &[u8]) -> Option<&[u8]> {
    if let Some(rest) = text.strip_prefix(b"-") {
        return Some(rest.trim_ascii_start());
    }
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            b' ' if !quoted && at.checked_sub(1).and_then(|before| text.get(before)) == Some(&b']') => {
                return text.get(at..).map(<[u8]>::trim_ascii_start);
            }
            _ => {}
        }
    }
    None
}

/// `[FACILITY.LEVEL ][HOST ][FACILITY.LEVEL ]PROGRAM[PID]: MSG`, or the message alone.
fn traditional(text: &[u8]) -> (Option<String>, Body<'_>) {
    let text = after_facility(text.trim_ascii_start());
    let text = CONTAINER_STREAMS.iter().find_map(|stream| text.strip_prefix(*stream)).unwrap_or(text);
    if let Some(body) = body(text) {
        return (None, body);
    }
    let text = text.strip_prefix(b"Message forwarded from ").unwrap_or(text);
    let (host, rest) = word(text);
    let host = host.strip_suffix(b":").unwrap_or(host);
    let body = body(after_facility(rest.trim_ascii_start())).unwrap_or(Body::Unrecognised);
    ((!host.is_empty()).then(|| text_of(host)), body)
}

/// What Kubernetes writes behind the date of a whole line.
const CONTAINER_STREAMS: [&[u8]; 2] = [b"stderr F ", b"stdout F "];

const FACILITIES: [&[u8]; 6] = [b"auth", b"authpriv", b"security", b"daemon", b"user", b"syslog"];

pub(super) const LEVELS: [&[u8]; 10] =
    [b"debug", b"info", b"notice", b"warn", b"warning", b"err", b"error", b"crit", b"alert", b"emerg"];

/// The text without the `auth.info` of BusyBox, the `auth|security:info` of AIX, the `<auth.info>` or `<4.6>` of
/// FreeBSD.
fn after_facility(text: &[u8]) -> &[u8] {
    if let Some(rest) = bracketed(text, b'<', b'>') {
        return rest;
    }
    let (first, rest) = word(text);
    let mut parts = first.rsplit(|byte| b".|:".contains(byte));
    let level = parts.next().is_some_and(|level| LEVELS.contains(&level));
    let mut facilities = parts.peekable();
    if level
        && facilities.peek().is_some()
        && facilities.all(|part| part.starts_with(b"local") || FACILITIES.contains(&part))
    {
        return rest.trim_ascii_start();
    }
    text
}

fn body(text: &[u8]) -> Option<Body<'_>> {
    if begins_as_attempt(text) {
        return Some(Body::Sshd { pid: None, message: text.into() });
    }
    if let Some(digits) = last_repeated(text) {
        return Some(Body::LastRepeated(digits));
    }
    let (tag, rest) = word(text);
    let tag = tag.strip_suffix(b":")?;
    let (program, pid) = match tag.iter().position(|byte| *byte == b'[') {
        Some(at) => {
            let (program, pid) = tag.split_at_checked(at)?;
            (program, process(pid.strip_prefix(b"[")?.strip_suffix(b"]")?))
        }
        None => (tag, None),
    };
    if !is_sshd(program) {
        return Some(Body::OtherProgram);
    }
    let message = rest.strip_prefix(b" ").unwrap_or(rest);
    // Solaris writes `[ID 800047 auth.info]`, macOS the library: `(libpam.2.dylib)`.
    let message = message.strip_prefix(b"[ID ").and_then(after_bracket).unwrap_or(message);
    Some(Body::Sshd { pid, message: bracketed(message, b'(', b')').unwrap_or(message).into() })
}

fn after_bracket(text: &[u8]) -> Option<&[u8]> {
    let end = text.iter().position(|byte| *byte == b']')?;
    text.get(end + 1..).map(<[u8]>::trim_ascii_start)
}

/// What comes after a first word in such brackets.
fn bracketed(text: &[u8], open: u8, close: u8) -> Option<&[u8]> {
    let (first, rest) = word(text);
    (first.first() == Some(&open) && first.last() == Some(&close)).then(|| rest.trim_ascii_start())
}

/// `last message repeated 3 times`, on macOS between dashes: the number's digits.
pub(super) fn last_repeated(text: &[u8]) -> Option<&[u8]> {
    let text = text.strip_prefix(b"--- ").unwrap_or(text);
    let (digits, rest) = word(text.strip_prefix(b"last message repeated ")?);
    (rest.starts_with(b" time")).then_some(digits)
}

/// OpenSSH's server, as Solaris and Apple call it too; since 9.8 sessions, and since 10.0 authentications, run in programs of their own. `journalctl -o
/// with-unit` names the unit instead.
pub(super) fn is_sshd(program: &[u8]) -> bool {
    let name = program.rsplit(|byte| *byte == b'/').next().unwrap_or(program);
    let name = name.split(|byte| *byte == b'(').next().unwrap_or(name);
    matches!(
        name,
        b"sshd" | b"in.sshd" | b"com.openssh.sshd" | b"sshd-session" | b"sshd-auth" | b"ssh.service" | b"sshd.service"
    )
}

fn process(digits: &[u8]) -> Option<u32> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}
