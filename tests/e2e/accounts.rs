//! Accounts, as HR and the administration keep them.

use crate::process::{Person, Process, expect, intraparis, intraparis_json, intraparis_set, log_in, program};
use reqwest::StatusCode;
use serde_json::json;
use std::collections::BTreeSet;
use test_support::Database;
use tokio::task::JoinSet;

#[tokio::test(flavor = "multi_thread")]
async fn of_two_provisionings_of_one_username_one_wins_and_homonyms_get_a_digit() {
    let database = Database::new().await;
    let nodes = [Process::start(&database, "write-api"), Process::start(&database, "write-api")];
    let hr = Person::with_roles(&database, &nodes[0], "Camille", "Durand", &["hr"]).await;

    let (mut explicit, mut homonyms) = (JoinSet::new(), JoinSet::new());
    for place in 0..10 {
        let node = &nodes[place % 2];
        let named = json!({ "given_name": "Jean", "family_name": "Dupont", "username": "j.d" });
        let unnamed = json!({ "given_name": "Éloïse", "family_name": "d'Aubigné" });
        explicit.spawn(hr.post(node, "/v1/accounts", &named).send());
        homonyms.spawn(hr.post(node, "/v1/accounts", &unnamed).send());
    }
    let statuses: Vec<_> = explicit.join_all().await.into_iter().map(|answer| answer.unwrap().status()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == StatusCode::CREATED).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == StatusCode::CONFLICT).count(), 9, "{statuses:?}");

    let mut names = BTreeSet::new();
    for answer in homonyms.join_all().await {
        let opened = expect(answer, StatusCode::CREATED).await;
        assert!(names.insert(opened["username"].as_str().unwrap().to_owned()));
    }
    let expected = (1..=10).map(|n| if n == 1 { "eloise.daubigne".to_owned() } else { format!("eloise.daubigne{n}") });
    assert_eq!(names, expected.collect());
}

#[tokio::test]
async fn a_repeated_request_opens_one_account_and_shows_no_code_twice() {
    let database = Database::new().await;
    let api = Process::start(&database, "write-api");
    let hr = Person::with_roles(&database, &api, "Camille", "Durand", &["hr"]).await;
    let body = json!({ "given_name": "Jean", "family_name": "Dupont" });
    let request = hr.post(&api, "/v1/accounts", &body);
    let first = expect(request.try_clone().unwrap().send().await, StatusCode::CREATED).await;
    let again = request.send().await.unwrap();
    assert!(again.status().is_success());
    let again: serde_json::Value = again.json().await.unwrap();
    assert_eq!(
        (&again["account"], &again["username"], &again["position"]),
        (&first["account"], &first["username"], &first["position"])
    );
    assert!(first["initial_code"].is_string() && !again["initial_code"].is_string());
    let reissue = format!("/v1/accounts/{}/initial-code", first["account"].as_str().unwrap());
    assert_eq!(again["initial_code_shown_before"]["reissue"], reissue.as_str());
}

#[tokio::test]
async fn a_role_counts_as_soon_as_it_is_given_and_until_it_is_taken() {
    let database = Database::new().await;
    let api = Process::start(&database, "up");
    let administrator = Person::with_roles(&database, &api, "Odile", "Blanc", &["administrator"]).await;
    let agent = Person::with_roles(&database, &api, "Yves", "Noir", &[]).await;
    let open = json!({ "given_name": "Jean", "family_name": "Dupont" });
    expect(agent.post(&api, "/v1/accounts", &open).send().await, StatusCode::FORBIDDEN).await;

    let roles = format!("/v1/accounts/{}/roles", agent.account);
    let given = administrator.post(&api, &roles, &json!({ "role": "hr" })).send().await;
    let given = expect(given, StatusCode::CREATED).await;
    let again = administrator.post(&api, &roles, &json!({ "role": "hr" })).send().await;
    expect(again, StatusCode::CONFLICT).await;
    let own = format!("/v1/accounts/{}/roles", administrator.account);
    expect(administrator.post(&api, &own, &json!({ "role": "auditor" })).send().await, StatusCode::FORBIDDEN).await;

    // A new token, since a change of roles may end sessions; the read side shows it at the position of the write.
    let token = log_in(&api, &agent.username, &agent.password).await;
    let position = given["position"].to_string();
    let me = api.get("/v1/me").bearer_auth(&token).header("At-Least-Position", position).send().await;
    assert_eq!(expect(me, StatusCode::OK).await["roles"], json!(["agent", "hr"]));
    expect(api.post("/v1/accounts", &open).bearer_auth(&token).send().await, StatusCode::CREATED).await;
}

