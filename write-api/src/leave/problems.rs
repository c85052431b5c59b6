//! What each refusal about leave becomes for the client: the field, and the article of the rule.

mod employment;
mod family;
mod law;
mod special;
mod unit;

pub(crate) use employment::employment;
pub(super) use unit::routes;
pub(crate) use unit::unit;

use super::typed;
use crate::problems::{
    ALREADY_RECORDED, INSUFFICIENT_RIGHTS, LEAVE_STATE, TOO_MANY_FEEDS, UNDERSTAFFED, UNIT_IN_USE, journal,
};
use chrono::NaiveDate;
use commands::NotExecuted;
use commands::absence_ledger::AbsenceRefusal;
use commands::calendar_feed::CalendarFeedRefusal;
use commands::delegation::DelegationRefusal;
use events::{AccountId, UnitId};
use rules::NotInForce;
use serde_json::json;
use std::borrow::Cow;
use web::kinds::{NOT_ALLOWED, NOT_FOUND};
use web::{Field, Problem, Text, counted};

fn at(pointer: impl Into<Cow<'static, str>>, fr: impl Into<String>, en: impl ToString) -> Problem {
    Problem::invalid(Field::Pointer(pointer.into()), Text::made(fr.into(), en.to_string()))
}

fn state(fr: &'static str, error: AbsenceRefusal) -> Problem {
    Problem::from(&LEAVE_STATE).detail(Text::made(fr, error.to_string()))
}

/// A rule that no book has for the date that `dated_by` points at.
pub(super) fn not_in_force(error: NotInForce, dated_by: &'static str) -> Problem {
    let fr = format!("aucune règle « {} » n’est en vigueur à cette date", error.rule);
    at(dated_by, fr, error)
}

/// What a ledger refuses, of what a body asks for on the date that `dated_by` points at.
pub(crate) fn absence(error: NotExecuted<AbsenceRefusal>, dated_by: &'static str) -> Problem {
    match error {
        NotExecuted::Refused(refusal) => refused(refusal, dated_by),
        NotExecuted::Journal(error) => journal(error),
    }
}

