//! The input of a case, taken field by field: what is missing, of the wrong kind or left over is named.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;

use super::value::Value;
use super::{Bench, Reason, Wanted};
use crate::book::InForce;
use crate::date::supported;
use crate::pattern::WorkSchedule;
use crate::period::{Half, HalfDay, Period};
use crate::quantity::{Cents, HalfDays, Ratio, percent, whole};
use crate::rtt::WorkTime;
use crate::status::{Category, Status};

/// A pattern, by its name or written out.
pub(super) const PATTERN: Wanted = Wanted("un rythme de travail", "a pattern");

/// Reads a value, or says what it should have been.
pub(super) type Read<T> = fn(&Value) -> Result<T, Wanted>;

pub(super) struct Input<'a> {
    bench: &'a Bench<'a>,
    fields: BTreeMap<String, Value>,
    judged_on: NaiveDate,
}

impl<'a> Input<'a> {
    pub(super) fn new(bench: &'a Bench<'a>, fields: BTreeMap<String, Value>) -> Self {
        Self { bench, fields, judged_on: bench.reference }
    }

    pub(super) fn optional<T>(&mut self, key: &str, read: Read<T>) -> Result<Option<T>, Reason> {
        match self.fields.remove(key) {
            None | Some(Value::Nothing) => Ok(None),
            Some(value) => match read(&value) {
                Ok(value) => Ok(Some(value)),
                Err(wanted) => Err(wanted.instead_of(value).of(format_args!("input.{key}"))),
            },
        }
    }

    pub(super) fn required<T>(&mut self, key: &str, read: Read<T>) -> Result<T, Reason> {
        self.optional(key, read)?.ok_or_else(|| missing(key))
    }

    /// Reads fields that a case may give, and by which the rule does not differ.
    pub(super) fn immaterial<T>(&mut self, key: &str, read: Read<T>) -> Result<(), Reason> {
        self.optional(key, read).map(|_| ())
    }

    /// The rules of the case's own date, else of the `date` that it names, else of the reference date.
    pub(super) fn rules(&mut self, own: Option<NaiveDate>) -> Result<InForce<'a>, Reason> {
        let named = self.optional("date", date)?;
        self.judged_on = named.or(own).unwrap_or(self.bench.reference);
        Ok(self.bench.book.at(self.judged_on))
    }

    /// The article of a rule on the date whose rules were asked for last.
    pub(super) fn source(&self, rule: &str) -> &'a str {
        let provision = self.bench.book.at(self.judged_on).provisions().find(|provision| provision.rule == rule);
        provision.map_or("", |provision| provision.source.as_str())
    }

    pub(super) fn bench(&self) -> &'a Bench<'a> {
        self.bench
    }

    /// The schedule named by `pattern`, or written there.
    pub(super) fn schedule(&mut self) -> Result<WorkSchedule, Reason> {
        let value = self.fields.remove("pattern").ok_or_else(|| missing("pattern"))?;
        let cycle = match &value {
            Value::Text(name) => self.bench.patterns.named(name)?,
            Value::Fields(_) => super::patterns::cycle(&value)?,
            _ => return Err(PATTERN.instead_of(value).of("input.pattern")),
        };
        Ok(cycle.into())
    }

    /// The periods of `requests`, each `[first day, last day]` or `[start, half, end, half]`; or the one of `start`,
    /// `start_half`, `end`, `end_half`.
    pub(super) fn periods(&mut self) -> Result<Vec<Period>, Reason> {
        if let Some(requests) = self.fields.remove("requests") {
            let Value::List(requests) = requests else {
                return Err(Wanted("une liste", "a list").instead_of(requests).of("input.requests"));
            };
            let periods: Vec<_> = requests.iter().map(period_of_request).collect::<Result<_, _>>()?;
            return if periods.is_empty() { Err(empty("input.requests")) } else { Ok(periods) };
        }
        let start = HalfDay {
            date: self.required("start", date)?,
            half: self.optional("start_half", half)?.unwrap_or(Half::Morning),
        };
        let end = HalfDay {
            date: self.required("end", date)?,
            half: self.optional("end_half", half)?.unwrap_or(Half::Afternoon),
        };
        Ok(vec![Period::new(start, end)?])
    }

    /// Refuses what no rule has asked for; a note is for people.
    pub(super) fn finish(mut self) -> Result<(), Reason> {
        self.fields.remove("note");
        match self.fields.into_keys().next() {
            Some(key) => Err(unknown(format_args!("input.{key}"))),
            None => Ok(()),
        }
    }
}

/// A field that the rule asks for is not there.
pub(super) fn missing(key: &str) -> Reason {
    Reason::new(format!("input.{key} manque"), format!("input.{key} is missing"))
}

/// A field has nothing in it.
pub(super) fn empty(field: &str) -> Reason {
    Reason::new(format!("{field} est vide"), format!("{field} is empty"))
}

/// A field that the rule does not have.
pub(super) fn unknown(field: impl fmt::Display) -> Reason {
    Reason::new(format!("{field} est inconnu de cette règle"), format!("{field} is unknown to this rule"))
}

fn period_of_request(request: &Value) -> Result<Period, Reason> {
    let wanted = Wanted("[premier jour, dernier jour]", "[first day, last day]");
    let wrong = || wanted.instead_of(request).of("input.requests");
    let Value::List(parts) = request else { return Err(wrong()) };
    let at = |day: &Value, part: &Value| {
        Ok::<_, Reason>(HalfDay { date: date(day).map_err(|_| wrong())?, half: half(part).map_err(|_| wrong())? })
    };
    let (start, end) = match parts.as_slice() {
        [first, last] => (at(first, &"AM".into())?, at(last, &"PM".into())?),
        [start, start_half, end, end_half] => (at(start, start_half)?, at(end, end_half)?),
        _ => return Err(wrong()),
    };
    Ok(Period::new(start, end)?)
}

