//! `intraparis projections`: looking at the read models and keeping them up.

use super::answered::{Act, Answered};
use super::said::{parsed, said};
use crate::serve::Service;
use anyhow::Context;
use clap::Subcommand;
use commands::Execution;
use commands::projection::{ProjectionCommand, ProjectionUpkeep, QuarantineStream, Readmit, RecordRebuild, SkipEvent};
use events::audit::ProjectionEvent;
use events::{Actor, Capacity, Clock, DecodeError, Metadata, Position, Sealed};
use journal::{Journal, ReadError};
use migrations::Role;
use projections::{Activity, Exclusions, Halt, Progress, Projection, RebuildError, Standing, standings};
use read_api::projection::halt_reason;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use vault::places;
use web::{Language, Text};

/// Look at and keep up the read models.
#[derive(Debug, Subcommand)]
pub enum Projections {
    /// Where each one stands: its position, how far behind, and why it stands still.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Fold one anew beside the live one and put it in its place.
    Rebuild {
        /// The projection.
        projection: String,
        /// Discard what an earlier rebuild that was broken off or has halted left behind, instead of going on from there.
        #[arg(long)]
        afresh: bool,
    },
    /// Fold one anew and compare it with the live one, row for row; without a name, every one.
    Verify {
        /// The projection.
        projection: Option<String>,
    },
    /// Leave the event that a projection, or its rebuild, halted at out of it, on the record.
    Skip {
        /// The projection.
        projection: String,
        /// The event, which must be the one that the projection halted at: whoever names it cannot mistake another for it.
        #[arg(long, allow_negative_numbers = true, value_parser = parsed::<Position>)]
        position: Option<Position>,
        #[command(flatten)]
        answered: Answered,
    },
    /// Leave the stream of the event that a projection halted at out of it, from there on, on the record.
    Quarantine {
        /// The projection.
        projection: String,
        /// The event, which must be the one that the projection halted at.
        #[arg(long, allow_negative_numbers = true, value_parser = parsed::<Position>)]
        position: Option<Position>,
        #[command(flatten)]
        answered: Answered,
    },
    /// Take back what was left out of a projection, on the record, and rebuild it.
    Readmit {
        /// The projection.
        projection: String,
        /// The position that the exclusion names.
        #[arg(long, allow_negative_numbers = true, value_parser = parsed::<Position>)]
        position: Position,
        #[command(flatten)]
        answered: Answered,
    },
}

impl Projections {
    /// Does it.
    ///
    /// # Errors
    /// When it could not be done.
    pub async fn run(self, service: &mut Service) -> anyhow::Result<ExitCode> {
        let code = match self {
            Self::List { json } => list(service, json).await?,
            Self::Rebuild { projection, afresh } => rebuild(service, &projection, afresh).await?,
            Self::Verify { projection } => verify(service, projection.as_deref()).await?,
            Self::Skip { projection, position, answered } => {
                let halted_at = Some(halt(service, &projection, position).await?.position);
                let position = position.or(halted_at).unwrap_or_default();
                let upkeep = Upkeep::begin(service, &projection, answered).await?;
                upkeep.done(|motive| SkipEvent { projection, position, halted_at, motive }.into()).await?
            }
            Self::Quarantine { projection, position, answered } => {
                let Halt { stream_type, stream, position: at, .. } = halt(service, &projection, position).await?;
                let upkeep = Upkeep::begin(service, &projection, answered).await?;
                let (position, halted_at) = (position.unwrap_or(at), Some(at));
                upkeep
                    .done(|motive| {
                        QuarantineStream { projection, stream_type, stream, position, halted_at, motive }.into()
                    })
                    .await?
            }
            Self::Readmit { projection, position, answered } => {
                let upkeep = Upkeep::begin(service, &projection, answered).await?;
                let name = projection.clone();
                upkeep.done(|motive| Readmit { projection, position, motive }.into()).await?;
                rebuild(service, &name, false).await?
            }
        };
        Ok(code)
    }
}

