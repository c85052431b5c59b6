//! Leave: requests that are submitted and approved beside the journal's own limit, and what agents and validators read.

mod deciding;
mod population;

use super::comparison::Comparison;
use super::http::figures::{Figures, row};
use super::http::people::Person;
use super::http::reads;
use super::http::service::Service;
use crate::contenders::Contender;
use crate::contenders::ours::{Features, Ours};
use deciding::Deciding;
use measure::arguments::Plan;
use measure::report::{Claim, Section, Table};
use measure::server::{Database, Server};
use reqwest::StatusCode;
use vault::MasterKey;

/// Numbers of clients who submit and approve.
const MOST_CLIENTS: usize = 64;

const LIMIT: &str = "appends alone, the journal's limit";

const ABOUT: &str = "A day of annual leave is asked for and then approved, each a command on the ledger of one of thousands of agents \
with its reason sealed and an idempotency key: two events an operation. Beside it the appends of single events, as above. \
Reads by 16 clients over HTTP, of the whole service in one process: the balances of an agent with 20 years of leave, of which \
every number is explained; the calendar of a month of a unit of 200; the first page of 50 of a queue of 10,000 requests, each \
with who else is away and the staffing rules; and, as what a read costs in any case, my account.";

/// Measures it.
pub async fn run(server: &Server, database: &Database, plan: &Plan) -> anyhow::Result<Section> {
    let clients = plan.clients.iter().copied().filter(|count| *count <= MOST_CLIENTS).collect();
    let commands = server.database("leave_commands").await?;
    let comparison = decisions(&commands, &Plan { clients, ..plan.clone() }).await;
    server.drop(commands).await?;
    let comparison = comparison?;
    let figures = queries(database, plan).await?;
    let mut table = Table::new(
        "Reads a second, and their times: median (minimum–maximum)",
        &["what", "a second", "p50 ms", "p99 ms", "failures"],
    );
    table.rows = figures.0.iter().map(|(what, rounds)| row(what, rounds)).collect();
    let slowest = figures
        .0
        .iter()
        .max_by(|(_, one), (_, other)| one.quantile_ms(0.5).median.total_cmp(&other.quantile_ms(0.5).median));
    let note = slowest.map(|(what, rounds)| {
        let floor = figures.rate(population::FLOOR) / rounds.rate().median;
        format!("The slowest read is the {what}: it costs what {floor:.0} reads of one's own account do.")
    });
    let failures: u64 = figures.0.iter().map(|(_, rounds)| rounds.failures()).sum();
    Ok(Section {
        title: "Leave",
        about: ABOUT.to_owned(),
        claims: vec![
            comparison.without_failure("leave submitted and approved"),
            Claim::at_most("reads of leave: failures", 0.0, failures as f64, ""),
        ],
        tables: [comparison.tables(), vec![table]].concat(),
        chart: Some(comparison.chart("Events of leave recorded a second")),
        notes: comparison.notes().into_iter().chain(note).collect(),
    })
}

async fn decisions(database: &Database, plan: &Plan) -> anyhow::Result<Comparison> {
    database.migrate().await?;
    let master = MasterKey::generate()?;
    let contenders: Vec<Box<dyn Contender>> = vec![
        Box::new(Deciding::new(database, master.clone())?),
        Box::new(Ours::new(LIMIT, database, master, Features::ALL)),
    ];
    Comparison::of(&contenders, database.accounts(), plan).await
}

async fn queries(database: &Database, plan: &Plan) -> anyhow::Result<Figures> {
    let service = Service::start(database).await?;
    let (manager, agent) = (Person::with_roles(&service, 0, &[]).await?, Person::with_roles(&service, 1, &[]).await?);
    let paths = population::people(database, &service, &manager, &agent).await?;
    let mut figures = Figures::new();
    for round in 1..=plan.rounds {
        for (what, person, path) in &paths {
            let request = service.get(path).bearer_auth(&person.token).build()?;
            figures.take(round, what, reads(&service.client, &request, StatusCode::OK, plan.duration).await);
        }
    }
    service.stop().await?;
    Ok(figures)
}
