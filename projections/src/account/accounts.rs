//! The accounts overview: one row an account, its personal data as sealed as the journal has it.

use super::state::{State, Status};
use crate::json::{of_column, of_json, to_json};
use crate::{Contradiction, Fold, Projection, ProjectionError, Rows, Stream};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use esrs::handler::TransactionalEventHandler;
use esrs::store::StoreEvent;
use events::account::{AccountEvent, Role};
use events::{AccountId, CredentialId, Position, Sealed};
use journal::Recorded;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, PgExecutor, Row};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The name of the projection.
pub const NAME: &str = "accounts_v1";

/// The projection.
#[must_use]
pub fn projection() -> Projection {
    Projection::named::<Touched>(NAME, 2, &["accounts_v1"]).reads::<AccountEvent, _>(Accounts).declared()
}

/// Folds account events into `accounts_v1`. Streams of names that no account has give no row.
#[derive(Debug)]
struct Accounts;

#[async_trait]
impl TransactionalEventHandler<Stream<AccountEvent>, ProjectionError, Fold<Touched>> for Accounts {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn handle(&self, event: &StoreEvent<AccountEvent>, fold: &mut Fold<Touched>) -> Result<(), ProjectionError> {
        let id = event.aggregate_id;
        if let AccountEvent::AccountProvisioned { username, given_name, family_name, staff_number, .. } = &event.payload
        {
            if fold.rows.0.contains_key(&id) {
                return Err(Contradiction::ProvisionedTwice.into());
            }
            let person = Person {
                username: to_json(username)?,
                given_name: to_json(given_name)?,
                family_name: to_json(family_name)?,
                staff_number: staff_number.as_ref().map(to_json).transpose()?,
            };
            fold.rows.0.insert(id, Touch { person: Some(person), ..Touch::default() });
        }
        if let Some(row) = fold.rows.0.get_mut(&id) {
            row.state.note(&event.payload, event.occurred_on);
            row.position = fold.recorded.position;
        }
        Ok(())
    }
}

/// The accounts that the events of one batch are about.
struct Touched(BTreeMap<Uuid, Touch>);

#[derive(Default)]
struct Touch {
    /// The sealed boxes of an account that is new.
    person: Option<Person>,
    state: State,
    position: Position,
}

struct Person {
    username: String,
    given_name: String,
    family_name: String,
    staff_number: Option<String>,
}

#[async_trait]
impl Rows for Touched {
    async fn load(page: &[Recorded], connection: &mut PgConnection) -> Result<Self, ProjectionError> {
        let accounts: BTreeSet<Uuid> = page.iter().map(|recorded| recorded.stream_id).collect();
        let rows = sqlx::query(
            "SELECT account, roles, personal_password, credential, credential_since, failures, last_login, suspended_since, provisioned_at, position
             FROM accounts_v1 WHERE account = ANY ($1)",
        )
        .bind(accounts.into_iter().collect::<Vec<_>>())
        .fetch_all(connection)
        .await?;
        let touched = rows.iter().map(|row| {
            let position = crate::column::position(row.try_get("position")?)?;
            Ok((row.try_get("account")?, Touch { person: None, state: State::from_row(row)?, position }))
        });
        Ok(Self(touched.collect::<Result<_, sqlx::Error>>()?))
    }

    async fn write(self, connection: &mut PgConnection) -> Result<(), ProjectionError> {
        let (new, known): (Vec<_>, Vec<_>) = self.0.into_iter().partition(|(_, touch)| touch.person.is_some());
        insert(new, connection).await?;
        update(known, connection).await
    }
}

