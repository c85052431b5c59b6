//! The cookies of a session: one for the browser alone, one for scripts of our own pages.

use std::{fmt, time::Duration};

use axum::{
    http::{HeaderValue, header::SET_COOKIE},
    response::{IntoResponseParts, ResponseParts},
};
use axum_extra::extract::cookie::{Cookie, SameSite};

use crate::{csrf::CsrfToken, problem::Problem, token::SessionToken};

/// The cookie that carries a session (`__Host-`: RFC 6265bis, section 4.1.3.2).
pub const SESSION: &str = "__Host-session";

/// The cookie that hands a page of ours its CSRF token.
pub const CSRF: &str = "__Host-csrf";

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
        Self([cookie(SESSION, token, true), cookie(CSRF, csrf, false)])
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

    #[test]
    fn cookies_keep_to_the_host_prefix() {
        let [session, csrf] = SessionCookies::open(&SessionToken::new().unwrap(), Duration::from_secs(60)).0;
        let attributes = "; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=60";
        assert_eq!(session.to_string(), format!("__Host-session={}{attributes}", session.value()));
        assert_eq!(csrf.http_only(), Some(false));
    }
}
