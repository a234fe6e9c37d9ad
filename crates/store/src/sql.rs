//! One text a statement, run on the engine that the transaction is of.

use sqlx::migrate::Migrator;

use crate::StoreError;

/// Runs one statement on the transaction's engine: `sql!(tx, execute, TEXT, VALUES…)` answers how
/// many rows it touched, `sql!(tx, fetch_all::<Row>, TEXT, VALUES…)` and its likes answer rows. The
/// values stand for `$1`, `$2`, …; a text that cannot be the same on both engines is given as
/// `sqlite: TEXT, postgres: TEXT`.
///
/// Texts are not checked when they are compiled. Instead each is registered for the test below,
/// which has both engines prepare it.
macro_rules! sql {
    ($tx:expr, $how:ident $(::<$row:ty>)?, sqlite: $sqlite:expr, postgres: $postgres:expr
     $(, $value:expr)* $(,)?) => {{
        #[cfg(test)]
        const _: () = {
            #[linkme::distributed_slice($crate::sql::STATEMENTS)]
            static STATEMENT: $crate::sql::Statement =
                $crate::sql::Statement { sqlite: $sqlite, postgres: $postgres };
        };
        match &mut $tx.inner {
            $crate::tx::Inner::Sqlite(open) => {
                sql!(@run open, sqlx::Sqlite, $how $(::<$row>)?, $sqlite $(, $value)*)
            }
            $crate::tx::Inner::Postgres(open) => {
                sql!(@run open, sqlx::Postgres, $how $(::<$row>)?, $postgres $(, $value)*)
            }
        }
        .map_err($crate::StoreError::from)
    }};
    (@run $open:ident, $engine:ty, execute, $text:expr $(, $value:expr)*) => {
        sqlx::query::<$engine>($text)$(.bind($value))*.execute(&mut **$open).await
            .map(|done| done.rows_affected())
    };
    (@run $open:ident, $engine:ty, $fetch:ident::<$row:ty>, $text:expr $(, $value:expr)*) => {
        sqlx::query_as::<$engine, $row>($text)$(.bind($value))*.$fetch(&mut **$open).await
    };
    ($tx:expr, $how:ident $(::<$row:ty>)?, $text:expr $(, $value:expr)* $(,)?) => {
        sql!($tx, $how $(::<$row>)?, sqlite: $text, postgres: $text $(, $value)*)
    };
}
pub(crate) use sql;

/// Refuses a schema that is newer than all of `migrations`.
pub(crate) fn newest_known(
    migrations: &Migrator,
    newest: Option<i64>,
    place: impl FnOnce() -> String,
) -> Result<(), StoreError> {
    let known = migrations.iter().map(|migration| migration.version).max().unwrap_or(0);
    match newest {
        Some(found) if found > known => {
            Err(StoreError::NewerSchema { place: place(), found, known })
        }
        _ => Ok(()),
    }
}

/// A statement's text on each engine.
#[cfg(test)]
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

/// Every statement that `sql!` runs.
#[cfg(test)]
#[linkme::distributed_slice]
pub(crate) static STATEMENTS: [Statement];

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bellhop_domain::SystemClock;
    use sqlx::{AssertSqlSafe, Connection as _, Executor as _, SqlSafeStr as _, SqliteConnection};

    use super::STATEMENTS;
    use crate::{Place, Store, scratch};

    async fn on_sqlite() -> (tempfile::TempDir, SqliteConnection) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bellhop.db");
        let store = Store::open(&Place::File(file.clone()), Arc::new(SystemClock)).await.unwrap();
        store.close().await;
        let connection = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await;
        (folder, connection.unwrap())
    }

    #[tokio::test]
    async fn sqlite_prepares_every_statement() {
        let (_folder, mut connection) = on_sqlite().await;
        assert!(STATEMENTS.len() > 30, "{}", STATEMENTS.len());
        for statement in STATEMENTS {
            let prepared = connection.prepare(statement.sqlite.into_sql_str()).await;
            assert!(prepared.is_ok(), "{}: {:?}", statement.sqlite, prepared.err());
        }
    }

    #[tokio::test]
    async fn postgres_prepares_every_statement() {
        scratch::with_database(|address| async move {
            let place = Place::Postgres(scratch::place(&address));
            Store::open(&place, Arc::new(SystemClock)).await.unwrap().close().await;
            let mut connection = scratch::connect(&address).await;
            for statement in STATEMENTS {
                let prepared = connection.prepare(statement.postgres.into_sql_str()).await;
                assert!(prepared.is_ok(), "{}: {:?}", statement.postgres, prepared.err());
            }
        })
        .await;
    }

    /// Work must not slow down with what was remembered: 15,000 jobs that wait, a million audit rows.
    #[tokio::test]
    async fn no_statement_walks_a_table_that_grows() {
        let (_folder, mut connection) = on_sqlite().await;
        for statement in STATEMENTS {
            let text = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", statement.sqlite));
            let steps: Vec<(i64, i64, i64, String)> =
                sqlx::query_as(text).fetch_all(&mut connection).await.unwrap();
            for (.., step) in steps {
                let walks =
                    ["j", "o", "jobs", "audit_events", "g", "grants", "r", "requests", "resources"]
                        .into_iter()
                        .any(|table| step == format!("SCAN {table}"));
                assert!(!walks, "{step}: {}", statement.sqlite);
            }
        }
    }
}
