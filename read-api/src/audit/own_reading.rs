//! The reading that an auditor declared, and nobody else's.

use crate::config::GROUPS;
use crate::freshness::{of_web, to_web};
use crate::who::Who;
use crate::{ReadApi, problems};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use events::account::Role;
use events::{Actor, Position, ReadingId};
use journal::Grouped;
use projections::audit::readings::{self, Reading};
use projections::audit::trail;
use sqlx::PgPool;
use web::Problem;
use web::at_least::AtLeast;
use web::kinds::NOT_FOUND;
use web::path::Path;

/// The reading that a path names, once the trail shows it; with the position that readings and trail have reached.
///
/// A reading that is not there yet may have been declared a moment ago: it is looked for again at the journal's head.
///
/// # Errors
/// 403 `not-allowed` for one who is no auditor; 404 for a reading that is not there, or of another; 503 `behind`.
pub(crate) struct OwnReading {
    pub(super) reading: Reading,
    pub(super) shown: Position,
}

impl FromRequestParts<ReadApi> for OwnReading {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &ReadApi) -> Result<Self, Problem> {
        let who = Who::from_request_parts(parts, api).await?;
        let Path(id) = Path::<ReadingId>::from_request_parts(parts, api).await?;
        let at_least = AtLeast::from_request_parts(parts, api).await?;
        who.has_one_of(&[Role::Auditor])?;
        api.wait(at_least, &[readings::NAME]).await?;
        let found = match find(api, id).await? {
            Some(found) => Some(found),
            None => {
                let head = api.reader.last_position().await.map_err(problems::journal)?;
                caught_up(api, readings::NAME, head, at_least).await?;
                find(api, id).await?
            }
        };
        let own = found.filter(|(reading, _)| reading.actor == Actor::Account(who.account));
        let (reading, shown) = own.ok_or_else(|| Problem::from(&NOT_FOUND))?;
        let declared = to_web(reading.position)?;
        let position = at_least.position.map_or(declared, |asked| asked.max(declared));
        if shown >= of_web(position)? {
            return Ok(Self { reading, shown });
        }
        let shown = api.shown(AtLeast { position: Some(position), ..at_least }, &[trail::NAME]).await?;
        Ok(Self { reading, shown })
    }
}

/// Declared readings, each with the position that the trail shows.
pub(crate) type Readings = Grouped<ReadingId, (Reading, Position)>;

pub(crate) fn declared(pool: &PgPool) -> Readings {
    Grouped::start(pool, GROUPS, |connection, ids| {
        Box::pin(async move {
            let found = readings::by_ids(connection, &ids).await?;
            Ok(found.into_iter().map(|found| (found.0.reading, found)).collect())
        })
    })
}

async fn find(api: &ReadApi, reading: ReadingId) -> Result<Option<(Reading, Position)>, Problem> {
    api.readings.get(reading).await.map_err(problems::database)
}

pub(super) async fn caught_up(
    api: &ReadApi,
    projection: &str,
    position: Position,
    at_least: AtLeast,
) -> Result<(), Problem> {
    let at_least = AtLeast { position: Some(to_web(position)?), ..at_least };
    api.wait(at_least, &[projection]).await
}
