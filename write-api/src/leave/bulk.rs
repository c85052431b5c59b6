//! Many decisions in one call, each by the rules of one alone.

use super::act::Act;
use super::decisions::Decision;
use crate::access::Said;
use crate::api::position;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LANGUAGE, VARY};
use commands::Executed;
use events::{Idempotency, LeaveId, Metadata};
use rules::Ledger;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;
use web::body::part;
use web::idempotency::IdempotencyKey;
use web::kinds::VERSION_CONFLICT;
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
    /// What it was after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    /// Why nothing was done: a problem as it would have been answered alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<web::problem::Body>)]
    problem: Option<Value>,
}

/// What came of one decision, in whatever language it is read.
#[derive(Debug, Serialize, Deserialize)]
struct Came {
    leave: Option<Uuid>,
    status: Option<String>,
    problem: Option<InBoth>,
}

/// A problem's body in each language.
#[derive(Debug, Serialize, Deserialize)]
struct InBoth {
    fr: Value,
    en: Value,
}

const MOST_ITEMS: usize = 200;

/// Takes many decisions, each by the rules of its own; one that fails, or is no decision, hinders no other. The same key
/// again takes none of them: it is answered with what came of each the first time, but for those that the service could
/// not take then, which are taken. With other decisions it is 422 `idempotency-key-reused`, and none is taken.
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
    let Bulk { items } = &act.command.body;
    if items.is_empty() || items.len() > MOST_ITEMS {
        let detail = Text::made(
            format!("attendu : 1 à {MOST_ITEMS} décisions"),
            format!("expected 1 to {MOST_ITEMS} decisions"),
        );
        return Err(Problem::invalid(Field::Pointer("/items".into()), detail));
    }
    let mut said: Said<Came> = act.api.batches.bind(&metadata).await?;
    let mut last = act.api.journal.head().position();
    let (mut came, mut passing) = (Said::new(), Said::new());
    for (number, item) in items.iter().enumerate().filter(|(number, _)| !said.contains_key(number)) {
        let leave = item.get("leave").and_then(|leave| LeaveId::deserialize(leave).ok());
        let outcome = |status, problem| Came { leave: leave.map(|leave| leave.as_uuid()), status, problem };
        match act.decide(item, Metadata { idempotency: of_item(&metadata, number)?, ..metadata.clone() }).await {
            Ok(executed) => {
                last = last.max(executed.receipt.position);
                let decided = leave.and_then(|leave| executed.state.leave(leave));
                came.insert(number, outcome(decided.map(|leave| leave.status.as_str().to_owned()), None));
            }
            Err(problem) => {
                let outcomes = if is_answer(&problem) { &mut came } else { &mut passing };
                outcomes.insert(number, outcome(None, Some(InBoth::of(&problem)?)));
            }
        }
    }
    if !came.is_empty() {
        said = act.api.batches.keep(&metadata, came).await?;
    }
    passing.extend(said);
    let items: Vec<Outcome> = passing.into_values().map(|came| came.said_in(language)).collect();
    let done = items.iter().filter(|outcome| outcome.problem.is_none()).count();
    let outcomes = Outcomes { done, failed: items.len() - done, items };
    let said_in = [(CONTENT_LANGUAGE, language.tag()), (VARY, "accept-language")];
    Ok((said_in, Recorded::done(position(last), outcomes)))
}

impl Act<Bulk> {
    /// Takes one of the decisions.
    async fn decide(&self, item: &Value, metadata: Metadata) -> Result<Executed<Ledger>, Problem> {
        part::<Decision>(item)?.execute(&self.api, &self.who, metadata).await
    }
}

/// Whether it says what came of the decision, and not that none could be taken now.
fn is_answer(problem: &Problem) -> bool {
    let kind = problem.kind();
    kind.status.is_client_error() && kind.slug != VERSION_CONFLICT.slug
}

impl InBoth {
    fn of(problem: &Problem) -> Result<Self, Problem> {
        let body = |language| serde_json::to_value(problem.body(language, None)).map_err(Problem::internal);
        Ok(Self { fr: body(Language::French)?, en: body(Language::English)? })
    }
}

impl Came {
    fn said_in(self, language: Language) -> Outcome {
        let Self { leave, status, problem } = self;
        let problem = problem.map(|InBoth { fr, en }| match language {
            Language::French => fr,
            Language::English => en,
        });
        Outcome { leave, status, problem }
    }
}

/// The key of one decision of many: made of the client's, so that the same call again is the same decisions.
fn of_item(metadata: &Metadata, number: usize) -> Result<Option<Idempotency>, Problem> {
    let Some(whole) = &metadata.idempotency else { return Ok(None) };
    let digest = Sha256::digest(format!("{} {number}", whole.key));
    let key = data_encoding::HEXLOWER.encode(&digest).parse().map_err(Problem::internal)?;
    Ok(Some(Idempotency { key, ..whole.clone() }))
}
