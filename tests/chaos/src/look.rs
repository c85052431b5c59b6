//! Reads of one account or one leave, at least at the position of a write that was acknowledged.

use crate::history::{Ask, Found, LeaveRead, Moment, Read};
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
    let begun = scene.now();
    let path = format!("/v1/accounts/{account}");
    let Some(Answered { shown, body, ended }) = ask(scene, random, &path, &scene.world.token, at_least).await else {
        return false;
    };
    let found = body.as_ref().and_then(found);
    scene.history().reads.push(Read { account, at_least, begun, ended, shown, found });
    true
}

/// Reads a leave as its agent, and says whether it was answered.
pub(crate) async fn look_at_leave(
    scene: &Scene,
    random: &mut ChaCha8Rng,
    agent: Uuid,
    leave: Uuid,
    at_least: i64,
) -> bool {
    let token = scene.world.agents.iter().find(|(account, _)| *account == agent).map(|(_, token)| token.as_str());
    let path = format!("/v1/leave-requests/{leave}");
    let Some(Answered { shown, body, ended }) = ask(scene, random, &path, token.unwrap_or_default(), at_least).await
    else {
        return false;
    };
    let status = body.and_then(|body| body.get("status")?.as_str().map(str::to_owned));
    scene.history().leaves_read.push(LeaveRead { agent, leave, at_least, ended, shown, status });
    true
}

/// What a read was answered.
struct Answered {
    /// The position that it shows.
    shown: i64,
    /// None where there is nothing to show.
    body: Option<Value>,
    ended: Moment,
}

/// Asks for what is to be shown at least at a position; none where no answer came, or another, which is noted.
async fn ask(scene: &Scene, random: &mut ChaCha8Rng, path: &str, token: &str, at_least: i64) -> Option<Answered> {
    let address = scene.door("read-api", random)?;
    let request = scene.http.get(format!("http://{address}{path}")).bearer_auth(token);
    let request = request.header("At-Least-Position", at_least);
    let response = scene.over.run_until_cancelled(request.send()).await?.ok()?;
    let (status, shown) = (response.status(), position(&response));
    let body = response.json::<Value>().await;
    let ended = scene.now();
    let body = match (status, body) {
        (StatusCode::OK, Ok(body)) => Some(body),
        (StatusCode::NOT_FOUND, Ok(_)) => None,
        _ => {
            scene.note(path, status);
            return None;
        }
    };
    // What is shown is shown at a position; a problem has none.
    let untold = if status == StatusCode::OK { 0 } else { at_least };
    Some(Answered { shown: shown.unwrap_or(untold), body, ended })
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
