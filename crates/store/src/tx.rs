//! The store, opened, and one transaction on it.

use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use bellhop_domain::{Clock, InstallationId, ids};
use chrono::{DateTime, Utc};
use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Sqlite, SqliteConnection, Transaction};
use uuid::Uuid;

use crate::StoreError;

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// Bellhop's memory.
#[derive(Clone)]
pub struct Store {
    // SQLite has one writer at a time: a pool of one queues writers fairly, in memory.
    writer: SqlitePool,
    readers: SqlitePool,
    clock: Arc<dyn Clock>,
    installation: InstallationId,
}

/// One open transaction. Dropped without [`Tx::commit`], nothing of it is kept.
pub struct Tx {
    pub(crate) inner: Inner,
    now: DateTime<Utc>,
    pub(crate) told: Told,
}

/// What statements run on.
pub(crate) enum Inner {
    /// A transaction.
    Transaction(Transaction<'static, Sqlite>),
    /// A connection between transactions.
    Connection(PoolConnection<Sqlite>),
}

impl Deref for Inner {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        match self {
            Self::Transaction(transaction) => transaction,
            Self::Connection(connection) => connection,
        }
    }
}

impl DerefMut for Inner {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        match self {
            Self::Transaction(transaction) => transaction,
            Self::Connection(connection) => connection,
        }
    }
}

/// What others want to know of a transaction once it is committed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The new place of the audit log's head, if rows were appended.
    pub head: Option<i64>,
    /// Whether there is work that somebody could take up now.
    pub work: bool,
}

impl Store {
    /// Opens the store in `file`, made when missing, and brings its schema up to date.
    pub async fn open(file: &Path, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::from_str("sqlite:")?
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .disable_statement_logging();
        // A file does not hang up: asking each connection whether it is there costs and shows nothing.
        let pool = || SqlitePoolOptions::new().test_before_acquire(false);
        let writer = pool().max_connections(1).connect_with(options.clone()).await?;
        refuse_newer(&writer, file).await?;
        MIGRATIONS.run(&writer).await?;
        let readers = pool().max_connections(4).connect_with(options).await?;
        let installation = found_installation(&writer, clock.now()).await?;
        Ok(Self { writer, readers, clock, installation })
    }

    /// Which installation this is.
    pub fn installation(&self) -> InstallationId {
        self.installation
    }

    /// A transaction that may write. The time is read after the lock is held, so that nothing is
    /// decided by a clock that was read while waiting.
    pub async fn write(&self) -> Result<Tx, StoreError> {
        let inner = Inner::Transaction(self.writer.begin_with("BEGIN IMMEDIATE").await?);
        Ok(Tx { inner, now: self.clock.now(), told: Told::default() })
    }

    /// A transaction that only reads.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        let inner = Inner::Transaction(self.readers.begin().await?);
        Ok(Tx { inner, now: self.clock.now(), told: Told::default() })
    }

    /// For one read alone: cheaper than a transaction, and nothing read twice agrees with itself.
    pub async fn glance(&self) -> Result<Tx, StoreError> {
        let inner = Inner::Connection(self.readers.acquire().await?);
        Ok(Tx { inner, now: self.clock.now(), told: Told::default() })
    }

    /// Closes the store after everything under way is done.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

impl Tx {
    /// The time of this transaction, read after its lock was held.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// A new id, made at this transaction's time.
    pub fn new_id(&self) -> Uuid {
        ids::uuid_at(self.now, rand::random())
    }

    /// Keeps everything that was written; answers what others want to know of it.
    pub async fn commit(self) -> Result<Told, StoreError> {
        if let Inner::Transaction(transaction) = self.inner {
            transaction.commit().await?;
        }
        Ok(self.told)
    }
}

async fn refuse_newer(pool: &SqlitePool, file: &Path) -> Result<(), StoreError> {
    let known = MIGRATIONS.iter().map(|m| m.version).max().unwrap_or(0);
    let table: Option<(String,)> = sqlx::query_as(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'",
    )
    .fetch_optional(pool)
    .await?;
    if table.is_none() {
        return Ok(());
    }
    let newest: (Option<i64>,) =
        sqlx::query_as("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(pool).await?;
    match newest.0 {
        Some(found) if found > known => {
            Err(StoreError::NewerSchema { path: file.to_owned(), found, known })
        }
        _ => Ok(()),
    }
}

async fn found_installation(
    pool: &SqlitePool,
    now: DateTime<Utc>,
) -> Result<InstallationId, StoreError> {
    sqlx::query("INSERT INTO installation VALUES (1, $1, $2, 1001) ON CONFLICT DO NOTHING")
        .bind(ids::uuid_at(now, rand::random()))
        .bind(now)
        .execute(pool)
        .await?;
    let (id,): (Uuid,) = sqlx::query_as("SELECT id FROM installation").fetch_one(pool).await?;
    Ok(InstallationId(id))
}