#[tokio::test]
async fn an_import_that_fails_leaves_no_file_of_codes_and_says_why_once() {
    let database = Database::new().await;
    let folder = tempfile::tempdir().unwrap();
    let [file, codes] = ["agents.csv", "codes.csv"].map(|name| folder.path().join(name).display().to_string());
    let import = || intraparis(&database, &["import", "agents", &file, "--codes", &codes]);

    std::fs::write(&file, b"given_name,pr\xe9nom\n").unwrap();
    let refused = import();
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success());
    assert_eq!(said.matches("is not a line of CSV").count(), 1, "{said}");
    assert!(!std::fs::exists(&codes).unwrap());

    std::fs::write(&file, "given_name,family_name\nMarie,Curie\n").unwrap();
    let opened = import();
    let said = String::from_utf8_lossy(&opened.stdout).into_owned();
    assert!(opened.status.success(), "{}", String::from_utf8_lossy(&opened.stderr));
    assert!(
        said.starts_with("comptes ouverts : 1, lignes refusées : 0 — accounts opened: 1, rows refused: 0\n"),
        "{said}"
    );
    assert_eq!(std::fs::read_to_string(&codes).unwrap().lines().count(), 2);

    std::fs::remove_file(&codes).unwrap();
    let said = String::from_utf8_lossy(&import().stdout).into_owned();
    assert!(
        said.starts_with("comptes ouverts : 1 (dont 1 par un import précédent), lignes refusées : 0 — "),
        "no code is new: {said}"
    );
    assert_eq!(std::fs::read_to_string(&codes).unwrap().lines().count(), 1);
}

#[tokio::test]
async fn a_role_asked_for_twice_is_granted_once_and_the_code_is_shown() {
    let database = Database::new().await;
    let arguments = ["accounts", "provision", "Dup", "Role", "--role", "hr", "--role", "hr", "--json"];
    let opened = intraparis_json(&database, &arguments);
    assert!(!opened["initial_code"].as_str().unwrap().is_empty(), "{opened}");

    let owner = database.owner();
    sqlx::raw_sql(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no more'; END $$;
         CREATE TRIGGER refuse BEFORE INSERT ON journal.event FOR EACH ROW
             WHEN (new.type = 'RoleGranted') EXECUTE FUNCTION refuse()",
    )
    .execute(&owner)
    .await
    .unwrap();
    let half = intraparis(&database, &["accounts", "provision", "Half", "Done", "--role", "hr", "--json"]);
    assert!(!half.status.success() && !half.stderr.is_empty(), "the role is not granted, and this is said: {half:?}");
    let opened: serde_json::Value = serde_json::from_slice(&half.stdout).unwrap();
    assert!(!opened["initial_code"].as_str().unwrap().is_empty(), "the account is there: {opened}");
}

#[tokio::test]
async fn an_import_that_is_killed_has_written_the_codes_of_what_it_opened() {
    let database = Database::new().await;
    let folder = tempfile::tempdir().unwrap();
    let [file, codes] = ["agents.csv", "codes.csv"].map(|name| folder.path().join(name));
    let rows: String = (0..400).map(|n| format!("Jean,Dupont-{n}\n")).collect();
    std::fs::write(&file, format!("given_name,family_name\n{rows}")).unwrap();
    let mut import = program(&database.url());
    import.args(["import", "agents"]).arg(&file).arg("--codes").arg(&codes);
    let mut import = import.stdout(std::process::Stdio::null()).spawn().unwrap();
    let written = || std::fs::read_to_string(&codes).unwrap_or_default().lines().count().saturating_sub(1);
    while written() < 4 {
        assert!(import.try_wait().unwrap().is_none(), "it ended before");
        std::thread::yield_now();
    }
    import.kill().unwrap();
    import.wait().unwrap();
    let opened: i64 = sqlx::query_scalar("SELECT count(*) FROM journal.event WHERE type = 'AccountProvisioned'")
        .fetch_one(&database.owner())
        .await
        .unwrap();
    // Four at once: no more than those may have been between the one and the other.
    assert!(usize::try_from(opened).unwrap() <= written() + 4, "{opened} opened, {} codes", written());
}

