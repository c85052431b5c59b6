use rules::{RuleBook, Version};
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// The rules that a decision is taken under: shared, and equal when their versions are.
#[derive(Clone)]
pub struct Law {
    book: Arc<RuleBook>,
    version: Version,
}

impl Law {
    /// The law of this book.
    #[must_use]
    pub fn new(book: Arc<RuleBook>) -> Self {
        let version = book.version();
        Self { book, version }
    }

    /// The version, which decisions name.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }
}

impl fmt::Debug for Law {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Law({})", self.version)
    }
}

impl Deref for Law {
    type Target = RuleBook;

    fn deref(&self) -> &RuleBook {
        &self.book
    }
}

impl PartialEq for Law {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version
    }
}

impl Eq for Law {}
