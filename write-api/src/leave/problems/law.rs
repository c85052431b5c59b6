//! What the rules of law refuse, each with its article.

use super::{at, not_in_force};
use crate::problems::{INSUFFICIENT_RIGHTS, OVERLAPPING_ABSENCE};
use events::leave::{Counter, CounterKind, LeaveType};
use rules::HalfDays;
use rules::carer::CarerRefused;
use rules::carry_over::NotCarried;
use rules::cet::{CetOpeningRefused, SplitRefused};
use rules::gift::GiftRefused;
use rules::ledger::{NoRight, Uncarried, Unquotable};
use rules::training::TrainingRefused;
use web::{Problem, Text, counted};

/// The choice over saved days.
pub(super) fn not_split(error: SplitRefused) -> Problem {
    match error {
        SplitRefused::Sum { chosen, optional } => at(
            "",
            format!(
                "le choix porte sur {}, et il y a à en répartir {optional} (décret n° 2004-878, art. 5)",
                chosen.in_french()
            ),
            error,
        ),
        SplitRefused::Pension => at(
            "/pension",
            "seuls les fonctionnaires convertissent des jours en points de retraite (décret n° 2004-878, art. 5)",
            error,
        ),
        SplitRefused::Early(from) => {
            at("/year", format!("le choix se fait à partir du {from} (décret n° 2004-878, art. 5)"), error)
        }
        SplitRefused::Late(until) => {
            at("/year", format!("le choix se faisait jusqu’au {until} (décret n° 2004-878, art. 5)"), error)
        }
        SplitRefused::NoRule(year) => at(
            "/year",
            format!("aucune règle sur les jours épargnés n’est en vigueur fin {year} (décret n° 2004-878, art. 4)"),
            error,
        ),
        SplitRefused::Unknown(year) => at(
            "/year",
            format!("la situation de l’agent fin {year} n’est pas connue (décret n° 2004-878, art. 4)"),
            error,
        ),
        SplitRefused::Outside(_) => at("/year", "attendu : une année de 1990 à 2098", error),
    }
}

/// A time-savings account that the law does not let open.
pub(super) fn not_opened(error: CetOpeningRefused) -> Problem {
    let fr = match error {
        CetOpeningRefused::Status => {
            "ce statut n’ouvre pas de compte épargne-temps (décret n° 2004-878, art. 2)".to_owned()
        }
        CetOpeningRefused::Service { required, served } => {
            format!("{required} mois de services sont nécessaires, l’agent en a {served} (décret n° 2004-878, art. 2)")
        }
    };
    at("", fr, error)
}

/// A gift that the law does not allow.
pub(super) fn not_given_away(error: GiftRefused) -> Problem {
    match error {
        GiftRefused::NotWhole => {
            at("/half_days", "un don porte sur des jours entiers (décret n° 2015-580, art. 5)", error)
        }
        GiftRefused::TooMuch { givable, offered } => at(
            "/half_days",
            format!("jours offerts : {offered} ; jours qui peuvent l’être : {givable} (décret n° 2015-580, art. 2)"),
            error,
        ),
        GiftRefused::Beneficiary { left } => at(
            "/to",
            format!("jours que cet agent peut encore recevoir cette année : {left} (décret n° 2015-580, art. 5)"),
            error,
        ),
        GiftRefused::Left => at("/to", "cet agent n’est plus en service (décret n° 2015-580, art. 1)", error),
        GiftRefused::OtherEmployer => {
            at("/to", "des jours se donnent à un agent du même employeur (décret n° 2015-580, art. 1)", error)
        }
    }
}

/// The most that a counter may be credited, with the article.
pub(super) fn room(counter: Counter, room: HalfDays) -> String {
    let article = match counter.kind() {
        CounterKind::CarriedOver => "ce qui reste du congé de l’année ; décret n° 85-1250, art. 5 et 5-1",
        CounterKind::TimeSavings => "plafond du compte ; décret n° 2004-878, art. 7-1",
        CounterKind::DonatedDays => "jours reçus dans l’année ; décret n° 2015-580, art. 5",
        CounterKind::SickChild => "agent seul, ou dont le conjoint n’a pas ce droit ; circulaire du 20 juillet 1982",
        CounterKind::Fractionnement => "bonification la plus forte ; décret n° 85-1250, art. 1",
        CounterKind::AnnualLeave => {
            "droits d’une année entière et autant d’avance ; décret n° 85-1250, art. 1 ; avance : convention"
        }
        CounterKind::Rtt => {
            "droits d’une année entière et autant d’avance ; décret n° 2000-815, art. 1 ; avance : convention"
        }
    };
    format!("au plus {} à créditer ({article})", room.in_french())
}

