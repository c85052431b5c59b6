//! What people read: the pages of problems, the OpenAPI document and its browser.

use insta::assert_json_snapshot;
use utoipa::OpenApi;
use web::{at_least::AtLeast, idempotency::IdempotencyKey};

use crate::app::{App, refusal};

#[utoipa::path(
    post,
    path = "/v1/leave-requests",
    operation_id = "request_leave",
    params(IdempotencyKey, AtLeast),
    request_body = String,
    security(("bearer" = []), ("session" = [])),
    responses((status = 201, description = "Recorded"))
)]
#[expect(dead_code, reason = "only its description matters")]
async fn request_leave() {}

#[derive(OpenApi)]
#[openapi(info(title = "Test", version = "1"), paths(request_leave))]
struct Doc;

#[test]
fn an_operation_lists_the_problems_that_follow_from_its_form() {
    let mut doc = Doc::openapi();
    web::openapi::describe(&mut doc, web::KINDS);
    web::openapi::raises(&mut doc, "request_leave", &[&web::kinds::VERSION_CONFLICT, &web::kinds::USERNAME_TAKEN])
        .unwrap();
    assert!(web::openapi::raises(&mut doc, "unknown", &[]).is_err());
    assert_json_snapshot!("openapi", doc);
}

mod asked {
    #[derive(utoipa::ToSchema)]
    #[expect(dead_code, reason = "only its shape matters")]
    pub(super) struct Leave {
        days: u8,
    }
}

mod shown {
    #[derive(utoipa::ToSchema)]
    #[expect(dead_code, reason = "only its shape matters")]
    pub(super) struct Leave {
        status: String,
    }
}

#[derive(OpenApi)]
#[openapi(components(schemas(asked::Leave)))]
struct Asked;

#[derive(OpenApi)]
#[openapi(components(schemas(shown::Leave)))]
struct Shown;

#[test]
fn documents_with_two_shapes_of_one_name_are_not_merged() {
    let merged = web::openapi::merged(Asked::openapi(), Shown::openapi());
    assert_eq!(merged.err().unwrap().to_string(), "the schema Leave has two shapes");
    assert!(web::openapi::merged(Asked::openapi(), Asked::openapi()).is_ok());
}

#[tokio::test]
async fn each_type_uri_leads_to_its_page() {
    let app = App::start().await;
    let index = app.get("/problems").header("accept", "text/html").send().await.unwrap().text().await.unwrap();
    for kind in web::KINDS {
        assert!(index.contains(&format!("href=\"{}\"", kind.uri())), "{}", kind.slug);
        let html = app.get(&kind.uri()).header("accept", "text/html").send().await.unwrap();
        assert!(html.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
        assert!(html.text().await.unwrap().contains(&format!("<h1>{}</h1>", kind.title_en)));
        let markdown = app.get(&format!("{}.md", kind.uri())).send().await.unwrap().text().await.unwrap();
        assert_eq!(markdown, kind.page);
    }
    assert_eq!(refusal(app.get("/problems/nothing")).await, "not-found");
}

#[tokio::test]
async fn the_browser_of_the_document_asks_nothing_of_others() {
    let app = App::start().await;
    let page = app.get("/docs/").send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    let html = page.text().await.unwrap();
    assert!(!html.contains("http://") && !html.contains("https://") && !html.contains("<script>"), "{html}");
    let script = app.get("/docs/swagger-initializer.js").send().await.unwrap().text().await.unwrap();
    assert!(script.contains("/openapi.json") && script.contains(r#""validatorUrl": "none""#), "{script}");
    let document = app.get("/openapi.json").send().await.unwrap();
    assert!(document.headers().contains_key("etag"));
}
