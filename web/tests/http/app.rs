//! A small API in the dialect, and the means to talk to it.

use std::{convert::Infallible, net::SocketAddr, sync::Arc};

use async_trait::async_trait;
use axum::{
    Router,
    extract::{FromRef, OriginalUri, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use data_encoding::HEXLOWER;
use futures::stream;
use reqwest::{Client, RequestBuilder};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::Semaphore};
use uuid::Uuid;
use web::{
    Config, Language, Problem, ValidJson,
    at_least::{AtLeast, behind},
    command::{Command, FingerprintKey},
    csv::{self, Cell, Row},
    format::Format,
    ndjson, openapi,
    page::{Cursor, Limit, Page},
    path::Path,
    position::{Position, Recorded},
    precondition::{Preconditions, tag_of_position},
    problem_pages,
    query::Query,
    session::{Caller, Sessions, SignedIn, Unavailable},
    source::Source,
    sse::{self, LastEventId, Sent},
    stack::dress,
    token::{SessionToken, TokenHash},
};

/// The trace id of every request that [`App::get`] and [`App::post`] make.
const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// The one account there is.
pub const ACCOUNT: Uuid = Uuid::from_u128(7);

#[derive(Deserialize, Serialize)]
struct Leave {
    agent: String,
    days: Vec<Day>,
}

#[derive(Deserialize, Serialize)]
struct Day {
    half_days: u8,
}

#[derive(Deserialize)]
struct ListQuery {
    #[serde(default)]
    limit: Limit,
    cursor: Option<Cursor>,
}

struct Attempt {
    name: String,
    attempts: i64,
}

impl Row for Attempt {
    const COLUMNS: &'static [&'static str] = &["name", "attempts"];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![Cell::Text(self.name.as_str().into()), Cell::Number(self.attempts)]
    }
}

/// Sessions of which one is open.
struct OneSession(TokenHash);

#[async_trait]
impl Sessions for OneSession {
    type Grants = &'static str;

    async fn find(&self, token: TokenHash) -> Result<Option<SignedIn<&'static str>>, Unavailable> {
        Ok((token == self.0).then_some(SignedIn { account: ACCOUNT, session: Uuid::nil(), grants: "agent" }))
    }
}

#[derive(Clone)]
struct Api {
    sessions: Arc<dyn Sessions<Grants = &'static str>>,
    gate: Arc<Semaphore>,
}

impl FromRef<Api> for Arc<dyn Sessions<Grants = &'static str>> {
    fn from_ref(api: &Api) -> Self {
        api.sessions.clone()
    }
}

impl FromRef<Api> for FingerprintKey {
    fn from_ref(_: &Api) -> Self {
        Self::new([1; 32])
    }
}

fn position(number: u64) -> Position {
    Position::new(number).unwrap()
}

async fn request_leave(ValidJson(leave): ValidJson<Leave>) -> Recorded<Value> {
    Recorded::created(position(42), json!({ "agent": leave.agent, "days": leave.days.len() }))
}

async fn command(command: Command<Leave>) -> Recorded<Value> {
    let fingerprint = HEXLOWER.encode(&command.fingerprint.0);
    Recorded::done(position(43), json!({ "key": command.key.as_str(), "fingerprint": fingerprint }))
}

async fn list(Query(query): Query<ListQuery>, OriginalUri(uri): OriginalUri) -> Result<Page<u64>, Problem> {
    let after = query.cursor.map_or(Ok(0), |cursor| cursor.key::<u64>("numbers"))?;
    let items: Vec<u64> = (after + 1..=5).take(query.limit.get() as usize).collect();
    let next = items.last().filter(|last| **last < 5).map(|last| Cursor::after("numbers", last)).transpose()?;
    Ok(Page::new(items, next.as_ref(), &uri))
}

async fn account(Path(id): Path<Uuid>, preconditions: Preconditions) -> Result<Response, Problem> {
    Ok(preconditions.answer(tag_of_position(1, position(42), id)?, "an account"))
}

async fn two(Path((id, number)): Path<(Uuid, u8)>) -> String {
    format!("{id} {number}")
}

async fn at_least(at_least: AtLeast) -> Result<String, Problem> {
    let reached = position(10);
    match at_least.position {
        Some(asked) if asked > reached => Err(behind(asked, reached)),
        _ => Ok(reached.to_string()),
    }
}

async fn export(format: Format) -> Response {
    let rows = ["=cmd", "a\u{202e}b", "martin"].into_iter().zip(1..);
    match format {
        Format::Json => "one page".into_response(),
        Format::NdJson => {
            ndjson::body(stream::iter(rows.map(|(name, attempts)| Ok(json!({ "name": name, "attempts": attempts })))))
        }
        Format::Csv => {
            csv::body(stream::iter(rows.map(|(name, attempts)| Ok(Attempt { name: name.to_owned(), attempts }))))
        }
    }
}

