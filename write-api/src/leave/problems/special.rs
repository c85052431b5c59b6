//! What the law refuses of special absences.

use super::at;
use rules::special_absence::SpecialAbsenceRefused;
use web::{Problem, counted};

/// A special absence without a motive, or beyond what it gives.
pub(super) fn not_absent(error: SpecialAbsenceRefused) -> Problem {
    use SpecialAbsenceRefused as S;
    let (field, fr) = match &error {
        S::Motive { known } => ("/special_motive", format!("attendu : {} (CGFP, art. L.622-1)", known.join(", "))),
        S::Age => (
            "/circumstances",
            "attendu : death_of_child, avec l’âge de l’enfant ; ce qui est accordé en dépend (CGFP, art. L.622-2)"
                .to_owned(),
        ),
        S::OtherCircumstances => (
            "/circumstances",
            "ce que ce motif donne ne dépend pas de ces circonstances (CGFP, art. L.622-1)".to_owned(),
        ),
        S::OtherAge => (
            "/circumstances/death_of_child",
            "un autre âge de cet enfant a été dit avant, selon lequel la loi donne autrement (CGFP, art. L.622-2)"
                .to_owned(),
        ),
        S::Travel { most_hours } => (
            "/circumstances/travel/hours",
            format!("ce motif donne {} de route", counted::fr(*most_hours, "heure", "heures")),
        ),
        S::NoDay => (
            "/occurred_on",
            "champ obligatoire pour ce motif : ce qui est accordé l’est pour un événement (CGFP, art. L.622-1)"
                .to_owned(),
        ),
        S::NeedlessDay => {
            ("/occurred_on", "ce que ce motif donne ne dépend d’aucun jour (CGFP, art. L.622-1)".to_owned())
        }
        S::Days { given, before } => (
            "/last",
            format!(
                "ce motif donne {} pour un événement ; déjà pris ou demandé : {before} (CGFP, art. L.622-1)",
                given.in_french()
            ),
        ),
        S::Dates { given, before } => (
            "/last",
            format!(
                "ce motif donne {} pour une procédure ; déjà pris ou demandé : {before} (CGFP, art. L.622-1)",
                counted::fr(*given, "date", "dates")
            ),
        ),
        S::DatesAtOnce { most } => (
            "/last",
            format!(
                "ce motif donne {} à la fois (CGFP, art. L.622-1 ; code du travail, art. L.1225-16)",
                counted::fr(*most, "date", "dates")
            ),
        ),
        S::Number { most } => {
            ("/event_number", format!("attendu : 1 à {most} pour un même jour (CGFP, art. L.622-1 ; convention)"))
        }
        S::Recurrence(recurrence) => (
            "/occurred_on",
            format!(
                "ce que ce motif donne l’est au plus {} en {} ({} ; convention)",
                counted::fr(recurrence.events, "fois", "fois"),
                counted::fr(recurrence.within_days, "jour", "jours"),
                recurrence.source
            ),
        ),
        S::Outside { first, last } => (
            "/occurred_on",
            format!("ce que ce motif donne se prend du {first} au {last} (CGFP, art. L.622-1 et L.622-2)"),
        ),
        S::Unsupported(_) => ("/occurred_on", "attendu : une date de 1990 à 2099".to_owned()),
    };
    at(field, fr, error)
}
