//! The axis of time.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};

/// From the first to the last instant shown.
pub(super) struct Axis {
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    left: f64,
    right: f64,
}

/// A mark on the axis.
pub(super) struct Tick {
    pub(super) x: f64,
    pub(super) label: String,
}

/// Steps between marks, in minutes.
const STEPS: [i64; 16] = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, DAY, 2 * DAY, 7 * DAY, 30 * DAY, 365 * DAY];

const DAY: i64 = 24 * 60;

/// No more marks than this.
const MOST_TICKS: i64 = 9;

impl Axis {
    /// The axis that shows all these instants between two places; none if there are none.
    pub(super) fn over(instants: impl Iterator<Item = DateTime<Utc>>, left: f64, right: f64) -> Option<Self> {
        let (from, until) = instants.fold(None, |range: Option<(DateTime<Utc>, DateTime<Utc>)>, at| {
            Some(range.map_or((at, at), |(from, until)| (from.min(at), until.max(at))))
        })?;
        Some(Self { from, until, left, right })
    }

    /// The place of an instant; one past the ends is at the end.
    pub(super) fn x(&self, at: DateTime<Utc>) -> f64 {
        let seconds = |span: TimeDelta| span.as_seconds_f64();
        let whole = seconds(self.until - self.from).max(60.0);
        let share = (seconds(at - self.from) / whole).clamp(0.0, 1.0);
        // A little room at both ends keeps the outermost marks whole.
        let (left, right) = (self.left + 8.0, self.right - 8.0);
        left + share * (right - left)
    }

    /// Round instants along the axis.
    pub(super) fn ticks(&self) -> Vec<Tick> {
        let minutes = (self.until - self.from).num_minutes();
        let step = STEPS.into_iter().find(|step| minutes / step < MOST_TICKS).unwrap_or(minutes / MOST_TICKS + 1);
        let span = TimeDelta::minutes(step);
        let Ok(first) = self.from.duration_trunc(span) else { return Vec::new() };
        std::iter::successors(Some(first), |at| at.checked_add_signed(span))
            .skip_while(|at| *at < self.from)
            .take_while(|at| *at <= self.until)
            .map(|at| Tick { x: self.x(at), label: label(at, step) })
            .collect()
    }

    /// The day, or the first and the last.
    pub(super) fn dates(&self) -> String {
        let (from, until) = (self.from.date_naive(), self.until.date_naive());
        if from == until { from.to_string() } else { format!("{from} – {until}") }
    }
}

fn label(at: DateTime<Utc>, step: i64) -> String {
    let midnight = at.timestamp().rem_euclid(DAY * 60) == 0;
    let format = if step >= 30 * DAY {
        "%Y-%m-%d"
    } else if step >= DAY || midnight {
        "%d/%m"
    } else {
        "%H:%M"
    };
    at.format(format).to_string()
}
