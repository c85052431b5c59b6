//! Lists in pages: what each is asked, and how it is answered.

use crate::{ReadApi, answer};
use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::Uri;
use axum::http::request::Parts;
use axum::response::Response;
use events::Position;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use web::Problem;
use web::at_least::AtLeast;
use web::page::{Cursor, Limit};
use web::precondition::Preconditions;

/// How many, and from where on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// How many at most.
    #[param(value_type = Option<Limit>, inline)]
    #[serde(default)]
    pub(crate) limit: Limit,
    /// Where the page starts: the `cursor` of the address that `next` of the page before is.
    #[param(value_type = Option<String>)]
    pub(crate) cursor: Option<Cursor>,
}

/// A list that is asked for: at which position at least, from which address, and what the client has of it.
pub(crate) struct Listing {
    pub(crate) at_least: AtLeast,
    preconditions: Preconditions,
    uri: Uri,
}

impl FromRequestParts<ReadApi> for Listing {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &ReadApi) -> Result<Self, Problem> {
        let at_least = AtLeast::from_request_parts(parts, api).await?;
        let preconditions = Preconditions::from_request_parts(parts, api).await.unwrap_or_else(|never| match never {});
        let uri = OriginalUri::from_request_parts(parts, api).await.unwrap_or_else(|never| match never {});
        Ok(Self { at_least, preconditions, uri: uri.0 })
    }
}

impl Listing {
    /// The page that starts at `cursor`, of the list of this name.
    ///
    /// # Errors
    /// 422 `invalid-field` for the cursor of another list.
    pub(crate) fn page<K: DeserializeOwned>(
        self,
        list: &'static str,
        limit: Limit,
        cursor: Option<Cursor>,
    ) -> Result<Page<K>, Problem> {
        let after = cursor.map(|cursor| cursor.key(list)).transpose()?;
        Ok(Page { list, limit: answer::rows(limit), after, listing: self })
    }
}

/// A page of a list whose items have a key that is read back as `K`.
pub(crate) struct Page<K> {
    list: &'static str,
    limit: u16,
    /// The last item of the page before.
    pub(crate) after: Option<K>,
    listing: Listing,
}

impl<K> Page<K> {
    pub(crate) const fn at_least(&self) -> AtLeast {
        self.listing.at_least
    }

    /// How many rows to read: one more than are shown tells whether any follow.
    pub(crate) const fn rows(&self) -> u16 {
        self.limit + 1
    }

    /// The rows that are shown, and where the next page starts.
    ///
    /// # Errors
    /// 500 for a key that has no JSON.
    pub(crate) fn cut<T, W: Serialize>(
        &self,
        rows: Vec<T>,
        key: impl FnOnce(&T) -> W,
    ) -> Result<(Vec<T>, Option<Cursor>), Problem> {
        let (rows, last) = answer::first(rows, self.limit, key);
        let next = last.map(|last| Cursor::after(self.list, &last)).transpose()?;
        Ok((rows, next))
    }

    /// The page with these items, as it is at `shown`.
    ///
    /// # Errors
    /// 500 for what has no JSON.
    pub(crate) fn answer<T: Serialize>(
        &self,
        shown: Position,
        items: Vec<T>,
        next: Option<&Cursor>,
    ) -> Result<Response, Problem> {
        answer::page(&self.listing.preconditions, shown, items, next, &self.listing.uri)
    }
}
