//! Opening an account: a name that is nobody else's, and a first secret.

use super::{InitialCode, agent_of_staff_number};
use crate::access::{NewCredential, SecretKind};
use crate::import::agents_csv::{Column, Reason, check};
use crate::{WriteApi, problems, seal};
use commands::account::{Account, AccountRefusal, ProvisionAccount};
use commands::username::UsernameAssignment;
use commands::{Execution, NotExecuted};
use events::username::{InvalidUsername, LoginName, Username, UsernameEvent};
use events::{AccountId, CredentialId, Idempotency, IdempotencyKey, Metadata, Sealed, Version};
use journal::{AppendError, Receipt};
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;
use vault::places;
use web::Problem;

/// More agents of one name than the City has.
const MOST_HOMONYMS: u32 = 10_000;
/// How often one name is tried again while others take names in the same moment.
const MOST_CONFLICTS: u32 = 8;

/// Somebody to open an account for. It has no other `Debug` than its type: the rest is personal data.
#[derive(Clone)]
pub struct NewAgent {
    /// First name.
    pub given_name: String,
    /// Last name.
    pub family_name: String,
    /// The number in the HR system.
    pub staff_number: Option<String>,
    /// The name to log in with; none to make it of the person's names, with a digit for homonyms.
    pub username: Option<LoginNameToGive>,
}

/// A name that an account is to have.
#[derive(Clone)]
pub enum LoginNameToGive {
    /// One of the portal's own.
    Portal(Username),
    /// One of another system, to the byte.
    Foreign(LoginName),
}

impl NewAgent {
    /// Of fields as they were typed; without a username it is made of the names.
    ///
    /// # Errors
    /// Every field that is wrong, and what is wrong with it.
    pub fn typed(
        given_name: &str,
        family_name: &str,
        staff_number: Option<&str>,
        username: Option<&str>,
    ) -> Result<Self, Vec<(Column, Reason)>> {
        let mut wrong = Vec::new();
        let mut refuse = |column: Column, reason: Reason| wrong.push((column, reason));
        let given_name = check::person_name(given_name.as_bytes());
        let given_name = given_name.map_err(|reason| refuse(Column::GivenName, reason)).unwrap_or_default();
        let family_name = check::person_name(family_name.as_bytes());
        let family_name = family_name.map_err(|reason| refuse(Column::FamilyName, reason)).unwrap_or_default();
        let staff_number = check::staff_number(staff_number.unwrap_or_default().as_bytes());
        let staff_number = staff_number.map_err(|reason| refuse(Column::StaffNumber, reason)).unwrap_or_default();
        let username = match username {
            Some(name) => check::username(name.as_bytes()).and_then(|name| name.ok_or(Reason::Empty)).map(Some),
            None => Ok(None),
        };
        let username = username.map_err(|reason| refuse(Column::Username, reason)).unwrap_or_default();
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(Self { given_name, family_name, staff_number, username: username.map(LoginNameToGive::Portal) })
    }
}

impl fmt::Debug for NewAgent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewAgent(…)")
    }
}

/// An account that was opened.
#[derive(Debug)]
pub struct Provisioned {
    /// The account.
    pub account: AccountId,
    /// The name to log in with; none when it was erased since.
    pub username: Option<String>,
    /// The first secret; none for a repeated request, since nothing can show it again.
    pub initial_code: Option<InitialCode>,
    /// Where it stands in the journal.
    pub receipt: Receipt,
}

