//! The checker's own fold of an account's events, on bare JSON.

use crate::evidence::Event;
use crate::history::Found;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::BTreeSet;

/// An account as its events leave it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) roles: BTreeSet<String>,
    pub(super) personal_password: bool,
    pub(super) failures: i16,
    pub(super) last_login: Option<DateTime<Utc>>,
    pub(super) suspended_since: Option<DateTime<Utc>>,
    pub(super) provisioned_at: Option<DateTime<Utc>>,
    pub(super) username: Value,
    pub(super) position: i64,
}

/// What an event says, without the name around it.
pub(super) fn body(event: &Event) -> Value {
    let payload: Value = serde_json::from_slice(&event.payload).unwrap_or_default();
    payload.get(&event.kind).cloned().unwrap_or_default()
}

/// A member of what an event says, as text.
pub(super) fn text(body: &Value, name: &str) -> Option<String> {
    body.get(name)?.as_str().map(str::to_owned)
}

impl Account {
    pub(super) fn after(mut self, event: &Event) -> Self {
        let (body, at) = (body(event), Some(event.occurred_at));
        let role = text(&body, "role").unwrap_or_default();
        match event.kind.as_str() {
            "AccountProvisioned" => {
                self.provisioned_at = at;
                self.roles.insert("agent".to_owned());
                self.username = body.get("username").cloned().unwrap_or_default();
            }
            "InitialCodeIssued" => self.personal_password = false,
            "PersonalPasswordSet" => self.personal_password = true,
            "LoginSucceeded" => (self.failures, self.last_login) = (0, at),
            "LoginFailed" => self.failures += 1,
            "AccountSuspended" => {
                self.failures = body.get("failures").and_then(Value::as_i64).unwrap_or_default() as i16;
                self.suspended_since = at;
            }
            "AccountReactivated" => (self.failures, self.suspended_since) = (0, None),
            "RoleGranted" => drop(self.roles.insert(role)),
            "RoleRevoked" => drop(self.roles.remove(&role)),
            _ => {}
        }
        self.position = event.position;
        self
    }

    pub(super) fn found(&self) -> Found {
        Found {
            roles: self.roles.clone(),
            failures: u64::from(self.failures.unsigned_abs()),
            suspended: self.suspended_since.is_some(),
        }
    }
}