async fn insert(rows: Vec<(Uuid, Touch)>, connection: &mut PgConnection) -> Result<(), ProjectionError> {
    if rows.is_empty() {
        return Ok(());
    }
    let columns = Columns::of(&rows);
    let people: Vec<&Person> = rows.iter().filter_map(|(_, touch)| touch.person.as_ref()).collect();
    let inserted = sqlx::query(
        "INSERT INTO accounts_v1 (account, roles, personal_password, credential, credential_since, failures, last_login,
             suspended_since, provisioned_at, position, username, given_name, family_name, staff_number)
         SELECT account, string_to_array(roles, ','), personal_password, credential, credential_since, failures, last_login,
             suspended_since, provisioned_at, position, username::jsonb, given_name::jsonb, family_name::jsonb, staff_number::jsonb
         FROM unnest($1::uuid[], $2::text[], $3::bool[], $4::uuid[], $5::timestamptz[], $6::int2[], $7::timestamptz[],
                     $8::timestamptz[], $9::timestamptz[], $10::bigint[], $11::text[], $12::text[], $13::text[],
                     $14::text[])
              AS t (account, roles, personal_password, credential, credential_since, failures, last_login, suspended_since, provisioned_at, position,
                    username, given_name, family_name, staff_number)",
    );
    let inserted = columns
        .bind(inserted)
        .bind(people.iter().map(|person| person.username.as_str()).collect::<Vec<_>>())
        .bind(people.iter().map(|person| person.given_name.as_str()).collect::<Vec<_>>())
        .bind(people.iter().map(|person| person.family_name.as_str()).collect::<Vec<_>>())
        .bind(people.iter().map(|person| person.staff_number.as_deref()).collect::<Vec<_>>())
        .execute(connection)
        .await?;
    ProjectionError::unless_written(inserted.rows_affected(), rows.len() as u64)
}

async fn update(rows: Vec<(Uuid, Touch)>, connection: &mut PgConnection) -> Result<(), ProjectionError> {
    if rows.is_empty() {
        return Ok(());
    }
    let updated = sqlx::query(
        "UPDATE accounts_v1 a
         SET roles = string_to_array(t.roles, ','), personal_password = t.personal_password,
             credential = t.credential, credential_since = t.credential_since, failures = t.failures,
             last_login = t.last_login, suspended_since = t.suspended_since, provisioned_at = t.provisioned_at,
             position = t.position
         FROM unnest($1::uuid[], $2::text[], $3::bool[], $4::uuid[], $5::timestamptz[], $6::int2[], $7::timestamptz[],
                     $8::timestamptz[], $9::timestamptz[], $10::bigint[])
              AS t (account, roles, personal_password, credential, credential_since, failures, last_login, suspended_since, provisioned_at, position)
         WHERE a.account = t.account",
    );
    let updated = Columns::of(&rows).bind(updated).execute(connection).await?;
    ProjectionError::unless_written(updated.rows_affected(), rows.len() as u64)
}

/// The columns that both statements take, in their order.
#[derive(Default)]
struct Columns {
    accounts: Vec<Uuid>,
    roles: Vec<String>,
    personal_passwords: Vec<bool>,
    credentials: Vec<Option<Uuid>>,
    credentials_since: Vec<Option<DateTime<Utc>>>,
    failures: Vec<i16>,
    last_logins: Vec<Option<DateTime<Utc>>>,
    suspended_since: Vec<Option<DateTime<Utc>>>,
    provisioned_at: Vec<Option<DateTime<Utc>>>,
    positions: Vec<i64>,
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Postgres, sqlx::postgres::PgArguments>;

impl Columns {
    fn of(rows: &[(Uuid, Touch)]) -> Self {
        let mut columns = Self::default();
        for (account, Touch { state, position, .. }) in rows {
            columns.accounts.push(*account);
            columns.roles.push(state.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(","));
            columns.personal_passwords.push(state.personal_password);
            columns.credentials.push(state.credential.map(|credential| credential.as_uuid()));
            columns.credentials_since.push(state.credential_since);
            columns.failures.push(i16::from(state.failures));
            columns.last_logins.push(state.last_login);
            columns.suspended_since.push(state.suspended_since);
            columns.provisioned_at.push(state.provisioned_at);
            columns.positions.push(position.get());
        }
        columns
    }

    fn bind(self, query: Query<'_>) -> Query<'_> {
        query
            .bind(self.accounts)
            .bind(self.roles)
            .bind(self.personal_passwords)
            .bind(self.credentials)
            .bind(self.credentials_since)
            .bind(self.failures)
            .bind(self.last_logins)
            .bind(self.suspended_since)
            .bind(self.provisioned_at)
            .bind(self.positions)
    }
}

impl FromRow<'_, PgRow> for State {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let roles: Vec<String> = row.try_get("roles")?;
        Ok(Self {
            provisioned_at: row.try_get("provisioned_at")?,
            personal_password: row.try_get("personal_password")?,
            credential: row.try_get::<Option<Uuid>, _>("credential")?.map(CredentialId::from_uuid),
            credential_since: row.try_get("credential_since")?,
            roles: roles
                .iter()
                .map(|role| role.parse::<Role>())
                .collect::<Result<_, _>>()
                .map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
            failures: u8::try_from(row.try_get::<i16, _>("failures")?)
                .map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
            last_login: row.try_get("last_login")?,
            suspended_since: row.try_get("suspended_since")?,
        })
    }
}

