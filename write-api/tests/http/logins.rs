//! Three strikes: however many guess at once, wherever.

use crate::app::{Answer, App, OTHER_PASSWORD, PASSWORD, slug};
use events::account::Role;
use futures::future::join_all;
use serde_json::json;
use std::time::{Duration, Instant};
use write_api::Config;

fn comparisons(apps: &[&App]) -> u64 {
    apps.iter().map(|app| app.api.password_comparisons()).sum()
}

/// 200 guesses at once through two processes; the one at `right` has the password.
async fn guess(apps: &[&App; 2], username: &str, right: Option<usize>) -> Vec<Answer> {
    join_all((0..200).map(|n| {
        let password = if Some(n) == right { PASSWORD } else { "Wrong horse battery 4" };
        apps[n % 2].log_in(username, password)
    }))
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_200_parallel_guesses_through_two_processes_no_more_than_three_are_compared() {
    let app = App::start_with(Config { slot_patience_ms: 60_000, ..Config::default() }).await;
    let other = app.another().await;
    let agent = app.agent("Curie", &[]).await;
    let before = comparisons(&[&app, &other]);

    let answers = guess(&[&app, &other], &agent.username, None).await;

    assert!(answers.iter().all(|answer| slug(answer) == "invalid-credentials"));
    assert_eq!(comparisons(&[&app, &other]) - before, 3);
    assert_eq!(slug(&app.log_in(&agent.username, PASSWORD).await), "invalid-credentials");
    assert_eq!(comparisons(&[&app, &other]) - before, 3);
    let events = app.events(agent.account).await;
    let count = |kind: &str| events.iter().filter(|event| *event == kind).count();
    assert_eq!((count("LoginFailed"), count("AccountSuspended"), count("LoginRefused")), (3, 1, 198));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_at_a_suspended_name_keeps_nobody_else_from_logging_in() {
    let app =
        App::start_with(Config { hashing_threads: 1, hashing_queue: 1, slot_patience_ms: 60_000, ..Config::default() })
            .await;
    let agent = app.agent("Curie", &[]).await;
    let suspended = app.agent("Noir", &[]).await;
    for name in ["personne.inconnue", &suspended.username] {
        for _ in 0..3 {
            assert_eq!(app.log_in(name, "wrong").await.0, 401);
        }
        let before = app.api.password_comparisons();
        let mut flood: Vec<_> = (0..100).map(|_| Box::pin(app.log_in(name, "wrong"))).collect();
        for _ in 0..5 {
            // Whatever of the flood is answered meanwhile is asked again.
            let mut honest = Box::pin(app.log_in(&agent.username, PASSWORD));
            let status = loop {
                let flooded = futures::future::select_all(flood);
                match futures::future::select(honest, flooded).await {
                    futures::future::Either::Left(((status, _), flooded)) => {
                        flood = flooded.into_inner();
                        break status;
                    }
                    futures::future::Either::Right((((status, _), _, rest), waiting)) => {
                        assert_eq!(status, 401);
                        (flood, honest) = (rest, waiting);
                        flood.push(Box::pin(app.log_in(name, "wrong")));
                    }
                }
            };
            assert_eq!(status, 201, "{name}");
        }
        assert!(join_all(flood).await.iter().all(|(status, _)| *status == 401));
        assert_eq!(app.api.password_comparisons() - before, 5, "those of the agent alone");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_right_password_among_200_gives_no_more_than_three_guesses_in_a_row() {
    let app = App::start_with(Config { slot_patience_ms: 60_000, ..Config::default() }).await;
    let other = app.another().await;
    let agent = app.agent("Curie", &[]).await;

    let answers = guess(&[&app, &other], &agent.username, Some(100)).await;

    let right = answers.iter().filter(|(status, _)| *status == 201).count();
    assert!(right <= 1);
    let mut in_a_row = 0;
    for event in app.events(agent.account).await {
        match event.as_str() {
            "LoginFailed" => in_a_row += 1,
            "LoginSucceeded" => in_a_row = 0,
            _ => {}
        }
        assert!(in_a_row <= 3);
    }
    assert_eq!(app.count("AccountSuspended").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_holds_for_a_name_that_no_account_has() {
    let app = App::start_with(Config { slot_patience_ms: 60_000, ..Config::default() }).await;
    let other = app.another().await;

    let answers = guess(&[&app, &other], "nobody.here", Some(7)).await;

    assert!(answers.iter().all(|answer| slug(answer) == "invalid-credentials"));
    assert_eq!(comparisons(&[&app, &other]), 3);
    assert_eq!((app.count("LoginAttempted").await, app.count("LoginRefused").await), (3, 197));
}

#[tokio::test(flavor = "multi_thread")]
async fn honest_logins_at_once_all_pass() {
    let app = App::start().await;
    let other = app.another().await;
    let agent = app.agent("Curie", &[]).await;
    let answers = join_all((0..20).map(|n| [&app, &other][n % 2].log_in(&agent.username, PASSWORD))).await;
    assert!(answers.iter().all(|(status, _)| *status == 201), "{answers:?}");
    assert_eq!(app.count("LoginFailed").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_finds_no_slot_in_time_is_told_to_come_back_and_not_that_he_is_wrong() {
    let app = App::start_with(Config { slot_patience_ms: 0, hashing_threads: 1, ..Config::default() }).await;
    let agent = app.agent("Curie", &[]).await;
    let answers = join_all((0..20).map(|_| {
        let body = json!({ "username": agent.username, "password": PASSWORD });
        app.request(reqwest::Method::POST, "/v1/sessions").json(&body).send()
    }))
    .await;
    let mut turned_away = 0;
    for answer in answers.into_iter().map(Result::unwrap).filter(|answer| answer.status() != 201) {
        assert_eq!((answer.status().as_u16(), answer.headers().contains_key("retry-after")), (503, true));
        turned_away += 1;
    }
    assert!(turned_away > 0);
    assert_eq!(app.count("LoginRefused").await, turned_away, "on the record");
    assert_eq!(app.count("LoginFailed").await, 0);
    assert_eq!(app.log_in(&agent.username, PASSWORD).await.0, 201);

    let busy = join_all((0..20).map(|_| app.log_in("nobody.here", PASSWORD))).await;
    let told: std::collections::BTreeSet<_> = busy.iter().map(slug).collect();
    assert!(told.contains("unavailable"), "a name that no account has is no different: {told:?}");
}

#[tokio::test]
async fn every_account_answers_a_stranger_with_the_same_bytes() {
    let app = App::start().await;
    let known = app.agent("Curie", &[]).await;
    let suspended = app.agent("Meitner", &[]).await;
    let (_, fresh, _) = app.provision("Noether").await;
    for _ in 0..3 {
        app.log_in(&suspended.username, OTHER_PASSWORD).await;
    }
    let ask = async |username: &str, password: &str| {
        let body = json!({ "username": username, "password": password });
        let request = app.request(reqwest::Method::POST, "/v1/sessions").json(&body);
        let response = request.send().await.unwrap();
        let mut headers = response.headers().clone();
        headers.remove("date");
        (response.status(), headers, response.bytes().await.unwrap())
    };
    let unknown = ask("nobody.here", OTHER_PASSWORD).await;
    assert_eq!(ask(&known.username, OTHER_PASSWORD).await, unknown);
    assert_eq!(ask(&fresh, OTHER_PASSWORD).await, unknown);
    assert_eq!(ask(&suspended.username, OTHER_PASSWORD).await, unknown);
    assert_eq!(ask(&suspended.username, PASSWORD).await, unknown);
    assert_eq!(ask("", OTHER_PASSWORD).await, unknown);
}

#[tokio::test]
async fn no_failure_is_told_before_its_time_whatever_it_met() {
    let floor = Duration::from_millis(400);
    let app = App::start_with(Config { failure_floor_ms: 400, ..Config::default() }).await;
    let agent = app.agent("Curie", &[]).await;
    for username in [&agent.username, "nobody.here"] {
        for _ in 0..4 {
            let came = Instant::now();
            assert_eq!(slug(&app.log_in(username, OTHER_PASSWORD).await), "invalid-credentials");
            assert!(came.elapsed() >= floor, "{username}");
        }
    }
}

#[tokio::test]
async fn strikes_are_armed_again_after_a_reactivation() {
    let app = App::start().await;
    let agent = app.agent("Curie", &[]).await;
    let administrator = app.agent("Admin", &[Role::Administrator]).await;
    let path = format!("/v1/accounts/{}/reactivation", agent.account);
    let lift = || app.post(&administrator, &path, json!({ "motive": "He called." }));
    assert_eq!(slug(&lift().await), "not-suspended");
    for _ in 0..2 {
        for _ in 0..3 {
            app.log_in(&agent.username, OTHER_PASSWORD).await;
        }
        assert_eq!(slug(&app.log_in(&agent.username, PASSWORD).await), "invalid-credentials");
        assert_eq!(lift().await.0, 200);
        assert_eq!(app.log_in(&agent.username, PASSWORD).await.0, 201);
    }
}

#[tokio::test]
async fn every_spelling_that_opens_an_account_shares_one_counter() {
    let app = App::start().await;
    let agent = app.agent("Curie", &[]).await;
    for spelling in ["MARIE.CURIE", "\u{a0}marie.curie ", "\u{ff4d}arie.curie"] {
        assert_eq!(slug(&app.log_in(spelling, OTHER_PASSWORD).await), "invalid-credentials");
    }
    assert_eq!(slug(&app.log_in(&agent.username, PASSWORD).await), "invalid-credentials");
    assert_eq!(app.events(agent.account).await.iter().filter(|event| *event == "AccountSuspended").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_house_says_so_before_any_slot_is_taken() {
    let app = App::start_with(Config { hashing_threads: 1, hashing_queue: 1, ..Config::default() }).await;
    let answers = join_all((0..40).map(|n| {
        let app = app.clone();
        async move { app.log_in(&format!("nobody{n}"), PASSWORD).await }
    }))
    .await;
    let refused = answers.iter().filter(|answer| slug(answer) == "unavailable").count();
    assert!(refused > 0);
    assert_eq!(app.count("LoginAttempted").await, 40 - refused as i64);
    assert_eq!(app.count("LoginFailed").await, 40 - refused as i64);
}

#[tokio::test]
async fn who_hangs_up_leaves_no_slot_behind() {
    let app = App::start_with(Config { hashing_threads: 1, ..Config::default() }).await;
    let agent = app.agent("Curie", &[]).await;
    let body = json!({ "username": agent.username, "password": OTHER_PASSWORD });
    let request = app.request(reqwest::Method::POST, "/v1/sessions").json(&body);
    let mut head = app.api.head();
    let sent = tokio::spawn(request.send());
    let before = head.position();
    head.past(before).await;
    sent.abort();
    let recorded = async {
        let mut seen = head.position();
        while app.count("LoginFailed").await == 0 {
            seen = head.past(seen).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), recorded).await.expect("the outcome of who hung up");
    assert_eq!(app.log_in(&agent.username, PASSWORD).await.0, 201);
}
