//! Settings in the environment: `INTRAPARIS_<SECTION>__<SETTING>` and `DATABASE_URL`, each also as `…_FILE` with the name
//! of a file that holds the value.

use super::ConfigError;
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};
use std::ffi::OsString;
use std::path::PathBuf;

const PREFIX: &str = "INTRAPARIS_";
const FILE: &str = "_FILE";

/// Variables of ours that are no settings: a private server reads them, and the script that starts the program.
const OTHERS: [&str; 1] = ["INTRAPARIS_POSTGRES_BIN"];

/// `settings` with those that `variables` name in their place. A setting that is text takes a value as it stands, also
/// one that looks like a number; any other reads it as a number, a truth or a list. One of `…_FILE` wins.
///
/// # Errors
/// [`ConfigError::File`], [`ConfigError::NotText`], [`ConfigError::Unknown`].
pub(super) fn merge(
    mut settings: Figment,
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> Result<Figment, ConfigError> {
    let mut named: Vec<(OsString, OsString, Named)> = Vec::new();
    for (variable, value) in variables {
        if let Some(setting) = Named::by(&variable.to_string_lossy())? {
            named.push((variable, value, setting));
        }
    }
    named.sort_by_key(|(variable, _, named)| (named.in_file, variable.clone()));
    for (variable, value, Named { setting, in_file }) in named {
        let variable = variable.to_string_lossy().into_owned();
        let text = if in_file {
            let path = PathBuf::from(value);
            let read = std::fs::read_to_string(&path);
            let text = read.map_err(|source| ConfigError::File { variable: variable.clone(), path, source })?;
            text.trim_end().to_owned()
        } else {
            value.into_string().map_err(|_| ConfigError::NotText(variable.clone()))?
        };
        let is_text = matches!(settings.find_value(&setting), Ok(Value::String(..)));
        let value = if is_text { Value::from(text) } else { parsed(&text) };
        settings = settings.merge(Variable { variable, setting, value });
    }
    Ok(settings)
}

fn parsed(text: &str) -> Value {
    text.parse().unwrap_or_else(|never| match never {})
}

/// The setting that a variable names, with dots, and whether its value is the name of a file.
struct Named {
    setting: String,
    in_file: bool,
}

impl Named {
    /// None for a variable that is not ours to read.
    fn by(variable: &str) -> Result<Option<Self>, ConfigError> {
        let shouted = variable.to_ascii_uppercase();
        let (name, in_file) = shouted.strip_suffix(FILE).map_or((&*shouted, false), |name| (name, true));
        let setting = match name.strip_prefix(PREFIX) {
            Some(setting) if setting.contains("__") => setting.to_ascii_lowercase().replace("__", "."),
            None if name == "DATABASE_URL" => "database.url".to_owned(),
            _ if shouted.starts_with(PREFIX) && !OTHERS.contains(&&*shouted) => {
                return Err(ConfigError::Unknown(variable.to_owned()));
            }
            _ => return Ok(None),
        };
        Ok(Some(Self { setting, in_file }))
    }
}

/// One variable, which an error names.
struct Variable {
    variable: String,
    setting: String,
    value: Value,
}

impl Provider for Variable {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.variable.clone()).interpolater(|_, keys| keys.join("."))
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let nested = figment::util::nest(&self.setting, self.value.clone());
        Ok(Profile::Default.collect(nested.into_dict().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::merge;
    use crate::config::{Config, ConfigError, tests::of};
    use figment::Figment;
    use figment::providers::Serialized;
    use secrecy::ExposeSecret;
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;

    fn settings(variables: &[(&str, &str)]) -> Result<Config, String> {
        let variables = variables.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        let settings = merge(Figment::from(Serialized::defaults(Config::default())), variables);
        settings.map_err(|error| error.to_string())?.extract().map_err(|error| error.to_string())
    }

    #[test]
    fn a_secret_of_digits_alone_is_taken_as_it_stands() {
        for key in ["0".repeat(50) + &"1".repeat(14), "1".repeat(64), "1".repeat(32), " 7 ".to_owned()] {
            let config = settings(&[("INTRAPARIS_VAULT__MASTER_KEY", &key)]).unwrap();
            assert_eq!(config.vault.master_key.expose_secret(), key);
        }
    }

    #[test]
    fn every_setting_of_text_takes_what_looks_like_something_else() {
        let defaults = of(&toml::to_string(&Config::default()).unwrap());
        let text = defaults.iter().filter(|(_, value)| value.starts_with('"')).map(|(name, _)| name.as_str());
        let text: Vec<_> = text.chain(["database.data_dir"]).collect();
        assert!(text.contains(&"attachments.secret_access_key") && text.contains(&"vault.former_master_key"));
        for name in text {
            let variable = format!("INTRAPARIS_{}", name.to_uppercase().replace('.', "__"));
            for value in ["12345678", "-1.5", "true", "[a, b]", "{a=1}", "\"quoted\"", "'x'", ""] {
                // An address must be one, and a format one of those that there are.
                let refused = settings(&[(&variable, value)]).err().unwrap_or_default();
                assert!(!refused.contains("invalid type"), "{variable}={value}: {refused}");
            }
        }
    }

    #[test]
    fn a_number_is_read_as_one_and_anything_else_in_its_place_is_refused_by_name() {
        let config =
            settings(&[("INTRAPARIS_DATABASE__CONNECTIONS", "7"), ("intraparis_server__drain_ms", "5")]).unwrap();
        assert_eq!((config.database.connections, config.server.drain_ms), (7, 5));
        let refused = settings(&[("INTRAPARIS_DATABASE__CONNECTIONS", "many")]).unwrap_err();
        assert!(refused.contains("INTRAPARIS_DATABASE__CONNECTIONS"), "{refused}");
        let unknown = settings(&[("INTRAPARIS_SERVER__LISEN", "1")]).unwrap_err();
        assert!(unknown.contains("lisen"), "{unknown}");
    }

    #[test]
    fn the_value_of_a_file_wins_and_what_names_no_setting_is_left_alone() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, "00112233\n").unwrap();
        let path = file.path().to_str().unwrap();
        let config = settings(&[
            ("INTRAPARIS_VAULT__MASTER_KEY_FILE", path),
            ("INTRAPARIS_VAULT__MASTER_KEY", "1"),
            ("DATABASE_URL_FILE", path),
            ("DATABASE_URL", "2"),
            ("INTRAPARIS_POSTGRES_BIN", "/nowhere"),
            ("OTHER__NAME_FILE", "/nowhere"),
        ]);
        let config = config.unwrap();
        assert_eq!(config.vault.master_key.expose_secret(), "00112233");
        assert_eq!(config.database.url.expose_secret(), "00112233");
        let missing = settings(&[("INTRAPARIS_VAULT__MASTER_KEY_FILE", "/nowhere/at/all")]).unwrap_err();
        assert!(missing.contains("INTRAPARIS_VAULT__MASTER_KEY_FILE"), "{missing}");
    }

    #[test]
    fn a_variable_of_ours_that_names_no_setting_is_refused_by_name() {
        for variable in
            ["INTRAPARIS_FOO", "INTRAPARIS_SERVER_LISTEN", "INTRAPARIS_FILE", "intraparis_Foo", "INTRAPARIS_"]
        {
            let refused = settings(&[(variable, "1")]).unwrap_err();
            assert!(refused.contains(variable) && refused.contains("INTRAPARIS_<SECTION>__<SETTING>"), "{refused}");
        }
    }

    #[test]
    fn a_file_holds_a_number_or_a_list_as_a_variable_does() {
        let [number, list] = ["7\n", "[10.0.0.0/8]\n"].map(|text| {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(&file, text).unwrap();
            file
        });
        let config = settings(&[
            ("INTRAPARIS_DATABASE__CONNECTIONS_FILE", number.path().to_str().unwrap()),
            ("INTRAPARIS_WEB__PROXIES__TRUSTED_FILE", list.path().to_str().unwrap()),
        ]);
        let config = config.unwrap();
        assert_eq!((config.database.connections, config.web.proxies.trusted.len()), (7, 1));
    }

    #[test]
    fn bytes_that_are_no_text_are_refused_where_they_are_a_setting() {
        let of = |name: &str| [(name.into(), OsString::from_vec(vec![0xff]))].into_iter();
        assert!(merge(Figment::new(), of("LC_SOMETHING")).is_ok());
        let refused = merge(Figment::new(), of("INTRAPARIS_TELEMETRY__LOG"));
        assert!(matches!(refused, Err(ConfigError::NotText(variable)) if variable == "INTRAPARIS_TELEMETRY__LOG"));
    }
}
