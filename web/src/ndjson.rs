//! Long lists as one JSON document a line.

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use futures::{Stream, StreamExt};
use serde::Serialize;

use crate::problem::Problem;

/// How many ready rows go out in one write.
pub(crate) const ROWS_A_WRITE: usize = 64;

/// Streams rows as `application/x-ndjson`, never all in memory.
///
/// The status is sent before the rows are known: a problem on the way is logged and breaks the connection, so
/// that a part can't be taken for the whole.
pub fn body<T, S>(rows: S) -> Response
where
    T: Serialize + Send + 'static,
    S: Stream<Item = Result<T, Problem>> + Send + 'static,
{
    let chunks =
        rows.ready_chunks(ROWS_A_WRITE).map(|rows| rows.into_iter().try_fold(Vec::new(), line).map(Bytes::from));
    streamed("application/x-ndjson", chunks)
}

fn line<T: Serialize>(mut lines: Vec<u8>, row: Result<T, Problem>) -> Result<Vec<u8>, Problem> {
    serde_json::to_writer(&mut lines, &row?).map_err(Problem::internal)?;
    lines.push(b'\n');
    Ok(lines)
}

pub(crate) fn streamed<S>(media_type: &'static str, chunks: S) -> Response
where
    S: Stream<Item = Result<Bytes, Problem>> + Send + 'static,
{
    let chunks = chunks.inspect(|chunk| {
        if let Err(problem) = chunk {
            tracing::error!(problem.kind = problem.kind().slug, problem.cause = problem.causes(), "answer broken off");
        }
    });
    ([(CONTENT_TYPE, HeaderValue::from_static(media_type))], Body::from_stream(chunks)).into_response()
}
