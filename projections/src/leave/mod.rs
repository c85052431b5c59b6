//! Leave as agents, validators and human resources see it.
//!
//! | projection | tables | answers |
//! | --- | --- | --- |
//! | [`absences`] | `absences_v1`, `leave_queue_v1`, `leave_notices_v1` | who is away, what waits for whom, who is told |
//! | [`employments`] | `employments_v1`, `unit_members_v1`, `assigned_managers_v1` | who works where, under whom |
//! | [`units`] | `units_v1`, `unit_managers_v1` | the units, and who leads them |
//! | [`delegations`], [`calendar_feeds`] | of the same names | who decides for whom, who subscribes to what |
//! | [`proofs`] | `proofs_v1` | what is attached to which absence |
//! | [`gifts`] | `gifts_v1` | which gifts of days wait, and what became of the others |
//!
//! A balance is in no table: [`ledgers`] folds the agent's own streams, as they were at any instant.

#[macro_use]
mod departed;
pub mod absences;
pub mod calendar_feeds;
pub mod delegations;
pub mod employments;
pub mod gifts;
pub mod ledgers;
pub mod people;
pub mod proofs;
pub mod units;
pub mod validator;

use crate::Projection;
use chrono::NaiveDate;
use events::AccountId;
use sqlx::{PgConnection, QueryBuilder};
use uuid::Uuid;

pub use absences::{notices, queue};

/// Every projection of leave.
#[must_use]
pub fn projections() -> Vec<Projection> {
    vec![
        absences::projection(),
        employments::projection(),
        units::projection(),
        delegations::projection(),
        calendar_feeds::projection(),
        proofs::projection(),
        gifts::projection(),
    ]
}

/// Who decides, as rows name him: by function, or by name.
fn addressee(approver: events::validation::Approver, agent: AccountId) -> String {
    use events::validation::Approver;
    match approver {
        Approver::Person(person) if person != agent => to_person(person),
        // Nobody decides on himself: human resources do.
        Approver::Person(_) => Approver::Hr.as_str().to_owned(),
        Approver::Manager | Approver::Hr | Approver::HrHealth => approver.as_str().to_owned(),
    }
}

fn to_person(person: AccountId) -> String {
    format!("person:{person}")
}

/// A value that holds from a day until before another.
struct Span {
    key: Uuid,
    value: Uuid,
    first: NaiveDate,
    ends: NaiveDate,
}

fn spans<'a, T: 'a>(
    key: Uuid,
    values: &'a rules::employment::Dated<T>,
    id: impl Fn(&T) -> Option<Uuid> + 'a,
) -> impl Iterator<Item = Span> + 'a {
    let ends = values.iter().skip(1).map(|(from, _)| from).chain([open_end()]);
    let spans = values.iter().zip(ends);
    spans.filter_map(move |((first, value), ends)| Some(Span { key, value: id(value)?, first, ends }))
}

/// Where a value in force has no end yet: after every date that is supported.
fn open_end() -> NaiveDate {
    NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or_default()
}

/// Puts the spans of these keys in the place of those that were there.
async fn replace_spans(
    connection: &mut PgConnection,
    table: &'static str,
    (key, value): (&'static str, &'static str),
    keys: &[Uuid],
    spans: &[Span],
) -> Result<(), sqlx::Error> {
    let mut delete = QueryBuilder::new("DELETE FROM ");
    delete.push(table).push(" WHERE ").push(key).push(" = ANY (").push_bind(keys.to_vec()).push(")");
    delete.build().execute(&mut *connection).await?;
    if spans.is_empty() {
        return Ok(());
    }
    let mut insert = QueryBuilder::new("INSERT INTO ");
    insert.push(table).push(" (").push(key).push(", ").push(value).push(", first_day, ends) SELECT * FROM unnest(");
    insert.push_bind(spans.iter().map(|span| span.key).collect::<Vec<_>>()).push(", ");
    insert.push_bind(spans.iter().map(|span| span.value).collect::<Vec<_>>()).push(", ");
    insert.push_bind(spans.iter().map(|span| span.first).collect::<Vec<_>>()).push(", ");
    insert.push_bind(spans.iter().map(|span| span.ends).collect::<Vec<_>>()).push(")");
    insert.build().execute(connection).await?;
    Ok(())
}
