//! A process that is kept running: one that ends is started again, whoever ended it.

use anyhow::Context;
use rustix::process::{Pid, Signal, kill_process};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::{CancellationToken, DropGuard};

/// Time between an end and the next start.
const PAUSE: Duration = Duration::from_millis(50);

/// A process under supervision; it is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Process {
    pid: watch::Receiver<Option<Pid>>,
    starts: Arc<AtomicUsize>,
    stop: DropGuard,
    task: JoinHandle<()>,
}

/// What is told of a process.
#[derive(Debug)]
pub(crate) enum Said {
    /// It was started.
    Started,
    /// A line on its standard error.
    Line(String),
}

impl Process {
    /// Starts what `command` makes, again and again, and tells `hear` of its starts and of what it says.
    ///
    /// # Errors
    /// When it cannot be started the first time.
    pub(crate) fn keep(
        command: impl Fn() -> Command + Send + 'static,
        mut hear: impl FnMut(Said) + Send + 'static,
    ) -> anyhow::Result<Self> {
        let (stop, starts) = (CancellationToken::new(), Arc::new(AtomicUsize::new(1)));
        let spawn = move || {
            let mut command = command();
            command.kill_on_drop(true).stdin(std::process::Stdio::null()).stderr(std::process::Stdio::piped()).spawn()
        };
        let mut child = spawn().context("a process cannot be started")?;
        let pid_of = |child: &tokio::process::Child| child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        let (tell, pid) = watch::channel(pid_of(&child));
        let (stopped, count) = (stop.clone(), Arc::clone(&starts));
        let task = tokio::spawn(async move {
            loop {
                hear(Said::Started);
                let mut lines = child.stderr.take().map(|stderr| BufReader::new(stderr).lines());
                // Its standard error may outlive it in children, so the end is waited for beside it.
                let ended = loop {
                    let line = async {
                        match &mut lines {
                            Some(lines) => lines.next_line().await.ok().flatten(),
                            None => std::future::pending().await,
                        }
                    };
                    tokio::select! {
                        biased;
                        () = stopped.cancelled() => break false,
                        line = line => match line {
                            Some(line) => hear(Said::Line(line)),
                            None => lines = None,
                        },
                        _ = child.wait() => break true,
                    }
                };
                tell.send_replace(None);
                if !ended {
                    // It is killed and waited for; one that has just ended is as well.
                    let _ = child.kill().await;
                    return;
                }
                child = loop {
                    sleep_until(Instant::now() + PAUSE).await;
                    if stopped.is_cancelled() {
                        return;
                    }
                    if let Ok(child) = spawn() {
                        break child;
                    }
                };
                count.fetch_add(1, Ordering::Relaxed);
                tell.send_replace(pid_of(&child));
            }
        });
        Ok(Self { pid, starts, stop: stop.drop_guard(), task })
    }

    /// Its process id, while it runs.
    pub(crate) fn pid(&self) -> Option<Pid> {
        *self.pid.borrow()
    }

    /// How often it was started.
    pub(crate) fn starts(&self) -> usize {
        self.starts.load(Ordering::Relaxed)
    }

    /// Sends a signal; one that has ended meanwhile takes none.
    pub(crate) fn signal(&self, signal: Signal) {
        if let Some(pid) = self.pid() {
            let _ = kill_process(pid, signal);
        }
    }

    /// Kills it for good.
    pub(crate) async fn end(self) {
        drop(self.stop);
        let _ = self.task.await;
    }
}
