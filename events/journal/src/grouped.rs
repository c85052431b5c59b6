//! Group reads: whoever asks while the queries that may be under way are, waits for the next one, which answers all who
//! wait at once.
//!
//! What an answer shows was read after it was asked for, as if each had asked alone. Queries have connections of their
//! own, as the writer has: a pool asks the server whether a connection lives whenever it takes one back.
//!
//! They look keys up and nothing else. PostgreSQL keeps the plan of a prepared statement until the table is analyzed, and
//! while a table is small that plan reads all of it; here it goes by an index from the start ([`BY_INDEX`]).

use futures::future::BoxFuture;
use postgres_errors::is_transient;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection, PgPool};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::time::timeout;

/// How many one query answers.
const MOST: usize = 256;
/// How long a query, or a connection to be made, is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Settings of the connections. A table without an index to go by looks dear then: nothing is compiled for that.
const BY_INDEX: [(&str, &str); 2] = [("enable_seqscan", "off"), ("jit", "off")];

struct Ask<K, V> {
    key: K,
    answer: oneshot::Sender<Result<Option<V>, Arc<sqlx::Error>>>,
}

/// Rows by their key; clones share their queries.
pub struct Grouped<K, V>(mpsc::Sender<Ask<K, V>>);

impl<K: Clone + Eq + Hash + Send + 'static, V: Clone + Send + 'static> Grouped<K, V> {
    /// Asks the database of `pool`, as its role, by at most `queries` at once; `query` looks keys up by an index, and leaves
    /// out those that have no row. Starts tasks that end with the last clone, so it needs a Tokio runtime.
    #[must_use]
    pub fn start<Q>(pool: &PgPool, queries: usize, query: Q) -> Self
    where
        Q: for<'c> Fn(&'c mut PgConnection, Vec<K>) -> BoxFuture<'c, Result<HashMap<K, V>, sqlx::Error>>,
        Q: Clone + Send + Sync + 'static,
    {
        let options = Arc::new(PgConnectOptions::clone(&pool.connect_options()).options(BY_INDEX));
        let connect = move || -> BoxFuture<'static, _> {
            let options = Arc::clone(&options);
            Box::pin(async move { options.connect().await })
        };
        Self::over(queries, connect, query)
    }

    fn over<C, O, Q>(queries: usize, connect: O, query: Q) -> Self
    where
        C: Send + 'static,
        O: Fn() -> BoxFuture<'static, Result<C, sqlx::Error>> + Clone + Send + Sync + 'static,
        Q: for<'c> Fn(&'c mut C, Vec<K>) -> BoxFuture<'c, Result<HashMap<K, V>, sqlx::Error>>,
        Q: Clone + Send + Sync + 'static,
    {
        let (asks, asked) = mpsc::channel(MOST);
        let asked = Arc::new(Mutex::new(asked));
        for _ in 0..queries.max(1) {
            let (asked, connect, query) = (Arc::clone(&asked), connect.clone(), query.clone());
            tokio::spawn(async move { Worker { connect, query, connection: None }.run(&asked).await });
        }
        Self(asks)
    }

    /// The row of a key, if there is one.
    ///
    /// # Errors
    /// Those of the database, told to all of the group.
    pub async fn get(&self, key: K) -> Result<Option<V>, Arc<sqlx::Error>> {
        let (answer, answered) = oneshot::channel();
        // A task that has died gives no answer either.
        let _ = self.0.send(Ask { key, answer }).await;
        answered.await.unwrap_or_else(|_| Err(Arc::new(sqlx::Error::WorkerCrashed)))
    }
}

impl<K, V> Clone for Grouped<K, V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K, V> fmt::Debug for Grouped<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grouped").finish_non_exhaustive()
    }
}

/// Makes one query after another.
struct Worker<C, O, Q> {
    connect: O,
    query: Q,
    connection: Option<C>,
}

