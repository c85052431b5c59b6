//! Days asked for.

use events::period::Period;
use serde::Deserialize;
use utoipa::IntoParams;
use web::date::Day;
use web::{Field, Problem, Text, counted};

/// Days, both ends included.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// The first day.
    #[param(value_type = NaiveDate, example = "2026-05-01")]
    from: Day,
    /// The last day.
    #[param(value_type = NaiveDate, example = "2026-05-31")]
    until: Day,
}

impl Asked {
    /// The days, at most `longest` of them.
    ///
    /// # Errors
    /// 422 `invalid-field` for days that are reversed or too many.
    pub(super) fn days(self, longest: i64) -> Result<Period, Problem> {
        let invalid = |detail| Problem::invalid(Field::Query("until".into()), detail);
        let (Day(from), Day(until)) = (self.from, self.until);
        let period = Period::days(from, until)
            .map_err(|_| invalid(Text::new("la fin précède le début", "the end lies before the start")))?;
        if (until - from).num_days() >= longest {
            return Err(invalid(Text::made(
                format!("attendu : {} au plus", counted::fr(longest, "jour", "jours")),
                format!("expected {} at most", counted::en(longest, "day", "days")),
            )));
        }
        Ok(period)
    }
}
