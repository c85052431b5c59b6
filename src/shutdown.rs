//! The end: the first signal asks for it, the second does not wait.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// A token that the first SIGTERM or SIGINT cancels. The second ends the process at once, with the code that a shell
/// gives for the signal; nothing acknowledged is lost by that either.
///
/// # Errors
/// When the signals cannot be listened to.
pub fn on_signal() -> std::io::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let asked = stop.clone();
    tokio::spawn(async move {
        for first in [true, false] {
            let code = tokio::select! {
                _ = terminate.recv() => 128 + 15,
                _ = interrupt.recv() => 128 + 2,
            };
            if first {
                tracing::info!("stopping: requests under way are finished; a second signal stops at once");
                asked.cancel();
            } else {
                std::process::exit(code);
            }
        }
    });
    Ok(stop)
}
