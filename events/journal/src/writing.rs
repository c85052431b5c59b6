//! Whether a writer of the process is writing, for the other that gathers meanwhile.

use tokio::sync::watch;

/// How many batches the writers of a process are writing.
#[derive(Clone)]
pub(crate) struct Writing(watch::Sender<usize>);

impl Writing {
    pub(crate) fn nothing() -> Self {
        Self(watch::Sender::new(0))
    }

    pub(crate) fn begin(&self) -> Written<'_> {
        self.0.send_modify(|batches| *batches += 1);
        Written(self)
    }

    /// Comes when no batch is being written.
    pub(crate) async fn over(&self) {
        // The sender is here: it does not close.
        let _ = self.0.subscribe().wait_for(|batches| *batches == 0).await;
    }
}

/// A batch that is written when this is dropped.
pub(crate) struct Written<'a>(&'a Writing);

impl Drop for Written<'_> {
    fn drop(&mut self) {
        self.0.0.send_modify(|batches| *batches -= 1);
    }
}
