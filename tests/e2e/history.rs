//! A real log of login attempts, through the same commands and the same three strikes.

use crate::process::{Person, Process, holder_of, intraparis, intraparis_json};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use test_support::Database;

fn log() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/demo/OpenSSH_part1.log").display().to_string()
}

#[tokio::test]
async fn the_log_that_the_demo_carries() {
    let database = Database::new().await;
    let report = intraparis_json(&database, &["import", "sshd", &log(), "--year", "2015", "--json"]);
    let number = |name: &str| report[name].as_u64().unwrap_or_else(|| panic!("{name} in {report}"));
    assert_eq!([number("attempts"), number("failed"), number("accepted")], [342, 341, 1]);
    assert_eq!([number("names"), number("existing")], [63, 7]);
    assert_eq!([number("compared"), number("refused")], [94, 248]);

    let suspensions = report["suspensions"].as_array().unwrap();
    let at: BTreeMap<&str, &str> = suspensions
        .iter()
        .filter(|suspension| suspension["existing"] == json!(true))
        .map(|suspension| (suspension["name"].as_str().unwrap(), suspension["at"].as_str().unwrap()))
        .collect();
    let expected = [("root", "07:13:56"), ("uucp", "09:11:50"), ("ftp", "09:18:18"), ("git", "10:55:49")];
    assert_eq!(at.len(), expected.len());
    for (name, time) in expected {
        assert_eq!(at[name], format!("2015-12-10T{time}Z"));
    }
    assert_eq!(suspensions.len() - at.len(), 6, "unknown names, treated alike");

    // The same file again records nothing.
    let before = intraparis_json(&database, &["audit", "verify", "--json"]);
    intraparis_json(&database, &["import", "sshd", &log(), "--year", "2015", "--json"]);
    let after = intraparis_json(&database, &["audit", "verify", "--json"]);
    assert_eq!(before["events"], after["events"]);
    assert_eq!(after["violations"], json!([]));

    // Every attempt is on record: compared, or refused.
    let replay = |types: &[&str]| {
        let types = types.iter().flat_map(|name| ["--type", *name]);
        let output = intraparis(&database, &["audit", "replay"].into_iter().chain(types).collect::<Vec<_>>());
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(replay(&["LoginFailed", "LoginRefused", "LoginSucceeded"]).lines().count(), 342);

    // A name is found as the log has it.
    let output = intraparis(&database, &["audit", "replay", "--name", " 0101"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout).matches("\"type\":\"LoginAttempted\"").count(), 1, "{output:?}");

    // And so is that they were read, and this reading too.
    let readings = replay(&["AuditTrailRead"]);
    assert_eq!(readings.lines().count(), 3, "{readings}");
    assert!(readings.lines().next().unwrap().contains("LoginRefused"), "{readings}");
    for reading in readings.lines() {
        let reading: Value = serde_json::from_str(reading).unwrap();
        assert_eq!((&reading["actor"], &reading["capacity"]), (&json!("service"), &json!("operator")));
    }
}

/// Whom a simulation locked, and how often.
fn locked_by(report: &Value) -> BTreeMap<&str, u64> {
    let locked = report["locked"].as_array().unwrap().iter();
    locked.map(|locked| (locked["name"].as_str().unwrap_or("?"), locked["times"].as_u64().unwrap())).collect()
}

#[tokio::test]
async fn what_another_policy_would_have_done() {
    let database = Database::new().await;
    intraparis_json(&database, &["import", "sshd", &log(), "--year", "2015", "--json"]);
    let policy = ["--failures", "5", "--within", "900", "--lock-for", "900"];
    let report = intraparis_json(&database, &[&["audit", "simulate", "--json"], policy.as_slice()].concat());
    assert_eq!(locked_by(&report), BTreeMap::from([("root", 40), ("admin", 7)]));
    for wrong in [["--failures", "0"], ["--within", "0"], ["--lock-for", "-5"]] {
        let mut arguments = vec!["audit", "simulate"];
        arguments
            .extend(policy.chunks(2).flat_map(|pair| if pair[0] == wrong[0] { wrong } else { [pair[0], pair[1]] }));
        assert!(!intraparis(&database, &arguments).status.success(), "{wrong:?}");
    }
}

#[tokio::test]
async fn who_answers_for_an_act_is_named_when_he_may_not() {
    let database = Database::new().await;
    let auditor = holder_of(&database, "auditor");
    let said = |arguments: &[&str]| {
        let output = intraparis(&database, arguments);
        assert!(!output.status.success() && output.stdout.is_empty(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let law = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/law").display().to_string();
    for name in [auditor.as_str(), "no.body"] {
        let told = said(&["rules", "activate", &law, "--as", name]);
        assert!(told.contains(&format!("no account has the username `{name}` and the role `hr`")), "{told}");
    }
    assert!(said(&["audit", "replay", "--as", "no.body"]).contains("the role `auditor`"));
    assert!(said(&["audit", "replay", "--as", &auditor]).contains("no personal password yet"));
    assert_eq!(
        intraparis_json(&database, &["audit", "verify", "--json"])["events"],
        json!(3),
        "no reading is declared"
    );
}

#[tokio::test]
async fn a_history_is_read_in_the_name_of_who_could_read_it_himself() {
    let database = Database::new().await;
    let api = Process::start(&database, "write-api");
    let auditor = Person::with_roles(&database, &api, "Claude", "Martin", &["auditor"]).await;
    let replay = || intraparis(&database, &["audit", "replay", "--as", &auditor.username, "--type", "AuditTrailRead"]);
    let read = String::from_utf8(replay().stdout).unwrap();
    let reading: Value = serde_json::from_str(read.trim()).unwrap();
    assert_eq!((&reading["actor_id"], &reading["capacity"]), (&json!(auditor.account), &json!("operator")));

    for _ in 0..3 {
        let wrong = json!({ "username": auditor.username, "password": "Mauvais Mot-1" });
        api.post("/v1/sessions", &wrong).send().await.unwrap();
    }
    let refused = replay();
    assert!(!refused.status.success() && refused.stdout.is_empty(), "{refused:?}");
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(told.contains("ce compte est suspendu — this account is suspended"), "{told}");
}

#[tokio::test]
async fn a_log_in_parts_out_of_order_is_simulated_as_the_whole() {
    let database = Database::new().await;
    let folder = tempfile::tempdir().unwrap();
    let whole = std::fs::read_to_string(log()).unwrap();
    let (middle, _) = whole.match_indices('\n').nth(whole.lines().count() / 2).unwrap();
    let (earlier, later) = whole.split_at(middle + 1);
    for (name, part) in [("later.log", later), ("earlier.log", earlier)] {
        let file = folder.path().join(name);
        std::fs::write(&file, part).unwrap();
        intraparis_json(&database, &["import", "sshd", file.to_str().unwrap(), "--year", "2015", "--json"]);
    }
    let policy = ["--failures", "5", "--within", "900", "--lock-for", "900"];
    let report = intraparis_json(&database, &[&["audit", "simulate", "--json"], policy.as_slice()].concat());
    assert_eq!(report["attempts"], 342);
    assert_eq!(locked_by(&report), BTreeMap::from([("root", 40), ("admin", 7)]));
}

#[tokio::test]
async fn names_that_differ_by_a_capital_are_told_apart() {
    let database = Database::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("auth.log");
    let line = |name: &str, second: u32| {
        format!("Dec 10 06:55:{second:02} h sshd[1]: Failed password for {name} from 192.0.2.1 port 1 ssh2\n")
    };
    std::fs::write(&file, [line("Root", 1), line("root", 2), line("root", 3)].concat()).unwrap();
    intraparis_json(&database, &["import", "sshd", file.to_str().unwrap(), "--year", "2023", "--json"]);
    let attempts = |name: &str| {
        let output = intraparis(&database, &["audit", "replay", "--name", name]);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).matches("\"type\":\"LoginAttempted\"").count()
    };
    assert_eq!(["Root", "root", "ROOT", " root "].map(attempts), [1, 2, 2, 2]);
    let nobody = intraparis(&database, &["audit", "replay", "--name", "nobody-at-all"]);
    assert!(!nobody.status.success() && nobody.stdout.is_empty(), "{nobody:?}");
}

#[tokio::test]
async fn a_name_that_was_typed_is_nowhere_in_clear() {
    let database = Database::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("auth.log");
    let line = |user: &str| {
        format!("Dec 10 06:55:48 LabSZ sshd[1]: Failed password for {user} from 173.234.31.186 port 38926 ssh2\n")
    };
    std::fs::write(&file, line("invalid user Canari-Bleu 1789!") + &line("root")).unwrap();
    intraparis_json(&database, &["import", "sshd", file.to_str().unwrap(), "--year", "2023", "--json"]);

    let owner = database.owner();
    let tables: Vec<(String, String)> = sqlx::query_as(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('journal', 'vault', 'access', 'projections')",
    )
    .fetch_all(&owner)
    .await
    .unwrap();
    assert!(tables.len() > 6);
    for (schema, table) in tables {
        let sql = format!(
            "SELECT coalesce(string_agg(t::text || encode(t::text::bytea, 'escape'), ''), '') FROM {schema}.{table} t"
        );
        let text: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&owner).await.unwrap();
        let bytes = data_encoding::HEXLOWER.encode("Canari-Bleu".as_bytes());
        assert!(!text.contains("Canari-Bleu") && !text.contains(&bytes), "{schema}.{table}");
        assert!(!text.contains("173.234.31.186"), "{schema}.{table}");
    }
}

#[tokio::test]
async fn input_that_is_not_a_log_is_told_so() {
    let database = Database::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("binary.log");
    std::fs::write(&file, (0..=255).cycle().take(100_000).collect::<Vec<u8>>()).unwrap();
    let said = |arguments: &[&str]| {
        let output = intraparis(&database, arguments);
        assert!(!output.status.success(), "{arguments:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let binary = said(&["import", "sshd", file.to_str().unwrap(), "--year", "2023"]);
    assert!(binary.contains("binary.log") && binary.contains("line 1"), "{binary}");
    assert!(said(&["import", "sshd", "/nowhere/auth.log", "--year", "2023"]).contains("/nowhere/auth.log"));
    assert!(said(&["import", "sshd", &log()]).contains("year"));
    assert_eq!(intraparis_json(&database, &["audit", "verify", "--json"])["events"], json!(0), "nothing was recorded");

    // A line that cannot be read is reported by its number, and hinders no other.
    let lines = "Dec 10 06:55:48 h sshd[1]: Failed password for root from 1.2.3.4 port 1 ssh2\n\
                 Dec 32 06:55:49 h sshd[1]: Failed password for root from 1.2.3.4 port 1 ssh2\n\
                 Dec 10 06:55:50 h sshd[1]: Failed password for root from 1.2.3.4 port 99999 ssh2\n\
                 Dec 10 06:55:51 h cron[1]: something else\n\
                 Dec 10 06:55:52 h sshd[1]: Failed password for invalid user  from 1.2.3.4 port 1 ssh2\n";
    std::fs::write(&file, lines).unwrap();
    let report = intraparis_json(&database, &["import", "sshd", file.to_str().unwrap(), "--year", "2023", "--json"]);
    assert_eq!(report["attempts"], json!(2), "{report}");
    let malformed: BTreeSet<u64> =
        report["malformed"].as_array().unwrap().iter().map(|line| line["line"].as_u64().unwrap()).collect();
    assert_eq!(malformed, BTreeSet::from([2, 3]));
}

#[tokio::test]
async fn agents_from_a_list_with_a_report_by_line() {
    use std::os::unix::fs::PermissionsExt;
    let database = Database::new().await;
    let folder = tempfile::tempdir().unwrap();
    let (file, codes) = (folder.path().join("agents.csv"), folder.path().join("codes.csv"));
    std::fs::write(
        &file,
        "given_name,family_name,username\nÉlodie,de La Tour,\nJean,Dupont,j.d\n,Sans-Prénom,\nJeanne,Dupond,j.d\n",
    )
    .unwrap();
    let arguments = ["import", "agents", file.to_str().unwrap(), "--codes", codes.to_str().unwrap(), "--json"];
    let report = intraparis_json(&database, &arguments);
    let rows = report["rows"].as_array().unwrap();
    let of =
        |line: u64| rows.iter().find(|row| row["line"] == json!(line)).unwrap_or_else(|| panic!("{line}: {report}"));
    assert_eq!(of(2)["username"], json!("elodie.de-la-tour"));
    assert_eq!(of(3)["username"], json!("j.d"));
    assert_eq!(of(4)["error"], json!({ "fr": "given_name : vide", "en": "given_name: is empty" }));
    assert!(of(5)["error"]["fr"].is_string() && of(5)["account"].is_null(), "{report}");

    let written = std::fs::read_to_string(&codes).unwrap();
    assert_eq!(written.lines().count(), 3);
    assert_eq!(std::fs::metadata(&codes).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!report.to_string().contains(written.lines().nth(1).unwrap().split_once(',').unwrap().1));
    assert!(!intraparis(&database, &arguments).status.success(), "codes are not written over");

    // Mended, and in another order: whoever has an account is not given a second one.
    std::fs::remove_file(&codes).unwrap();
    std::fs::write(
        &file,
        "given_name,family_name,username,roles\nPaul,Sans-Prénom,,\nÉlodie,de La Tour,,manager\nÉlodie,de La Tour,,\n",
    )
    .unwrap();
    let mended = intraparis_json(&database, &arguments);
    let rows = mended["rows"].as_array().unwrap();
    let usernames: Vec<&str> = rows.iter().map(|row| row["username"].as_str().unwrap()).collect();
    assert_eq!(usernames, ["paul.sans-prenom", "elodie.de-la-tour", "elodie.de-la-tour2"]);
    assert_eq!((&rows[1]["account"], &rows[1]["roles"]), (&of(2)["account"], &json!(["manager"])), "{mended}");
    let codes = std::fs::read_to_string(&codes).unwrap();
    assert_eq!(codes.lines().count(), 3, "one for each account that is new");
    let replayed: Value = intraparis_json(&database, &["audit", "verify", "--json"]);
    assert_eq!(replayed["violations"], json!([]));
}
