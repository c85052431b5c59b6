//! A medical proof, from the agent to the health officer, its file in a bucket.

use crate::process::{Person, Process, expect};
use reqwest::StatusCode;
use serde_json::json;
use std::path::Path;
use test_support::{Bucket, Database};

const FILE: &[u8] = b"%PDF-1.7 arret de travail";

#[tokio::test]
async fn a_certificate_goes_through_a_bucket_to_the_health_officer_alone() {
    let Some(bucket) = Bucket::open(Path::new(env!("CARGO_TARGET_TMPDIR"))) else {
        return test_support::left_out("proofs in a bucket: there is no python3 with venv for an S3 service");
    };
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "secret\n").unwrap();
    let database = Database::new().await;
    let settings = [
        ("INTRAPARIS_ATTACHMENTS__URL", "s3://proofs/portal"),
        ("INTRAPARIS_ATTACHMENTS__ENDPOINT", bucket.endpoint()),
        ("INTRAPARIS_ATTACHMENTS__ACCESS_KEY_ID", "test"),
        ("INTRAPARIS_ATTACHMENTS__SECRET_ACCESS_KEY_FILE", secret.to_str().unwrap()),
    ];
    let api = Process::start_set(&database, "up", &settings);
    let agent = Person::with_roles(&database, &api, "Ada", "Agent", &[]).await;
    let officer = Person::with_roles(&database, &api, "Odile", "Sante", &["hr", "hr-health"]).await;
    let hr = Person::with_roles(&database, &api, "Hector", "Ressources", &["hr"]).await;
    let of_agent = |what: &str| format!("/v1/agents/{}/{what}", agent.account);
    let employment = json!({
        "from": "2020-01-01", "entered": true, "status": "official",
        "working_time": { "quota": 10000, "full_time_week_minutes": 2100 }, "pattern": { "halves": "11111111110000" },
    });
    expect(hr.post(&api, &of_agent("employment"), &employment).send().await, StatusCode::OK).await;
    let spell = json!({ "first": "2026-03-02", "last": "2026-03-06", "nature": "ordinary" });
    let spell = expect(officer.post(&api, &of_agent("sicknesses"), &spell).send().await, StatusCode::CREATED).await;
    let path = format!("/v1/sicknesses/{}/proofs?name=arret.pdf", spell["sickness"].as_str().unwrap());
    let attached = agent.post(&api, &path, &json!({})).body(FILE);
    let attached = expect(attached.send().await, StatusCode::CREATED).await;
    let (proof, position) = (attached["proof"].as_str().unwrap(), attached["position"].to_string());

    let kept = reqwest::get(format!("{}/proofs/portal/{proof}", bucket.endpoint())).await.unwrap();
    assert_eq!(kept.status(), StatusCode::OK);
    assert!(!kept.bytes().await.unwrap().windows(5).any(|part| part == b"arret"), "it is not in clear");

    let read = |who: &Person, path: &str| who.get(&api, path).header("At-Least-Position", &position);
    let bare = format!("/v1/proofs/{proof}");
    expect(read(&hr, &bare).send().await, StatusCode::NOT_FOUND).await;
    expect(read(&officer, &bare).send().await, StatusCode::FORBIDDEN).await;
    let about = json!({ "agent": agent.account });
    let declared = officer.post(&api, &format!("{bare}/readings"), &about).send().await;
    let declared = expect(declared, StatusCode::CREATED).await;
    let path = format!("{bare}?reading={}", declared["reading"].as_str().unwrap());
    let answer = officer.get(&api, &path).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "application/pdf");
    assert_eq!(answer.bytes().await.unwrap(), FILE);
    let sicknesses = expect(officer.get(&api, &of_agent("sicknesses")).send().await, StatusCode::OK).await;
    assert_eq!(sicknesses[0]["proofs"][0]["proof"], proof);
    assert_eq!(sicknesses[0]["waiting_day"], "2026-03-02");

    let (_, log) = api.stop();
    for secret in ["secret_access_key", "arret", "ordinary"] {
        assert!(!log.contains(secret), "{secret}");
    }
}