/// One account of the overview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The account.
    pub account: AccountId,
    /// The name to log in with.
    pub username: Sealed<String>,
    /// First name.
    pub given_name: Sealed<String>,
    /// Last name.
    pub family_name: Sealed<String>,
    /// The number in the HR system.
    pub staff_number: Option<Sealed<String>>,
    /// Roles, failures, suspension, last login.
    pub state: State,
    /// What tells this row from all that it was before.
    pub version: RowVersion,
}

/// Which content a row has, among all that the row of its account ever had: within one table a row that is folded on has
/// another position, and a rebuild, which may fold the same events into other content, makes another table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RowVersion {
    /// The number that PostgreSQL gave the table.
    table: i64,
    /// The last event folded in.
    pub position: Position,
}

impl RowVersion {
    /// Of the columns `tableoid::bigint` and `position` of a row.
    ///
    /// # Errors
    /// For a position that is none.
    pub fn of_columns(table: i64, position: i64) -> Result<Self, sqlx::Error> {
        Ok(Self { table, position: crate::column::position(position)? })
    }
}

impl FromRow<'_, PgRow> for Account {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            account: AccountId::from_uuid(row.try_get("account")?),
            username: of_json(row.try_get("username")?)?,
            given_name: of_json(row.try_get("given_name")?)?,
            family_name: of_json(row.try_get("family_name")?)?,
            staff_number: of_column(row.try_get("staff_number")?)?,
            state: State::from_row(row)?,
            version: RowVersion::of_columns(row.try_get("made_in")?, row.try_get("position")?)?,
        })
    }
}

/// Which accounts are asked for: those that meet every condition given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountFilter {
    /// With this status.
    pub status: Option<Status>,
    /// With this role.
    pub role: Option<Role>,
}

/// Those of these accounts that are there, and the position that this shows, as of one instant.
///
/// # Errors
/// Those of the database.
pub async fn by_ids(
    database: impl PgExecutor<'_>,
    accounts: &[AccountId],
) -> Result<(Position, Vec<Account>), sqlx::Error> {
    let rows = sqlx::query(
        "SELECT p.position AS shown, account, username::text, given_name::text, family_name::text, staff_number::text,
                roles, personal_password, credential, credential_since, failures, last_login, suspended_since,
                provisioned_at, a.position, a.tableoid::bigint AS made_in
         FROM projections.projection p LEFT JOIN projections.accounts_v1 a ON a.account = ANY ($1)
         WHERE p.name = 'accounts_v1' AND p.place = 'projections'",
    )
    .bind(accounts.iter().map(|account| account.as_uuid()).collect::<Vec<_>>())
    .fetch_all(database)
    .await?;
    let shown = match rows.first() {
        Some(row) => crate::column::position(row.try_get("shown")?)?,
        None => Position::START,
    };
    let mut found = Vec::new();
    for row in rows {
        if row.try_get::<Option<Uuid>, _>("account")?.is_some() {
            found.push(Account::from_row(&row)?);
        }
    }
    Ok((shown, found))
}

/// At most `limit` accounts after the account `after`, in the order of their ids, which is that of their making.
///
/// # Errors
/// Those of the database.
pub async fn page(
    database: impl PgExecutor<'_>,
    filter: AccountFilter,
    after: Option<AccountId>,
    limit: u16,
) -> Result<Vec<Account>, sqlx::Error> {
    // Not kept: it is planned for the conditions that are given.
    sqlx::query_as(
        "SELECT account, username::text, given_name::text, family_name::text, staff_number::text, roles,
                personal_password, credential, credential_since, failures, last_login, suspended_since,
                provisioned_at, position, tableoid::bigint AS made_in
         FROM projections.accounts_v1
         WHERE account > $1 AND ($2::text IS NULL OR status = $2) AND ($3::text IS NULL OR roles @> ARRAY[$3])
         ORDER BY account LIMIT $4",
    )
    .bind(after.map_or(Uuid::nil(), |account| account.as_uuid()))
    .bind(filter.status.map(Status::as_str))
    .bind(filter.role.map(Role::as_str))
    .bind(i64::from(limit))
    .persistent(false)
    .fetch_all(database)
    .await
}
