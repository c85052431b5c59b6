//! `intraparis vault`: the end of keys, and a new master key.

use super::answered::Answered;
use super::named::{known, somebody_of};
use crate::serve::Service;
use anyhow::Context;
use chrono::{NaiveDate, NaiveTime};
use clap::Subcommand;
use commands::Execution;
use commands::vault::{OrderErasure, OrderExpiry, OrderReapplication, OrderRotation, VaultCommand, VaultUpkeep};
use events::Position;
use events::vault::VaultEvent;
use futures::TryStreamExt;
use migrations::Role;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use uuid::Uuid;
use vault::{Month, Purpose, Receipt, places};
use web::Text;

/// Destroy and rewrap the keys that seal personal data, on the record.
#[derive(Debug, Subcommand)]
pub enum Vault {
    /// Destroy every key of a person for good: what is sealed about them opens nowhere any more (GDPR, art. 17).
    Erase {
        #[command(flatten)]
        subject: Subject,
        #[command(flatten)]
        answered: Answered,
    },
    /// Destroy the keys of where logins came from, of every month before one (GDPR, art. 5 §1 e).
    Expire {
        /// The first month that is kept, such as 2026-05; the last six whole months always are.
        #[arg(long, value_name = "YYYY-MM", value_parser = first_day)]
        before: NaiveDate,
        #[command(flatten)]
        answered: Answered,
    },
    /// Write the receipts of all destroyed keys as lines of JSON: to be kept apart from the backups of the vault.
    Receipts,
    /// Destroy again what a restored backup brought back, by the receipts that were kept.
    Reapply {
        /// The receipts, as `receipts` writes them.
        file: PathBuf,
        #[command(flatten)]
        answered: Answered,
    },
    /// Wrap every key under the master key in force; the one before it is `vault.former_master_key`.
    Rotate {
        #[command(flatten)]
        answered: Answered,
    },
}

/// Whose keys.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub struct Subject {
    /// Those of this account; for a name that no account has, of its pseudonym.
    #[arg(long, value_parser = somebody)]
    account: Option<Uuid>,
    /// Those of the account with this username, or of the attempts at this name.
    #[arg(long)]
    name: Option<String>,
}

fn somebody(account: &str) -> Result<Uuid, String> {
    account.parse().ok().filter(|account: &Uuid| !account.is_nil()).ok_or_else(|| {
        Text::new("un compte est un UUID, et non l’UUID nul", "an account is a UUID, and not the nil one").to_string()
    })
}

fn first_day(month: &str) -> Result<NaiveDate, String> {
    let first = format!("{month}-01");
    // `NaiveDate` would read +2026-5 too.
    let day = first.parse().ok().filter(|day: &NaiveDate| day.to_string() == first);
    day.ok_or_else(|| Text::new("un mois s’écrit AAAA-MM", "a month is written YYYY-MM").to_string())
}