fn named(name: &str) -> anyhow::Result<Projection> {
    let all = projections::all();
    let names: Vec<&str> = all.iter().map(|projection| projection.name).collect();
    let known = names.join(", ");
    all.into_iter().find(|projection| projection.name == name).with_context(|| {
        Text::made(
            format!("aucune projection ne s’appelle ainsi ; il y a {known}"),
            format!("no projection is named so; there are {known}"),
        )
    })
}

async fn list(service: &Service, json: bool) -> anyhow::Result<ExitCode> {
    let pool = service.database().pool(Role::Reader);
    let standings = standings(&pool).await?;
    let mut decided = Exclusions::of_all(&pool).await?;
    let excluded = standings.iter().map(|standing| decided.remove(&standing.projection).unwrap_or_default());
    let excluded: Vec<Exclusions> = excluded.collect();
    let mut out = io::stdout().lock();
    if json {
        let rows: Vec<_> = standings
            .iter()
            .zip(&excluded)
            .map(|(standing, excluded)| {
                serde_json::json!({
                    "projection": standing.projection,
                    "fold": standing.fold,
                    "position": standing.position,
                    "head": standing.head,
                    "events_behind": standing.events_behind(),
                    "seconds_behind": standing.lag.as_secs_f64(),
                    "activity": standing.activity(),
                    "led": standing.led,
                    "rebuilding_at": standing.rebuilding,
                    "halted_at": standing.halt.as_ref().map(|halt| halt.position),
                    "halt_reason": standing.halt.as_ref().map(|halt| &halt.reason),
                    "rebuild_halted_at": standing.rebuild_halt.as_ref().map(|halt| halt.position),
                    "rebuild_halt_reason": standing.rebuild_halt.as_ref().map(|halt| &halt.reason),
                    "skipped": excluded.skipped().collect::<Vec<_>>(),
                    "quarantined_from": excluded.quarantined_from().collect::<Vec<_>>(),
                    "to_be_put_back": excluded.to_be_put_back(standing).collect::<Vec<_>>(),
                })
            })
            .collect();
        writeln!(out, "{}", serde_json::to_string_pretty(&rows)?)?;
    } else if standings.is_empty() {
        let never = Text::new(
            "aucun projecteur n’a encore tourné sur cette base de données",
            "no projector has ever run on this database",
        );
        writeln!(out, "{never}")?;
    } else {
        writeln!(
            out,
            "{:<22} {:>10} {:>12} {:>15} {:>17}  {}",
            "projection",
            "position",
            "tête — head",
            "retard — behind",
            "secondes — seconds",
            Text::new("état", "state")
        )?;
        for (standing, excluded) in standings.iter().zip(&excluded) {
            let state = state(standing);
            writeln!(
                out,
                "{:<22} {:>10} {:>12} {:>15} {:>18.1}  {state}",
                standing.projection,
                standing.position,
                standing.head,
                standing.events_behind(),
                standing.lag.as_secs_f64(),
            )?;
            if let Some(Halt { position, reason, .. }) = &standing.rebuild_halt {
                let halted = Text::made(
                    format!("reconstruction arrêtée en {position}"),
                    format!("rebuild halted at {position}"),
                );
                writeln!(out, "  {halted} : {}", halt_reason(reason))?;
            }
            if let (Some(at), None, false) = (standing.rebuilding, &standing.rebuild_halt, standing.rebuild_led) {
                let broken_off =
                    Text::made(format!("reconstruction interrompue en {at}"), format!("rebuild broken off at {at}"));
                writeln!(out, "  {broken_off}")?;
            }
            if let Some(left_out) = left_out(excluded) {
                writeln!(out, "  {left_out}")?;
            }
            if let Some(lacking) = lacking(excluded, standing) {
                writeln!(out, "  {lacking}")?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What goes on with a projection, in words.
fn state(standing: &Standing) -> String {
    if let Some(Halt { position, reason, .. }) = &standing.halt {
        let halted = Text::made(format!("arrêtée en {position}"), format!("halted at {position}"));
        return format!("{halted} : {}", halt_reason(reason));
    }
    let state = match (standing.activity(), standing.rebuilding) {
        (Activity::Rebuilding, Some(at)) => {
            Text::made(format!("en reconstruction, à {at}"), format!("rebuilding, at {at}"))
        }
        (Activity::Led, _) => Text::new("menée", "led"),
        (Activity::UpToDate, _) => Text::new("à jour", "up to date"),
        (Activity::Halted | Activity::Rebuilding | Activity::Unled, _) => Text::new("aucun projecteur", "no projector"),
    };
    state.to_string()
}

/// What operators left out, where they did: how much, and at which positions.
fn left_out(excluded: &Exclusions) -> Option<String> {
    if excluded.is_empty() {
        return None;
    }
    let (events, streams) = (excluded.skipped().count() as u64, excluded.quarantined_from().count() as u64);
    let events = Text::counted(
        events,
        ["événement laissé de côté", "événements laissés de côté"],
        ["event left out", "events left out"],
    );
    let streams = Text::counted(streams, ["flux en quarantaine"; 2], ["stream in quarantine", "streams in quarantine"]);
    let positions = excluded.skipped().chain(excluded.quarantined_from()).map(|position| position.to_string());
    Some(format!("{} : {}", events.and(streams), positions.collect::<Vec<_>>().join(", ")))
}

/// What was readmitted, and is not in the rows that are read, for it was not rebuilt since.
fn lacking(excluded: &Exclusions, standing: &Standing) -> Option<String> {
    let positions: Vec<_> = excluded.to_be_put_back(standing).map(|position| position.to_string()).collect();
    let put_back =
        Text::new("réadmis, et manquant encore : à reconstruire", "readmitted, and still missing: to be rebuilt");
    (!positions.is_empty()).then(|| format!("{put_back} : {}", positions.join(", ")))
}

/// Shows how far it has got, on a line of its own that is written over.
fn show(name: &str) -> impl FnMut(Progress) {
    let (name, shown) = (name.to_owned(), io::stderr().is_terminal());
    move |progress: Progress| {
        if shown {
            // Progress is a courtesy: where it cannot be shown, the work goes on.
            let end = if progress.at < progress.of { "" } else { "\n" };
            let _ = write!(io::stderr(), "\r{name} : {} / {}{end}", progress.at, progress.of);
        }
    }
}

async fn rebuild(service: &mut Service, name: &str, afresh: bool) -> anyhow::Result<ExitCode> {
    let projection = named(name)?;
    let journal = service.write_api().await?.journal().clone();
    let metadata = Metadata::new(Actor::Service, Capacity::Operator, Clock::system().now());
    // What could not be recorded is not done.
    leave_to_newer_builds(&journal, name).await?;
    let reader = service.reader(Role::Projector).await?;
    if afresh {
        projections::discard(&reader, &projection, &service.config().projections).await?;
    }
    let position = projections::rebuild(&reader, &projection, &service.config().projections, show(name)).await?;
    let standings = standings(&service.database().pool(Role::Reader)).await?;
    Execution::<ProjectionUpkeep>::new(&journal, metadata)
        .on(ProjectionEvent::stream(name), RecordRebuild { projection: name.to_owned(), position }.into())
        .await?;
    let rebuilt = Text::made(format!("reconstruite, à {position}"), format!("rebuilt, at {position}"));
    writeln!(io::stdout(), "{name} : {rebuilt}")?;
    if let Some(halt) = standings.iter().find(|standing| standing.projection == name).and_then(|one| one.halt.as_ref())
    {
        writeln!(io::stdout(), "{name} : {}", still_halted(halt))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Refuses what would be done to a projection on which a newer build has decided what this one does not know.
async fn leave_to_newer_builds(journal: &Journal, name: &str) -> anyhow::Result<()> {
    let metadata = Metadata::new(Actor::Service, Capacity::Operator, Clock::system().now());
    match journal.unit::<ProjectionUpkeep>(metadata).fresh_state(ProjectionEvent::stream(name)).await {
        Ok(_) => Ok(()),
        Err(ReadError::Corrupt {
            source: source @ (DecodeError::UnknownKind { .. } | DecodeError::FromTheFuture { .. }),
            ..
        }) => Err(source).context(Text::new(
            "une version plus récente a décidé de cette projection",
            "a newer build has decided on this projection",
        )),
        Err(error) => Err(error.into()),
    }
}

/// A rebuild goes as far as the live projection had got: the event that halted it comes after.
fn still_halted(Halt { position, reason, .. }: &Halt) -> Text {
    let reason = halt_reason(reason);
    Text::made(
        format!(
            "toujours arrêtée en {position} : {} ; un projecteur réessaie chaque minute",
            reason.said_in(Language::French)
        ),
        format!(
            "still halted at {position}: {}; a running projector tries again each minute",
            reason.said_in(Language::English)
        ),
    )
}

async fn verify(service: &Service, name: Option<&str>) -> anyhow::Result<ExitCode> {
    let chosen = match name {
        Some(name) => vec![named(name)?],
        None => projections::all(),
    };
    let reader = service.reader(Role::Projector).await?;
    let mut holds = true;
    for projection in chosen {
        let name = projection.name;
        let verified = match projections::verify(&reader, &projection, &service.config().projections, show(name)).await
        {
            Ok(verified) => verified,
            // The others are verified all the same.
            Err(error @ RebuildError::Halted(_)) => {
                holds = false;
                writeln!(io::stdout(), "{name} : {}", said(&error))?;
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        holds &= verified.holds() && verified.halt.is_none();
        for table in &verified.tables {
            let unfounded = ["que le journal ne donne pas"; 2];
            let compared = Text::counted(table.rows, ["ligne", "lignes"], ["row", "rows"])
                .and(Text::counted(table.unfounded, unfounded, ["that the journal does not give"; 2]))
                .and(Text::counted(table.missing, ["manquante", "manquantes"], ["missing"; 2]));
            writeln!(io::stdout(), "{name}, position {}, table {} : {compared}", verified.position, table.table)?;
        }
        if let Some(halt) = &verified.halt {
            writeln!(io::stdout(), "{name} : {}", still_halted(halt))?;
        }
        if let Some(left_out) = left_out(&verified.excluded) {
            writeln!(io::stdout(), "{name} : {left_out}")?;
        }
    }
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Where a projection, or its rebuild, has halted: at `position`, where one of them has.
async fn halt(service: &Service, name: &str, position: Option<Position>) -> anyhow::Result<Halt> {
    named(name)?;
    let standings = standings(&service.database().pool(Role::Reader)).await?;
    let halts = || standings.iter().filter(|standing| standing.projection == name).flat_map(Standing::halts);
    halts().find(|halt| Some(halt.position) == position).or_else(|| halts().next()).cloned().with_context(|| {
        Text::made(
            format!("{name} n’est pas arrêtée : il n’y a rien à laisser de côté"),
            format!("{name} has not halted: there is nothing to leave out"),
        )
    })
}

/// An act on a projection that an administrator answers for.
struct Upkeep {
    journal: Journal,
    projection: String,
    act: Act,
}

impl Upkeep {
    async fn begin(service: &mut Service, projection: &str, answered: Answered) -> anyhow::Result<Self> {
        named(projection)?;
        let act = answered.act(service, |correlation| places::exclusion_motive(projection, correlation)).await?;
        let journal = service.write_api().await?.journal().clone();
        leave_to_newer_builds(&journal, projection).await?;
        Ok(Self { journal, projection: projection.to_owned(), act })
    }

    async fn done(self, command: impl FnOnce(Sealed<String>) -> ProjectionCommand) -> anyhow::Result<ExitCode> {
        let executed = Execution::<ProjectionUpkeep>::new(&self.journal, self.act.metadata)
            .on(ProjectionEvent::stream(&self.projection), command(self.act.motive))
            .await?;
        let position = executed.receipt.position;
        let recorded = Text::made(format!("inscrit en {position}"), format!("recorded at {position}"));
        writeln!(io::stdout(), "{} : {recorded}", self.projection)?;
        Ok(ExitCode::SUCCESS)
    }
}
