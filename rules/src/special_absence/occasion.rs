use std::collections::BTreeSet;

use chrono::NaiveDate;
use events::leave::Charge;

use super::{About, Recurrence, SpecialAbsenceRefused};
use crate::date::{plus_days, plus_months};
use crate::period::Period;
use crate::quantity::HalfDays;

/// What a motive gives on one occasion: for one event of life, or one procedure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Working days; none where the need decides.
    pub(super) half_days: Option<HalfDays>,
    /// Dates on which the agent may be absent.
    pub(super) dates: Option<u32>,
    /// Dates of one absence.
    pub(super) dates_at_once: Option<u32>,
    /// When it is taken.
    pub(super) about: Option<About>,
    /// How many events may fall on one day.
    pub(super) events_a_day: u8,
    /// How often what it is for can come.
    pub(super) recurrence: Option<Recurrence>,
}

/// What an absence is for: an event of life, or a procedure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The day of the event, or the one on which the procedure began.
    pub on: Option<NaiveDate>,
    /// Which one of that day, from 1.
    pub number: u8,
}

/// What absences take.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    half_days: HalfDays,
    dates: BTreeSet<NaiveDate>,
}

impl Taken {
    /// What these charges take.
    pub fn of<'a>(charges: impl IntoIterator<Item = &'a Charge>) -> Self {
        let half_days: Vec<_> = charges.into_iter().flat_map(|charge| charge.half_days.iter()).collect();
        let dates = half_days.iter().map(|half_day| half_day.date).collect();
        Self { half_days: HalfDays::new(count(half_days.len())), dates }
    }
}

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl Given {
    /// Whether it is for one event or procedure, whose day has to be known.
    const fn is_for_one(&self) -> bool {
        self.half_days.is_some() || self.dates.is_some() || self.about.is_some()
    }

    /// Holds an absence over `period` that takes so much, after what others on the same occasion take, against this; and
    /// after what those on any occasion `near` take, against what [`Recurrence`] leaves.
    ///
    /// # Errors
    /// [`SpecialAbsenceRefused`] with the reason.
    pub fn check(
        &self,
        event: Event,
        period: Period,
        asked: &Taken,
        before: &Taken,
        near: &Taken,
    ) -> Result<(), SpecialAbsenceRefused> {
        if let Some(most) = self.dates_at_once.filter(|most| count(asked.dates.len()) > *most) {
            return Err(SpecialAbsenceRefused::DatesAtOnce { most });
        }
        if !(1..=self.events_a_day).contains(&event.number) {
            return Err(SpecialAbsenceRefused::Number { most: self.events_a_day });
        }
        let Some(on) = event.on else {
            return if self.is_for_one() { Err(SpecialAbsenceRefused::NoDay) } else { Ok(()) };
        };
        if !self.is_for_one() {
            return Err(SpecialAbsenceRefused::NeedlessDay);
        }
        if let Some(About { days_before, months_after }) = self.about {
            let (first, last) = (plus_days(on, -i64::from(days_before))?, plus_months(on, months_after)?);
            if period.start().date < first || last < period.end().date {
                return Err(SpecialAbsenceRefused::Outside { first, last });
            }
        }
        if let Some(given) = self.half_days.filter(|given| before.half_days + asked.half_days > *given) {
            return Err(SpecialAbsenceRefused::Days { given, before: before.half_days });
        }
        let dates = count(before.dates.union(&asked.dates).count());
        if let Some(given) = self.dates.filter(|given| dates > *given) {
            return Err(SpecialAbsenceRefused::Dates { given, before: count(before.dates.len()) });
        }
        match self.recurrence.as_ref().filter(|recurrence| self.exceeds(recurrence.events.into(), asked, near)) {
            Some(recurrence) => Err(SpecialAbsenceRefused::Recurrence(recurrence.clone())),
            None => Ok(()),
        }
    }

    /// Whether both together take more than so many events give.
    fn exceeds(&self, events: u32, asked: &Taken, near: &Taken) -> bool {
        let dates = count(near.dates.union(&asked.dates).count());
        self.half_days.is_some_and(|given| near.half_days + asked.half_days > HalfDays::new(events * given.get()))
            || self.dates.is_some_and(|given| dates > events * given)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleBook;
    use crate::date::day;
    use crate::family::Circumstances;
    use crate::special_absence::DEATH_OF_CHILD;

    fn given(motive: &str, circumstances: Option<Circumstances>) -> Result<Given, SpecialAbsenceRefused> {
        let book = RuleBook::embedded().unwrap();
        book.at(day("2026-01-01")).special_absences().unwrap().given(Some(motive), circumstances)
    }

    #[test]
    fn days_and_dates_of_one_occasion_add_up() {
        let taken = |half_days, first: &str, dates| Taken {
            half_days: HalfDays::new(half_days),
            dates: day(first).iter_days().take(dates).collect(),
        };
        let period = Period::days(day("2026-06-08"), day("2026-06-09")).unwrap();
        let (asked, on) = (taken(4, "2026-06-08", 2), on("2026-06-06"));
        let married = given("marriage_or_pacs", None).unwrap();
        assert_eq!(married.check(on, period, &asked, &taken(8, "2026-06-01", 4), &Taken::default()), Ok(()));
        let (six, before) = (HalfDays::days(6), HalfDays::new(9));
        let refused = SpecialAbsenceRefused::Days { given: six, before };
        assert_eq!(married.check(on, period, &asked, &taken(9, "2026-06-01", 5), &Taken::default()), Err(refused));
        let adopting = given("adoption_interview", None).unwrap();
        assert_eq!(adopting.check(on, period, &asked, &taken(3, "2026-06-10", 3), &Taken::default()), Ok(()));
        let refused = SpecialAbsenceRefused::Dates { given: 5, before: 4 };
        assert_eq!(adopting.check(on, period, &asked, &taken(4, "2026-06-10", 4), &Taken::default()), Err(refused));
        assert_eq!(
            adopting.check(on, period, &asked, &taken(5, "2026-06-09", 4), &Taken::default()),
            Ok(()),
            "a date is one in two halves"
        );
    }

    fn on(date: &str) -> Event {
        Event { on: Some(day(date)), number: 1 }
    }

    #[test]
    fn an_absence_is_about_the_day_of_what_it_is_for() {
        let check = |motive, occurred: &str, first: &str| {
            let period = Period::days(day(first), day(first)).unwrap();
            given(motive, None).unwrap().check(
                on(occurred),
                period,
                &Taken::default(),
                &Taken::default(),
                &Taken::default(),
            )
        };
        let outside = |first, last| Err(SpecialAbsenceRefused::Outside { first: day(first), last: day(last) });
        assert_eq!(check("marriage_or_pacs", "2026-06-06", "2026-05-25"), Ok(()));
        assert_eq!(check("marriage_or_pacs", "1999-06-06", "2026-05-25"), outside("1999-05-06", "2000-06-06"));
        assert_eq!(
            check("close_death_or_grave_illness", "2026-06-06", "2026-06-05"),
            outside("2026-06-06", "2027-06-06")
        );
        assert_eq!(check("adoption_interview", "2026-06-06", "2027-01-05"), Ok(()));
    }

    #[test]
    fn two_may_die_on_one_day_and_nobody_marries_twice_on_one() {
        let period = Period::days(day("2026-06-08"), day("2026-06-09")).unwrap();
        let check = |motive, number| {
            let event = Event { number, ..on("2026-06-06") };
            given(motive, None).unwrap().check(event, period, &Taken::default(), &Taken::default(), &Taken::default())
        };
        assert_eq!(check("close_death_or_grave_illness", 2), Ok(()));
        assert_eq!(check("close_death_or_grave_illness", 0), Err(SpecialAbsenceRefused::Number { most: 9 }));
        assert_eq!(check("marriage_or_pacs", 2), Err(SpecialAbsenceRefused::Number { most: 1 }));
    }

    #[test]
    fn an_examination_is_of_one_date() {
        let period = Period::days(day("2026-06-08"), day("2026-06-09")).unwrap();
        let dates = |last: &str| Taken { half_days: HalfDays::days(1), dates: [day("2026-06-08"), day(last)].into() };
        let never = Event { on: None, number: 1 };
        for motive in ["pregnancy_examination", "pma_treatment"] {
            let check = |last| {
                given(motive, None).unwrap().check(never, period, &dates(last), &Taken::default(), &Taken::default())
            };
            assert_eq!(check("2026-06-08"), Ok(()));
            assert_eq!(check("2026-06-09"), Err(SpecialAbsenceRefused::DatesAtOnce { most: 1 }), "{motive}");
        }
    }

    #[test]
    fn a_day_is_said_where_what_is_given_is_for_one_event_and_nowhere_else() {
        let period = Period::days(day("2026-06-08"), day("2026-06-09")).unwrap();
        let check = |motive, on| {
            let event = Event { on, number: 1 };
            given(motive, None).unwrap().check(event, period, &Taken::default(), &Taken::default(), &Taken::default())
        };
        assert_eq!(check("marriage_or_pacs", None), Err(SpecialAbsenceRefused::NoDay));
        assert_eq!(check("pregnancy_examination", None), Ok(()));
        assert_eq!(check("pregnancy_examination", Some(day("2026-06-08"))), Err(SpecialAbsenceRefused::NeedlessDay));
    }

    #[test]
    fn mourning_for_a_child_is_taken_within_a_year() {
        let mourning = given(DEATH_OF_CHILD, Some(Circumstances::DeathOfChild { age_years: 3, was_parent: false }));
        let mourning = mourning.unwrap();
        let (first, last) = (day("2026-03-02"), day("2027-03-02"));
        let check = |date| {
            let period = Period::days(day(date), day(date)).unwrap();
            mourning.check(on("2026-03-02"), period, &Taken::default(), &Taken::default(), &Taken::default())
        };
        assert_eq!([check("2026-03-02"), check("2027-03-02")], [Ok(()), Ok(())]);
        for date in ["2026-03-01", "2027-03-03"] {
            assert_eq!(check(date), Err(SpecialAbsenceRefused::Outside { first, last }));
        }
        assert_eq!(given(DEATH_OF_CHILD, None), Err(SpecialAbsenceRefused::Age));
    }
}
