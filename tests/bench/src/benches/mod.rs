//! What is measured: each bench is one module with one name.

mod appends;
mod comparison;
mod costs;
mod cycles;
pub mod http;
mod leave;
mod loading;
pub mod processes;
mod projections;

use measure::Bench;
use measure::arguments::Plan;
use measure::report::Section;
use measure::server::Server;

/// Runs a bench in a database of its own.
pub async fn run(bench: Bench, server: &Server, plan: &Plan) -> anyhow::Result<Section> {
    let database = server.database(&bench.to_string()).await?;
    let section = match bench {
        Bench::Appends => appends::run(&database, plan).await,
        Bench::Cycles => cycles::run(&database, plan).await,
        Bench::Costs => costs::run(server, &database, plan).await,
        Bench::Processes => processes::run(&database, plan).await,
        Bench::Loading => loading::run(&database, plan).await,
        Bench::Projections => projections::run(&database, plan).await,
        Bench::Http => http::run(&database, plan).await,
        Bench::Leave => leave::run(server, &database, plan).await,
    };
    server.drop(database).await?;
    section
}
