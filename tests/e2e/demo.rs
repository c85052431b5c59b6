//! The demo, as whoever tries it meets it.

use crate::process::program;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Stdio};

/// What the whole may take of its own at the peak, PostgreSQL apart, in KiB: 100 MB less the 36 MB of a release build's
/// code. An unoptimised build has twice as much code, which says nothing of what is served.
const MOST_KIB: u64 = (100_000_000 - 36_000_000) / 1024;

/// A running demo; it ends with the test.
struct Demo {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
    _folder: tempfile::TempDir,
}

/// A demo as it says of itself once it serves.
#[derive(Default)]
struct Serving {
    api: String,
    /// Usernames and passwords.
    people: Vec<(String, String)>,
}

impl Demo {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let picture = folder.path().join("picture.svg");
        let mut program = program("");
        let mut child = program.arg("demo").arg("--picture").arg(picture).stdout(Stdio::piped()).spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, said, _folder: folder }
    }

    fn serving(&mut self) -> Serving {
        let mut serving = Serving::default();
        let lines = self.said.by_ref().map(Result::unwrap);
        for line in lines.skip_while(|line| !line.starts_with("Pour l’essayer")).skip(1) {
            let words: Vec<&str> = line.split_whitespace().collect();
            if let [api, ":", "à", "votre", "service", ..] = words[..] {
                api.clone_into(&mut serving.api);
                break;
            }
            // A password is two words.
            serving.people.push((words[0].to_owned(), words[1..3].join(" ")));
        }
        serving
    }

    /// The most that was ever resident, less the pages of code and of other files.
    fn peak_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let of = |name: &str| -> u64 {
            let value = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            value.trim().trim_end_matches(" kB").parse().unwrap()
        };
        of("VmHWM:") - of("RssFile:")
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let pid = rustix::process::Pid::from_child(&self.child);
        // It may have ended by itself.
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_serves_twenty_logins_at_once_and_pages_in_the_memory_that_was_promised() {
    let mut demo = Demo::start();
    let Serving { api, people } = tokio::task::block_in_place(|| demo.serving());
    let client = Client::builder().no_proxy().build().unwrap();
    let mut logins = tokio::task::JoinSet::new();
    for (username, password) in people.iter().cycle().take(20) {
        let body = json!({ "username": username, "password": password });
        logins.spawn(client.post(format!("{api}/v1/sessions")).json(&body).send());
    }
    let mut tokens = Vec::new();
    for answer in logins.join_all().await {
        let answer = answer.unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED);
        let session: Value = answer.json().await.unwrap();
        tokens.push(session["token"].as_str().unwrap().to_owned());
    }
    for page in ["/docs", "/openapi.json", "/v1/me", "/v1/me/security-history", "/v1/units"] {
        for token in &tokens {
            let answer = client.get(format!("{api}{page}")).bearer_auth(token).send().await.unwrap();
            assert!(answer.status().is_success(), "{page}: {}", answer.status());
            answer.bytes().await.unwrap();
        }
    }
    let peak = demo.peak_kib();
    assert!(peak < MOST_KIB, "{peak} KiB at the peak");
}
