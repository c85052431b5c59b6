//! Where a request comes from, as far as it can be believed.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts, Request},
    http::{HeaderMap, request::Parts},
};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::problem::Problem;

/// Which peers are our proxies, and the one header that they all write.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Proxies {
    /// Networks whose word is taken; none by default, so the client is the peer of the socket.
    pub trusted: Vec<IpNet>,
    /// The header they append to. The other one is the client's own and is not read.
    pub header: ForwardingHeader,
}

/// A header in which proxies note whom they forward for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardingHeader {
    /// `X-Forwarded-For`, the default.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// The client's address; in the extensions of every request behind [`stack::dress`](crate::stack::dress).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Source(pub IpAddr);

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<S: Sync> FromRequestParts<S> for Source {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get().copied().ok_or_else(|| Problem::internal("no source: the router is not dressed"))
    }
}

/// The other end of the connection.
pub(crate) fn peer(request: &Request) -> Result<IpAddr, Problem> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    peer.map(|ConnectInfo(peer)| peer.ip())
        .ok_or_else(|| Problem::internal("no peer address: serve with into_make_service_with_connect_info"))
}

impl Proxies {
    /// The nearest address that is none of our proxies, counted from the right: a client can write what it likes
    /// to the left of what our proxies append. Where that place cannot be read, the peer's address.
    pub fn source(&self, peer: IpAddr, headers: &HeaderMap) -> Source {
        let peer = peer.to_canonical();
        if !self.trusts(peer) {
            return Source(peer);
        }
        let mut nearest = peer;
        for hop in self.header.hops(headers).into_iter().rev() {
            let Some(address) = hop else { return Source(peer) };
            nearest = address;
            if !self.trusts(address) {
                break;
            }
        }
        Source(nearest)
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(&address))
    }
}

impl ForwardingHeader {
    const fn name(self) -> &'static str {
        match self {
            Self::XForwardedFor => "x-forwarded-for",
            Self::Forwarded => "forwarded",
        }
    }

    /// From the farthest to the nearest; none for a hop that cannot be read.
    fn hops(self, headers: &HeaderMap) -> Vec<Option<IpAddr>> {
        let lines = headers.get_all(self.name()).iter().map(|value| value.to_str().unwrap_or_default());
        match self {
            Self::XForwardedFor => lines.flat_map(|line| line.split(',')).map(|hop| node(hop.trim())).collect(),
            Self::Forwarded => lines.flat_map(|line| unquoted_split(line, ',')).map(forwarded_for).collect(),
        }
    }
}

/// The `for` of one element (RFC 7239, section 4).
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let mut names = unquoted_split(element, ';').into_iter().filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = names.find(|(name, _)| name.eq_ignore_ascii_case("for"))?;
    node(value.strip_prefix('"').map_or(value, |quoted| quoted.strip_suffix('"').unwrap_or_default()))
}

/// An address with or without port, an IPv6 address with or without brackets (RFC 7239, section 6).
fn node(text: &str) -> Option<IpAddr> {
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let address =
        text.parse().ok().or_else(|| text.parse().ok().map(|socket: SocketAddr| socket.ip())).or_else(bracketed)?;
    Some(IpAddr::to_canonical(&address))
}

fn unquoted_split(text: &str, separator: char) -> Vec<&str> {
    let mut quoted = false;
    text.split(move |character| {
        quoted ^= character == '"';
        character == separator && !quoted
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PROXY: &str = "10.0.0.1";

    fn proxies(header: ForwardingHeader) -> Proxies {
        Proxies { trusted: vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()], header }
    }

    fn source(header: ForwardingHeader, peer: &str, lines: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header.name(), line.parse().unwrap());
        }
        proxies(header).source(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn a_stranger_is_not_believed() {
        assert_eq!(source(ForwardingHeader::XForwardedFor, "203.0.113.9", &["192.0.2.1"]), "203.0.113.9");
    }

    #[test]
    fn the_address_that_our_proxies_saw_counts() {
        let x_forwarded_for = |lines: &[&str]| source(ForwardingHeader::XForwardedFor, PROXY, lines);
        assert_eq!(x_forwarded_for(&["192.0.2.1, 198.51.100.7"]), "198.51.100.7");
        assert_eq!(x_forwarded_for(&["192.0.2.1", "198.51.100.7, 10.2.3.4"]), "198.51.100.7");
        assert_eq!(x_forwarded_for(&["198.51.100.7:4711"]), "198.51.100.7");
        assert_eq!(x_forwarded_for(&["::ffff:198.51.100.7"]), "198.51.100.7");
        assert_eq!(x_forwarded_for(&["10.9.9.9, 10.2.3.4"]), "10.9.9.9");
    }

    #[test]
    fn the_standard_header_is_read_alike() {
        let forwarded = |lines: &[&str]| source(ForwardingHeader::Forwarded, PROXY, lines);
        assert_eq!(forwarded(&["for=192.0.2.1, For=\"[2001:db8:cafe::17]:4711\";proto=https"]), "2001:db8:cafe::17");
        assert_eq!(forwarded(&["for=192.0.2.1;by=\"a,b;for=6.6.6.6\", for=10.1.1.1"]), "192.0.2.1");
    }

    #[test]
    fn where_it_cannot_be_read_the_peer_counts() {
        let long = "1,".repeat(32 * 1024);
        for garbled in ["a", "", "192.0.2.1, unknown", "192.0.2.1,", "1.2.3", &long] {
            assert_eq!(source(ForwardingHeader::XForwardedFor, PROXY, &[garbled]), PROXY, "{garbled}");
        }
        for garbled in ["for=unknown", "for=_hidden", "for=\"[::1", "proto=https", "for=192.0.2.1, \"", ""] {
            assert_eq!(source(ForwardingHeader::Forwarded, PROXY, &[garbled]), PROXY, "{garbled}");
        }
        assert_eq!(source(ForwardingHeader::XForwardedFor, PROXY, &[]), PROXY);
    }

    #[test]
    fn the_header_that_our_proxies_do_not_write_is_not_read() {
        let headers = HeaderMap::from_iter([(axum::http::header::FORWARDED, "for=192.0.2.1".parse().unwrap())]);
        let source = proxies(ForwardingHeader::XForwardedFor).source(PROXY.parse().unwrap(), &headers);
        assert_eq!(source.to_string(), PROXY);
    }

    proptest! {
        #[test]
        fn nothing_to_the_left_of_what_the_proxy_saw_matters(forged in "[ -~]{0,200}", seen: [u8; 4]) {
            let seen = IpAddr::from(seen);
            prop_assume!(!proxies(ForwardingHeader::XForwardedFor).trusts(seen));
            let line = format!("{forged}, {seen}");
            prop_assert_eq!(source(ForwardingHeader::XForwardedFor, PROXY, &[&line]), seen.to_string());
            let line = format!("for={seen}");
            prop_assert_eq!(source(ForwardingHeader::Forwarded, PROXY, &[&forged.replace('"', ""), &line]), seen.to_string());
        }

        #[test]
        fn nothing_sent_makes_it_panic(line in "\\PC*") {
            if let Ok(value) = line.parse() {
                for header in [ForwardingHeader::Forwarded, ForwardingHeader::XForwardedFor] {
                    let headers = HeaderMap::from_iter([(axum::http::HeaderName::from_static(header.name()), axum::http::HeaderValue::clone(&value))]);
                    let _ = proxies(header).source(PROXY.parse().unwrap(), &headers);
                }
            }
        }
    }
}
