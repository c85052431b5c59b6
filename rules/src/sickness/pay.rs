use std::collections::VecDeque;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::spell::{InvalidSpells, Spell};
use crate::date::{OutsideCalendar, minus_months, plus_days};
use crate::quantity::{Cents, Fraction, Ratio, whole};
use crate::status::Status;

/// Pay in ordinary sick leave on a rolling year: 90 % for a first term, then half (CGFP L.822-2 and -3; L 2025-127
/// art. 189; contracts: D 88-145 art. 7, D 2025-197). Family supplement and residence allowance stay whole. The rule
/// is that of the first day of the leave.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SickPay {
    full: Fraction,
    reduced: Fraction,
    rolling_months: u32,
    days_a_month: u32,
    terms: Vec<TermRow>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TermRow {
    statuses: Vec<Status>,
    months_of_service: u32,
    full_days: u32,
    reduced_days: u32,
}

/// How long each pay lasts, in calendar days of a rolling year; waiting days count in the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayTerm {
    /// Days at the first rate.
    pub full_days: u32,
    /// Days at the second rate.
    pub reduced_days: u32,
}

impl PayTerm {
    /// That of who has not served long enough to be paid (D 88-145 art. 7).
    pub const UNPAID: Self = Self { full_days: 0, reduced_days: 0 };
}

/// What was used of the first term in the rolling year before a leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// Days paid at the first rate.
    pub full_days: u32,
    /// Unpaid waiting days.
    pub waiting_days: u32,
}

/// How the days of a leave are paid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Unpaid as waiting days.
    pub waiting_days: u32,
    /// At the first rate.
    pub full_days: u32,
    /// At the second rate.
    pub reduced_days: u32,
    /// Unpaid, the terms being used up.
    pub unpaid_days: u32,
}

/// When half pay begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HalfPayStart {
    /// Days of this leave at the first rate.
    pub full_days: u32,
    /// The first day at the second rate.
    pub half_pay_from: NaiveDate,
}

/// The pay of one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PayRate {
    /// Unpaid as the waiting day.
    Waiting,
    /// The first rate.
    Full,
    /// The second rate.
    Reduced,
    /// Unpaid: the terms are used up.
    Exhausted,
}

/// One sick day and its pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PaidDay {
    /// The civil date.
    pub date: NaiveDate,
    /// Its pay.
    pub rate: PayRate,
}

impl SickPay {
    /// The first rate, as a share of pay.
    pub fn full(&self) -> Ratio {
        self.full.ratio()
    }

    /// The second rate, as a share of pay.
    pub fn reduced(&self) -> Ratio {
        self.reduced.ratio()
    }

    /// The term of an agent of this status after so many months of service; none where sick leave is not paid.
    pub fn term(&self, status: Status, months_of_service: u32) -> Option<PayTerm> {
        self.terms
            .iter()
            .filter(|row| row.statuses.contains(&status) && row.months_of_service <= months_of_service)
            .max_by_key(|row| row.months_of_service)
            .map(|row| PayTerm { full_days: row.full_days, reduced_days: row.reduced_days })
    }

    /// How a leave of `days` calendar days is paid when nothing of the rolling year lapses during it.
    pub fn share(&self, term: PayTerm, used: Used, days: u32, waiting_day: bool) -> Share {
        let waiting_days = u32::from(waiting_day).min(days);
        let left = term.full_days.saturating_sub(used.full_days).saturating_sub(used.waiting_days);
        let full_days = left.saturating_sub(waiting_days).min(days - waiting_days);
        let reduced_days = term.reduced_days.min(days - waiting_days - full_days);
        let unpaid_days = days - waiting_days - full_days - reduced_days;
        Share { waiting_days, full_days, reduced_days, unpaid_days }
    }

    /// What such a leave withholds from a gross monthly pay, a thirtieth a day, rounded once.
    pub fn withheld(&self, gross_month: Cents, share: Share) -> Cents {
        let one = whole(1);
        let lost_days = whole(share.waiting_days + share.unpaid_days)
            + whole(share.full_days) * (one - self.full())
            + whole(share.reduced_days) * (one - self.reduced());
        gross_month.times(lost_days / whole(self.days_a_month.max(1)))
    }

    /// When half pay begins in a continuous leave from `start`, if nothing of the rolling year lapses during it.
    ///
    /// # Errors
    /// [`OutsideCalendar`] for dates that are not supported.
    pub fn half_pay(
        &self,
        term: PayTerm,
        used: Used,
        start: NaiveDate,
        waiting_day: bool,
    ) -> Result<HalfPayStart, OutsideCalendar> {
        let share = self.share(term, used, term.full_days.saturating_add(1), waiting_day);
        let half_pay_from = plus_days(start, i64::from(share.waiting_days) + i64::from(share.full_days))?;
        Ok(HalfPayStart { full_days: share.full_days, half_pay_from })
    }

