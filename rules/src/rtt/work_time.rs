use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::quantity::Ratio;

/// A length of work in minutes, written `37h30`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WorkTime {
    minutes: u32,
}

/// A text that is no length of work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no working time, as in \"37h30\" (at most 9999 hours)")]
pub struct InvalidWorkTime(pub String);

impl WorkTime {
    /// So many minutes.
    pub const fn minutes(minutes: u32) -> Self {
        Self { minutes }
    }

    /// In minutes.
    pub const fn as_minutes(self) -> u32 {
        self.minutes
    }

    /// In hours.
    pub fn in_hours(self) -> Ratio {
        Ratio::new(i128::from(self.minutes), 60)
    }
}

impl FromStr for WorkTime {
    type Err = InvalidWorkTime;

    fn from_str(text: &str) -> Result<Self, InvalidWorkTime> {
        let invalid = || InvalidWorkTime(text.to_owned());
        let digits = |text: &str, most: usize| {
            let fits = !text.is_empty() && text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit());
            fits.then(|| text.parse::<u32>().ok()).flatten().ok_or_else(invalid)
        };
        let (hours, minutes) = text.split_once('h').ok_or_else(invalid)?;
        let hours = digits(hours, 4)?;
        let minutes = if minutes.is_empty() { 0 } else { digits(minutes, 2)? };
        if minutes < 60 { Ok(Self::minutes(hours * 60 + minutes)) } else { Err(invalid()) }
    }
}

impl fmt::Display for WorkTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hours, minutes) = (self.minutes / 60, self.minutes % 60);
        if minutes == 0 { write!(f, "{hours}h") } else { write!(f, "{hours}h{minutes:02}") }
    }
}

impl TryFrom<String> for WorkTime {
    type Error = InvalidWorkTime;

    fn try_from(text: String) -> Result<Self, InvalidWorkTime> {
        text.parse()
    }
}

impl From<WorkTime> for String {
    fn from(time: WorkTime) -> Self {
        time.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn time(text: &str) -> WorkTime {
        text.parse().unwrap()
    }

    #[test]
    fn working_time_is_written_in_hours_and_minutes() {
        assert_eq!(time("37h30"), WorkTime::minutes(2250));
        assert_eq!(time("39h").to_string(), "39h");
        for wrong in ["", "h", "37", "37h60", "37h5x", "+7h", "99999h", "37h300"] {
            assert!(wrong.parse::<WorkTime>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_time_is_refused_or_read_back(hours in 0..10_000u32, minutes in 0..60u32, text in "[0-9]{0,5}h?[0-9]{0,3}|\\PC{0,9}") {
            let written = WorkTime::minutes(hours * 60 + minutes);
            prop_assert_eq!(written.to_string().parse(), Ok(written));
            if let Ok(read) = text.parse::<WorkTime>() {
                prop_assert_eq!(read.to_string().parse(), Ok(read));
            }
        }
    }
}
