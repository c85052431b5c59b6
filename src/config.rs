//! What this process is told: defaults, then `intraparis.toml`, then the environment, then flags.
//!
//! Each crate owns its own settings and their documentation; this module only joins them. `docs/configuration.md` is
//! the table of all, and `intraparis.sample.toml` the file with every default, held equal to them by a test.

mod bounds;
mod environment;
mod wrong;

use bounds::variable;
use figment::Figment;
use figment::providers::{Format, Serialized, Toml};
use secrecy::SecretString;
use serde::{Deserialize, Serialize, Serializer};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
pub(crate) use wrong::toml_place;

const PASSWORD: &str = "write_api.password_min_length";
const ENDPOINT: &str = "telemetry.otlp_endpoint";

/// Every setting of the binary.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where it listens.
    pub server: Server,
    /// Which database it keeps everything in.
    pub database: Database,
    /// The key that wraps the keys of personal data.
    pub vault: Vault,
    /// Where sealed files are kept.
    pub attachments: Attachments,
    /// Logs and traces.
    pub telemetry: Telemetry,
    /// The journal.
    pub journal: journal::Config,
    /// The dialect of both APIs.
    pub web: web::Config,
    /// The doors to commands.
    pub write_api: write_api::Config,
    /// The doors to read models.
    pub read_api: read_api::Config,
    /// The runner of the read models.
    pub projections: projections::Config,
}

/// Where the process listens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address and port of the APIs; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Address and port of metrics and health, for operators alone.
    pub operations: SocketAddr,
    /// How long requests under way may take after the first signal, in milliseconds.
    pub drain_ms: u64,
    /// How long a connection may take to send the header of a request, and be idle before one, in milliseconds.
    pub header_timeout_ms: u64,
    /// Connections at once, of the APIs and of operations each; further ones wait. Never more than open files allow.
    pub connections: u32,
}

impl Default for Server {
    fn default() -> Self {
        let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Self {
            listen: (loopback, 8080).into(),
            operations: (loopback, 9464).into(),
            drain_ms: 10_000,
            header_timeout_ms: 10_000,
            connections: 4096,
        }
    }
}

/// Which database.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// A PostgreSQL server, 15 to 18, as a URL; empty for a private one in the data directory.
    #[serde(serialize_with = "hidden")]
    pub url: SecretString,
    /// Where a private server and the master key live.
    pub data_dir: PathBuf,
    /// Connections of each pool.
    pub connections: u32,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: SecretString::default(), data_dir: data_dir(), connections: 16 }
    }
}

/// The key that wraps the keys of personal data.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Vault {
    /// 32 bytes in hexadecimal or base64; empty for a file `master.key` in the data directory, made at first use.
    #[serde(serialize_with = "hidden")]
    pub master_key: SecretString,
    /// The master key of before, amid a rotation; empty for none.
    #[serde(serialize_with = "hidden")]
    pub former_master_key: SecretString,
}

/// Where sealed files are kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Attachments {
    /// `file:///…` or `s3://bucket/prefix`; empty for the folder `attachments` in the data directory.
    pub url: String,
    /// The region of the bucket; empty for `us-east-1`.
    pub region: String,
    /// The URL of the bucket's service; empty for Amazon's.
    pub endpoint: String,
    /// The id of the bucket's access key; empty for the role of the machine.
    pub access_key_id: String,
    /// The secret of that key.
    #[serde(serialize_with = "hidden")]
    pub secret_access_key: SecretString,
}

/// Logs and traces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Telemetry {
    /// What is logged, in the words of `tracing`'s `EnvFilter`.
    pub log: String,
    /// How: `text` or `json`.
    pub format: LogFormat,
    /// Where spans go, as an OTLP/HTTP endpoint (`http://collector:4318/v1/traces`); empty for nowhere.
    pub otlp_endpoint: String,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self { log: "info,sqlx=warn".to_owned(), format: LogFormat::Json, otlp_endpoint: String::new() }
    }
}

/// How lines of the log are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For eyes.
    Text,
    /// For machines.
    Json,
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value has the wrong form, or no such setting is known.
    #[error("{}", wrong::told(.0))]
    Invalid(Box<figment::Error>),
    /// A setting that says nothing where something must be said.
    #[error("{} : {setting} est vide — {setting} is empty", variable(setting))]
    Empty {
        /// The setting.
        setting: &'static str,
    },
    /// A setting that is less than it may be.
    #[error("{} : {setting} vaut au moins {least} — {setting} must be at least {least}", variable(setting))]
    TooSmall {
        /// The setting.
        setting: &'static str,
        /// The least that it may be.
        least: u32,
    },
    /// A setting that is more than any machine has.
    #[error("{} : {setting} vaut au plus {most} — {setting} must be at most {most}", variable(setting))]
    TooLarge {
        /// The setting.
        setting: &'static str,
        /// The most that it may be.
        most: usize,
    },
    /// The shortest password is one that is guessed, or one that nobody may type.
    #[error("{} : {PASSWORD} va de {least} à {most} — {PASSWORD} must be from {least} to {most}", variable(PASSWORD))]
    PasswordLength {
        /// The least that it may be, in code points.
        least: usize,
        /// The most, in code points.
        most: usize,
    },
    /// `telemetry.otlp_endpoint` is no address.
    #[error(
        "{} : {ENDPOINT} est vide, ou une adresse http:// ou https:// — {ENDPOINT} must be empty, or an http:// or https:// \
         address",
        variable(ENDPOINT)
    )]
    Endpoint,
    /// A variable of ours by its name, which names no setting.
    #[error(
        "{0} : aucun réglage ne s’appelle ainsi ; un réglage s’écrit INTRAPARIS_<SECTION>__<RÉGLAGE>, avec deux traits bas — \
         no setting is named so; one is written INTRAPARIS_<SECTION>__<SETTING>, with two underscores"
    )]
    Unknown(String),
    /// A variable `…_FILE` names a file that cannot be read.
    #[error("{variable} : lecture impossible — cannot read {}", path.display())]
    File {
        /// The variable.
        variable: String,
        /// The file it names.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A variable whose value is not UTF-8.
    #[error("{0} : sa valeur n’est pas du texte — {0}: its value is not text")]
    NotText(String),
    /// A settings file that was asked for is not there.
    #[error("pas de fichier de réglages — no settings file {}", .0.display())]
    Missing(PathBuf),
}

