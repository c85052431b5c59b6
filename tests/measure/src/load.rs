//! Clients that ask again as soon as they are answered, and what is made of their times.

use crate::cpu::Accounts;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

/// The part of a measurement that comes first and does not count.
pub const WARM_UP: f64 = 0.15;

/// Somebody who does one thing after another.
pub trait Client: Send + 'static {
    /// One operation; how many events it recorded or read.
    fn operate(&mut self) -> impl Future<Output = anyhow::Result<u64>> + Send;
}

/// What clients did in one measurement.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Measured {
    /// Events recorded or read.
    pub events: u64,
    /// How long it was counted.
    pub elapsed: Duration,
    /// Times of operations that succeeded, ascending, in microseconds.
    pub micros: Vec<u32>,
    /// Operations that failed.
    pub failures: u64,
    /// Why the first one did.
    pub failure: Option<String>,
    /// Processor time of all that took part, the warm-up included; none where it cannot be known.
    pub cpu: Option<Duration>,
    /// Events that do not count since they belong to the warm-up.
    pub uncounted: u64,
}

impl Measured {
    /// Events a second.
    pub fn rate(&self) -> f64 {
        self.events as f64 / self.elapsed.as_secs_f64()
    }

    /// The time, in milliseconds, within which this share of the operations was done.
    pub fn quantile_ms(&self, share: f64) -> f64 {
        let index = (self.micros.len() as f64 * share) as usize;
        self.micros
            .get(index.min(self.micros.len().saturating_sub(1)))
            .map_or(f64::NAN, |micros| f64::from(*micros) / 1e3)
    }

    /// Processor time an event, in microseconds.
    pub fn cpu_micros(&self) -> f64 {
        self.cpu.map_or(f64::NAN, |cpu| cpu.as_secs_f64() * 1e6 / (self.events + self.uncounted) as f64)
    }

    /// Adds what others did at the same time; times have to be sorted afterwards.
    pub fn join(&mut self, other: Self) {
        self.events += other.events;
        self.micros.extend(other.micros);
        self.failures += other.failures;
        self.uncounted += other.uncounted;
        self.failure = self.failure.take().or(other.failure);
    }
}

/// Lets `clients` operate at once for `duration`, after a warm-up.
pub async fn closed_loop<C: Client>(clients: Vec<C>, duration: Duration) -> Measured {
    closed_loop_from(Instant::now(), clients, duration).await
}

/// The same, with the processor time that is spent from its first operation to its last.
pub async fn closed_loop_on<C: Client>(accounts: Accounts, clients: Vec<C>, duration: Duration) -> Measured {
    let before = accounts.spent();
    let measured = closed_loop(clients, duration).await;
    Measured { cpu: accounts.since(before), ..measured }
}

/// The same as [`closed_loop`], from an instant on at which others begin as well.
pub async fn closed_loop_from<C: Client>(begin: Instant, clients: Vec<C>, duration: Duration) -> Measured {
    sleep_until(begin).await;
    let counted_from = begin + duration.mul_f64(WARM_UP);
    let until = counted_from + duration;
    let mut running: JoinSet<Measured> = clients.into_iter().map(|client| one(client, counted_from, until)).collect();
    let mut all = Measured { elapsed: duration, ..Measured::default() };
    while let Some(done) = running.join_next().await {
        match done {
            Ok(measured) => all.join(measured),
            Err(error) => all.join(Measured { failures: 1, failure: Some(error.to_string()), ..Measured::default() }),
        }
    }
    all.micros.sort_unstable();
    all
}

async fn one<C: Client>(mut client: C, counted_from: Instant, until: Instant) -> Measured {
    let mut measured = Measured::default();
    loop {
        let begun = Instant::now();
        if begun >= until {
            return measured;
        }
        let outcome = client.operate().await;
        let done = Instant::now();
        if !(counted_from..until).contains(&done) {
            measured.uncounted += outcome.unwrap_or_default();
            continue;
        }
        match outcome {
            Ok(events) => {
                measured.events += events;
                measured.micros.push(u32::try_from((done - begun).as_micros()).unwrap_or(u32::MAX));
            }
            Err(error) => {
                measured.failures += 1;
                measured.failure.get_or_insert_with(|| format!("{error:#}"));
            }
        }
    }
}

/// The order in which so many contenders take their turns in a round, counted from 1: another goes first in each.
pub fn turns(round: u32, contenders: usize) -> impl Iterator<Item = usize> {
    let first = round.saturating_sub(1) as usize;
    (0..contenders).map(move |turn| (first + turn) % contenders)
}

/// The rounds of one contender at one number of clients.
#[derive(Clone, Debug, Default)]
pub struct Rounds(pub Vec<Measured>);

/// A median with its minimum and maximum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The least.
    pub min: f64,
    /// The one in the middle; of an even number, the lower.
    pub median: f64,
    /// The greatest.
    pub max: f64,
}

impl Spread {
    /// Of some values; not a number without any.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        let last = values.len().saturating_sub(1);
        Self { min: at(0), median: at(last / 2), max: at(last) }
    }
}

impl Rounds {
    /// Events a second.
    pub fn rate(&self) -> Spread {
        Spread::of(self.0.iter().map(Measured::rate))
    }

    /// The time within which this share of the operations was done, in milliseconds, over the rounds.
    pub fn quantile_ms(&self, share: f64) -> Spread {
        Spread::of(self.0.iter().map(|round| round.quantile_ms(share)))
    }

    /// The median processor time an event, in microseconds.
    pub fn cpu_micros(&self) -> f64 {
        Spread::of(self.0.iter().map(Measured::cpu_micros)).median
    }

    /// Operations that failed, in all rounds.
    pub fn failures(&self) -> u64 {
        self.0.iter().map(|round| round.failures).sum()
    }

    /// Why the first one did.
    pub fn failure(&self) -> Option<&str> {
        self.0.iter().find_map(|round| round.failure.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_stands_between_its_extremes() {
        assert_eq!(Spread::of([3.0, 1.0, 2.0]), Spread { min: 1.0, median: 2.0, max: 3.0 });
        assert_eq!(Spread::of([4.0, 1.0]).median, 1.0);
        assert!(Spread::of([]).median.is_nan());
    }

    #[test]
    fn another_goes_first_in_each_round() {
        let orders: Vec<Vec<usize>> = (1..=4).map(|round| turns(round, 3).collect()).collect();
        assert_eq!(orders, [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 1, 2]]);
    }

    #[test]
    fn quantiles_are_those_of_the_sorted_times() {
        let measured = Measured { micros: (1..=1_000).collect(), ..Measured::default() };
        assert_eq!(
            (measured.quantile_ms(0.5), measured.quantile_ms(0.99), measured.quantile_ms(1.0)),
            (0.501, 0.991, 1.0)
        );
        assert!(Measured::default().quantile_ms(0.5).is_nan());
    }

    struct Sometimes(u32);

    impl Client for Sometimes {
        async fn operate(&mut self) -> anyhow::Result<u64> {
            tokio::task::yield_now().await;
            self.0 += 1;
            anyhow::ensure!(self.0.is_multiple_of(2), "odd");
            Ok(3)
        }
    }

    #[tokio::test]
    async fn failures_are_counted_beside_what_succeeded() {
        let measured = closed_loop(vec![Sometimes(0), Sometimes(0)], Duration::from_millis(50)).await;
        assert!(measured.failures > 0 && measured.events == 3 * measured.micros.len() as u64);
        assert_eq!(measured.failure.as_deref(), Some("odd"));
    }
}