impl<C, O, Q> Worker<C, O, Q> {
    async fn run<K, V>(mut self, asked: &Mutex<mpsc::Receiver<Ask<K, V>>>)
    where
        K: Clone + Eq + Hash,
        V: Clone,
        O: Fn() -> BoxFuture<'static, Result<C, sqlx::Error>>,
        Q: for<'c> Fn(&'c mut C, Vec<K>) -> BoxFuture<'c, Result<HashMap<K, V>, sqlx::Error>>,
    {
        let mut group = Vec::new();
        while asked.lock().await.recv_many(&mut group, MOST).await > 0 {
            let keys: HashSet<K> = group.iter().map(|ask| ask.key.clone()).collect();
            let keys: Vec<K> = keys.into_iter().collect();
            let found = match self.ask(keys.clone()).await {
                // The connection may have died since the query before.
                Err(error) if is_transient(&error) => self.ask(keys).await,
                found => found,
            };
            let found = found.map_err(Arc::new);
            for Ask { key, answer } in group.drain(..) {
                let row = found.as_ref().map(|rows| rows.get(&key).cloned()).map_err(Arc::clone);
                // Whoever has gone away needs no answer.
                let _ = answer.send(row);
            }
        }
    }

    async fn ask<K, V>(&mut self, keys: Vec<K>) -> Result<HashMap<K, V>, sqlx::Error>
    where
        O: Fn() -> BoxFuture<'static, Result<C, sqlx::Error>>,
        Q: for<'c> Fn(&'c mut C, Vec<K>) -> BoxFuture<'c, Result<HashMap<K, V>, sqlx::Error>>,
    {
        let late = |_| sqlx::Error::PoolTimedOut;
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => timeout(PATIENCE, (self.connect)()).await.map_err(late)??,
        };
        let found = timeout(PATIENCE, (self.query)(&mut connection, keys)).await.map_err(late)??;
        // One that failed is not used again.
        self.connection = Some(connection);
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::future::join_all;
    use tokio::sync::Semaphore;

    type Queries = Arc<std::sync::Mutex<Vec<(u32, Vec<u8>)>>>;

    /// Keys below ten have themselves as their row, and 99 breaks the connection; the queries that were made, with the
    /// number of their connection.
    fn grouped(gate: Arc<Semaphore>) -> (Grouped<u8, u8>, Queries) {
        let queries = Queries::default();
        let made = Arc::clone(&queries);
        let connections = Arc::new(std::sync::atomic::AtomicU32::new(0));
        let connect = move || -> BoxFuture<'static, _> {
            let number = connections.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Box::pin(async move { Ok(number) })
        };
        let grouped = Grouped::over(1, connect, move |connection: &mut u32, mut keys: Vec<u8>| {
            keys.sort_unstable();
            made.lock().unwrap().push((*connection, keys.clone()));
            let gate = Arc::clone(&gate);
            Box::pin(async move {
                gate.acquire().await.unwrap().forget();
                if keys.contains(&99) {
                    return Err(sqlx::Error::PoolTimedOut);
                }
                Ok(keys.into_iter().filter(|key| *key < 10).map(|key| (key, key)).collect())
            })
        });
        (grouped, queries)
    }

    #[tokio::test]
    async fn who_asks_while_a_query_is_under_way_shares_the_next() {
        let gate = Arc::new(Semaphore::new(0));
        let (grouped, queries) = grouped(Arc::clone(&gate));
        let first = tokio::spawn({
            let grouped = grouped.clone();
            async move { grouped.get(1).await }
        });
        while queries.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        let others = join_all([2, 3, 2, 12].map(|key| grouped.get(key)));
        let open = async {
            tokio::task::yield_now().await;
            gate.add_permits(2);
        };
        let (others, ()) = tokio::join!(others, open);
        assert_eq!(first.await.unwrap().unwrap(), Some(1));
        let rows: Vec<_> = others.into_iter().map(Result::unwrap).collect();
        assert_eq!(rows, [Some(2), Some(3), Some(2), None]);
        assert_eq!(*queries.lock().unwrap(), [(0, vec![1]), (0, vec![2, 3, 12])]);
    }

    #[tokio::test]
    async fn a_query_that_fails_is_made_once_more_on_a_new_connection_and_then_told_to_its_group_alone() {
        let (grouped, queries) = grouped(Arc::new(Semaphore::new(3)));
        let both = join_all([99, 1].map(|key| grouped.get(key))).await;
        assert!(both.iter().all(Result::is_err), "{both:?}");
        assert_eq!(grouped.get(1).await.unwrap(), Some(1));
        assert_eq!(*queries.lock().unwrap(), [(0, vec![1, 99]), (1, vec![1, 99]), (2, vec![1])]);
    }
}
