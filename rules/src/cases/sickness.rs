//! Cases of pay in ordinary sick leave.

use super::input::{Input, count, date, euro, flag, status};
use super::{Answer, Reason};
use crate::sickness::{PayTerm, SickPay, Used};
use crate::status::Status;

pub(super) fn pay(input: &mut Input<'_>) -> Result<Answer, Reason> {
    let start = input.optional("start", date)?;
    let rule = input.rules(start)?.sick_pay()?;
    let term = term(input, rule)?;
    let used = used(input)?;
    let gross_month = input.required("gross_month_eur", euro)?;
    let days = input.required("sick_calendar_days", count)?;
    let waiting_day = input.optional("carence_applies", flag)?.unwrap_or(true);
    let share = rule.share(term, used, days, waiting_day);
    Ok(vec![
        ("withheld_eur", rule.withheld(gross_month, share).into()),
        ("waiting_days", share.waiting_days.into()),
        ("paid_90_days", share.full_days.into()),
        ("half_pay_days", share.reduced_days.into()),
        ("unpaid_days", share.unpaid_days.into()),
    ])
}

pub(super) fn half_pay_start(input: &mut Input<'_>) -> Result<Answer, Reason> {
    let start = input.required("start", date)?;
    let rule = input.rules(Some(start))?.sick_pay()?;
    let term = term(input, rule)?;
    let used = used(input)?;
    let waiting_day = input.optional("carence_applies", flag)?.unwrap_or(true);
    let half_pay = rule.half_pay(term, used, start, waiting_day)?;
    Ok(vec![
        ("paid_90_days_of_this_leave", half_pay.full_days.into()),
        ("half_pay_from", half_pay.half_pay_from.into()),
    ])
}

fn term(input: &mut Input<'_>, rule: &SickPay) -> Result<PayTerm, Reason> {
    let status = input.optional("status", status)?.unwrap_or(Status::Official);
    let months_of_service = input.optional("months_of_service", count)?.unwrap_or(0);
    rule.term(status, months_of_service).ok_or_else(|| {
        Reason::new(
            format!("aucun congé de maladie payé après {months_of_service} mois de services"),
            format!("no paid sick leave after {months_of_service} months of service"),
        )
    })
}

fn used(input: &mut Input<'_>) -> Result<Used, Reason> {
    Ok(Used {
        full_days: input.optional("paid_90_days_in_last_12_months", count)?.unwrap_or(0),
        waiting_days: input.optional("waiting_days_in_last_12_months", count)?.unwrap_or(0),
    })
}
