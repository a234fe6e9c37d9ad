//! What can go wrong with the store.

use std::path::PathBuf;

/// A failed read or write. Nothing of a failed transaction is kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database said no.
    #[error("the store could not be read or written: {0}")]
    Database(#[from] sqlx::Error),
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
    /// Made by a newer Bellhop.
    #[error(
        "{path} was written by a newer Bellhop (schema {found}, this program knows {known}). \
         Start the newer program, or restore a backup made by this one"
    )]
    NewerSchema {
        /// The file.
        path: PathBuf,
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
