//! `POST /v1/accounts/import`

use super::{AgentsReport, Known, import_agents};
use crate::acting::Who;
use crate::import::agents_csv::{AgentRows, FileError, Limits};
use crate::{UNREADABLE_FILE, WriteApi, problems};
use axum::extract::{FromRef, Request, State};
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use events::account::Role;
use events::{Idempotency, Metadata};
use web::body::{self, BodyLimit};
use web::command::{Fingerprint, FingerprintKey};
use web::idempotency::IdempotencyKey;
use web::kinds::{IDEMPOTENCY_KEY_REUSED, NOT_ALLOWED, UNSUPPORTED_MEDIA_TYPE};
use web::position::Recorded;
use web::{Problem, Text};

/// What one request opens at most: hashing takes its time, and a request has its own. The command line takes more.
const LIMITS: Limits = Limits { rows: 100, bytes: 64 << 10 };

const PATH: &str = "/v1/accounts/import";

/// Opens an account for each row of a CSV file, at most 100 of them, and reports by line: a row that is wrong hinders no
/// other. Columns are `given_name`, `family_name` and, if wanted, `staff_number`, `username`, `roles`. Needs the role
/// `hr`, and for rows with roles `administrator` too. The same key with the same file goes on where it stopped; with
/// another file it is 422 `idempotency-key-reused`, and nothing is done.
#[utoipa::path(
    post, path = "/v1/accounts/import", operation_id = "importAgents", tag = "accounts",
    params(IdempotencyKey), request_body(content = String, content_type = "text/csv"),
    responses((status = 200, description = "What came of each row", body = Recorded<AgentsReport>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn import_agents_csv(
    State(api): State<WriteApi>,
    who: Who,
    key: IdempotencyKey,
    mut request: Request,
) -> Result<Recorded<AgentsReport>, Problem> {
    let metadata = who.acting_as(Role::Hr, api.clock.now())?;
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !content_type.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case("text/csv")) {
        let detail = Text::new("Envoyez « Content-Type: text/csv ».", "Send `Content-Type: text/csv`.");
        return Err(Problem::from(&UNSUPPORTED_MEDIA_TYPE).detail(detail));
    }
    request.extensions_mut().insert(BodyLimit(usize::try_from(LIMITS.bytes).unwrap_or(usize::MAX)));
    let csv = body::bytes(request).await?;
    let granting = who.acting_as(Role::Administrator, api.clock.now()).ok();
    let rows = AgentRows::read(&*csv, LIMITS).map_err(unreadable)?;
    let fingerprint = Fingerprint::of(&FingerprintKey::from_ref(&api), &Method::POST, PATH, &csv);
    let key = key.as_str().to_owned();
    let asked =
        Idempotency { key: key.parse().map_err(Problem::internal)?, fingerprint: fingerprint.0, outcome: Vec::new() };
    let call = Metadata { idempotency: Some(asked), ..metadata.clone() };
    api.journal.bind(&call).await.map_err(problems::journal)?;
    let report = import_agents(&api, rows, &Known::ByLine(key), metadata, granting, |_| {}).await;
    let head = crate::api::position(api.journal.head().position());
    Ok(Recorded::done(report.position().unwrap_or(head), report))
}

fn unreadable(error: FileError) -> Problem {
    Problem::from(&UNREADABLE_FILE).detail(error.text())
}

pub(super) const PROBLEMS: &[&web::Kind] = &[&IDEMPOTENCY_KEY_REUSED, &NOT_ALLOWED, &UNREADABLE_FILE];
