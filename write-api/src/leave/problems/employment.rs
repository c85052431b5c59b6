//! What an employment refuses.

use super::at;
use crate::problems::journal;
use commands::NotExecuted;
use commands::employment::EmploymentRefusal;
use web::Problem;

/// What an employment refuses.
pub(crate) fn employment(error: NotExecuted<EmploymentRefusal>) -> Problem {
    use EmploymentRefusal as R;
    match error {
        NotExecuted::Journal(error) => journal(error),
        NotExecuted::Refused(refusal) => match &refusal {
            R::Unknown { .. } => {
                at("/from", "aucune valeur de cet attribut n’est enregistrée à partir de ce jour", &refusal)
            }
            R::NeverEntered => at("/entered", "l’agent n’est jamais entré au service de la Ville", &refusal),
            R::InService { .. } => at("/entered", "l’agent est déjà en service à cette date", &refusal),
            R::NotLeft { .. } => {
                at("/entered", "l’agent n’aurait pas quitté le service avant sa prochaine entrée", &refusal)
            }
            R::EnteredAgain { .. } => {
                at("/attribute", "l’agent est entré de nouveau ensuite : cette entrée est d’abord à retirer", &refusal)
            }
            R::NotInService { .. } => at("/left", "l’agent n’est pas en service à cette date", &refusal),
            R::OwnManager => at("/manager", "nul n’est son propre supérieur", &refusal),
            R::Week { most } => at(
                "/working_time/full_time_week_minutes",
                format!("attendu : 1 à {most}, soit 48 heures au plus (décret n° 2000-815, art. 3)"),
                &refusal,
            ),
            R::Title { most } => at("/title", format!("attendu : 1 à {most} caractères"), &refusal),
            R::Outside(_) => at("/from", "attendu : une année de 1990 à 2099", &refusal),
            R::Withdrawal => Problem::internal(refusal),
        },
    }
}
