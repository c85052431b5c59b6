//! The smallest program on a private PostgreSQL: `private_postgres DATA_DIR` starts it or attaches to it, says so with the
//! server's process id, and waits. SIGTERM and SIGINT stop it in order (code 0); when the server dies, so does the
//! program (code 1).
#![expect(clippy::print_stdout, reason = "the program's one line of output")]

use std::error::Error;

use journal::embedded::{Config, Server};
use sqlx::{ConnectOptions, Connection};
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let data_dir = std::env::args_os().nth(1).ok_or("usage: private_postgres DATA_DIR")?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;

    let server = Server::start(&Config::new(data_dir)).await?;
    let mut connection = server.connect_options().connect().await?;
    connection.ping().await?;
    println!("{} {}", if server.is_owner() { "owner" } else { "attached" }, server.pid());

    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        died = server.exited() => return Err(died.into()),
    }
    connection.close().await?;
    Ok(server.stop().await?)
}