/// Leave that is not carried over.
pub(super) fn not_carried(error: Uncarried) -> Problem {
    let by = |field, fr: &str| at(field, format!("{fr} (décret n° 85-1250, art. 5-1)"), error);
    match error {
        Uncarried::Running(year) => {
            by("/year", &format!("l’année {year} n’est pas finie, son congé peut encore être pris"))
        }
        Uncarried::NoHindrance(year) => by(
            "/by",
            &format!(
                "aucune absence de cette nature n’est enregistrée pendant que le congé de {year} pouvait être pris"
            ),
        ),
        Uncarried::OtherReturn(on) => by("/return_date", &format!("l’absence se termine par un retour le {on}")),
        Uncarried::Nothing(year) => by("/year", &format!("rien du congé annuel de {year} n’est reporté")),
        Uncarried::NotPrevented(year) => {
            by("/by", &format!("ce qui reste du congé de {year} pouvait être pris après le retour"))
        }
        Uncarried::Ended(until) => by("/return_date", &format!("le report prenait fin le {until}, avant de commencer")),
        Uncarried::NoPattern(_) => by("/return_date", "l’agent n’a pas de cycle de travail ce jour-là"),
        Uncarried::NotCarried(NotCarried::Hindrance(_)) => {
            by("/by", "aucun report après ce congé n’est en vigueur à la date du retour")
        }
        Uncarried::NotInForce(_) | Uncarried::NotCarried(NotCarried::Outside(_)) => {
            by("/return_date", "aucune règle de report n’est en vigueur à cette date")
        }
        Uncarried::NoRight(_) | Uncarried::Outside(_) => at("/year", "attendu : une année de 1990 à 2098", error),
    }
}

/// A training leave that the law does not let ask for.
pub(super) fn not_trained(error: TrainingRefused) -> Problem {
    match error {
        TrainingRefused::Empty => at("/last", "un congé de formation dure au moins un mois", error),
        TrainingRefused::Late(by) => at(
            "/first",
            format!("un congé de formation se demande au plus tard le {by} (décret n° 2007-1845, art. 15)"),
            error,
        ),
        TrainingRefused::Service { required, served } => at(
            "/first",
            format!(
                "{required} mois de services sont nécessaires, l’agent en a {served} (décret n° 2007-1845, art. 11)"
            ),
            error,
        ),
        TrainingRefused::Career { left, asked } => at(
            "/last",
            format!("{asked} mois sont demandés, {left} restent dans la carrière (décret n° 2007-1845, art. 12)"),
            error,
        ),
        TrainingRefused::Outside(_) => at("/first", "attendu : des dates de 1990 à 2099", error),
    }
}

/// A carer leave that the law does not let ask for.
pub(super) fn not_cared_for(error: CarerRefused) -> Problem {
    match error {
        CarerRefused::Length(most) => {
            at("/last", format!("ce congé dure 1 à {most} mois à la fois (CGFP, art. L.634-1)"), error)
        }
        CarerRefused::Career { left, asked } => at(
            "/last",
            format!("{asked} mois sont demandés, {left} restent dans la carrière (CGFP, art. L.634-1)"),
            error,
        ),
        CarerRefused::Late(by) => {
            at("/first", format!("ce congé se demande au plus tard le {by} (décret n° 2020-1557, art. 3)"), error)
        }
        CarerRefused::TooShort(least) => {
            at("/last", format!("une partie dure au moins {} (décret n° 2020-1557, art. 2)", least.in_french()), error)
        }
        CarerRefused::Outside(_) => at("/first", "attendu : des dates de 1990 à 2099", error),
    }
}

