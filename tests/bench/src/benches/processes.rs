//! Several writer processes on one database: the head row gives each its turn.

use crate::contenders::dealt;
use crate::contenders::ours::{Features, Ours};
use anyhow::{Context, ensure};
use events::Clock;
use futures::future::try_join_all;
use measure::arguments::Plan;
use measure::load::{Measured, Rounds, closed_loop_from, turns};
use measure::report::section::{grouped, ratio, tenths, whole};
use measure::report::{Chart, Claim, Section, Series, Table};
use measure::server::Database;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::Instant;
use uuid::Uuid;
use vault::MasterKey;

/// How many processes write.
const PROCESSES: [usize; 3] = [1, 3, 8];
/// Clients of all processes together.
const CLIENTS: usize = 64;
/// Streams of one client.
const STREAMS: usize = 16;
/// Time in which every process hears of the instant at which all begin.
const LEAD: Duration = Duration::from_millis(500);
/// What a process says once its connections are made.
const READY: &str = "ready";

const ABOUT: &str = "The appends of above with everything on, from 64 clients that are spread over 1, 3 and 8 processes. Each \
process groups what its own clients ask for into one transaction; the head row gives the processes their turns. All processes \
begin at one instant, with their connections made, and end at one.";

/// Measures it.
pub async fn run(database: &Database, plan: &Plan) -> anyhow::Result<Section> {
    database.migrate().await?;
    let keys = tempfile::tempdir()?;
    let master = keys.path().join("master");
    MasterKey::load_or_create(&master)?;
    let mut all: Vec<Rounds> = PROCESSES.iter().map(|_| Rounds::default()).collect();
    for round in 1..=plan.rounds {
        for turn in turns(round, PROCESSES.len()) {
            let (Some(processes), Some(rounds)) = (PROCESSES.get(turn), all.get_mut(turn)) else { continue };
            let measured = measure(database, &master, *processes, plan.duration).await?;
            eprintln!("round {round}, {}: {}/s", counted(*processes), grouped(measured.rate()));
            rounds.0.push(measured);
        }
    }
    let rate = |place: usize| all.get(place).map_or(f64::NAN, |rounds| rounds.rate().median);
    let mut table = Table::new(
        "64 clients: median (minimum–maximum)",
        &["processes", "events a second", "times one process", "p50 ms", "p99 ms", "failures"],
    );
    table.rows = PROCESSES
        .iter()
        .zip(&all)
        .map(|(processes, rounds)| {
            vec![
                processes.to_string(),
                whole(rounds.rate()),
                ratio(rounds.rate().median / rate(0)),
                tenths(rounds.quantile_ms(0.5)),
                tenths(rounds.quantile_ms(0.99)),
                rounds.failures().to_string(),
            ]
        })
        .collect();
    let failures: u64 = all.iter().map(Rounds::failures).sum();
    Ok(Section {
        title: "Writer processes",
        about: ABOUT.to_owned(),
        claims: vec![Claim::at_most("failures with 1, 3 and 8 processes", 0.0, failures as f64, "")],
        tables: vec![table],
        chart: Some(Chart {
            title: "Events appended a second by 64 clients of so many processes".to_owned(),
            groups: PROCESSES.iter().copied().map(counted).collect(),
            series: vec![Series {
                name: "ours, everything on".to_owned(),
                values: all.iter().map(Rounds::rate).collect(),
            }],
        }),
        notes: all
            .iter()
            .find_map(Rounds::failure)
            .map(|why| format!("The first failure: {why}"))
            .into_iter()
            .collect(),
    })
}

fn counted(processes: usize) -> String {
    if processes == 1 { "1 process".to_owned() } else { format!("{processes} processes") }
}

async fn measure(database: &Database, master: &Path, processes: usize, duration: Duration) -> anyhow::Result<Measured> {
    let shares = dealt((0..CLIENTS).collect(), processes);
    let opening = shares.iter().map(|clients| Process::open(database, master, clients.len(), duration));
    let writers = try_join_all(opening).await?;
    let begin = (Clock::system().now() + LEAD).timestamp_micros();
    let mut all = Measured { elapsed: duration, ..Measured::default() };
    for measured in try_join_all(writers.into_iter().map(|writer| writer.measure(begin))).await? {
        all.join(measured);
    }
    all.micros.sort_unstable();
    Ok(all)
}

/// A writer process, with its connections made.
struct Process {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Process {
    /// It learns of the database through its standard input: a URL may hold a password.
    async fn open(database: &Database, master: &Path, clients: usize, duration: Duration) -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg(Writer::COMMAND)
            .arg(master)
            .args([clients.to_string(), duration.as_millis().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut input = child.stdin.take().context("a writer without input")?;
        let mut output = BufReader::new(child.stdout.take().context("a writer without output")?);
        input.write_all(format!("{}\n", database.url()).as_bytes()).await?;
        let mut said = String::new();
        output.read_line(&mut said).await?;
        ensure!(said.trim() == READY, "a writer process has ended before it began");
        Ok(Self { child, input, output })
    }

    /// Lets it begin at an instant, in microseconds since 1970.
    async fn measure(mut self, begin: i64) -> anyhow::Result<Measured> {
        self.input.write_all(format!("{begin}\n").as_bytes()).await?;
        let mut said = String::new();
        self.output.read_to_string(&mut said).await?;
        let status = self.child.wait().await?;
        ensure!(status.success(), "a writer process ended with {status}");
        Ok(serde_json::from_str(&said)?)
    }
}

/// What a writer process is told on its command line.
pub struct Writer {
    master: PathBuf,
    clients: usize,
    duration: Duration,
}

impl Writer {
    const COMMAND: &'static str = "--as-writer-process";

    /// What this process is told, if it is a writer of another's.
    pub fn from_command_line() -> Option<Self> {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let [command, master, clients, millis] = arguments.as_slice() else { return None };
        let duration = Duration::from_millis(millis.parse().ok()?);
        (command == Self::COMMAND).then_some(Self { master: master.into(), clients: clients.parse().ok()?, duration })
    }

    /// Says when it is ready, appends from the instant on that it is told, and writes what was measured to the standard
    /// output.
    pub async fn run(self) -> anyhow::Result<()> {
        let mut told = std::io::stdin().lines();
        let database = Database::at(&told.next().context("no database")??)?;
        let ours = Ours::new("writer", &database, MasterKey::load_or_create(&self.master)?, Features::ALL);
        let opened = ours.open(self.clients).await?;
        let clients: Vec<_> =
            (0..self.clients).map(|_| opened.appender((0..STREAMS).map(|_| Uuid::now_v7()).collect())).collect();
        println!("{READY}");
        let begin: i64 = told.next().context("no instant to begin at")??.parse()?;
        let wait = begin - Clock::system().now().timestamp_micros();
        let wait = u64::try_from(wait).context("it comes too late: the others append already")?;
        let measured = closed_loop_from(Instant::now() + Duration::from_micros(wait), clients, self.duration).await;
        serde_json::to_writer(std::io::stdout(), &measured)?;
        Ok(())
    }
}
