//! The only error that becomes a response (RFC 9457).

mod body;

use std::{borrow::Cow, error::Error, fmt, sync::Arc, time::Duration};

use axum::{
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, VARY, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value};

pub use body::Body;

use crate::{
    kinds::{INTERNAL, INVALID_FIELD, UNAVAILABLE},
    language::{Language, Text},
    trace::TraceId,
};

/// The media type of a problem (RFC 9457, section 3).
pub const MEDIA_TYPE: &str = "application/problem+json";

/// What went wrong, as a constant of the code: one for each `type` URI. Made by [`kinds!`](crate::kinds!).
#[derive(Debug)]
pub struct Kind {
    /// The last segment of the `type` URI, in kebab case; never changes once published.
    pub slug: &'static str,
    /// The status of every response of this kind.
    pub status: StatusCode,
    /// What is said to people, in French.
    pub title_fr: &'static str,
    /// The same in English.
    pub title_en: &'static str,
    /// The Markdown page served at the `type` URI.
    pub page: &'static str,
}

impl Kind {
    /// The `type` URI, relative to the server: `/problems/<slug>`.
    pub fn uri(&self) -> String {
        format!("/problems/{}", self.slug)
    }

    /// The title in one of the languages.
    pub fn title(&self, language: Language) -> &'static str {
        match language {
            Language::French => self.title_fr,
            Language::English => self.title_en,
        }
    }
}

/// The part of a request that an error is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// A JSON Pointer into the body (RFC 6901); the empty one is the whole body.
    Pointer(Cow<'static, str>),
    /// A parameter of the query.
    Query(Cow<'static, str>),
    /// A parameter of the path.
    Path(Cow<'static, str>),
    /// A header.
    Header(Cow<'static, str>),
}

/// A refusal on its way to the client.
///
/// It is written in French where nobody negotiated; [`stack::dress`](crate::stack::dress) rewrites it in the
/// client's language, with the id of the request, and logs its cause once.
#[derive(Clone, Debug)]
pub struct Problem(Box<Content>);

#[derive(Clone, Debug)]
struct Content {
    kind: &'static Kind,
    detail: Option<Text>,
    errors: Vec<(Field, Text)>,
    retry_after: Option<Duration>,
    members: Map<String, Value>,
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

impl From<&'static Kind> for Problem {
    fn from(kind: &'static Kind) -> Self {
        Self(Box::new(Content {
            kind,
            detail: None,
            errors: Vec::new(),
            retry_after: None,
            members: Map::new(),
            cause: None,
        }))
    }
}

impl Problem {
    /// Says `internal` and no other word to the client; the cause is for the log.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::from(&INTERNAL).caused_by(cause)
    }

    /// Says `unavailable`, and to come back in a second; the cause is for the log.
    pub fn unavailable(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::from(&UNAVAILABLE).retry_after(Duration::from_secs(1)).caused_by(cause)
    }

    /// Says `invalid-field` about one field.
    pub fn invalid(field: Field, detail: Text) -> Self {
        Self::from(&INVALID_FIELD).error(field, detail)
    }

    /// What happened this time, and what would help.
    #[must_use]
    pub fn detail(mut self, detail: Text) -> Self {
        self.0.detail = Some(detail);
        self
    }

    /// Adds a field to `errors`.
    #[must_use]
    pub fn error(mut self, field: Field, detail: Text) -> Self {
        self.0.errors.push((field, detail));
        self
    }

    /// Adds `Retry-After`, rounded up to whole seconds.
    #[must_use]
    pub fn retry_after(mut self, delay: Duration) -> Self {
        self.0.retry_after = Some(delay);
        self
    }

    /// Adds an extension member (RFC 9457, section 3.2), under a name that the standard does not use.
    #[must_use]
    pub fn member(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.members.insert(name.to_owned(), value.into());
        self
    }

    /// Keeps what caused it, for the log alone.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.cause = Some(Arc::from(cause.into()));
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> &'static Kind {
        self.0.kind
    }

    /// What it says: of the first field that is wrong, else of what happened, else its title.
    #[must_use]
    pub fn text(&self) -> Text {
        let Content { kind, detail, errors, .. } = &*self.0;
        let said = errors.first().map(|(_, text)| text).or(detail.as_ref());
        said.cloned().unwrap_or(Text::new(kind.title_fr, kind.title_en))
    }

    /// The cause with all its sources, in one line.
    pub(crate) fn causes(&self) -> Option<String> {
        let first: &dyn Error = self.0.cause.as_deref()?;
        let chain = std::iter::successors(Some(first), |error| (*error).source());
        Some(chain.map(ToString::to_string).collect::<Vec<_>>().join(": "))
    }

    /// Rewrites a response made of this problem, keeping the headers that others gave it.
    pub(crate) fn rewrite(&self, response: &mut Response, language: Language, trace: TraceId) {
        *response.body_mut() = self.body(language, Some(trace)).json().into();
        let headers = response.headers_mut();
        headers.remove(CONTENT_LENGTH);
        headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::from_iter([
            (CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE)),
            (CONTENT_LANGUAGE, HeaderValue::from_static(Language::default().tag())),
            (VARY, HeaderValue::from_static("accept-language")),
        ]);
        if let Some(delay) = self.0.retry_after {
            let seconds = delay.as_secs() + u64::from(delay.subsec_nanos() > 0);
            headers.insert(RETRY_AFTER, seconds.into());
        }
        if self.0.kind.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        headers
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.kind.slug)
    }
}

/// Its source is what caused it, for who operates the service: a client reads the kind and the detail alone.
impl Error for Problem {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.cause.as_deref().map(|cause| cause as _)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = self.body(Language::default(), None).json();
        let mut response = (self.0.kind.status, self.headers(), body).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::TOO_MANY_ATTEMPTS;

    #[test]
    fn a_delay_is_rounded_up_to_seconds() {
        let response = Problem::from(&TOO_MANY_ATTEMPTS).retry_after(Duration::from_millis(1_001)).into_response();
        assert_eq!(response.headers()[RETRY_AFTER], "2");
    }

    #[test]
    fn the_cause_is_for_the_log_alone() {
        let problem = Problem::internal("the secret cause");
        assert_eq!(problem.causes().unwrap(), "the secret cause");
        assert!(!problem.body(Language::English, None).json().contains("secret"));
    }
}
