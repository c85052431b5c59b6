//! Who calls: the session token of a header or a cookie, and the lookup that the APIs implement.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use axum::{
    extract::{FromRef, FromRequestParts, OptionalFromRequestParts},
    http::{
        HeaderMap, HeaderValue,
        header::{AUTHORIZATION, COOKIE, SET_COOKIE},
        request::Parts,
    },
    response::{IntoResponseParts, ResponseParts},
};
use axum_extra::extract::cookie::{Cookie, SameSite};
use uuid::Uuid;

use crate::{
    csrf::{self, CsrfToken},
    kinds::{CROSS_SITE_REQUEST, NOT_SIGNED_IN},
    language::Text,
    problem::Problem,
    token::{SessionToken, TokenHash},
};

/// The cookie that carries a session (`__Host-`: RFC 6265bis, section 4.1.3.2).
pub const COOKIE_NAME: &str = "__Host-session";

/// The cookie that hands a page of ours its CSRF token.
pub const CSRF_COOKIE_NAME: &str = "__Host-csrf";

/// A session that was found open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn<G> {
    /// Whose it is.
    pub account: Uuid,
    /// Which of the account's sessions.
    pub session: Uuid,
    /// What it may do: roles, scope, level.
    pub grants: G,
}

/// The lookup could not be made.
#[derive(Debug, thiserror::Error)]
#[error("sessions cannot be looked up")]
pub struct Unavailable(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Finds open sessions; each API implements it on what it reads from.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// What a session may do.
    type Grants;

    /// The open session of that token, if any.
    ///
    /// # Errors
    /// [`Unavailable`] where it cannot be told, which is a 503 and never a 401.
    async fn find(&self, token: TokenHash) -> Result<Option<SignedIn<Self::Grants>>, Unavailable>;
}

/// The caller of a handler, signed in.
///
/// `Option<Caller<G>>` is for a handler that also serves strangers: none only where no token was sent.
///
/// # Errors
/// 401 `not-signed-in` without the token of an open session; 403 `cross-site-request` for an unsafe method by
/// cookie without the session's `X-CSRF-Token`; 503 `unavailable`.
#[derive(Clone, Debug)]
pub struct Caller<G> {
    /// The session that was found.
    pub signed_in: SignedIn<G>,
    /// Its token, for the handlers that end or replace it.
    pub token: SessionToken,
}

impl<G, S> FromRequestParts<S> for Caller<G>
where
    S: Send + Sync,
    Arc<dyn Sessions<Grants = G>>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Some(Presented { token: Some(token), by_cookie }) = presented(&parts.headers) else {
            return Err(Problem::from(&NOT_SIGNED_IN));
        };
        if by_cookie && !csrf::is_safe(&parts.method) && !CsrfToken::accompanies(&parts.headers, &token) {
            let detail = Text::new(
                "Répétez le jeton CSRF de la session dans « X-CSRF-Token ».",
                "Repeat the session's CSRF token in `X-CSRF-Token`.",
            );
            return Err(Problem::from(&CROSS_SITE_REQUEST).detail(detail));
        }
        let sessions = Arc::<dyn Sessions<Grants = G>>::from_ref(state);
        let found = sessions.find(token.hash()).await.map_err(Problem::unavailable)?;
        let signed_in = found.ok_or_else(|| Problem::from(&NOT_SIGNED_IN))?;
        Ok(Self { signed_in, token })
    }
}

impl<G, S> OptionalFromRequestParts<S> for Caller<G>
where
    S: Send + Sync,
    Arc<dyn Sessions<Grants = G>>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Problem> {
        if presented(&parts.headers).is_none() {
            return Ok(None);
        }
        <Self as FromRequestParts<S>>::from_request_parts(parts, state).await.map(Some)
    }
}

/// What the client sent in place of a token; none inside where it cannot be read.
struct Presented {
    token: Option<SessionToken>,
    by_cookie: bool,
}

/// The header goes before the cookie.
fn presented(headers: &HeaderMap) -> Option<Presented> {
    let (by_cookie, sent) =
        if headers.contains_key(AUTHORIZATION) { (false, bearers(headers)) } else { (true, cookies(headers)) };
    (!sent.is_empty()).then(|| Presented { token: only(sent).and_then(|text| SessionToken::parse(&text)), by_cookie })
}

