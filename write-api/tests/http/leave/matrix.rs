//! Who may do what: everybody around an agent, against every route.

use super::world::World;
use crate::app::{Agent, Answer, slug};
use events::account::Role;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The manager, and who decides for him today.
pub const DECIDERS: &[&str] = &["manager", "delegate"];
const OVER_GRANTED: &[&str] = &["manager", "delegate", "hr"];
const OWN: &[&str] = &["agent"];
const HR: &[&str] = &["hr"];
const OFFICERS: &[&str] = &["hr", "hr-health"];
const ATTACHING: &[&str] = &["agent", "hr", "hr-health"];
/// Of each his own affairs, where nobody else can be named; or one act after the other.
const ALL: &[&str] =
    &["agent", "colleague", "manager", "delegate", "expired delegate", "other manager", "hr", "hr-health", "auditor"];

/// Each route of leave, with those whom it does not stop for lack of right.
pub const MATRIX: &[(&str, &[&str])] = &[
    ("/v1/leave-requests", ALL),
    ("/v1/leave-requests/{id}/approve", DECIDERS),
    ("/v1/leave-requests/{id}/refuse", DECIDERS),
    ("/v1/leave-requests/{id}/partially-approve", DECIDERS),
    ("/v1/leave-requests/{id}/override-staffing", DECIDERS),
    ("/v1/leave-requests/{id}/amend", OWN),
    ("/v1/leave-requests/{id}/withdraw", OWN),
    ("/v1/leave-requests/{id}/name-replacement", OWN),
    ("/v1/leave-requests/{id}/accept-replacement", &["colleague"]),
    ("/v1/leave-requests/{id}/decline-replacement", &["colleague"]),
    ("/v1/leave-requests/{id}/request-cancellation", OWN),
    ("/v1/leave-requests/{id}/accept-cancellation", OVER_GRANTED),
    ("/v1/leave-requests/{id}/refuse-cancellation", OVER_GRANTED),
    ("/v1/leave-requests/{id}/correct", HR),
    ("/v1/leave-requests/{id}/proofs", ATTACHING),
    ("/v1/leave-decisions", ALL),
    ("/v1/agents/{id}/absences", HR),
    ("/v1/agents/{id}/sicknesses", OFFICERS),
    ("/v1/sicknesses/{id}/shorten", OFFICERS),
    ("/v1/sicknesses/{id}/certificate", OFFICERS),
    ("/v1/sicknesses/{id}/certificate/correct", OFFICERS),
    ("/v1/sicknesses/{id}/proofs", ATTACHING),
    ("/v1/agents/{id}/credits", HR),
    ("/v1/agents/{id}/debits", HR),
    ("/v1/agents/{id}/carry-overs", HR),
    ("/v1/agents/{id}/time-savings/settle", HR),
    ("/v1/agents/{id}/gifts", HR),
    ("/v1/agents/{id}/employment", HR),
    ("/v1/agents/{id}/employment/withdraw", HR),
    ("/v1/units", HR),
    ("/v1/units/{id}/manager", HR),
    ("/v1/units/{id}/staffing-rules", HR),
    ("/v1/units/{id}/validation-routes", HR),
    ("/v1/units/{id}/close", HR),
    ("/v1/me/time-savings", ALL),
    ("/v1/me/time-savings/deposits", ALL),
    ("/v1/me/time-savings/choices", ALL),
    ("/v1/me/gifts", ALL),
    ("/v1/me/gifts/{id}/withdraw", OWN),
    ("/v1/delegations", ALL),
    ("/v1/delegations/{id}/revoke", &["manager", "hr"]),
    ("/v1/calendar-feeds", ALL),
    ("/v1/calendar-feeds/{id}/revoke", OWN),
];

