//! Contenders taking turns, at each number of clients, in each round.

use crate::contenders::Contender;
use measure::arguments::Plan;
use measure::cpu::Accounts;
use measure::load::{Rounds, turns};
use measure::report::section::{clients as counted, grouped, ratio, tenths, whole};
use measure::report::{Chart, Claim, Series, Table};

/// The rounds of every contender at every number of clients.
pub struct Comparison {
    clients: Vec<usize>,
    contenders: Vec<(&'static str, Vec<Rounds>)>,
    /// Of each contender, at each number of clients.
    connections: Table,
}

impl Comparison {
    /// Measures all of them; the first is the one that the others are compared with.
    pub async fn of(contenders: &[Box<dyn Contender>], accounts: Accounts, plan: &Plan) -> anyhow::Result<Self> {
        let empty = || plan.clients.iter().map(|_| Rounds::default()).collect();
        let mut all: Vec<(&'static str, Vec<Rounds>)> =
            contenders.iter().map(|contender| (contender.name(), empty())).collect();
        for round in 1..=plan.rounds {
            for (place, clients) in plan.clients.iter().enumerate() {
                for turn in turns(round, contenders.len()) {
                    let (Some(contender), Some((name, rounds))) = (contenders.get(turn), all.get_mut(turn)) else {
                        continue;
                    };
                    let measured = contender.measure(*clients, plan.duration, accounts).await?;
                    eprintln!(
                        "round {round}, {}: {name} {}/s, {} µs of processor each",
                        counted(*clients),
                        grouped(measured.rate()),
                        grouped(measured.cpu_micros())
                    );
                    if let Some(rounds) = rounds.get_mut(place) {
                        rounds.0.push(measured);
                    }
                }
            }
        }
        Ok(Self { clients: plan.clients.clone(), contenders: all, connections: connections(contenders, &plan.clients) })
    }

    fn at(&self, name: &str, clients: usize) -> Option<&Rounds> {
        let place = self.clients.iter().position(|count| *count == clients)?;
        self.contenders.iter().find(|(other, _)| *other == name)?.1.get(place)
    }

    fn ours(&self) -> &'static str {
        self.contenders.first().map_or("", |(name, _)| name)
    }

    /// How many times another's rate ours is, by the medians; none when that number of clients was not measured.
    pub fn times(&self, other: &str, clients: usize) -> Option<f64> {
        Some(self.at(self.ours(), clients)?.rate().median / self.at(other, clients)?.rate().median)
    }

    /// That ours is at least so many times the other.
    pub fn at_least(&self, least: f64, other: &str, clients: usize) -> Option<Claim> {
        let times = self.times(other, clients)?;
        Some(Claim::at_least(format!("{}: times {other}", counted(clients)), least, times))
    }

    /// That ours beats every contender at every number of clients in throughput and p99; and, where some are limits that
    /// promise nothing of what a store does, the same of the others alone.
    pub fn beats(&self, limits: &[&str]) -> Vec<Claim> {
        let every: Vec<&str> = self.contenders.iter().skip(1).map(|(name, _)| *name).collect();
        let mut claims = vec![self.beaten("beats every contender", &every)];
        if !limits.is_empty() {
            let stores: Vec<&str> = every.into_iter().filter(|name| !limits.contains(name)).collect();
            claims.push(self.beaten("of these the stores alone (the limits are not stores): beats every one", &stores));
        }
        claims
    }

    fn beaten(&self, what: &str, others: &[&str]) -> Claim {
        let lost: Vec<String> = self
            .clients
            .iter()
            .flat_map(|clients| others.iter().filter_map(|other| self.lost(other, *clients)))
            .collect();
        Claim {
            promised: format!("{what} in throughput and p99, at every number of clients"),
            measured: if lost.is_empty() { "it does".to_owned() } else { lost.join("; ") },
            holds: lost.is_empty(),
        }
    }

    fn lost(&self, other: &str, clients: usize) -> Option<String> {
        let (ours, theirs) = (self.at(self.ours(), clients)?, self.at(other, clients)?);
        let faster = ours.rate().median > theirs.rate().median;
        // A store whose every command fails has no times.
        let theirs_ms = theirs.quantile_ms(0.99).median;
        let sooner = theirs_ms.is_nan() || ours.quantile_ms(0.99).median <= theirs_ms;
        let what = match (faster, sooner) {
            (true, true) => return None,
            (false, true) => "throughput",
            (true, false) => "p99",
            (false, false) => "throughput and p99",
        };
        Some(format!("not {other} at {clients} in {what}"))
    }