fn refused(refusal: AbsenceRefusal, dated_by: &'static str) -> Problem {
    use AbsenceRefusal as R;
    match refusal {
        R::UnknownLeave | R::UnknownSickness | R::UnknownGift => Problem::from(&NOT_FOUND),
        R::AlreadyRecorded => Problem::from(&ALREADY_RECORDED),
        R::NotPending { status } => {
            state("La demande a déjà reçu une décision, ou a été retirée.", refusal).member("leave_status", status)
        }
        R::NotGranted { status } => {
            state("Le congé n’est pas accordé : la demande attend encore, ou a été refusée ou retirée.", refusal)
                .member("leave_status", status)
        }
        R::GiftEnded { status } => {
            state("Le don a été repris, ou attribué : il est alors définitif (décret n° 2015-580, art. 4).", refusal)
                .member("gift_status", status)
        }
        R::Emptied => state("Il ne reste rien de la demande : l’agent la retire, ou elle est refusée.", refusal)
            .member("leave_status", "pending")
            .member("half_days", 0),
        R::OtherStep { step } => state("C’est une autre étape qui attend.", refusal).member("due_step", step),
        R::Amended { revision, step, period } => {
            state("La demande a été modifiée depuis que vous l’avez lue.", refusal)
                .member("leave_status", "pending")
                .member("due_step", step)
                .member("revision", revision)
                .member("start", period.start().to_string())
                .member("end", period.end().to_string())
        }
        R::CancellationPending => state("Une annulation est déjà demandée.", refusal),
        R::VoidSickness => state("Il ne reste rien de cet arrêt : il a été enregistré par erreur.", refusal),
        R::NoCertificate => state("Aucun certificat n’a été reçu pour cet arrêt.", refusal),
        R::NoCancellation => state("Aucune annulation n’est demandée.", refusal),
        R::AnsweredAlready => state("Une réponse a déjà été donnée.", refusal),
        R::ApprovedAlready => state("Vous avez déjà approuvé à cette étape.", refusal),
        R::NotDue => state("Le délai n’est pas passé.", refusal),
        R::OwnLeave => not_allowed("Nul ne décide de ses propres congés, ni par délégation.", refusal),
        R::OwnMatter => not_allowed("Nul n’agit pour les ressources humaines dans sa propre affaire.", refusal),
        R::NotAnApprover => not_allowed("Vous n’êtes pas de ceux qui décident à cette étape.", refusal),
        R::NotAsked => not_allowed("Le remplacement ne vous est pas demandé.", refusal),
        R::Understaffed(staffing) => {
            Problem::from(&UNDERSTAFFED).member("breaches", json!(super::warnings::breaches(&staffing)))
        }
        R::Unquotable(unquotable) => law::unquoted(unquotable, dated_by),
        R::Insufficient { counter, available } => Problem::from(&INSUFFICIENT_RIGHTS)
            .detail(Text::made(format!("Le compteur {counter} a {}.", available.in_french()), refusal.to_string()))
            .member("available_half_days", available.get()),
        R::Overdrawn { counter, by } => Problem::from(&INSUFFICIENT_RIGHTS).detail(Text::made(
            format!(
                "Il manque au compteur {counter} {} de ce que prend ce congé, depuis une correction : à régler avec les \
                 ressources humaines.",
                by.in_french()
            ),
            refusal.to_string(),
        )),
        R::OutOfService { on } => at(
            dated_by,
            format!("l’agent n’est pas en service le {on} : nul congé n’est accordé alors (CGFP, art. L.621-1)"),
            refusal,
        ),
        R::DebitEnds => at("/usable_until", "un débit n’a pas de fin (convention)", refusal),
        R::NotOfType { field, .. } => at(
            format!("/{field}"),
            "ce que ce congé prend n’en dépend pas : ce champ est celui d’un autre type (convention)",
            refusal,
        ),
        R::AfterEnd { field, counter, until } => {
            at(format!("/{field}"), format!("{counter} s’utilise jusqu’au {until} (décret n° 85-1250, art. 5)"), refusal)
        }
        R::NotRequestable { .. } => {
            at("/type", "ce type ne se demande pas : les ressources humaines l’enregistrent", refusal)
        }
        R::OfDeposit { place, refusal } => of_deposit(place, *refusal, dated_by),
        R::NoDeposit => at("/deposits", "au moins un versement", refusal),
        R::TooFarAhead { field, most_days } => {
            let detail = Text::made(
                format!("au plus {} à l’avance", counted::fr(most_days, "jour", "jours")),
                refusal.to_string(),
            );
            Problem::invalid(Field::Pointer(format!("/{field}").into()), detail)
        }
        R::Ahead => at("/sent", "cette date n’est pas encore venue", refusal),
        R::NoRelapse => at("/relapse_of", "une rechute suit un arrêt antérieur de l’agent", refusal),
        R::SentBeforeIssue => {
            at("/sent", "un certificat n’est envoyé qu’une fois établi (décret n° 87-602, art. 15)", refusal)
        }
        R::OtherCertificate { from } => at(
            "/issued",
            format!("le certificat de cet arrêt est établi au plus tôt le {from} (décret n° 87-602, art. 15)"),
            refusal,
        ),
        R::Circumstances { .. } => at(
            "/circumstances",
            "attendu : pregnancy, birth, adoption, child ou death_of_child, selon ce congé ; sa durée en dépend",
            "expected pregnancy, birth, adoption, child or death_of_child, as the leave is: its length follows from it",
        ),
        R::OfRight { leave_type, field } => {
            let (fr, en) = law::grant_of_right(leave_type);
            at(
                format!("/{field}"),
                format!("ce congé est de droit : il ne peut être refusé ({fr})"),
                format!("{refusal} ({en})"),
            )
        }
        R::NoMotive(of) => {
            let (fr, _) = typed::motive_article(of);
            at("/motive", format!("un motif est nécessaire ({fr})"), refusal)
        }
        R::NothingToOverride => at("", "aucune règle d’effectif ne serait enfreinte", refusal),
        R::NotAfter => at("/back", "l’arrêt est déjà fini ce jour-là (CGFP, art. L.822-1)", refusal),
        R::NotPartOf => at("/half_days", "attendu : une partie des demi-journées de ce congé", refusal),
        R::Past => at("/half_days", "seules les demi-journées à venir peuvent être rendues", refusal),
        R::OwnReplacement => at("/replacement", "nul ne se remplace lui-même", refusal),
        R::ReplacementLeaves => at("/replacement", "cet agent n’est plus en service à la fin du congé", refusal),
        R::Nothing => at("/half_days", "au moins une demi-journée", refusal),
        R::Reversed => at("/usable_until", "la fin précède le jour d’effet", refusal),
        R::UsableTooLong { until } => at(
            "/usable_until",
            format!("un congé reporté se prend au plus tard le {until} (décret n° 85-1250, art. 5-1)"),
            refusal,
        ),
        R::SicknessTooLong { most_days } => {
            let most = counted::fr(most_days, "jour", "jours");
            at("/last", format!("un congé de maladie dure au plus {most} (CGFP, art. L.822-12)"), refusal)
        }
        R::AboveLaw { counter, room } => {
            at("/half_days", format!("{} : {}", counter, law::room(counter, room)), refusal)
        }
        R::Counter { counter } => at("/counter", format!("le compteur {counter} ne sert pas à cela"), refusal),
        R::NoTimeSavings => at("", "aucun compte épargne-temps n’est ouvert (décret n° 2004-878, art. 1)", refusal),
        R::Deposit { most, annual_leave } => at(
            "/deposits",
            format!(
                "au plus {} à épargner, dont {annual_leave} de congé annuel (décret n° 2004-878, art. 3)",
                most.in_french()
            ),
            refusal,
        ),
        R::SavedUntaken { year } => at(
            "",
            format!("du congé annuel de {year} a été épargné parce que celui-ci est pris (décret n° 2004-878, art. 3)"),
            refusal,
        ),
        R::OtherOccasion => at(
            "/special_motive",
            "l’absence a un autre motif ou un autre jour : cela s’enregistre à part (CGFP, art. L.622-1)",
            refusal,
        ),
        R::Running { counter } => at(
            "/counter",
            format!("{counter} : l’année n’est pas finie, son congé peut encore être pris (décret n° 85-1250, art. 5)"),
            refusal,
        ),
        R::Unserved { counter, by } => at(
            dated_by,
            format!(
                "ce congé n’est pas un service : {} de {counter} pris ou demandés ne seraient pas acquis (CGFP, art. L.621-1 ; décret n° 85-1250, art. 2 ; décret n° 2000-815, art. 1)",
                by.in_french()
            ),
            refusal,
        ),
        R::Unearned { counter, by } => at(
            "/half_days",
            format!(
                "ce congé a donné des jours de {counter} qui sont pris : {} de trop (décret n° 85-1250, art. 1)",
                by.in_french()
            ),
            refusal,
        ),
        R::EmploymentUnknown => at(dated_by, "la situation de l’agent à cette date n’est pas assez connue", refusal),
        R::NotInForce(error) => not_in_force(error, dated_by),
        R::NoRight(untold) => law::untold(untold, dated_by),
        R::Outside(_) => at(dated_by, "la date est hors des règles", refusal),
        R::ChoiceOpen { until } => {
            at("/year", format!("l’agent peut choisir jusqu’au {until} (décret n° 2004-878, art. 5)"), refusal)
        }
        R::Split(split) => law::not_split(split),
        R::Uncarried(uncarried) => law::not_carried(uncarried),
        R::Family(refused) => family::not_given(refused, dated_by),
        R::Special(refused) => special::not_absent(refused),
        R::Training(training) => law::not_trained(training),
        R::Carer(carer) => law::not_cared_for(carer),
        R::Gift(gift) => law::not_given_away(gift),
        R::Opening(opening) => law::not_opened(opening),
    }
}