    /// The pay of each day of these leaves, judged day by day on the rolling year that ends with it, each leave by its own
    /// term. Only leave that is paid uses a term up: the waiting day of one without pay counts in none (D 88-145 art. 7).
    ///
    /// Leave of a year at most is given in twelve months (CGFP L.822-2), and who has had it without a break does not
    /// resume without the opinion of the medical council (D 87-602 art. 17): a day lapses only once service was resumed
    /// after it, so that pay stays exhausted in the thirteenth month. What counts as resuming is left open by these
    /// texts, annual leave in between above all, and by D 88-145 for contracts: [`Spell::unbroken`] says it.
    ///
    /// # Errors
    /// [`InvalidSpells`] when the leaves overlap or are not in order.
    pub fn day_by_day(&self, spells: &[Spell]) -> Result<Vec<PaidDay>, InvalidSpells> {
        if let Some((_, next)) = spells.iter().zip(spells.iter().skip(1)).find(|(one, next)| next.first <= one.last) {
            return Err(InvalidSpells::Overlapping(next.first));
        }
        let mut days = Vec::new();
        let mut full = VecDeque::new();
        let mut reduced = VecDeque::new();
        let mut stretch_begins = NaiveDate::MAX;
        for spell in spells {
            let Spell { first, last, waiting_day, term, resumed } = *spell;
            stretch_begins = if resumed { first } else { stretch_begins.min(first) };
            for date in first.iter_days().take_while(|date| *date <= last) {
                // The year before a date of early 1990 is not supported, and holds no earlier day.
                if let Ok(year_before) = minus_months(date, self.rolling_months) {
                    let lapses = |used: &NaiveDate| *used <= year_before && *used < stretch_begins;
                    forget(&mut full, lapses);
                    forget(&mut reduced, lapses);
                }
                let rate = if waiting_day == Some(date) {
                    PayRate::Waiting
                } else if full.len() < term.full_days as usize {
                    PayRate::Full
                } else if reduced.len() < term.reduced_days as usize {
                    PayRate::Reduced
                } else {
                    PayRate::Exhausted
                };
                match rate {
                    PayRate::Waiting if term == PayTerm::UNPAID => {}
                    PayRate::Waiting | PayRate::Full => full.push_back(date),
                    PayRate::Reduced => reduced.push_back(date),
                    PayRate::Exhausted => {}
                }
                days.push(PaidDay { date, rate });
            }
        }
        Ok(days)
    }
}

