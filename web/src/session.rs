//! Who calls: the session token of a header or a cookie, and the lookup that the APIs implement.

use std::sync::Arc;

use async_trait::async_trait;
use axum::{
    extract::{FromRef, FromRequestParts, OptionalFromRequestParts},
    http::{
        HeaderMap, HeaderValue,
        header::{AUTHORIZATION, COOKIE},
        request::Parts,
    },
};
use axum_extra::extract::cookie::Cookie;
use uuid::Uuid;

use crate::{
    cookie,
    csrf::{self, CsrfToken},
    kinds::{CROSS_SITE_REQUEST, NOT_SIGNED_IN},
    language::Text,
    problem::Problem,
    token::{SessionToken, TokenHash},
};

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
        .filter(|cookie| cookie.name() == cookie::SESSION)
        .map(|cookie| cookie.value().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn a_token_is_found_by_either_way(seed: [u8; 32], others in "([a-z]{1,8}=[a-z]{0,8}; ){0,3}") {
            let text = data_encoding::BASE64URL_NOPAD.encode(&seed);
            let bearer = headers(&[(AUTHORIZATION, &format!("Bearer {text}"))]);
            let cookie = headers(&[(COOKIE, &format!("{others}__Host-session={text}"))]);
            for sent in [bearer, cookie] {
                let token = presented(&sent).and_then(|sent| sent.token).map(|token| token.reveal());
                prop_assert_eq!(token.as_deref(), Some(text.as_str()));
            }
        }

        #[test]
        fn nothing_sent_makes_it_panic(sent in prop::collection::vec(any::<u8>(), 0..120), garbled in "__Host-session=\\PC{0,60}") {
            for value in [HeaderValue::from_bytes(&sent), HeaderValue::from_str(&garbled)].into_iter().flatten() {
                for name in [AUTHORIZATION, COOKIE] {
                    let _ = presented(&HeaderMap::from_iter([(name, value.clone())]));
                }
            }
        }
    }
}
