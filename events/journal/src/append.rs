//! The queue before the writers.

use crate::head::HeadSender;
use crate::request::{Reply, Request, StreamWrite};
use crate::writer::Writer;
use crate::writing::Writing;
use crate::{AppendError, Config};
use events::Metadata;
use sqlx::postgres::PgConnectOptions;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// The queue before the writer.
#[derive(Clone, Debug)]
pub(crate) struct Appender {
    queue: mpsc::Sender<Request>,
    config: Arc<Config>,
}

impl Appender {
    /// Starts the writers; they end when `closing` is cancelled, or the last appender dropped, and everything queued is
    /// answered.
    pub(crate) fn start(
        options: PgConnectOptions,
        head: HeadSender,
        config: Arc<Config>,
        closing: CancellationToken,
    ) -> (Self, tokio::task::JoinHandle<()>) {
        let (queue, requests) = mpsc::channel(config.queue.max(1));
        let requests = Arc::new(Mutex::new(requests));
        let writing = Writing::nothing();
        let [first, second] = [(); 2].map(|()| {
            let (requests, config) = (Arc::clone(&requests), Arc::clone(&config));
            Writer::new(options.clone(), requests, writing.clone(), head.clone(), config, closing.clone())
        });
        let second = tokio::spawn(second.run());
        let both = async {
            first.run().await;
            if let Err(error) = second.await {
                tracing::error!(error = %error, "a writer of the journal has died");
            }
        };
        (Self { queue, config }, tokio::spawn(both))
    }

    pub(crate) fn patience(&self) -> Duration {
        self.config.patience
    }

    /// Appends all of `writes` or nothing. Waits for a place in the queue, and no longer than configured.
    pub(crate) async fn append(&self, metadata: Arc<Metadata>, writes: Vec<StreamWrite>) -> Reply {
        let reply = self.answer(metadata, writes).await;
        if matches!(reply, Err(AppendError::Unavailable(_))) {
            metrics::counter!("journal_unavailable_total").increment(1);
        }
        reply
    }

    async fn answer(&self, metadata: Arc<Metadata>, writes: Vec<StreamWrite>) -> Reply {
        let (reply, answer) = oneshot::channel();
        let started = Instant::now();
        self.queue
            .send_timeout(Request { metadata, writes, reply }, self.config.patience)
            .await
            .map_err(|_| AppendError::Unavailable(None))?;
        let left = self.config.patience.saturating_sub(started.elapsed());
        let reply = match tokio::time::timeout(left, answer).await {
            Ok(Ok(reply)) => reply,
            // Not in time, or the writer is gone: it may be appended yet.
            Ok(Err(_)) | Err(_) => return Err(AppendError::Unavailable(None)),
        };
        metrics::histogram!("journal_append_seconds").record(started.elapsed().as_secs_f64());
        reply
    }
}
