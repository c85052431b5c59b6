//! The pages that `type` URIs lead to: `/problems`, and `/problems/<slug>` as HTML or Markdown.

use std::{collections::BTreeMap, fmt::Write, sync::Arc};

use axum::{
    Router,
    extract::State,
    http::{
        HeaderMap,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY},
    },
    response::{IntoResponse, Response},
    routing::get,
};
use data_encoding::BASE64;
use pulldown_cmark::{Parser, html::push_html};
use sha2::{Digest, Sha256};

use crate::{
    format::weight,
    kinds::NOT_FOUND,
    path::Path,
    problem::{Kind, Problem},
};

const STYLE: &str = "\
body{font:1.05rem/1.6 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem;color:#1b1b35}\
h1{line-height:1.2}section+section{margin-top:3rem;border-top:1px solid #ccd}a{color:#071f6b}\
pre{background:#f2f3fa;padding:1rem;overflow:auto}\
@media(prefers-color-scheme:dark){body{background:#14142b;color:#e8e8f4}a{color:#9db4ff}pre{background:#20203d}}";

type Pages = Arc<BTreeMap<&'static str, &'static Kind>>;

/// The pages of these kinds; each crate exports its own as `KINDS`.
pub fn routes(kinds: impl IntoIterator<Item = &'static Kind>) -> Router {
    let pages: Pages = Arc::new(kinds.into_iter().map(|kind| (kind.slug, kind)).collect());
    Router::new().route("/problems", get(index)).route("/problems/{page}", get(page)).with_state(pages)
}

async fn index(State(pages): State<Pages>, headers: HeaderMap) -> Response {
    let mut markdown = "# Problèmes\n\nCe que les erreurs de l’API veulent dire.\n\n---\n\n# Problems\n\nWhat the errors of the API mean.\n\n---\n\n".to_owned();
    let mut kinds = pages.values().collect::<Vec<_>>();
    kinds.sort_by_key(|kind| (kind.status.as_u16(), kind.slug));
    for kind in kinds {
        let (status, slug, fr, en) = (kind.status.as_u16(), kind.slug, kind.title_fr, kind.title_en);
        let _infallible = writeln!(markdown, "- {status} [`{slug}`](/problems/{slug}): {fr} · {en}");
    }
    shown("Problèmes · Problems", &markdown, wants_markdown(&headers))
}

async fn page(State(pages): State<Pages>, Path(page): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let (slug, named_markdown) = page.strip_suffix(".md").map_or((page.as_str(), false), |slug| (slug, true));
    let kind = pages.get(slug).ok_or_else(|| Problem::from(&NOT_FOUND))?;
    Ok(shown(kind.title_fr, kind.page, named_markdown || wants_markdown(&headers)))
}

fn wants_markdown(headers: &HeaderMap) -> bool {
    weight(headers, "text/markdown") > weight(headers, "text/html")
}

fn shown(title: &str, markdown: &str, as_markdown: bool) -> Response {
    let common = [(CACHE_CONTROL, "public, max-age=3600"), (VARY, "accept")];
    if as_markdown {
        return (common, [(CONTENT_TYPE, "text/markdown; charset=utf-8")], markdown.to_owned()).into_response();
    }
    let style = BASE64.encode(&Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let content = [(CONTENT_TYPE, "text/html; charset=utf-8".to_owned()), (CONTENT_SECURITY_POLICY, policy)];
    (common, content, html(title, markdown)).into_response()
}

/// The French part, the English one, and what is of no language, each its own section.
fn html(title: &str, markdown: &str) -> String {
    let mut html = format!(
        "<!doctype html><html lang=\"fr\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>{STYLE}</style></head><body><main>"
    );
    for (part, language) in markdown.split("\n---\n").zip(["fr", "en", "zxx"]) {
        let _infallible = write!(html, "<section lang=\"{language}\">");
        push_html(&mut html, Parser::new(part));
        html.push_str("</section>");
    }
    html + "</main></body></html>"
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use crate::KINDS;

    #[test]
    fn each_kind_has_its_page_and_each_page_its_kind() {
        let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/problems")).unwrap();
        let pages: BTreeSet<_> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        let kinds: BTreeSet<_> = KINDS.iter().map(|kind| format!("{}.md", kind.slug)).collect();
        assert_eq!(pages, kinds);
        assert_eq!(kinds.len(), KINDS.len(), "two kinds of one slug");
    }

    #[test]
    fn each_page_says_what_its_constant_says() {
        for kind in KINDS {
            let parts = kind.page.split("\n---\n").collect::<Vec<_>>();
            let [french, english, example] = parts[..] else { panic!("{} has not three parts", kind.slug) };
            assert!(
                french.starts_with(&format!("# {}\n", kind.title_fr)) && french.contains("\n## Que faire\n"),
                "{}",
                kind.slug
            );
            assert!(
                english.starts_with(&format!("\n# {}\n", kind.title_en)) && english.contains("\n## What to do\n"),
                "{}",
                kind.slug
            );
            let json = example.trim().strip_prefix("```json\n").unwrap().strip_suffix("```").unwrap();
            let body: Value = serde_json::from_str(json).unwrap();
            assert_eq!(
                (&body["type"], &body["status"]),
                (&kind.uri().into(), &kind.status.as_u16().into()),
                "{}",
                kind.slug
            );
            assert_eq!(
                (&body["title"], &body["titles"]["en"]),
                (&kind.title_fr.into(), &kind.title_en.into()),
                "{}",
                kind.slug
            );
        }
    }
}
