//! Who answers for what an operator does.

use crate::serve::Service;
use events::account::Role;
use events::username::Username;
use events::{AccountId, Actor, Capacity, Clock, CorrelationId, Metadata, Sealed};
use vault::{Period, Place, Purpose};
use web::Text;
use web::kinds::NOT_ALLOWED;
use write_api::WriteApi;
use write_api::account::holder;
use write_api::import::agents_csv::Reason;

/// The account of `username`, which must hold `role`.
///
/// # Errors
/// Naming both, when nobody has the name or who has it has not the role; when the journal or the vault do not answer.
pub(super) async fn answerable(api: &WriteApi, username: &Username, role: Role) -> anyhow::Result<AccountId> {
    holder(api, username, role).await.map_err(|problem| {
        if problem.kind().slug == NOT_ALLOWED.slug {
            anyhow::Error::msg(Text::made(
                format!("aucun compte n’a l’identifiant `{username}` et le rôle `{role}`"),
                format!("no account has the username `{username}` and the role `{role}`"),
            ))
        } else {
            problem.into()
        }
    })
}

/// Who answers for an act, and why it is done.
#[derive(Debug, clap::Args)]
pub struct Answered {
    /// The username of the administrator who acts.
    #[arg(long = "as", value_name = "USERNAME", value_parser = username)]
    operator: Username,
    /// Why: 1 to 500 characters.
    #[arg(long, value_parser = motive)]
    motive: String,
}

/// The username in an argument.
pub(super) fn username(argument: &str) -> Result<Username, String> {
    Username::parse(argument).map_err(|invalid| Reason::from(invalid).text().to_string())
}

fn motive(words: &str) -> Result<String, String> {
    let words = words.trim();
    if (1..=500).contains(&words.chars().count()) {
        return Ok(words.to_owned());
    }
    Err(Text::new("1 à 500 caractères", "1 to 500 characters").to_string())
}

/// An act that is to be recorded.
pub(super) struct Act {
    /// The administrator who acts.
    pub(super) operator: AccountId,
    /// What is recorded with it.
    pub(super) metadata: Metadata,
    /// Why, sealed under the key of who acts.
    pub(super) motive: Sealed<String>,
}

impl Answered {
    /// The act of an administrator, whose motive stands where `place` says by the record's correlation.
    ///
    /// # Errors
    /// When nobody has the name, or who has it is no administrator; when the journal or the vault do not answer.
    pub(super) async fn act(
        &self,
        service: &mut Service,
        place: impl FnOnce(CorrelationId) -> Place<'static>,
    ) -> anyhow::Result<Act> {
        let api = service.write_api().await?;
        let operator = answerable(&api, &self.operator, Role::Administrator).await?;
        let metadata = Metadata::new(Actor::Account(operator), Capacity::Operator, Clock::system().now());
        let (subject, place) = (operator.as_uuid(), place(metadata.correlation));
        let motive = service.vault().await?.seal(subject, Purpose::Words, Period::Always, &place, &self.motive).await?;
        Ok(Act { operator, metadata, motive })
    }
}
