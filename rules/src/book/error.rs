//! What can be wrong with the data of the law.

use std::path::PathBuf;

use chrono::NaiveDate;

use super::provision::Scope;

/// A rule that the book does not know for a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no rule `{rule}` is in force on {date}")]
pub struct NotInForce {
    /// The rule's name.
    pub rule: &'static str,
    /// The date asked for.
    pub date: NaiveDate,
}

/// Why a rule book cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A folder or file that cannot be read as UTF-8 text.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// The folder or file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// No TOML, an unknown or missing field, a bad date.
    #[error("{file}: {source}")]
    Syntax {
        /// The file's name.
        file: String,
        /// The line, the field, the reason.
        source: Box<toml::de::Error>,
    },
    /// Parameters that the rule does not know, lacks, or cannot use.
    #[error("{file}: the parameters of `{rule}` from {from}: {source}")]
    Parameters {
        /// The file's name, and the line of the provision.
        file: String,
        /// The rule's name.
        rule: String,
        /// The provision's first date.
        from: NaiveDate,
        /// The field and the reason.
        source: Box<toml::de::Error>,
    },
    /// A number with a fraction: the law's data are integers and ratios.
    #[error("{file}: `{rule}` from {from}: {field} is a decimal number; write integers or [numerator, denominator]")]
    Decimal {
        /// The file's name, and the line of the provision.
        file: String,
        /// The rule's name.
        rule: String,
        /// The provision's first date.
        from: NaiveDate,
        /// The path of the field.
        field: String,
    },
    /// A provision that ends before it begins.
    #[error("{file}: `{rule}`: until {until} lies before from {from}")]
    Reversed {
        /// The file's name, and the line of the provision.
        file: String,
        /// The rule's name.
        rule: String,
        /// The provision's first date.
        from: NaiveDate,
        /// The provision's last date.
        until: NaiveDate,
    },
    /// Two provisions of one rule and scope in force together.
    #[error("{file}: `{rule}` ({scope}): the provision from {from} overlaps the one before it, whose `until` is {}",
        until.map_or_else(|| "open".to_owned(), |until| until.to_string()))]
    Overlap {
        /// The file's name, and the line of the provision.
        file: String,
        /// The rule's name.
        rule: String,
        /// The rule's scope.
        scope: Scope,
        /// The last date of the earlier provision.
        until: Option<NaiveDate>,
        /// The first date of the later one.
        from: NaiveDate,
    },
    /// Dates between two provisions of one rule and scope for which there is none.
    #[error("{file}: `{rule}` ({scope}): no provision between `until` {until} and `from` {from}")]
    Hole {
        /// The file's name, and the line of the provision.
        file: String,
        /// The rule's name.
        rule: String,
        /// The rule's scope.
        scope: Scope,
        /// The last date before the hole.
        until: NaiveDate,
        /// The first date after it.
        from: NaiveDate,
    },
    /// A rule of a name that no function takes.
    #[error("{file}: rule `{rule}` is unknown")]
    UnknownRule {
        /// The file's name, and the line of the provision.
        file: String,
        /// The rule's name.
        rule: String,
    },
    /// A rule that no file has.
    #[error("no file has the rule `{rule}`")]
    MissingRule {
        /// The rule's name.
        rule: &'static str,
    },
    /// A rule that must hold in every supported year, and does not.
    #[error("the rule `{rule}` is not in force on {date}: it must be from 1990 to 2099")]
    Uncovered {
        /// The rule's name.
        rule: &'static str,
        /// A date on which it is not in force.
        date: NaiveDate,
    },
}
