//! What is wrong with a line, in French and English; neither quotes it.

use super::{MAX_LINE_BYTES, MAX_REPEATS, Reason};
use events::username::MAX_BYTES;
use web::Text;

impl Reason {
    /// What is wrong.
    #[must_use]
    pub fn text(self) -> Text {
        let fr = match self {
            Self::Header => "une tentative sans date et programme lisibles".to_owned(),
            Self::OutOfTime => "une date d’avant 1990 ou à venir".to_owned(),
            Self::NoSuchDate => "une date ou une heure qui n’existe pas".to_owned(),
            Self::Form => "une tentative qui ne finit pas par « from ADRESSE port PORT ssh2 »".to_owned(),
            Self::Address => "une tentative dont l’adresse n’est ni IPv4, ni IPv6, ni un nom de machine".to_owned(),
            Self::Port => "une tentative dont le port n’est pas un nombre de 0 à 65535".to_owned(),
            Self::Count => format!("une tentative répétée un nombre de fois qui n’est pas de 1 à {MAX_REPEATS}"),
            Self::Nobody => {
                "un mot de passe accepté pour le nom vide, ou pour un nom que le journal lui-même dit invalide"
                    .to_owned()
            }
            Self::LongName => {
                format!("une tentative sur un nom de plus de {MAX_BYTES} octets que le journal ne dit pas invalide")
            }
            Self::TooLong => format!("une ligne de plus de {MAX_LINE_BYTES} octets"),
            Self::NotText => "une ligne qui n’est pas du texte".to_owned(),
        };
        Text::made(fr, self.to_string())
    }
}
