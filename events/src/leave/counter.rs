use serde::{Deserialize, Deserializer, Serialize, de};
use std::fmt;
use std::str::FromStr;

/// An account of days: a kind of right, of one year where it is yearly. Written `annual-leave:2026`, `time-savings`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(into = "String")]
pub struct Counter {
    kind: CounterKind,
    year: i32,
}

/// A kind of right that is counted in half-days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CounterKind {
    /// Annual leave carried over from the year.
    CarriedOver,
    /// Annual leave of the year.
    AnnualLeave,
    /// The extra days of annual leave for leave out of season.
    Fractionnement,
    /// RTT of the year.
    Rtt,
    /// The time-savings account, of no year.
    TimeSavings,
    /// Absences of the year for a sick child.
    SickChild,
    /// Days received from colleagues in the year.
    DonatedDays,
}

/// A text that names no counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a counter is carried-over, annual-leave, fractionnement, rtt, sick-child or donated-days with its year, as in \
     annual-leave:2026, or time-savings, which has none"
)]
pub struct UnknownCounter;

impl CounterKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::CarriedOver,
        Self::AnnualLeave,
        Self::Fractionnement,
        Self::Rtt,
        Self::TimeSavings,
        Self::SickChild,
        Self::DonatedDays,
    ];

    /// The stored name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CarriedOver => "carried-over",
            Self::AnnualLeave => "annual-leave",
            Self::Fractionnement => "fractionnement",
            Self::Rtt => "rtt",
            Self::TimeSavings => "time-savings",
            Self::SickChild => "sick-child",
            Self::DonatedDays => "donated-days",
        }
    }

    /// Whether what ends unused was the agent's own days, else an allowance for a need that did not come.
    #[must_use]
    pub const fn is_lost_unused(self) -> bool {
        !matches!(self, Self::SickChild | Self::DonatedDays)
    }

    /// Whether each year has its own.
    #[must_use]
    pub const fn is_yearly(self) -> bool {
        !matches!(self, Self::TimeSavings)
    }
}

impl Counter {
    /// The time-savings account.
    pub const TIME_SAVINGS: Self = Self { kind: CounterKind::TimeSavings, year: 0 };

    /// The counter of this kind and year; the year says nothing of a kind that is not yearly.
    #[must_use]
    pub const fn of(kind: CounterKind, year: i32) -> Self {
        if kind.is_yearly() { Self { kind, year } } else { Self { kind, year: 0 } }
    }

    /// Its kind.
    #[must_use]
    pub const fn kind(self) -> CounterKind {
        self.kind
    }

    /// Its year, if it has one.
    #[must_use]
    pub fn year(self) -> Option<i32> {
        self.kind.is_yearly().then_some(self.year)
    }
}

impl fmt::Display for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.as_str())?;
        self.year().map_or(Ok(()), |year| write!(f, ":{year}"))
    }
}

impl FromStr for Counter {
    type Err = UnknownCounter;

    fn from_str(text: &str) -> Result<Self, UnknownCounter> {
        let (name, year) = text.split_once(':').map_or((text, None), |(name, year)| (name, Some(year)));
        let kind = CounterKind::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or(UnknownCounter)?;
        match (kind.is_yearly(), year) {
            (true, Some(year)) => year
                .parse()
                .ok()
                .filter(|number: &i32| crate::date::YEARS.contains(number) && year.len() == 4)
                .map(|year| Self::of(kind, year))
                .ok_or(UnknownCounter),
            (false, None) => Ok(Self::of(kind, 0)),
            _ => Err(UnknownCounter),
        }
    }
}

impl<'de> Deserialize<'de> for Counter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let unknown = |UnknownCounter| de::Error::invalid_value(de::Unexpected::Other("text"), &"a counter");
        String::deserialize(deserializer)?.parse().map_err(unknown)
    }
}

impl From<Counter> for String {
    fn from(counter: Counter) -> Self {
        counter.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_counter_reads_as_its_kind_and_year() {
        for kind in CounterKind::ALL {
            let counter = Counter::of(kind, 2026);
            assert_eq!(counter.to_string().parse(), Ok(counter));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        for text in ["", "rtt", "rtt:", "rtt:26", "rtt:9999", "rtt:+2026", "time-savings:2026", "sleep:2026"] {
            assert_eq!(text.parse::<Counter>(), Err(UnknownCounter), "{text}");
        }
    }

    fn kind() -> impl Strategy<Value = CounterKind> {
        prop::sample::select(CounterKind::ALL.to_vec())
    }

    proptest! {
        #[test]
        fn a_counter_of_a_supported_year_is_read_back(kind in kind(), year in prop_oneof![1980..2110, any::<i32>()]) {
            let counter = Counter::of(kind, year);
            let supported = counter.year().is_none_or(|year| crate::date::YEARS.contains(&year));
            prop_assert_eq!(counter.to_string().parse().ok(), supported.then_some(counter));
            let written = serde_json::to_value(counter).unwrap();
            prop_assert_eq!(serde_json::from_value(written).ok(), supported.then_some(counter));
        }

        #[test]
        fn any_text_is_a_counter_as_it_is_written_or_none(
            kind in kind(), year in "(:[12][09][0-9]{2})?|:?[-+ 0-9]{0,6}", other in "\\PC{0,20}"
        ) {
            for text in [format!("{}{year}", kind.as_str()), format!("{}{other}", kind.as_str()), other] {
                let counter = text.parse::<Counter>();
                prop_assert!(counter.is_err() || counter.is_ok_and(|counter| counter.to_string() == text));
            }
        }
    }
}