/// A leave that the counters, the calendar or other leave do not let be had.
pub(super) fn unquoted(error: Unquotable, dated_by: &'static str) -> Problem {
    match error {
        Unquotable::Overlapping { .. } => Problem::from(&OVERLAPPING_ABSENCE)
            .detail(Text::made("Une demi-journée de la période est déjà prise ou demandée.", error.to_string())),
        Unquotable::Insufficient { leave_type, asked, available } => {
            let (fr, en) = source_of_right(leave_type);
            Problem::from(&INSUFFICIENT_RIGHTS)
                .detail(Text::made(
                    format!("Demandé : {} ; disponible : {} ({fr}).", asked.in_french(), available.in_french()),
                    format!("{error} ({en})"),
                ))
                .member("asked_half_days", asked.get())
                .member("available_half_days", available.get())
        }
        Unquotable::Empty(_) => at(
            "/first",
            "aucun travail n’est dû sur cette période : un congé prend au moins une demi-journée ouvrée (décret n° 85-1250, art. 1)",
            format!("{error} (D 85-1250 art. 1)"),
        ),
        Unquotable::TooLong { longest_days } => at(
            "/last",
            format!("ce congé dure au plus {} d’affilée (convention)", counted::fr(longest_days, "jour", "jours")),
            format!("{error} (convention)"),
        ),
        Unquotable::Stretch { stretch, limit } => at(
            "/last",
            format!(
                "{} d’absence d’affilée à partir du {}, {limit} au plus (décret n° 85-1250, art. 4)",
                stretch.length.in_french(),
                stretch.first_day()
            ),
            error,
        ),
        Unquotable::NotInForce(error) => not_in_force(error, dated_by),
        Unquotable::NoRight(untold) => self::untold(untold, dated_by),
    }
}

/// Rights that cannot be told.
pub(super) fn untold(error: NoRight, dated_by: &'static str) -> Problem {
    match error {
        NoRight::Week { from, week } => at(
            "",
            format!(
                "une semaine de {} est plus longue que la loi ne permet : les ressources humaines ont à corriger la \
                 durée de travail enregistrée depuis le {from} (décret n° 2000-815, art. 3)",
                week.0
            ),
            error,
        ),
        NoRight::Outside(_) => at(dated_by, "les droits à cette date ne peuvent être calculés", error),
    }
}

/// The text that grants leave of a type of right.
pub(super) const fn grant_of_right(leave_type: LeaveType) -> (&'static str, &'static str) {
    match leave_type {
        LeaveType::Maternity => ("CGFP, art. L.631-3", "CGFP L.631-3"),
        LeaveType::Paternity => ("CGFP, art. L.631-9", "CGFP L.631-9"),
        LeaveType::ExtraBirthLeave => ("code du travail, art. L.1225-46-2", "Code du travail L.1225-46-2"),
        LeaveType::Adoption => ("CGFP, art. L.631-8", "CGFP L.631-8"),
        LeaveType::ParentalPresence => ("CGFP, art. L.632-1", "CGFP L.632-1"),
        LeaveType::EndOfLife => ("CGFP, art. L.633-1", "CGFP L.633-1"),
        LeaveType::Carer => ("CGFP, art. L.634-1", "CGFP L.634-1"),
        LeaveType::SpecialAbsence => ("CGFP, art. L.622-1 et L.622-2", "CGFP L.622-1 and L.622-2"),
        LeaveType::TimeSavings => ("décret n° 2004-878, art. 8", "D 2004-878 art. 8"),
        LeaveType::AnnualLeave
        | LeaveType::Rtt
        | LeaveType::BonifiedLeave
        | LeaveType::SickChild
        | LeaveType::Training
        | LeaveType::DonatedDays
        | LeaveType::Unpaid
        | LeaveType::Unjustified => ("CGFP, art. L.621-1", "CGFP L.621-1"),
    }
}

/// The text that gives the days of a type of leave.
const fn source_of_right(leave_type: LeaveType) -> (&'static str, &'static str) {
    match leave_type {
        LeaveType::SickChild => ("circulaire n° 1475 du 20 juillet 1982", "circular of 20 July 1982"),
        LeaveType::Rtt => ("décret n° 2000-815, art. 1", "D 2000-815 art. 1"),
        LeaveType::TimeSavings => ("décret n° 2004-878, art. 3", "D 2004-878 art. 3"),
        LeaveType::DonatedDays => ("décret n° 2015-580", "D 2015-580"),
        _ => ("décret n° 85-1250, art. 1", "D 85-1250 art. 1"),
    }
}
