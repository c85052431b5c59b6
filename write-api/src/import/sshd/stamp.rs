//! The dates that stand in front of log lines.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Utc};

/// A date as a line has it, as far as the line tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stamp {
    /// Year and offset are given.
    Instant(DateTime<Utc>),
    /// The offset is not.
    Civil(NaiveDateTime),
    /// Neither is (RFC 3164 §4.1.2).
    Yearless {
        /// 1 to 12.
        month: u32,
        /// 1 to 31; whether the month has it is the year's to say.
        day: u32,
        /// The time of day.
        time: NaiveTime,
    },
}

/// Why there is no date to be had of the start of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoStamp {
    /// It has no date's form.
    Form,
    /// It has, and no calendar or clock has this one.
    Value,
}

/// Reads the date at the start of a line; gives it and what comes after.
///
/// Understood are RFC 3164 (`Dec 10 06:55:46`, with a year or a fraction of a second too, names in English or
/// French), RFC 3339 and its kin (`T` or a space between, offset with or without a colon, or none), `journalctl`'s
/// `short-full` and `short-unix`, and `ctime`'s order. A leap second counts as the one before it.
pub(super) fn stamp(line: &[u8]) -> Result<(Stamp, &[u8]), NoStamp> {
    let (first, rest) = word(line);
    let weekday = WEEKDAYS.contains(&first.strip_suffix(b",").unwrap_or(first));
    let text = if weekday { rest } else { line }.trim_ascii_start();
    let (first, rest) = word(text);
    if let Some(month) = month(first) {
        return with_month_name(month, rest);
    }
    if first.get(4) == Some(&b'-') {
        return iso(text, weekday);
    }
    unix(first).map(|at| (Stamp::Instant(at), rest)).ok_or(NoStamp::Form)
}

const WEEKDAYS: [&[u8]; 14] = [
    b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun", b"lun.", b"mar.", b"mer.", b"jeu.", b"ven.", b"sam.",
    b"dim.",
];

const MONTHS: [[&str; 2]; 12] = [
    ["Jan", "janv."],
    ["Feb", "févr."],
    ["Mar", "mars"],
    ["Apr", "avril"],
    ["May", "mai"],
    ["Jun", "juin"],
    ["Jul", "juil."],
    ["Aug", "août"],
    ["Sep", "sept."],
    ["Oct", "oct."],
    ["Nov", "nov."],
    ["Dec", "déc."],
];

fn month(name: &[u8]) -> Option<u32> {
    (1..).zip(MONTHS).find(|(_, names)| names.iter().any(|known| known.as_bytes() == name)).map(|(month, _)| month)
}

/// `10 06:55:46`, `10 2023 06:55:46`, `10 06:55:46.123`, `10 06:55:46 2023`, after the month.
fn with_month_name(month: u32, text: &[u8]) -> Result<(Stamp, &[u8]), NoStamp> {
    let (day, text) = word(text);
    let day = number(day, 1..=2).ok_or(NoStamp::Form)?;
    let (year, text) = match word(text) {
        (year, rest) if year.len() == 4 => (Some(number(year, 4..=4).ok_or(NoStamp::Form)?), rest),
        _ => (None, text),
    };
    let (time, rest) = time(text.trim_ascii_start())?;
    let (year, rest) = match (year, word(rest)) {
        (None, (last, after)) if last.len() == 4 && number(last, 4..=4).is_some() => (number(last, 4..=4), after),
        _ => (year, rest),
    };
    match year {
        Some(year) => Ok((Stamp::Civil(date(year, month, day)?.and_time(time)), rest)),
        None if (1..=31).contains(&day) => Ok((Stamp::Yearless { month, day, time }, rest)),
        None => Err(NoStamp::Value),
    }
}

/// `2023-12-10T06:55:46.123456+01:00`; where a weekday stood in front, a zone's short name may come after a space.
fn iso(text: &[u8], weekday: bool) -> Result<(Stamp, &[u8]), NoStamp> {
    let (day, text) = text.split_at_checked(10).ok_or(NoStamp::Form)?;
    let mut parts = day.splitn(3, |byte| *byte == b'-');
    let mut part = |digits| parts.next().and_then(|part| number(part, digits..=digits)).ok_or(NoStamp::Form);
    let (year, month, day) = (part(4)?, part(2)?, part(2)?);
    let text = text.strip_prefix(b"T").or_else(|| text.strip_prefix(b" ")).ok_or(NoStamp::Form)?;
    let (time, rest) = time(text)?;
    let civil = date(year, month, day)?.and_time(time);
    match offset(rest, weekday)? {
        Some((offset, rest)) => {
            let at = offset.from_local_datetime(&civil).single().ok_or(NoStamp::Value)?;
            Ok((Stamp::Instant(at.with_timezone(&Utc)), rest))
        }
        None => Ok((Stamp::Civil(civil), rest)),
    }
}