impl Config {
    /// Reads the settings: `file`, or `intraparis.toml` in the current directory where it exists, then the variables
    /// `INTRAPARIS_<SECTION>__<SETTING>` and `DATABASE_URL`; each variable may end in `_FILE` and name a file that
    /// holds its value.
    ///
    /// # Errors
    /// [`ConfigError`], which names the setting and never shows a secret.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        if let Some(file) = file.filter(|file| !file.is_file()) {
            return Err(ConfigError::Missing(file.to_owned()));
        }
        let settings = Figment::from(Serialized::defaults(Self::default()))
            .merge(Toml::file(file.unwrap_or(Path::new("intraparis.toml"))));
        let settings = environment::merge(settings, std::env::vars_os())?;
        let config: Self = settings.extract().map_err(|error| ConfigError::Invalid(Box::new(error)))?;
        config.check()?;
        Ok(config)
    }
}

/// A secret is never written back, not even into the defaults that others are merged onto.
fn hidden<S: Serializer>(_: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str("")
}

/// `/var/lib/intraparis` for root, whose home the database's own user cannot enter; else below the user's home.
fn data_dir() -> PathBuf {
    if rustix::process::geteuid().is_root() {
        return PathBuf::from("/var/lib/intraparis");
    }
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share"));
    let base = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).or_else(home);
    base.unwrap_or_else(std::env::temp_dir).join("intraparis")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// Every setting of a table, by its dotted name.
    fn settings(table: &toml::Table, prefix: &str, into: &mut BTreeMap<String, String>) {
        for (key, value) in table {
            let name = format!("{prefix}{key}");
            match value {
                toml::Value::Table(inner) => settings(inner, &format!("{name}."), into),
                value => drop(into.insert(name, value.to_string())),
            }
        }
    }

    pub(super) fn of(text: &str) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        settings(&text.parse().unwrap(), "", &mut all);
        all.remove("database.data_dir");
        all
    }

    #[test]
    fn the_sample_file_is_the_defaults() {
        let sample: String = include_str!("../intraparis.sample.toml")
            .lines()
            .map(|line| line.strip_prefix("#: ").unwrap_or(line))
            .fold(String::new(), |text, line| text + line + "\n");
        let defaults = toml::to_string(&Config::default()).unwrap();
        assert_eq!(of(&sample), of(&defaults), "the defaults are:\n{defaults}");
    }

    #[test]
    fn every_setting_is_in_the_documentation() {
        let page = include_str!("../docs/configuration.md");
        for name in of(&toml::to_string(&Config::default()).unwrap()).keys() {
            assert!(page.contains(&format!("`{name}`")), "docs/configuration.md does not tell of {name}");
        }
    }

    proptest! {
        #[test]
        fn any_file_is_read_or_refused(text in "\\PC{0,200}", line in any_line()) {
            for file in [text, line] {
                let settings = Figment::from(Serialized::defaults(Config::default())).merge(Toml::string(&file));
                if let Ok(config) = settings.extract::<Config>() {
                    let _ = config.check();
                    let again = toml::from_str::<Config>(&toml::to_string(&config).unwrap());
                    prop_assert!(again.is_ok(), "what was read is a settings file");
                }
            }
        }
    }

    /// A setting that there is, with a value that it may not take.
    fn any_line() -> impl Strategy<Value = String> {
        let names = of(&toml::to_string(&Config::default()).unwrap()).into_keys().collect::<Vec<_>>();
        let value = prop_oneof![
            any::<i64>().prop_map(|number| number.to_string()),
            any::<f64>().prop_map(|number| format!("{number:?}")),
            any::<bool>().prop_map(|truth| truth.to_string()),
            "[a-z0-9.:/@ ]{0,20}".prop_map(|text| format!("{text:?}")),
            Just("[]".to_owned()),
            Just("{}".to_owned()),
        ];
        (prop::sample::select(names), value).prop_map(|(name, value)| format!("{name} = {value}\n"))
    }

    #[test]
    fn an_unknown_setting_is_refused_and_a_secret_is_not_shown() {
        let wrong = Figment::from(Serialized::defaults(Config::default())).merge(("server.lisen", "x"));
        assert!(wrong.extract::<Config>().unwrap_err().to_string().contains("lisen"));
        let config = Config {
            database: Database { url: "postgres://u:hunter2@h/d".into(), ..Database::default() },
            ..Config::default()
        };
        assert!(!format!("{config:?}{}", toml::to_string(&config).unwrap()).contains("hunter2"));
    }
}
