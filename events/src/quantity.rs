//! Exact quantities: half-days, cents, ratios.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};

use serde::{Deserialize, Serialize};

use crate::counted;

/// An exact fraction of integers, in the unit that its use names.
pub type Ratio = num_rational::Ratio<i128>;

/// A number of half-days, never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HalfDays(u32);

impl HalfDays {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// So many half-days.
    pub const fn new(half_days: u32) -> Self {
        Self(half_days)
    }

    /// So many whole days.
    pub const fn days(days: u32) -> Self {
        Self(days.saturating_mul(2))
    }

    /// The number of half-days.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The same, in days.
    pub fn in_days(self) -> Ratio {
        Ratio::new(i128::from(self.0), 2)
    }

    /// `days` brought to a whole number of half-days; what is negative becomes zero.
    pub fn from_days(days: Ratio, rounding: Rounding) -> Self {
        let half_days = rounding.apply(days * Ratio::from_integer(2)).clamp(0, i128::from(u32::MAX));
        Self(u32::try_from(half_days).unwrap_or(u32::MAX))
    }

    /// `days` as half-days, if it is a whole number of them.
    pub fn exactly(days: Ratio) -> Option<Self> {
        let half_days = days * Ratio::from_integer(2);
        half_days.is_integer().then(|| u32::try_from(half_days.to_integer()).ok().map(Self)).flatten()
    }

    /// What is left after taking `other`, zero if there is less.
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Whether this is nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl HalfDays {
    /// In French words: `1,5 jour`, `2 jours`.
    pub fn in_french(self) -> String {
        counted::fr(f64::from(self.0) / 2.0, "jour", "jours")
    }

    /// In English words: `1 day`, `1.5 days`.
    pub fn in_english(self) -> String {
        self.in_english_as("day", "days")
    }

    /// In English, of one day and of any other number: `1 day is left`, `1.5 days are left`.
    pub fn in_english_as(self, one: &str, many: &str) -> String {
        counted::en(f64::from(self.0) / 2.0, one, many)
    }
}

impl Add for HalfDays {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for HalfDays {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for HalfDays {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, Add::add)
    }
}

/// In days: `1.5`, `8`.
impl fmt::Display for HalfDays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.0 / 2, if self.0 % 2 == 1 { ".5" } else { "" })
    }
}

/// An amount of euro, in cents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cents(i64);

impl Cents {
    /// So many cents.
    pub const fn new(cents: i64) -> Self {
        Self(cents)
    }

    /// The number of cents.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// This amount times `factor`, rounded once to the nearest cent, half a cent away from zero.
    pub fn times(self, factor: Ratio) -> Self {
        let cents = (Ratio::from_integer(i128::from(self.0)) * factor).round().to_integer();
        Self(i64::try_from(cents).unwrap_or(if cents < 0 { i64::MIN } else { i64::MAX }))
    }

    /// The same, in euro.
    pub fn in_euro(self) -> Ratio {
        Ratio::new(i128::from(self.0), 100)
    }
}

/// In euro with two decimals: `1680.00`.
impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cents = self.0.unsigned_abs();
        write!(f, "{}{}.{:02}", if self.0 < 0 { "-" } else { "" }, cents / 100, cents % 100)
    }
}

/// How a right that is not a whole number of its unit is brought to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// To the next unit above.
    Up,
    /// To the nearest unit, halves upwards.
    Nearest,
    /// To the unit below.
    Down,
}

impl Rounding {
    /// The whole number that this rounding makes of `exact`.
    pub fn apply(self, exact: Ratio) -> i128 {
        match self {
            Self::Up => exact.ceil(),
            Self::Nearest => exact.round(),
            Self::Down => exact.floor(),
        }
        .to_integer()
    }
}

/// A fraction as the law's data write it: `[9, 10]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "(u32, u32)")]
pub struct Fraction(Ratio);

impl Fraction {
    /// The exact value.
    pub fn ratio(self) -> Ratio {
        self.0
    }
}

impl TryFrom<(u32, u32)> for Fraction {
    type Error = &'static str;

    fn try_from((numerator, denominator): (u32, u32)) -> Result<Self, Self::Error> {
        match denominator {
            0 => Err("a fraction is [numerator, denominator], its denominator at least 1"),
            _ => Ok(Self(Ratio::new(i128::from(numerator), i128::from(denominator)))),
        }
    }
}

/// `count` as a ratio.
#[must_use]
pub fn whole(count: u32) -> Ratio {
    Ratio::from_integer(i128::from(count))
}

/// `percent` hundredths.
pub fn percent(percent: u32) -> Ratio {
    Ratio::new(i128::from(percent), 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_days_read_as_days() {
        assert_eq!(HalfDays::new(3).to_string(), "1.5");
        assert_eq!(HalfDays::days(8).to_string(), "8");
        assert_eq!([1, 2, 3].map(|n| HalfDays::new(n).in_english()), ["0.5 days", "1 day", "1.5 days"]);
        assert_eq!([1, 2, 3, 4].map(|n| HalfDays::new(n).in_french()), ["0,5 jour", "1 jour", "1,5 jour", "2 jours"]);
        assert_eq!(HalfDays::exactly(Ratio::new(3, 2)), Some(HalfDays::new(3)));
        assert_eq!(HalfDays::exactly(Ratio::new(4, 3)), None);
        assert_eq!(HalfDays::exactly(Ratio::new(-1, 2)), None);
    }

    #[test]
    fn a_right_of_20_83_days_rounds_up_to_21_and_20_41_to_20_5() {
        assert_eq!(HalfDays::from_days(Ratio::new(2083, 100), Rounding::Up), HalfDays::days(21));
        assert_eq!(HalfDays::from_days(Ratio::new(2041, 100), Rounding::Up), HalfDays::new(41));
        assert_eq!(HalfDays::from_days(Ratio::new(-1, 1), Rounding::Up), HalfDays::ZERO);
    }

    #[test]
    fn money_is_rounded_once_to_the_cent() {
        assert_eq!(Cents::new(312_550).times(Ratio::new(12, 250)).to_string(), "150.02");
        assert_eq!(Cents::new(312_550).times(Ratio::new(12 * 20, 250)).to_string(), "3000.48");
        assert_eq!(Cents::new(-5).to_string(), "-0.05");
        let half = Ratio::new(1, 2);
        assert_eq!([1, -1, 3].map(|cents| Cents::new(cents).times(half).get()), [1, -1, 2]);
    }

    #[test]
    fn a_fraction_without_denominator_is_refused() {
        assert!(Fraction::try_from((1, 0)).is_err());
    }
}