fn number(value: &Value, wanted: Wanted, fits: impl Fn(Ratio) -> bool) -> Result<Ratio, Wanted> {
    match value {
        Value::Number(number) if fits(*number) => Ok(*number),
        _ => Err(wanted),
    }
}

fn text<T>(value: &Value, wanted: Wanted, read: impl Fn(&str) -> Option<T>) -> Result<T, Wanted> {
    match value {
        Value::Text(text) => read(text),
        _ => None,
    }
    .ok_or(wanted)
}

pub(super) fn flag(value: &Value) -> Result<bool, Wanted> {
    match value {
        Value::Flag(flag) => Ok(*flag),
        _ => Err(Wanted("true ou false", "true or false")),
    }
}

pub(super) fn date(value: &Value) -> Result<NaiveDate, Wanted> {
    let read = |text: &str| written_date(text).ok();
    let wanted = Wanted("une date de 1990 à 2099 écrite 2026-12-31", "a date of 1990 to 2099 written 2026-12-31");
    text(value, wanted, read)
}

/// A date written `2026-12-31`, in a supported year.
pub(super) fn written_date(text: &str) -> Result<NaiveDate, Reason> {
    if text.len() != 10 {
        return Err(Wanted("une date écrite 2026-12-31", "a date written 2026-12-31").instead_of(format!("{text:?}")));
    }
    let wrong = |_| Wanted("une date", "a date").instead_of(format!("{text:?}"));
    Ok(supported(text.parse().map_err(wrong)?)?)
}

pub(super) fn half(value: &Value) -> Result<Half, Wanted> {
    text(value, Wanted("AM ou PM", "AM or PM"), |text| match text {
        "AM" => Some(Half::Morning),
        "PM" => Some(Half::Afternoon),
        _ => None,
    })
}

pub(super) fn count(value: &Value) -> Result<u32, Wanted> {
    let wanted = Wanted("un nombre entier de 0 à 100000", "a whole number from 0 to 100000");
    let number = number(value, wanted, |number| number.is_integer())?;
    u32::try_from(number.to_integer()).ok().filter(|count| *count <= 100_000).ok_or(wanted)
}

pub(super) fn half_days(value: &Value) -> Result<HalfDays, Wanted> {
    let wanted = Wanted("un nombre de jours et demi-jours de 0 à 10000", "a number of days in halves, from 0 to 10000");
    let number = number(value, wanted, |days| days <= whole(10_000))?;
    HalfDays::exactly(number).ok_or(wanted)
}

pub(super) fn weekly_days(value: &Value) -> Result<Ratio, Wanted> {
    let wanted = Wanted("un nombre de jours de plus de 0 à 7", "a number of days above 0 and up to 7");
    number(value, wanted, |days| whole(0) < days && days <= whole(7))
}

pub(super) fn months_of_year(value: &Value) -> Result<Ratio, Wanted> {
    let wanted = Wanted("un nombre de mois de 0 à 12", "a number of months from 0 to 12");
    number(value, wanted, |months| whole(0) <= months && months <= whole(12))
}

pub(super) fn quota(value: &Value) -> Result<Ratio, Wanted> {
    let wanted = Wanted("un pourcentage de plus de 0 à 100", "a percentage above 0 and up to 100");
    let in_percent = number(value, wanted, |quota| whole(0) < quota && quota <= whole(100))?;
    Ok(in_percent * percent(1))
}

pub(super) fn euro(value: &Value) -> Result<Cents, Wanted> {
    let wanted = Wanted(
        "une somme de 0 à un million d’euros, en centimes entiers",
        "an amount of euro from 0 to a million, in whole cents",
    );
    let euro = number(value, wanted, |euro| whole(0) <= euro && euro <= whole(1_000_000))?;
    let cents = euro * whole(100);
    cents.is_integer().then(|| i64::try_from(cents.to_integer()).ok()).flatten().map(Cents::new).ok_or(wanted)
}

pub(super) fn work_time(value: &Value) -> Result<WorkTime, Wanted> {
    let wanted = Wanted(
        "une durée de travail, comme \"37h30\" ou un nombre d’heures",
        "a working time, as \"37h30\" or a number of hours",
    );
    match value {
        Value::Text(text) => text.parse().map_err(|_| wanted),
        Value::Number(hours) => {
            let minutes = *hours * whole(60);
            let fits = minutes.is_integer() && *hours <= whole(9_999);
            fits.then(|| u32::try_from(minutes.to_integer()).ok()).flatten().map(WorkTime::minutes).ok_or(wanted)
        }
        _ => Err(wanted),
    }
}

pub(super) fn status(value: &Value) -> Result<Status, Wanted> {
    let wanted = Wanted("fonctionnaire, stagiaire ou contractuel", "fonctionnaire, stagiaire or contractuel");
    text(value, wanted, |text| match text {
        "fonctionnaire" | "titulaire" => Some(Status::Official),
        "stagiaire" => Some(Status::Trainee),
        "contractuel" => Some(Status::Contract),
        _ => None,
    })
}

pub(super) fn category(value: &Value) -> Result<Category, Wanted> {
    text(value, Wanted("A, B ou C", "A, B or C"), |text| match text {
        "A" => Some(Category::A),
        "B" => Some(Category::B),
        "C" => Some(Category::C),
        _ => None,
    })
}
