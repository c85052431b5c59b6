//! Reads of one account, at least at the position of a write that was acknowledged.

use crate::history::{Ask, Found, Read};
use crate::scene::Scene;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;
use reqwest::StatusCode;
use serde_json::Value;
use uuid::Uuid;

/// Reads the account of one of the last commands that were acknowledged, as somebody else would who was told of it.
pub(crate) async fn look_again(scene: &Scene, random: &mut ChaCha8Rng) {
    let told = {
        let history = scene.history();
        let recent = history.commands.iter().rev().filter_map(|command| {
            let (position, account) = command.done()?;
            let about = match command.ask {
                Ask::Provision | Ask::LogIn { .. } => account?,
                Ask::RequestLeave { .. } | Ask::ApproveLeave { .. } | Ask::WithdrawLeave { .. } => return None,
                Ask::Grant(account, _) | Ask::Revoke(account, _) | Ask::Reactivate(account) => account,
            };
            Some((about, position?))
        });
        recent.take(6).collect::<Vec<_>>().choose(random).copied()
    };
    if let Some((account, position)) = told {
        look(scene, random, account, position).await;
    }
}

/// Reads the account, and says whether it was answered.
pub(crate) async fn look(scene: &Scene, random: &mut ChaCha8Rng, account: Uuid, at_least: i64) -> bool {
    let Some(address) = scene.door("read-api", random) else { return false };
    let begun = scene.now();
    let request = scene.http.get(format!("http://{address}/v1/accounts/{account}"));
    let request = request.bearer_auth(&scene.world.token).header("At-Least-Position", at_least);
    let Some(Ok(response)) = scene.over.run_until_cancelled(request.send()).await else { return false };
    let (status, shown) = (response.status(), position(&response));
    let body = response.json::<Value>().await;
    let ended = scene.now();
    let found = match (status, body) {
        (StatusCode::OK, Ok(body)) => found(&body),
        (StatusCode::NOT_FOUND, Ok(_)) => None,
        _ => {
            scene.note("an account", status);
            return false;
        }
    };
    // What is shown is shown at a position; a problem has none.
    let untold = if status == StatusCode::OK { 0 } else { at_least };
    let read = Read { account, at_least, begun, ended, shown: shown.unwrap_or(untold), found };
    scene.history().reads.push(read);
    true
}

/// `Journal-Position` of an answer.
pub(crate) fn position(response: &reqwest::Response) -> Option<i64> {
    response.headers().get("journal-position")?.to_str().ok()?.parse().ok()
}

fn found(body: &Value) -> Option<Found> {
    let roles = body.get("roles")?.as_array()?;
    Some(Found {
        roles: roles.iter().filter_map(|role| role.as_str().map(str::to_owned)).collect(),
        failures: body.get("failures")?.as_u64()?,
        suspended: !body.get("suspended_since")?.is_null(),
    })
}