#[test]
fn settings_that_cannot_be_used_are_named_once() {
    let connections = ("INTRAPARIS_DATABASE__CONNECTIONS", "many");
    for (url, variable, said) in [
        ("", Some(connections), "INTRAPARIS_DATABASE__CONNECTIONS : database.connections : attendu : un entier"),
        ("", Some(connections), " — expected a non-negative integer"),
        ("mysql://u:hunter2@h/d", None, "mysql://"),
        ("u:hunter2@h/d", None, "database.url is not a URL"),
        ("", Some(connections), "database.connections"),
    ] {
        let output = program(url).envs(variable).args(["projections", "list"]).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success());
        assert_eq!(stderr.matches(said).count(), 1, "{stderr}");
        assert!(!stderr.contains("hunter2"), "{stderr}");
    }
}

#[tokio::test]
async fn bad_input_on_the_command_line_is_told_and_opens_nothing() {
    let database = Database::new().await;
    for arguments in [
        &["accounts", "provision", "", "Durand"][..],
        &["accounts", "provision", "Camille", "Durand", "--role", "king"],
        &["accounts", "provision", "=cmd()", "Durand"],
        &["accounts", "provision", "Camille", "Du\nrand"],
        &["accounts", "provision", "Camille", "Durand\u{1b}[31m"],
        &["accounts", "provision", "Camille", "Durand", "--staff-number", &"7".repeat(100)],
        &["accounts", "provision", "Camille", "Durand", "--username", "Camille Durand"],
        &["projections", "rebuild", "nothing_v1"],
        &["projections", "skip", "accounts_v1", "--motive", "none"],
    ] {
        let output = intraparis(&database, arguments);
        assert!(!output.status.success() && !output.stderr.is_empty(), "{arguments:?}");
    }
}

#[tokio::test]
async fn what_an_operator_reads_is_in_french_first_and_counts_as_each_language_does() {
    let database = Database::new().await;
    let shown = |arguments: &[&str]| String::from_utf8(intraparis(&database, arguments).stdout).unwrap();
    let told = |arguments: &[&str]| String::from_utf8(intraparis(&database, arguments).stderr).unwrap();
    let lines = |text: String| text.lines().map(str::to_owned).collect::<Vec<_>>();

    assert_eq!(shown(&["migrate"]), "le schéma est celui de cette version — the schema is that of this build\n");
    let empty = lines(shown(&["audit", "verify"]));
    assert_eq!(empty[0], "0 événement, 0 flux — 0 events, 0 streams");
    assert_eq!(empty[2], "rien n’a été altéré, rien ne manque — nothing was altered, nothing is missing");
    let opened = lines(shown(&["accounts", "provision", "Camille", "Durand"]));
    assert!(opened[1].starts_with("identifiant — username ") && opened[1].ends_with(" camille.durand"), "{opened:?}");
    assert_eq!(lines(shown(&["rules", "list"]))[0], "0 activation — 0 activations");
    assert_eq!(
        shown(&["leave", "verify"]),
        "0 événement, 0 registre, 0 anomalie, 0 compteur à découvert — 0 events, 0 ledgers, 0 violations, 0 counters overdrawn\n"
    );
    assert_eq!(
        shown(&["projections", "list"]),
        "aucun projecteur n’a encore tourné sur cette base de données — no projector has ever run on this database\n"
    );
    assert_eq!(
        told(&["accounts", "provision", "Jean", "Durand", "--username", "camille.durand"]),
        "intraparis: l’identifiant est celui d’un autre compte — the username belongs to another account\n"
    );
    let misread = told(&["audit", "verify", "--nothing"]);
    assert!(misread.starts_with("intraparis: argument inconnu : --nothing\nerror: unexpected argument"), "{misread}");
    let unknown = told(&["projections", "verify", "nothing_v1"]);
    assert!(unknown.contains("aucune projection ne s’appelle ainsi") && unknown.contains("no projection is named so"));
}

#[tokio::test]
async fn what_the_database_warns_of_stands_before_no_answer_of_a_command() {
    let database = Database::new().await;
    intraparis(&database, &["migrate"]);
    sqlx::raw_sql(
        "CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'noise'; RETURN new; END $$;
         CREATE TRIGGER warn BEFORE INSERT ON access.credential FOR EACH ROW EXECUTE FUNCTION warn();",
    )
    .execute(&database.owner())
    .await
    .unwrap();
    let opened = intraparis(&database, &["accounts", "provision", "Ada", "Roy"]);
    assert!(opened.status.success() && opened.stderr.is_empty(), "{opened:?}");
}

