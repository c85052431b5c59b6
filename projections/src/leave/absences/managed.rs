//! Who is whose manager on a day, and what a delegation covers, as the queries of the queue and of notices say it.

/// The agents whose manager one of `$1`, still in service, is on day `$2`, with him.
macro_rules! managed {
    () => {
        concat!(
            "SELECT a.agent, a.manager FROM projections.assigned_managers_v1 a
         WHERE a.manager = ANY ($1) AND a.first_day <= $2 AND a.ends > $2 AND NOT ",
            has_left!("a.manager"),
            "
         UNION ALL
         SELECT m.agent, u.manager
         FROM projections.unit_managers_v1 u
         JOIN projections.unit_members_v1 m ON m.unit = u.unit AND m.first_day <= $2 AND m.ends > $2
         WHERE u.manager = ANY ($1) AND u.first_day <= $2 AND u.ends > $2
           AND NOT EXISTS (SELECT FROM projections.assigned_managers_v1 a
                           WHERE a.agent = m.agent AND a.first_day <= $2 AND a.ends > $2)
           AND NOT ",
            has_left!("u.manager")
        )
    };
}

/// Whether the agent of row `q` has on day `$2` nobody but himself, or who left, to decide as his manager.
macro_rules! without_manager {
    () => {
        concat!(
            "NOT EXISTS (SELECT FROM projections.assigned_managers_v1 a
                     WHERE a.agent = q.agent AND a.first_day <= $2 AND a.ends > $2 AND a.manager <> q.agent AND NOT ",
            has_left!("a.manager"),
            ")
         AND NOT EXISTS (SELECT FROM projections.unit_members_v1 m
                         JOIN projections.unit_managers_v1 u ON u.unit = m.unit AND u.first_day <= $2 AND u.ends > $2
                         WHERE m.agent = q.agent AND m.first_day <= $2 AND m.ends > $2 AND u.manager <> q.agent
                           AND NOT EXISTS (SELECT FROM projections.assigned_managers_v1 a
                                           WHERE a.agent = q.agent AND a.first_day <= $2 AND a.ends > $2)
                           AND NOT ",
            has_left!("u.manager"),
            ")"
        )
    };
}

/// Whether the unit and the type of leave of row `$row` are among those of scope `s`: an empty one covers all.
macro_rules! in_scope {
    ($row:literal) => {
        concat!(
            "(s.units = '' OR ",
            $row,
            ".unit::text = ANY (string_to_array(s.units, ',')))
             AND (s.types = '' OR ",
            $row,
            ".leave_type = ANY (string_to_array(s.types, ',')))"
        )
    };
}
