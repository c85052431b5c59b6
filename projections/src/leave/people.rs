//! Who works with whom, on a day.

use crate::json::of_json;
use chrono::NaiveDate;
use events::{AccountId, Sealed, UnitId};
use sqlx::{PgExecutor, Row};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The agents of these units on any of the days from `first` to `last`.
///
/// # Errors
/// Those of the database.
pub async fn members(
    database: impl PgExecutor<'_>,
    units: &[UnitId],
    first: NaiveDate,
    last: NaiveDate,
) -> Result<BTreeMap<UnitId, Vec<AccountId>>, sqlx::Error> {
    let rows: Vec<(Uuid, Uuid)> = sqlx::query_as(
        "SELECT DISTINCT unit, agent FROM projections.unit_members_v1
         WHERE unit = ANY ($1) AND first_day <= $3 AND ends > $2 ORDER BY unit, agent",
    )
    .bind(units.iter().map(UnitId::as_uuid).collect::<Vec<_>>())
    .bind(first)
    .bind(last)
    .fetch_all(database)
    .await?;
    let mut members = BTreeMap::<_, Vec<_>>::new();
    for (unit, agent) in rows {
        members.entry(UnitId::from_uuid(unit)).or_default().push(AccountId::from_uuid(agent));
    }
    Ok(members)
}

/// The unit in which an agent works on a day; none once he left the service.
///
/// # Errors
/// Those of the database.
pub async fn unit_of(
    database: impl PgExecutor<'_>,
    agent: AccountId,
    day: NaiveDate,
) -> Result<Option<UnitId>, sqlx::Error> {
    const SQL: &str = concat!(
        "SELECT unit FROM projections.unit_members_v1 WHERE agent = $1 AND first_day <= $2 AND ends > $2 AND NOT ",
        has_left!("$1")
    );
    let unit: Option<Uuid> = sqlx::query_scalar(SQL).bind(agent.as_uuid()).bind(day).fetch_optional(database).await?;
    Ok(unit.map(UnitId::from_uuid))
}

/// Who leads a unit on a day; nobody once he left the service.
///
/// # Errors
/// Those of the database.
pub async fn manager_of_unit(
    database: impl PgExecutor<'_>,
    unit: UnitId,
    day: NaiveDate,
) -> Result<Option<AccountId>, sqlx::Error> {
    const SQL: &str = concat!(
        "SELECT manager FROM projections.unit_managers_v1 WHERE unit = $1 AND first_day <= $2 AND ends > $2 AND NOT ",
        has_left!("manager")
    );
    let manager: Option<Uuid> = sqlx::query_scalar(SQL).bind(unit.as_uuid()).bind(day).fetch_optional(database).await?;
    Ok(manager.map(AccountId::from_uuid))
}

/// The manager of an agent on a day: the one that he was told to work under, else his unit's; none where that one left the
/// service.
///
/// # Errors
/// Those of the database.
pub async fn manager_of(
    database: impl PgExecutor<'_>,
    agent: AccountId,
    day: NaiveDate,
) -> Result<Option<AccountId>, sqlx::Error> {
    const SQL: &str = concat!(
        "SELECT manager FROM (SELECT coalesce(
             (SELECT manager FROM projections.assigned_managers_v1
              WHERE agent = $1 AND first_day <= $2 AND ends > $2),
             (SELECT u.manager FROM projections.unit_members_v1 m
              JOIN projections.unit_managers_v1 u ON u.unit = m.unit AND u.first_day <= $2 AND u.ends > $2
              WHERE m.agent = $1 AND m.first_day <= $2 AND m.ends > $2)) AS manager) AS found
         WHERE manager IS NOT NULL AND NOT ",
        has_left!("manager")
    );
    let manager: Option<Uuid> =
        sqlx::query_scalar(SQL).bind(agent.as_uuid()).bind(day).fetch_optional(database).await?;
    Ok(manager.map(AccountId::from_uuid))
}

/// Whether somebody has left the service on a day; not so of whom nothing was recorded.
///
/// # Errors
/// Those of the database.
pub async fn has_left(database: impl PgExecutor<'_>, person: AccountId, day: NaiveDate) -> Result<bool, sqlx::Error> {
    const SQL: &str = concat!("SELECT ", has_left!("$1"));
    sqlx::query_scalar(SQL).bind(person.as_uuid()).bind(day).fetch_one(database).await
}

/// First and last name of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// First name.
    pub given: Sealed<String>,
    /// Last name.
    pub family: Sealed<String>,
}

/// The names of these agents.
///
/// # Errors
/// Those of the database.
pub async fn names(
    database: impl PgExecutor<'_>,
    agents: &[AccountId],
) -> Result<BTreeMap<AccountId, Name>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT account, given_name::text, family_name::text FROM projections.accounts_v1 WHERE account = ANY ($1)",
    )
    .bind(agents.iter().map(AccountId::as_uuid).collect::<Vec<_>>())
    .fetch_all(database)
    .await?;
    let read = |row: &sqlx::postgres::PgRow| {
        let name = Name { given: of_json(row.try_get("given_name")?)?, family: of_json(row.try_get("family_name")?)? };
        Ok((AccountId::from_uuid(row.try_get("account")?), name))
    };
    rows.iter().map(read).collect()
}
