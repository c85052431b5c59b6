//! What a unit and its routes of validation refuse.

use super::at;
use crate::problems::{ALREADY_RECORDED, journal};
use commands::NotExecuted;
use commands::unit::UnitRefusal;
use rules::validation::InvalidRoute;
use web::Problem;
use web::kinds::NOT_FOUND;

/// What a unit refuses.
pub(crate) fn unit(error: NotExecuted<UnitRefusal>) -> Problem {
    match error {
        NotExecuted::Journal(error) => journal(error),
        NotExecuted::Refused(refusal) => match refusal {
            UnitRefusal::Unknown => Problem::from(&NOT_FOUND),
            UnitRefusal::AlreadyOpen | UnitRefusal::AlreadyClosed => Problem::from(&ALREADY_RECORDED),
            UnitRefusal::NoStep { rule } => {
                let fr = "au moins une étape : nul congé n’est accordé sans décision";
                at(format!("/rules/{rule}/steps"), fr, refusal)
            }
            UnitRefusal::Route(error) => routes(error),
            UnitRefusal::TooManyRules { most } => at("/rules", format!("au plus {most} règles d’effectif"), refusal),
            UnitRefusal::RuleName { rule, most } => {
                at(format!("/rules/{rule}/name"), format!("attendu : 1 à {most} caractères"), refusal)
            }
            UnitRefusal::RuleTitle { rule, most } => {
                at(format!("/rules/{rule}/title"), format!("attendu : 1 à {most} caractères"), refusal)
            }
            UnitRefusal::SameName { rule } => {
                at(format!("/rules/{rule}/name"), "une autre règle d’effectif porte ce nom", refusal)
            }
            UnitRefusal::Percent { rule } => {
                at(format!("/rules/{rule}/limit/max-absent-percent"), "attendu : 0 à 100", refusal)
            }
            UnitRefusal::Text { field, most } => {
                at(format!("/{field}"), format!("attendu : 1 à {most} caractères"), refusal)
            }
            UnitRefusal::Outside(_) => at("/from", "attendu : une année de 1990 à 2099", refusal),
        },
    }
}

/// What routes of validation refuse.
pub(in crate::leave) fn routes(error: InvalidRoute) -> Problem {
    match error {
        InvalidRoute::TooManyRules { most } => at("/rules", format!("au plus {most} règles de validation"), error),
        InvalidRoute::TooManyTypes { rule, most } => {
            at(format!("/rules/{rule}/types"), format!("il y a {most} types de congé"), error)
        }
        InvalidRoute::TooManySteps { rule, most } => {
            at(format!("/rules/{rule}/steps"), format!("au plus {most} étapes"), error)
        }
        InvalidRoute::NoApprover { rule, step } => {
            at(format!("/rules/{rule}/steps/{step}/by"), "au moins un valideur", error)
        }
        InvalidRoute::TooManyApprovers { rule, step, most } => {
            at(format!("/rules/{rule}/steps/{step}/by"), format!("au plus {most} valideurs"), error)
        }
    }
}
