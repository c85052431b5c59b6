//! The server's process, and the thread that has started it and waits for its end.

use std::io::{self, Read};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use tokio::sync::{oneshot, watch};

#[cfg(not(target_os = "linux"))]
use super::guard::Guard;

/// What is kept of what the server says before its own log is open.
const OUTPUT_LIMIT: usize = 16 * 1024;

/// How long to wait, after the server's end, for what it has said: a child of it may hold the pipe longer.
const OUTPUT_PATIENCE: Duration = Duration::from_millis(100);

/// How a server has ended.
#[derive(Debug, Clone)]
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    /// What it said before its log was open.
    pub(super) output: String,
    /// Whether we had asked it to stop.
    pub(super) asked: bool,
}

/// A server that this program has started. Dropping it asks for a fast stop, without waiting.
#[derive(Debug)]
pub(super) struct Postmaster {
    pid: Pid,
    leash: Arc<Mutex<Leash>>,
    ended: watch::Receiver<Option<Ended>>,
}

#[derive(Debug)]
struct Leash {
    /// Until the process is reaped; after that its id may be another's.
    running: Option<Pid>,
    asked: bool,
}

impl Postmaster {
    /// Starts `command` from a thread that lives as long as the server, for the kernel binds the child's life to that
    /// very thread. `held` is dropped when the server has ended, before anybody hears of it.
    pub(super) async fn spawn(mut command: Command, held: impl Send + 'static) -> io::Result<Self> {
        command.stderr(Stdio::piped());
        let (started, starting) = oneshot::channel();
        thread::Builder::new().name("postgres".to_owned()).spawn(move || supervise(command, held, started))?;
        starting.await.map_err(io::Error::other)?
    }

    pub(super) fn pid(&self) -> Pid {
        self.pid
    }

    /// The server's end, now or later.
    pub(super) fn ended(&self) -> watch::Receiver<Option<Ended>> {
        self.ended.clone()
    }

    /// Asks the server to stop: [`Signal::INT`] is its fast way, [`Signal::QUIT`] the one without a checkpoint.
    pub(super) fn ask_to_stop(&self, signal: Signal) -> Result<(), Errno> {
        let mut leash = self.leash.lock().unwrap_or_else(PoisonError::into_inner);
        leash.asked = true;
        leash.running.map_or(Ok(()), |pid| kill_process(pid, signal))
    }
}

impl Drop for Postmaster {
    fn drop(&mut self) {
        if let Err(error) = self.ask_to_stop(Signal::INT) {
            tracing::warn!(pid = self.pid.as_raw_pid(), %error, "cannot stop PostgreSQL");
        }
    }
}

fn supervise(mut command: Command, held: impl Send + 'static, started: oneshot::Sender<io::Result<Postmaster>>) {
    let (mut child, bond) = match spawn_bound(&mut command) {
        Ok(bound) => bound,
        Err(error) => {
            drop(held);
            drop(started.send(Err(error)));
            return;
        }
    };
    let pid = Pid::from_child(&child);
    let output = child.stderr.take().map(Output::collect);
    let leash = Arc::new(Mutex::new(Leash { running: Some(pid), asked: false }));
    let (announce, ended) = watch::channel(None);
    // Where the start was given up meanwhile, the handle that comes back is dropped, and that stops the server.
    drop(started.send(Ok(Postmaster { pid, leash: Arc::clone(&leash), ended })));

    let reaped = reap(&mut child, &leash);
    drop(bond);
    let output = output.map(Output::finish).unwrap_or_default();
    drop(held);
    match reaped {
        Ok((status, asked)) => drop(announce.send(Some(Ended { status, output, asked }))),
        Err(error) => tracing::error!(pid = pid.as_raw_pid(), %error, "cannot wait for PostgreSQL"),
    }
}

/// A child that is stopped when this thread ends.
#[cfg(target_os = "linux")]
fn spawn_bound(command: &mut Command) -> io::Result<(Child, impl Sized + use<>)> {
    super::launch::die_with_thread(command, Signal::INT);
    Ok((command.spawn()?, ()))
}

/// A child that is stopped when this program ends, unless the guard is dropped before.
#[cfg(not(target_os = "linux"))]
fn spawn_bound(command: &mut Command) -> io::Result<(Child, Guard)> {
    let mut child = command.spawn()?;
    match Guard::over(Pid::from_child(&child)) {
        Ok(guard) => Ok((child, guard)),
        Err(error) => {
            child.kill()?;
            child.wait()?;
            Err(error)
        }
    }
}

/// Waits for the end without reaping, and reaps under the lock: nobody signals a process id that is free again.
fn reap(child: &mut Child, leash: &Mutex<Leash>) -> io::Result<(ExitStatus, bool)> {
    let wait = || waitid(WaitId::Pid(Pid::from_child(child)), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT);
    while matches!(wait(), Err(Errno::INTR)) {}
    let mut leash = leash.lock().unwrap_or_else(PoisonError::into_inner);
    leash.running = None;
    Ok((child.wait()?, leash.asked))
}

/// The first of what the server writes to its standard error; the rest is read and let go.
struct Output {
    kept: Arc<Mutex<Vec<u8>>>,
    end: Receiver<()>,
}

impl Output {
    fn collect(pipe: ChildStderr) -> Self {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let (alive, end) = channel();
        let reader = thread::Builder::new().name("postgres-stderr".to_owned());
        let into = Arc::clone(&kept);
        if let Err(error) = reader.spawn(move || keep_first(pipe, &into, alive)) {
            tracing::warn!(%error, "cannot listen to PostgreSQL");
        }
        Self { kept, end }
    }

    fn finish(self) -> String {
        let _closed_or_late = self.end.recv_timeout(OUTPUT_PATIENCE);
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&kept).trim().to_owned()
    }
}

/// Until the pipe's end; the channel closes with it.
fn keep_first(mut pipe: ChildStderr, kept: &Mutex<Vec<u8>>, _alive: Sender<()>) {
    let mut buffer = [0; 4096];
    loop {
        match pipe.read(&mut buffer) {
            Ok(0) => return,
            Ok(count) => {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                let room = OUTPUT_LIMIT.saturating_sub(kept.len());
                kept.extend(buffer.iter().take(count.min(room)));
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}