fn forget(days: &mut VecDeque<NaiveDate>, lapses: impl Fn(&NaiveDate) -> bool) {
    while days.front().is_some_and(&lapses) {
        days.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleBook;
    use crate::date::day;

    fn rule(check: impl FnOnce(&SickPay, PayTerm)) {
        let book = RuleBook::embedded().unwrap();
        let pay = book.at(day("2026-01-01")).sick_pay().unwrap();
        check(pay, pay.term(Status::Official, 0).unwrap());
    }

    fn withheld(gross_euro: i64, days: u32, waiting_day: bool) -> String {
        let mut text = String::new();
        rule(|pay, term| {
            let share = pay.share(term, Used::default(), days, waiting_day);
            text = pay.withheld(Cents::new(gross_euro * 100), share).to_string();
        });
        text
    }

    #[test]
    fn the_waiting_day_costs_a_thirtieth_and_the_others_a_tenth_of_it() {
        assert_eq!(withheld(2400, 5, true), "112.00");
        assert_eq!(withheld(2400, 1, true), "80.00");
        assert_eq!(withheld(2400, 5, false), "40.00");
        assert_eq!(withheld(3000, 10, true), "190.00");
    }

    #[test]
    fn before_march_2025_pay_was_whole_for_three_months() {
        let book = RuleBook::embedded().unwrap();
        let pay = book.at(day("2025-02-28")).sick_pay().unwrap();
        let term = pay.term(Status::Official, 0).unwrap();
        let share = pay.share(term, Used::default(), 5, true);
        assert_eq!(pay.withheld(Cents::new(240_000), share), Cents::new(8_000));
    }

    #[test]
    fn half_pay_begins_on_1_april_after_a_new_year_s_leave() {
        rule(|pay, term| {
            let start = pay.half_pay(term, Used::default(), day("2026-01-01"), true).unwrap();
            assert_eq!(start, HalfPayStart { full_days: 89, half_pay_from: day("2026-04-01") });
        });
    }

    #[test]
    fn earlier_paid_and_waiting_days_count_in_the_90() {
        rule(|pay, term| {
            let used = Used { full_days: 49, waiting_days: 1 };
            let start = pay.half_pay(term, used, day("2026-06-01"), true).unwrap();
            assert_eq!(start, HalfPayStart { full_days: 39, half_pay_from: day("2026-07-11") });
        });
    }

    #[test]
    fn two_waiting_days_in_a_year_leave_88_paid_days() {
        rule(|pay, term| {
            let first = Spell::new(day("2026-01-01"), day("2026-01-10"), Some(day("2026-01-01")), term).unwrap();
            let second = Spell::new(day("2026-02-01"), day("2026-06-30"), Some(day("2026-02-01")), term).unwrap();
            let days = pay.day_by_day(&[first, second]).unwrap();
            assert_eq!(days.iter().filter(|day| day.rate == PayRate::Full).count(), 88);
        });
    }

    #[test]
    fn day_by_day_agrees_with_the_shortcut_for_one_leave() {
        rule(|pay, term| {
            let spell = Spell::new(day("2026-01-01"), day("2026-04-30"), Some(day("2026-01-01")), term).unwrap();
            let days = pay.day_by_day(&[spell]).unwrap();
            let first_half = days.iter().find(|day| day.rate == PayRate::Reduced).unwrap();
            assert_eq!(first_half.date, day("2026-04-01"));
        });
    }

    #[test]
    fn a_year_later_the_first_term_is_whole_again() {
        rule(|pay, term| {
            let first = Spell::new(day("2025-03-01"), day("2025-06-30"), None, term).unwrap();
            let second = Spell::new(day("2026-04-01"), day("2026-04-30"), None, term).unwrap();
            let rate = |days: &[PaidDay], date| days.iter().find(|paid| paid.date == day(date)).unwrap().rate;
            let days = pay.day_by_day(&[first, second]).unwrap();
            assert_eq!(rate(&days, "2025-05-30"), PayRate::Reduced);
            assert_eq!(rate(&days, "2026-04-01"), PayRate::Full);
        });
    }

    #[test]
    fn a_paid_day_lapses_on_its_anniversary() {
        rule(|pay, term| {
            let first = Spell::new(day("2025-03-01"), day("2025-05-29"), None, term).unwrap();
            let rates_from = |date| {
                let second = Spell::new(day(date), day("2026-03-02"), None, term).unwrap();
                let days = pay.day_by_day(&[first, second]).unwrap();
                days.into_iter().skip(90).map(|paid| paid.rate).collect::<Vec<_>>()
            };
            assert_eq!(rates_from("2026-02-28"), [PayRate::Reduced, PayRate::Full, PayRate::Full]);
        });
    }

    #[test]
    fn after_a_whole_year_pay_is_exhausted_until_service_is_resumed() {
        rule(|pay, term| {
            let spell = |first, last| Spell::new(day(first), day(last), None, term).unwrap();
            let until_june = spell("2025-01-06", "2026-06-30");
            let unpaid = |days: &[PaidDay], from: &str| {
                days.iter().filter(|paid| day(from) <= paid.date).all(|paid| paid.rate == PayRate::Exhausted)
            };
            let days = pay.day_by_day(&[until_june]).unwrap();
            assert_eq!(days.iter().find(|paid| paid.rate == PayRate::Exhausted).unwrap().date, day("2026-01-01"));
            assert!(unpaid(&days, "2026-01-01"), "in the thirteenth month too");
            let prolonged = spell("2026-07-01", "2026-07-31");
            assert!(unpaid(&pay.day_by_day(&[until_june, prolonged.unbroken()]).unwrap(), "2026-01-01"));
            let resumed = spell("2026-08-03", "2026-08-31");
            assert!(!unpaid(&pay.day_by_day(&[until_june, resumed]).unwrap(), "2026-08-03"));
        });
    }

    #[test]
    fn days_of_before_service_was_resumed_lapse_during_a_leave() {
        rule(|pay, term| {
            let spell = |first, last| Spell::new(day(first), day(last), None, term).unwrap();
            let days = pay.day_by_day(&[spell("2025-03-01", "2025-05-29"), spell("2026-02-01", "2027-03-31")]).unwrap();
            let count = |rate| days.iter().skip(90).filter(|paid| paid.rate == rate).count();
            assert_eq!([count(PayRate::Full), count(PayRate::Reduced)], [90, 270], "a year at most, without a break");
        });
    }

    #[test]
    fn contracts_have_terms_by_service() {
        rule(|pay, _| {
            let term = |months| pay.term(Status::Contract, months).map(|term| (term.full_days, term.reduced_days));
            assert_eq!([term(3), term(4), term(24), term(36)], [None, Some((30, 30)), Some((60, 60)), Some((90, 90))]);
        });
    }

    #[test]
    fn overlapping_leaves_are_refused() {
        rule(|pay, term| {
            let spell = Spell::new(day("2026-01-01"), day("2026-01-10"), None, term).unwrap();
            let refused = pay.day_by_day(&[spell, spell]);
            assert_eq!(refused, Err(InvalidSpells::Overlapping(day("2026-01-01"))));
        });
    }
}
