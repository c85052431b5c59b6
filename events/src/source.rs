//! Where an attempt came from.

use crate::Sealed;
use crate::hexadecimal::hexadecimal;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Where an attempt came from: the address is sealed, the tag lets attempts of one source be told together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// By which door.
    pub channel: Channel,
    /// The network address or host name, sealed under the key of the account that was tried.
    pub address: Sealed<String>,
    /// Equal for equal addresses within one month; says nothing without that month's key.
    pub tag: SourceTag,
}

impl Source {
    /// The text of a network address as it is sealed and tagged: IPv4 written in IPv6 is IPv4 (RFC 4291 §2.5.5.2).
    #[must_use]
    pub fn canonical(address: IpAddr) -> String {
        address.to_canonical().to_string()
    }
}

/// The door that an attempt came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// The portal's own login.
    Portal,
    /// A log of OpenSSH's server that was imported.
    Sshd,
}

impl Channel {
    /// The stored name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::Sshd => "sshd",
        }
    }
}

hexadecimal! {
    /// A keyed hash of a source address: the first 16 bytes of an HMAC-SHA-256, in hexadecimal.
    SourceTag(16), "a source tag is 32 hexadecimal digits"
}

impl SourceTag {
    /// The bytes of the tag.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}
