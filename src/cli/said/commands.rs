//! Why a command was not executed.

use super::{French, Said};
use commands::NotExecuted;
use commands::account::{AccountRefusal, InvalidLockoutPolicy};
use commands::audit::AuditRefusal;
use commands::projection::ProjectionRefusal;
use commands::rule_set::{Faulty, RuleSetRefusal};
use commands::vault::VaultRefusal;
use std::error::Error;

impl<R: Said + Error + 'static> Said for NotExecuted<R> {
    fn french(&self) -> French {
        match self {
            Self::Refused(refusal) => refusal.french(),
            Self::Journal(error) => error.french(),
        }
    }
}

impl Said for AccountRefusal {
    fn french(&self) -> French {
        match self {
            Self::AlreadyProvisioned => "le compte est déjà ouvert".into(),
            Self::NotProvisioned => "le compte n’est pas ouvert".into(),
            Self::Suspended => "le compte est suspendu".into(),
            Self::NotSuspended => "le compte n’est pas suspendu".into(),
            Self::CredentialNotInForce => "le secret présenté n’ouvre plus le compte".into(),
            Self::SlotsBusy { until } => {
                format!("des tentatives en cours occupent toutes les places, la première jusqu’à {until}").into()
            }
            Self::AttemptAlreadyOpen { attempt } => format!("la tentative {attempt} occupe déjà une place").into(),
            Self::AttemptNotOpen { attempt } => format!("la tentative {attempt} n’occupe aucune place").into(),
            Self::RoleAlreadyHeld { role } => format!("le rôle {role} est déjà attribué").into(),
            Self::RoleNotHeld { role } => format!("le rôle {role} n’est pas attribué").into(),
            Self::OwnRole => "nul ne s’attribue un rôle".into(),
            Self::OwnInitialCode => "nul ne se délivre un code initial".into(),
            Self::NotTheIssuer { issuer } => {
                format!("le code initial de ce compte est délivré par le rôle {issuer}").into()
            }
            Self::OwnSuspension => "nul ne lève sa propre suspension".into(),
        }
    }
}

impl Said for AuditRefusal {
    fn french(&self) -> French {
        match self {
            Self::AlreadyDeclared { reading } => format!("la consultation {reading} est déjà déclarée").into(),
            Self::EmptyPeriod { from, until } => {
                format!("aucun instant n’est à la fois dès {from} et avant {until}").into()
            }
            Self::UnknownEventType { index } => {
                format!("aucun genre d’événement n’a le nom de rang {index} parmi ceux demandés").into()
            }
        }
    }
}

impl Said for ProjectionRefusal {
    fn french(&self) -> French {
        match self {
            Self::AlreadySkipped { position } => format!("l’événement {position} est déjà laissé de côté").into(),
            Self::NotHaltedAt { position } => format!(
                "la projection n’est pas arrêtée en {position} : seul l’événement qui l’arrête peut être laissé de côté"
            )
            .into(),
            Self::NotLeftOut { position } => {
                format!("rien n’est laissé de côté à l’événement {position}, ni à partir de lui").into()
            }
            Self::AlreadyQuarantined { stream } => format!("le flux {stream} est déjà laissé de côté").into(),
        }
    }
}

impl Said for RuleSetRefusal {
    fn french(&self) -> French {
        match self {
            Self::Faulty(Faulty(error)) => format!("ces règles sont inutilisables : {}", error.french()).into(),
            Self::Edited { rule, from, on } => format!(
                "`{rule}` à partir du {from} était en vigueur le {on} : elle prend fin après ce jour et une autre la suit, \
                 elle ne se modifie pas"
            )
            .into(),
            Self::Unfollowed { rule, until } => format!(
                "`{rule}` prend fin le {until} et rien ne la suit : ce qui se décide ensuite ne trouverait aucune règle"
            )
            .into(),
            Self::Moved => "d’autres règles ont été activées entre-temps".into(),
        }
    }
}

impl Said for VaultRefusal {
    fn french(&self) -> French {
        match self {
            Self::OwnErasure => "nul ne s’efface soi-même".into(),
            Self::TooRecent { earliest } => {
                format!("l’origine des connexions se garde six mois : rien ne s’en supprime à partir du {earliest}")
                    .into()
            }
        }
    }
}

impl Said for InvalidLockoutPolicy {
    fn french(&self) -> French {
        match self {
            Self::MaxFailures => "max_failures vaut au moins 1".into(),
            Self::Slot => "slot dure plus de 0 seconde".into(),
        }
    }
}
