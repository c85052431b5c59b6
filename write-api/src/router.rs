//! Every route of the write side, and the document that describes them.

use crate::{WriteApi, account, audit, import, leave};
use axum::Router;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use web::openapi::{UnknownOperation, raises};

/// The routes, to be merged with those of the read side and dressed once ([`web::stack::dress`]).
pub fn router(api: WriteApi) -> Router {
    let (router, _) = routes().split_for_parts();
    router.with_state(api)
}

/// What the routes take and answer; [`web::openapi::describe`] adds what all have in common, once, when the documents
/// of both sides are merged.
///
/// # Errors
/// [`UnknownOperation`] when a list of problems names none of the operations.
pub fn openapi() -> Result<OpenApi, UnknownOperation> {
    let (_, mut doc) = routes().split_for_parts();
    let of_imports = &[("importAgents", import::PROBLEMS)];
    let problems = account::PROBLEMS.iter().chain(audit::PROBLEMS).chain(of_imports);
    for (operation, problems) in problems.chain(leave::problems_of_operations()) {
        raises(&mut doc, operation, problems)?;
    }
    Ok(doc)
}

fn routes() -> OpenApiRouter<WriteApi> {
    account::routes().merge(audit::routes()).merge(import::routes()).merge(leave::routes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_of_problems_names_an_operation_and_every_problem_of_ours_is_listed() {
        let mut doc = openapi().unwrap();
        web::openapi::describe(&mut doc, crate::KINDS);
        let doc = doc.to_json().unwrap();
        for kind in crate::KINDS {
            assert!(doc.contains(&kind.uri()), "{}", kind.slug);
        }
    }
}
