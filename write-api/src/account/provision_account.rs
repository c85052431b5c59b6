//! `POST /v1/accounts`

use super::initial_code::ShownBefore;
use super::provision::{NewAgent, NotProvisioned, Provisioned, provision};
use crate::WriteApi;
use crate::acting::Who;
use crate::import::agents_csv::Reason;
use crate::problems::ALREADY_RECORDED;
use axum::extract::State;
use events::account::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use web::command::Command;
use web::idempotency::IdempotencyKey;
use web::kinds::{INVALID_FIELD, NOT_ALLOWED, USERNAME_TAKEN};
use web::position::Recorded;
use web::{Field, Problem, Text};

/// An agent to open an account for.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Agent {
    /// First name.
    #[schema(min_length = 1, max_length = 100)]
    given_name: String,
    /// Last name.
    #[schema(min_length = 1, max_length = 100)]
    family_name: String,
    /// The number in the HR system.
    #[schema(max_length = 32)]
    staff_number: Option<String>,
    /// The name to log in with, where it is not to be made of the person's names.
    #[schema(min_length = 1, max_length = 64)]
    username: Option<String>,
}

/// The account that was opened.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewAccount {
    /// The account.
    account: Uuid,
    /// The name to log in with; absent when it was erased since.
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    /// The code for the first login, shown this once: a request that comes again under the same key cannot show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    initial_code: Option<String>,
    /// In place of the code, where the request came again.
    #[serde(skip_serializing_if = "Option::is_none")]
    initial_code_shown_before: Option<ShownBefore>,
}

/// Opens an account, with a code for its first login. Needs the role `hr`.
#[utoipa::path(
    post, path = "/v1/accounts", operation_id = "provisionAccount", tag = "accounts",
    params(IdempotencyKey), request_body = Agent,
    responses((status = 201, description = "The account, with the code for its first login", body = Recorded<NewAccount>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn provision_account(
    State(api): State<WriteApi>,
    who: Who,
    command: Command<Agent>,
) -> Result<Recorded<NewAccount>, Problem> {
    let metadata = who.acting_as(Role::Hr, api.clock.now())?;
    let key = command.key.as_str().parse().map_err(Problem::internal)?;
    let agent = agent(command.body)?;
    let Provisioned { account, username, initial_code, receipt } =
        provision(&api, agent, metadata, Some((key, command.fingerprint.0))).await?;
    let initial_code_shown_before = initial_code.is_none().then(|| ShownBefore::of(account));
    let initial_code = initial_code.map(|code| code.reveal().to_owned());
    let account = NewAccount { account: account.as_uuid(), username, initial_code, initial_code_shown_before };
    Ok(Recorded::created(crate::api::position(receipt.position), account))
}

fn agent(agent: Agent) -> Result<NewAgent, Problem> {
    let Agent { given_name, family_name, staff_number, username } = agent;
    NewAgent::typed(&given_name, &family_name, staff_number.as_deref(), username.as_deref()).map_err(|wrong| {
        wrong.into_iter().fold(Problem::from(&INVALID_FIELD), |problem, (column, reason)| {
            problem.error(Field::Pointer(format!("/{column}").into()), reason.text())
        })
    })
}

impl From<NotProvisioned> for Problem {
    fn from(error: NotProvisioned) -> Self {
        match error {
            NotProvisioned::UsernameTaken => Self::from(&USERNAME_TAKEN),
            NotProvisioned::StaffNumberTaken => Self::from(&ALREADY_RECORDED).detail(Text::new(
                "Ce matricule est celui d’un autre compte.",
                "The staff number belongs to another account.",
            )),
            NotProvisioned::MakesNoUsername(invalid) => {
                Self::invalid(Field::Pointer("/family_name".into()), Reason::MakesNoUsername(invalid).text())
            }
            NotProvisioned::Failed(problem) => problem,
        }
    }
}

pub(crate) const PROBLEMS: &[&web::Kind] = &[&NOT_ALLOWED, &USERNAME_TAKEN, &ALREADY_RECORDED];
