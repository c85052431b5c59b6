//! The OpenAPI 3.1 document: what every operation can answer, how one signs in, and where it is read.

use axum::{
    Router,
    http::{
        HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    },
    response::Response,
    routing::get,
};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{
        Components, Content, Info, OpenApi, Ref, RefOr, Response as Answer, Schema,
        example::{Example, ExampleBuilder},
        path::{HttpMethod, Operation, PathItem},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::{
    cookie,
    csrf::CsrfToken,
    kinds::{
        BEHIND, CROSS_SITE_REQUEST, IDEMPOTENCY_KEY_MISSING, IDEMPOTENCY_KEY_REUSED, INTERNAL, INVALID_FIELD,
        MALFORMED_REQUEST, NOT_SIGNED_IN, PAYLOAD_TOO_LARGE, REQUEST_TIMEOUT, TOO_MANY_REQUESTS, UNAVAILABLE,
        UNSUPPORTED_MEDIA_TYPE,
    },
    language::Language,
    precondition::{Preconditions, tag_of_bytes},
    problem::{self, Kind, MEDIA_TYPE, Problem},
};

/// The security scheme of a token in `Authorization: Bearer`.
pub const BEARER: &str = "bearer";

/// The security scheme of a token in the session cookie; unsafe methods need `X-CSRF-Token` beside it.
pub const SESSION: &str = "session";

/// Swagger UI writes its styles into the page; all else it loads from us, and it may talk to nobody else.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                           connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// No operation has that id.
#[derive(Debug, thiserror::Error)]
#[error("no operation has the id {0}")]
pub struct UnknownOperation(String);

/// Two documents have different shapes under one name: whoever reads the merged one would be told of the wrong one.
#[derive(Debug, thiserror::Error)]
#[error("the schema {0} has two shapes")]
pub struct TwoShapes(String);

/// The operations of both documents in one.
///
/// # Errors
/// [`TwoShapes`].
pub fn merged(one: OpenApi, other: OpenApi) -> Result<OpenApi, TwoShapes> {
    if let (Some(known), Some(added)) = (&one.components, &other.components) {
        let differs =
            |(name, shape): &(&String, &RefOr<Schema>)| known.schemas.get(*name).is_some_and(|known| known != *shape);
        if let Some((name, _)) = added.schemas.iter().find(differs) {
            return Err(TwoShapes(name.clone()));
        }
    }
    Ok(one.merge_from(other))
}

/// Adds the schema of problems, an example of each of `kinds`, the security schemes, and to each operation the problems that follow from its form:
/// from a body, from parameters (those of [`IdempotencyKey`](crate::idempotency::IdempotencyKey) and
/// [`AtLeast`](crate::at_least::AtLeast) have their own), from signing in, from an unsafe method, and those that none escapes.
pub fn describe(doc: &mut OpenApi, kinds: &[&'static Kind]) {
    doc.info = Info::new("IntraParis", env!("CARGO_PKG_VERSION"));
    doc.info.description =
        Some("Le portail des agents de la Ville de Paris. The portal of the City's agents.".to_owned());
    let components = doc.components.get_or_insert_with(Components::new);
    let mut schemas = vec![(problem::Body::name().into_owned(), problem::Body::schema())];
    problem::Body::schemas(&mut schemas);
    components.schemas.extend(schemas);
    components.examples.extend(kinds.iter().map(|kind| (kind.slug.to_owned(), example(kind).into())));
    let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    let session = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(cookie::SESSION)));
    components.security_schemes.extend([(BEARER.to_owned(), bearer.into()), (SESSION.to_owned(), session.into())]);
    for (method, operation) in doc.paths.paths.values_mut().flat_map(operations) {
        for kind in implied(&method, operation) {
            add(operation, kind);
        }
        if is_unsafe(&method) && is_secured(operation) {
            let csrf = CsrfToken::into_params(|| None).into_iter().map(RefOr::T);
            operation.parameters.get_or_insert_default().extend(csrf);
        }
        share(operation, components);
    }
}

/// Lets operations that answer with the same problems refer to one response, which is named after them.
fn share(operation: &mut Operation, components: &mut Components) {
    for answer in operation.responses.responses.values_mut() {
        let RefOr::T(Answer { content, .. }) = &*answer else { continue };
        let Some(RefOr::T(problems)) = content.get(MEDIA_TYPE) else { continue };
        let name = problems.examples.keys().map(String::as_str).collect::<Vec<_>>().join(".");
        let shared = RefOr::Ref(Ref::from_response_name(&name));
        let own = std::mem::replace(answer, shared);
        components.responses.entry(name).or_insert(own);
    }
}

