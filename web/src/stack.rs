//! The layers that both APIs stand behind, and their settings.

use std::sync::Arc;

use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
};
use serde::{Deserialize, Serialize};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    at_least::Wait,
    body::BodyLimit,
    edge::edge,
    gate::{Gate, method_not_allowed, not_found, panicked, pass},
    rate::RateLimits,
    source::Proxies,
};

/// Limits of the HTTP servers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The longest request body, in bytes: 16 KiB.
    pub body_limit_bytes: usize,
    /// The longest time for one request, in milliseconds, until the answer begins: 10 s.
    pub request_timeout_ms: u64,
    /// Requests that are worked on at once; the next one is refused: 512.
    pub concurrent_requests: usize,
    /// Whose word is taken for where a request comes from.
    pub proxies: Proxies,
    /// Requests by source.
    pub rate_limits: RateLimits,
    /// How long reads wait for a position.
    pub wait: Wait,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            body_limit_bytes: BodyLimit::default().0,
            request_timeout_ms: 10_000,
            concurrent_requests: 512,
            proxies: Proxies::default(),
            rate_limits: RateLimits::default(),
            wait: Wait::default(),
        }
    }
}

/// Puts the layers around a router whose routes are all there.
///
/// From the outside in: request id, language and headers; panics; source, rate, other sites, places, time. The
/// server must be made with `into_make_service_with_connect_info::<SocketAddr>()`. Dress one router once: what
/// counts (rates, places) counts for all its routes together.
pub fn dress(routes: Router, config: &Config) -> Router {
    routes
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(Arc::new(Gate::new(config)), pass))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(edge))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_read_back() {
        let written = toml::to_string(&Config::default()).unwrap();
        assert_eq!(toml::from_str::<Config>(&written).unwrap(), Config::default());
        assert_eq!(toml::from_str::<Config>("").unwrap(), Config::default());
    }

    #[test]
    fn an_unknown_setting_is_refused() {
        assert!(toml::from_str::<Config>("[proxies]\ntrust = []").is_err());
        assert!(toml::from_str::<Config>("[rate_limits.source]\nper_second = 0\nburst = 1").is_err());
    }
}
