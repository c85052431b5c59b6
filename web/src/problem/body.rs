//! The members of a problem's body, as the standard and we name them.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{Content, Field, Problem};
use crate::{
    language::{Language, Text},
    trace::TraceId,
};

/// What a client reads (RFC 9457, section 3.1).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct Body {
    /// What went wrong: the address of a page that explains it, relative to the server.
    #[serde(rename = "type")]
    kind: String,
    /// The kind's title, in the language asked for.
    title: &'static str,
    titles: Titles,
    /// The status of the response.
    status: u16,
    /// What happened this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// The fields that are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<InvalidField>,
    /// This occurrence.
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
    /// The id under which this request stands in our logs.
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<String>,
    #[serde(flatten)]
    members: Map<String, Value>,
}

impl Body {
    pub(crate) fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The kind's title in each language.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
struct Titles {
    fr: &'static str,
    en: &'static str,
}

/// One field that is wrong: its place, by one of the four, and why. What was sent is not repeated.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
struct InvalidField {
    /// A JSON Pointer into the body (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
    /// A parameter of the query.
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<String>,
    /// A parameter of the path.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// A header.
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<String>,
    /// What was expected.
    detail: String,
}

impl InvalidField {
    fn new(field: &Field, detail: String) -> Self {
        let error = Self { detail, ..Self::default() };
        match field {
            Field::Pointer(pointer) => Self { pointer: Some(pointer.to_string()), ..error },
            Field::Query(name) => Self { query: Some(name.to_string()), ..error },
            Field::Path(name) => Self { path: Some(name.to_string()), ..error },
            Field::Header(name) => Self { header: Some(name.to_string()), ..error },
        }
    }
}

impl Problem {
    /// The body in one language, about one request.
    pub fn body(&self, language: Language, trace: Option<TraceId>) -> Body {
        let Content { kind, detail, errors, members, .. } = &*self.0;
        let said = |text: &Text| text.said_in(language).to_owned();
        Body {
            kind: kind.uri(),
            title: kind.title(language),
            titles: Titles { fr: kind.title_fr, en: kind.title_en },
            status: kind.status.as_u16(),
            detail: detail.as_ref().map(said),
            errors: errors.iter().map(|(field, detail)| InvalidField::new(field, said(detail))).collect(),
            instance: trace.map(TraceId::urn),
            trace_id: trace.map(|trace| trace.to_string()),
            members: members.clone(),
        }
    }
}
