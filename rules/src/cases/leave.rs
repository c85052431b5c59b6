//! Cases of annual leave: right, fractionnement, longest absence, carry-over, payment.

use chrono::Datelike;

use super::input::{Input, count, date, euro, flag, half_days, missing, months_of_year, quota, weekly_days};
use super::value::Value;
use super::{Answer, Reason, Wanted};
use crate::annual_leave::Service;
use crate::carry_over::{Acquired, Hindrance};
use crate::consecutive::AbsenceKind;
use crate::leave_cost::LeaveCost;
use crate::quantity::{HalfDays, Ratio, whole};

pub(super) fn entitlement(input: &mut Input<'_>) -> Result<Answer, Reason> {
    let rule = input.rules(None)?.annual_leave()?;
    let months = input.optional("months_of_service", months_of_year)?.unwrap_or(whole(12));
    let share = input.optional("quotity_percent", quota)?;
    let days = if input.optional("annualised", flag)? == Some(true) {
        input.immaterial("weekly_days", weekly_days)?;
        let share = share.ok_or_else(|| missing("quotity_percent"))?;
        rule.annualised(share, months)
    } else {
        rule.of_services(&[Service { weekly_days: input.required("weekly_days", weekly_days)?, months }])
    };
    Ok(vec![("days", days.into())])
}

pub(super) fn fractionnement(input: &mut Input<'_>) -> Result<Answer, Reason> {
    let rule = input.rules(None)?.fractionnement()?;
    let taken = input.required("ca_days_taken_outside_may_oct", half_days)?;
    input.immaterial("quotity_percent", quota)?;
    input.immaterial("weekly_days", weekly_days)?;
    input.immaterial("rtt_days_taken_outside_may_oct", half_days)?;
    Ok(vec![("days", rule.bonus(taken).into())])
}

pub(super) fn fractionnement_of_request(input: &mut Input<'_>) -> Result<Answer, Reason> {
    let schedule = input.schedule()?;
    let periods = input.periods()?;
    let rule = input.rules(periods.first().map(|period| period.start().date))?.fractionnement()?;
    let calendar = input.bench().book.calendar();
    let taken: HalfDays = periods.iter().map(|period| LeaveCost::of(*period, &schedule, calendar).total()).sum();
    let outside =
        periods.iter().map(|period| rule.out_of_season(*period, &schedule, calendar).total()).sum::<HalfDays>();
    let bonus = rule.bonus_by_year(&periods, &schedule, calendar);
    Ok(vec![
        ("leave_days", taken.into()),
        ("days_outside_period", outside.into()),
        ("bonus_days_by_year", bonus.into_iter().collect()),
    ])
}

pub(super) fn max_consecutive_days(input: &mut Input<'_>) -> Result<Answer, Reason> {
    let schedule = input.schedule()?;
    let periods = input.periods()?;
    let rule = input.rules(periods.first().map(|period| period.start().date))?.consecutive_absence()?;
    let leaves: Vec<_> = periods.into_iter().map(|period| (AbsenceKind::AnnualLeave, period)).collect();
    let stretches = rule.stretches(&leaves, &schedule, input.bench().book.calendar());
    let longest = stretches.iter().rev().max_by_key(|stretch| stretch.length).ok_or_else(|| {
        Reason::new(
            "input.requests : aucun jour travaillé dans les demandes",
            "input.requests: nothing is worked in the requests",
        )
    })?;
    Ok(vec![
        ("absence_days", longest.length.into()),
        ("first_day", longest.first_day().into()),
        ("return_day", longest.return_day().into()),
        ("allowed", rule.allows(longest).into()),
    ])
}

pub(super) fn carry_over(input: &mut Input<'_>) -> Result<Answer, Reason> {
    let return_date = input.required("return_date", date)?;
    let rules = input.rules(Some(return_date))?;
    let rule = rules.carry_over()?;
    let weekly = input.required("weekly_days", weekly_days)?;
    let months = input.optional("months_of_service", months_of_year)?.unwrap_or(whole(12));
    let entitled = match input.optional("ca_entitled", half_days)? {
        Some(entitled) => entitled,
        None => rules.annual_leave()?.of_services(&[Service { weekly_days: weekly, months }]),
    };
    let taken = input.required("taken_before", half_days)?;
    let hindrance = input.required("reason", hindrance)?;
    let carried = rule.carry(hindrance, weekly, entitled, taken)?;
    let year = match input.optional("acquired_in_year", count)? {
        Some(year) => i32::try_from(year)?,
        None => return_date.year() - 1,
    };
    let until = |during_absence| rule.usable_until(hindrance, return_date, Acquired { year, during_absence });
    Ok(vec![
        ("unused", carried.unused.into()),
        ("carried", carried.carried.into()),
        ("lost", carried.lost.into()),
        ("usable_until_if_acquired_before_leave", until(false)?.into()),
        ("usable_until_if_acquired_during_leave", until(true)?.into()),
    ])
}

pub(super) fn end_of_service_indemnity(input: &mut Input<'_>) -> Result<Answer, Reason> {
    let rule = input.rules(None)?.end_of_service_indemnity()?;
    let gross_month = input.required("gross_month_eur", euro)?;
    let days = input.required("days", half_days)?;
    let reason = input.optional("reason", hindrance)?.unwrap_or(Hindrance::Sickness);
    let weekly: Ratio = input.optional("weekly_days", weekly_days)?.unwrap_or(whole(5));
    let paid = rule.paid_days(days, reason, weekly);
    Ok(vec![
        ("per_day_eur", rule.per_day(gross_month).into()),
        ("paid_days", paid.into()),
        ("total_eur", rule.total(gross_month, paid).into()),
    ])
}

fn hindrance(value: &Value) -> Result<Hindrance, Wanted> {
    match value {
        Value::Text(text) if text == "sick" || text == "sickness" => Ok(Hindrance::Sickness),
        Value::Text(text) if text == "family" => Ok(Hindrance::Family),
        _ => Err(Wanted("sick ou family", "sick or family")),
    }
}
