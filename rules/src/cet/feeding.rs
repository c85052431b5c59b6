use serde::{Deserialize, Serialize};

use crate::quantity::{HalfDays, Ratio, Rounding};

/// What may be saved at the year's end: RTT freely, annual leave and fractionnement only once 20 days of annual leave
/// were taken, up to 60 days in all (D 2004-878 art. 3 and 7-1; arrêté of 9 January 2024; CE 27 September 2021
/// n° 448985: RTT do not count in the 20).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CetFeeding {
    min_annual_leave_days: u32,
    min_follows_quota: bool,
    cap_days: u32,
}

/// An agent's leave at the end of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YearOfLeave {
    /// Annual leave of the year.
    pub entitled: HalfDays,
    /// Extra days for leave out of season.
    pub fractionnement: HalfDays,
    /// Annual leave and fractionnement taken in the year.
    pub taken: HalfDays,
    /// RTT not taken.
    pub rtt_left: HalfDays,
}

/// What the account may receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Deposit {
    /// Of annual leave and fractionnement, at most.
    pub annual_leave: HalfDays,
    /// Of all kinds together, at most.
    pub total: HalfDays,
    /// The account after the largest deposit.
    pub balance_after: HalfDays,
}

impl CetFeeding {
    /// The largest deposit into an account of `balance`, for an agent at `quota`. An account already above the cap
    /// keeps its days and receives none.
    pub fn largest_deposit(&self, balance: HalfDays, year: YearOfLeave, quota: Ratio) -> Deposit {
        let room = self.cap().saturating_sub(balance);
        let left = (year.entitled + year.fractionnement).saturating_sub(year.taken);
        let saveable = if year.taken >= self.minimum_taken(quota) { left } else { HalfDays::ZERO };
        let annual_leave = saveable.min(room);
        let total = (saveable + year.rtt_left).min(room);
        Deposit { annual_leave, total, balance_after: balance + total }
    }

    /// The most days that an account has.
    pub const fn cap(&self) -> HalfDays {
        HalfDays::days(self.cap_days)
    }

    /// The annual leave that must have been taken before any is saved.
    pub fn minimum_taken(&self, quota: Ratio) -> HalfDays {
        let full = HalfDays::days(self.min_annual_leave_days);
        if self.min_follows_quota { HalfDays::from_days(full.in_days() * quota, Rounding::Up) } else { full }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleBook;
    use crate::date::day;
    use crate::quantity::percent;

    fn deposit(balance: u32, fractionnement: u32, taken: u32, rtt: u32) -> Deposit {
        let book = RuleBook::embedded().unwrap();
        let rule = book.at(day("2026-12-31")).cet_feeding().unwrap();
        let year = YearOfLeave {
            entitled: HalfDays::days(25),
            fractionnement: HalfDays::days(fractionnement),
            taken: HalfDays::days(taken),
            rtt_left: HalfDays::days(rtt),
        };
        rule.largest_deposit(HalfDays::days(balance), year, percent(100))
    }

    fn expected(annual_leave: u32, total: u32, balance_after: u32) -> Deposit {
        let [annual_leave, total, balance_after] = [annual_leave, total, balance_after].map(HalfDays::days);
        Deposit { annual_leave, total, balance_after }
    }

    #[test]
    fn annual_leave_is_saved_beyond_20_days_taken() {
        assert_eq!(deposit(0, 0, 20, 0), expected(5, 5, 5));
        assert_eq!(deposit(0, 0, 19, 0), expected(0, 0, 0));
        assert_eq!(deposit(10, 2, 22, 0), expected(5, 5, 15));
    }

    #[test]
    fn rtt_are_saved_whatever_was_taken() {
        assert_eq!(deposit(0, 0, 19, 3), expected(0, 3, 3));
    }

    #[test]
    fn the_account_stops_at_60_days() {
        assert_eq!(deposit(57, 0, 20, 0), expected(3, 3, 60));
        assert_eq!(deposit(50, 0, 20, 8), expected(5, 10, 60));
        assert_eq!(deposit(60, 2, 25, 5), expected(0, 0, 60));
        assert_eq!(deposit(65, 0, 20, 5), expected(0, 0, 65));
    }
}
