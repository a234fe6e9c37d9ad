//! What can go wrong with the store.

use std::path::PathBuf;

/// A failed read or write. Nothing of a failed transaction is kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database said no.
    #[error("the store could not be read or written: {0}")]
    Database(#[source] sqlx::Error),
    /// It waited too long for somebody else, or has no connection. Trying again may work.
    #[error("the store cannot be used at the moment: {why}")]
    Unavailable {
        /// What happened and what to do.
        why: &'static str,
        /// What the database said.
        #[source]
        source: sqlx::Error,
    },
    /// Somebody else changed the row meanwhile; load it again and decide anew.
    #[error("{what} was changed by somebody else at the same moment; try again")]
    Conflict {
        /// Which row.
        what: String,
    },
    /// A row that this program never writes.
    #[error(
        "the store holds an impossible row: {table} {row}: {why}. Restore a backup, or report this"
    )]
    Inconsistent {
        /// Its table.
        table: &'static str,
        /// Its id.
        row: String,
        /// What is impossible.
        why: String,
    },
    /// No store can be there.
    #[error(
        "this is no place for the store: {why}. Give the path of a file, or the address of a \
         PostgreSQL database: postgres://USER:PASSWORD@HOST/DATABASE"
    )]
    BadPlace {
        /// Why not.
        why: String,
    },
    /// The place is one for a store, but none can be opened there.
    #[error("there is no way to the store {place}: {why}. {todo}")]
    NotOpened {
        /// The file, or the server and its database. Never with a password.
        place: String,
        /// What was said.
        why: String,
        /// What to do about it.
        todo: &'static str,
    },
    /// No file to copy.
    #[error(
        "there is no store at {}. Name the folder or the database that the backend was started \
         with: --home DIR, --database FILE", path.display()
    )]
    NoStore {
        /// Where it should be.
        path: PathBuf,
    },
    /// Made by a newer Bellhop.
    #[error(
        "{place} was written by a newer Bellhop (schema {found}, this program knows {known}). \
         Start the newer program, or restore a backup made by this one"
    )]
    NewerSchema {
        /// The file, or that it is the database.
        place: String,
        /// Its schema.
        found: i64,
        /// The newest schema that this program knows.
        known: i64,
    },
    /// The schema could not be brought up to date.
    #[error("the store's schema could not be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The lease on a job ran out and somebody else may have taken it.
    #[error("the lease on this job ran out before it was done")]
    LeaseLost,
    /// A backup could not be written.
    #[error("no backup was made: {}: {source}. Name a new file, in a folder where you may write", path.display())]
    BackupNotWritten {
        /// Where it should have been.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A backup that nothing could be restored from.
    #[error("{} is not a sound backup: {why}. Use another one", path.display())]
    BadBackup {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A PostgreSQL database is backed up with its own tools.
    #[error(
        "the store is in PostgreSQL, whose own tools back it up. To make a backup: pg_dump \
         --format=custom --no-owner --no-privileges --file=FILE ADDRESS. To restore it into an \
         empty database, with no Bellhop running on it: pg_restore --exit-on-error \
         --single-transaction --no-owner --no-privileges --dbname=ADDRESS FILE, and then start \
         Bellhop and run: bellhop audit verify"
    )]
    NoBackup,
}

impl StoreError {
    pub(crate) fn inconsistent(
        table: &'static str,
        row: impl std::fmt::Display,
        why: impl std::fmt::Display,
    ) -> Self {
        Self::Inconsistent { table, row: row.to_string(), why: why.to_string() }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(source: sqlx::Error) -> Self {
        match unavailable(&source) {
            Some(why) => Self::Unavailable { why, source },
            None => Self::Database(source),
        }
    }
}

/// What to do about a database that is there but cannot be used at the moment.
fn unavailable(error: &sqlx::Error) -> Option<&'static str> {
    if matches!(error, sqlx::Error::PoolTimedOut) {
        return Some("no connection to it became free in time. Try again");
    }
    if matches!(error, sqlx::Error::Io(_)) {
        return Some("its connection broke. See whether the database runs, and try again");
    }
    Some(match error.as_database_error()?.code()?.as_ref() {
        // PostgreSQL's SQLSTATE, of five characters.
        "55P03" => {
            "another replica held the lock for 20 seconds. Try again; if it goes on, look in \
             pg_stat_activity for the session of application bellhop that does not move, and \
             stop that replica"
        }
        "57014" => {
            "a statement was stopped after 30 seconds. Try again; if it goes on, PostgreSQL is \
             overloaded"
        }
        "25P03" => {
            "this replica stood still inside a transaction for 10 seconds, and PostgreSQL gave its \
             lock to others. Try again"
        }
        "53300" => {
            "PostgreSQL has no connection left. Each replica uses five: raise max_connections"
        }
        "57P01" | "57P02" | "57P03" => "PostgreSQL is stopping or starting. Try again",
        "55000" => "PostgreSQL lets nobody into the database. Try again when it is open",
        // PostgreSQL's disk_full, and SQLite's SQLITE_FULL.
        "53100" | "13" => {
            "the disk is full. Make room soon: until then no access is given, and none that is \
             open can be taken away"
        }
        // SQLite's SQLITE_BUSY, and that a snapshot or a recovery is in the way.
        "5" | "261" | "517" => {
            "another program has held the file for 5 seconds. Stop what else has it open, and try \
             again"
        }
        _ => return None,
    })
}

/// Reads a JSON column; anything that this program does not write is an inconsistency.
pub(crate) fn from_json<T: serde::de::DeserializeOwned>(
    table: &'static str,
    row: impl std::fmt::Display,
    text: &str,
) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|e| StoreError::inconsistent(table, row, e))
}

/// Writes a JSON column.
pub(crate) fn to_json<T: serde::Serialize>(
    table: &'static str,
    row: impl std::fmt::Display,
    value: &T,
) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::inconsistent(table, row, e))
}

#[cfg(test)]
mod tests {
    use sqlx::{Connection as _, Executor as _, SqliteConnection};

    use super::*;

    #[tokio::test]
    async fn a_full_disk_is_told_as_that() {
        let mut tight = SqliteConnection::connect("sqlite::memory:").await.expect("opens");
        tight.execute("PRAGMA max_page_count = 2").await.expect("set");
        tight.execute("CREATE TABLE t (x)").await.expect("fits");
        let full = tight.execute("INSERT INTO t VALUES (zeroblob(100000))").await;
        let error = StoreError::from(full.expect_err("full"));
        assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
        assert!(error.to_string().contains("Make room soon"), "{error}");
    }
}
