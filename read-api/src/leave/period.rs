//! Days asked for.

use chrono::NaiveDate;
use events::period::Period;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{Field, Problem, Text, counted};

/// Days, both ends included.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// The first day.
    #[param(example = "2026-05-01")]
    from: NaiveDate,
    /// The last day.
    #[param(example = "2026-05-31")]
    until: NaiveDate,
}

impl Asked {
    /// The days, at most `longest` of them.
    ///
    /// # Errors
    /// 422 `invalid-field` for days that are reversed, too many, or outside 1990 to 2099.
    pub(super) fn days(self, longest: i64) -> Result<Period, Problem> {
        let invalid = |detail| Problem::invalid(Field::Query("until".into()), detail);
        let period = Period::days(self.from, self.until).map_err(|error| {
            invalid(Text::made(
                "attendu : une fin qui ne précède pas le début, entre 1990 et 2099".to_owned(),
                error.to_string(),
            ))
        })?;
        if (self.until - self.from).num_days() >= longest {
            return Err(invalid(Text::made(
                format!("attendu : {} au plus", counted::fr(longest, "jour", "jours")),
                format!("expected {} at most", counted::en(longest, "day", "days")),
            )));
        }
        Ok(period)
    }
}
