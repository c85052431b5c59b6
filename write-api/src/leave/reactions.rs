//! What the time that passes brings about, without anybody's asking.

use super::{announce_losses, escalate, release_replacements};
use crate::WriteApi;
use events::date::in_paris;
use std::future::Future;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

/// How often is looked: what is due counts in days.
const EVERY: Duration = Duration::from_secs(60);

impl WriteApi {
    /// Every minute until `stop` is done, escalates what is due and releases the replacements who left; once a day, tells
    /// agents of what they are about to lose.
    pub async fn keep_reacting(self, stop: impl Future<Output = ()>) {
        let looking = async {
            let mut ticks = interval(EVERY);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut told_on = None;
            loop {
                ticks.tick().await;
                if let Err(problem) = escalate(&self).await {
                    tracing::warn!(error = %problem, "steps that wait too long could not be looked at");
                }
                if let Err(problem) = release_replacements(&self).await {
                    tracing::warn!(error = %problem, "replacements who left could not be looked at");
                }
                let today = Some(in_paris(self.clock.now()));
                if told_on != today {
                    match announce_losses(&self).await {
                        Ok(_) => told_on = today,
                        Err(problem) => tracing::warn!(error = %problem, "what agents lose could not be looked at"),
                    }
                }
            }
        };
        tokio::select! {
            () = stop => {}
            () = looking => {}
        }
    }
}
