//! Finding the key of an owner or of a box, and making the first one.

use crate::VaultError;
use crate::data_key::{self, DataKey, KeyRow};
use crate::liveness::{Liveness, Shelf};
use crate::master::Masters;
use crate::purpose::Owner;
use events::KeyId;
use sqlx::PgPool;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::OnceCell;
use uuid::Uuid;

/// Look-ups are planned each time: a plan that a connection keeps from when the table was small reads all of it.
const PLAN_KEPT: bool = false;
/// How often a look-up starts again because keys were destroyed under its hands.
const ATTEMPTS: usize = 8;

pub(crate) struct Keyring {
    pub(crate) pool: PgPool,
    pub(crate) masters: Masters,
    pub(crate) liveness: Liveness,
    name_index: OnceCell<Arc<DataKey>>,
}

impl Keyring {
    pub(crate) fn new(pool: PgPool, masters: Masters) -> Self {
        Self { liveness: Liveness::new(pool.clone()), pool, masters, name_index: OnceCell::new() }
    }

    /// The key that pseudonyms are made with: the first key of a vault, and never destroyed.
    pub(crate) async fn name_index(&self) -> Result<&DataKey, VaultError> {
        let find = || async {
            let mut found = self.find_or_make(&[Owner::NAME_INDEX]).await?;
            found.remove(&Owner::NAME_INDEX).ok_or_else(contended)
        };
        self.name_index.get_or_try_init(find).await.map(|key| &**key)
    }

    /// The living key of an owner, made when there is none.
    pub(crate) async fn of_owner(&self, owner: Owner) -> Result<Arc<DataKey>, VaultError> {
        if let Some(key) = self.liveness.shelf().await?.living.get(&owner).await {
            return Ok(key);
        }
        self.of_owners(&[owner]).await?.remove(&owner).ok_or_else(contended)
    }

    /// The living keys of distinct owners, made where there are none.
    pub(crate) async fn of_owners(&self, owners: &[Owner]) -> Result<HashMap<Owner, Arc<DataKey>>, VaultError> {
        // Whoever cannot open the first key of the vault has a wrong master key, and must not wrap others under it.
        self.name_index().await?;
        self.find_or_make(owners).await
    }

    /// A key by its id; none when it is destroyed.
    pub(crate) async fn by_id(&self, id: KeyId) -> Result<Option<Arc<DataKey>>, VaultError> {
        if let Some(known) = self.liveness.shelf().await?.known.get(&id).await {
            return Ok(known);
        }
        self.by_ids(&[id]).await?.remove(&id).ok_or(VaultError::UnknownKey(id))
    }

    /// Keys by their ids, all that are not in memory with one query; none in place of one that is destroyed.
    pub(crate) async fn by_ids(&self, ids: &[KeyId]) -> Result<HashMap<KeyId, Option<Arc<DataKey>>>, VaultError> {
        for _ in 0..ATTEMPTS {
            let shelf = self.liveness.shelf().await?;
            let mut keys = HashMap::with_capacity(ids.len());
            let mut others = Vec::new();
            for id in ids {
                match shelf.known.get(id).await {
                    Some(known) => drop(keys.insert(*id, known)),
                    None => others.push(id.as_uuid()),
                }
            }
            if others.is_empty() {
                return Ok(keys);
            }
            for row in self.rows_by_id(&others).await? {
                let key = row.unwrap(&self.masters)?.map(Arc::new);
                shelf.known.insert(row.key(), key.clone()).await;
                keys.insert(row.key(), key);
            }
            if let Some(unknown) = ids.iter().find(|id| !keys.contains_key(id)) {
                return Err(VaultError::UnknownKey(*unknown));
            }
            if self.liveness.is_present(&shelf).await? {
                return Ok(keys);
            }
        }
        Err(contended())
    }

    async fn find_or_make(&self, owners: &[Owner]) -> Result<HashMap<Owner, Arc<DataKey>>, VaultError> {
        for _ in 0..ATTEMPTS {
            let shelf = self.liveness.shelf().await?;
            let mut keys = self.find(&shelf, owners).await?;
            let missing: Vec<Owner> = owners.iter().filter(|owner| !keys.contains_key(owner)).copied().collect();
            if !missing.is_empty() {
                self.make(&missing).await?;
                keys.extend(self.find(&shelf, &missing).await?);
            }
            if keys.len() == owners.len() && self.liveness.is_present(&shelf).await? {
                return Ok(keys);
            }
        }
        Err(contended())
    }

