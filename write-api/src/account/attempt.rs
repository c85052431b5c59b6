//! Proving a secret: the slot first, then the comparison, then its outcome, and only then an answer.
//!
//! It runs to its end whether or not the client is still there, so that no slot is left behind by who hangs up. An
//! attempt that got no slot is hashed for nobody.

use super::hashing::QueuePlace;
use super::initial_code::InitialCode;
use super::password::Typed;
use crate::access::OpenSession;
use crate::{WriteApi, problems, seal};
use chrono::{DateTime, Utc};
use commands::account::{
    Account, AccountRefusal, AttemptLogin, Credential, LoginOutcome, Patience, RecordLoginOutcome, State,
};
use commands::{Executed, Execution, NotExecuted};
use events::username::LoginName;
use events::{AccountId, AttemptId, Channel, Metadata, SessionId};
use journal::{AppendError, Receipt};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};
use tracing::Instrument;
use web::Problem;
use web::source::Source;
use web::token::SessionToken;

/// Somebody who says that an account is his.
pub(crate) struct Challenge {
    /// The account, or the pseudonym of a name that no account has.
    pub(crate) account: AccountId,
    /// What he typed.
    pub(crate) secret: Typed,
    /// Which secrets prove it here.
    pub(crate) accepts: Accepts,
    /// Where he is.
    pub(crate) source: Source,
    /// Who he is, as far as is known; its time is not used.
    pub(crate) metadata: Metadata,
    /// What he proves it for, with its key, which had no outcome yet when he came: what another request has done under
    /// it meanwhile is the answer to this one.
    pub(crate) repeats: Option<Metadata>,
}

impl Challenge {
    /// What is compared with a personal password.
    const fn password(&self) -> &Typed {
        match &self.accepts {
            Accepts::FirstLogin { set_before: Some(set) } => set,
            Accepts::Login | Accepts::PersonalPassword | Accepts::FirstLogin { set_before: None } => &self.secret,
        }
    }
}

/// Which secrets prove an identity at a door.
pub(crate) enum Accepts {
    /// Either; a personal password opens a session.
    Login,
    /// The initial code; where the same request has used it before, the personal password that it set then.
    FirstLogin {
        /// The password, for such a request alone.
        set_before: Option<Typed>,
    },
    /// The personal password alone.
    PersonalPassword,
}

impl Accepts {
    const fn takes(&self, credential: Credential) -> bool {
        match self {
            Self::Login | Self::FirstLogin { set_before: Some(_) } => true,
            Self::FirstLogin { set_before: None } => matches!(credential, Credential::InitialCode(_)),
            Self::PersonalPassword => matches!(credential, Credential::PersonalPassword(_)),
        }
    }
}

/// What came of a challenge that could be recorded.
pub(crate) enum Proof {
    /// Nothing was proved: wrong, unknown, suspended or turned away, which is not told apart.
    Failed,
    /// The secret in force was proved.
    Proved(Box<Proved>),
    /// The same request has meanwhile done what this one is for, and this is its receipt.
    Repeated(Receipt),
}

pub(crate) struct Proved {
    pub(crate) credential: Credential,
    pub(crate) state: State,
    pub(crate) receipt: Receipt,
    /// Opened by a personal password at login.
    pub(crate) session: Option<Opened>,
}

pub(crate) struct Opened {
    pub(crate) id: SessionId,
    pub(crate) token: SessionToken,
    pub(crate) expires: DateTime<Utc>,
}

/// The account that has a name, or the pseudonym that stands for it where none has.
pub(crate) async fn account_of(api: &WriteApi, name: &LoginName, metadata: &Metadata) -> Result<AccountId, Problem> {
    let (stream, assigned) = super::username_stream(api, name, metadata).await?;
    Ok(assigned.unwrap_or(AccountId::from_uuid(stream)))
}

/// Takes a slot, compares, records. A failure is told no sooner than [`Config::failure_floor_ms`](crate::Config) after
/// it came, so that its time does not tell what it met.
///
/// # Errors
/// 503 where the attempt or its outcome could not be recorded, no slot was free in time, or too many wait: the same for
/// right and wrong.
pub(crate) async fn prove(api: &WriteApi, challenge: Challenge) -> Result<Proof, Problem> {
    let (api, floor) = (api.clone(), Instant::now() + api.config.failure_floor());
    let (_asking, asker) = oneshot::channel();
    let proving = async move { Proving { api: &api, challenge, attempt: AttemptId::new(), asker }.prove().await };
    let proof = tokio::spawn(proving.in_current_span()).await.map_err(Problem::internal)?;
    if let Ok(Proof::Failed) = &proof {
        sleep_until(floor).await;
    }
    proof
}

