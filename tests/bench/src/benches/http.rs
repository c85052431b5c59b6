//! The service over HTTP, beside what its parts cost bare.

pub mod bare;
pub mod figures;
pub mod people;
pub mod service;

use anyhow::{Context, ensure};
use bare::BareServer;
use figures::{Figures, row};
use futures::StreamExt;
use measure::arguments::Plan;
use measure::load::{Client, Measured, Spread, closed_loop, turns};
use measure::report::section::ratio;
use measure::report::{Chart, Claim, Section, Series, Table};
use measure::server::Database;
use people::Person;
use reqwest::{Request, StatusCode};
use serde_json::json;
use service::Service;
use std::time::Duration;

/// People who log in at once: enough for every core, few enough not to be turned away.
const PEOPLE: usize = 16;
/// Clients who read at once.
const READERS: usize = 16;
/// Rows of a page.
const PAGE: i64 = 50;
/// Streams that are open at once.
const STREAMS: usize = 1_000;

const LOGINS: &str = "logins";
const ARGON2ID: &str = "Argon2id alone";
const ACCOUNT: &str = "my account";
const BARE_ACCOUNT: &str = "my account, bare";
const PAGE_OF_TRAIL: &str = "audit page";
const BARE_PAGE_OF_TRAIL: &str = "audit page, bare";
const ETAG: &str = "ETag hit";
/// What is measured, in the order of the document; another comes first in each round.
const THINGS: [&str; 7] = [LOGINS, ARGON2ID, ACCOUNT, BARE_ACCOUNT, PAGE_OF_TRAIL, BARE_PAGE_OF_TRAIL, ETAG];

const ABOUT: &str = "The whole service in one process (`intraparis up`), its clients and PostgreSQL on the same cores. Logins of \
16 people, each with an account and a password of his own, beside Argon2id alone with the same parameters on every core. Reads \
by 16 clients: my account; a page of 50 of the audit trail, whose sealed addresses are opened; my account again with its ETag. \
Beside them the same rows, read into types and written as JSON by a bare axum, sqlx and serde_json, without sessions, roles, seals, positions and ETags.";

/// Measures it.
pub async fn run(database: &Database, plan: &Plan) -> anyhow::Result<Section> {
    let service = Service::start(database).await?;
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        people.push(Person::with_roles(&service, number, &["auditor"]).await?);
    }
    let mut all = Figures::new();
    for person in &people {
        // So that the page is full.
        for _ in 0..2 {
            person.log_in(&service).await?;
        }
    }
    let reader = people.first().context("nobody to read")?;
    let reading = reader.declare_reading(&service).await?;
    let bare = BareServer::start(database, &reader.account).await?;
    let me = service.get("/v1/me").bearer_auth(&reader.token).build()?;
    let entries = service.get(&format!("{reading}/entries?limit={PAGE}")).bearer_auth(&reader.token).build()?;
    let (bare_me, bare_entries) = (bare.get("/me")?, bare.get("/entries")?);
    for round in 1..=plan.rounds {
        for turn in turns(round, THINGS.len()) {
            let Some(what) = THINGS.get(turn).copied() else { continue };
            let reading = async |request| reads(&service.client, request, StatusCode::OK, plan.duration).await;
            let measured = match what {
                LOGINS => logins(&service, &people, plan.duration).await,
                ARGON2ID => bare::argon2id(plan.duration).await?,
                ACCOUNT => reading(&me).await,
                BARE_ACCOUNT => reading(&bare_me).await,
                PAGE_OF_TRAIL => reading(&entries).await,
                BARE_PAGE_OF_TRAIL => reading(&bare_entries).await,
                _ => {
                    // Asked for only now: logging in changes the account.
                    let unchanged = reader.unchanged(&service, "/v1/me").await?;
                    reads(&service.client, &unchanged, StatusCode::NOT_MODIFIED, plan.duration).await
                }
            };
            all.take(round, what, measured);
        }
    }
    bare.stop().await?;
    let memory = streams(&service, reader, &reading).await?;
    service.stop().await?;
    Ok(all.section(&memory))
}

async fn logins(service: &Service, people: &[Person], duration: Duration) -> Measured {
    let clients = people.iter().map(|person| LogsIn { service: service.clone_client(), person: person.clone() });
    closed_loop(clients.collect(), duration).await
}