pub async fn cast(world: &World) -> BTreeMap<&'static str, Agent> {
    let colleague = world.app.agent("Joliot", &[]).await;
    world.employ(&colleague, &world.unit).await;
    let other_manager = world.app.agent("Autre", &[Role::Manager]).await;
    let unit = json!({ "code": "DPE", "name": "Propreté" });
    let unit = world.app.post(&world.hr, "/v1/units", unit).await.1["unit"].as_str().unwrap().to_owned();
    let lead = json!({ "manager": other_manager.account, "from": "2020-01-01" });
    assert_eq!(world.app.post(&world.hr, &format!("/v1/units/{unit}/manager"), lead).await.0, 200);
    let (delegate, expired) = (world.app.agent("Relais", &[]).await, world.app.agent("Ancien", &[]).await);
    for (to, first, last) in [(&delegate, "2026-01-05", "2026-01-31"), (&expired, "2026-01-01", "2026-01-05")] {
        let body = json!({ "to": to.account, "first": first, "last": last });
        assert_eq!(world.app.post(&world.manager, "/v1/delegations", body).await.0, 201);
    }
    world.at("2026-01-06T09:00:00Z");
    let again = async |agent: &Agent| world.app.again(agent.account, &agent.username).await;
    BTreeMap::from([
        ("agent", again(&world.agent).await),
        ("colleague", again(&colleague).await),
        ("manager", again(&world.manager).await),
        ("delegate", again(&delegate).await),
        ("expired delegate", again(&expired).await),
        ("other manager", again(&other_manager).await),
        ("hr", again(&world.hr).await),
        ("hr-health", world.app.agent("Sante", &[Role::HrHealth]).await),
        ("auditor", world.app.agent("Audit", &[Role::Auditor]).await),
    ])
}

/// What the routes are about, beside leave.
pub struct Subjects {
    sickness: String,
    gift: String,
    delegation: String,
    feed: String,
}

impl Subjects {
    /// Identifiers of nothing.
    pub fn none() -> Self {
        let [sickness, gift, delegation, feed] = std::array::from_fn(|_| uuid::Uuid::new_v4().to_string());
        Self { sickness, gift, delegation, feed }
    }

    async fn of(world: &World, cast: &BTreeMap<&'static str, Agent>) -> Self {
        let made = async |who: &str, path: &str, body: Value, name: &str| {
            let (status, made) = world.app.post(&cast[who], path, body).await;
            assert_eq!(status, 201, "{path}: {made}");
            made[name].as_str().unwrap().to_owned()
        };
        let spell = json!({ "first": "2026-01-02", "last": "2026-01-02" });
        let sicknesses = format!("/v1/agents/{}/sicknesses", world.agent.account);
        let ending = json!({ "to": cast["expired delegate"].account, "first": "2026-01-06", "last": "2026-01-31", "types": ["unpaid"] });
        Self {
            sickness: made("hr", &sicknesses, spell, "sickness").await,
            gift: made("agent", "/v1/me/gifts", json!({ "counter": "rtt:2026", "half_days": 2 }), "movement").await,
            delegation: made("manager", "/v1/delegations", ending, "delegation").await,
            feed: made("agent", "/v1/calendar-feeds", json!({}), "feed").await,
        }
    }
}

/// A leave of the agent for an act on it: pending, or granted where the act is on such a one.
async fn leave_for(world: &World, cast: &BTreeMap<&'static str, Agent>, act: &str) -> String {
    let ask = json!({ "type": "annual-leave", "first": "2026-05-18", "last": "2026-05-19" });
    let (status, asked) = world.app.post(&cast["agent"], "/v1/leave-requests", ask).await;
    assert_eq!(status, 201, "{asked}");
    let leave = asked["leave"].as_str().unwrap().to_owned();
    let before = match act {
        "correct" | "request-cancellation" | "accept-cancellation" | "refuse-cancellation" => {
            Some(("manager", "approve", json!({ "agent": world.agent.account, "step": 0 })))
        }
        "accept-replacement" | "decline-replacement" => {
            Some(("agent", "name-replacement", json!({ "replacement": cast["colleague"].account })))
        }
        _ => None,
    };
    if let Some((who, act, body)) = before {
        let done = world.app.post(&cast[who], &format!("/v1/leave-requests/{leave}/{act}"), body).await;
        assert_eq!(done.0, 200, "{}", done.1);
    }
    leave
}