/// Why no account was opened.
#[derive(Debug, thiserror::Error)]
pub enum NotProvisioned {
    /// The name asked for is an account's.
    #[error("l’identifiant est celui d’un autre compte — the username belongs to another account")]
    UsernameTaken,
    /// The staff number is an account's.
    #[error("le matricule est celui d’un autre compte — the staff number belongs to another account")]
    StaffNumberTaken,
    /// The person's names make no username.
    #[error("les noms ne donnent pas d’identifiant — the names make no username")]
    MakesNoUsername(#[source] InvalidUsername),
    /// Something else.
    #[error(transparent)]
    Failed(#[from] Problem),
}

/// The first answer to a request, to say it again.
#[derive(Serialize, Deserialize)]
struct Outcome {
    account: AccountId,
    username: Sealed<String>,
}

/// Opens an account: its name and its first secret in one append. A request that comes again under the same `key` with
/// the same fingerprint gets the account that it made the first time.
///
/// # Errors
/// [`NotProvisioned`]; nothing is left behind.
pub async fn provision(
    api: &WriteApi,
    agent: NewAgent,
    metadata: Metadata,
    key: Option<(IdempotencyKey, [u8; 32])>,
) -> Result<Provisioned, NotProvisioned> {
    let keyed = |outcome| key.clone().map(|(key, fingerprint)| Idempotency { key, fingerprint, outcome });
    let asked = Metadata { idempotency: keyed(Vec::new()), ..metadata.clone() };
    if let Some(receipt) = api.journal.recall(&asked).await.map_err(problems::journal)? {
        return again(api, receipt).await;
    }
    let account = account_of(api, &agent, &metadata).await?;
    let code = InitialCode::generate().map_err(Problem::internal)?;
    let credential = first_secret(api, account, &code).await?;
    let opening = Opening { api, agent, account, credential, metadata: &metadata };
    let opened = opening.open(&keyed).await;
    match opened {
        Ok((receipt, username)) if receipt.replayed.is_none() => {
            Ok(Provisioned { account, username: Some(username), initial_code: Some(code), receipt })
        }
        Ok((receipt, _)) => {
            api.credentials.discard(credential).await;
            again(api, receipt).await
        }
        Err(Unopened::Refused(refused)) => {
            api.credentials.discard(credential).await;
            // The name may have been taken by this very request, sent twice at once.
            match api.journal.recall(&asked).await.map_err(problems::journal)? {
                Some(receipt) => again(api, receipt).await,
                None => Err(refused),
            }
        }
        // It may have been recorded: then the secret is needed.
        Err(Unopened::Unknown(problem)) => Err(NotProvisioned::Failed(problem)),
    }
}

/// The agent whom the HR system knows by this staff number, or somebody new.
async fn account_of(api: &WriteApi, agent: &NewAgent, metadata: &Metadata) -> Result<AccountId, NotProvisioned> {
    let Some(number) = &agent.staff_number else { return Ok(AccountId::new()) };
    let account = agent_of_staff_number(api, number).await.map_err(problems::vault)?;
    let state = api.journal.unit::<Account>(metadata.clone()).fresh_state(account).await.map_err(problems::reading)?;
    if state.inner().credential().is_some() { Err(NotProvisioned::StaffNumberTaken) } else { Ok(account) }
}

/// Hashes and keeps an initial code, before the event that brings it into force.
pub(super) async fn first_secret(
    api: &WriteApi,
    account: AccountId,
    code: &InitialCode,
) -> Result<CredentialId, Problem> {
    let place = api.hashing.place().map_err(problems::hashing)?;
    let phc = api.hashing.hash(place, code.to_compare()).await.map_err(problems::hashing)?;
    let (id, created_at) = (CredentialId::new(), api.clock.now());
    let credential = NewCredential { id, account, kind: SecretKind::InitialCode, phc, created_at };
    api.credentials.insert(&credential).await.map_err(problems::credentials)?;
    Ok(id)
}

/// The stream of a name, and the account that has it now.
pub(crate) async fn username_stream(
    api: &WriteApi,
    name: &LoginName,
    metadata: &Metadata,
) -> Result<(Uuid, Option<AccountId>), Problem> {
    let stream = api.vault.pseudonym(name).await.map_err(problems::vault)?;
    let unit = api.journal.unit::<UsernameAssignment>(metadata.clone());
    let state = unit.fresh_state(stream).await.map_err(problems::reading)?.into_inner();
    Ok((stream, state.account()))
}

async fn again(api: &WriteApi, receipt: Receipt) -> Result<Provisioned, NotProvisioned> {
    let outcome = receipt.replayed.as_ref().map(|replayed| replayed.outcome.as_slice()).unwrap_or_default();
    let Outcome { account, username } = serde_json::from_slice(outcome).map_err(Problem::internal)?;
    let opened = api.vault.open(&places::identity(account, "username"), &username).await.map_err(problems::vault)?;
    Ok(Provisioned { account, username: opened.clear(), initial_code: None, receipt })
}

enum Unopened {
    Refused(NotProvisioned),
    Unknown(Problem),
}

impl From<Problem> for Unopened {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem.into())
    }
}

