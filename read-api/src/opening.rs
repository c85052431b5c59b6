//! Opening what is sealed, a page at a time.

use crate::problems;
use events::Sealed;
use vault::{Opened, Place, Vault};
use web::Problem;

/// Boxes of the rows of one page, opened together.
#[derive(Default)]
pub(crate) struct Boxes<'a>(Vec<(Place<'static>, &'a Sealed<String>)>);

impl<'a> Boxes<'a> {
    /// Adds a box; tells where its content will be.
    pub(crate) fn add(&mut self, place: Place<'static>, sealed: &'a Sealed<String>) -> Content {
        self.0.push((place, sealed));
        Content(self.0.len() - 1)
    }

    /// # Errors
    /// 503 `unavailable`; 500 for a box that does not open at its place.
    pub(crate) async fn open(self, vault: &Vault) -> Result<Contents, Problem> {
        if self.0.is_empty() {
            return Ok(Contents(Vec::new()));
        }
        vault.open_many(&self.0).await.map(Contents).map_err(problems::vault)
    }
}

/// Where the content of a box is.
#[derive(Clone, Copy)]
pub(crate) struct Content(usize);

/// What was in the boxes of one page.
pub(crate) struct Contents(Vec<Opened<String>>);

impl Contents {
    /// What was in a box; notes `field` as erased when its key is destroyed.
    pub(crate) fn take(
        &mut self,
        content: Option<Content>,
        field: &'static str,
        erased: &mut Vec<&'static str>,
    ) -> Option<String> {
        match std::mem::replace(self.0.get_mut(content?.0)?, Opened::Erased) {
            Opened::Clear(text) => Some(text),
            Opened::Erased => {
                erased.push(field);
                None
            }
        }
    }
}
