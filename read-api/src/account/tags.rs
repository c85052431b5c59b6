//! The tags of accounts as this process has shown them: who has his account already is told so without its row being read
//! and its boxes opened.

use axum::response::Response;
use events::AccountId;
use moka::sync::Cache;
use projections::account::accounts::RowVersion;
use vault::Generation;
use web::precondition::{ETag, tag_of};

/// Accounts whose tags are remembered at most.
const REMEMBERED: u64 = 20_000;

/// What the content of an account follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Content {
    pub(crate) account: AccountId,
    pub(crate) row: RowVersion,
    /// The keys that it was opened with, or found destroyed.
    pub(crate) keys: Generation,
}

/// Clones share what they remember.
#[derive(Clone, Debug)]
pub(crate) struct AccountTags(Cache<Content, ETag>);

impl AccountTags {
    pub(crate) fn new() -> Self {
        Self(Cache::new(REMEMBERED))
    }

    /// The tag of this content, if it was shown.
    pub(crate) fn of(&self, content: Content) -> Option<ETag> {
        self.0.get(&content)
    }

    /// Takes note of the tag under which this content was shown.
    pub(crate) fn note(&self, content: Content, answer: &Response) {
        if let Some(tag) = tag_of(answer) {
            self.0.insert(content, tag);
        }
    }
}
