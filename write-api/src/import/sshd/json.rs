//! Lines in JSON: `journalctl -o json`, and the files of Docker's `json-file` driver.

use super::record::{Body, Record, is_sshd, record};
use super::stamp::{NoStamp, Stamp, stamp};
use chrono::DateTime;
use serde::Deserialize;
use std::borrow::Cow;

#[derive(Deserialize)]
struct Object {
    #[serde(rename = "__REALTIME_TIMESTAMP")]
    microseconds: Option<String>,
    #[serde(rename = "_HOSTNAME")]
    host: Option<String>,
    #[serde(rename = "SYSLOG_IDENTIFIER")]
    identifier: Option<String>,
    #[serde(rename = "_COMM")]
    command: Option<String>,
    #[serde(rename = "_PID")]
    pid: Option<String>,
    #[serde(rename = "MESSAGE")]
    message: Option<Text>,
    /// Docker's line.
    log: Option<String>,
    /// Docker's date.
    time: Option<String>,
}

/// The journal writes what is not UTF-8 as an array of bytes.
#[derive(Deserialize)]
#[serde(untagged)]
enum Text {
    Text(String),
    Bytes(Vec<u8>),
}

/// Reads one object as a line of text would be.
pub(super) fn json_record(line: &[u8]) -> Result<Record<'static>, NoStamp> {
    let object: Object = serde_json::from_slice(line).map_err(|_| NoStamp::Form)?;
    match object {
        Object { microseconds: Some(microseconds), message: Some(message), host, identifier, command, pid, .. } => {
            let microseconds = microseconds.parse().map_err(|_| NoStamp::Value)?;
            let at = DateTime::from_timestamp_micros(microseconds).ok_or(NoStamp::Value)?;
            let body = if identifier.or(command).is_some_and(|program| is_sshd(program.as_bytes())) {
                let message = match message {
                    Text::Text(text) => text.into_bytes(),
                    Text::Bytes(bytes) => bytes,
                };
                Body::Sshd { pid: pid.and_then(|pid| pid.parse().ok()), message: Cow::Owned(message) }
            } else {
                Body::OtherProgram
            };
            Ok(Record { stamp: Stamp::Instant(at), host, body })
        }
        Object { log: Some(log), time: Some(time), .. } => docker(&log, &time),
        _ => Err(NoStamp::Form),
    }
}

/// A container's line: what `sshd -e` wrote, or a whole line of a syslog inside, which then has its own date.
fn docker(log: &str, time: &str) -> Result<Record<'static>, NoStamp> {
    let log = log.trim_end().as_bytes();
    if let Ok(Record { stamp, host, body: Body::Sshd { pid, message } }) = record(log) {
        return Ok(Record { stamp, host, body: Body::Sshd { pid, message: message.into_owned().into() } });
    }
    let (stamp, _) = stamp(time.as_bytes())?;
    Ok(Record { stamp, host: None, body: Body::Sshd { pid: None, message: log.to_vec().into() } })
}
