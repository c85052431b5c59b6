//! The rules in force, on the record before anything is decided under them.

use crate::{WriteApi, problems};
use commands::rule_set::{ActivateRules, RuleSet, RuleSetRefusal};
use commands::{Execution, Law, NotExecuted};
use events::rule_set::{RuleFile, RuleSetEvent};
use events::{Actor, Capacity, Metadata};
use rules::RuleBook;
use std::sync::Arc;
use web::Problem;

impl WriteApi {
    /// The rules that this build carries. The first call of a process activates them in the journal, where they are
    /// not in force already, so that the version which a decision names is always there.
    ///
    /// # Errors
    /// When the journal cannot take it.
    pub async fn law(&self) -> Result<Law, Problem> {
        self.law.get_or_try_init(|| activated(self)).await.cloned()
    }
}

async fn activated(api: &WriteApi) -> Result<Law, Problem> {
    let book = RuleBook::embedded().map_err(Problem::internal)?;
    let file = |(name, text): &(&str, &str)| RuleFile { name: (*name).to_owned(), text: (*text).to_owned() };
    let files = RuleBook::embedded_files().iter().map(file).collect();
    let metadata = Metadata::new(Actor::Service, Capacity::System, api.clock.now());
    Execution::<RuleSet>::new(&api.journal, metadata)
        .on(RuleSetEvent::stream(), ActivateRules { files }.into())
        .await
        .map_err(|error| match error {
            NotExecuted::Refused(refusal @ RuleSetRefusal::Faulty(_)) => Problem::internal(refusal),
            NotExecuted::Journal(error) => problems::journal(error),
        })?;
    Ok(Law::new(Arc::new(book)))
}