async fn broken_export() -> Response {
    ndjson::body(stream::iter([Ok(json!(1)), Err(Problem::internal("the database went away"))]))
}

async fn follow(LastEventId(last): LastEventId, language: Language) -> Response {
    let after = last.map_or(0, Position::get);
    let sent = move |number| Sent { position: position(number), name: "attempt", data: json!({ "number": number }) };
    let end = [Err(Problem::unavailable("the database went away")), Ok(sent(99))];
    sse::events(language, stream::iter((after + 1..=3).map(sent).map(Ok).chain(end)))
}

async fn hold(State(api): State<Api>) -> &'static str {
    api.gate.acquire().await.unwrap().forget();
    "held"
}

async fn me(caller: Caller<&'static str>) -> String {
    caller.signed_in.account.to_string()
}

async fn panic() -> Result<(), Infallible> {
    panic!("hunter2")
}

/// The default settings, but for the rate of requests from this machine.
pub fn generous() -> Config {
    let mut config = Config::default();
    config.rate_limits.shared = vec!["127.0.0.0/8".parse().unwrap()];
    config
}

/// The running server and a client of it.
pub struct App {
    address: SocketAddr,
    client: Client,
    /// The token of the one open session.
    pub token: SessionToken,
    /// How many requests to `/v1/hold` may go on.
    pub gate: Arc<Semaphore>,
}

impl App {
    /// Serves with generous settings.
    pub async fn start() -> Self {
        Self::start_with(generous()).await
    }

    /// Serves with these settings.
    pub async fn start_with(config: Config) -> Self {
        let token = SessionToken::new().unwrap();
        let gate = Arc::new(Semaphore::new(0));
        let api = Api { sessions: Arc::new(OneSession(token.hash())), gate: gate.clone() };
        let mut doc = utoipa::openapi::OpenApi::default();
        openapi::describe(&mut doc, web::KINDS);
        let routes = Router::new()
            .route("/v1/leave-requests", post(request_leave))
            .route("/v1/commands", post(command))
            .route("/v1/numbers", get(list))
            .route("/v1/accounts/{id}", get(account))
            .route("/v1/accounts/{id}/factors/{number}", get(two))
            .route("/v1/at-least", get(at_least))
            .route("/v1/export", get(export))
            .route("/v1/export/broken", get(broken_export))
            .route("/v1/events", get(follow))
            .route("/v1/hold", get(hold))
            .route("/v1/me", get(me).post(me))
            .route("/v1/source", get(async |source: Source| source.to_string()))
            .route("/v1/fault", get(async || Problem::internal("password hunter2 in the cause")))
            .route("/v1/panic", get(panic))
            .with_state(api)
            .merge(problem_pages::routes(web::KINDS.iter().copied()))
            .merge(openapi::routes(&doc).unwrap());
        let service = dress(routes, &config).into_make_service_with_connect_info::<SocketAddr>();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self { address, client: Client::new(), token, gate }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A GET with a fixed trace id.
    pub fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(self.url(path)).header("traceparent", TRACEPARENT)
    }

    /// A POST with a fixed trace id and no body.
    pub fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(self.url(path)).header("traceparent", TRACEPARENT)
    }

    /// A POST of JSON text.
    pub fn post_json(&self, path: &str, body: impl Into<reqwest::Body>) -> RequestBuilder {
        self.post(path).header("content-type", "application/json").body(body)
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

/// What a problem's response says: its status, which the body must repeat, and its body.
pub async fn problem(request: RequestBuilder) -> Value {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["status"], status);
    body
}

/// The slug of a problem's kind, with the place and detail of its first error.
pub async fn refusal(request: RequestBuilder) -> String {
    let body = problem(request.header("accept-language", "en")).await;
    let slug = body["type"].as_str().unwrap().trim_start_matches("/problems/").to_owned();
    let Some(Value::Object(error)) = body["errors"].get(0).cloned() else { return slug };
    let place =
        error.iter().find(|(name, _)| *name != "detail").map(|(name, place)| format!("{name} {place}")).unwrap();
    format!("{slug}: {place}: {}", error["detail"]).replace('"', "")
}

/// A body that is not needed.
pub async fn status(request: RequestBuilder) -> u16 {
    request.send().await.unwrap().status().as_u16()
}

/// 10 MB that arrive in chunks of no announced length.
pub fn ten_megabytes_in_chunks() -> reqwest::Body {
    let chunks = std::iter::repeat_n(vec![b'1'; 100_000], 100).map(Ok::<_, Infallible>);
    reqwest::Body::wrap_stream(stream::iter(chunks))
}
