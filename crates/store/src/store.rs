//! The store, opened.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bellhop_domain::{Clock, InstallationId, ids};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::postgres::Postgres;
use crate::sql::sql;
use crate::sqlite::Sqlite;
use crate::time::{self, Moment, Steady};
use crate::tx::{Inner, Write};
use crate::{Place, StoreError, Told, Tx, audit, backup};

/// Bellhop's memory.
#[derive(Clone)]
pub struct Store {
    pools: Pools,
    clock: Arc<dyn Clock>,
    steady: Arc<Steady>,
    installation: InstallationId,
    commits: Arc<AtomicU64>,
}

#[derive(Clone)]
enum Pools {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Store {
    /// Opens the store at `place` and brings its schema up to date. A file is made when missing, a
    /// database is not. Refused when a newer Bellhop has written there.
    pub async fn open(place: &Place, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let pools = match place {
            Place::File(file) => Pools::Sqlite(Sqlite::open(file).await?),
            Place::Postgres(address) => Pools::Postgres(Postgres::open(address).await?),
        };
        let steady = Arc::new(Steady::new(clock.boot_id()));
        let installation = InstallationId(Uuid::nil());
        let commits = Arc::default();
        let mut store = Self { pools, clock, steady, installation, commits };
        let mut tx = store.write().await?;
        store.installation = found_installation(&mut tx).await?;
        time::anchor(&mut tx).await?;
        tx.commit().await?;
        Ok(store)
    }

    /// Which installation this is.
    pub fn installation(&self) -> InstallationId {
        self.installation
    }

    /// How many writing transactions were kept through this store since it was opened. What they
    /// changed was durable each time.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// The time now, as a transaction would have it, told without one. On PostgreSQL it is the time
    /// of the newest transaction and what has gone by since.
    pub fn now(&self) -> DateTime<Utc> {
        let wall = match self.pools {
            Pools::Sqlite(_) => Some(self.clock.now()),
            Pools::Postgres(_) => None,
        };
        self.steady.estimate(wall, self.clock.boot())
    }

    /// A transaction that may write. All of them are in one order, on both engines. The time is
    /// read after the lock is held, so that nothing is decided by a clock that was read while
    /// waiting.
    pub async fn write(&self) -> Result<Tx, StoreError> {
        let begun = self.clock.boot();
        let tx = match &self.pools {
            Pools::Sqlite(sqlite) => self.tx_here(sqlite.write().await?),
            Pools::Postgres(postgres) => self.tx(postgres.write().await?),
        };
        let (commits, clock) = (Arc::clone(&self.commits), Arc::clone(&self.clock));
        Ok(Tx { write: Some(Write { commits, clock, begun }), ..tx })
    }

    /// A transaction that only reads. Everything that it reads was so at one moment.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        Ok(match &self.pools {
            Pools::Sqlite(sqlite) => self.tx_here(sqlite.read().await?),
            Pools::Postgres(postgres) => self.tx(postgres.read().await?),
        })
    }

    /// For one read alone: cheaper than a transaction, and nothing read twice agrees with itself.
    pub async fn glance(&self) -> Result<Tx, StoreError> {
        Ok(match &self.pools {
            Pools::Sqlite(sqlite) => self.tx_here(sqlite.glance().await?),
            Pools::Postgres(postgres) => self.tx(postgres.glance().await?),
        })
    }

    /// Copies the store into the new file `to`, as it is at one moment, while others go on writing.
    /// The copy is done when it was read back: its audit chain and its schema are sound, and it is
    /// on the disk. Only its owner may read it.
    ///
    /// # Errors
    /// When `to` is there already, or the copy is not sound; nothing is left at `to` then. On
    /// PostgreSQL it says how to do it with PostgreSQL's own tools.
    pub async fn backup(&self, to: &Path) -> Result<audit::Head, StoreError> {
        match &self.pools {
            Pools::Sqlite(sqlite) => backup::of_open(sqlite, to).await,
            Pools::Postgres(_) => Err(StoreError::NoBackup),
        }
    }

    /// The same for the store in `file`, without opening it as one: it is only read. So its schema
    /// and its time stay as they are, whichever program has it open and goes on writing.
    ///
    /// # Errors
    /// As above, and when there is no store in `file` or a newer Bellhop has written it.
    pub async fn backup_file(file: &Path, to: &Path) -> Result<audit::Head, StoreError> {
        backup::of_file(file, to).await
    }

    /// The file that the store is in; none on PostgreSQL.
    pub fn file(&self) -> Option<&Path> {
        match &self.pools {
            Pools::Sqlite(sqlite) => Some(sqlite.file()),
            Pools::Postgres(_) => None,
        }
    }

    /// Reads a backup and answers the head of its audit log, when the file is whole, this program
    /// knows its schema and the audit chain is intact. The file stays as it is.
    pub async fn check_backup(file: &Path) -> Result<audit::Head, StoreError> {
        backup::check(file).await
    }

    /// Closes the store after everything under way is done.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite(sqlite) => sqlite.close().await,
            Pools::Postgres(postgres) => postgres.close().await,
        }
    }

    fn tx_here(&self, inner: Inner) -> Tx {
        self.tx((inner, (self.clock.now(), None)))
    }

    fn tx(&self, (inner, (wall, newest)): (Inner, (DateTime<Utc>, Option<DateTime<Utc>>))) -> Tx {
        let moment: Moment = self.steady.moment(wall, newest, self.clock.boot());
        Tx { inner, moment, steady: Arc::clone(&self.steady), told: Told::default(), write: None }
    }
}

async fn found_installation(tx: &mut Tx) -> Result<InstallationId, StoreError> {
    let (id, now) = (ids::uuid_at(tx.now(), rand::random()), tx.now());
    sql!(
        tx,
        execute,
        "INSERT INTO installation (one, id, created_at, next_number) VALUES (1, $1, $2, 1001) \
         ON CONFLICT DO NOTHING",
        id,
        now
    )?;
    let (id,) = sql!(tx, fetch_one::<(Uuid,)>, "SELECT id FROM installation")?;
    Ok(InstallationId(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent<T: Send>(_: T) {}

    /// Whoever serves calls has to move them between threads. (Opening is not a call, and sqlx's
    /// migrator stays on its thread.)
    #[tokio::test]
    async fn what_the_store_does_may_be_awaited_on_any_thread() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::File(folder.path().join("bellhop.db"));
        let clock = Arc::new(bellhop_domain::SystemClock);
        let store = Store::open(&place, clock).await.unwrap();
        sent(store.backup(folder.path()));
        sent(Store::check_backup(folder.path()));
        sent(store.write().await.unwrap().commit());
    }
}