#[tokio::test]
async fn what_is_refused_an_operator_is_said_in_french_first_and_once() {
    let database = Database::new().await;
    let told = |arguments: &[&str]| {
        let output = intraparis(&database, arguments);
        assert!(!output.status.success(), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    intraparis_json(&database, &["accounts", "provision", "Ada", "Roy", "--role", "administrator", "--json"]);
    intraparis_json(&database, &["accounts", "provision", "Luc", "Noir", "--role", "hr", "--json"]);
    let answered = ["--as", "ada.roy", "--motive", "ticket 12"];
    let act = |arguments: &[&str]| told(&[arguments, &answered].concat());
    let skip = ["projections", "skip", "accounts_v1", "--position", "1"];

    let folder = tempfile::tempdir().unwrap();
    let faulty = folder.path().join("holidays.toml").display().to_string();
    std::fs::write(&faulty, "[[rule").unwrap();
    let simulate = ["audit", "simulate", "--failures", "0", "--within", "1", "--lock-for", "1"];
    let rebuild = told(&["projections", "rebuild", "accounts_v1"]);
    let rules = told(&["rules", "activate", &faulty, "--as", "luc.noir"]);
    for (said, fr, en) in [
        (act(&["vault", "erase", "--name", "ada.roy"]), "nul ne s’efface soi-même", "nobody erases himself"),
        (act(&["vault", "expire", "--before", "9999-01"]), "l’origine des connexions se garde six mois", "six months"),
        (act(&skip), "accounts_v1 n’est pas arrêtée", "accounts_v1 has not halted"),
        (rebuild, "elle n’a jamais tourné sur cette base", "it has never run on this database"),
        (rules, "holidays.toml : ligne 1, colonne 7 : n’est pas un fichier de règles", "holidays.toml"),
        (told(&["audit", "verify", "--position", "1", "--root", "zz"]), "une racine a 64 chiffres", "a root has 64"),
        (told(&simulate), "failures vaut au moins 1", "failures must be at least 1"),
        (told(&["accounts", "provision", "A", "B", "--username", "A B"]), "contient un autre signe que a-z", "holds a"),
        (told(&["audit", "replay", "--after=-1"]), "une position est un nombre", "a position"),
        (told(&["audit", "replay", "--as-of", "nope"]), "un instant s’écrit selon la RFC 3339", "an instant is"),
    ] {
        let halves = said.split_once(" — ").unwrap_or_else(|| panic!("{said}"));
        assert!(halves.0.contains(fr) && halves.1.contains(en), "{said}");
        assert!(said.matches("TOML").count() <= 1, "{said}");
    }
    let key = intraparis_set(&database, &[("INTRAPARIS_VAULT__MASTER_KEY", "short")], &["vault", "receipts"]);
    let key = String::from_utf8(key.stderr).unwrap();
    assert_eq!(
        key,
        "intraparis: une clé maîtresse fait 32 octets, écrits en 64 chiffres hexadécimaux ou en base64 — \
         a master key is 32 bytes, written as 64 hexadecimal digits or in base64\n"
    );
}

#[tokio::test]
async fn what_is_found_is_shown_in_french_first_and_stays_english_in_json() {
    let database = Database::new().await;
    intraparis_json(&database, &["accounts", "provision", "Ada", "Roy", "--json"]);
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("auth.log").display().to_string();
    std::fs::write(&log, "Dec 10 06:55:48 h sshd[1]: Failed password for root from 192.0.2.1\n").unwrap();
    let root = "0".repeat(64);
    let verify = ["audit", "verify", "--position", "1", "--root", &root];
    let import = ["import", "sshd", &log, "--year", "2023"];
    for (arguments, list, fr, en) in [
        (
            &verify[..],
            "/violations/0",
            "anomalie — violation : l’historique jusqu’en 1 n’est pas celui dont la racine avait été notée",
            "the history up to 1 is not the one whose root was written down",
        ),
        (
            &import,
            "/malformed/0/reason",
            "ligne 1 : une tentative qui ne finit pas par « from ADRESSE port PORT ssh2 »",
            "a password attempt that does not end in 'from ADDRESS port PORT ssh2'",
        ),
    ] {
        let shown = String::from_utf8(intraparis(&database, arguments).stdout).unwrap();
        assert!(shown.contains(&format!("{fr} — {en}\n")), "{shown}");
        let json = intraparis(&database, &[arguments, &["--json"]].concat()).stdout;
        let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
        assert_eq!(json.pointer(list), Some(&json!(en)), "{json}");
    }
}
