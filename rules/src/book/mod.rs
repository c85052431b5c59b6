//! The rule book: every rule with its article, its validity and its parameters, loaded from `law/*.toml`.

mod canonical;
mod error;
mod law;
mod provision;
mod rules;
mod timeline;

use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

pub use error::{LoadError, NotInForce};
pub use events::rule_set::RulesVersion as Version;
pub use provision::{Basis, Provision, Scope};
pub use timeline::Enacted;

use crate::date::YEARS;
use crate::holidays::Calendar;
use law::Law;
use rules::Rules;

/// Every rule ever in force, as far as the data go.
#[derive(Clone, Debug)]
pub struct RuleBook {
    rules: Rules,
    provisions: Vec<Provision>,
    calendar: Calendar,
}

/// The rules in force on one date: a City rule goes before the national one of the same name.
#[derive(Clone, Copy, Debug)]
pub struct InForce<'a> {
    book: &'a RuleBook,
    date: NaiveDate,
}

impl RuleBook {
    /// The book that this software carries.
    ///
    /// # Errors
    /// [`LoadError`] naming file and field, should the data be faulty.
    pub fn embedded() -> Result<Self, LoadError> {
        Self::parse(EMBEDDED.iter().copied())
    }

    /// The book in the `*.toml` files of a folder.
    ///
    /// # Errors
    /// [`LoadError`] naming the file and the field: unreadable or unknown content, a bad date, two provisions of a
    /// rule that overlap or leave a hole between them, a rule that is missing.
    pub fn load(folder: &Path) -> Result<Self, LoadError> {
        let files = Self::files(folder)?;
        Self::parse(files.iter().map(|(name, text)| (name.as_str(), text.as_str())))
    }

    /// The `*.toml` files of a folder as name and content, by name; or the one file that `path` is.
    ///
    /// # Errors
    /// [`LoadError::Unreadable`].
    pub fn files(path: &Path) -> Result<Vec<(String, String)>, LoadError> {
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            move |source| LoadError::Unreadable { path, source }
        };
        let file = |path: &Path| {
            let text = fs::read_to_string(path).map_err(unreadable(path))?;
            Ok((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), text))
        };
        if path.is_file() {
            return Ok(vec![file(path)?]);
        }
        let mut files = Vec::new();
        for entry in fs::read_dir(path).map_err(unreadable(path))? {
            let path = entry.map_err(unreadable(path))?.path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                files.push(file(&path)?);
            }
        }
        files.sort();
        Ok(files)
    }

    /// The book in these files, given as name and content.
    ///
    /// # Errors
    /// As [`RuleBook::load`].
    pub fn parse<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, LoadError> {
        let mut law = Law::read(files)?;
        let provisions = law.provisions();
        let rules = Rules::take(&mut law)?;
        law.finish()?;
        if let Some(date) = calendar_ends().find(|date| rules.public_holidays.at(*date).is_none()) {
            return Err(LoadError::Uncovered { rule: "public_holidays", date });
        }
        let calendar = Calendar::new(rules.public_holidays.iter(), rules.local_holidays.iter());
        Ok(Self { rules, provisions, calendar })
    }

    /// The rules in force on `date`.
    pub fn at(&self, date: NaiveDate) -> InForce<'_> {
        InForce { book: self, date }
    }

    /// The public and local holidays of every supported year.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// The files of the book that this software carries, as name and content.
    pub const fn embedded_files() -> &'static [(&'static str, &'static str)] {
        EMBEDDED
    }

    /// The version of the whole book.
    pub fn version(&self) -> Version {
        version_of(self.provisions.iter())
    }

    /// What was in force up to `date` in this book and is something else in `next`: a provision that is edited, left out,
    /// or put in. An end after `date` is none of it.
    pub fn edited<'a>(&'a self, next: &'a Self, date: NaiveDate) -> Option<&'a Provision> {
        let gone = self.provisions.iter().find(|one| !one.is_kept_by(&next.provisions, date));
        gone.or_else(|| next.provisions.iter().find(|one| !one.is_kept_by(&self.provisions, date)))
    }

    /// A provision of `next` that ends on `date` or later with none to follow, while this book has its rule in force then.
    pub fn unfollowed<'a>(&self, next: &'a Self, date: NaiveDate) -> Option<&'a Provision> {
        let holds = |book: &Self, rule: &str, on| book.at(on).provisions().any(|provision| provision.rule == rule);
        next.provisions.iter().find(|ended| {
            let after = ended.until.filter(|until| date <= *until).and_then(|until| until.succ_opt());
            after.is_some_and(|after| holds(self, &ended.rule, after) && !holds(next, &ended.rule, after))
        })
    }

    /// Every provision, by rule, scope and date.
    pub fn provisions(&self) -> &[Provision] {
        &self.provisions
    }
}

/// The SHA-256 of these provisions' content, comments and layout left out.
fn version_of<'a>(provisions: impl Iterator<Item = &'a Provision>) -> Version {
    let mut hash = Sha256::new();
    for provision in provisions {
        hash.update(provision.digest);
    }
    Version::new(hash.finalize().into())
}

/// The first and the last supported date: a calendar without holidays would count them as work.
fn calendar_ends() -> impl Iterator<Item = NaiveDate> {
    let first = NaiveDate::from_ymd_opt(*YEARS.start(), 1, 1);
    let last = NaiveDate::from_ymd_opt(*YEARS.end(), 12, 31);
    first.into_iter().chain(last)
}

impl<'a> InForce<'a> {
    /// The date asked for.
    pub fn date(&self) -> NaiveDate {
        self.date
    }

    /// The version of what is in force on the date: a provision that begins later or has ended does not change it.
    pub fn version(&self) -> Version {
        version_of(self.provisions())
    }

    /// Every provision in force on the date, national ones that a City rule displaces among them.
    pub fn provisions(&self) -> impl Iterator<Item = &'a Provision> + use<'a> {
        let date = self.date;
        self.book.provisions.iter().filter(move |provision| provision.covers(date))
    }
}

/// Lists the files of `law/` that are compiled in.
macro_rules! embedded {
    ($($file:literal),* $(,)?) => {
        const EMBEDDED: &[(&str, &str)] = &[$(($file, include_str!(concat!("../../law/", $file)))),*];
    };
}

embedded! {
    "annual_leave.toml",
    "carry_over.toml",
    "cet.toml",
    "family.toml",
    "holidays.toml",
    "leave_types.toml",
    "other_leave.toml",
    "requests.toml",
    "rtt.toml",
    "school_holidays.toml",
    "sickness.toml",
    "special_absences.toml",
    "validation.toml",
}

#[cfg(test)]
mod tests;