struct Proving<'a> {
    api: &'a WriteApi,
    challenge: Challenge,
    attempt: AttemptId,
    /// Comes when whoever asked is gone.
    asker: oneshot::Receiver<()>,
}

impl Proving<'_> {
    async fn prove(self) -> Result<Proof, Problem> {
        let (place, state) = self.take_slot().await?;
        let Some(until) = state.slot_until(self.attempt) else {
            drop(place);
            return self.turned_away(&state).await;
        };
        match self.compare(place, &state, until).await? {
            Some(credential) => self.succeed(credential).await,
            None => self.fail(&state).await,
        }
    }

    /// Answers an attempt that got no slot: as any failure where the account is suspended; where patience was over,
    /// nothing was compared, and so nothing is said of the secret.
    async fn turned_away(self, state: &State) -> Result<Proof, Problem> {
        if !state.is_suspended() {
            count("busy");
            return Err(problems::slots_busy());
        }
        tokio::select! {
            spent = self.api.hashing.spend(self.challenge.secret) => spent.map_err(problems::hashing)?,
            _ = self.asker => {}
        }
        count("refused");
        Ok(Proof::Failed)
    }

    /// Attempts until a slot is free, or patience is over. A place in the queue is held only while a slot may follow.
    async fn take_slot(&self) -> Result<(QueuePlace, State), Problem> {
        let deadline = Instant::now() + self.api.config.slot_patience();
        let turn = timeout_at(deadline, self.api.line.turn(self.challenge.account)).await;
        let mut head = self.api.journal.head();
        loop {
            let seen = head.position();
            let place = self.api.hashing.place().map_err(problems::hashing)?;
            let waits = turn.is_ok() && Instant::now() < deadline;
            let patience = if waits { Patience::Waiting } else { Patience::Exhausted };
            match self.attempt(patience).await? {
                Ok(executed) => return Ok((place, executed.state)),
                Err(AccountRefusal::SlotsBusy { until }) => {
                    drop(place);
                    let free = (until - self.api.clock.now()).to_std().unwrap_or_default();
                    // Past either instant the attempt is decided again all the same.
                    let _ = timeout_at(deadline.min(Instant::now() + free), head.past(seen)).await;
                }
                Err(refusal) => return Err(Problem::internal(refusal)),
            }
        }
    }

    async fn attempt(&self, patience: Patience) -> Result<Result<Executed<State>, AccountRefusal>, Problem> {
        let (api, account, at) = (self.api, self.challenge.account, self.api.clock.now());
        let address = events::Source::canonical(self.challenge.source.0);
        let sealing = seal::source(&api.vault, account, self.attempt, Channel::Portal, at, &address);
        let source = self.in_time(sealing).await?.map_err(problems::vault)?;
        let command = AttemptLogin { attempt: self.attempt, source, at, policy: api.policy, patience, reported: None };
        let execution = Execution::<Account>::new(&api.journal, self.metadata(at));
        match execution.on(account, command.into()).await {
            Ok(executed) => Ok(Ok(executed)),
            Err(NotExecuted::Refused(refusal)) => Ok(Err(refusal)),
            Err(NotExecuted::Journal(error)) => Err(problems::not_recorded(error)),
        }
    }

    /// The credential that the secret is, if it is the one in force and this door takes it.
    async fn compare(
        &self,
        place: QueuePlace,
        state: &State,
        until: DateTime<Utc>,
    ) -> Result<Option<Credential>, Problem> {
        let (api, account) = (self.api, self.challenge.account);
        let credential = state.credential().filter(|credential| self.challenge.accepts.takes(*credential));
        let finding = api.credentials.find(account, credential.map(Credential::id));
        let stored = self.in_time(finding).await?.map_err(problems::credentials)?;
        let (secret, oldest) = match credential {
            Some(Credential::InitialCode(_)) => {
                (InitialCode::typed(&self.challenge.secret), Some(api.clock.now() - api.config.initial_code_lifetime()))
            }
            Some(Credential::PersonalPassword(_)) | None => (self.challenge.password().clone(), None),
        };
        let stored = stored.filter(|stored| oldest.is_none_or(|oldest| stored.created_at > oldest));
        let clock = api.clock.clone();
        let in_time = move || clock.now() < until;
        let compared = api.hashing.compare(place, secret, stored.map(|stored| stored.phc), in_time).await;
        match compared.map_err(problems::hashing)? {
            Some(right) => Ok(credential.filter(|_| right)),
            None => Err(Problem::unavailable("the slot's time was over before a thread was free")),
        }
    }

    async fn succeed(self, credential: Credential) -> Result<Proof, Problem> {
        let session = match credential {
            Credential::PersonalPassword(_) if matches!(self.challenge.accepts, Accepts::Login) => {
                Some(self.open_session(credential).await?)
            }
            Credential::PersonalPassword(_) | Credential::InitialCode(_) => None,
        };
        let id = session.as_ref().map(|session| session.id);
        match self.record(LoginOutcome::Right { session: id, proved: Some(credential.id()) }).await {
            Ok(Some(Executed { state, receipt })) => {
                count("success");
                Ok(Proof::Proved(Box::new(Proved { credential, state, receipt, session })))
            }
            unrecorded => {
                if let Some(id) = id
                    && let Err(error) = self.api.sessions.end(id).await
                {
                    tracing::warn!(error = %error, session.id = %id, "a session that nobody got was not deleted");
                }
                if unrecorded?.is_none() {
                    // Of a slot that is gone, or of a secret that was replaced while it was compared: the second
                    // still holds its slot.
                    if let Some(first) = self.repeated().await? {
                        return Ok(Proof::Repeated(first));
                    }
                    self.record(LoginOutcome::Wrong).await?;
                    count("failure");
                }
                Ok(Proof::Failed)
            }
        }
    }

    /// What the same request has done since this one came. The secret of this one was right then, as its fingerprint
    /// tells, though it is replaced now: its slot is closed with that.
    async fn repeated(&self) -> Result<Option<Receipt>, Problem> {
        let Some(asked) = &self.challenge.repeats else { return Ok(None) };
        let first = match self.api.journal.recall(asked).await {
            Ok(first) => first,
            Err(AppendError::KeyReused) => None,
            Err(error) => return Err(problems::not_recorded(error)),
        };
        if first.is_some() {
            self.record(LoginOutcome::Right { session: None, proved: None }).await?;
            count("repeated");
        }
        Ok(first)
    }

    async fn fail(self, state: &State) -> Result<Proof, Problem> {
        if let Some(first) = self.repeated().await? {
            return Ok(Proof::Repeated(first));
        }
        let known = state.credential().is_some();
        self.record(if known { LoginOutcome::Wrong } else { LoginOutcome::UnknownName }).await?;
        count("failure");
        Ok(Proof::Failed)
    }

    /// Records the outcome; none when the slot is gone, and then nothing was proved.
    async fn record(&self, outcome: LoginOutcome) -> Result<Option<Executed<State>>, Problem> {
        let command = RecordLoginOutcome { attempt: self.attempt, outcome, policy: self.api.policy };
        let execution = Execution::<Account>::new(&self.api.journal, self.metadata(self.api.clock.now()));
        match execution.on(self.challenge.account, command.into()).await {
            Ok(executed) => Ok(Some(executed)),
            Err(NotExecuted::Refused(AccountRefusal::AttemptNotOpen { .. } | AccountRefusal::CredentialNotInForce)) => {
                Ok(None)
            }
            Err(NotExecuted::Refused(refusal)) => Err(Problem::internal(refusal)),
            Err(NotExecuted::Journal(error)) => Err(problems::not_recorded(error)),
        }
    }

    async fn open_session(&self, credential: Credential) -> Result<Opened, Problem> {
        let (id, token) = (SessionId::new(), SessionToken::new().map_err(Problem::internal)?);
        let session =
            OpenSession { id, account: self.challenge.account, credential: credential.id(), token: token.hash() };
        let expires = self.in_time(self.api.sessions.open(&session)).await?.map_err(problems::database)?;
        Ok(Opened { id, token, expires })
    }

    /// What the database answers, if it does within the patience that the journal has with it.
    async fn in_time<T>(&self, answer: impl Future<Output = T>) -> Result<T, Problem> {
        timeout(self.api.journal.patience(), answer).await.map_err(Problem::unavailable)
    }

    fn metadata(&self, occurred_at: DateTime<Utc>) -> Metadata {
        Metadata { occurred_at, ..self.challenge.metadata.clone() }
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("logins_total", "outcome" => outcome).increment(1);
}
