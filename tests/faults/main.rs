//! Faults in the running service, a few rounds of them; and faults planted in what the checker is shown, each of which
//! it must name. `./intraparis chaos` runs as many rounds as one likes.
//!
//! A program of its own, so that nothing else is measured while the machine is busy with it.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test ends at what it did not expect")]

mod answers;
mod journal;
mod leave;
mod read_models;
mod reads;
mod shown;

use chaos::plan::Plan;
use chaos::{Harness, Outcome};
use std::path::Path;
use std::time::Duration;

async fn harness() -> Harness {
    let harness = Harness::start(Path::new(env!("CARGO_BIN_EXE_intraparis"))).await.unwrap();
    harness.left_out().into_iter().for_each(test_support::left_out);
    harness
}

async fn rounds(plans: &[Plan]) -> Vec<Outcome> {
    let harness = harness().await;
    let mut outcomes = Vec::new();
    for (number, plan) in plans.iter().enumerate() {
        let database = format!("round_{number}");
        outcomes.push(harness.round(plan, &database).await.unwrap());
        harness.forget(&database).await.unwrap();
    }
    harness.end().await.unwrap();
    outcomes
}

#[tokio::test(flavor = "multi_thread")]
async fn rounds_of_faults_break_no_promise() {
    let plans: Vec<Plan> =
        (0..5).map(|round| Plan::of_round(20_261_124, round, Duration::from_millis(1_500))).collect();
    for (outcome, plan) in rounds(&plans).await.iter().zip(&plans) {
        assert!(outcome.violations.is_empty(), "{:#?}\n{:#?}", plan.strikes, outcome.violations);
        assert!(outcome.history.commands.iter().any(|command| command.done().is_some()));
    }
}
