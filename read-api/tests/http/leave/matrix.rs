//! Who reads what of whom: everybody around an agent, against every route that depends on it.

use super::world::Unit;
use crate::world::Agent;
use events::leave::ProofSubject;

/// Of an agent's unit or his own, in the order of [`people`]: the agent, a colleague, the manager, his delegate, a
/// delegate of before, another unit's manager, human resources, a health officer, an auditor.
pub const MATRIX: [(&str, [u16; 9]); 8] = [
    ("/v1/leave-requests/{id}", [200, 404, 200, 200, 404, 404, 200, 404, 404]),
    ("/v1/agents/{id}/balance", [200, 403, 200, 200, 403, 403, 200, 403, 403]),
    ("/v1/agents/{id}/employment", [200, 403, 403, 403, 403, 403, 200, 403, 403]),
    ("/v1/agents/{id}/sicknesses", [200, 403, 403, 403, 403, 403, 403, 200, 403]),
    ("/v1/units/{id}/calendar", [200, 200, 200, 200, 403, 403, 200, 403, 403]),
    ("/v1/leave-overview", [403, 403, 403, 403, 403, 403, 200, 403, 403]),
    // Whose employment was never recorded has none.
    ("/v1/me/employment", [200, 200, 404, 404, 404, 404, 404, 404, 404]),
    // A proof that is not medical, its reading not declared yet; the others are in `proofs`.
    ("/v1/proofs/{id}", [200, 404, 403, 403, 404, 404, 403, 404, 404]),
];

fn people(unit: &Unit) -> [(&'static str, &Agent); 9] {
    [
        ("agent", &unit.agent),
        ("colleague", &unit.colleague),
        ("manager", &unit.manager),
        ("delegate", &unit.delegate),
        ("expired delegate", &unit.expired),
        ("other unit's manager", &unit.other_manager),
        ("hr", &unit.hr),
        ("hr-health", &unit.hr_health),
        ("auditor", &unit.auditor),
    ]
}

#[tokio::test]
async fn who_reads_what_of_whom() {
    let mut unit = Unit::open().await;
    let agent = unit.agent.clone();
    let leave = unit.request(&agent, "2027-02-01", "2027-02-05").await;
    let proof = unit.attach(&agent, ProofSubject::Leave(leave), false, b"%PDF").await;
    for (route, expected) in MATRIX {
        let id = match route.split('/').nth(2) {
            Some("leave-requests") => leave.to_string(),
            Some("units") => unit.unit.to_string(),
            Some("proofs") => proof.to_string(),
            _ => agent.id.to_string(),
        };
        let days = if route.ends_with("calendar") || route.ends_with("overview") {
            "?from=2027-02-01&until=2027-02-28"
        } else {
            ""
        };
        let path = format!("{}{days}", route.replace("{id}", &id));
        for ((name, who), status) in people(&unit).into_iter().zip(expected) {
            assert_eq!(unit.status(who, &path).await, status, "{name} {path}");
        }
    }
    for (name, who) in people(&unit) {
        let waiting = unit.json(who, "/v1/me/validations").await["items"].as_array().unwrap().len();
        assert_eq!(waiting, usize::from(["manager", "delegate"].contains(&name)), "{name}");
    }
}
