//! What a value may be beyond its form: a setting that would stop the service or open it is refused at the start.

use super::{Config, ConfigError};
use axum::http::Uri;

/// More requests, connections or streams at once than any machine has: beyond what a semaphore counts there is a panic.
const MOST: usize = 1 << 24;

/// Below it a lease lapses under the batch that renews it.
const SHORTEST_LEASE_MS: u32 = 30;

impl Config {
    /// Refuses the first setting that is out of its bounds.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.database.data_dir.as_os_str().is_empty() {
            return Err(ConfigError::Empty { setting: "database.data_dir" });
        }
        let zero = [
            ("server.header_timeout_ms", self.server.header_timeout_ms == 0),
            ("server.connections", self.server.connections == 0),
            ("database.connections", self.database.connections == 0),
            ("journal.queue", self.journal.queue == 0),
            ("journal.batch", self.journal.batch == 0),
            ("journal.patience", self.journal.patience.is_zero()),
            ("journal.head_interval", self.journal.head_interval.is_zero()),
            ("web.body_limit_bytes", self.web.body_limit_bytes == 0),
            ("web.request_timeout_ms", self.web.request_timeout_ms == 0),
            ("web.concurrent_requests", self.web.concurrent_requests == 0),
            ("web.rate_limits.sources", self.web.rate_limits.sources == 0),
            ("write_api.max_failures", self.write_api.max_failures == 0),
            ("write_api.slot_s", self.write_api.slot_s == 0),
            ("write_api.hashing_queue", self.write_api.hashing_queue == 0),
            ("write_api.session_idle_s", self.write_api.session_idle_s == 0),
            ("write_api.session_absolute_s", self.write_api.session_absolute_s == 0),
            ("write_api.initial_code_days", self.write_api.initial_code_days == 0),
            ("read_api.open_streams", self.read_api.open_streams == 0),
            ("read_api.session_watch_ms", self.read_api.session_watch_ms == 0),
            ("read_api.ready_lag_s", self.read_api.ready_lag_s == 0),
            ("projections.batch", self.projections.batch == 0),
        ];
        if let Some((setting, _)) = zero.into_iter().find(|(_, zero)| *zero) {
            return Err(ConfigError::TooSmall { setting, least: 1 });
        }
        let most = [
            ("server.connections", usize::try_from(self.server.connections).unwrap_or(usize::MAX)),
            ("journal.queue", self.journal.queue),
            ("journal.batch", self.journal.batch),
            ("web.concurrent_requests", self.web.concurrent_requests),
            ("write_api.hashing_queue", self.write_api.hashing_queue),
            ("read_api.open_streams", self.read_api.open_streams),
        ];
        if let Some((setting, _)) = most.into_iter().find(|(_, value)| *value > MOST) {
            return Err(ConfigError::TooLarge { setting, most: MOST });
        }
        if self.projections.lease_ms < SHORTEST_LEASE_MS {
            return Err(ConfigError::TooSmall { setting: "projections.lease_ms", least: SHORTEST_LEASE_MS });
        }
        let lengths = write_api::Config::PASSWORD_MIN_LENGTHS;
        if !lengths.contains(&self.write_api.password_min_length) {
            return Err(ConfigError::PasswordLength { least: *lengths.start(), most: *lengths.end() });
        }
        let endpoint = &self.telemetry.otlp_endpoint;
        if endpoint.is_empty() || is_http(endpoint) { Ok(()) } else { Err(ConfigError::Endpoint) }
    }
}

fn is_http(address: &str) -> bool {
    address.parse::<Uri>().is_ok_and(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some())
}

/// The variable that sets a setting: `INTRAPARIS_SERVER__LISTEN` for `server.listen`.
pub(super) fn variable(setting: &str) -> String {
    format!("INTRAPARIS_{}", setting.to_ascii_uppercase().replace('.', "__"))
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    fn refused(lines: &str) -> String {
        let config: Config = toml::from_str(lines).unwrap();
        config.check().unwrap_err().to_string()
    }

    #[test]
    fn what_would_stop_or_open_the_service_is_refused_with_its_variable_and_what_is_allowed() {
        for (setting, value, allowed) in [
            ("database.data_dir", "\"\"", "is empty"),
            ("database.connections", "0", "at least 1"),
            ("write_api.max_failures", "0", "at least 1"),
            ("write_api.slot_s", "0", "at least 1"),
            ("write_api.hashing_queue", "0", "at least 1"),
            ("write_api.session_idle_s", "0", "at least 1"),
            ("write_api.session_absolute_s", "0", "at least 1"),
            ("write_api.initial_code_days", "0", "at least 1"),
            ("read_api.open_streams", "0", "at least 1"),
            ("read_api.session_watch_ms", "0", "at least 1"),
            ("read_api.ready_lag_s", "0", "at least 1"),
            ("web.rate_limits.sources", "0", "at least 1"),
            ("journal.queue", "4611686018427387904", "at most 16777216"),
            ("web.concurrent_requests", "16777217", "at most 16777216"),
            ("projections.lease_ms", "29", "at least 30"),
            ("write_api.password_min_length", "0", "from 8 to 128"),
            ("write_api.password_min_length", "7", "from 8 to 128"),
            ("write_api.password_min_length", "129", "from 8 to 128"),
            ("telemetry.otlp_endpoint", "\"nonsense\"", "http:// or https://"),
            ("telemetry.otlp_endpoint", "\"ftp://collector\"", "http:// or https://"),
            ("telemetry.otlp_endpoint", "\"http://\"", "http:// or https://"),
        ] {
            let said = refused(&format!("{setting} = {value}"));
            assert!(said.contains(&super::variable(setting)) && said.contains(allowed), "{setting} = {value}: {said}");
            assert!(said.contains(setting), "{said}");
        }
    }

    #[test]
    fn what_is_said_to_be_allowed_is() {
        for line in [
            "server.drain_ms = 0",
            "journal.cached_states = 0",
            "write_api.hashing_threads = 0",
            "write_api.failure_floor_ms = 0",
            "write_api.password_min_length = 8",
            "projections.lease_ms = 30",
            "telemetry.otlp_endpoint = \"\"",
            "telemetry.otlp_endpoint = \"http://collector:4318/v1/traces\"",
        ] {
            assert!(toml::from_str::<Config>(line).unwrap().check().is_ok(), "{line}");
        }
    }
}
