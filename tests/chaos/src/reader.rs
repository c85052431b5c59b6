//! Readers of the journal's order: by pages of the audit trail, by its event stream, and by SQL.

use crate::history::{Glimpse, Sight};
use crate::look::{look_again, position};
use crate::scene::Scene;
use futures::StreamExt;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use reqwest::StatusCode;
use serde_json::Value;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use std::sync::Arc;
use uuid::Uuid;

const BY_POSITION: &str = "SELECT position, id FROM journal.event WHERE position > $1 ORDER BY position LIMIT 50";

const ROOT: &str = "SELECT position, root FROM journal.head";

const GLIMPSE: &str = "SELECT (SELECT position FROM projections.projection
            WHERE name = 'audit_trail_v1' AND place = 'projections'),
           (SELECT count(*) FROM projections.audit_trail_v1), (SELECT max(position) FROM projections.audit_trail_v1)";

/// One reader.
pub(crate) struct Reader {
    scene: Arc<Scene>,
    random: ChaCha8Rng,
    number: u64,
}

/// The reader that asks the journal's own table.
const SQL: &str = "SQL";

impl Reader {
    pub(crate) fn new(scene: Arc<Scene>, seed: u64, number: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(1_000 + number);
        Self { scene, random, number }
    }

    fn saw(&self, by: &str, after: i64, events: Vec<(i64, Uuid)>, until: Option<i64>) {
        let reader = format!("{by} {}", self.number);
        let sight = Sight { reader, of_the_trail: by != SQL, after, events, until };
        self.scene.history().sights.push(sight);
    }

    /// Walks through the whole trail page by page, again and again.
    pub(crate) async fn walk(mut self) {
        while self.scene.again().await {
            let (mut events, mut shown) = (Vec::new(), None);
            let first = format!("/v1/audit-readings/{}/entries?order=oldest-first&limit=40", self.scene.world.reading);
            let mut next = Some(first);
            while let Some(path) = next.take() {
                // A page that is not answered is asked for again, of whoever answers now.
                match self.page(&path).await {
                    Some((page, at, following)) => {
                        events.extend(page);
                        shown = Some(at);
                        next = following;
                    }
                    None if self.scene.again().await => next = Some(path),
                    None => {
                        shown = None;
                        break;
                    }
                }
            }
            self.saw("pages", 0, events, shown);
        }
    }

    async fn page(&mut self, path: &str) -> Option<(Vec<(i64, Uuid)>, i64, Option<String>)> {
        let address = self.scene.door("read-api", &mut self.random)?;
        let request = self.scene.http.get(format!("http://{address}{path}")).bearer_auth(&self.scene.world.token);
        let response = self.scene.over.run_until_cancelled(request.send()).await?.ok()?;
        self.scene.note("a page", response.status());
        let shown = position(&response).filter(|_| response.status() == StatusCode::OK)?;
        let page: Value = response.json().await.ok()?;
        let entries = page.get("items")?.as_array()?.iter().filter_map(entry).collect();
        Some((entries, shown, page.get("next").and_then(|next| next.as_str().map(str::to_owned))))
    }

    /// Reads what others have just written, again and again.
    pub(crate) async fn watch(mut self) {
        while self.scene.again().await {
            look_again(&self.scene, &mut self.random).await;
        }
    }

    /// Follows the event stream, and goes on with `Last-Event-ID` where it broke.
    pub(crate) async fn follow(mut self) {
        let after = self.scene.world.position;
        let (mut last, mut events) = (after, Vec::new());
        while self.scene.again().await {
            let Some(address) = self.scene.door("read-api", &mut self.random) else { continue };
            let url = format!("http://{address}/v1/audit-readings/{}/stream", self.scene.world.reading);
            let request = self.scene.http.get(url).bearer_auth(&self.scene.world.token);
            let request = request.header("Last-Event-ID", last).header("Accept", "text/event-stream");
            let Some(Ok(response)) = self.scene.over.run_until_cancelled(request.send()).await else { continue };
            self.scene.note("an event stream", response.status());
            let (mut bytes, mut text) = (response.bytes_stream(), Vec::new());
            while let Some(Some(Ok(chunk))) = self.scene.over.run_until_cancelled(bytes.next()).await {
                text.extend_from_slice(&chunk);
                while let Some(end) = text.windows(2).position(|two| two == b"\n\n") {
                    let event: Vec<u8> = text.drain(..end + 2).collect();
                    let seen = String::from_utf8_lossy(&event)
                        .lines()
                        .find_map(|line| entry(&serde_json::from_str(line.strip_prefix("data:")?.trim()).ok()?));
                    if let Some(seen) = seen {
                        last = seen.0;
                        events.push(seen);
                    }
                }
            }
        }
        self.saw("event stream", after, events, None);
    }

    /// Polls the journal's table as the simplest consumer would: what comes after the last position seen.
    pub(crate) async fn poll(self, database: PgConnectOptions) {
        let (mut last, mut events) = (0, Vec::new());
        let mut connection = None;
        while self.scene.again().await {
            let Some(open) = open(&mut connection, &database).await else { continue };
            let Ok(rows) = sqlx::query_as::<_, (i64, Uuid)>(BY_POSITION).bind(last).fetch_all(&mut *open).await else {
                connection = None;
                continue;
            };
            last = rows.last().map_or(last, |(position, _)| *position);
            events.extend(rows);
            let (root, glimpse) = (
                sqlx::query_as::<_, (i64, Vec<u8>)>(ROOT).fetch_one(&mut *open).await,
                sqlx::query_as::<_, (i64, i64, Option<i64>)>(GLIMPSE).fetch_one(&mut *open).await,
            );
            let (Ok(root), Ok((checkpoint, rows, trail))) = (root, glimpse) else {
                connection = None;
                continue;
            };
            let mut history = self.scene.history();
            history.roots.push(root);
            history.glimpses.push(Glimpse { checkpoint, rows, last: trail.unwrap_or_default() });
        }
        self.saw(SQL, 0, events, None);
    }
}

/// The connection, made anew where there is none; none while PostgreSQL does not take one.
async fn open<'a>(
    connection: &'a mut Option<PgConnection>,
    database: &PgConnectOptions,
) -> Option<&'a mut PgConnection> {
    let open = match connection.take() {
        Some(open) => open,
        None => database.connect().await.ok()?,
    };
    Some(connection.insert(open))
}

fn entry(entry: &Value) -> Option<(i64, Uuid)> {
    Some((entry.get("position")?.as_i64()?, entry.get("event")?.as_str()?.parse().ok()?))
}
