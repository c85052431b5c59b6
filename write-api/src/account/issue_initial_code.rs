//! `POST /v1/accounts/{id}/initial-code`

use super::initial_code::ShownBefore;
use super::provision::first_secret;
use super::{InitialCode, NothingMore};
use crate::acting::{Who, keyed};
use crate::api::position;
use crate::{WriteApi, problems};
use axum::extract::State;
use commands::account::{Account, Credential, IssueInitialCode};
use commands::{Execution, NotExecuted};
use events::AccountId;
use events::account::Role;
use journal::AppendError;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::Problem;
use web::command::Command;
use web::idempotency::IdempotencyKey;
use web::kinds::{NOT_ALLOWED, NOT_FOUND};
use web::path::Path;
use web::position::Recorded;

/// A code for the next first login.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewCode {
    /// The account.
    account: Uuid,
    /// The code, shown this once: a request that comes again under the same key cannot show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    initial_code: Option<String>,
    /// In place of the code, where the request came again.
    #[serde(skip_serializing_if = "Option::is_none")]
    initial_code_shown_before: Option<ShownBefore>,
}

/// Hands out a new initial code. Nothing else opens the account from then on, and its sessions end; a suspension stays.
/// Needs the role `hr` for an account of an agent or a manager, the role `administrator` for one that holds a role
/// above, and another account than one's own.
#[utoipa::path(
    post, path = "/v1/accounts/{id}/initial-code", operation_id = "issueInitialCode", tag = "accounts",
    params(("id" = Uuid, Path, description = "The account"), IdempotencyKey), request_body = NothingMore,
    responses((status = 201, description = "The code", body = Recorded<NewCode>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn issue_initial_code(
    State(api): State<WriteApi>,
    who: Who,
    Path(account): Path<AccountId>,
    command: Command<NothingMore>,
) -> Result<Recorded<NewCode>, Problem> {
    if !who.roles.contains(&Role::Hr) && !who.roles.contains(&Role::Administrator) {
        // Before the account is looked at: its roles are nobody else's business.
        return Err(problems::role_needed(Role::Hr));
    }
    let unit = api.journal.unit::<Account>(who.for_himself(api.clock.now()));
    let before = unit.fresh_state(account).await.map_err(problems::reading)?.into_inner();
    let metadata = keyed(who.acting_as(before.issuer(), api.clock.now())?, &command, &())?;
    let answer = |receipt: &journal::Receipt, code: Option<&InitialCode>| {
        let initial_code = code.map(|code| code.reveal().to_owned());
        let initial_code_shown_before = code.is_none().then(|| ShownBefore::of(account));
        let code = NewCode { account: account.as_uuid(), initial_code, initial_code_shown_before };
        Recorded::created(position(receipt.position), code)
    };
    if let Some(first) = api.journal.recall(&metadata).await.map_err(problems::journal)? {
        return Ok(answer(&first, None));
    }
    let Some(superseded) = before.credential() else {
        return Err(Problem::from(&NOT_FOUND));
    };

    let code = InitialCode::generate().map_err(Problem::internal)?;
    let initial_code = first_secret(&api, account, &code).await?;
    let command = IssueInitialCode { account, initial_code, by: metadata.actor, capacity: metadata.capacity };
    match Execution::<Account>::new(&api.journal, metadata).on(account, command.into()).await {
        Ok(executed) if executed.receipt.replayed.is_none() => {
            api.credentials.forget_superseded(account, initial_code, Some(Credential::id(superseded))).await;
            api.sessions.end_superseded(account, initial_code).await.map_err(problems::database)?;
            Ok(answer(&executed.receipt, Some(&code)))
        }
        Ok(executed) => {
            api.credentials.discard(initial_code).await;
            Ok(answer(&executed.receipt, None))
        }
        // It may have been recorded: then the secret is needed.
        Err(error @ NotExecuted::Journal(AppendError::Unavailable(_))) => Err(problems::account(error)),
        Err(error) => {
            api.credentials.discard(initial_code).await;
            Err(problems::account(error))
        }
    }
}

pub(crate) const PROBLEMS: &[&web::Kind] = &[&NOT_ALLOWED, &NOT_FOUND];
