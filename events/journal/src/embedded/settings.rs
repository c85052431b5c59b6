//! The server's settings: for a small machine, through the socket alone.

use std::ffi::OsString;
use std::path::Path;

use super::config::{Config, Durability};
use super::data_directory::PORT;

/// For both kinds. Several programs of many pools each share the server, and idle connections of one would keep the
/// others out: there are enough for all. Weekday logs bound the space; terse messages keep row values (`DETAIL: Key (…)=(…)`) out of them.
const COMMON: [(&str, &str); 16] = [
    ("listen_addresses", ""),
    ("unix_socket_permissions", "0700"),
    ("timezone", "UTC"),
    ("max_connections", "400"),
    ("shared_buffers", "128MB"),
    ("effective_cache_size", "512MB"),
    ("work_mem", "8MB"),
    ("maintenance_work_mem", "64MB"),
    ("jit", "off"),
    ("logging_collector", "on"),
    ("log_directory", "../log"),
    ("log_filename", "postgresql-%a.log"),
    ("log_truncate_on_rotation", "on"),
    ("log_rotation_size", "0"),
    ("log_error_verbosity", "terse"),
    ("log_min_error_statement", "panic"),
];

const DURABLE: [(&str, &str); 3] = [("fsync", "on"), ("synchronous_commit", "on"), ("full_page_writes", "on")];

const VOLATILE: [(&str, &str); 4] =
    [("fsync", "off"), ("synchronous_commit", "off"), ("full_page_writes", "off"), ("max_wal_size", "512MB")];

/// The arguments of `postgres`; the last one that sets a name wins, so the caller's come last.
pub(super) fn arguments(config: &Config, socket_directory: &Path) -> Vec<OsString> {
    let durability: &[(&str, &str)] = match config.durability {
        Durability::Durable => &DURABLE,
        Durability::Volatile => &VOLATILE,
    };
    let ours = COMMON.iter().chain(durability).map(|(name, value)| (*name, *value));
    let theirs = config.settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let mut arguments = vec!["-p".into(), PORT.to_string().into(), "-k".into(), socket_directory.into()];
    for (name, value) in ours.chain(theirs) {
        arguments.extend(["-c".into(), format!("{name}={value}").into()]);
    }
    arguments
}
