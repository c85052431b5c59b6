//! People who use the service.

use super::service::{Api, Service};
use anyhow::{Context, ensure};
use reqwest::header::{ETAG, IF_NONE_MATCH};
use reqwest::{Request, Response};
use serde_json::{Value, json};

/// Somebody with an account, a password of his own and a session.
#[derive(Clone)]
pub struct Person {
    /// The account.
    pub account: String,
    /// The token of his session.
    pub token: String,
    username: String,
    password: String,
}

impl Person {
    /// Opens an account by the command line, sets its password and logs in.
    pub async fn with_roles(service: &Service, number: usize, roles: &[&str]) -> anyhow::Result<Self> {
        let family = format!("Durand{}", "abcdefghijklmnopqrstuvwxyz".chars().cycle().nth(number).unwrap_or('z'));
        let mut arguments = vec!["accounts", "provision", "Camille", &family, "--json"];
        arguments.extend(roles.iter().flat_map(|role| ["--role", *role]));
        let provisioned = service.command(&arguments).await?;
        let text = |name: &str| text_of(&provisioned, name).map(str::to_owned);
        let mut person = Self {
            account: text("account")?,
            username: text("username")?,
            password: format!("Un Cheval-{number}-de-Bataille"),
            token: String::new(),
        };
        let body =
            json!({ "username": person.username, "initial_code": text("initial_code")?, "password": person.password });
        succeeded(service.post("/v1/first-login", &body).send().await?).await?;
        person.token = person.log_in(service).await?;
        Ok(person)
    }

    /// Logs in once more; the token.
    pub async fn log_in(&self, service: &Service) -> anyhow::Result<String> {
        self.log_in_at(&service.clone_client()).await
    }

    /// The same.
    pub async fn log_in_at(&self, api: &Api) -> anyhow::Result<String> {
        let body = json!({ "username": self.username, "password": self.password });
        let session = succeeded(api.post("/v1/sessions", &body).send().await?).await?;
        Ok(text_of(&session, "token")?.to_owned())
    }

    /// Declares a reading of the whole audit trail; its path.
    pub async fn declare_reading(&self, service: &Service) -> anyhow::Result<String> {
        let declared = service.post("/v1/audit-readings", &json!({})).bearer_auth(&self.token).send().await?;
        let declared = succeeded(declared).await?;
        Ok(format!("/v1/audit-readings/{}", text_of(&declared, "reading")?))
    }

    /// A request for what has not changed since it was last asked for.
    pub async fn unchanged(&self, service: &Service, path: &str) -> anyhow::Result<Request> {
        let first = service.get(path).bearer_auth(&self.token).send().await?;
        let tag = first.headers().get(ETAG).context("no ETag")?.clone();
        Ok(service.get(path).bearer_auth(&self.token).header(IF_NONE_MATCH, tag).build()?)
    }
}

fn text_of<'a>(answer: &'a Value, name: &str) -> anyhow::Result<&'a str> {
    answer.get(name).and_then(Value::as_str).with_context(|| format!("an answer without {name}"))
}

async fn succeeded(response: Response) -> anyhow::Result<Value> {
    let status = response.status();
    let body = response.text().await?;
    ensure!(status.is_success(), "answered with {status}: {body}");
    Ok(serde_json::from_str(&body).unwrap_or_default())
}
