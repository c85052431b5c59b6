use super::{AuditRefusal, State};
use events::audit::{AuditEvent, TrailFilter};
use events::{ReadingId, Sealed, VOCABULARIES};

/// Declares what of the audit trail is to be read, and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclareReading {
    /// The reading.
    pub reading: ReadingId,
    /// What it is to cover.
    pub filter: TrailFilter,
    /// For what, in the auditor's words.
    pub motive: Option<Sealed<String>>,
}

pub(super) fn decide(state: &State, command: DeclareReading) -> Result<Vec<AuditEvent>, AuditRefusal> {
    let DeclareReading { reading, filter, motive } = command;
    if let Some(reading) = state.declared {
        return Err(AuditRefusal::AlreadyDeclared { reading });
    }
    if let (Some(from), Some(until)) = (filter.from, filter.until)
        && from >= until
    {
        return Err(AuditRefusal::EmptyPeriod { from, until });
    }
    if let Some(index) = filter.types.iter().position(|name| !is_known(name)) {
        return Err(AuditRefusal::UnknownEventType { index });
    }
    Ok(vec![AuditEvent::AuditTrailRead { reading, filter, motive }])
}

fn is_known(name: &str) -> bool {
    VOCABULARIES.iter().flat_map(|vocabulary| vocabulary.kinds).any(|(known, _)| *known == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::AuditReading;
    use crate::specification::given;
    use chrono::DateTime;
    use events::KeyId;

    fn declare(filter: TrailFilter) -> DeclareReading {
        let motive = Some(Sealed::new(KeyId::from_uuid(uuid::Uuid::nil()), b"complaint 12".to_vec()));
        DeclareReading { reading: ReadingId::from_uuid(uuid::Uuid::nil()), filter, motive }
    }

    fn declared(filter: TrailFilter) -> AuditEvent {
        let DeclareReading { reading, filter, motive } = declare(filter);
        AuditEvent::AuditTrailRead { reading, filter, motive }
    }

    fn period(from: i64, until: i64) -> TrailFilter {
        TrailFilter {
            from: DateTime::from_timestamp(from, 0),
            until: DateTime::from_timestamp(until, 0),
            ..TrailFilter::default()
        }
    }

    fn types(names: &[&str]) -> TrailFilter {
        TrailFilter { types: names.iter().map(|name| (*name).to_owned()).collect(), ..TrailFilter::default() }
    }

    #[test]
    fn a_reading_is_declared() {
        for filter in [
            TrailFilter::default(),
            period(10, 11),
            TrailFilter { until: None, ..period(10, 0) },
            types(&["LoginFailed", "UsernameAssigned", "AuditTrailRead", "ProjectionRebuilt"]),
        ] {
            given::<AuditReading>([]).when(declare(filter.clone())).then([declared(filter)]);
        }
    }

    #[test]
    fn a_period_without_an_instant_is_refused() {
        for (start, end) in [(10, 10), (11, 10)] {
            let filter = period(start, end);
            let (from, until) = (filter.from.unwrap(), filter.until.unwrap());
            given::<AuditReading>([]).when(declare(filter)).refused(AuditRefusal::EmptyPeriod { from, until });
        }
    }

    #[test]
    fn an_unknown_type_is_refused_by_its_place() {
        for (names, index) in [(&["LoginFailed", "loginfailed"][..], 1), (&[""], 0)] {
            given::<AuditReading>([]).when(declare(types(names))).refused(AuditRefusal::UnknownEventType { index });
        }
    }

    #[test]
    fn a_reading_is_declared_once() {
        let DeclareReading { reading, .. } = declare(TrailFilter::default());
        given::<AuditReading>([declared(types(&["LoginFailed"]))])
            .when(declare(TrailFilter::default()))
            .refused(AuditRefusal::AlreadyDeclared { reading });
    }
}
