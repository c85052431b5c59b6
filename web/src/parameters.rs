//! How the extractors show in OpenAPI: list them under `params(…)` of an operation.

use utoipa::{
    IntoParams, PartialSchema,
    openapi::{
        ObjectBuilder, RefOr, Required, Schema,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::Type,
    },
};

use crate::{
    at_least::{AT_LEAST, AtLeast},
    csrf::CsrfToken,
    idempotency::IdempotencyKey,
    position::Position,
    precondition::Preconditions,
    sse::LastEventId,
};

fn header(name: &str, description: &str, schema: impl Into<RefOr<Schema>>) -> ParameterBuilder {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(schema))
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

impl IntoParams for IdempotencyKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = text().min_length(Some(1)).max_length(Some(128)).pattern(Some("^[!-~]+$"));
        let description = "What you call this command; the same whenever you send it again. What was done is answered \
                           as it was the first time, and not done twice; what was refused was not done, and is decided \
                           anew under the same key.";
        let header = header("Idempotency-Key", description, schema);
        vec![header.required(Required::True).build()]
    }
}

impl IntoParams for CsrfToken {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![header("X-CSRF-Token", "Needed beside the session cookie: the value of `__Host-csrf`.", text()).build()]
    }
}

impl IntoParams for AtLeast {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let description = "Wait until the read model has reached this position of the journal.";
        let by_header = header("At-Least-Position", description, Position::schema());
        let by_query = header(AT_LEAST, description, Position::schema()).parameter_in(ParameterIn::Query);
        let wait = header("Prefer", "`wait=<seconds>`: how long to wait for it (RFC 7240).", text());
        vec![by_header.build(), by_query.build(), wait.build()]
    }
}

impl IntoParams for Preconditions {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![header("If-None-Match", "The `ETag` that you have: 304 if it still holds.", text()).build()]
    }
}

impl IntoParams for LastEventId {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![header("Last-Event-ID", "Go on after this event.", Position::schema()).build()]
    }
}
