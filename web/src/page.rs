//! Lists in pages, each with a link to the next.

use std::fmt;

use axum::{
    Json,
    http::{HeaderValue, Uri, header::LINK},
    response::{IntoResponse, Response},
};
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Deserializer, Serialize, de, de::DeserializeOwned};
use utoipa::ToSchema;

use crate::{
    explain::Expected,
    language::Text,
    problem::{Field, Problem},
};

/// How many items a page has at most: 1 to 200, 50 by default. A field `limit` of the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(value_type = u32, minimum = 1, maximum = 200, default = 50)]
pub struct Limit(u32);

impl Limit {
    /// The number of items.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;

        impl de::Visitor<'_> for Number {
            type Value = Limit;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                de::Expected::fmt(&Expected("un entier de 1 à 200", "an integer from 1 to 200"), f)
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Limit, E> {
                let limit = u32::try_from(number).ok().filter(|limit| (1..=200).contains(limit));
                limit.map(Limit).ok_or_else(|| E::invalid_value(de::Unexpected::Unsigned(number), &self))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Limit, E> {
                let number = text.parse().map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))?;
                self.visit_u64(number)
            }
        }

        deserializer.deserialize_any(Number)
    }
}

const VERSION: u8 = 1;
const LONGEST: usize = 1_024;

/// Where the next page starts, opaque to the client. A field `cursor` of the query.
///
/// It holds its version, the list it belongs to, and the key of the last item; a handler validates the key by
/// its type. It is no secret and grants nothing: what a caller may see is decided anew for every page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Cursor(String);

impl Cursor {
    /// Points after the item with that key, in the named list.
    ///
    /// # Errors
    /// The key has no JSON form.
    pub fn after<K: Serialize>(list: &str, key: &K) -> Result<Self, Problem> {
        let json = serde_json::to_vec(&(VERSION, list, key)).map_err(Problem::internal)?;
        Ok(Self(BASE64URL_NOPAD.encode(&json)))
    }

    /// The key, if the cursor was made for the same list.
    ///
    /// # Errors
    /// 422 `invalid-field` naming `cursor`.
    pub fn key<K: DeserializeOwned>(&self, list: &str) -> Result<K, Problem> {
        let bounded = Some(self.0.as_bytes()).filter(|text| text.len() <= LONGEST);
        let json = bounded.and_then(|text| BASE64URL_NOPAD.decode(text).ok());
        let content = json.and_then(|json| serde_json::from_slice::<(u8, String, K)>(&json).ok());
        content.filter(|(version, of, _)| *version == VERSION && of == list).map(|(_, _, key)| key).ok_or_else(|| {
            let detail = Text::new(
                "attendu : le curseur d’une page de cette liste",
                "expected the cursor of a page of this list",
            );
            Problem::invalid(Field::Query("cursor".into()), detail)
        })
    }
}

/// One page of a list, and where the next one is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// The next page, as a reference relative to the server; null on the last. The same as `Link: rel="next"`.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// The page answered at `uri` (the original one, with its query), followed by what `next` points to.
    pub fn new(items: Vec<T>, next: Option<&Cursor>, uri: &Uri) -> Self {
        Self { items, next: next.map(|cursor| following(uri, cursor)) }
    }

    /// `Link` (RFC 8288, section 3) where a page follows.
    pub fn link(&self) -> Option<HeaderValue> {
        HeaderValue::try_from(format!("<{}>; rel=\"next\"", self.next.as_ref()?)).ok()
    }
}

fn following(uri: &Uri, cursor: &Cursor) -> String {
    let others =
        form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).filter(|(name, _)| name != "cursor");
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(others).append_pair("cursor", &cursor.0);
    format!("{}?{}", uri.path(), query.finish())
}

impl<T: Serialize> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        let link = self.link();
        let mut response = Json(self).into_response();
        if let Some(link) = link {
            response.headers_mut().insert(LINK, link);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_next_page_keeps_the_other_parameters() {
        let cursor = Cursor::after("accounts", &7).unwrap();
        let uri = Uri::from_static("/v1/accounts?cursor=old&q=a%26b&limit=2");
        let page = Page::new(vec![1, 2], Some(&cursor), &uri);
        let next = page.next.clone().unwrap();
        assert_eq!(next, format!("/v1/accounts?q=a%26b&limit=2&cursor={}", cursor.0));
        assert_eq!(page.link().unwrap().to_str().unwrap(), format!("<{next}>; rel=\"next\""));
    }

    #[test]
    fn a_cursor_of_another_list_or_version_is_refused() {
        assert!(Cursor::after("accounts", &7).unwrap().key::<u64>("audit").is_err());
        assert!(Cursor(BASE64URL_NOPAD.encode(b"[2,\"audit\",7]")).key::<u64>("audit").is_err());
        assert!(Cursor(BASE64URL_NOPAD.encode(b"[1,\"audit\",-7]")).key::<u64>("audit").is_err());
    }

    #[test]
    fn limits_are_from_1_to_200() {
        let limit = |text| serde_json::from_str::<Limit>(text).ok().map(Limit::get);
        assert_eq!(
            ["0", "1", "200", "201", "-1", "1e2", "\"\""].map(limit),
            [None, Some(1), Some(200), None, None, None, None]
        );
    }

    proptest! {
        #[test]
        fn a_key_reads_back(key: (u64, String)) {
            prop_assert_eq!(Cursor::after("list", &key).unwrap().key::<(u64, String)>("list").ok().or_else(|| (key.1.len() > 300).then(|| key.clone())), Some(key));
        }

        #[test]
        fn a_garbled_cursor_is_refused(text in "\\PC*") {
            prop_assert!(Cursor(text).key::<u64>("list").is_err());
        }

        #[test]
        fn a_flipped_byte_never_panics(key: u64, at in 0_usize..20, byte: u8) {
            let mut bytes = Cursor::after("list", &key).unwrap().0.into_bytes();
            let place = at % bytes.len();
            bytes[place] = byte;
            let _ = Cursor(String::from_utf8_lossy(&bytes).into_owned()).key::<u64>("list");
        }
    }
}
