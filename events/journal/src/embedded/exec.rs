//! A command beside a server: it is told where the server is, and the server goes when the command has ended.

use std::process::ExitStatus;

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};

use super::error::EmbeddedError;
use super::server::Server;

/// The environment variable that names the server to a command, as a URL for a superuser.
pub const TEST_DATABASE_URL: &str = "TEST_DATABASE_URL";

impl Server {
    /// Runs `command` with [`TEST_DATABASE_URL`] set to [`Server::database_url`], waits for its end and stops the server.
    /// SIGTERM is passed on to the command; SIGINT reaches it from the terminal as it reaches us. Either way the server
    /// outlives the command.
    ///
    /// # Errors
    /// [`EmbeddedError::Command`] when it cannot be run, [`EmbeddedError::Died`] when the server has ended before the
    /// command, which is then killed.
    pub async fn exec(self, mut command: Command) -> Result<ExitStatus, EmbeddedError> {
        let program = command.as_std().get_program().to_string_lossy().into_owned();
        let exited = self.exited();
        let run = async {
            let mut terminate = signal(SignalKind::terminate())?;
            let mut interrupt = signal(SignalKind::interrupt())?;
            let mut child = command.env(TEST_DATABASE_URL, self.database_url()).kill_on_drop(true).spawn()?;
            loop {
                tokio::select! {
                    status = child.wait() => return status,
                    _ = terminate.recv() => pass_on(&child, Signal::TERM),
                    _ = interrupt.recv() => {}
                }
            }
        };
        let status = tokio::select! {
            status = run => status.map_err(|source| EmbeddedError::Command { program, source })?,
            died = exited => return Err(died),
        };
        self.stop().await?;
        Ok(status)
    }
}

fn pass_on(child: &Child, signal: Signal) {
    let pid = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
    if let Some(Err(error)) = pid.map(|pid| kill_process(pid, signal)) {
        tracing::warn!(%error, "cannot pass a signal on");
    }
}
