//! Loading one stream into a state.

mod loaders;

use crate::contenders::cqrs;
use loaders::{CqrsLoader, EsrsLoader, Loader, OurLoader, Streams};
use measure::arguments::Plan;
use measure::load::{Measured, Rounds, Spread, turns};
use measure::report::section::{grouped, ratio};
use measure::report::{Chart, Claim, Section, Series, Table};
use measure::server::Database;
use std::time::Duration;
use tokio::time::Instant;

/// Lengths of streams: of each that has a snapshot, the last events come after it (a test holds it).
const LENGTHS: [i32; 3] = [10, 1_000, 100_064];
/// How long one loader works on one length in a round, if it comes to its end in that time.
const EACH: Duration = Duration::from_millis(400);
/// Where a snapshot is kept every 128 events ([`Snapshots::EVERY`]), so many come after it on average.
const AFTER_SNAPSHOT: i32 = 64;

const EMPTY: &str = "ours, an empty stream, without snapshots";
const NEWEST: &str = "ours, the newest snapshot";
const AVERAGE: &str = "ours, 64 events after a snapshot";
const WHOLE: &str = "ours, without snapshot";
const ESRS: &str = "esrs PgStore";

const ABOUT: &str = "One stream of 10, 1,000 and 100,064 events of 250 bytes is loaded into a state by one client, again and \
again for 0.4 s and at least thrice a round, nothing being cached in the process. Of our snapshots two are shown: one that is the newest that there can be, and one with 64 events \
after it, which is the average where one is kept every 128 events (a stream of 10 events has none). An empty stream, for which no \
snapshot is looked for either, costs what asking costs.";

/// Measures it.
pub async fn run(database: &Database, plan: &Plan) -> anyhow::Result<Section> {
    database.migrate().await?;
    database.execute(cqrs::TABLE).await?;
    let newest = Streams::recorded(database, &LENGTHS, 0).await?;
    let average = Streams::recorded(database, &LENGTHS, AFTER_SNAPSHOT).await?;
    let loaders: Vec<(&str, Box<dyn Loader>)> = vec![
        (EMPTY, Box::new(OurLoader::open(database, Streams::empty(LENGTHS.len()), false).await?)),
        (NEWEST, Box::new(OurLoader::open(database, newest.clone(), true).await?)),
        (AVERAGE, Box::new(OurLoader::open(database, average.clone(), true).await?)),
        (WHOLE, Box::new(OurLoader::open(database, average.clone(), false).await?)),
        (ESRS, Box::new(EsrsLoader::open(database, &LENGTHS).await?)),
        ("cqrs-es, postgres-es", Box::new(CqrsLoader::open(database, &LENGTHS).await?)),
    ];
    database.execute("VACUUM ANALYZE").await?;
    let mut all: Vec<Vec<Rounds>> = loaders.iter().map(|_| vec![Rounds::default(); LENGTHS.len()]).collect();
    for round in 1..=plan.rounds {
        for (place, length) in LENGTHS.iter().enumerate() {
            for turn in turns(round, loaders.len()) {
                let (Some((name, loader)), Some(rounds)) = (loaders.get(turn), all.get_mut(turn)) else { continue };
                let measured = measure(loader.as_ref(), place).await?;
                eprintln!("round {round}: {name}, {length} events: {:.2} ms", measured.quantile_ms(0.5));
                if let Some(rounds) = rounds.get_mut(place) {
                    rounds.0.push(measured);
                }
            }
        }
    }
    let names: Vec<&str> = loaders.iter().map(|(name, _)| *name).collect();
    let section = section(&names, &all);
    let loaded = loaded(database, [(NEWEST, &newest), (AVERAGE, &average)]).await?;
    Ok(Section { tables: [vec![loaded], section.tables].concat(), ..section })
}

/// What was loaded, by the snapshots that are there after it.
async fn loaded(database: &Database, streams: [(&str, &Streams); 2]) -> anyhow::Result<Table> {
    let mut table =
        headed("Events that were read after the snapshot, by what is in the database; none, where all were");
    for (name, streams) in streams {
        let mut row = vec![name.to_owned()];
        for (length, version) in LENGTHS.iter().zip(streams.snapshots(database).await?) {
            row.push(version.map_or("–".to_owned(), |version| (length - version).to_string()));
        }
        table.rows.push(row);
    }
    Ok(table)
}

/// An empty table with a column for each length.
fn headed(caption: &str) -> Table {
    let lengths = LENGTHS.iter().map(|length| format!("{} events", grouped(f64::from(*length))));
    let header = std::iter::once("loader".to_owned()).chain(lengths).collect();
    Table { caption: caption.to_owned(), header, rows: Vec::new() }
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
    let mut table = headed("Milliseconds to load: median (minimum–maximum of the rounds' medians)");
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
        Claim::at_most("1,000 events, the newest snapshot: times an empty stream", 2.0, part(NEWEST, EMPTY, 1), ""),
        Claim::at_most("100,064 events, the newest snapshot: times an empty stream", 2.0, part(NEWEST, EMPTY, 2), ""),
        Claim::at_most("1,000 events, 64 after a snapshot: times an empty stream", 2.0, part(AVERAGE, EMPTY, 1), ""),
        Claim::at_most("100,064 events, 64 after a snapshot: times an empty stream", 2.0, part(AVERAGE, EMPTY, 2), ""),
    ];
    let series = |name: &&str| Series { name: (*name).to_owned(), values: vec![times(name, 0), times(name, 1)] };
    let note = format!(
        "100,064 events, not in the picture: ours without snapshot takes {} of esrs's time.",
        ratio(part(WHOLE, ESRS, 2))
    );
    Section {
        title: "Loading",
        about: ABOUT.to_owned(),
        claims,
        chart: Some(Chart {
            title: "Milliseconds to load a stream".to_owned(),
            groups: table.header.iter().skip(1).take(2).cloned().collect(),
            series: names.iter().map(series).collect(),
        }),
        tables: vec![table],
        notes: vec![note],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::Ledger;
    use journal::Snapshots;

    #[test]
    fn no_snapshot_is_kept_of_the_events_that_come_after_one() {
        let every = Ledger::EVERY;
        for length in LENGTHS.into_iter().filter(|length| *length >= every) {
            assert_eq!((length - AFTER_SNAPSHOT) / every, length / every, "{length}");
        }
    }
}
