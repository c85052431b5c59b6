//! Why the vault, its master key or the sealed files do not serve.

use super::{French, Said};
use vault::{AttachmentsError, MasterKeyError, VaultError};

const NO_RANDOMNESS: French = French::Borrowed("le système d’exploitation n’a pas donné d’octets aléatoires");

impl Said for VaultError {
    fn french(&self) -> French {
        match self {
            Self::Unavailable(_) => "la base du coffre n’est pas disponible".into(),
            Self::ReadOnly(_) => "cette connexion ne peut pas écrire dans le coffre".into(),
            Self::Database(_) => "la base du coffre a refusé".into(),
            Self::OtherMaster { key, wrapped_under, held } => format!(
                "la clé {key} est emballée sous la clé maîtresse {wrapped_under}, et ce processus a été lancé avec {held}"
            )
            .into(),
            Self::AlteredKey(key) => format!("la ligne de la clé {key} a été altérée : elle ne se déballe pas").into(),
            Self::UnknownKey(key) => format!("il n’y a pas de clé {key}").into(),
            Self::AlteredBox(key) => {
                format!("une boîte sous la clé {key} ne s’ouvre pas à sa place : elle a été altérée ou déplacée").into()
            }
            Self::OtherType(key) => format!("une boîte sous la clé {key} contient une valeur d’un autre type").into(),
            Self::Unwritable => "la valeur à sceller ne s’écrit pas en JSON".into(),
            Self::TooLong => "la valeur à sceller est trop longue".into(),
            Self::NilSubject => "l’UUID nul n’est celui de personne".into(),
            Self::Randomness(_) => NO_RANDOMNESS,
        }
    }
}

impl Said for MasterKeyError {
    fn french(&self) -> French {
        match self {
            Self::Malformed => {
                "une clé maîtresse fait 32 octets, écrits en 64 chiffres hexadécimaux ou en base64".into()
            }
            Self::MalformedFile(path) => format!(
                "{} ne contient pas de clé maîtresse : 32 octets, écrits en 64 chiffres hexadécimaux ou en base64",
                path.display()
            )
            .into(),
            Self::WiderMode { path, mode } => format!(
                "{} a le mode {mode:04o}, si bien que d’autres que son propriétaire peuvent s’en servir ; une clé \
                 maîtresse demande 0600",
                path.display()
            )
            .into(),
            Self::File { path, .. } => format!("lecture ou création impossible : {}", path.display()).into(),
            Self::Randomness(_) => NO_RANDOMNESS,
        }
    }
}

impl Said for AttachmentsError {
    fn french(&self) -> French {
        match self {
            Self::Address(_) => "le dépôt des pièces jointes ne peut pas être ouvert".into(),
            Self::Folder(_) => "le dossier des pièces jointes ne peut pas être déterminé".into(),
            Self::Store(_) => "le dépôt des pièces jointes a échoué".into(),
            Self::Vault(error) => error.french(),
            Self::Altered(proof) => format!("le fichier du justificatif {proof} a été altéré").into(),
        }
    }
}
