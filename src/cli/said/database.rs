//! Why there is no database, and what to do about it.

use super::{French, Said};
use journal::embedded::{EmbeddedError, Ending};
use migrations::SchemaError;

impl Said for EmbeddedError {
    fn french(&self) -> French {
        match self {
            Self::Io { path, .. } => format!(
                "opération refusée sur {} : son dossier est-il ouvert à l’écriture, reste-t-il de la place sur son disque ?",
                path.display()
            ),
            Self::LineBreak { path } => {
                format!("le dossier de données {path:?} a un saut de ligne dans son nom : choisissez-en un autre")
            }
            Self::NoPostgres { oldest, looked } => format!(
                "aucun PostgreSQL {oldest} ou plus récent dans {looked} : installez-en un (Debian : apt-get install \
                 postgresql), nommez le dossier d’`initdb` et de `postgres` dans INTRAPARIS_POSTGRES_BIN, ou nommez un \
                 serveur dans DATABASE_URL"
            ),
            Self::NotPostgres { path } => format!(
                "{} ne contient pas `initdb` et `postgres` : corrigez INTRAPARIS_POSTGRES_BIN, ou retirez-la",
                path.display()
            ),
            Self::MajorVersion { path, made_by, installed } => format!(
                "le dossier de données {} vient de PostgreSQL {made_by}, et {} : réinstallez \
                 PostgreSQL {made_by} ; ou, pour passer au nouveau, sauvegardez avec l’ancien (pg_dumpall), déplacez le \
                 dossier, démarrez, et restaurez (psql)",
                path.display(),
                match installed.iter().map(u32::to_string).collect::<Vec<_>>() {
                    none if none.is_empty() => "aucun n’est installé".to_owned(),
                    majors => format!("seul {} est installé", majors.join(", ")),
                }
            ),
            Self::NoVersion { path } => format!(
                "{} ne dit aucune version de PostgreSQL : restaurez le dossier de données d’une sauvegarde, ou déplacez-le pour \
                 repartir de rien",
                path.display()
            ),
            Self::NoUser { wanted } => format!(
                "PostgreSQL refuse de tourner sous root, et il n’y a pas ici de compte `{}` : créez-le, ou lancez le \
                 programme sous un utilisateur ordinaire",
                wanted.replace("` or `", "` ou `")
            ),
            Self::Unreachable { user, path, ancestor } => format!(
                "PostgreSQL tourne sous `{user}` parce que le programme est root, et `{user}` ne peut pas entrer dans {}, \
                 au-dessus de {} : choisissez un lieu comme /var/lib/intraparis, ou chmod o+x {}",
                ancestor.display(),
                path.display(),
                ancestor.display()
            ),
            Self::SocketDirectory { path, user } => format!(
                "le dossier de la socket {} n’est pas un dossier de `{user}` seul : supprimez-le, ou choisissez un dossier \
                 de données au nom plus court",
                path.display()
            ),
            Self::Orphan { pid, path } => format!(
                "le processus {pid} fait tourner PostgreSQL sur {} sans programme à qui il appartienne : arrêtez-le \
                 (kill -INT {pid}), puis relancez",
                path.display()
            ),
            Self::InitDb { path, .. } => format!("création impossible d’une grappe de bases dans {}", path.display()),
            Self::Start { path, logs, status, .. } => format!(
                "PostgreSQL n’a pas démarré sur {} ({status}) ; ses journaux sont dans {}",
                path.display(),
                logs.display()
            ),
            Self::NotReady { path, logs, waited } => format!(
                "PostgreSQL sur {} n’était pas prêt après {waited:?} ; peut-être reprend-il après une panne : voyez {}, ou \
                 allongez le délai",
                path.display(),
                logs.display()
            ),
            Self::Died { path, logs, ending } => format!(
                "PostgreSQL sur {} s’est arrêté sans qu’on le lui demande ({}) ; rien de ce qui est inscrit n’est perdu : relancez ; \
                 ses journaux sont dans {}",
                path.display(),
                match ending {
                    Ending::Status(status) => status.to_string(),
                    Ending::Unseen => "sa fin n’a pas pu être attendue".to_owned(),
                    Ending::WithItsOwner => {
                        "le programme à qui il appartient l’a arrêté, ou les deux ont été tués".to_owned()
                    }
                },
                logs.display()
            ),
            Self::NotStopped { path, pid } => {
                format!("PostgreSQL sur {} ne s’arrête pas : voyez le processus {pid}", path.display())
            }
            Self::NoRoom { looked, needed_mib } => format!(
                "aucune place pour un PostgreSQL temporaire parmi {looked} : il faut à l’un d’eux {needed_mib} Mio libres, et \
                 le droit d’y écrire"
            ),
            Self::Command { program, .. } => format!("{program} ne peut pas être lancé : est-il installé ?"),
            _ => "le PostgreSQL privé est inutilisable".to_owned(),
        }
        .into()
    }
}

impl Said for SchemaError {
    fn french(&self) -> French {
        match self {
            Self::Migrate(_) => "le schéma ne peut pas être amené à celui de cette version".into(),
            Self::NotTheOwner(_) => {
                "le schéma est plus ancien que cette version : que son propriétaire lance d’abord `intraparis migrate`"
                    .into()
            }
        }
    }
}
