//! Group reads: whoever asks while a query is under way waits for the next one, which answers all who wait at once.
//!
//! What an answer shows was read after it was asked for, as if each had asked alone.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::Hash;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// How many one query answers.
const MOST: usize = 256;

struct Ask<K, V> {
    key: K,
    answer: oneshot::Sender<Result<Option<V>, Arc<sqlx::Error>>>,
}

/// Rows by their key; clones share their queries.
pub struct Grouped<K, V>(mpsc::Sender<Ask<K, V>>);

impl<K: Clone + Eq + Hash + Send + 'static, V: Clone + Send + Sync + 'static> Grouped<K, V> {
    /// Asks by `query`, which leaves out the keys that have no row. Starts a task that ends with the last clone, so it
    /// needs a Tokio runtime.
    #[must_use]
    pub fn start<F>(query: impl Fn(Vec<K>) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Result<HashMap<K, V>, sqlx::Error>> + Send,
    {
        let (asks, mut asked) = mpsc::channel::<Ask<K, V>>(MOST);
        tokio::spawn(async move {
            let mut group = Vec::new();
            while asked.recv_many(&mut group, MOST).await > 0 {
                let keys: HashSet<K> = group.iter().map(|ask| ask.key.clone()).collect();
                let found = query(keys.into_iter().collect()).await.map_err(Arc::new);
                for Ask { key, answer } in group.drain(..) {
                    let row = found.as_ref().map(|rows| rows.get(&key).cloned()).map_err(Arc::clone);
                    // Whoever has gone away needs no answer.
                    let _ = answer.send(row);
                }
            }
        });
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

#[cfg(test)]
mod tests {
    use super::*;
    use futures::future::join_all;
    use std::sync::Mutex;
    use tokio::sync::Semaphore;

    /// Keys below ten have themselves as their row; the queries that were made.
    fn grouped(gate: Arc<Semaphore>) -> (Grouped<u8, u8>, Arc<Mutex<Vec<Vec<u8>>>>) {
        let queries = Arc::<Mutex<Vec<Vec<u8>>>>::default();
        let made = Arc::clone(&queries);
        let grouped = Grouped::start(move |mut keys: Vec<u8>| {
            keys.sort_unstable();
            made.lock().unwrap().push(keys.clone());
            let gate = Arc::clone(&gate);
            async move {
                gate.acquire().await.unwrap().forget();
                if keys.contains(&99) {
                    return Err(sqlx::Error::PoolTimedOut);
                }
                Ok(keys.into_iter().filter(|key| *key < 10).map(|key| (key, key)).collect())
            }
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
        assert_eq!(*queries.lock().unwrap(), [vec![1], vec![2, 3, 12]]);
    }

    #[tokio::test]
    async fn a_failure_is_told_to_all_of_its_group_and_to_no_other() {
        let (grouped, _) = grouped(Arc::new(Semaphore::new(2)));
        let both = join_all([99, 1].map(|key| grouped.get(key))).await;
        assert!(both.iter().all(Result::is_err), "{both:?}");
        assert_eq!(grouped.get(1).await.unwrap(), Some(1));
    }
}
