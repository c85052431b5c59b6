//! Why a read model was not rebuilt, verified or questioned.

use super::{French, Said};
use projections::audit::simulation::InvalidLockPolicy;
use projections::{ProjectionError, RebuildError, Unfoldable};
use read_api::audit::what_if::NotSimulated;
use read_api::projection::halt_reason;
use web::Language;

impl Said for ProjectionError {
    fn french(&self) -> French {
        match self {
            Self::Decode(error) => error.french(),
            Self::Database(_) => "la base de données n’a pas pris les lignes".into(),
            Self::Contradiction(contradiction) => {
                halt_reason(&contradiction.to_string()).said_in(Language::French).to_owned().into()
            }
        }
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
