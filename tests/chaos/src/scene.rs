//! What the clients of one round share: the doors, the clock, the history.

use crate::history::{Answer, Command, History, Moment};
use crate::node::Door;
use crate::plan::NODES;
use crate::world::World;
use rand::seq::IteratorRandom;
use rand_chacha::ChaCha8Rng;
use reqwest::{Client, Response, StatusCode};
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How long a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// Time between two attempts.
const AGAIN: Duration = Duration::from_millis(25);

/// The stage of one round.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) http: Client,
    pub(crate) world: World,
    /// No new command begins; what is in doubt is asked again.
    pub(crate) closing: CancellationToken,
    /// Nothing is asked any more.
    pub(crate) over: CancellationToken,
    doors: Vec<watch::Receiver<Door>>,
    history: Mutex<History>,
    began: Instant,
}

/// What is sent for a command.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) path: String,
    pub(crate) body: Value,
    /// The session of whoever asks, under a key of the command's; none for who logs in.
    pub(crate) by: Option<String>,
}

impl Scene {
    pub(crate) fn new(world: World, doors: Vec<watch::Receiver<Door>>) -> anyhow::Result<Self> {
        Ok(Self {
            http: Client::builder().no_proxy().timeout(PATIENCE).build()?,
            world,
            closing: CancellationToken::new(),
            over: CancellationToken::new(),
            doors,
            history: Mutex::default(),
            began: Instant::now(),
        })
    }

    /// Now.
    pub(crate) fn now(&self) -> Moment {
        u64::try_from(self.began.elapsed().as_micros()).unwrap_or(Moment::MAX)
    }

    /// What was seen so far, to be added to.
    pub(crate) fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Some process of a role that takes requests; none while there is none.
    pub(crate) fn door(&self, role: &str, random: &mut ChaCha8Rng) -> Option<SocketAddr> {
        let open = |(door, of): (&watch::Receiver<Door>, &&str)| match *door.borrow() {
            Door::Open(address) if *of == role => address,
            _ => None,
        };
        self.doors.iter().zip(&NODES).filter_map(open).choose(random)
    }

    /// Keeps an answer that is neither what was asked for nor a word to come again.
    pub(crate) fn note(&self, path: &str, status: StatusCode) {
        let come_again = [StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_MANY_REQUESTS];
        if !status.is_success() && !come_again.contains(&status) {
            let detail = format!("{path} was answered with {status} after {} ms", self.now() / 1_000);
            self.history().unexcused.push(detail);
        }
    }

    /// Waits a moment before the next attempt, and says whether there is to be one.
    pub(crate) async fn again(&self) -> bool {
        self.over.run_until_cancelled(sleep_until(Instant::now() + AGAIN)).await.is_some()
    }

    /// Sends a command until it is answered, or until the round is over, and keeps what came of it. What has no
    /// idempotency key is sent one time.
    pub(crate) async fn settle(&self, command: &mut Command, question: &Question, random: &mut ChaCha8Rng) {
        let Question { path, body, by } = question;
        loop {
            let Some(address) = self.door("write-api", random) else {
                if self.again().await {
                    continue;
                }
                break;
            };
            let key = command.trace.to_string();
            let request = self.http.post(format!("http://{address}{path}")).json(body);
            let request = request.header("traceparent", format!("00-{}-00000000000000ab-01", command.trace.simple()));
            let request = match by {
                Some(token) => request.header("Idempotency-Key", key).bearer_auth(token),
                None => request,
            };
            let answer = match self.over.run_until_cancelled(request.send()).await {
                Some(Ok(response)) => {
                    if response.status().is_server_error() {
                        self.note(path, response.status());
                    }
                    answer(response).await
                }
                Some(Err(_)) | None => Answer::Unknown,
            };
            command.ended = self.now();
            command.answers.push(answer);
            if by.is_none() || command.answers.last() != Some(&Answer::Unknown) || !self.again().await {
                break;
            }
        }
        command.ended = command.ended.max(command.begun);
        self.history().commands.push(command.clone());
    }
}

/// What a response says. A 429 or a version conflict that outlasted its retries says no more than to come again.
async fn answer(response: Response) -> Answer {
    let status = response.status();
    let Ok(body) = response.json::<Value>().await else { return Answer::Unknown };
    if status.is_success() {
        let about = body.get("account").or_else(|| body.get("leave"));
        let about = about.and_then(|about| about.as_str()?.parse::<Uuid>().ok());
        return Answer::Done { position: body.get("position").and_then(Value::as_i64), about };
    }
    let kind = body.get("type").and_then(Value::as_str).and_then(|kind| kind.rsplit('/').next()).unwrap_or_default();
    match kind {
        "version-conflict" => Answer::Unknown,
        _ if status.is_server_error() || status.as_u16() == 429 => Answer::Unknown,
        kind => Answer::Refused(kind.to_owned()),
    }
}
