//! What the operating system and PostgreSQL say: in French by their codes, in English in their own words.

use super::{Cause, French, Said};
use std::io::{self, ErrorKind};
use web::Text;

/// An error of the system; none for one that carries another, which speaks for itself.
pub(super) fn of_system(cause: &Cause) -> Option<Text> {
    let error: &io::Error = cause.downcast_ref()?;
    error.get_ref().is_none().then(|| super::said(error))
}

/// How the standard library begins what the resolver of names refuses; it has no `ErrorKind` for it.
const UNKNOWN_HOST: &str = "failed to lookup address information";

/// An error of the database, with all that lies behind it.
pub(super) fn of_sqlx(cause: &Cause) -> Option<Text> {
    Some(match cause.downcast_ref()? {
        // Its own text ends in the line of PostgreSQL's source that raised it.
        sqlx::Error::Database(error) => {
            Text::made(of_sqlstate(&error.code().unwrap_or_default()), error.message().to_owned())
        }
        sqlx::Error::Io(error) if error.to_string().starts_with(UNKNOWN_HOST) => {
            Text::made("aucun serveur de ce nom n’est connu", error.to_string())
        }
        sqlx::Error::Io(error) => super::said(error),
        sqlx::Error::PoolTimedOut => Text::new(
            "la base de données n’a donné aucune connexion à temps",
            "the database gave no connection in time",
        ),
        // Its own text ends in the line of the driver's source.
        sqlx::Error::Protocol(_) => Text::new(
            "le serveur ne parle pas le protocole de PostgreSQL",
            "the server does not speak PostgreSQL's protocol",
        ),
        error => Text::made("la base de données ne répond pas comme il faut", error.to_string()),
    })
}

/// By the code of an error of PostgreSQL (its manual, appendix A).
fn of_sqlstate(code: &str) -> French {
    match code {
        "53100" => "il n’y a plus de place sur le disque de PostgreSQL".into(),
        "53200" => "PostgreSQL n’a plus de mémoire".into(),
        "53300" => "PostgreSQL n’a plus de connexion libre".into(),
        "28000" | "28P01" => "PostgreSQL refuse cet utilisateur ou son mot de passe".into(),
        "3D000" => "il n’y a pas de base de ce nom".into(),
        "42501" => "cet utilisateur de PostgreSQL n’a pas le droit de le faire".into(),
        "25006" => "cette base ne se laisse que lire".into(),
        "57P01" | "57P02" | "57P03" => "PostgreSQL démarre ou s’arrête".into(),
        code => format!("PostgreSQL refuse (SQLSTATE {code})").into(),
    }
}

impl Said for io::Error {
    fn french(&self) -> French {
        match self.kind() {
            ErrorKind::NotFound => "introuvable",
            ErrorKind::PermissionDenied => "accès refusé",
            ErrorKind::AlreadyExists => "existe déjà",
            ErrorKind::InvalidData => "ce n’est pas du texte en UTF-8",
            ErrorKind::IsADirectory => "c’est un dossier",
            ErrorKind::NotADirectory => "ce n’est pas un dossier",
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "il n’y a plus de place sur le disque",
            ErrorKind::ReadOnlyFilesystem => "ce disque ne se laisse que lire",
            ErrorKind::AddrInUse => "cette adresse est prise",
            ErrorKind::AddrNotAvailable => "cette adresse n’est pas à cette machine",
            ErrorKind::ConnectionRefused => "personne ne répond à cette adresse",
            ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::UnexpectedEof => {
                "la connexion a été coupée"
            }
            ErrorKind::TimedOut => "pas de réponse à temps",
            _ => "le système a refusé",
        }
        .into()
    }
}

#[cfg(test)]
mod tests {
    use crate::cli::said::causes;
    use anyhow::Context;
    use std::io;
    use write_api::import::agents_csv::{AgentRows, Limits};

    #[test]
    fn the_system_is_told_in_french_first_with_the_file() {
        let missing = std::fs::read("/nowhere/auth.log").context("auth.log").unwrap_err();
        assert_eq!(causes(&missing), "auth.log: introuvable — No such file or directory (os error 2)");
        let text = io::read_to_string(&b"\xff"[..]).context("auth.log").unwrap_err();
        assert_eq!(causes(&text), "auth.log: ce n’est pas du texte en UTF-8 — stream did not contain valid UTF-8");
        let folder = std::fs::File::open("/").map(io::BufReader::new).unwrap();
        let folder = AgentRows::read(folder, Limits::default()).context("agents.csv").unwrap_err();
        let told = causes(&folder);
        assert!(told.starts_with("agents.csv: après la ligne 0 : la lecture a échoué — after line 0: "), "{told}");
        assert!(told.ends_with(": c’est un dossier — Is a directory (os error 21)"), "{told}");
        let ours = anyhow::Error::from(io::Error::other("trop long — too long"));
        assert_eq!(causes(&ours), "trop long — too long");
    }

    #[tokio::test]
    async fn a_database_that_is_not_there_is_told_without_what_the_driver_is_made_of() {
        use tokio::io::AsyncWriteExt;
        let told = async |url: &str| {
            let refused = <sqlx::PgConnection as sqlx::Connection>::connect(url).await.unwrap_err();
            causes(&refused.into())
        };
        let unknown = told("postgresql://nobody.invalid/portal").await;
        assert!(unknown.starts_with("aucun serveur de ce nom n’est connu — failed to lookup"), "{unknown}");
        let other = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("postgresql://{}/portal", other.local_addr().unwrap());
        let greeting = async { other.accept().await.unwrap().0.write_all(b"HTTP/1.1 400\r\n").await.unwrap() };
        let (told, ()) = tokio::join!(told(&url), greeting);
        assert_eq!(
            told,
            "le serveur ne parle pas le protocole de PostgreSQL — the server does not speak PostgreSQL's protocol"
        );
    }

    #[tokio::test]
    async fn what_a_command_ran_into_is_told_with_its_cause() {
        let database = test_support::Database::new().await;
        let full = sqlx::query("DO $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$");
        let full = full.execute(&database.owner()).await.unwrap_err();
        let told = causes(&web::Problem::unavailable(journal::AppendError::Unavailable(Some(full))).into());
        assert!(told.starts_with("Service indisponible — Unavailable: le journal n’est pas disponible — "), "{told}");
        assert!(told.ends_with(": il n’y a plus de place sur le disque de PostgreSQL — no space left"), "{told}");
        let kind = events::DecodeError::UnknownKind { stream: "rule-set", name: "Unheard".into() };
        let position = events::Position::new(7).unwrap();
        let told = causes(&web::Problem::internal(journal::ReadError::Corrupt { position, source: kind }).into());
        assert!(told.starts_with("Erreur interne — Internal error: l’événement 7 ne peut pas être lu — "), "{told}");
        assert!(told.contains(": les flux rule-set n’ont pas de genre d’événement nommé Unheard — "), "{told}");
    }

    #[tokio::test]
    async fn postgresql_is_told_in_french_first_and_once() {
        let database = test_support::Database::new().await;
        let refused = sqlx::query("SELECT 1 / 0").execute(&database.owner()).await.unwrap_err();
        let told = causes(&anyhow::Error::from(refused).context("lecture impossible — cannot read"));
        assert_eq!(told, "lecture impossible — cannot read: PostgreSQL refuse (SQLSTATE 22012) — division by zero");
    }
}
