//! What the law refuses of leave that a birth, an adoption or a sick child gives.

use super::{at, not_in_force};
use rules::family::{ExtraBirthLeaveRefused, FamilyLeaveRefused, InvalidFamily, MaternityRefused, PeriodsRefused};
use web::{Problem, counted};

/// A family leave beyond what the law gives.
pub(super) fn not_given(error: FamilyLeaveRefused, dated_by: &'static str) -> Problem {
    use FamilyLeaveRefused as F;
    let about = |fr: String| at("/circumstances", fr, error);
    match error {
        F::OtherCircumstances => about("ces circonstances sont celles d’un autre congé".to_owned()),
        F::Maternity { first, last } => at(
            "/last",
            format!(
                "le congé de maternité va du {first} au {last} (CGFP, art. L.631-3 ; code du travail, art. L.1225-17 à L.1225-19)"
            ),
            error,
        ),
        F::Weeks(MaternityRefused::TooManyWeeksMoved { most, .. }) => {
            about(format!("{most} semaines au plus se reportent après la naissance (code du travail, art. L.1225-17)"))
        }
        F::Weeks(MaternityRefused::OtherBirth { first, last }) => at(
            "/circumstances/pregnancy/born",
            format!(
                "une naissance attendue ce jour-là a lieu du {first} au {last} (code du travail, art. L.1225-20 et L.1225-21 ; convention)"
            ),
            error,
        ),
        F::BeforeBirth(first) => at(
            "/first",
            format!("le congé de naissance et de paternité commence le {first} (décret n° 2021-846, art. 8)"),
            error,
        ),
        F::Parts(parts) => at("/last", format!("{} (décret n° 2021-846, art. 13)", part(parts)), error),
        F::Late(by) => at(
            "/first",
            format!("cette partie du congé de paternité se demande avant le {by} inclus (décret n° 2021-846, art. 13)"),
            error,
        ),
        F::Extra(ExtraBirthLeaveRefused::BornBefore(from)) => {
            about(format!("ce congé est ouvert aux naissances à partir du {from} (LFSS 2026, art. 99)"))
        }
        F::Extra(ExtraBirthLeaveRefused::TakenBefore(from)) => {
            at("/first", format!("ce congé se prend à partir du {from} (LFSS 2026, art. 99)"), error)
        }
        F::Extra(ExtraBirthLeaveRefused::BeforeBirth(born)) => at(
            "/first",
            format!("ce congé se prend après la naissance, le {born} (code du travail, art. L.1225-46-2)"),
            error,
        ),
        F::Extra(ExtraBirthLeaveRefused::Length { most, .. }) => {
            at("/last", format!("ce congé dure 1 à {most} mois en tout (code du travail, art. L.1225-46-2)"), error)
        }
        F::Adoption { most, asked } => at(
            "/last",
            format!(
                "le congé d’adoption dure {}, et non {asked} (CGFP, art. L.631-8 ; code du travail, art. L.1225-37)",
                counted::fr(most, "jour", "jours")
            ),
            error,
        ),
        F::Arrival { first, last } => {
            let until = last.map(|last| format!(" et jusqu’au {last}")).unwrap_or_default();
            at(
                "/circumstances/adoption/arrived",
                format!("le congé d’adoption se prend à partir du {first}{until} (décret n° 2023-873)"),
                error,
            )
        }
        F::SameBirth { first, last } => at(
            "/circumstances/pregnancy/due",
            format!(
                "le congé de maternité du {first} au {last} est pour la même naissance, qui donne un congé (CGFP, art. L.631-3 ; convention)"
            ),
            error,
        ),
        F::SamePaternity { first, last } => at(
            "/circumstances/birth/born",
            format!(
                "le congé de paternité du {first} au {last} est pour la même naissance, qui donne un congé (CGFP, art. L.631-9 ; convention)"
            ),
            error,
        ),
        F::Contrary { first, last } => about(format!(
            "pour le congé du {first} au {last}, qui est pour le même enfant, d’autres circonstances ont été dites, selon lesquelles la loi donne autrement (CGFP, art. L.631-1 ; convention)"
        )),
        F::Children(InvalidFamily::NobodyAdopted) => {
            at("/circumstances/adoption/adopted", "au moins un enfant est adopté (CGFP, art. L.631-8)", error)
        }
        F::Children(InvalidFamily::NotInCharge) => at(
            "/circumstances/adoption/in_charge",
            "les enfants adoptés sont parmi ceux à charge (CGFP, art. L.631-8)",
            error,
        ),
        F::Children(InvalidFamily::TooMany { most }) => at(
            "/circumstances/adoption/in_charge",
            format!("une famille a au plus {most} enfants à charge (CGFP, art. L.631-8 ; convention)"),
            error,
        ),
        F::Age(most) => {
            about(format!("l’enfant a au plus {most} ans, sauf handicap (circulaire n° 1475 du 20 juillet 1982)"))
        }
        F::NotInForce(error) => not_in_force(error, dated_by),
        F::Weeks(MaternityRefused::Outside(_)) | F::Outside(_) => {
            about("attendu : des dates de 1990 à 2099".to_owned())
        }
    }
}

fn part(error: PeriodsRefused) -> String {
    match error {
        PeriodsRefused::TooManyPeriods(most) => format!("ce congé se prend en {most} parties au plus"),
        PeriodsRefused::TooShort { least, .. } => {
            format!("une partie dure au moins {}", counted::fr(least, "jour", "jours"))
        }
        PeriodsRefused::TooManyDays { asked, remaining } => {
            format!("{}, il en reste {remaining}", counted::fr(asked, "jour est demandé", "jours sont demandés"))
        }
        PeriodsRefused::OutsideWindow(last) => format!("ce congé se prend au plus tard le {last}"),
        PeriodsRefused::Overlapping(date) => format!("deux parties se chevauchent le {date}"),
        PeriodsRefused::Outside(_) => "attendu : des dates de 1990 à 2099".to_owned(),
    }
}
