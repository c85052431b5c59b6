//! What is wrong with a file or a row, in French and English; neither quotes them.

use super::{FileError, HeaderError, MAX_LINE_BYTES, Reason, RowError};
use events::counted;
use events::username::InvalidUsername;
use web::Text;

impl Reason {
    /// What is wrong.
    #[must_use]
    pub fn text(self) -> Text {
        let fr = match self {
            Self::Empty => "vide".to_owned(),
            Self::TooLong { limit } => format!("plus de {limit} caractères"),
            Self::NotUtf8 => {
                "n’est pas en UTF-8 : enregistrez le fichier en UTF-8, il est en latin-1 ou autre".to_owned()
            }
            Self::Control => "contient un caractère de commande ou de sens d’écriture".to_owned(),
            Self::Formula => "commence par un signe que les tableurs prennent pour une formule (= + - @)".to_owned(),
            Self::StaffNumber => {
                "contient autre chose que lettres et chiffres ASCII, point, tiret, barre et souligné".to_owned()
            }
            Self::Username(invalid) => username(invalid).to_owned(),
            Self::MakesNoUsername(invalid) => {
                format!("ne donne pas d’identifiant ({}) : donnez-en un dans username", username(invalid))
            }
            Self::Role => "rôle inconnu".to_owned(),
            Self::Duplicate { line } => format!("déjà à la ligne {line}"),
            Self::Fields { expected, found } => {
                format!("{}, et l’en-tête en a {expected}", counted::fr(found, "champ", "champs"))
            }
            Self::Quotes => "un guillemet ne se referme pas".to_owned(),
            Self::LineTooLong => format!("plus de {MAX_LINE_BYTES} octets"),
        };
        Text::made(fr, self.to_string())
    }
}

const fn username(invalid: InvalidUsername) -> &'static str {
    match invalid {
        InvalidUsername::NoLetters => "sans lettre qui s’écrive en ASCII",
        InvalidUsername::Character => "contient un autre signe que a-z, 0-9, point, tiret et souligné",
        InvalidUsername::Length => "vide, ou plus de 64 caractères",
        InvalidUsername::Signs => "commence ou finit par un signe, ou en a deux de suite",
    }
}

impl RowError {
    /// What is wrong, with the field; the line is told beside.
    #[must_use]
    pub fn text(&self) -> Text {
        match self.field {
            Some(field) => self.reason.text().of(field),
            None => self.reason.text(),
        }
    }
}

impl FileError {
    /// Why the file cannot be read.
    #[must_use]
    pub fn text(&self) -> Text {
        let fr = match self {
            Self::Empty => "le fichier est vide : sa première ligne nomme les colonnes".to_owned(),
            Self::Header(error) => format!("ligne 1 : {}", header(*error)),
            Self::TooManyRows { line, limit } => format!("ligne {line} : plus de {limit} lignes"),
            Self::TooManyBytes { line, limit } => format!("ligne {line} : plus de {limit} octets"),
            Self::Io { line, .. } => format!("après la ligne {line} : la lecture a échoué"),
        };
        Text::made(fr, self.to_string())
    }
}

fn header(error: HeaderError) -> String {
    match error {
        HeaderError::NotCsv => "n’est pas une ligne de CSV en UTF-8".to_owned(),
        HeaderError::Unknown { place } => format!(
            "colonne {place} inconnue : les colonnes sont given_name, family_name et, au besoin, staff_number, username, roles"
        ),
        HeaderError::Twice(column) => format!("colonne {column} en double"),
        HeaderError::Missing(column) => format!("colonne {column} absente"),
    }
}
