//! Threads that hash one password after another, and give way to everything else: a password waits for its turn anyhow,
//! and a commit that waited for its processor would keep the next password from coming.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use tokio::sync::oneshot;

/// How much nicer than the rest of the process the threads are.
const NICER: i32 = 10;

type Work = Box<dyn FnOnce() + Send>;

/// Clones share their threads, which end with the last.
#[derive(Clone)]
pub(super) struct HashingThreads(Sender<Work>);

impl HashingThreads {
    /// # Errors
    /// The system has no thread left.
    pub(super) fn start(count: usize) -> io::Result<Self> {
        let (sender, receiver) = channel();
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..count {
            let receiver = Arc::clone(&receiver);
            thread::Builder::new().name("hashing".to_owned()).spawn(move || work_off(&receiver))?;
        }
        Ok(Self(sender))
    }

    /// Does `work` when a thread is free, unless nobody waits for it any more; none, when it panicked.
    pub(super) async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let (done, waits) = oneshot::channel();
        let work = move || {
            if !done.is_closed() {
                let _ = done.send(work());
            }
        };
        self.0.send(Box::new(work)).ok()?;
        waits.await.ok()
    }
}

fn work_off(work: &Mutex<Receiver<Work>>) {
    // Of this thread alone, on Linux. Without it passwords are hashed all the same.
    let _ = rustix::process::nice(NICER);
    loop {
        let next = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(work) = next else { return };
        // The panic hook has told of it; whoever waits hears nothing.
        let _ = catch_unwind(AssertUnwindSafe(work));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_costs_its_own_answer_and_no_thread() {
        let threads = HashingThreads::start(1).unwrap();
        assert_eq!(threads.run(|| -> u8 { panic!("planted") }).await, None);
        assert_eq!(threads.run(|| 7).await, Some(7));
    }

    #[tokio::test]
    async fn what_nobody_waits_for_is_not_done() {
        let threads = HashingThreads::start(1).unwrap();
        let (open, gate) = std::sync::mpsc::channel::<()>();
        let first = tokio::spawn({
            let threads = threads.clone();
            async move { threads.run(move || gate.recv().is_ok()).await }
        });
        tokio::task::yield_now().await;
        let done = Arc::new(Mutex::new(false));
        let given_up = tokio::spawn({
            let (threads, done) = (threads.clone(), Arc::clone(&done));
            async move { threads.run(move || *done.lock().unwrap() = true).await }
        });
        tokio::task::yield_now().await;
        given_up.abort();
        assert!(given_up.await.unwrap_err().is_cancelled());
        open.send(()).unwrap();
        assert_eq!(first.await.unwrap(), Some(true));
        assert_eq!(threads.run(|| 7).await, Some(7));
        assert!(!*done.lock().unwrap());
    }
}