/// The offset at the start of the text, if there is one.
fn offset(text: &[u8], named: bool) -> Result<Option<(FixedOffset, &[u8])>, NoStamp> {
    if let Some(rest) = text.strip_prefix(b"Z") {
        return Ok(Some((Utc.fix(), rest)));
    }
    let after_space = text.strip_prefix(b" ").unwrap_or(text);
    let (sign, digits) = match after_space.split_first() {
        Some((b'+', digits)) => (1, digits),
        Some((b'-', digits)) => (-1, digits),
        _ if named => return Ok(zone_name(word(text))),
        _ => return Ok(None),
    };
    let Some((hours, minutes, rest)) = hours_and_minutes(digits) else { return Ok(None) };
    let seconds = sign * (hours * 3600 + minutes * 60).cast_signed();
    FixedOffset::east_opt(seconds).filter(|_| minutes < 60).map(|offset| Some((offset, rest))).ok_or(NoStamp::Value)
}

fn hours_and_minutes(text: &[u8]) -> Option<(u32, u32, &[u8])> {
    let (hours, rest) = text.split_at_checked(2)?;
    let (minutes, rest) = rest.strip_prefix(b":").unwrap_or(rest).split_at_checked(2)?;
    Some((number(hours, 2..=2)?, number(minutes, 2..=2)?, rest))
}

fn zone_name<'a>((name, rest): (&[u8], &'a [u8])) -> Option<(FixedOffset, &'a [u8])> {
    let hours = match name {
        b"UTC" | b"GMT" => 0,
        b"CET" => 1,
        b"CEST" => 2,
        _ => return None,
    };
    FixedOffset::east_opt(hours * 3600).map(|offset| (offset, rest))
}

/// `06:55:46`, with a fraction after a dot or a comma.
fn time(text: &[u8]) -> Result<(NaiveTime, &[u8]), NoStamp> {
    let (clock, rest) = text.split_at_checked(8).ok_or(NoStamp::Form)?;
    let mut parts = clock.splitn(3, |byte| *byte == b':');
    let mut part = || parts.next().and_then(|part| number(part, 2..=2)).ok_or(NoStamp::Form);
    let (hour, minute, second) = (part()?, part()?, part()?);
    let second = if second == 60 { 59 } else { second };
    let (nanos, rest) = match rest.split_first() {
        Some((b'.' | b',', fraction)) => {
            let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let (digits, rest) = fraction.split_at_checked(digits).ok_or(NoStamp::Form)?;
            (nanoseconds(digits), rest)
        }
        _ => (0, rest),
    };
    NaiveTime::from_hms_nano_opt(hour, minute, second, nanos).map(|time| (time, rest)).ok_or(NoStamp::Value)
}

fn nanoseconds(digits: &[u8]) -> u32 {
    digits
        .iter()
        .copied()
        .chain(std::iter::repeat(b'0'))
        .take(9)
        .fold(0, |nanos, digit| nanos * 10 + u32::from(digit - b'0'))
}

/// Seconds since 1970 with six decimals: `1702191346.123456`.
fn unix(text: &[u8]) -> Option<DateTime<Utc>> {
    let (seconds, micros) = text.split_at_checked(text.len().checked_sub(7)?)?;
    let micros = number(micros.strip_prefix(b".")?, 6..=6)?;
    let seconds = number(seconds, 9..=9).or_else(|| number(seconds, 10..=10).filter(|seconds| *seconds < u32::MAX))?;
    DateTime::from_timestamp(i64::from(seconds), micros * 1000)
}

fn date(year: u32, month: u32, day: u32) -> Result<NaiveDate, NoStamp> {
    NaiveDate::from_ymd_opt(year.cast_signed(), month, day).ok_or(NoStamp::Value)
}

/// The first word, blanks before it passed over, and all that comes after it.
pub(super) fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let text = text.trim_ascii_start();
    let end = text.iter().position(|byte| *byte == b' ').unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, &[]))
}

/// A decimal number of so many digits and nothing else.
pub(super) fn number(text: &[u8], digits: std::ops::RangeInclusive<usize>) -> Option<u32> {
    if !digits.contains(&text.len()) || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}
