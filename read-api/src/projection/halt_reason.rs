use projections::Contradiction;
use web::Text;

/// Why an event could not be folded, of which a halt keeps the English.
#[must_use]
pub fn halt_reason(english: &str) -> Text {
    let known = Contradiction::ALL.into_iter().find(|contradiction| contradiction.to_string() == english);
    match known {
        Some(contradiction) => Text::made(french(contradiction), english),
        None if english.starts_with("SQLSTATE ") => Text::made(
            format!("la base de données n’a pas pris les lignes ({english})"),
            format!("the database did not take the rows ({english})"),
        ),
        None => Text::made("cette version ne peut pas lire l’événement", english),
    }
}

const fn french(contradiction: Contradiction) -> &'static str {
    match contradiction {
        Contradiction::JournalHole => "il manque une position au journal",
        Contradiction::StreamHole => "il manque une version à un flux",
        Contradiction::UnknownStreamType => "le type du flux est inconnu de cette version",
        Contradiction::Panicked => "le code qui traite l’événement s’est interrompu",
        Contradiction::ProvisionedTwice => "un compte a été ouvert deux fois",
        Contradiction::NoJson => "une valeur ne s’écrit pas en JSON",
        Contradiction::OtherRows => "la base de données a écrit un autre nombre de lignes",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use web::Language::{English, French};

    #[test]
    fn why_a_projection_halted_is_said_in_french_whatever_is_kept_of_it() {
        let kept = Contradiction::ALL.map(|contradiction| contradiction.to_string());
        let others = ["SQLSTATE 23505, accounts_v1_pkey of accounts_v1", "AccountTeleported has no schema 3"];
        for kept in kept.iter().map(String::as_str).chain(others) {
            let told = halt_reason(kept);
            assert_ne!(told.said_in(French), kept);
            assert!(told.said_in(English).contains(kept), "{told}");
        }
    }
}