/// Makes room for the next leave, whatever became of this one.
async fn make_room(world: &World, cast: &BTreeMap<&'static str, Agent>, leave: &str) {
    let path = |act: &str| format!("/v1/leave-requests/{leave}/{act}");
    world.app.post(&cast["agent"], &path("withdraw"), json!({})).await;
    world.app.post(&cast["agent"], &path("request-cancellation"), json!({})).await;
    let of = json!({ "agent": world.agent.account });
    world.app.post(&cast["manager"], &path("accept-cancellation"), of).await;
}

/// What is sent to a route, but for files: refused, if at all, only for what is looked at after the right.
pub fn body(world: &World, cast: &BTreeMap<&'static str, Agent>, route: &str, of: &Subjects, leave: &str) -> Value {
    let agent = world.agent.account;
    let movement = json!({ "counter": "rtt:2026", "half_days": 1, "effective": "2026-01-01", "cause": "correction", "motive": "m" });
    match route {
        "/v1/leave-requests" => json!({ "type": "annual-leave", "first": "2026-05-18", "last": "2026-05-19" }),
        "/v1/leave-requests/{id}/approve" => json!({ "agent": agent, "step": 0 }),
        "/v1/leave-requests/{id}/refuse" | "/v1/leave-requests/{id}/override-staffing" => {
            json!({ "agent": agent, "step": 0, "motive": "m" })
        }
        "/v1/leave-requests/{id}/partially-approve" => {
            json!({ "agent": agent, "step": 0, "half_days": ["2026-05-18"], "motive": "m" })
        }
        "/v1/leave-requests/{id}/amend" => json!({ "first": "2026-05-18", "last": "2026-05-18" }),
        "/v1/leave-requests/{id}/name-replacement" => json!({ "replacement": cast["colleague"].account }),
        "/v1/leave-requests/{id}/accept-replacement"
        | "/v1/leave-requests/{id}/decline-replacement"
        | "/v1/leave-requests/{id}/accept-cancellation" => json!({ "agent": agent }),
        "/v1/leave-requests/{id}/refuse-cancellation" => json!({ "agent": agent, "motive": "m" }),
        "/v1/leave-requests/{id}/correct" => {
            json!({ "agent": agent, "half_days": ["2026-05-18"], "effective": "2026-05-18", "motive": "m" })
        }
        "/v1/leave-decisions" => {
            json!({ "items": [{ "leave": leave, "agent": agent, "decision": "approve", "step": 0 }] })
        }
        "/v1/agents/{id}/absences" => json!({ "type": "unjustified", "first": "2026-01-05", "last": "2026-01-05" }),
        "/v1/agents/{id}/sicknesses" => json!({ "first": "2026-02-02", "last": "2026-02-03" }),
        "/v1/sicknesses/{id}/shorten" => json!({ "agent": agent, "back": "2026-01-02 PM", "motive": "m" }),
        "/v1/sicknesses/{id}/certificate" => json!({ "agent": agent, "issued": "2026-01-02", "sent": "2026-01-02" }),
        "/v1/sicknesses/{id}/certificate/correct" => {
            json!({ "agent": agent, "issued": "2026-01-02", "sent": "2026-01-03", "motive": "m" })
        }
        "/v1/agents/{id}/credits" | "/v1/agents/{id}/debits" => movement,
        "/v1/agents/{id}/carry-overs" => json!({ "year": 2025, "by": "sickness", "return_date": "2026-01-05" }),
        "/v1/agents/{id}/time-savings/settle" => json!({ "year": 2025 }),
        "/v1/agents/{id}/gifts" => json!({ "gift": of.gift, "to": cast["colleague"].account }),
        "/v1/agents/{id}/employment" => json!({ "from": "2026-01-01", "title": "x" }),
        "/v1/agents/{id}/employment/withdraw" => json!({ "attribute": "title", "from": "2026-01-01", "motive": "m" }),
        "/v1/units" => json!({ "code": "X", "name": "x" }),
        "/v1/units/{id}/manager" => json!({ "manager": null, "from": "2030-01-01" }),
        "/v1/units/{id}/staffing-rules" | "/v1/units/{id}/validation-routes" => {
            json!({ "rules": [], "from": "2030-01-01" })
        }
        "/v1/units/{id}/close" => json!({ "on": "2030-01-01" }),
        "/v1/me/time-savings/deposits" => json!({ "deposits": [{ "counter": "rtt:2026", "half_days": 1 }] }),
        "/v1/me/time-savings/choices" => json!({ "year": 2025, "kept": 0, "paid": 0, "pension": 0 }),
        "/v1/me/gifts" => json!({ "counter": "rtt:2026", "half_days": 2 }),
        "/v1/delegations" => {
            json!({ "to": cast["auditor"].account, "first": "2026-01-06", "last": "2026-01-31", "types": ["unpaid"] })
        }
        "/v1/leave-requests/{id}/withdraw"
        | "/v1/leave-requests/{id}/request-cancellation"
        | "/v1/me/time-savings"
        | "/v1/me/gifts/{id}/withdraw"
        | "/v1/delegations/{id}/revoke"
        | "/v1/calendar-feeds"
        | "/v1/calendar-feeds/{id}/revoke" => json!({}),
        other => panic!("what is sent to {other}?"),
    }
}

