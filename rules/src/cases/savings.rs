//! Cases of the time-savings account and of RTT.

use super::input::{Input, category, count, half_days, quota, status, work_time};
use super::{Answer, Reason};
use crate::cet::{Silence, YearOfLeave};
use crate::quantity::{HalfDays, Rounding, percent, whole};

pub(super) fn cet_deposit(input: &mut Input<'_>) -> Result<Answer, Reason> {
    let rule = input.rules(None)?.cet_feeding()?;
    let balance = input.required("cet_balance", half_days)?;
    let year = YearOfLeave {
        entitled: input.required("ca_entitled", half_days)?,
        fractionnement: input.optional("fractionnement", half_days)?.unwrap_or_default(),
        taken: input.required("ca_taken", half_days)?,
        rtt_left: input.optional("rtt_unused", half_days)?.unwrap_or_default(),
    };
    let quota = input.optional("quotity_percent", quota)?.unwrap_or(percent(100));
    let deposit = rule.largest_deposit(balance, year, quota);
    Ok(vec![
        ("ca_depositable", deposit.annual_leave.into()),
        ("max_total_deposit", deposit.total.into()),
        ("balance_after", deposit.balance_after.into()),
    ])
}

pub(super) fn cet_options(input: &mut Input<'_>) -> Result<Answer, Reason> {
    let rules = input.rules(None)?;
    let balance = input.required("cet_balance_31_dec", half_days)?;
    let category = input.required("category", category)?;
    let options = rules.cet_options()?.of(balance, input.required("status", status)?);
    let silence = match options.silence {
        Silence::Nothing => "none",
        Silence::Pension => "RAFP",
        Silence::Paid => "paid",
    };
    Ok(vec![
        ("leave_only_days", options.leave_only.into()),
        ("optional_days", options.optional.into()),
        ("gross_if_all_paid_eur", rules.cet_rates()?.paid(options.optional, category).into()),
        ("rafp_value_if_all_eur", rules.cet_rates()?.pension(options.optional, category).into()),
        ("default_if_no_option", silence.into()),
    ])
}

pub(super) fn rtt_days(input: &mut Input<'_>) -> Result<Answer, Reason> {
    let rule = input.rules(None)?.rtt()?;
    let weekly = input.required("weekly", work_time)?;
    let quota = input.optional("quotity_percent", quota)?.unwrap_or(percent(100));
    Ok(vec![
        ("days_exact", rule.exact_days(weekly, quota)?.into()),
        ("days_rounded_up_half", HalfDays::from_days(rule.exact_days(weekly, quota)?, Rounding::Up).into()),
        ("days", rule.days(weekly, quota)?.into()),
    ])
}

pub(super) fn rtt_after_sickness(input: &mut Input<'_>) -> Result<Answer, Reason> {
    let rules = input.rules(None)?;
    let quota = input.optional("quotity_percent", quota)?.unwrap_or(percent(100));
    let (full_time_days, right) = match input.optional("rtt_days", count)? {
        Some(days) => (days, HalfDays::from_days(whole(days) * quota, Rounding::Up)),
        None => {
            let weekly = input.required("weekly", work_time)?;
            (rules.rtt()?.full_time_days(weekly)?, rules.rtt()?.days(weekly, quota)?)
        }
    };
    let sick = input.required("sick_working_days", half_days)?;
    let rule = rules.rtt_sickness()?;
    let reduction = rule.reduce(full_time_days, right, sick);
    Ok(vec![
        ("quotient", rule.quotient(full_time_days).into()),
        ("deducted", reduction.deducted_days.into()),
        ("rtt_days", reduction.left.into()),
        ("deducted_from_next_year", reduction.from_next_year.into()),
    ])
}
