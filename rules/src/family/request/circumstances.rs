use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::book::RuleBook;
use crate::family::adoption::Adopted;
use crate::family::{AdoptionFamily, FirstDay, Pregnancy};

/// What the length of a family leave follows from, as the agent says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Circumstances {
    /// Of maternity leave.
    Pregnancy {
        /// The rank and the number of the children.
        rank: Pregnancy,
        /// The day on which the birth is expected.
        #[serde(deserialize_with = "events::date::deserialize")]
        due: NaiveDate,
        /// The day of the birth, once it is known.
        #[serde(default, deserialize_with = "events::date::deserialize_option")]
        born: Option<NaiveDate>,
        /// Weeks taken after the birth instead of before.
        #[serde(default)]
        moved_weeks: u32,
    },
    /// Of birth and paternity leave, and of the extra leave after them.
    Birth {
        /// The day of the birth.
        #[serde(deserialize_with = "events::date::deserialize")]
        born: NaiveDate,
        /// Whether several children were born.
        #[serde(default)]
        multiple: bool,
        /// The day on which the birth leave begins.
        #[serde(default)]
        first_day: FirstDay,
    },
    /// Of adoption leave.
    Adoption {
        /// The day on which the first child arrives.
        #[serde(deserialize_with = "events::date::deserialize")]
        arrived: NaiveDate,
        /// How many arrive.
        adopted: u32,
        /// How many children the family has in charge then.
        in_charge: u32,
        /// Whether both parents share the leave.
        #[serde(default)]
        shared: bool,
    },
    /// Of leave for a sick child.
    Child {
        /// How old it is, in whole years.
        age_years: u32,
        /// Whether it is disabled.
        #[serde(default)]
        disabled: bool,
    },
    /// Of the special absence after the death of a child.
    DeathOfChild {
        /// How old it was, in whole years.
        age_years: u32,
        /// Whether it was a parent.
        #[serde(default)]
        was_parent: bool,
    },
    /// Of the special absence after a close death, or for a grave illness.
    Travel {
        /// The hours of travel, there and back.
        hours: u32,
    },
}

/// What is said of a child that comes, as far as the length of the leave for it follows from that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SaidOfChild {
    /// What is said.
    pub said: &'static str,
    /// What may be said instead.
    pub instead: &'static [&'static str],
}

const RANKS: &[&str] = &["first_or_second", "third_or_later", "twins", "triplets_or_more"];
const BORN: &[&str] = &["one_born", "several_born"];
const ADOPTED: &[&str] = &["one_adopted", "one_adopted_in_large_family", "several_adopted"];

impl Circumstances {
    /// What is said of a child that comes; none of what no leave of one's own follows from, or no rule in force tells apart.
    #[must_use]
    pub fn of_child(&self, book: &RuleBook) -> Option<SaidOfChild> {
        let (instead, place) = match self {
            Self::Pregnancy { rank, .. } => (RANKS, rank.place()),
            Self::Birth { multiple, .. } => (BORN, usize::from(*multiple)),
            Self::Adoption { arrived, adopted, in_charge, .. } => {
                let family = AdoptionFamily::new(*adopted, *in_charge).ok()?;
                let place = match book.at(*arrived).adoption().ok()?.adopted(family) {
                    Adopted::One => 0,
                    Adopted::OneInLargeFamily => 1,
                    Adopted::Several => 2,
                };
                (ADOPTED, place)
            }
            Self::Child { .. } | Self::DeathOfChild { .. } | Self::Travel { .. } => return None,
        };
        Some(SaidOfChild { said: instead.get(place)?, instead })
    }
}
