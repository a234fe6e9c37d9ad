//! The store in a file.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, SqliteConnection};

use crate::StoreError;
use crate::sql::newest_known;
use crate::tx::{Inner, Open};

pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

#[derive(Clone)]
pub(crate) struct Sqlite {
    // SQLite has one writer at a time: a pool of one queues writers fairly, in memory.
    writer: SqlitePool,
    readers: SqlitePool,
    file: PathBuf,
}

impl Sqlite {
    /// Opens `file`, made when missing, and brings its schema up to date.
    pub(crate) async fn open(file: &Path) -> Result<Self, StoreError> {
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
        let writer = pool().max_connections(1).connect_with(options.clone()).await;
        let writer = writer.map_err(|error| not_opened(file, error))?;
        refuse_newer(&mut *writer.acquire().await?, file).await?;
        MIGRATIONS.run(&writer).await?;
        let readers = pool().max_connections(4).connect_with(options).await?;
        let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        Ok(Self { writer, readers, file })
    }

    /// Where it is.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// Starts a transaction that holds the writers' lock.
    pub(crate) async fn write(&self) -> Result<Inner, StoreError> {
        let transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        Ok(Inner::Sqlite(Open::Transaction(transaction)))
    }

    /// Starts a transaction that only reads.
    pub(crate) async fn read(&self) -> Result<Inner, StoreError> {
        Ok(Inner::Sqlite(Open::Transaction(self.readers.begin().await?)))
    }

    /// A connection between transactions.
    pub(crate) async fn glance(&self) -> Result<Inner, StoreError> {
        Ok(Inner::Sqlite(Open::Connection(self.readers.acquire().await?)))
    }

    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Refuses a file whose schema this program does not know.
pub(crate) async fn refuse_newer(
    connection: &mut SqliteConnection,
    file: &Path,
) -> Result<(), StoreError> {
    let table: Option<(String,)> = sqlx::query_as(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'",
    )
    .fetch_optional(&mut *connection)
    .await?;
    if table.is_none() {
        return Ok(());
    }
    let (newest,): (Option<i64>,) =
        sqlx::query_as("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(connection).await?;
    newest_known(&MIGRATIONS, newest, || file.display().to_string())
}

/// What is wrong with a path that holds no store and cannot be made to hold one.
fn not_opened(file: &Path, error: sqlx::Error) -> StoreError {
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .unwrap_or_default()
        .into_owned();
    let todo = match code.as_str() {
        // SQLITE_CANTOPEN
        "14" => {
            "See that its folder is there, that it is not a folder itself, and that you may \
                 write there"
        }
        // SQLITE_NOTADB
        "26" => "Name another file, or restore a backup",
        _ => return error.into(),
    };
    StoreError::NotOpened { place: file.display().to_string(), why: error.to_string(), todo }
}
