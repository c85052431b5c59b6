//! What is wrong with a setting: where it stands, its name and what it may be, and never what was written, which may be a
//! secret.

use figment::Error;
use figment::error::Kind;
use web::{Text, expectation};

/// The file or variable, the setting, and what is wrong with it, in both languages.
pub(super) fn told(error: &Error) -> String {
    let (setting, wrong) = match &error.kind {
        // Some sources have the name in the path already.
        Kind::UnknownField(name, _) => (
            error.path.iter().filter(|part| *part != name).chain([name]).cloned().collect::<Vec<_>>().join("."),
            Text::new("aucun réglage ne s’appelle ainsi", "no setting is named so"),
        ),
        kind => (error.path.join("."), wrong(kind)),
    };
    let place = error.metadata.as_ref().and_then(|metadata| match &metadata.source {
        Some(source) => source.file_path().map(|path| path.display().to_string()),
        None => Some(metadata.name.to_string()),
    });
    let named = place.into_iter().chain(Some(setting).filter(|setting| !setting.is_empty()));
    named.chain([wrong.to_string()]).collect::<Vec<_>>().join(" : ")
}

fn wrong(kind: &Kind) -> Text {
    match kind {
        Kind::InvalidType(_, expected) | Kind::InvalidValue(_, expected) | Kind::InvalidLength(_, expected) => {
            expectation(expected)
        }
        Kind::UnknownVariant(_, variants) => {
            let names = variants.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            Text::made(format!("attendu, au choix : {names}"), format!("expected one of {names}"))
        }
        Kind::ISizeOutOfRange(_) | Kind::USizeOutOfRange(_) => expectation("isize"),
        Kind::Message(message) => of_parser(message),
        Kind::MissingField(_) => Text::new("ce réglage manque", "this setting is missing"),
        Kind::DuplicateField(_) => Text::new("donné deux fois", "given twice"),
        Kind::UnknownField(..) | Kind::Unsupported(_) | Kind::UnsupportedKey(..) => INVALID,
    }
}

const INVALID: Text = Text::new("valeur invalide", "invalid value");

/// What the parsers of other crates say, of which nothing is repeated: they quote what they were given.
fn of_parser(message: &str) -> Text {
    match message.trim_end() {
        "invalid socket address syntax" => Text::new(
            "attendu : une adresse et un port : 127.0.0.1:8080",
            "expected an address and a port: 127.0.0.1:8080",
        ),
        "invalid IP address syntax" => Text::new(
            "attendu : des réseaux d’adresses IP : 10.0.0.0/8, 2001:db8::/32",
            "expected networks of IP addresses: 10.0.0.0/8, 2001:db8::/32",
        ),
        "stream did not contain valid UTF-8" => {
            Text::new("ce fichier n’est pas du texte en UTF-8", "this file is not text in UTF-8")
        }
        _ if message.contains("(os error ") => Text::new("lecture impossible", "it cannot be read"),
        _ => match toml_place(message) {
            Some((line, column)) => Text::made(
                format!("ce n’est pas du TOML, ligne {line}, colonne {column}"),
                format!("this is not TOML, line {line}, column {column}"),
            ),
            None => INVALID,
        },
    }
}

/// Where a file is no TOML: the parser shows the line itself too, which may hold a secret.
pub(crate) fn toml_place(message: &str) -> Option<(u64, u64)> {
    let place = message.lines().next()?.strip_prefix("TOML parse error at line ")?;
    let (line, column) = place.split_once(", column ")?;
    Some((line.parse().ok()?, column.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use crate::config::Config;
    use figment::Figment;
    use figment::providers::{Format, Serialized, Toml};

    fn told(file: &str) -> String {
        let settings = Figment::from(Serialized::defaults(Config::default())).merge(Toml::string(file));
        super::told(&settings.extract::<Config>().unwrap_err())
    }

    #[test]
    fn what_a_setting_may_be_is_said_in_both_languages_and_no_value_is_quoted() {
        for (line, fr, en) in [
            (
                "database.connections = \"hunter2\"",
                "attendu : un entier positif ou nul",
                "expected a non-negative integer",
            ),
            ("database.connections = -1", "attendu : un entier positif ou nul", "expected a non-negative integer"),
            ("server.listen = \"hunter2\"", "attendu : une adresse et un port", "expected an address and a port"),
            ("server.listen = 5", "attendu : une adresse et un port", "expected an address and a port"),
            ("database.url = 12", "attendu : une chaîne", "expected a string"),
            ("telemetry.format = \"hunter2\"", "attendu, au choix : `text`, `json`", "expected one of `text`, `json`"),
            ("web.proxies.trusted = [\"hunter2\"]", "attendu : des réseaux", "expected networks"),
            ("web.proxies.trusted = 5", "attendu : un tableau", "expected an array"),
            ("journal.patience = \"hunter2\"", "attendu : un entier positif ou nul", "expected a non-negative integer"),
            ("server = 5", "attendu : un objet", "expected an object"),
            ("server.lisen = \"hunter2\"", "aucun réglage ne s’appelle ainsi", "no setting is named so"),
            (
                "database.url = hunter2",
                "ce n’est pas du TOML, ligne 1, colonne 16",
                "this is not TOML, line 1, column 16",
            ),
        ] {
            let told = told(line);
            let (french, english) = told.split_once(" — ").unwrap_or_else(|| panic!("{told}"));
            assert!(french.contains(fr) && english.contains(en), "{line}: {told}");
            let setting = line.split(' ').next().unwrap();
            assert!(french.contains(setting) || fr.contains("TOML"), "{told}");
            assert!(!french.contains("lisen.lisen"), "{told}");
            for leak in ["hunter2", "u32", "u64", "struct", "sequence", "default."] {
                assert!(!told.contains(leak), "{line}: {told}");
            }
        }
    }

    #[test]
    fn a_file_that_is_no_text_or_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let binary = folder.path().join("binary.toml");
        std::fs::write(&binary, b"\x00\xff").unwrap();
        for (file, said) in [(binary.as_path(), "ce fichier n’est pas du texte"), (folder.path(), "lecture impossible")]
        {
            let settings = Figment::from(Serialized::defaults(Config::default())).merge(Toml::file_exact(file));
            let told = super::told(&settings.extract::<Config>().unwrap_err());
            assert!(told.contains(said), "{told}");
            assert!(told.contains(file.to_str().unwrap()), "{told}");
        }
    }
}