/// A deposit of several.
fn of_deposit(place: usize, refusal: AbsenceRefusal, dated_by: &'static str) -> Problem {
    let at = |field: &str, fr: String| at(format!("/deposits/{place}/{field}"), fr, &refusal);
    match refusal {
        AbsenceRefusal::Counter { counter } => at("counter", format!("le compteur {counter} ne sert pas à cela")),
        AbsenceRefusal::Nothing => at("half_days", "au moins une demi-journée".to_owned()),
        other => refused(other, dated_by),
    }
}

pub(super) fn not_allowed(fr: &'static str, en: impl ToString) -> Problem {
    Problem::from(&NOT_ALLOWED).detail(Text::made(fr, en.to_string()))
}

/// What a delegation refuses.
pub(super) fn delegation(error: NotExecuted<DelegationRefusal>) -> Problem {
    use DelegationRefusal as R;
    match error {
        NotExecuted::Journal(error) => journal(error),
        NotExecuted::Refused(refusal) => match refusal {
            R::Unknown => Problem::from(&NOT_FOUND),
            R::NotYours => {
                not_allowed("Une délégation est retirée par qui l’a donnée, ou par les ressources humaines.", refusal)
            }
            R::AlreadyRevoked | R::AlreadyGranted => Problem::from(&ALREADY_RECORDED),
            R::OfARole => {
                let fr = "ce que décident les ressources humaines tient à leur rôle : le délégataire doit l’avoir";
                at("/to", fr, refusal)
            }
            R::ToOneself => at("/to", "nul ne délègue à lui-même", refusal),
            R::Reversed => at("/last", "la fin précède le début", refusal),
            R::Past => at("/last", "le dernier jour est passé", refusal),
            R::TooWide { field, most } => at(format!("/{field}"), format!("au plus {most}"), refusal),
            R::TooLong { most_days } => {
                at("/last", format!("une délégation dure au plus {}", counted::fr(most_days, "jour", "jours")), refusal)
            }
        },
    }
}

