//! Laws that hold for every leave, pattern and amount.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::LazyLock;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use proptest::collection::vec;
use proptest::prelude::*;
use rules::cet::YearOfLeave;
use rules::consecutive::AbsenceKind;
use rules::holidays::easter;
use rules::leave_cost::charged;
use rules::quantity::percent;
use rules::sickness::{PayRate, Spell, Used};
use rules::status::Status;
use rules::{Cents, Half, HalfDay, HalfDays, LeaveCost, Period, Ratio, RuleBook, WorkCycle, WorkSchedule};

static BOOK: LazyLock<RuleBook> = LazyLock::new(|| RuleBook::embedded().unwrap());

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn date() -> impl Strategy<Value = NaiveDate> {
    (0_u64..39_000).prop_map(|days| day("1990-01-01") + Days::new(days))
}

fn half_day() -> impl Strategy<Value = HalfDay> {
    (date(), any::<bool>())
        .prop_map(|(date, morning)| if morning { HalfDay::morning(date) } else { HalfDay::afternoon(date) })
}

fn period() -> impl Strategy<Value = Period> {
    (half_day(), 0_u64..120, any::<bool>()).prop_map(|(start, days, afternoon)| {
        let date = start.date + Days::new(days);
        let half = if afternoon || days == 0 { Half::Afternoon } else { Half::Morning };
        Period::new(start, HalfDay { date, half }).unwrap()
    })
}

fn schedule() -> impl Strategy<Value = WorkSchedule> {
    let weeks = (1_usize..4).prop_flat_map(|weeks| vec(any::<bool>(), weeks * 14));
    let worked = weeks.prop_filter("some half-day is worked", |halves| halves.contains(&true));
    worked.prop_map(|halves| {
        let text: String = halves.iter().map(|worked| if *worked { '1' } else { '0' }).collect();
        WorkCycle::anchored(day("2026-01-05"), &text).unwrap().into()
    })
}

fn total(period: Period, schedule: &WorkSchedule) -> HalfDays {
    LeaveCost::of(period, schedule, BOOK.calendar()).total()
}