/// The one there is: of two, either may be planted.
fn only<T>(values: Vec<T>) -> Option<T> {
    let mut values = values.into_iter();
    values.next().filter(|_| values.next().is_none())
}

fn bearers(headers: &HeaderMap) -> Vec<String> {
    let token = |value: &HeaderValue| {
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
    };
    headers.get_all(AUTHORIZATION).iter().map(|value| token(value).unwrap_or_default()).collect()
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| Cookie::split_parse(line).flatten())
        .filter(|cookie| cookie.name() == COOKIE_NAME)
        .map(|cookie| cookie.value().to_owned())
        .collect()
}

/// The cookies that open a session in a browser, or close it; part of a handler's answer.
#[derive(Clone)]
pub struct SessionCookies([Cookie<'static>; 2]);

impl SessionCookies {
    /// Hands out a session and its CSRF token, for at most `lifetime`.
    pub fn open(token: &SessionToken, lifetime: Duration) -> Self {
        let csrf = CsrfToken::of(token).as_str().to_owned();
        Self::lasting(token.reveal(), csrf, lifetime)
    }

    /// Makes the browser forget both.
    pub fn close() -> Self {
        Self::lasting(String::new(), String::new(), Duration::ZERO)
    }

    fn lasting(token: String, csrf: String, lifetime: Duration) -> Self {
        let cookie = |name, value, http_only| {
            Cookie::build((name, value))
                .path("/")
                .secure(true)
                .http_only(http_only)
                .same_site(SameSite::Lax)
                .max_age(lifetime.try_into().unwrap_or_default())
                .build()
        };
        Self([cookie(COOKIE_NAME, token, true), cookie(CSRF_COOKIE_NAME, csrf, false)])
    }
}

impl fmt::Debug for SessionCookies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionCookies(…)")
    }
}

impl IntoResponseParts for SessionCookies {
    type Error = Problem;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Problem> {
        for cookie in self.0 {
            let value = HeaderValue::try_from(cookie.to_string()).map_err(Problem::internal)?;
            parts.headers_mut().append(SET_COOKIE, value);
        }
        Ok(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(axum::http::HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    fn by_cookie(pairs: &[(axum::http::HeaderName, &str)]) -> Option<bool> {
        presented(&headers(pairs)).and_then(|sent| sent.token.map(|_| sent.by_cookie))
    }

    #[test]
    fn the_header_goes_before_the_cookie() {
        let token = SessionToken::new().unwrap().reveal();
        let (bearer, cookie) = (format!("bearer {token}"), format!("a=b; __Host-session={token}; garbled"));
        assert_eq!(by_cookie(&[(AUTHORIZATION, &bearer), (COOKIE, &cookie)]), Some(false));
        assert_eq!(by_cookie(&[(COOKIE, &cookie)]), Some(true));
    }

    #[test]
    fn of_two_tokens_neither_is_believed() {
        let token = SessionToken::new().unwrap().reveal();
        let (bearer, cookie) = (format!("Bearer {token}"), format!("__Host-session={token}; __Host-session={token}"));
        assert_eq!(by_cookie(&[(COOKIE, &cookie)]), None);
        let mut twice = headers(&[(AUTHORIZATION, &bearer)]);
        twice.append(AUTHORIZATION, bearer.parse().unwrap());
        assert!(presented(&twice).unwrap().token.is_none());
    }

    #[test]
    fn a_garbled_header_does_not_fall_back_to_the_cookie() {
        let cookie = format!("__Host-session={}", SessionToken::new().unwrap().reveal());
        assert_eq!(by_cookie(&[(AUTHORIZATION, "Basic YTpi"), (COOKIE, &cookie)]), None);
    }

    #[test]
    fn cookies_keep_to_the_host_prefix() {
        let [session, csrf] = SessionCookies::open(&SessionToken::new().unwrap(), Duration::from_secs(60)).0;
        let attributes = "; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=60";
        assert_eq!(session.to_string(), format!("__Host-session={}{attributes}", session.value()));
        assert_eq!(csrf.http_only(), Some(false));
    }
}
