//! What is wrong with rules of law, or with what was counted by them.

use super::{French, Said};
use rules::LoadError;
use rules::ledger::{NoRight, Violation};
use web::{Language, explained};

use crate::config::toml_place;

impl Said for LoadError {
    fn french(&self) -> French {
        match self {
            Self::Unreadable { path, .. } => format!("lecture impossible : {}", path.display()),
            Self::Syntax { file, source } => {
                format!("{file} : {}", of_toml(source.message(), &source.to_string(), "n’est pas un fichier de règles"))
            }
            Self::Parameters { file, rule, from, source } => {
                let wrong = of_toml(source.message(), &source.to_string(), "valeur refusée");
                format!("{file} : paramètres de `{rule}` à partir du {from} : {wrong}")
            }
            Self::Decimal { file, rule, from, field } => format!(
                "{file} : `{rule}` à partir du {from} : {field} est un nombre à virgule ; écrivez des entiers ou \
                 [numérateur, dénominateur]"
            ),
            Self::Reversed { file, rule, from, until } => {
                format!("{file} : `{rule}` : until {until} précède from {from}")
            }
            Self::Overlap { file, rule, scope, from, .. } => {
                format!("{file} : `{rule}` ({scope}) : la disposition à partir du {from} chevauche celle d’avant")
            }
            Self::Hole { file, rule, scope, until, from } => {
                format!("{file} : `{rule}` ({scope}) : aucune disposition entre `until` {until} et `from` {from}")
            }
            Self::UnknownRule { file, rule } => format!("{file} : la règle `{rule}` est inconnue"),
            Self::MissingRule { rule } => format!("aucun fichier n’a la règle `{rule}`"),
            Self::Uncovered { rule, date } => {
                format!("la règle `{rule}` n’est pas en vigueur le {date} : elle doit l’être de 1990 à 2099")
            }
        }
        .into()
    }
}

/// Where a file of rules is wrong, and why, by what its parser tells in all and of the reason; `otherwise` where the words
/// are its own.
fn of_toml(reason: &str, told: &str, otherwise: &str) -> String {
    let place = toml_place(told).map(|(line, column)| format!("ligne {line}, colonne {column} : "));
    let reason = explained(reason);
    let reason = reason.as_ref().map_or(otherwise, |reason| reason.said_in(Language::French));
    format!("{}{reason}", place.unwrap_or_default())
}

impl Said for Violation {
    fn french(&self) -> French {
        match self {
            Self::Overlap => "une demi-journée est prise deux fois".to_owned(),
            Self::Overdrawn { charged, available } => {
                format!("un compteur a été débité de {} et avait {}", charged.in_french(), available.in_french())
            }
            Self::BelowZero { counter, by } => format!("{counter} a été débité de {} de trop", by.in_french()),
            Self::NotPending { leave } => format!("le congé {leave} a été décidé sans être en attente"),
            Self::OtherStep { leave } => format!("le congé {leave} a été décidé à une autre étape que celle attendue"),
            Self::OwnDecision { leave } => format!("le congé {leave} a été décidé par l’agent, ou à sa place"),
            Self::OtherDecider { leave } => {
                format!("le congé {leave} a été décidé par une autre personne que celle que l’événement nomme")
            }
            Self::OwnMatter => "l’agent a agi pour les ressources humaines en sa propre cause".to_owned(),
            Self::OtherDonor => "un don a été déclaré ou repris par un autre que le donateur".to_owned(),
            Self::NotSaved { counter } => {
                format!("{counter} ne s’épargne pas alors sur un compte épargne-temps")
            }
            Self::OverSaved { saved, annual_leave, most, most_annual_leave } => format!(
                "épargne : {}, dont congé annuel {} ; la loi permet {}, dont {}",
                saved.in_french(),
                annual_leave.in_french(),
                most.in_french(),
                most_annual_leave.in_french()
            ),
            Self::NotWaiting { gift } => format!("le don {gift} n’était pas à remettre"),
            Self::AboveLaw { counter, credited, room } => {
                format!(
                    "{counter} a été crédité de {}, et la loi laisse place à {}",
                    credited.in_french(),
                    room.in_french()
                )
            }
            Self::NotTaken { leave } => {
                format!("des demi-journées ont été rendues que le congé {leave} n’avait pas prises")
            }
            Self::NotAsked { leave } => {
                format!("une annulation du congé {leave} a été décidée que personne n’avait demandée")
            }
            Self::Known { leave } => format!("le congé {leave} est déjà au registre"),
            Self::Unknown { leave } => format!("le congé {leave} n’est pas au registre"),
            Self::UnknownSickness { sickness } => format!("la maladie {sickness} n’est pas au registre"),
            Self::NotSick { sickness } => {
                format!("la maladie {sickness} a été écourtée de demi-journées qu’elle n’avait pas")
            }
            Self::UnknownRules { version } => format!("les règles {version} n’avaient pas été mises en vigueur"),
            Self::Miscounted { version } => {
                format!("les demi-journées ne sont pas celles que comptent les règles {version}")
            }
            Self::Untold(NoRight::Week { from, week }) => format!(
                "une semaine de {} est plus longue que la loi ne permet : la durée de travail enregistrée depuis le \
                 {from} est à corriger (décret n° 2000-815, art. 3)",
                week.0
            ),
            Self::Untold(NoRight::Outside(_)) => "attendu : des dates de 1990 à 2099".to_owned(),
        }
        .into()
    }
}