struct Opening<'a> {
    api: &'a WriteApi,
    agent: NewAgent,
    account: AccountId,
    credential: CredentialId,
    metadata: &'a Metadata,
}

type Keyed<'a> = &'a (dyn Fn(Vec<u8>) -> Option<Idempotency> + Send + Sync);

impl Opening<'_> {
    async fn open(&self, keyed: Keyed<'_>) -> Result<(Receipt, String), Unopened> {
        let taken = || Unopened::Refused(NotProvisioned::UsernameTaken);
        match &self.agent.username {
            Some(LoginNameToGive::Portal(name)) => self.under(&name.login_name(), keyed).await?.ok_or_else(taken),
            Some(LoginNameToGive::Foreign(name)) => self.under(name, keyed).await?.ok_or_else(taken),
            None => {
                let first = Username::of_person(&self.agent.given_name, &self.agent.family_name)
                    .map_err(|invalid| Unopened::Refused(NotProvisioned::MakesNoUsername(invalid)))?;
                for n in 1..=MOST_HOMONYMS {
                    if let Some(opened) = self.under(&first.homonym(n).login_name(), keyed).await? {
                        return Ok(opened);
                    }
                }
                Err(taken())
            }
        }
    }

    /// Opens the account under this name; none when another has it.
    async fn under(&self, name: &LoginName, keyed: Keyed<'_>) -> Result<Option<(Receipt, String)>, Unopened> {
        for _ in 0..MOST_CONFLICTS {
            let (stream, taken_by) = username_stream(self.api, name, self.metadata).await?;
            if taken_by.is_some() {
                return Ok(None);
            }
            let command = self.command(name).await?;
            let outcome = Outcome { account: self.account, username: command.username.clone() };
            let outcome = serde_json::to_vec(&outcome).map_err(Problem::internal)?;
            let metadata = Metadata { idempotency: keyed(outcome), ..self.metadata.clone() };
            let assigned = vec![UsernameEvent::UsernameAssigned { account: self.account }];
            let executed = Execution::<Account>::new(&self.api.journal, metadata)
                .also(stream, Version::NONE, assigned)
                .on(self.account, command.into())
                .await;
            match executed {
                Ok(executed) => return Ok(Some((executed.receipt, name.reveal().to_owned()))),
                Err(NotExecuted::Journal(AppendError::Conflict)) => {}
                Err(NotExecuted::Refused(AccountRefusal::AlreadyProvisioned)) => {
                    return Err(Unopened::Refused(NotProvisioned::StaffNumberTaken));
                }
                Err(NotExecuted::Journal(error @ AppendError::Unavailable(_))) => {
                    return Err(Unopened::Unknown(problems::journal(error)));
                }
                Err(error) => return Err(problems::account(error).into()),
            }
        }
        Err(problems::journal(AppendError::Conflict).into())
    }

    async fn command(&self, name: &LoginName) -> Result<ProvisionAccount, Problem> {
        let seal = async |field, value: &str| {
            seal::identity(&self.api.vault, self.account, field, value).await.map_err(problems::vault)
        };
        Ok(ProvisionAccount {
            username: seal("username", name.reveal()).await?,
            given_name: seal("given_name", &self.agent.given_name).await?,
            family_name: seal("family_name", &self.agent.family_name).await?,
            staff_number: match &self.agent.staff_number {
                Some(number) => Some(seal("staff_number", number).await?),
                None => None,
            },
            initial_code: self.credential,
        })
    }
}
