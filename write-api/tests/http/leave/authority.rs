//! Who may do what: everybody around an agent, against every route.

use super::world::World;
use crate::app::{Agent, slug};
use events::account::Role;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The manager, and who decides for him today.
const DECIDERS: &[&str] = &["manager", "delegate"];

async fn cast(world: &World) -> BTreeMap<&'static str, Agent> {
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

/// Those whom a request does not stop for lack of right, be it refused for another reason.
async fn allowed(
    world: &World,
    cast: &BTreeMap<&'static str, Agent>,
    path: &str,
    body: &Value,
) -> BTreeSet<&'static str> {
    let mut allowed = BTreeSet::new();
    for (name, who) in cast {
        let answer = world.app.post(who, path, body.clone()).await;
        // To whom a leave is not, it is not there.
        if !["not-allowed", "not-found"].contains(&slug(&answer)) {
            allowed.insert(*name);
        }
    }
    allowed
}

fn names(names: &[&'static str]) -> BTreeSet<&'static str> {
    names.iter().copied().collect()
}

#[tokio::test]
async fn each_act_on_a_leave_is_open_to_those_alone_whose_it_is() {
    let world = World::new().await;
    let cast = cast(&world).await;
    let agent = world.agent.account;
    let at_step = json!({ "agent": agent, "step": 0 });
    let refusal = json!({ "agent": agent, "step": 0, "motive": "m" });
    let part = json!({ "agent": agent, "step": 0, "half_days": ["2026-05-18"], "motive": "m" });
    let whose = json!({ "agent": agent });
    let motive = json!({ "agent": agent, "motive": "m" });
    let dates = json!({ "first": "2026-05-18", "last": "2026-05-19" });
    let correction = json!({ "agent": agent, "half_days": ["2026-05-18"], "effective": "2026-05-18", "motive": "m" });
    let named = json!({ "replacement": cast["colleague"].account });
    let on_pending: [(&str, &Value, &[&str]); 7] = [
        ("approve", &at_step, DECIDERS),
        ("refuse", &refusal, DECIDERS),
        ("partially-approve", &part, DECIDERS),
        ("override-staffing", &refusal, DECIDERS),
        ("amend", &dates, &["agent"]),
        ("withdraw", &json!({}), &["agent"]),
        ("name-replacement", &named, &["agent"]),
    ];
    let ask = json!({ "type": "annual-leave", "first": "2026-05-18", "last": "2026-05-19" });
    for (act, body, expected) in on_pending {
        for (name, who) in &cast {
            let (status, asked) = world.app.post(&cast["agent"], "/v1/leave-requests", ask.clone()).await;
            assert_eq!(status, 201, "{asked}");
            let leave = asked["leave"].as_str().unwrap();
            let answer = world.app.post(who, &format!("/v1/leave-requests/{leave}/{act}"), body.clone()).await;
            let stopped = ["not-allowed", "not-found"].contains(&slug(&answer));
            assert_eq!(!stopped, expected.contains(name), "{act} by {name}: {}", answer.1);
            // What was granted or asked makes room for the next.
            if answer.0 == 200 && answer.1["status"] == "granted" {
                release(&world, &cast, leave).await;
            } else if answer.1["status"] != "refused" && answer.1["status"] != "withdrawn" {
                world.app.post(&cast["agent"], &format!("/v1/leave-requests/{leave}/withdraw"), json!({})).await;
            }
        }
    }
    let granted: [(&str, &Value, &[&str]); 4] = [
        ("request-cancellation", &json!({}), &["agent"]),
        ("refuse-cancellation", &motive, &["manager", "delegate", "hr"]),
        ("accept-cancellation", &whose, &["manager", "delegate", "hr"]),
        ("correct", &correction, &["hr"]),
    ];
    let (_, asked) = world.app.post(&cast["agent"], "/v1/leave-requests", ask).await;
    let leave = asked["leave"].as_str().unwrap();
    assert_eq!(world.app.post(&cast["manager"], &format!("/v1/leave-requests/{leave}/approve"), at_step).await.0, 200);
    for (act, body, expected) in granted {
        let path = format!("/v1/leave-requests/{leave}/{act}");
        assert_eq!(allowed(&world, &cast, &path, body).await, names(expected), "{act}");
    }
    for act in ["accept-replacement", "decline-replacement"] {
        let path = format!("/v1/leave-requests/{leave}/{act}");
        assert_eq!(allowed(&world, &cast, &path, &whose).await, names(&[]), "{act}: nobody was asked");
    }
}

async fn release(world: &World, cast: &BTreeMap<&'static str, Agent>, leave: &str) {
    let path = |act: &str| format!("/v1/leave-requests/{leave}/{act}");
    assert_eq!(world.app.post(&cast["agent"], &path("request-cancellation"), json!({})).await.0, 200);
    let of = json!({ "agent": cast["agent"].account });
    assert_eq!(world.app.post(&cast["manager"], &path("accept-cancellation"), of).await.0, 200);
}

#[tokio::test]
async fn what_human_resources_record_is_theirs_alone() {
    let world = World::new().await;
    let cast = cast(&world).await;
    let agent = |rest: &str| format!("/v1/agents/{}/{rest}", world.agent.account);
    let unit = |rest: &str| format!("/v1/units/{}/{rest}", world.unit);
    let days = json!({ "type": "unjustified", "first": "2026-01-02", "last": "2026-01-02" });
    let spell = json!({ "first": "2026-02-02", "last": "2026-02-03" });
    let movement = json!({ "counter": "rtt:2026", "half_days": 1, "effective": "2026-01-01", "cause": "correction", "motive": "m" });
    let gift = json!({ "counter": "rtt:2026", "half_days": 2 });
    let (status, declared) = world.app.post(&cast["agent"], "/v1/me/gifts", gift).await;
    assert_eq!(status, 201, "{declared}");
    let gift = json!({ "gift": declared["movement"], "to": cast["colleague"].account });
    let attributes = json!({ "from": "2026-01-01", "title": "x" });
    let mistake = json!({ "attribute": "title", "from": "2026-01-01", "motive": "m" });
    let sickness = format!("/v1/sicknesses/{}", uuid::Uuid::new_v4());
    let hr: &[&str] = &["hr"];
    for (path, body, expected) in [
        (agent("absences"), days, hr),
        (agent("sicknesses"), spell, &["hr", "hr-health"]),
        (agent("credits"), movement.clone(), hr),
        (agent("debits"), movement, hr),
        (agent("gifts"), gift, hr),
        (agent("carry-overs"), json!({ "year": 2025, "by": "sickness", "return_date": "2026-01-05" }), hr),
        (agent("time-savings/settle"), json!({ "year": 2025 }), hr),
        (agent("employment"), attributes, hr),
        (agent("employment/withdraw"), mistake, hr),
        ("/v1/units".into(), json!({ "code": "X", "name": "x" }), hr),
        (unit("manager"), json!({ "manager": null, "from": "2030-01-01" }), hr),
        (unit("staffing-rules"), json!({ "rules": [], "from": "2030-01-01" }), hr),
        (unit("validation-routes"), json!({ "rules": [], "from": "2030-01-01" }), hr),
        (unit("close"), json!({ "on": "2030-01-01" }), hr),
    ] {
        assert_eq!(allowed(&world, &cast, &path, &body).await, names(expected), "{path}");
    }
    for (rest, body) in [
        ("shorten", json!({ "agent": world.agent.account, "back": "2026-02-03", "motive": "m" })),
        ("certificate", json!({ "agent": world.agent.account, "issued": "2026-02-02", "sent": "2026-02-02" })),
    ] {
        for (name, who) in &cast {
            let answer = world.app.post(who, &format!("{sickness}/{rest}"), body.clone()).await;
            let expected = if ["hr", "hr-health"].contains(name) { "not-found" } else { "not-allowed" };
            assert_eq!(slug(&answer), expected, "{rest} by {name}");
        }
    }
}

#[tokio::test]
async fn nobody_acts_for_human_resources_in_his_own_matter() {
    let world = World::new().await;
    let own = |rest: &str| format!("/v1/agents/{}/{rest}", world.hr.account);
    world.app.agent("Autre", &[]).await;
    for (rest, body) in [
        ("absences", json!({ "type": "unjustified", "first": "2026-01-02", "last": "2026-01-02" })),
        (
            "credits",
            json!({ "counter": "rtt:2026", "half_days": 1, "effective": "2026-01-01", "cause": "advance", "motive": "m" }),
        ),
        ("employment", json!({ "from": "2026-01-01", "title": "x" })),
        ("carry-overs", json!({ "year": 2025, "by": "sickness", "return_date": "2026-01-05" })),
        ("time-savings/settle", json!({ "year": 2025 })),
    ] {
        assert_eq!(slug(&world.app.post(&world.hr, &own(rest), body).await), "not-allowed", "{rest}");
    }
    let sickness = format!("/v1/sicknesses/{}/certificate", uuid::Uuid::new_v4());
    let certificate = json!({ "agent": world.hr.account, "issued": "2026-01-02", "sent": "2026-01-02" });
    assert_eq!(slug(&world.app.post(&world.hr, &sickness, certificate).await), "not-allowed");
}

/// Who validates, staffs or leads one's own unit is who decides on one's own leave.
#[tokio::test]
async fn nobody_sets_the_rules_of_his_own_unit_nor_a_route_without_a_decision() {
    let world = World::new().await;
    let unit = |rest: &str| format!("/v1/units/{}/{rest}", world.unit);
    let own = world.app.agent("Rh", &[Role::Hr]).await;
    world.employ(&own, &world.unit).await;
    let manager = json!({ "by": { "any-of": ["manager"] } });
    let routes = |steps: serde_json::Value| json!({ "rules": [{ "steps": steps }], "from": "2026-01-05" });
    for (rest, body) in [
        ("manager", json!({ "manager": own.account, "from": "2026-01-05" })),
        ("staffing-rules", json!({ "rules": [], "from": "2026-01-05" })),
        ("validation-routes", routes(json!([manager]))),
        ("close", json!({ "on": "2026-01-05" })),
    ] {
        let answer = world.app.post(&own, &unit(rest), body).await;
        assert_eq!((answer.0, slug(&answer)), (403, "not-allowed"), "{rest}: {}", answer.1);
    }
    let none = world.app.post(&world.hr, &unit("validation-routes"), routes(json!([]))).await;
    assert_eq!((none.0, super::world::field(&none)), (422, "/rules/0/steps"), "{}", none.1);
    assert_eq!(world.app.post(&world.hr, &unit("validation-routes"), routes(json!([manager]))).await.0, 200);
}

#[tokio::test]
async fn a_delegation_that_was_revoked_meanwhile_decides_nothing_and_one_does_not_decide_for_himself_by_it() {
    let world = World::new().await;
    let delegate = world.app.agent("Relais", &[]).await;
    let body = |to: &Agent| json!({ "to": to.account, "first": "2026-01-05", "last": "2026-01-31" });
    let (_, granted) = world.app.post(&world.manager, "/v1/delegations", body(&delegate)).await;
    let leave = world.asked("2026-05-18", "2026-05-19").await;
    assert_eq!(world.app.post(&world.manager, "/v1/delegations", body(&world.agent)).await.0, 201);
    assert_eq!(slug(&world.approve(&world.agent, &leave).await), "not-allowed");
    let revoke = format!("/v1/delegations/{}/revoke", granted["delegation"].as_str().unwrap());
    assert_eq!(slug(&world.app.post(&delegate, &revoke, json!({})).await), "not-allowed");
    // Another process, which knew the delegation before it was revoked.
    let other = world.app.another().await;
    let path = format!("/v1/leave-requests/{leave}/approve");
    let no = json!({ "agent": world.agent.account, "step": 9 });
    assert_eq!(slug(&other.post(&delegate, &path, no).await), "leave-state");
    assert_eq!(world.app.post(&world.manager, &revoke, json!({})).await.0, 200);
    let yes = json!({ "agent": world.agent.account, "step": 0 });
    assert_eq!(slug(&other.post(&delegate, &path, yes).await), "not-allowed");
    assert_eq!(world.approve(&world.manager, &leave).await.1["status"], "granted");
}

/// What human resources decide takes their role; in the place of one whom a route names, a colleague of the role decides
/// within the scope, and neither of them for himself.
#[tokio::test]
async fn human_resources_delegate_among_themselves_and_nobody_gains_a_right_by_it() {
    let world = World::new().await;
    let relay = world.app.agent("Relais", &[Role::Hr]).await;
    let (outside, health) = (world.app.agent("Dehors", &[]).await, world.app.agent("Sante", &[Role::HrHealth]).await);
    world.employ(&relay, &world.unit).await;
    let by_name = json!({ "rules": [{ "steps": [{ "by": { "any-of": [{ "person": world.hr.account }] } }] }], "from": "2026-01-05" });
    let routes = format!("/v1/units/{}/validation-routes", world.unit);
    assert_eq!(world.app.post(&world.hr, &routes, by_name).await.0, 200);
    let delegation = |to: &Agent| json!({ "to": to.account, "first": "2026-01-05", "last": "2026-01-31", "types": ["annual-leave"] });
    for other in [&outside, &health, &world.manager] {
        let refused = world.app.post(&world.hr, "/v1/delegations", delegation(other)).await;
        assert_eq!((slug(&refused), super::world::field(&refused)), ("invalid-field", "/to"), "{}", refused.1);
    }
    assert_eq!(world.app.count("DelegationGranted").await, 0);
    let leave = world.asked("2026-05-18", "2026-05-19").await;
    assert_eq!(slug(&world.approve(&relay, &leave).await), "not-allowed", "the route names another");

    let (status, granted) = world.app.post(&world.hr, "/v1/delegations", delegation(&relay)).await;
    assert_eq!(status, 201, "{granted}");
    assert_eq!(world.approve(&relay, &leave).await.1["status"], "granted");
    let recorded: String = sqlx::query_scalar(
        "SELECT convert_from(payload, 'UTF8')::jsonb -> 'LeaveApproved' -> 'decider' ->> 'capacity'
         FROM journal.event WHERE type = 'LeaveApproved'",
    )
    .fetch_one(&world.app.database.owner())
    .await
    .unwrap();
    let recorded: Value = serde_json::from_str(&recorded).unwrap();
    let named = json!({ "person": world.hr.account });
    let expected = json!({ "approver": named, "of": world.hr.account, "delegation": granted["delegation"] });
    assert_eq!(recorded["delegate"], expected);

    let act = async |by: &Agent, asked: &Value, of: &Agent| {
        let path = format!("/v1/leave-requests/{}/approve", asked["leave"].as_str().unwrap());
        world.app.post(by, &path, json!({ "agent": of.account, "step": 0 })).await
    };
    let (_, beyond) = world.ask_as(&world.agent, "rtt", "2026-05-20", "2026-05-20").await;
    assert_eq!(slug(&act(&relay, &beyond, &world.agent).await), "not-allowed", "beyond the scope");
    let (_, own) = world.ask_as(&relay, "annual-leave", "2026-05-18", "2026-05-18").await;
    assert_eq!(slug(&act(&relay, &own, &relay).await), "not-allowed", "his own");
    assert_eq!(act(&world.hr, &own, &relay).await.1["status"], "granted");
    let within = world.asked("2026-05-21", "2026-05-21").await;
    let revoke = format!("/v1/delegations/{}/revoke", granted["delegation"].as_str().unwrap());
    assert_eq!(world.app.post(&world.hr, &revoke, json!({})).await.0, 200);
    assert_eq!(slug(&world.approve(&relay, &within).await), "not-allowed", "it was taken back");
}

/// Who has no part in a leave is told the same whatever became of it.
#[tokio::test]
async fn the_state_of_a_leave_is_for_those_who_decide_on_it() {
    let world = World::new().await;
    let colleague = world.app.agent("Joliot", &[]).await;
    let agent = world.agent.account;
    let pending = world.asked("2026-05-18", "2026-05-18").await;
    let granted = world.granted("2026-05-19", "2026-05-19").await;
    let amended = world.asked("2026-05-20", "2026-05-20").await;
    let dates = json!({ "first": "2026-05-21", "last": "2026-05-21" });
    assert_eq!(world.act(&world.agent, &amended, "amend", dates).await.0, 200);
    let withdrawn = world.asked("2026-05-22", "2026-05-22").await;
    assert_eq!(world.act(&world.agent, &withdrawn, "withdraw", json!({})).await.0, 200);
    let mut told = BTreeSet::new();
    for leave in [&pending, &granted, &amended, &withdrawn] {
        for (act, step) in [("approve", 0), ("approve", 3), ("refuse", 0), ("override-staffing", 0)] {
            let body = json!({ "agent": agent, "step": step, "motive": "m" });
            let body = if act == "approve" { json!({ "agent": agent, "step": step }) } else { body };
            told.insert(world.act(&colleague, leave, act, body).await.1.to_string());
        }
        for act in ["accept-cancellation", "refuse-cancellation"] {
            told.insert(
                world.act(&colleague, leave, act, json!({ "agent": agent, "motive": "m" })).await.1.to_string(),
            );
        }
    }
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told.iter().all(|problem| problem.contains("not-allowed")), "{told:?}");
    for (leave, status) in [(&granted, "granted"), (&withdrawn, "withdrawn")] {
        assert_eq!(world.approve(&world.manager, leave).await.1["leave_status"], status);
    }
}

/// Each operation of leave by the test above that holds it to its callers. Who adds one says where it stands.
const HELD: [(&str, &[&str]); 4] = [
    (
        "each act on a leave",
        &[
            "approveLeave",
            "refuseLeave",
            "partiallyApproveLeave",
            "overrideStaffing",
            "amendLeave",
            "withdrawLeave",
            "nameReplacement",
            "requestCancellation",
            "acceptCancellation",
            "refuseCancellation",
            "correctLeave",
            "acceptReplacement",
            "declineReplacement",
            // One act after the other.
            "decideLeaves",
        ],
    ),
    (
        "what human resources record",
        &[
            "recordAbsence",
            "recordSickness",
            "shortenSickness",
            "receiveCertificate",
            "creditRight",
            "debitRight",
            "carryOverLeave",
            "settleTimeSavings",
            "giveDays",
            "recordEmployment",
            "withdrawEmploymentEntry",
            "openUnit",
            "appointUnitManager",
            "setStaffingRules",
            "setValidationRoutes",
            "closeUnit",
        ],
    ),
    (
        "the caller's own, where nobody else can be named",
        &[
            "requestLeave",
            "openTimeSavings",
            "declareGift",
            "withdrawGift",
            "feedTimeSavings",
            "splitTimeSavings",
            "grantDelegation",
            "openCalendarFeed",
        ],
    ),
    (
        "the journeys of delegations, feeds and proofs",
        &["revokeDelegation", "revokeCalendarFeed", "attachLeaveProof", "attachSicknessProof"],
    ),
];

#[test]
fn no_operation_of_leave_is_forgotten() {
    let doc = write_api::openapi().unwrap();
    let operations = doc.paths.paths.values().flat_map(|path| [&path.get, &path.post, &path.put, &path.delete]);
    let of_leave = operations.flatten().filter(|operation| operation.tags.iter().flatten().any(|tag| tag == "leave"));
    let documented: BTreeSet<String> = of_leave.filter_map(|operation| operation.operation_id.clone()).collect();
    let held = HELD.iter().flat_map(|(_, operations)| operations.iter().map(ToString::to_string));
    assert_eq!(held.collect::<BTreeSet<_>>(), documented);
}

#[tokio::test]
async fn who_left_the_service_decides_no_more_and_human_resources_do() {
    let world = World::new().await;
    world.employ(&world.manager, &world.unit).await;
    let cast = cast(&world).await;
    let leave = {
        let ask = json!({ "type": "annual-leave", "first": "2026-05-18", "last": "2026-05-19" });
        let (status, asked) = world.app.post(&cast["agent"], "/v1/leave-requests", ask).await;
        assert_eq!(status, 201, "{asked}");
        asked["leave"].as_str().unwrap().to_owned()
    };
    let at_step = json!({ "agent": world.agent.account, "step": 0 });
    let path = format!("/v1/leave-requests/{leave}/approve");
    let stopped = |answer: &_| ["not-allowed", "not-found"].contains(&slug(answer));
    assert!(stopped(&world.app.post(&cast["hr"], &path, at_step.clone()).await), "the manager is there");
    let left = json!({ "from": "2026-01-05", "left": true });
    let employment = format!("/v1/agents/{}/employment", world.manager.account);
    let answer = world.app.post(&cast["hr"], &employment, left).await;
    assert_eq!(answer.0, 200, "{}", answer.1);
    for name in DECIDERS {
        assert!(stopped(&world.app.post(&cast[name], &path, at_step.clone()).await), "{name}");
    }
    let answer = world.app.post(&cast["hr"], &path, at_step).await;
    assert_eq!((answer.0, &answer.1["status"]), (200, &"granted".into()), "{}", answer.1);
}
