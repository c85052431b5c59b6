//! Loading one stream into a state.

mod loaders;

use crate::arguments::Plan;
use crate::contenders::cqrs;
use crate::load::{Measured, Rounds, Spread};
use crate::report::section::ratio;
use crate::report::{Chart, Claim, Section, Series, Table};
use crate::server::Database;
use loaders::{CqrsLoader, EsrsLoader, Loader, OurLoader, Streams};
use std::time::Duration;
use tokio::time::Instant;

/// Lengths of streams.
const LENGTHS: [i32; 3] = [10, 1_000, 100_000];
/// How long one loader works on one length in a round, if it comes to its end in that time.
const EACH: Duration = Duration::from_millis(400);
/// Where a snapshot is kept every 128 events, so many come after it on average.
const AFTER_SNAPSHOT: i32 = 64;

const EMPTY: &str = "ours, an empty stream";
const AVERAGE: &str = "ours, 64 events after a snapshot";
const WHOLE: &str = "ours, without snapshot";
const ESRS: &str = "esrs PgStore";

const ABOUT: &str = "One stream of 10, 1,000 and 100,000 events of 250 bytes is loaded into a state by one client, nothing \
being cached in the process. Of our snapshots two are shown: one that is the newest that there can be, and one with 64 events \
after it, which is the average where one is kept every 128 events (a stream of 10 events has none). An empty stream costs what \
asking costs.";

/// Measures it.
pub async fn run(database: &Database, plan: &Plan) -> anyhow::Result<Section> {
    database.migrate().await?;
    database.execute(cqrs::TABLE).await?;
    let newest = Streams::recorded(database, &LENGTHS, 0).await?;
    let average = Streams::recorded(database, &LENGTHS, AFTER_SNAPSHOT).await?;
    let loaders: Vec<(&str, Box<dyn Loader>)> = vec![
        (EMPTY, Box::new(OurLoader::open(database, Streams::empty(LENGTHS.len()), true).await?)),
        ("ours, the newest snapshot", Box::new(OurLoader::open(database, newest, true).await?)),
        (AVERAGE, Box::new(OurLoader::open(database, average.clone(), true).await?)),
        (WHOLE, Box::new(OurLoader::open(database, average, false).await?)),
        (ESRS, Box::new(EsrsLoader::open(database, &LENGTHS).await?)),
        ("cqrs-es, postgres-es", Box::new(CqrsLoader::open(database, &LENGTHS).await?)),
    ];
    database.execute("VACUUM ANALYZE").await?;
    let mut all: Vec<Vec<Rounds>> = loaders.iter().map(|_| vec![Rounds::default(); LENGTHS.len()]).collect();
    for round in 1..=plan.rounds {
        for (place, length) in LENGTHS.iter().enumerate() {
            for ((name, loader), rounds) in loaders.iter().zip(&mut all) {
                let measured = measure(loader.as_ref(), place).await?;
                eprintln!("round {round}: {name}, {length} events: {:.2} ms", measured.quantile_ms(0.5));
                if let Some(rounds) = rounds.get_mut(place) {
                    rounds.0.push(measured);
                }
            }
        }
    }
    let names: Vec<&str> = loaders.iter().map(|(name, _)| *name).collect();
    Ok(section(&names, &all))
}

/// Loads again and again, at least thrice.
async fn measure(loader: &dyn Loader, place: usize) -> anyhow::Result<Measured> {
    let mut measured = Measured::default();
    let started = Instant::now();
    while started.elapsed() < EACH || measured.micros.len() < 3 {
        let begun = Instant::now();
        measured.events += loader.load(place).await?;
        measured.micros.push(u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    measured.elapsed = started.elapsed();
    measured.micros.sort_unstable();
    Ok(measured)
}

fn section(names: &[&str], all: &[Vec<Rounds>]) -> Section {
    let times = |name: &str, place: usize| {
        let rounds = names.iter().position(|other| *other == name).and_then(|index| all.get(index)?.get(place));
        Spread::of(rounds.into_iter().flat_map(|rounds| rounds.0.iter().map(|round| round.quantile_ms(0.5))))
    };
    let header: Vec<String> = LENGTHS.iter().map(|length| format!("{length} events")).collect();
    let columns: Vec<&str> = std::iter::once("loader").chain(header.iter().map(String::as_str)).collect();
    let mut table = Table::new("Milliseconds to load: median (minimum–maximum of the rounds' medians)", &columns);
    for name in names {
        let cell = |place| {
            let Spread { min, median, max } = times(name, place);
            format!("{median:.2} ({min:.2}–{max:.2})")
        };
        table.rows.push(std::iter::once((*name).to_owned()).chain((0..LENGTHS.len()).map(cell)).collect());
    }
    let part = |name: &str, of: &str, place: usize| times(name, place).median / times(of, place).median;
    let claims = vec![
        Claim::at_most("1,000 events: times esrs PgStore", 0.5, part(WHOLE, ESRS, 1), ""),
        Claim::at_most("1,000 events, 64 after a snapshot: times an empty stream", 2.0, part(AVERAGE, EMPTY, 1), ""),
        Claim::at_most("100,000 events, 64 after a snapshot: times an empty stream", 2.0, part(AVERAGE, EMPTY, 2), ""),
    ];
    let series = |name: &&str| Series { name: (*name).to_owned(), values: vec![times(name, 0), times(name, 1)] };
    let note = format!(
        "100,000 events, not in the picture: ours without snapshot takes {} of esrs's time.",
        ratio(part(WHOLE, ESRS, 2))
    );
    Section {
        title: "Loading",
        about: ABOUT.to_owned(),
        claims,
        tables: vec![table],
        chart: Some(Chart {
            title: "Milliseconds to load a stream".to_owned(),
            groups: header.iter().take(2).cloned().collect(),
            series: names.iter().map(series).collect(),
        }),
        notes: vec![note],
    }
}
