//! Whether an entry meets a reading's filter, told without the database.

use events::audit::TrailFilter;
use projections::audit::trail::Entry;

/// The same conditions as the query's; a test holds both against each other.
pub(crate) fn matches(filter: &TrailFilter, entry: &Entry) -> bool {
    let TrailFilter { from, until, agent, actor, types, outcome, sources, correlation } = filter;
    from.is_none_or(|from| entry.occurred_at >= from)
        && until.is_none_or(|until| entry.occurred_at < until)
        && agent.is_none_or(|agent| entry.agent == Some(agent))
        && actor.is_none_or(|actor| entry.actor.account() == Some(actor))
        && (types.is_empty() || types.contains(&entry.kind))
        && outcome.is_none_or(|outcome| entry.outcome == outcome)
        && sources.as_ref().is_none_or(|sources| entry.source_tag.is_some_and(|tag| sources.contains(&tag)))
        && correlation.is_none_or(|correlation| entry.correlation == correlation)
}
