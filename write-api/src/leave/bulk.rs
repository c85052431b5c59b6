//! Many decisions in one call, each by the rules of one alone.

use super::act::Act;
use super::decisions::Decision;
use crate::api::position;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LANGUAGE, VARY};
use events::{Idempotency, LeaveId, Metadata};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;
use web::body::part;
use web::idempotency::IdempotencyKey;
use web::language::Language;
use web::position::Recorded;
use web::{Field, Problem, Text};

/// Many decisions.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Bulk {
    /// Each of them, at most 200.
    #[schema(value_type = Vec<Decision>, min_items = 1, max_items = 200)]
    items: Vec<Value>,
}

/// What came of each decision, in their order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Outcomes {
    /// Those that were done.
    done: usize,
    /// Those that were not.
    failed: usize,
    /// Each.
    items: Vec<Outcome>,
}

/// What came of one decision.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Outcome {
    /// The leave; null of an item that names none.
    leave: Option<Uuid>,
    /// What it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    /// Why nothing was done: a problem as it would have been answered alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<web::problem::Body>,
}

const MOST_ITEMS: usize = 200;

/// Takes many decisions, each by the rules of its own; one that fails, or is no decision, hinders no other. The same key
/// again does none of them twice; with other decisions it is 422 `idempotency-key-reused`, and none is taken.
#[utoipa::path(
    post, path = "/v1/leave-decisions", operation_id = "decideLeaves", tag = "leave",
    params(IdempotencyKey), request_body = Bulk,
    responses((status = 200, description = "What came of each", body = Recorded<Outcomes>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn decide_leaves(
    headers: HeaderMap,
    act: Act<Bulk>,
) -> Result<([(axum::http::HeaderName, &'static str); 2], Recorded<Outcomes>), Problem> {
    let (language, metadata) = (Language::preferred(&headers), act.deciding()?);
    let Bulk { items } = act.command.body;
    if items.is_empty() || items.len() > MOST_ITEMS {
        let detail = Text::made(
            format!("attendu : 1 à {MOST_ITEMS} décisions"),
            format!("expected 1 to {MOST_ITEMS} decisions"),
        );
        return Err(Problem::invalid(Field::Pointer("/items".into()), detail));
    }
    act.api.batches.bind(&metadata).await?;
    let mut outcomes = Vec::with_capacity(items.len());
    let mut last = act.api.journal.head().position();
    for (number, item) in items.iter().enumerate() {
        let metadata = Metadata { idempotency: of_item(&metadata, number)?, ..metadata.clone() };
        let leave = item.get("leave").and_then(|leave| LeaveId::deserialize(leave).ok());
        let executed = match part::<Decision>(item) {
            Ok(decision) => decision.execute(&act.api, &act.who, metadata).await,
            Err(problem) => Err(problem),
        };
        let (status, problem) = match executed {
            Ok(executed) => {
                last = last.max(executed.receipt.position);
                let decided = leave.and_then(|leave| executed.state.leave(leave));
                (decided.map(|leave| leave.status.as_str()), None)
            }
            Err(problem) => (None, Some(problem.body(language, None))),
        };
        outcomes.push(Outcome { leave: leave.map(|leave| leave.as_uuid()), status, problem });
    }
    let done = outcomes.iter().filter(|outcome| outcome.problem.is_none()).count();
    let outcomes = Outcomes { done, failed: outcomes.len() - done, items: outcomes };
    let said_in = [(CONTENT_LANGUAGE, language.tag()), (VARY, "accept-language")];
    Ok((said_in, Recorded::done(position(last), outcomes)))
}

/// The key of one decision of many: made of the client's, so that the same call again is the same decisions.
fn of_item(metadata: &Metadata, number: usize) -> Result<Option<Idempotency>, Problem> {
    let Some(whole) = &metadata.idempotency else { return Ok(None) };
    let digest = Sha256::digest(format!("{} {number}", whole.key));
    let key = data_encoding::HEXLOWER.encode(&digest).parse().map_err(Problem::internal)?;
    Ok(Some(Idempotency { key, ..whole.clone() }))
}
