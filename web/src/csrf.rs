//! Requests that a browser sends for another site.
//!
//! Two walls: `refuse_cross_site` reads what the browser says of where the request comes from, for every unsafe
//! request; [`CsrfToken`] is asked beside the cookie and cannot be known without the session.

use axum::{
    extract::Request,
    http::{
        HeaderMap, Method, Uri,
        header::{HOST, ORIGIN},
    },
};
use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{kinds::CROSS_SITE_REQUEST, language::Text, problem::Problem, token::SessionToken};

/// The header that repeats the session's CSRF token.
pub const HEADER: &str = "x-csrf-token";

const PURPOSE: &[u8] = b"intraparis csrf v1";

/// HMAC-SHA-256 of a fixed text under the session token: bound to the session, stored nowhere, the same on every
/// node. Scripts of our own pages read it from the `__Host-csrf` cookie or from the answer to the sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsrfToken(String);

impl CsrfToken {
    /// The token of a session.
    pub fn of(session: &SessionToken) -> Self {
        Self(BASE64URL_NOPAD.encode(&keyed(session).finalize().into_bytes()))
    }

    /// As it goes into the header.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `X-CSRF-Token` is the session's, compared in constant time.
    pub(crate) fn accompanies(headers: &HeaderMap, session: &SessionToken) -> bool {
        let sent = headers.get(HEADER).and_then(|value| BASE64URL_NOPAD.decode(value.as_bytes()).ok());
        sent.is_some_and(|sent| keyed(session).verify_slice(&sent).is_ok())
    }
}

fn keyed(session: &SessionToken) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length (RFC 2104, section 3)")]
    let mac = Hmac::<Sha256>::new_from_slice(session.secret()).expect("a key of any length");
    mac.chain_update(PURPOSE)
}

/// Whether a method changes nothing (RFC 9110, section 9.2.1).
pub(crate) fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE)
}

/// Refuses an unsafe request that a browser sent from another origin, signed in or not.
///
/// `Sec-Fetch-Site` decides where it is there (W3C Fetch Metadata, section 2.4); an older browser's `Origin` is
/// compared with `Host`; a client that sends neither is no browser.
pub(crate) fn refuse_cross_site(request: &Request) -> Result<(), Problem> {
    if is_safe(request.method()) || is_same_origin(request.headers(), request.uri()) {
        return Ok(());
    }
    let detail = Text::new(
        "Le navigateur dit que la requête vient d’une autre origine.",
        "The browser says that the request comes from another origin.",
    );
    Err(Problem::from(&CROSS_SITE_REQUEST).detail(detail))
}

fn is_same_origin(headers: &HeaderMap, uri: &Uri) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let host =
        headers.get(HOST).and_then(|host| host.to_str().ok()).or_else(|| uri.authority().map(|each| each.as_str()));
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    matches!((origin, host), (Some((_, origin)), Some(host)) if origin.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    fn same_origin(headers: &[(&'static str, &'static str)]) -> bool {
        let headers =
            headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect();
        is_same_origin(&headers, &Uri::from_static("/v1/sessions"))
    }

    #[test]
    fn the_browsers_word_comes_first() {
        assert!(same_origin(&[("sec-fetch-site", "same-origin"), ("origin", "https://a"), ("host", "b")]));
        assert!(!same_origin(&[("sec-fetch-site", "cross-site")]));
        assert!(!same_origin(&[("sec-fetch-site", "same-site")]));
    }

    #[test]
    fn an_older_browsers_origin_must_be_the_host() {
        assert!(same_origin(&[("origin", "https://intra.paris.fr"), ("host", "intra.paris.fr")]));
        assert!(!same_origin(&[("origin", "https://intra.paris.fr.evil.example"), ("host", "intra.paris.fr")]));
        assert!(!same_origin(&[("origin", "null"), ("host", "intra.paris.fr")]));
        assert!(same_origin(&[("host", "intra.paris.fr")]));
    }

    #[test]
    fn the_token_of_another_session_does_not_pass() {
        let (mine, other) = (SessionToken::new().unwrap(), SessionToken::new().unwrap());
        let headers =
            HeaderMap::from_iter([(HeaderName::from_static(HEADER), CsrfToken::of(&mine).as_str().parse().unwrap())]);
        assert!(CsrfToken::accompanies(&headers, &mine));
        assert!(!CsrfToken::accompanies(&headers, &other));
        assert!(!CsrfToken::accompanies(&HeaderMap::new(), &mine));
    }
}
