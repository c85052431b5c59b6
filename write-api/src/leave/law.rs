//! The rules in force, on the record before anything is decided under them.

use super::surroundings::state;
use crate::{WriteApi, problems};
use commands::rule_set::{IntroduceRules, RuleSet};
use commands::{Execution, Law, NotExecuted};
use events::rule_set::{RuleFile, RuleSetEvent};
use events::{Actor, Capacity, DomainEvent, Metadata, Version};
use futures::TryStreamExt;
use journal::{Direction, Selection};
use rules::RuleBook;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::OnceCell;
use web::Problem;

/// The rules that this process last knew to be in force.
#[derive(Debug, Default)]
pub(crate) struct Laws {
    introduced: OnceCell<()>,
    last: RwLock<Option<Law>>,
}

impl WriteApi {
    /// The rules in force. The first call of a process activates those that this build carries, unless they ever were:
    /// the version that a decision names is always in the journal.
    ///
    /// # Errors
    /// When the journal cannot take or tell them, or this build cannot read them.
    pub async fn law(&self) -> Result<Law, Problem> {
        Ok(self.law_at(false).await?.1)
    }

    /// The same with the version of their stream, as this process knows it or `fresh` from the database: what is
    /// decided under them holds only while it stands there.
    pub(crate) async fn law_at(&self, fresh: bool) -> Result<(Version, Law), Problem> {
        self.introduce_rules().await?;
        let (version, rules) = state::<RuleSet>(self, &metadata(self), RuleSetEvent::stream(), fresh).await?;
        let last = self.laws.last.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(law) = last.filter(|law| rules.active() == Some(law.version())) {
            return Ok((version, law));
        }
        let files = self.rule_files().await?;
        let book = RuleBook::parse(files.iter().map(|file| (file.name.as_str(), file.text.as_str())));
        let law = Law::new(Arc::new(book.map_err(Problem::internal)?));
        *self.laws.last.write().unwrap_or_else(PoisonError::into_inner) = Some(law.clone());
        Ok((version, law))
    }

    /// Activates the rules that this build carries, unless they ever were; once a process.
    ///
    /// # Errors
    /// When the journal cannot take them.
    pub async fn introduce_rules(&self) -> Result<(), Problem> {
        self.laws.introduced.get_or_try_init(|| introduce(self)).await.copied()
    }

    /// The files of the rules that were activated last; none before any were.
    ///
    /// # Errors
    /// When the journal cannot tell them.
    pub async fn rule_files(&self) -> Result<Vec<RuleFile>, Problem> {
        let of_rules = Selection { stream_type: Some(RuleSetEvent::STREAM.to_owned()), ..Selection::default() };
        let newest_first = Selection { direction: Direction::Backwards, ..of_rules };
        let last = self.journal.reader().events(newest_first).try_next().await.map_err(problems::reading)?;
        match last.map(|recorded| recorded.decode().map_err(Problem::internal)).transpose()? {
            Some(RuleSetEvent::RuleSetActivated { files, .. }) => Ok(files),
            None => Ok(Vec::new()),
        }
    }
}

fn metadata(api: &WriteApi) -> Metadata {
    Metadata::new(Actor::Service, Capacity::System, api.clock.now())
}

async fn introduce(api: &WriteApi) -> Result<(), Problem> {
    let file = |(name, text): &(&str, &str)| RuleFile { name: (*name).to_owned(), text: (*text).to_owned() };
    let files = RuleBook::embedded_files().iter().map(file).collect();
    let introduced = Execution::<RuleSet>::new(&api.journal, metadata(api))
        .on(RuleSetEvent::stream(), IntroduceRules { files }.into())
        .await;
    introduced.map(drop).map_err(|error| match error {
        NotExecuted::Refused(refusal) => Problem::internal(refusal),
        NotExecuted::Journal(error) => problems::journal(error),
    })
}
