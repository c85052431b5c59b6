//! Three means three, however many guesses arrive at once, on however many nodes.

use crate::process::{Person, Process, expect, intraparis_json};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use test_support::Database;
use tokio::task::JoinSet;

/// How many passwords a process has compared.
async fn comparisons(process: &Process) -> u64 {
    let metrics = process.operations("/metrics").send().await.unwrap().text().await.unwrap();
    let counts = metrics.lines().filter(|line| line.starts_with("password_comparisons_total"));
    counts.filter_map(|line| line.rsplit_once(' ')?.1.parse::<u64>().ok()).sum()
}

/// Sends the guesses at once, half to each node, and gives every answer.
async fn at_once(nodes: [&Process; 2], username: &str, guesses: Vec<String>) -> Vec<(StatusCode, String)> {
    let mut answers = JoinSet::new();
    for (place, guess) in guesses.into_iter().enumerate() {
        let request = nodes[place % 2].post("/v1/sessions", &json!({ "username": username, "password": guess }));
        answers.spawn(async move {
            let answer = request.send().await.unwrap();
            (answer.status(), answer.text().await.unwrap())
        });
    }
    answers.join_all().await
}

async fn attempts(nodes: [&Process; 2], username: &str, guesses: Vec<String>) -> (u64, Vec<(StatusCode, String)>) {
    let before = comparisons(nodes[0]).await + comparisons(nodes[1]).await;
    let answers = at_once(nodes, username, guesses).await;
    (comparisons(nodes[0]).await + comparisons(nodes[1]).await - before, answers)
}

fn wrong(count: usize) -> Vec<String> {
    (0..count).map(|guess| format!("Mauvais Mot-{guess}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_200_parallel_guesses_on_two_nodes_three_are_compared() {
    let database = Database::new().await;
    let (here, there) = (Process::start(&database, "write-api"), Process::start(&database, "write-api"));
    let nodes = [&here, &there];
    let agent = Person::with_roles(&database, &here, "Anne", "Guichard", &[]).await;

    // The right one among the last: three wrong ones have taken every slot before it.
    let mut guesses = wrong(199);
    guesses.push(agent.password.clone());
    let (compared, answers) = attempts(nodes, &agent.username, guesses).await;
    let let_in = answers.iter().filter(|(status, _)| *status == StatusCode::CREATED).count() as u64;
    // Between two successes, no more than three; should the right one have been early, it began a new count.
    assert!(compared <= 3 + 3 * let_in, "{compared} compared, {let_in} let in");
    for (status, body) in answers.iter().filter(|(status, _)| *status != StatusCode::CREATED) {
        assert_eq!(*status, StatusCode::UNAUTHORIZED, "{body}");
    }

    // Whatever came of it: the account is suspended now, and the right password is not compared.
    let (compared, answers) = attempts(nodes, &agent.username, vec![agent.password.clone(); 4]).await;
    assert_eq!(compared, 0);
    assert!(answers.iter().all(|(status, _)| *status == StatusCode::UNAUTHORIZED));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_name_is_treated_alike() {
    let database = Database::new().await;
    let (here, there) = (Process::start(&database, "write-api"), Process::start(&database, "write-api"));
    let agent = Person::with_roles(&database, &here, "Paul", "Roux", &[]).await;
    let (of_nobody, to_nobody) = attempts([&here, &there], "personne.inconnue", wrong(200)).await;
    let (of_agent, to_agent) = attempts([&here, &there], &agent.username, wrong(200)).await;
    assert_eq!((of_nobody, of_agent), (3, 3));

    let bodies = |answers: Vec<(StatusCode, String)>| {
        let mut bodies: Vec<_> = answers
            .into_iter()
            .map(|(status, body)| {
                let mut body: Value = serde_json::from_str(&body).unwrap();
                // What names the request itself differs from one to the next.
                body.as_object_mut().unwrap().retain(|key, _| key != "trace_id" && key != "instance");
                (status.as_u16(), body.to_string())
            })
            .collect();
        bodies.dedup();
        bodies
    };
    assert_eq!(bodies(to_nobody), bodies(to_agent), "one answer, whoever is asked for");

    // As many events of each kind stand under the one as under the other, once the account's own login is taken away.
    let kinds = |name: &str| {
        let output = crate::process::intraparis(&database, &["audit", "replay", "--name", name]);
        let mut kinds = BTreeMap::<String, usize>::new();
        for line in String::from_utf8(output.stdout).unwrap().lines() {
            let event: Value = serde_json::from_str(line).unwrap();
            *kinds.entry(event["type"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        kinds
    };
    let nobody = kinds("personne.inconnue");
    let somebody = kinds(&agent.username);
    assert_eq!((nobody["LoginFailed"], nobody["AccountSuspended"], nobody["LoginRefused"]), (3, 1, 197));
    assert_eq!((somebody["LoginFailed"], somebody["AccountSuspended"], somebody["LoginRefused"]), (3, 1, 197));
}

#[tokio::test(flavor = "multi_thread")]
async fn honest_logins_in_parallel_all_pass() {
    let database = Database::new().await;
    let (here, there) = (Process::start(&database, "write-api"), Process::start(&database, "write-api"));
    let agent = Person::with_roles(&database, &here, "Jeanne", "Petit", &[]).await;
    let answers = at_once([&here, &there], &agent.username, vec![agent.password.clone(); 20]).await;
    assert!(answers.iter().all(|(status, _)| *status == StatusCode::CREATED), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lifted_suspension_arms_the_count_again() {
    let database = Database::new().await;
    let api = Process::start(&database, "write-api");
    let administrator = Person::with_roles(&database, &api, "Odile", "Blanc", &["administrator"]).await;
    let agent = Person::with_roles(&database, &api, "Yves", "Noir", &[]).await;
    for _ in 0..2 {
        let (compared, _) = attempts([&api, &api], &agent.username, wrong(5)).await;
        // Both halves of the sum are the same process.
        assert_eq!(compared / 2, 3);
        let path = format!("/v1/accounts/{}/reactivation", agent.account);
        let own = agent.post(&api, &path, &json!({ "motive": "moi-même" })).send().await;
        expect(own, StatusCode::FORBIDDEN).await;
        let motive = json!({ "motive": "appel au guichet, identité vérifiée" });
        let lifted = administrator.post(&api, &path, &motive).send().await.unwrap();
        assert!(lifted.status().is_success(), "{}", lifted.text().await.unwrap());
        crate::process::log_in(&api, &agent.username, &agent.password).await;
    }
    let verified = intraparis_json(&database, &["audit", "verify", "--json"]);
    assert_eq!(verified["violations"], json!([]));
}