proptest! {
    #[test]
    fn a_count_is_the_sum_of_its_parts(whole in period(), schedule in schedule(), cut in any::<prop::sample::Index>()) {
        let half_days: Vec<_> = whole.half_days().collect();
        prop_assume!(half_days.len() > 1);
        let cut = 1 + cut.index(half_days.len() - 1);
        let before = Period::new(half_days[0], half_days[cut - 1]).unwrap();
        let after = Period::new(half_days[cut], whole.end()).unwrap();
        prop_assert_eq!(total(whole, &schedule), total(before, &schedule) + total(after, &schedule));
    }

    #[test]
    fn a_count_is_the_sum_of_its_years(period in period(), schedule in schedule()) {
        let cost = LeaveCost::of(period, &schedule, BOOK.calendar());
        prop_assert_eq!(cost.by_year().map(|(_, half_days)| half_days).sum::<HalfDays>(), cost.total());
        let years = period.start().date.year()..=period.end().date.year();
        prop_assert!(cost.by_year().all(|(year, half_days)| years.contains(&year) && !half_days.is_zero()));
    }

    #[test]
    fn only_half_days_of_the_pattern_that_are_no_holidays_are_counted(period in period(), schedule in schedule()) {
        for half_day in charged(period, &schedule, BOOK.calendar()) {
            prop_assert!(period.contains(half_day) && schedule.works(half_day));
            prop_assert!(!BOOK.calendar().is_holiday(half_day.date));
        }
        let worked = period.half_days().filter(|half_day| schedule.works(*half_day)).count();
        prop_assert!(total(period, &schedule).get() as usize <= worked);
    }

    #[test]
    fn a_longer_leave_never_costs_less(period in period(), schedule in schedule()) {
        let longer = Period::new(period.start(), period.end().next().unwrap()).unwrap();
        prop_assert!(total(period, &schedule) <= total(longer, &schedule));
    }

    #[test]
    fn periods_overlap_when_they_share_a_half_day(one in period(), start in 0_i64..200, length in 0_u64..60) {
        let first = one.start().date + chrono::TimeDelta::days(start - 100);
        prop_assume!(first.year() >= 1990);
        let other = Period::days(first, first + Days::new(length)).unwrap();
        prop_assert_eq!(one.overlaps(other), one.half_days().any(|half_day| other.contains(half_day)));
        prop_assert_eq!(one.overlaps(other), other.overlaps(one));
    }

    #[test]
    fn easter_is_a_sunday_from_22_march_to_25_april(year in 1990_i32..=2099) {
        let easter = easter(year).unwrap();
        prop_assert_eq!(easter.weekday(), Weekday::Sun);
        prop_assert!((3, 22) <= (easter.month(), easter.day()) && (easter.month(), easter.day()) <= (4, 25));
    }

    #[test]
    fn a_stretch_spans_the_leaves_and_ends_on_work(period in period(), schedule in schedule()) {
        let rule = BOOK.at(period.start().date).consecutive_absence().unwrap();
        let leaves = [(AbsenceKind::AnnualLeave, period)];
        let stretches = rule.stretches(&leaves, &schedule, BOOK.calendar());
        match stretches.as_slice() {
            [] => prop_assert!(total(period, &schedule).is_zero()),
            [stretch] => {
                prop_assert!(period.contains(stretch.first) && stretch.back > period.end());
                prop_assert!(schedule.works(stretch.back) && !BOOK.calendar().is_holiday(stretch.back.date));
                prop_assert!(stretch.length >= total(period, &schedule));
            }
            more => prop_assert!(false, "one leave makes {} stretches", more.len()),
        }
    }

    #[test]
    fn cutting_a_leave_in_two_requests_keeps_its_stretch(whole in period(), schedule in schedule(), cut in any::<prop::sample::Index>()) {
        let half_days: Vec<_> = whole.half_days().collect();
        prop_assume!(half_days.len() > 1);
        let cut = 1 + cut.index(half_days.len() - 1);
        let before = Period::new(half_days[0], half_days[cut - 1]).unwrap();
        let after = Period::new(half_days[cut], whole.end()).unwrap();
        let rule = BOOK.at(whole.start().date).consecutive_absence().unwrap();
        let stretches = |periods: &[Period]| {
            let leaves: Vec<_> = periods.iter().map(|period| (AbsenceKind::AnnualLeave, *period)).collect();
            rule.stretches(&leaves, &schedule, BOOK.calendar())
        };
        prop_assert_eq!(stretches(&[after, before]), stretches(&[whole]));
    }

    #[test]
    fn the_savings_account_never_grows_beyond_its_cap(
        balance in 0_u32..=120, entitled in 0_u32..=60, extra in 0_u32..=4, taken in 0_u32..=60, rtt in 0_u32..=60
    ) {
        let rule = BOOK.at(day("2026-12-31")).cet_feeding().unwrap();
        let [balance, entitled, fractionnement, taken, rtt_left] = [balance, entitled, extra, taken, rtt].map(HalfDays::new);
        let year = YearOfLeave { entitled, fractionnement, taken, rtt_left };
        let deposit = rule.largest_deposit(balance, year, percent(100));
        prop_assert!(deposit.balance_after <= HalfDays::days(60));
        prop_assert_eq!(deposit.balance_after, balance + deposit.total);
        prop_assert!(deposit.annual_leave <= deposit.total);
        prop_assert!(deposit.annual_leave.is_zero() || taken >= HalfDays::days(20));
    }

    #[test]
    fn sick_days_are_each_paid_once_and_never_for_more_than_the_month(
        days in 0_u32..400, full in 0_u32..120, waiting in 0_u32..3, waits in any::<bool>(), cents in 0_i64..1_000_000
    ) {
        let pay = BOOK.at(day("2026-01-01")).sick_pay().unwrap();
        let term = pay.term(Status::Official, 0).unwrap();
        let used = Used { full_days: full, waiting_days: waiting };
        let share = pay.share(term, used, days, waits);
        prop_assert_eq!(share.waiting_days + share.full_days + share.reduced_days + share.unpaid_days, days);
        let withheld = pay.withheld(Cents::new(cents), share);
        prop_assert!(Cents::new(0) <= withheld && withheld <= Cents::new(cents).times(Ratio::new(i128::from(days), 30)));
    }

    #[test]
    fn no_rolling_year_has_more_than_its_paid_days(lengths in vec((1_u64..60, 1_u64..40), 1..20)) {
        let pay = BOOK.at(day("2026-01-01")).sick_pay().unwrap();
        let term = pay.term(Status::Official, 0).unwrap();
        let mut next = day("2026-01-01");
        let mut spells = Vec::new();
        for (length, gap) in lengths {
            let last = next + Days::new(length - 1);
            spells.push(Spell::new(next, last, Some(next), term).unwrap());
            next = last + Days::new(1 + gap);
        }
        let days = pay.day_by_day(&spells).unwrap();
        for end in days.iter().map(|paid| paid.date) {
            let year_before = rules::date::minus_months(end, 12).unwrap();
            let in_year = days.iter().filter(|paid| year_before < paid.date && paid.date <= end);
            prop_assert!(in_year.filter(|paid| paid.rate == PayRate::Full).count() <= 90);
        }
    }
}