struct LogsIn {
    service: service::Api,
    person: Person,
}

impl Client for LogsIn {
    async fn operate(&mut self) -> anyhow::Result<u64> {
        self.person.log_in_at(&self.service).await?;
        Ok(1)
    }
}

/// What so many clients get who ask for the same again and again.
pub async fn reads(client: &reqwest::Client, request: &Request, expected: StatusCode, duration: Duration) -> Measured {
    let reader = || request.try_clone().map(|request| Reads { client: client.clone(), request, expected });
    closed_loop((0..READERS).filter_map(|_| reader()).collect(), duration).await
}

struct Reads {
    client: reqwest::Client,
    request: Request,
    expected: StatusCode,
}

impl Client for Reads {
    async fn operate(&mut self) -> anyhow::Result<u64> {
        let request = self.request.try_clone().context("a request with a body that is a stream")?;
        let response = self.client.execute(request).await?;
        let status = response.status();
        response.bytes().await?;
        ensure!(status == self.expected, "answered with {status}");
        Ok(1)
    }
}

/// Memory of the service, in MiB, before and with the open streams.
struct Memory {
    before: f64,
    with_streams: f64,
}

async fn streams(service: &Service, auditor: &Person, reading: &str) -> anyhow::Result<Memory> {
    let before = service.memory_mib()?;
    let mut open = Vec::new();
    for _ in 0..STREAMS {
        let request = service.get(&format!("{reading}/stream")).bearer_auth(&auditor.token);
        let response = request.send().await?;
        ensure!(response.status() == StatusCode::OK, "a stream was answered with {}", response.status());
        open.push(response.bytes_stream());
    }
    // Every stream is told of one event, so that none is half open.
    service.post("/v1/audit-readings", &json!({})).bearer_auth(&auditor.token).send().await?;
    for stream in &mut open {
        stream.next().await.context("a stream ended")??;
    }
    Ok(Memory { before, with_streams: service.memory_mib()? })
}

impl Figures {
    fn section(&self, memory: &Memory) -> Section {
        let mut table = Table::new(
            "Requests a second, and their times: median (minimum–maximum)",
            &["what", "a second", "p50 ms", "p99 ms", "failures"],
        );
        table.rows = THINGS
            .iter()
            .filter_map(|what| self.0.iter().find(|(known, _)| known == what))
            .map(|(what, rounds)| row(what, rounds))
            .collect();
        let mut streams = Table::new("Memory of the service", &["open streams", "MiB"]);
        streams.rows = vec![
            vec!["0".to_owned(), format!("{:.0}", memory.before)],
            vec![STREAMS.to_string(), format!("{:.0}", memory.with_streams)],
        ];
        let claims = [
            ("logins, times Argon2id alone", 0.95, LOGINS, ARGON2ID),
            ("my account, times bare axum and sqlx", 0.7, ACCOUNT, BARE_ACCOUNT),
            ("audit page of 50, times bare axum and sqlx", 0.7, PAGE_OF_TRAIL, BARE_PAGE_OF_TRAIL),
            ("ETag hit, times bare axum and sqlx", 1.0, ETAG, BARE_ACCOUNT),
        ]
        .map(|(what, least, ours, bare)| Claim::at_least(what, least, self.rate(ours) / self.rate(bare)));
        let bars = [ACCOUNT, BARE_ACCOUNT, ETAG, PAGE_OF_TRAIL, BARE_PAGE_OF_TRAIL];
        let value = |what: &&str| {
            self.0.iter().find(|(known, _)| known == what).map_or(Spread::of([]), |(_, rounds)| rounds.rate())
        };
        let each = (memory.with_streams - memory.before) * 1024.0 / STREAMS as f64;
        let failure = self.0.iter().find_map(|(what, rounds)| Some(format!("{what}: {}", rounds.failure()?)));
        Section {
            title: "HTTP",
            about: ABOUT.to_owned(),
            claims: claims.to_vec(),
            tables: vec![table, streams],
            chart: Some(Chart {
                title: "Reads a second over HTTP".to_owned(),
                groups: bars.iter().map(|what| (*what).to_owned()).collect(),
                series: vec![Series { name: "requests".to_owned(), values: bars.iter().map(value).collect() }],
            }),
            notes: std::iter::once(format!("An open stream takes {} KiB.", ratio(each))).chain(failure).collect(),
        }
    }
}
