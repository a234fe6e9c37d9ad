//! A PostgreSQL database for one test, on the server that `BELLHOP_TEST_POSTGRES` names: the address
//! of a database in which databases may be made.

use std::future::Future;
use std::panic::resume_unwind;

use secrecy::SecretString;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tokio::task::LocalSet;
use uuid::Uuid;

/// Runs `test` with the address of an empty database, which is gone afterwards.
pub(crate) async fn with_database<F>(test: impl FnOnce(String) -> F)
where
    F: Future<Output = ()> + 'static,
{
    let Some(server) = server() else { return };
    let name = format!("bellhop_test_{}", Uuid::from_u128(rand::random()).simple());
    run(&server, format!("CREATE DATABASE {name}")).await;
    let (before, _) = server.rsplit_once('/').expect("postgres://…/DATABASE");
    let here = LocalSet::new();
    let task = here.spawn_local(test(format!("{before}/{name}")));
    let ended = here.run_until(task).await;
    run(&server, format!("DROP DATABASE {name} WITH (FORCE)")).await;
    if let Err(panic) = ended {
        resume_unwind(panic.into_panic());
    }
}

#[expect(clippy::disallowed_methods, reason = "a test reads which server it may use")]
#[expect(clippy::print_stderr, reason = "a test says what it did not run")]
fn server() -> Option<String> {
    let address = std::env::var("BELLHOP_TEST_POSTGRES").ok().filter(|text| !text.is_empty());
    if address.is_none() {
        assert!(std::env::var("CI").is_err(), "CI has to set BELLHOP_TEST_POSTGRES");
        eprintln!("Not run: set BELLHOP_TEST_POSTGRES to the address of a PostgreSQL database");
    }
    address
}

/// A connection past every guard of the store.
pub(crate) async fn connect(address: &str) -> PgConnection {
    PgConnection::connect(address).await.expect("connects")
}

/// The address as the store takes it.
pub(crate) fn place(address: &str) -> SecretString {
    SecretString::from(address)
}

async fn run(server: &str, text: String) {
    let mut connection = connect(server).await;
    sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut connection).await.expect("runs");
    connection.close().await.expect("closes");
}