async fn send(world: &World, cast: &BTreeMap<&'static str, Agent>, who: &Agent, route: &str, of: &Subjects) -> Answer {
    let about_leave = route.starts_with("/v1/leave-requests/{id}/") || route == "/v1/leave-decisions";
    let leave = match route.rsplit_once('/') {
        Some((_, act)) if about_leave => leave_for(world, cast, act).await,
        _ => String::new(),
    };
    let id = match route.split('/').nth(2) {
        Some("leave-requests") => leave.clone(),
        Some("agents") => world.agent.account.to_string(),
        Some("sicknesses") => of.sickness.clone(),
        Some("units") => world.unit.clone(),
        Some("delegations") => of.delegation.clone(),
        Some("calendar-feeds") => of.feed.clone(),
        _ => of.gift.clone(),
    };
    let path = route.replace("{id}", &id);
    let answer = if route.ends_with("/proofs") {
        let path = format!("{path}?agent={}&name=x.pdf", world.agent.account);
        let request = world.app.request(reqwest::Method::POST, &path).bearer_auth(&who.token);
        let request = request.header("idempotency-key", uuid::Uuid::new_v4().to_string());
        crate::app::answer(request.body(&b"%PDF"[..])).await
    } else {
        world.app.post(who, &path, body(world, cast, route, of, &leave)).await
    };
    if let Some(leave) = answer.1["leave"].as_str().or(Some(leave.as_str()).filter(|leave| !leave.is_empty())) {
        make_room(world, cast, leave).await;
    }
    answer
}

#[tokio::test]
async fn each_route_is_open_to_those_alone_whom_the_matrix_names() {
    let world = World::new().await;
    let cast = cast(&world).await;
    let subjects = Subjects::of(&world, &cast).await;
    for (route, open_to) in MATRIX {
        for (name, who) in &cast {
            let answer = send(&world, &cast, who, route, &subjects).await;
            // To whom a leave is not, it is not there.
            let stopped = ["not-allowed", "not-found"].contains(&slug(&answer));
            assert_eq!(!stopped, open_to.contains(name), "{route} by {name}: {}", answer.1);
        }
    }
}

#[test]
fn the_matrix_forgets_no_route_of_leave() {
    let doc = write_api::openapi().unwrap();
    let documented = doc.paths.paths.iter().flat_map(|(route, path)| {
        let operations = [&path.get, &path.post, &path.put, &path.delete, &path.patch].into_iter().flatten();
        let of_leave = operations.filter(|operation| operation.tags.iter().flatten().any(|tag| tag == "leave"));
        of_leave.map(|_| route.as_str())
    });
    let mut documented: Vec<&str> = documented.collect();
    let mut listed: Vec<&str> = MATRIX.iter().map(|(route, _)| *route).collect();
    documented.sort_unstable();
    listed.sort_unstable();
    assert_eq!(listed, documented);
}