/// What a feed refuses.
pub(super) fn feed(error: NotExecuted<CalendarFeedRefusal>) -> Problem {
    match error {
        NotExecuted::Journal(error) => journal(error),
        NotExecuted::Refused(CalendarFeedRefusal::Unknown) => Problem::from(&NOT_FOUND),
        NotExecuted::Refused(CalendarFeedRefusal::AlreadyOpen | CalendarFeedRefusal::AlreadyRevoked) => {
            Problem::from(&ALREADY_RECORDED)
        }
    }
}

/// A decision at a step, of many, that does not say which.
pub(super) fn no_step() -> Problem {
    at("/step", "champ obligatoire", "required")
}

/// Agents, or units below, that would be left in a unit that closes.
pub(super) fn unit_in_use(agents: &[AccountId], units: &[UnitId]) -> Problem {
    let detail = Text::made(
        format!("Restent {} agents et {} unités.", agents.len(), units.len()),
        format!("{} agents and {} units are left.", agents.len(), units.len()),
    );
    let agents: Vec<_> = agents.iter().map(ToString::to_string).collect();
    let units: Vec<_> = units.iter().map(ToString::to_string).collect();
    Problem::from(&UNIT_IN_USE).detail(detail).member("agents", agents).member("units", units)
}

/// More calendar feeds than one may have.
pub(super) fn too_many_feeds(most: usize) -> Problem {
    let detail = Text::made(format!("Au plus {most} à la fois."), format!("At most {most} at a time."));
    Problem::from(&TOO_MANY_FEEDS).detail(detail).member("most", most)
}

/// Nobody gives days to himself.
pub(super) fn to_oneself() -> Problem {
    at("/to", "nul ne se donne de jours à lui-même", "nobody gives days to himself")
}

/// What says more of the motive of a special absence, where there is none.
pub(super) fn without_motive(field: &'static str) -> Problem {
    at(
        field,
        "ce champ précise le motif d’une autorisation spéciale d’absence, qui n’est pas dit (convention)",
        "this tells more of the motive of a special absence, which is not said (convention)",
    )
}

/// A unit that was never opened.
pub(super) fn unknown_unit(pointer: impl Into<Cow<'static, str>>) -> Problem {
    at(pointer, "cette unité n’existe pas", "there is no such unit")
}

/// A unit that is closed by then.
pub(crate) fn closed_unit(pointer: impl Into<Cow<'static, str>>, closed: NaiveDate) -> Problem {
    at(pointer, format!("cette unité est fermée après le {closed}"), format!("the unit is closed after {closed}"))
}

/// A manager, a validator or a replacement whom nobody knows.
pub(super) fn unknown_person(pointer: impl Into<Cow<'static, str>>) -> Problem {
    at(pointer, "cet agent n’existe pas", "there is no such agent")
}

/// A manager whom the agent manages, himself or through others.
pub(crate) fn managed_in_turn(field: &'static str) -> Problem {
    at(
        field,
        "deux personnes seraient chacune le supérieur de l’autre, directement ou non, un jour au moins",
        "two would manage each other, directly or not, on some day",
    )
}
