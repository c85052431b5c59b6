//! Why a read model was not rebuilt, verified or questioned.

use super::{French, Said, said};
use projections::audit::simulation::InvalidLockPolicy;
use projections::{Contradiction, ProjectionError, RebuildError, Unfoldable};
use read_api::audit::what_if::NotSimulated;
use web::{Language, Text};

impl Said for ProjectionError {
    fn french(&self) -> French {
        match self {
            Self::Decode(error) => error.french(),
            Self::Database(_) => "la base de données n’a pas pris les lignes".into(),
            Self::Contradiction(contradiction) => contradiction.french(),
        }
    }
}

impl Said for Contradiction {
    fn french(&self) -> French {
        match self {
            Self::JournalHole => "il manque une position au journal",
            Self::StreamHole => "il manque une version à un flux",
            Self::Panicked => "le code qui traite l’événement s’est interrompu",
            Self::ProvisionedTwice => "un compte a été ouvert deux fois",
            Self::NoJson => "une valeur ne s’écrit pas en JSON",
            Self::OtherRows => "la base de données a écrit un autre nombre de lignes",
        }
        .into()
    }
}

/// Why an event could not be folded, of which a halt keeps the English.
pub(in crate::cli) fn halt_reason(english: &str) -> Text {
    let known = Contradiction::ALL.into_iter().find(|contradiction| contradiction.to_string() == english);
    match known {
        Some(contradiction) => said(&contradiction),
        None if english.starts_with("SQLSTATE ") => Text::made(
            format!("la base de données n’a pas pris les lignes ({english})"),
            format!("the database did not take the rows ({english})"),
        ),
        None => Text::made("cette version ne peut pas lire l’événement", english),
    }
}

impl Said for RebuildError {
    fn french(&self) -> French {
        match self {
            Self::NeverRan => {
                "elle n’a jamais tourné sur cette base : lancez un projecteur, qui la construit depuis le premier événement".into()
            }
            Self::Busy => "une autre reconstruction ou vérification de cette projection est en cours".into(),
            Self::Halted(Unfoldable { position, reason }) => {
                format!("l’événement {position} ne peut pas y entrer : {}", halt_reason(reason).said_in(Language::French))
                    .into()
            }
            Self::Unavailable(_) => "la projection n’a pas pu être reconstruite".into(),
        }
    }
}

impl Said for InvalidLockPolicy {
    fn french(&self) -> French {
        match self {
            Self::Failures => "failures vaut au moins 1".into(),
            Self::Within => "within dure plus de 0 seconde".into(),
            Self::LockFor => "lock_for dure plus de 0 seconde".into(),
        }
    }
}

impl Said for NotSimulated {
    fn french(&self) -> French {
        match self {
            Self::Read(error) => error.french(),
            Self::Decode(error) => error.french(),
            Self::Vault(error) => error.french(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_a_projection_halted_is_said_in_french_whatever_is_kept_of_it() {
        for contradiction in Contradiction::ALL {
            assert_eq!(halt_reason(&contradiction.to_string()), said(&contradiction));
        }
        for kept in ["SQLSTATE 23505, accounts_v1_pkey of accounts_v1", "AccountTeleported has no schema 3"] {
            let told = halt_reason(kept);
            assert_ne!(told.said_in(Language::French), kept);
            assert!(told.said_in(Language::English).contains(kept), "{told}");
        }
    }
}
