//! The store in a PostgreSQL database, which several replicas may share.

use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgSslMode};
use sqlx::{ConnectOptions, Connection as _, FromRow as _, PgConnection};

use crate::StoreError;
use crate::sql::newest_known;
use crate::tx::{Inner, Open};

pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// How long opening a connection may take.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// A connection that was idle for longer is asked whether it is still there before it is used.
const FRESH: Duration = Duration::from_secs(1);

/// One hung replica must not stop the others for ever. Standing still inside a transaction, it
/// loses its session and with it the lock, before those who wait give up; a statement that waits
/// for a lock has to be allowed longer than the wait.
const LIMITS: [(&str, &str); 3] = [
    ("idle_in_transaction_session_timeout", "10s"),
    ("lock_timeout", "20s"),
    ("statement_timeout", "30s"),
];
/// The same for bringing the schema up to date, which may take minutes, as may the wait for another
/// replica that does it.
const MIGRATION_LIMITS: [(&str, &str); 2] =
    [("idle_in_transaction_session_timeout", "60s"), ("lock_timeout", "10min")];

/// All writing transactions of all replicas are in one order, as they are on SQLite: the first
/// thing that each does is to wait for this lock, which ends with the transaction however that
/// ends. So decisions, the audit chain and leases are the same on both engines; what was read is
/// still so when it is written; and no two writers can wait for each other's rows. The number is
/// ours alone, made up once.
///
/// In a text of its own, as the rows and the time that a statement reads may be those of when it
/// began: here that is after the wait.
const LOCK_THEN_TIME: &str =
    "SELECT pg_advisory_xact_lock(7093171538622301); SELECT clock_timestamp(), at FROM audit_head";
const TIME: &str = "SELECT clock_timestamp(), at FROM audit_head";

/// What PostgreSQL's clock shows, and when the newest audit row was written.
type Times = (DateTime<Utc>, Option<DateTime<Utc>>);

#[derive(Clone)]
pub(crate) struct Postgres {
    // Writers wait for each other anyway: in memory, they do so fairly and hold one connection.
    writer: PgPool,
    readers: PgPool,
}

