//! Who has left the City's service on a day, as queries say it.

/// SQL: whether the account `$person` has left the service on the day that is bound as `$2`, and not entered it again; not so
/// of whom nothing was recorded.
#[macro_export]
macro_rules! has_left {
    ($person:literal) => {
        concat!(
            "EXISTS (SELECT FROM projections.employments_v1 e
                     CROSS JOIN jsonb_array_elements_text(e.employment -> 'exits') AS x (day)
                     WHERE e.agent = ",
            $person,
            " AND e.employment -> 'exits' <> '[]' AND x.day::date < $2
                       AND NOT EXISTS (SELECT FROM jsonb_array_elements_text(e.employment -> 'entries') AS n (day)
                                       WHERE n.day::date > x.day::date AND n.day::date <= $2))"
        )
    };
}
