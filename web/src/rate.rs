//! How many requests one source may send.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::Arc,
    time::Duration,
};

use governor::{
    DefaultDirectRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};
use ipnet::IpNet;
use moka::{future::Cache, policy::EvictionPolicy};
use serde::{Deserialize, Serialize};

use crate::{kinds::TOO_MANY_REQUESTS, problem::Problem, source::Source};

/// A first, cheap wall in each process, before anything is looked up. A source is an IPv4 address or an IPv6 /64.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RateLimits {
    /// For each source.
    pub source: Rate,
    /// For each source of the `shared` networks.
    pub shared_source: Rate,
    /// Networks where many agents share an address: the City's ways out.
    pub shared: Vec<IpNet>,
    /// How many sources are remembered, the least recent forgotten first.
    pub sources: u64,
}

/// Requests a second, and how many may come at once after a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// Requests a second.
    pub per_second: NonZeroU32,
    /// Requests at once.
    pub burst: NonZeroU32,
}

impl Rate {
    const fn new(per_second: NonZeroU32, burst: NonZeroU32) -> Self {
        Self { per_second, burst }
    }

    const fn quota(self) -> Quota {
        Quota::per_second(self.per_second).allow_burst(self.burst)
    }
}

const fn number(value: u32) -> NonZeroU32 {
    match NonZeroU32::new(value) {
        Some(number) => number,
        None => NonZeroU32::MIN,
    }
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            source: Rate::new(number(50), number(200)),
            shared_source: Rate::new(number(2_000), number(4_000)),
            shared: Vec::new(),
            sources: 65_536,
        }
    }
}

/// Remembers how much each source has sent lately.
pub(crate) struct Limiter {
    limits: RateLimits,
    sources: Cache<IpAddr, Arc<DefaultDirectRateLimiter>>,
}

impl Limiter {
    pub(crate) fn new(limits: RateLimits) -> Self {
        let sources = Cache::builder()
            .max_capacity(limits.sources)
            .eviction_policy(EvictionPolicy::lru())
            .time_to_idle(limits.refilled_after());
        Self { sources: sources.build(), limits }
    }

    /// Refuses what is too much with 429 `too-many-requests` and `Retry-After`.
    pub(crate) async fn admit(&self, source: Source) -> Result<(), Problem> {
        let delay = self.delay(source).await;
        delay.map_or(Ok(()), |delay| Err(Problem::from(&TOO_MANY_REQUESTS).retry_after(delay)))
    }

    /// How long to wait before the next request, if this one is too many.
    async fn delay(&self, source: Source) -> Option<Duration> {
        let rate = self.limits.of(source);
        let limiter = self.sources.get_with(key(source), async { Arc::new(RateLimiter::direct(rate.quota())) }).await;
        let refused = limiter.check().err()?;
        Some(refused.wait_time_from(DefaultClock::default().now()))
    }
}

impl RateLimits {
    fn of(&self, source: Source) -> Rate {
        if self.shared.iter().any(|network| network.contains(&source.0)) { self.shared_source } else { self.source }
    }

    /// After so long without a request a source has its whole burst again, and may be forgotten.
    fn refilled_after(&self) -> Duration {
        let seconds = |rate: Rate| rate.burst.get().div_ceil(rate.per_second.get());
        Duration::from_secs(seconds(self.source).max(seconds(self.shared_source)).into())
    }
}

fn key(Source(address): Source) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(sources: u64) -> Limiter {
        let source = Rate::new(number(1), number(3));
        Limiter::new(RateLimits {
            source,
            shared: vec!["192.0.2.0/24".parse().unwrap()],
            sources,
            ..RateLimits::default()
        })
    }

    async fn accepted(limiter: &Limiter, source: &str, requests: usize) -> usize {
        let mut accepted = 0;
        for _ in 0..requests {
            accepted += usize::from(limiter.delay(Source(source.parse().unwrap())).await.is_none());
        }
        accepted
    }

    #[tokio::test]
    async fn a_source_has_its_burst_and_no_more() {
        let limiter = limiter(10);
        assert_eq!(accepted(&limiter, "198.51.100.1", 100).await, 3);
        assert_eq!(accepted(&limiter, "198.51.100.2", 1).await, 1);
        let delay = limiter.delay(Source("198.51.100.1".parse().unwrap())).await.unwrap();
        assert!(delay <= Duration::from_secs(1), "{delay:?}");
    }

    #[tokio::test]
    async fn an_ipv6_network_is_one_source() {
        let limiter = limiter(10);
        assert_eq!(accepted(&limiter, "2001:db8::1", 2).await + accepted(&limiter, "2001:db8::2", 2).await, 3);
    }

    #[tokio::test]
    async fn a_shared_address_has_more() {
        assert_eq!(accepted(&limiter(10), "192.0.2.1", 100).await, 100);
    }

    #[tokio::test]
    async fn the_number_of_remembered_sources_is_bounded() {
        let limiter = limiter(100);
        for number in 0..10_000_u32 {
            limiter.delay(Source(std::net::Ipv4Addr::from_bits(number << 8).into())).await;
        }
        limiter.sources.run_pending_tasks().await;
        assert!(limiter.sources.entry_count() <= 100);
    }
}
