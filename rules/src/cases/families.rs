//! Cases of births, adoptions and sick children.

use super::input::{Input, count, date, flag, quota, weekly_days};
use super::value::Value;
use super::{Answer, Reason, Wanted, decimal};
use crate::family::{AdoptionFamily, FirstDay, Pregnancy};

pub(super) fn maternity(input: &mut Input<'_>) -> Result<Answer, Reason> {
    let due = input.required("due_date", date)?;
    let rule = input.rules(Some(due))?.maternity()?;
    let pregnancy = input.required("rank", pregnancy)?;
    let moved = input.optional("weeks_moved_after_birth", count)?.unwrap_or(0);
    let leave = match input.optional("birth_date", date)? {
        Some(born) => rule.leave_after_birth(pregnancy, due, born, moved)?,
        None => rule.leave(pregnancy, due, moved)?,
    };
    Ok(vec![
        ("first_day", leave.first_day.into()),
        ("last_day", leave.last_day.into()),
        ("calendar_days", u32::try_from(leave.calendar_days())?.into()),
    ])
}

fn pregnancy(value: &Value) -> Result<Pregnancy, Wanted> {
    let text = match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => decimal::write(*number),
        _ => String::new(),
    };
    match text.as_str() {
        "1" | "2" | "1-2" => Ok(Pregnancy::FirstOrSecond),
        "twins" => Ok(Pregnancy::Twins),
        "triplets" | "triplets+" => Ok(Pregnancy::TripletsOrMore),
        rank => match rank.trim_end_matches('+').parse::<u8>() {
            Ok(3..=30) => Ok(Pregnancy::ThirdOrLater),
            _ => Err(Wanted("1-2, 3+, twins ou triplets", "1-2, 3+, twins or triplets")),
        },
    }
}

pub(super) fn birth_and_paternity(input: &mut Input<'_>) -> Result<Answer, Reason> {
    let born = input.required("birth", date)?;
    let rule = input.rules(Some(born))?.paternity()?;
    let multiple = input.optional("multiple", flag)?.unwrap_or(false);
    let children = input.optional("children", count)?.unwrap_or(1);
    let first_day = input.optional("start", first_day)?.unwrap_or(FirstDay::DayOfBirth);
    let leave = rule.after_birth(born, multiple || children > 1, first_day, input.bench().book.calendar())?;
    Ok(vec![
        ("birth_leave", leave.birth.into()),
        ("mandatory_paternity", leave.mandatory.into()),
        ("remaining_days", leave.remaining_days.into()),
        ("max_periods", rule.max_periods().into()),
        ("min_days_per_period", rule.min_days_per_period().into()),
        ("window", format!("{} months from birth", rule.window_months()).into()),
        ("window_ends", leave.window_ends.into()),
    ])
}

fn first_day(value: &Value) -> Result<FirstDay, Wanted> {
    match value {
        Value::Text(text) if text == "day of birth" || text == "day of birth or next working day" => {
            Ok(FirstDay::DayOfBirth)
        }
        Value::Text(text) if text == "next working day" => Ok(FirstDay::NextWorkingDay),
        _ => Err(Wanted(
            "\"day of birth or next working day\" ou \"next working day\"",
            "\"day of birth or next working day\" or \"next working day\"",
        )),
    }
}

pub(super) fn adoption(input: &mut Input<'_>) -> Result<Answer, Reason> {
    let rule = input.rules(None)?.adoption()?;
    let family = AdoptionFamily::new(
        input.required("children_adopted", count)?,
        input.optional("children_in_charge", count)?.unwrap_or(0),
    )?;
    let leave = rule.leave(family, input.optional("shared", flag)?.unwrap_or(false));
    Ok(vec![
        ("weeks", u32::from(leave.weeks).into()),
        ("calendar_days", leave.calendar_days().into()),
        ("extra_days_if_shared", leave.extra_days.into()),
    ])
}

pub(super) fn sick_child(input: &mut Input<'_>) -> Result<Answer, Reason> {
    let rule = input.rules(None)?.sick_child()?;
    let weekly = input.optional("weekly_days", weekly_days)?.unwrap_or_else(|| rule.full_time_weekly_days());
    let quota = input.required("quotity_percent", quota)?;
    let alone = input.optional("alone_or_partner_without_right", flag)?.unwrap_or(false);
    let right = rule.days(weekly, quota, alone);
    Ok(vec![("days_exact", right.exact.into()), ("days", right.days.into())])
}
