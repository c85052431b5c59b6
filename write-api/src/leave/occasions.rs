//! What a special absence is for, as hashes tell it apart: the event itself, and the days by which it might be named again.

use crate::WriteApi;
use crate::problems::vault;
use chrono::{Days, NaiveDate};
use events::AccountId;
use events::leave::Occasion;
use rules::family::Circumstances;
use rules::special_absence::{DEATH_OF_CHILD, SpecialAbsence};
use web::Problem;

/// What is said of the event of a special absence.
pub(super) struct Said<'a> {
    /// The motive, as the rules name it.
    pub(super) motive: &'a str,
    /// Its day, or the one on which the procedure began.
    pub(super) on: NaiveDate,
    /// Which event of that day, from 1.
    pub(super) number: u8,
    pub(super) circumstances: Option<Circumstances>,
}

/// The event, and what others of the agent may be to it.
pub(super) struct Occasions {
    /// What is kept of it.
    pub(super) kept: Occasion,
    /// What was kept of it before the age of the child was with it.
    pub(super) without_age: Option<Occasion>,
    /// What else is kept of the same event.
    pub(super) same: Vec<Occasion>,
    /// What is kept of every event so near that only so many can come.
    pub(super) near: Vec<Occasion>,
    /// What is kept of it where the child had an age by which the law gives otherwise.
    pub(super) contrary: Vec<Occasion>,
}

impl Said<'_> {
    /// Its occasions, by the rules of its day.
    pub(super) async fn occasions(&self, api: &WriteApi, agent: AccountId) -> Result<Occasions, Problem> {
        let law = api.law().await?;
        let table = law.at(self.on).special_absences().ok();
        let apart = table.map_or(0, |table| table.days_apart(self.motive));
        let longer = match self.circumstances {
            Some(Circumstances::DeathOfChild { age_years, was_parent }) if self.motive == DEATH_OF_CHILD => {
                table.map(|table| table.is_longer(age_years, was_parent))
            }
            _ => None,
        };
        let occasion = async |event: String| api.vault.occasion(agent, self.motive, &event).await.map_err(vault);
        let kept = occasion(self.event(self.on, longer)).await?;
        let without_age = match longer {
            Some(_) => Some(occasion(self.event(self.on, None)).await?),
            None => None,
        };
        let (mut same, mut contrary) = (Vec::new(), Vec::new());
        let first = self.on.checked_sub_days(Days::new(apart.into())).unwrap_or(self.on);
        for day in first.iter_days().take(2 * usize::from(apart) + 1) {
            same.push(occasion(self.event(day, longer)).await?);
            if let Some(longer) = longer {
                same.push(occasion(self.event(day, None)).await?);
                contrary.push(occasion(self.event(day, Some(!longer))).await?);
            }
        }
        let mut near = Vec::new();
        let recurrence = table.and_then(|table| table.of(self.motive)).and_then(SpecialAbsence::recurrence);
        for day in recurrence.iter().flat_map(|recurrence| recurrence.days_about(self.on)) {
            near.push(occasion(self.event(day, None)).await?);
        }
        Ok(Occasions { kept, without_age, same, near, contrary })
    }

    /// The event on a day, and whether its child gives the longer absence, where that is said.
    fn event(&self, on: NaiveDate, longer: Option<bool>) -> String {
        let age = longer.map_or("", |longer| if longer { " longer" } else { " shorter" });
        match self.number {
            1 => format!("{on}{age}"),
            number => format!("{on} {number}{age}"),
        }
    }
}