impl Vault {
    /// Does it.
    ///
    /// # Errors
    /// When it could not be recorded, and then nothing was done, or not be done: trying again is safe.
    pub async fn run(self, service: &mut Service) -> anyhow::Result<ExitCode> {
        match self {
            Self::Erase { subject, answered } => {
                let subject = subject.find(service).await?;
                let order = Order { service, subject: Some(subject), answered };
                let at = order.record(|by, motive| OrderErasure { subject, by, motive }.into()).await?;
                said(service.vault().await?.destroy_subject(subject).await?, DESTROYED, at)?;
            }
            Self::Expire { before, answered } => {
                let today = events::Clock::system().now().date_naive();
                let order = Order { service, subject: None, answered };
                let at = order.record(|_, motive| OrderExpiry { before, today, motive }.into()).await?;
                let month = Month::of(before.and_time(NaiveTime::MIN).and_utc());
                said(service.vault().await?.destroy_period(Purpose::Security, month).await?, DESTROYED, at)?;
            }
            Self::Receipts => receipts(service).await?,
            Self::Reapply { file, answered } => {
                let receipts = read(&file)?;
                let number = receipts.len() as u64;
                let order = Order { service, subject: None, answered };
                let at = order.record(|_, motive| OrderReapplication { receipts: number, motive }.into()).await?;
                said(service.vault().await?.reapply(&receipts).await?, DESTROYED_AGAIN, at)?;
            }
            Self::Rotate { answered } => {
                let pool = service.database().pool(Role::Writer);
                let key = crate::database::master_key(service.config(), &pool).await?;
                let order = Order { service, subject: None, answered };
                let at = order.record(|_, motive| OrderRotation { master: key.id(), motive }.into()).await?;
                said(service.vault().await?.rewrap(&key).await?, WRAPPED_ANEW, at)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Subject {
    async fn find(self, service: &mut Service) -> anyhow::Result<Uuid> {
        let reader = service.reader(Role::Reader).await?;
        match self {
            Self { name: Some(name), .. } => somebody_of(&reader, &service.vault().await?, &name).await,
            Self { account, name: None } => {
                let needed = Text::new("un compte ou un nom est nécessaire", "an account or a name is needed");
                known(&reader, account.context(needed)?).await
            }
        }
    }
}

/// An order about keys that an administrator answers for.
struct Order<'a> {
    service: &'a mut Service,
    subject: Option<Uuid>,
    answered: Answered,
}

impl Order<'_> {
    /// Records it; only then is it carried out.
    async fn record(
        self,
        command: impl FnOnce(events::AccountId, events::Sealed<String>) -> VaultCommand,
    ) -> anyhow::Result<Position> {
        let Self { service, subject, answered } = self;
        let act = answered.act(service, |correlation| places::order_motive(subject, correlation)).await?;
        let journal = service.write_api().await?.journal().clone();
        let executed = Execution::<VaultUpkeep>::new(&journal, act.metadata)
            .on(VaultEvent::stream(subject), command(act.operator, act.motive))
            .await?;
        Ok(executed.receipt.position)
    }
}

/// What became of keys: of one and of many, in French and in English.
type Done = ([&'static str; 2], [&'static str; 2]);

const DESTROYED: Done = (["clé détruite", "clés détruites"], ["key destroyed", "keys destroyed"]);
const DESTROYED_AGAIN: Done =
    (["clé détruite à nouveau", "clés détruites à nouveau"], ["key destroyed again", "keys destroyed again"]);
const WRAPPED_ANEW: Done = (["clé réemballée", "clés réemballées"], ["key wrapped anew", "keys wrapped anew"]);

fn said(keys: u64, (fr, en): Done, at: Position) -> io::Result<()> {
    let ordered = Text::made(format!("ordre inscrit en {at}"), format!("ordered at {at}"));
    writeln!(io::stdout(), "{}", Text::counted(keys, fr, en).and(ordered))
}

async fn receipts(service: &mut Service) -> anyhow::Result<()> {
    let vault = service.vault().await?;
    let mut out = io::BufWriter::new(io::stdout());
    let mut destroyed = vault.destroyed();
    while let Some(receipt) = destroyed.try_next().await? {
        serde_json::to_writer(&mut out, &receipt)?;
        writeln!(out)?;
    }
    Ok(out.flush()?)
}

fn read(file: &Path) -> anyhow::Result<Vec<Receipt>> {
    let name = file.display();
    let lines = BufReader::new(File::open(file).with_context(|| name.to_string())?).lines();
    let receipt = |(line, text): (usize, io::Result<String>)| {
        let at = || Text::made(format!("{name}, ligne {}", line + 1), format!("line {}", line + 1));
        let no_receipt = || Text::new("n’est pas un récépissé", "not a receipt");
        let text = text.with_context(at)?;
        serde_json::from_str(&text).with_context(no_receipt).with_context(at)
    };
    lines.enumerate().map(receipt).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_month_is_read_as_it_is_written_or_not_at_all(month in "[+-]?[0-9]{1,5}-[+-]?[0-9]{1,3}|\\PC{0,10}") {
            if let Ok(day) = first_day(&month) {
                prop_assert_eq!(day.format("%Y-%m-%d").to_string(), format!("{month}-01"));
            }
        }
    }

    #[test]
    fn other_ways_to_write_a_month_are_refused() {
        assert_eq!(first_day("2026-05"), Ok(NaiveDate::from_ymd_opt(2026, 5, 1).unwrap()));
        for month in ["+2026-5", "2026-5", "2026-005", "2026-13", "02026-5", " 2026-5", "soon"] {
            assert!(first_day(month).is_err(), "{month}");
        }
    }
}
