//! A private PostgreSQL in a data directory: no set-up, no port, no account to make.
//!
//! [`Server::start`] finds the installed programs, makes a cluster where there is none, starts the server and hands out
//! how to connect to it: through a Unix socket that only its account may open, with a random password. The server ends
//! when its program does, however that ends, and recovers at the next start. A second program on the same directory is
//! attached to the running server: the owner waits for it before it stops, or it goes on without the owner
//! ([`Server::keep`]).
//!
//! ```no_run
//! # async fn serve() -> Result<(), Box<dyn std::error::Error>> {
//! use journal::embedded::{Config, Server};
//!
//! let server = Server::start(&Config::new("/var/lib/intraparis/data")).await?;
//! let pool = sqlx::PgPool::connect_with(server.connect_options()).await?;
//! // … serve, until a signal or until `server.exited()` comes …
//! pool.close().await;
//! server.stop().await?;
//! # Ok(())
//! # }
//! ```

mod binaries;
mod config;
mod data_directory;
mod error;
mod exec;
#[cfg(any(test, not(target_os = "linux")))]
mod guard;
mod held;
mod initdb;
mod launch;
mod liveness;
mod patience;
mod pid_file;
mod postmaster;
mod riders;
mod scram;
mod server;
mod server_user;
mod settings;
mod start;
mod temporary;

pub use config::{Config, Durability};
pub use error::{EmbeddedError, Ending};
pub use exec::TEST_DATABASE_URL;
pub use server::Server;
