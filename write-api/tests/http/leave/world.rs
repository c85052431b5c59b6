//! A unit with its manager, an agent of it, and those around them. It is 5 January 2026 unless somebody says otherwise.

use crate::app::{Agent, Answer, App};
use chrono::{DateTime, Utc};
use events::Clock;
use events::account::Role;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

pub struct World {
    pub app: App,
    pub agent: Agent,
    pub manager: Agent,
    pub hr: Agent,
    pub unit: String,
    now: Arc<Mutex<DateTime<Utc>>>,
}

impl World {
    pub async fn new() -> Self {
        let now = Arc::new(Mutex::new("2026-01-05T09:00:00Z".parse().unwrap()));
        let told = Arc::clone(&now);
        let app = App::start_at(Clock::from_fn(move || *told.lock().unwrap())).await;
        let hr = app.agent("Rh", &[Role::Hr]).await;
        let manager = app.agent("Chef", &[Role::Manager]).await;
        let agent = app.agent("Curie", &[]).await;
        let unit = json!({ "code": "DRH", "name": "Ressources humaines" });
        let (status, body) = app.post(&hr, "/v1/units", unit).await;
        assert_eq!(status, 201, "{body}");
        let unit = body["unit"].as_str().unwrap().to_owned();
        let lead = json!({ "manager": manager.account, "from": "2020-01-01" });
        assert_eq!(app.post(&hr, &format!("/v1/units/{unit}/manager"), lead).await.0, 200);
        let world = Self { app, agent, manager, hr, unit, now };
        world.employ(&world.agent, &world.unit).await;
        world
    }

    /// Lets it be another time. Sessions end meanwhile: who acts logs in again.
    pub fn at(&self, now: &str) {
        *self.now.lock().unwrap() = now.parse().unwrap();
    }

    /// Full time, Monday to Friday, since 2020.
    pub async fn employ(&self, agent: &Agent, unit: &str) {
        let employment = json!({
            "from": "2020-01-01", "entered": true, "status": "official", "unit": unit, "title": "agent",
            "working_time": { "quota": 10000, "full_time_week_minutes": 2340 },
            "pattern": { "halves": "11111111110000" },
        });
        let answer = self.app.post(&self.hr, &format!("/v1/agents/{}/employment", agent.account), employment).await;
        assert_eq!(answer.0, 200, "{}", answer.1);
    }

    pub async fn ask(&self, first: &str, last: &str) -> Answer {
        self.ask_as(&self.agent, "annual-leave", first, last).await
    }

    pub async fn ask_as(&self, agent: &Agent, leave_type: &str, first: &str, last: &str) -> Answer {
        let body = json!({ "type": leave_type, "first": first, "last": last });
        self.app.post(agent, "/v1/leave-requests", body).await
    }

    /// A leave that was asked for.
    pub async fn asked(&self, first: &str, last: &str) -> String {
        let (status, body) = self.ask(first, last).await;
        assert_eq!(status, 201, "{body}");
        body["leave"].as_str().unwrap().to_owned()
    }

    /// A leave that the manager granted.
    pub async fn granted(&self, first: &str, last: &str) -> String {
        let leave = self.asked(first, last).await;
        let (status, body) = self.approve(&self.manager, &leave).await;
        assert_eq!((status, &body["status"]), (200, &json!("granted")), "{body}");
        leave
    }

    /// A command under this key.
    pub fn keyed(&self, by: &Agent, key: &str, path: &str, body: &Value) -> RequestBuilder {
        let request = self.app.request(Method::POST, path).bearer_auth(&by.token);
        request.header("idempotency-key", key).json(body)
    }

    pub async fn approve(&self, by: &Agent, leave: &str) -> Answer {
        self.act(by, leave, "approve", json!({ "agent": self.agent.account, "step": 0 })).await
    }

    pub async fn act(&self, by: &Agent, leave: &str, act: &str, body: Value) -> Answer {
        self.app.post(by, &format!("/v1/leave-requests/{leave}/{act}"), body).await
    }

    /// Leaves the agent with so many days of annual leave in November 2026.
    pub async fn leave_days(&self, days: u32) {
        for (first, last, taken) in [("2026-03-02", "2026-03-20", 15), ("2026-09-07", "2026-09-18", 10)] {
            let (status, body) = self.ask(first, last).await;
            assert_eq!((status, &body["half_days"]), (201, &json!(taken * 2)), "{body}");
        }
        // Two days of fractionnement are earned by the three weeks of March.
        let (status, body) = self.ask("2026-10-05", if days == 1 { "2026-10-05" } else { "2026-10-06" }).await;
        assert_eq!(status, 201, "{body}");
    }
}

/// The field that an error names.
pub fn field((_, body): &Answer) -> &str {
    body["errors"][0]["pointer"].as_str().unwrap_or_default()
}

/// What an error says of the field.
pub fn detail((_, body): &Answer) -> &str {
    body["errors"][0]["detail"].as_str().unwrap_or_default()
}
