//! Rules that a person activates.

use super::portal::{Portal, two_days};
use crate::process::{Person, Process, intraparis, intraparis_json};
use chrono::NaiveDate;
use events::Clock;
use events::date::in_paris;
use rules::RuleBook;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// The local holidays of these files until today, and from tomorrow on others.
fn with_a_day_off(holidays: &str) -> String {
    let today = in_paris(Clock::system().now());
    let tomorrow = today.succ_opt().unwrap();
    let (before, local) = holidays.split_at(holidays.find("[[rule]]\nname = \"local_holidays\"").unwrap());
    let ended = local.replace("from = \"1990-01-01\"\n", &format!("from = \"1990-01-01\"\nuntil = \"{today}\"\n"));
    let next = local
        .replace("from = \"1990-01-01\"", &format!("from = \"{tomorrow}\""))
        .replace("days = []", "days = [{ on = \"2026-05-15\", name = \"Pont\" }]");
    [before, &ended, "\n", &next].concat()
}

/// Rules that a person activates are those that the running service decides under next; what was decided names its own.
#[tokio::test]
async fn rules_are_activated_by_somebody_and_decisions_name_them() {
    let portal = Portal::open().await;
    let (first, last) = two_days();
    let activate = |path: &Path, by: &Person| {
        intraparis(&portal.database, &["rules", "activate", path.to_str().unwrap(), "--as", &by.username, "--json"])
    };
    let listed = || intraparis_json(&portal.database, &["rules", "list", "--json"]);
    let ask = async |day: NaiveDate| {
        let request = json!({ "type": "annual-leave", "first": day, "last": day });
        let asked = portal.post(&portal.agent, "/v1/leave-requests", request).await;
        let path = format!("/v1/leave-requests/{}", asked["leave"].as_str().unwrap());
        portal.read(&portal.agent, &path, &asked).await["rules"].clone()
    };
    let before = ask(first).await;
    assert_eq!(listed()[0]["version"], before);

    let folder = tempfile::tempdir().unwrap();
    let (_, holidays) = RuleBook::embedded_files().iter().find(|(name, _)| *name == "holidays.toml").unwrap();
    let file = folder.path().join("holidays.toml");
    fs::write(&file, format!("{holidays}\n[[rule]]\nname = \"nonsense\"\n")).unwrap();
    let faulty = activate(&file, &portal.hr);
    let said = String::from_utf8(faulty.stderr).unwrap();
    assert!(!faulty.status.success() && said.contains("holidays.toml") && said.contains("line"), "{said}");
    fs::write(&file, holidays.replace("days = []", "days = [{ on = \"2026-05-15\", name = \"Pont\" }]")).unwrap();
    let edited = activate(&file, &portal.hr);
    let said = String::from_utf8(edited.stderr).unwrap();
    assert!(!edited.status.success() && said.contains("local_holidays") && said.contains("1990-01-01"), "{said}");
    fs::write(&file, with_a_day_off(holidays)).unwrap();
    assert!(!activate(&file, &portal.agent).status.success(), "an agent does not make law");
    assert_eq!(listed().as_array().unwrap().len(), 1);

    let activated = activate(&file, &portal.hr);
    assert!(activated.status.success(), "{}", String::from_utf8_lossy(&activated.stderr));
    let activated: Value = serde_json::from_slice(&activated.stdout).unwrap();
    let after = ask(last).await;
    assert_eq!(after, activated["version"]);
    assert_ne!(after, before);
    let list = listed();
    let state = |number: usize| (list[number]["version"].clone(), list[number]["in_force"].clone());
    assert_eq!((state(0), state(1)), ((before, json!(false)), (after.clone(), json!(true))), "{list}");
    assert_eq!((&list[0]["by"], &list[1]["by"]), (&json!(null), &json!(portal.hr.account)));

    // A process that starts does not take back what somebody decided; the same again is not recorded.
    let other = Process::start(&portal.database, "write-api");
    drop(other);
    let again = activate(&file, &portal.hr);
    assert_eq!(serde_json::from_slice::<Value>(&again.stdout).unwrap()["position"], json!(null));
    assert_eq!(listed().as_array().unwrap().len(), 2);
    assert_eq!(portal.verified()["violations"], json!([]));
}