/// Adds the problems that one operation answers with of its own.
///
/// # Errors
/// [`UnknownOperation`].
pub fn raises(doc: &mut OpenApi, operation_id: &str, kinds: &[&'static Kind]) -> Result<(), UnknownOperation> {
    let mut all = doc.paths.paths.values_mut().flat_map(operations);
    let found = all.find(|(_, operation)| operation.operation_id.as_deref() == Some(operation_id));
    let (_, operation) = found.ok_or_else(|| UnknownOperation(operation_id.to_owned()))?;
    kinds.iter().for_each(|kind| add(operation, kind));
    Ok(())
}

fn operations(path: &mut PathItem) -> impl Iterator<Item = (HttpMethod, &mut Operation)> {
    let PathItem { get, put, post, delete, options, head, patch, trace, .. } = path;
    [
        (HttpMethod::Get, get),
        (HttpMethod::Put, put),
        (HttpMethod::Post, post),
        (HttpMethod::Delete, delete),
        (HttpMethod::Options, options),
        (HttpMethod::Head, head),
        (HttpMethod::Patch, patch),
        (HttpMethod::Trace, trace),
    ]
    .into_iter()
    .filter_map(|(method, operation)| operation.as_mut().map(|operation| (method, operation)))
}

fn implied(method: &HttpMethod, operation: &Operation) -> Vec<&'static Kind> {
    let mut kinds: Vec<&'static Kind> = vec![&INTERNAL, &REQUEST_TIMEOUT, &TOO_MANY_REQUESTS, &UNAVAILABLE];
    if operation.request_body.is_some() {
        kinds.extend([&INVALID_FIELD, &MALFORMED_REQUEST, &PAYLOAD_TOO_LARGE, &UNSUPPORTED_MEDIA_TYPE]);
    }
    let parameters = parameters(operation);
    if !parameters.is_empty() {
        kinds.extend([&INVALID_FIELD, &MALFORMED_REQUEST]);
    }
    if parameters.contains(&"Idempotency-Key") {
        kinds.extend([&IDEMPOTENCY_KEY_MISSING, &IDEMPOTENCY_KEY_REUSED]);
    }
    if parameters.contains(&"At-Least-Position") {
        kinds.push(&BEHIND);
    }
    if is_secured(operation) {
        kinds.push(&NOT_SIGNED_IN);
    }
    if is_unsafe(method) {
        kinds.push(&CROSS_SITE_REQUEST);
    }
    kinds
}

fn parameters(operation: &Operation) -> Vec<&str> {
    let listed = operation.parameters.iter().flatten();
    listed.filter_map(|each| if let RefOr::T(each) = each { Some(each.name.as_str()) } else { None }).collect()
}

fn is_unsafe(method: &HttpMethod) -> bool {
    matches!(method, HttpMethod::Post | HttpMethod::Put | HttpMethod::Delete | HttpMethod::Patch)
}

fn is_secured(operation: &Operation) -> bool {
    operation.security.as_ref().is_some_and(|schemes| !schemes.is_empty())
}

/// One response a status, with an example a kind: each stands once, among the components.
fn add(operation: &mut Operation, kind: &'static Kind) {
    let answer =
        operation.responses.responses.entry(kind.status.as_str().to_owned()).or_insert_with(|| Answer::new("").into());
    let RefOr::T(answer) = answer else { return };
    let mention = format!("[{}]({})", kind.title_en, kind.uri());
    if !answer.description.contains(&mention) {
        let separator = if answer.description.is_empty() { "" } else { "; " };
        answer.description = format!("{}{separator}{mention}", answer.description);
    }
    let schema = Ref::from_schema_name(problem::Body::name());
    let content = answer.content.entry(MEDIA_TYPE.to_owned()).or_insert_with(|| Content::new(Some(schema)).into());
    let RefOr::T(content) = content else { return };
    let example = RefOr::Ref(Ref::new(format!("#/components/examples/{}", kind.slug)));
    content.examples.insert(kind.slug.to_owned(), example);
}

fn example(kind: &'static Kind) -> Example {
    let body = Problem::from(kind).body(Language::English, None);
    ExampleBuilder::new().summary(kind.title_en).value(serde_json::to_value(body).ok()).build()
}

/// Serves the document at `/openapi.json` and a page to browse it at `/docs`, which asks nothing of other hosts.
///
/// # Errors
/// The document has no JSON form.
pub fn routes(doc: &OpenApi) -> Result<Router, Problem> {
    let json = doc.to_json().map_err(Problem::internal)?;
    let tag = tag_of_bytes(json.as_bytes())?;
    let serve = async move |preconditions: Preconditions| -> Response {
        preconditions.answer(tag, (StatusCode::OK, [(CONTENT_TYPE, "application/json")], json))
    };
    let browse: Router = SwaggerUi::new("/docs").config(Config::from("/openapi.json").validator_url("none")).into();
    let header = |name, value| SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value));
    let browse =
        browse.layer(header(CONTENT_SECURITY_POLICY, DOCS_POLICY)).layer(header(CACHE_CONTROL, "public, max-age=3600"));
    Ok(browse.route("/openapi.json", get(serve)))
}
