use crate::who::Who;
use crate::{ReadApi, answer, freshness, problems};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};
use events::account::Role;
use events::{AccountId, Position};
use projections::account::as_of::{self, AsOf, as_of};
use projections::account::state::{self, Status};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use web::at_least::AtLeast;
use web::date::Instant;
use web::kinds::NOT_FOUND;
use web::path::Path;
use web::precondition::{Preconditions, tag_of_position};
use web::query::Query;
use web::{Field, Problem, Text};

const READERS: &[Role] = &[Role::Auditor, Role::Administrator];

/// The version of the fold behind the answer; part of its tag.
const FOLD: u32 = 2;

/// As of when: one of the two, or neither for now.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// As of this instant (RFC 3339): what had happened by then, in the order of its time, be it that it was recorded
    /// later.
    #[param(value_type = Option<DateTime<Utc>>)]
    at: Option<Instant>,
    /// As of this position of the journal: what had been recorded up to and with it.
    #[param(value_type = Option<i64>, minimum = 0)]
    position: Option<web::position::Position>,
}

/// An account as it was.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountState {
    /// The account, or the pseudonym of a name that no account has.
    account: Uuid,
    /// Whether there is an account, be it opened later; else a name that was tried and that no account has.
    known: bool,
    /// `not-provisioned` while there was no account yet, or there is none; `provisioned`, `active` or `suspended`.
    #[schema(example = "suspended")]
    status: &'static str,
    /// The roles held.
    #[schema(example = json!(["agent"]))]
    roles: Vec<&'static str>,
    /// Whether its owner had a password of his own.
    personal_password: bool,
    /// Failed logins since the last success or reactivation.
    failures: u8,
    /// The last login.
    last_login: Option<DateTime<Utc>>,
    /// Since when nobody logged in.
    suspended_since: Option<DateTime<Utc>>,
    /// Since when the account was there.
    provisioned_at: Option<DateTime<Utc>>,
    /// How many events made it so.
    events: u64,
    /// The last of them.
    position: i64,
    /// When that happened.
    occurred_at: DateTime<Utc>,
}

/// An account as of a time or a position, folded from its own events, for auditors and the administration.
#[utoipa::path(
    get,
    path = "/v1/accounts/{id}/state",
    tag = "accounts",
    params(("id" = Uuid, Path, description = "The account"), Asked, AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses(
        (status = 200, description = "The account as it was", body = AccountState),
        (status = 304, description = "As you have it")
    )
)]
pub(crate) async fn show_account_state(
    State(api): State<ReadApi>,
    who: Who,
    Path(id): Path<Uuid>,
    Query(asked): Query<Asked>,
    at_least: AtLeast,
    preconditions: Preconditions,
) -> Result<Response, Problem> {
    who.has_one_of(READERS)?;
    let head = api.recorded(at_least).await?;
    let (when, variant) = asked.when(head, api.clock.now())?;
    // The journal only grows: the same position, or the same instant under the same head, gives the same answer.
    let under = if let AsOf::Position(position) = when { position } else { head };
    let tag = tag_of_position(FOLD, freshness::to_web(under)?, format_args!("{id}{variant}"))?;
    if preconditions.is_fresh(&tag) {
        return Ok(answer::at(head, web::precondition::not_modified(tag)));
    }
    let found = as_of(&api.reader, AccountId::from_uuid(id), when).await.map_err(problems::journal)?;
    let account = found.ok_or_else(|| Problem::from(&NOT_FOUND))?;
    Ok(answer::at(head, preconditions.answer(tag, Json(AccountState::of(id, &account)))))
}

impl Asked {
    /// As of when, and what tells one instant from another in a tag.
    ///
    /// # Errors
    /// 422 `invalid-field` for both, and for what is yet to come.
    fn when(&self, head: Position, now: DateTime<Utc>) -> Result<(AsOf, String), Problem> {
        let to_come = |parameter: &'static str, detail| Err(Problem::invalid(Field::Query(parameter.into()), detail));
        match (self.at.map(|Instant(at)| at), self.position) {
            (Some(_), Some(_)) => {
                let detail = Text::new("attendu : « at » ou « position »", "expected either `at` or `position`");
                Err(Problem::invalid(Field::Query("position".into()), detail))
            }
            (Some(at), None) if at > now => {
                to_come("at", Text::new("attendu : un instant passé", "expected an instant that has passed"))
            }
            (Some(at), None) => Ok((AsOf::Time(at), format!("-{}", at.timestamp_micros()))),
            (None, Some(position)) => match freshness::of_web(position)? {
                position if position > head => to_come(
                    "position",
                    Text::new("attendu : une position du journal", "expected a position that the journal has reached"),
                ),
                position => Ok((AsOf::Position(position), String::new())),
            },
            (None, None) => Ok((AsOf::Position(head), String::new())),
        }
    }
}

impl AccountState {
    fn of(id: Uuid, account: &as_of::Account) -> Self {
        let state = &account.state;
        Self {
            account: id,
            known: account.known,
            status: status(state),
            roles: state.roles.iter().map(|role| role.as_str()).collect(),
            personal_password: state.personal_password,
            failures: state.failures,
            last_login: state.last_login,
            suspended_since: state.suspended_since,
            provisioned_at: state.provisioned_at,
            events: account.events,
            position: account.position.get(),
            occurred_at: account.occurred_at,
        }
    }
}

/// What may be done with it. Attempts of before an account was opened, or at a name that none has, suspend all the same.
const fn status(state: &state::State) -> &'static str {
    match (state.provisioned_at, state.status()) {
        (None, Status::Active) => "not-provisioned",
        (_, status) => status.as_str(),
    }
}
