//! What is wrong with the journal, or with what it is asked for.

use super::{French, Said};
use events::DecodeError;
use journal::verify::Violation;
use journal::{AppendError, ReadError};

impl Said for AppendError {
    fn french(&self) -> French {
        match self {
            Self::Conflict => "un flux a été écrit depuis sa lecture".into(),
            Self::KeyReused => "la clé d’idempotence a servi à une autre demande".into(),
            Self::Unavailable(_) => "le journal n’est pas disponible".into(),
            Self::Read(error) => error.french(),
            Self::Encode(_) => "un événement ne peut pas être encodé".into(),
            Self::Rejected(_) => "le journal a refusé l’ajout".into(),
            Self::AppendOnly => "le journal ne fait que croître".into(),
        }
    }
}

impl Said for ReadError {
    fn french(&self) -> French {
        match self {
            Self::Unavailable(_) => "le journal n’est pas disponible".into(),
            Self::Corrupt { position, .. } => format!("l’événement {position} ne peut pas être lu").into(),
            Self::Hole { stream, expected, found } => {
                format!("le flux {stream:?} a la version {found} à la place de {expected}").into()
            }
        }
    }
}

impl Said for DecodeError {
    fn french(&self) -> French {
        match self {
            Self::UnknownKind { stream, name } => {
                format!("les flux {stream} n’ont pas de genre d’événement nommé {name}").into()
            }
            Self::FromTheFuture { name, schema, current } => {
                format!("{name} est au schéma {schema}, cette version lit de 1 à {current}").into()
            }
            Self::NoUpcaster { name, from } => format!("{name} ne se convertit pas depuis le schéma {from}").into(),
            Self::UnknownActor => "cette version ne connaît pas ce genre d’acteur".into(),
            Self::UnknownCapacity => "cette version ne connaît pas cette qualité".into(),
            Self::InstantOutOfRange => "ses instants ne sont d’aucune des années 1970 à 9999".into(),
            Self::Shape { name, line, column, .. } => {
                format!("{name} n’a pas sa forme, ligne {line}, colonne {column}").into()
            }
        }
    }
}

impl Said for Violation {
    fn french(&self) -> French {
        match self {
            Self::Position { expected, found } => format!("la position {found} est à la place de {expected}").into(),
            Self::Version { position, expected, found } => {
                format!("l’événement en {position} a la version {found} à la place de {expected}").into()
            }
            Self::Leaf { position } => format!("l’événement en {position} n’est pas celui qui a été inscrit").into(),
            Self::Time { position } => {
                format!("l’événement en {position} a été inscrit avant celui qui le précède").into()
            }
            Self::Stream { stream_type, stream_id } => {
                format!("la ligne du flux {stream_type} {stream_id} contredit ses événements").into()
            }
            Self::Checkpoint { position } => {
                format!("l’historique jusqu’en {position} n’est pas celui dont la racine avait été notée").into()
            }
            Self::Head => "la ligne de tête contredit les événements".into(),
        }
    }
}