    /// That nothing of ours failed at the greatest number of clients, and that it does more there than at the one before.
    pub fn holds_at_the_top(&self) -> Vec<Claim> {
        let [.., before, top] = self.clients.as_slice() else { return Vec::new() };
        let (Some(less), Some(more)) = (self.at(self.ours(), *before), self.at(self.ours(), *top)) else {
            return Vec::new();
        };
        vec![
            Claim::at_most(format!("{}: failures", counted(*top)), 0.0, more.failures() as f64, ""),
            Claim::at_least(
                format!("{}: times {}", counted(*top), counted(*before)),
                1.0,
                more.rate().median / less.rate().median,
            ),
        ]
    }

    /// That nothing of ours failed at any number of clients.
    pub fn without_failure(&self, what: &str) -> Claim {
        let ours = self.contenders.first().into_iter().flat_map(|(_, rounds)| rounds);
        Claim::at_most(format!("{what}: failures"), 0.0, ours.map(Rounds::failures).sum::<u64>() as f64, "")
    }

    /// Rates, ratios, times and failures.
    pub fn tables(&self) -> Vec<Table> {
        vec![
            self.table("Events a second: median (minimum–maximum)", |_, rounds| whole(rounds.rate())),
            self.table("How many times each contender's rate ours is", |clients, rounds| {
                self.at(self.ours(), clients)
                    .map_or_else(String::new, |ours| ratio(ours.rate().median / rounds.rate().median))
            }),
            self.table(
                "Milliseconds within which half of the operations is done: median (minimum–maximum)",
                |_, rounds| tenths(rounds.quantile_ms(0.5)),
            ),
            self.table("Milliseconds within which 99 % is done: median (minimum–maximum)", |_, rounds| {
                tenths(rounds.quantile_ms(0.99))
            }),
            self.table("Processor time an event, client and server together, in microseconds", |_, rounds| {
                grouped(rounds.cpu_micros())
            }),
            self.table("Operations that failed, of all rounds", |_, rounds| {
                let succeeded: usize = rounds.0.iter().map(|round| round.micros.len()).sum();
                let all = rounds.failures() + succeeded as u64;
                format!("{} of {}", rounds.failures(), grouped(all as f64))
            }),
            self.connections.clone(),
        ]
    }

    fn table(&self, caption: &str, cell: impl Fn(usize, &Rounds) -> String) -> Table {
        let header = header(&self.clients);
        let row = |(name, rounds): &(&str, Vec<Rounds>)| {
            let cells = self.clients.iter().zip(rounds).map(|(clients, rounds)| cell(*clients, rounds));
            std::iter::once((*name).to_owned()).chain(cells).collect()
        };
        Table { caption: caption.to_owned(), header, rows: self.contenders.iter().map(row).collect() }
    }

    /// A picture of the rates.
    pub fn chart(&self, title: &str) -> Chart {
        let series = |(name, rounds): &(&str, Vec<Rounds>)| Series {
            name: (*name).to_owned(),
            values: rounds.iter().map(Rounds::rate).collect(),
        };
        Chart {
            title: title.to_owned(),
            groups: self.clients.iter().copied().map(counted).collect(),
            series: self.contenders.iter().map(series).collect(),
        }
    }

    /// Why operations failed, where some did.
    pub fn notes(&self) -> Vec<String> {
        let first = |(name, rounds): &(&str, Vec<Rounds>)| {
            let why = rounds.iter().find_map(Rounds::failure)?;
            Some(format!("{name} failed with: {why}"))
        };
        self.contenders.iter().filter_map(first).collect()
    }
}

fn header(clients: &[usize]) -> Vec<String> {
    std::iter::once("clients".to_owned()).chain(clients.iter().map(ToString::to_string)).collect()
}

/// How many connections each contender holds: whoever has fewer than clients lets them wait for each other in the
/// program, and not in the server.
fn connections(contenders: &[Box<dyn Contender>], clients: &[usize]) -> Table {
    let row = |contender: &dyn Contender| {
        let cells = clients.iter().map(|clients| contender.connections(*clients).to_string());
        std::iter::once(contender.name().to_owned()).chain(cells).collect()
    };
    Table {
        caption: "Connections at most: the pools of libraries end at 64, past which clients wait for one; pgbench has one a client".to_owned(),
        header: header(clients),
        rows: contenders.iter().map(|contender| row(contender.as_ref())).collect(),
    }
}