    async fn find(&self, shelf: &Shelf, owners: &[Owner]) -> Result<HashMap<Owner, Arc<DataKey>>, VaultError> {
        let mut keys = HashMap::with_capacity(owners.len());
        let mut others = Vec::new();
        for owner in owners {
            match shelf.living.get(owner).await {
                Some(key) => drop(keys.insert(*owner, key)),
                None => others.push(*owner),
            }
        }
        for (owner, row) in self.rows_by_owner(&others).await? {
            if let Some(key) = row.unwrap(&self.masters)?.map(Arc::new) {
                shelf.known.insert(key.id, Some(Arc::clone(&key))).await;
                shelf.living.insert(owner, Arc::clone(&key)).await;
                keys.insert(owner, key);
            }
        }
        Ok(keys)
    }

    async fn rows_by_id(&self, ids: &[Uuid]) -> Result<Vec<KeyRow>, VaultError> {
        let rows =
            sqlx::query_as("SELECT id, subject, purpose, period, master, wrapped FROM vault.key WHERE id = ANY($1)")
                .bind(ids)
                .persistent(PLAN_KEPT)
                .fetch_all(&self.pool)
                .await?;
        Ok(rows)
    }

    async fn rows_by_owner(&self, owners: &[Owner]) -> Result<Vec<(Owner, KeyRow)>, VaultError> {
        if owners.is_empty() {
            return Ok(Vec::new());
        }
        let (subjects, purposes, periods) = columns(owners);
        let rows: Vec<OwnedRow> = sqlx::query_as(
            "SELECT wanted.ordinality, key.id, key.subject, key.purpose, key.period, key.master, key.wrapped
             FROM unnest($1::uuid[], $2::text[], $3::text[])
                  WITH ORDINALITY AS wanted (subject, purpose, period, ordinality)
             JOIN vault.key ON key.subject = wanted.subject
                           AND key.purpose = wanted.purpose
                           AND key.period = wanted.period
             WHERE key.destroyed_at IS NULL",
        )
        .bind(subjects)
        .bind(purposes)
        .bind(periods)
        .persistent(PLAN_KEPT)
        .fetch_all(&self.pool)
        .await?;
        let owner = |row: &OwnedRow| usize::try_from(row.ordinality - 1).ok().and_then(|n| owners.get(n)).copied();
        Ok(rows.into_iter().filter_map(|row| Some((owner(&row)?, row.row))).collect())
    }

    /// Makes a key for each of these owners; whoever was first makes the one that stands.
    async fn make(&self, owners: &[Owner]) -> Result<(), VaultError> {
        let mut owners = owners.to_vec();
        // In one order everywhere, so that two that make the same keys do not wait for each other.
        owners.sort_unstable();
        let master = &self.masters.current;
        let fresh = owners.iter().map(|owner| data_key::fresh(owner, master));
        let (ids, wrapped): (Vec<Uuid>, Vec<Vec<u8>>) = fresh.collect::<Result<Vec<_>, _>>()?.into_iter().unzip();
        let (subjects, purposes, periods) = columns(&owners);
        sqlx::query(
            "INSERT INTO vault.key (id, subject, purpose, period, master, wrapped)
             SELECT id, subject, purpose, period, $5, wrapped
             FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $6::bytea[])
                  AS made (id, subject, purpose, period, wrapped)
             ON CONFLICT (subject, purpose, period) WHERE destroyed_at IS NULL DO NOTHING",
        )
        .bind(ids)
        .bind(subjects)
        .bind(purposes)
        .bind(periods)
        .bind(master.id())
        .bind(wrapped)
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

#[derive(sqlx::FromRow)]
struct OwnedRow {
    ordinality: i64,
    #[sqlx(flatten)]
    row: KeyRow,
}

fn columns(owners: &[Owner]) -> (Vec<Uuid>, Vec<&'static str>, Vec<String>) {
    (
        owners.iter().map(|owner| owner.subject).collect(),
        owners.iter().map(|owner| owner.purpose).collect(),
        owners.iter().map(|owner| owner.period.to_string()).collect(),
    )
}

fn contended() -> VaultError {
    VaultError::Unavailable("keys were destroyed as often as they were looked up".into())
}
