use crate::audit::trail_entry::{TrailEntry, opened};
use crate::listing::{Asked, Listing};
use crate::who::Who;
use crate::{ReadApi, freshness, problems};
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};
use events::account::AccountEvent;
use events::audit::TrailFilter;
use events::{AccountId, DomainEvent};
use projections::audit::trail::{self, Order};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::Problem;
use web::at_least::AtLeast;
use web::page::Page;
use web::precondition::Preconditions;
use web::query::Query;

const LIST: &str = "security-history";

/// Something that happened to my account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OwnEntry {
    /// Where it stands in the journal.
    position: i64,
    /// What happened, by the stored name of the event.
    #[schema(example = "LoginFailed")]
    r#type: String,
    /// When.
    occurred_at: DateTime<Utc>,
    /// `success`, `failure`, `refused` or `begun`.
    #[schema(example = "failure")]
    outcome: &'static str,
    /// Why, as a stable code.
    #[schema(example = "wrong-password")]
    reason: Option<String>,
    /// What exactly: the role, the failures counted.
    detail: Option<String>,
    /// In which capacity somebody acted.
    #[schema(example = "stranger")]
    capacity: String,
    /// Whether I did it, signed in.
    own: bool,
    /// Why, in the words of who acted.
    motive: Option<String>,
    /// By which door the attempt came: `portal` or `sshd`.
    channel: Option<String>,
    /// From which address that attempt was made.
    source_address: Option<String>,
    /// The attempt to log in that it is, answers or comes of: a suspension of the failure recorded with it.
    attempt: Option<Uuid>,
    /// Which of these are null because they were erased.
    erased: Vec<&'static str>,
}

/// What happened to my account, newest first: logins, failures, suspensions, roles, passwords.
#[utoipa::path(
    get,
    path = "/v1/me/security-history",
    tag = "accounts",
    params(Asked, AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses(
        (status = 200, description = "A page of what happened", body = Page<OwnEntry>),
        (status = 304, description = "As you have it")
    )
)]
pub(crate) async fn list_security_history(
    State(api): State<ReadApi>,
    who: Who,
    Query(asked): Query<Asked>,
    listing: Listing,
) -> Result<Response, Problem> {
    let page = listing.page(LIST, asked.limit, asked.cursor)?;
    let before =
        page.after.map_or_else(|| Ok(Order::newest_first()), |key| freshness::of_web(key).map(Order::Before))?;
    let shown = api.shown(page.at_least(), &[trail::NAME]).await?;
    let found = trail::page(api.pool(), &about(who.account), before, page.rows()).await.map_err(problems::database)?;
    let (found, next) = page.cut(found, |entry| entry.position)?;
    let entries = opened(&api.vault, &found).await?.into_iter().map(|entry| OwnEntry::of(who.account, entry));
    page.answer(shown, entries.collect(), next.as_ref())
}

/// What happened to the account itself; not who read of it in an audit.
fn about(account: AccountId) -> TrailFilter {
    let types = AccountEvent::KINDS.iter().map(|(name, _)| (*name).to_owned()).collect();
    TrailFilter { agent: Some(account), types, ..TrailFilter::default() }
}

impl OwnEntry {
    /// Without the identity of others who acted.
    fn of(me: AccountId, entry: TrailEntry) -> Self {
        Self {
            position: entry.position,
            r#type: entry.r#type,
            occurred_at: entry.occurred_at,
            outcome: entry.outcome,
            reason: entry.reason,
            detail: entry.detail,
            capacity: entry.capacity,
            own: entry.actor_id == Some(me.as_uuid()),
            motive: entry.motive,
            channel: entry.channel,
            source_address: entry.source_address,
            attempt: entry.attempt,
            erased: entry.erased,
        }
    }
}
