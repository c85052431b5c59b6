use super::own_reading::OwnReading;
use super::timeline::{Attempt, Outcome, Suspension, svg};
use crate::opening::Boxes;
use crate::{ReadApi, answer, problems};
use axum::extract::State;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::Response;
use events::audit::TrailFilter;
use events::{AccountId, Position};
use projections::account::accounts;
use projections::audit::trail::{self, Entry, Order};
use std::cmp::Reverse;
use std::collections::HashMap;
use vault::places;
use web::at_least::AtLeast;
use web::kinds::PAYLOAD_TOO_LARGE;
use web::precondition::{Preconditions, tag_of_bytes};
use web::{Problem, Text};

/// The kinds of event that the picture shows.
const SHOWN: [&str; 5] = ["LoginSucceeded", "LoginFailed", "LoginRefused", "AccountSuspended", "AccountReactivated"];

/// Names that have a row of their own.
const ROWS: usize = 12;

/// Entries that one picture is drawn of at most.
const MOST: usize = 50_000;

/// Entries read at once.
const PAGE: u16 = 1_000;

/// The picture's styles stand in it; it loads nothing.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/// A picture of the attempts and suspensions that a reading covers.
#[utoipa::path(
    get,
    path = "/v1/audit-readings/{id}/timeline.svg",
    tag = "audit",
    params(("id" = Uuid, Path, description = "The reading"), AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses(
        (status = 200, description = "The picture", body = String, content_type = "image/svg+xml"),
        (status = 304, description = "As you have it")
    )
)]
pub(crate) async fn show_timeline(
    State(api): State<ReadApi>,
    OwnReading { reading, shown }: OwnReading,
    preconditions: Preconditions,
) -> Result<Response, Problem> {
    let entries = entries(&api, reading.filter, shown).await?;
    let picture = draw(&entries, &names(&api, &entries).await?);
    let tag = tag_of_bytes(picture.as_bytes())?;
    let headers = [(CONTENT_TYPE, "image/svg+xml"), (CONTENT_SECURITY_POLICY, POLICY)];
    Ok(answer::at(shown, preconditions.answer(tag, (headers, picture))))
}

/// What the picture is drawn of, oldest first.
///
/// # Errors
/// 413 `payload-too-large` for a reading that covers more than a picture can show; 503 `unavailable`.
async fn entries(api: &ReadApi, mut filter: TrailFilter, until: Position) -> Result<Vec<Entry>, Problem> {
    let covered = |kind: &&str| filter.types.is_empty() || filter.types.iter().any(|covered| covered == kind);
    let types: Vec<String> = SHOWN.iter().filter(|kind| covered(kind)).map(|kind| (*kind).to_owned()).collect();
    let mut entries: Vec<Entry> = Vec::new();
    if types.is_empty() {
        return Ok(entries);
    }
    filter.types = types;
    loop {
        let after = Order::After(entries.last().map_or(Position::START, |last| last.position));
        let page = trail::page(api.pool(), &filter, after, PAGE).await.map_err(problems::database)?;
        let full = page.len() == usize::from(PAGE);
        entries.extend(page.into_iter().filter(|entry| entry.position <= until));
        if entries.len() > MOST {
            let detail = Text::new(
                "Une image montre 50 000 événements au plus : déclarez une lecture plus étroite.",
                "A picture shows 50,000 events at most: declare a narrower reading.",
            );
            return Err(Problem::from(&PAYLOAD_TOO_LARGE).detail(detail));
        }
        if !full {
            return Ok(entries);
        }
    }
}

/// The usernames of the accounts that have a row of their own.
async fn names(api: &ReadApi, entries: &[Entry]) -> Result<HashMap<AccountId, String>, Problem> {
    let mut counts: HashMap<AccountId, usize> = HashMap::new();
    for agent in entries.iter().filter(|entry| entry.known).filter_map(|entry| entry.agent) {
        *counts.entry(agent).or_default() += 1;
    }
    let mut most: Vec<(AccountId, usize)> = counts.into_iter().collect();
    most.sort_unstable_by_key(|(agent, count)| (Reverse(*count), *agent));
    let most: Vec<AccountId> = most.into_iter().take(ROWS).map(|(agent, _)| agent).collect();
    let (_, accounts) = accounts::by_ids(api.pool(), &most).await.map_err(problems::database)?;
    let mut boxes = Boxes::default();
    let sealed = accounts
        .iter()
        .map(|account| (account.account, boxes.add(places::identity(account.account, "username"), &account.username)));
    let sealed: Vec<_> = sealed.collect();
    let mut contents = boxes.open(&api.vault).await?;
    let name = |(agent, username)| Some((agent, contents.take(Some(username), "username", &mut Vec::new())?));
    Ok(sealed.into_iter().filter_map(name).collect())
}

fn draw(entries: &[Entry], names: &HashMap<AccountId, String>) -> String {
    let mut attempts = Vec::new();
    let mut suspensions: Vec<Suspension> = Vec::new();
    for entry in entries {
        let Some(agent) = entry.agent else { continue };
        let (at, name) = (entry.occurred_at, names.get(&agent).cloned().unwrap_or_else(|| pseudonym(agent)));
        let outcome = match entry.kind.as_str() {
            "LoginSucceeded" => Outcome::Succeeded,
            "LoginFailed" => Outcome::Failed,
            "LoginRefused" => Outcome::Refused,
            "AccountSuspended" => {
                suspensions.push(Suspension { at, until: None, name });
                continue;
            }
            _ => {
                let lifted = suspensions.iter_mut().rfind(|suspension| suspension.name == name);
                lifted.into_iter().for_each(|suspension| suspension.until = Some(at));
                continue;
            }
        };
        attempts.push(Attempt { at, name, outcome });
    }
    svg(&attempts, &suspensions, ROWS)
}

/// What stands for a name that nobody has, that was erased, or that has no row: the end of its random bits.
fn pseudonym(agent: AccountId) -> String {
    let id = agent.as_uuid().simple().to_string();
    format!("… {}", id.get(24..).unwrap_or_default())
}
