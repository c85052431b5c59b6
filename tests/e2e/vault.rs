//! The keys of personal data, as an administrator ends them.

use crate::process::{Person, Process, expect, intraparis, intraparis_json, intraparis_set};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::process::Output;
use test_support::Database;
use uuid::Uuid;

struct Portal {
    database: Database,
    api: Process,
    admin: Person,
}

impl Portal {
    async fn open() -> Self {
        let database = Database::new().await;
        let api = Process::start(&database, "up");
        let admin = Person::with_roles(&database, &api, "Ada", "Roy", &["administrator"]).await;
        Self { database, api, admin }
    }

    fn order(&self, arguments: &[&str]) -> Output {
        let answered = ["--as", &self.admin.username, "--motive", "ticket 12"];
        intraparis(&self.database, &[&["vault"], arguments, &answered].concat())
    }

    /// The receipts of destroyed keys.
    fn receipts(&self) -> Vec<Value> {
        let output = intraparis(&self.database, &["vault", "receipts"]);
        assert!(output.status.success(), "{}", stderr(&output));
        output.stdout.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect()
    }

    /// What an auditor reads of orders of one kind.
    async fn trail(&self, kind: &str) -> Vec<Value> {
        let auditor = Person::with_roles(&self.database, &self.api, "Claude", "Martin", &["auditor"]).await;
        let declared = auditor.post(&self.api, "/v1/audit-readings", &json!({ "types": [kind] })).send().await;
        let declared = expect(declared, StatusCode::CREATED).await;
        let path = format!("/v1/audit-readings/{}/entries", declared["reading"].as_str().unwrap());
        let page = expect(auditor.get(&self.api, &path).send().await, StatusCode::OK).await;
        page["items"].as_array().unwrap().clone()
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", stderr(output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test]
async fn a_person_is_erased_on_the_record_and_the_history_still_verifies() {
    let portal = Portal::open().await;
    let agent = Person::with_roles(&portal.database, &portal.api, "Yves", "Noir", &[]).await;
    let erase = ["erase", "--name", &agent.username];
    let by = |operator: &str| {
        let answered = ["--as", operator, "--motive", "ticket 12"];
        intraparis(&portal.database, &[&["vault"], &erase[..], &answered].concat())
    };
    assert!(!by(&agent.username).status.success(), "he is no administrator");
    assert!(stderr(&portal.order(&["erase", "--name", &portal.admin.username])).contains("himself"));
    assert!(!portal.order(&["erase"]).status.success(), "of whom?");
    let nobody = Uuid::now_v7().to_string();
    for unknown in [["--name", "nobody-at-all"], ["--account", &nobody]] {
        let refused = portal.order(&[&["erase"], &unknown[..]].concat());
        assert!(!refused.status.success() && refused.stdout.is_empty(), "{refused:?}");
    }
    assert!(portal.receipts().is_empty(), "nothing was done so far");

    assert!(stdout(&by(&portal.admin.username)).contains("keys destroyed"));
    let receipts = portal.receipts();
    assert!(!receipts.is_empty());
    assert!(receipts.iter().all(|receipt| receipt["subject"] == json!(agent.account)), "{receipts:?}");
    assert!(stdout(&portal.order(&erase)).starts_with("0 clé détruite"), "again is safe");

    let account = portal.admin.get(&portal.api, &format!("/v1/accounts/{}", agent.account)).send().await;
    let account = expect(account, StatusCode::OK).await;
    assert!(!account.to_string().contains("Noir"), "{account}");
    let orders = portal.trail("ErasureOrdered").await;
    assert_eq!(orders.len(), 2);
    for order in orders {
        assert_eq!((&order["agent"], &order["motive"]), (&json!(agent.account), &json!("ticket 12")), "{order}");
        assert_eq!((&order["actor_id"], &order["known"]), (&json!(portal.admin.account), &json!(true)), "{order}");
    }
    let verified = intraparis_json(&portal.database, &["audit", "verify", "--json"]);
    assert_eq!(verified["violations"], json!([]));
    let rebuilt = intraparis(&portal.database, &["projections", "verify", "audit_trail_v1"]);
    assert!(rebuilt.status.success(), "{}", stdout(&rebuilt));
}

#[tokio::test]
async fn sources_of_logins_expire_by_the_month_and_not_before_six_of_them() {
    let portal = Portal::open().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("auth.log");
    let line = "Dec 10 06:55:48 h sshd[1]: Failed password for root from 173.234.31.186 port 38926 ssh2\n";
    std::fs::write(&file, line).unwrap();
    intraparis_json(&portal.database, &["import", "sshd", file.to_str().unwrap(), "--year", "2023", "--json"]);

    for (month, why) in [("2023-13", "YYYY-MM"), ("9999-01", "six months"), ("+2026-5", "YYYY-MM"), ("soon", "YYYY-MM")]
    {
        let said = stderr(&portal.order(&["expire", "--before", month]));
        assert!(said.contains(why), "{month}: {said}");
    }
    assert!(stdout(&portal.order(&["expire", "--before", "2023-12"])).starts_with("0 clé"));
    // Root's, and that of the month's tags.
    assert!(stdout(&portal.order(&["expire", "--before", "2024-01"])).starts_with("2 clés détruites"));
    let orders = portal.trail("ExpiryOrdered").await;
    assert_eq!(orders.iter().map(|order| &order["detail"]).collect::<Vec<_>>(), ["2024-01-01", "2023-12-01"]);

    // What is kept elsewhere is applied again after a backup was restored.
    let kept = folder.path().join("receipts");
    std::fs::write(&kept, portal.receipts().iter().map(|receipt| format!("{receipt}\n")).collect::<String>()).unwrap();
    let reapply = || portal.order(&["reapply", kept.to_str().unwrap()]);
    assert!(stdout(&reapply()).starts_with("0 clé détruite à nouveau"), "nothing was brought back");
    std::fs::write(&kept, "{}\n").unwrap();
    assert!(stderr(&reapply()).contains("line 1"), "{}", stderr(&reapply()));
}

#[tokio::test]
async fn a_new_master_key_wraps_all_that_the_former_one_did() {
    let portal = Portal::open().await;
    let former = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    let new = "ff".repeat(32);
    let (current, former) =
        (("INTRAPARIS_VAULT__MASTER_KEY", new.as_str()), ("INTRAPARIS_VAULT__FORMER_MASTER_KEY", former));
    let rotate = ["vault", "rotate", "--as", &portal.admin.username, "--motive", "yearly"];
    let at = |settings: &[(&str, &str)], arguments: &[&str]| intraparis_set(&portal.database, settings, arguments);

    assert!(!at(&[current], &rotate).status.success(), "without the former one nothing opens");
    assert!(!stdout(&at(&[current, former], &rotate)).starts_with("0 clé"));
    assert!(stdout(&at(&[current, former], &rotate)).starts_with("0 clé réemballée"));
    let replay = ["audit", "replay", "--name", &portal.admin.username];
    assert!(stdout(&at(&[current], &replay)).contains("AccountProvisioned"));
    assert!(!intraparis(&portal.database, &replay).status.success(), "the former one opens nothing any more");
}