impl Postgres {
    /// Connects to the database, which has to be there, and brings its schema up to date.
    pub(crate) async fn open(address: &SecretString) -> Result<Self, StoreError> {
        let options = options(address)?;
        migrate(&options).await?;
        let options = options.options(LIMITS);
        let pool = |most| {
            let pool = PgPoolOptions::new().max_connections(most).test_before_acquire(false);
            pool.before_acquire(|connection, meta| {
                Box::pin(async move {
                    if meta.idle_for > FRESH {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
        };
        let writer = pool(1).connect_with(options.clone()).await?;
        let readers = pool(4).connect_with(options).await?;
        Ok(Self { writer, readers })
    }

    /// Starts a transaction that holds the writers' lock; what it reads is what was committed last.
    pub(crate) async fn write(&self) -> Result<(Inner, Times), StoreError> {
        let mut transaction = self.writer.begin().await?;
        let rows = sqlx::raw_sql(LOCK_THEN_TIME).fetch_all(&mut *transaction).await?;
        let times = rows.last().ok_or(sqlx::Error::RowNotFound)?;
        let times = Times::from_row(times)?;
        Ok((Inner::Postgres(Open::Transaction(transaction)), times))
    }

    /// Starts a transaction that only reads, everything as it was at one moment.
    pub(crate) async fn read(&self) -> Result<(Inner, Times), StoreError> {
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        let mut transaction = self.readers.begin_with(begin).await?;
        let times = sqlx::query_as(TIME).fetch_one(&mut *transaction).await?;
        Ok((Inner::Postgres(Open::Transaction(transaction)), times))
    }

    /// A connection between transactions.
    pub(crate) async fn glance(&self) -> Result<(Inner, Times), StoreError> {
        let mut connection = self.readers.acquire().await?;
        let times = sqlx::query_as(TIME).fetch_one(&mut *connection).await?;
        Ok((Inner::Postgres(Open::Connection(connection)), times))
    }

    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Reads the address. One that says nothing of TLS means: verified to another machine, and none
/// needed on this one.
fn options(address: &SecretString) -> Result<PgConnectOptions, StoreError> {
    let address = address.expose_secret();
    let options = PgConnectOptions::from_str(address)
        .map_err(|error| StoreError::BadPlace { why: error.to_string() })?
        .application_name("bellhop")
        .disable_statement_logging();
    let here = options.get_socket().is_some()
        || options.get_host().starts_with('/')
        || ["localhost", "127.0.0.1", "::1", "[::1]"].contains(&options.get_host());
    // As sqlx reads them: `sslmode` and `ssl-mode` are the same.
    if here || address.contains("sslmode=") || address.contains("ssl-mode=") {
        return Ok(options);
    }
    Ok(options.ssl_mode(PgSslMode::VerifyFull))
}

/// What keeps us from the database, and what to do. The password is no part of it.
fn not_opened(options: &PgConnectOptions, error: &sqlx::Error) -> StoreError {
    let database = options.get_database().unwrap_or(options.get_username());
    let at = match options.get_socket() {
        Some(folder) => folder.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .unwrap_or_default()
        .into_owned();
    let todo = match (error, code.as_str()) {
        (sqlx::Error::PoolTimedOut, _) => {
            "It did not answer within 10 seconds: see whether host and port are right, and whether \
             a firewall is between"
        }
        (sqlx::Error::Io(_), _) => {
            "See whether PostgreSQL runs there, and whether host and port are right"
        }
        (sqlx::Error::Tls(_), _) => {
            "See whether the certificate is for this host and from an authority that this machine \
             knows; the address may name one: ?sslrootcert=FILE"
        }
        (_, "3D000") => "Make it, with the role of the address as its owner: createdb NAME",
        (_, "28P01" | "28000") => "See whether user and password in the address are right",
        (_, "42501") => "The role in the address has to own the database",
        _ => "See whether the address is right and what PostgreSQL's log says",
    };
    let why = match error.as_database_error() {
        Some(said) => said.message().to_owned(),
        None => error.to_string(),
    };
    StoreError::NotOpened { place: format!("\"{database}\" in PostgreSQL on {at}"), why, todo }
}

/// Brings the schema up to date, on a connection of its own: the migrator locks out other replicas
/// for as long as its session lasts.
async fn migrate(options: &PgConnectOptions) -> Result<(), StoreError> {
    let options = options.clone().options(MIGRATION_LIMITS);
    let connecting = tokio::time::timeout(CONNECT_LIMIT, options.connect()).await;
    let connecting = connecting.unwrap_or(Err(sqlx::Error::PoolTimedOut));
    let mut connection = connecting.map_err(|error| not_opened(&options, &error))?;
    let migrated = async {
        refuse_newer(&mut connection).await?;
        MIGRATIONS.run(&mut connection).await?;
        Ok(())
    };
    let migrated = migrated.await;
    connection.close().await?;
    migrated
}

async fn refuse_newer(connection: &mut PgConnection) -> Result<(), StoreError> {
    let (there,): (bool,) = sqlx::query_as("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
        .fetch_one(&mut *connection)
        .await?;
    if !there {
        return Ok(());
    }
    let (newest,): (Option<i64>,) =
        sqlx::query_as("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(connection).await?;
    newest_known(&MIGRATIONS, newest, || "the PostgreSQL database".to_owned())
}

#[cfg(test)]
mod tests {
    use crate::scratch;

    use super::*;

    fn mode(address: &str) -> PgSslMode {
        options(&SecretString::from(address)).unwrap().get_ssl_mode()
    }

    #[test]
    fn another_machine_has_to_show_who_it_is_unless_the_address_says_otherwise() {
        for away in ["postgres://bell:hop@db.example/access", "postgresql://bell@10.0.0.7/access"] {
            assert!(matches!(mode(away), PgSslMode::VerifyFull), "{away}");
        }
        for here in ["postgres://bell@localhost/access", "postgres://bell@%2Frun%2Fpg/access"] {
            assert!(matches!(mode(here), PgSslMode::Prefer), "{here}");
        }
        let chosen = mode("postgres://bell@db.example/access?sslmode=disable");
        assert!(matches!(chosen, PgSslMode::Disable));
    }

    #[test]
    fn a_wrong_address_is_refused_without_its_password() {
        let refused = options(&SecretString::from("postgres://bell:hop@db:port/access"));
        let refused = refused.unwrap_err();
        assert!(matches!(refused, StoreError::BadPlace { .. }), "{refused}");
        assert!(!format!("{refused} {refused:?}").contains("hop@"), "{refused:?}");
    }

    async fn fails(connection: &mut PgConnection, text: &'static str) -> String {
        let error = StoreError::from(sqlx::raw_sql(text).execute(connection).await.unwrap_err());
        assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
        error.to_string()
    }

    #[tokio::test]
    async fn who_waits_too_long_is_told_for_what_and_what_to_do() {
        scratch::with_database(|address| async move {
            let mut holder = scratch::connect(&address).await;
            let lock = "SELECT pg_advisory_lock(1)";
            sqlx::raw_sql(lock).execute(&mut holder).await.unwrap();
            let mut waiting = scratch::connect(&address).await;
            let lock = "SET lock_timeout = '1ms'; SELECT pg_advisory_lock(1)";
            let told = fails(&mut waiting, lock).await;
            assert!(told.contains("pg_stat_activity"), "{told}");
            let told =
                fails(&mut waiting, "SET statement_timeout = '1ms'; SELECT pg_sleep(9)").await;
            assert!(told.contains("overloaded"), "{told}");
        })
        .await;
    }

    #[tokio::test]
    async fn who_stands_still_in_a_transaction_loses_the_lock_to_others() {
        scratch::with_database(|address| async move {
            let store = Postgres::open(&scratch::place(&address)).await.unwrap();
            let (mut hung, _) = store.write().await.unwrap();
            let Inner::Postgres(open) = &mut hung else { unreachable!() };
            let sooner = "SET idle_in_transaction_session_timeout = '1ms'";
            sqlx::raw_sql(sooner).execute(&mut **open).await.unwrap();
            let other = Postgres::open(&scratch::place(&address)).await.unwrap();
            other.write().await.unwrap();
            let told = fails(open, "SELECT 1").await;
            assert!(told.contains("Try again") || told.contains("try again"), "{told}");
        })
        .await;
    }

    #[tokio::test]
    async fn no_session_is_without_limits() {
        scratch::with_database(|address| async move {
            let store = Postgres::open(&scratch::place(&address)).await.unwrap();
            for (inner, _) in [store.write().await.unwrap(), store.glance().await.unwrap()] {
                let Inner::Postgres(mut open) = inner else { unreachable!() };
                for (name, limit) in LIMITS {
                    let text = "SELECT current_setting($1)";
                    let query = sqlx::query_as::<_, (String,)>(text).bind(name);
                    assert_eq!(query.fetch_one(&mut *open).await.unwrap().0, limit, "{name}");
                }
            }
        })
        .await;
    }
}
