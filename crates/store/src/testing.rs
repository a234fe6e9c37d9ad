//! For tests of the crates above: where a process may be ended, and databases of their own. Not
//! part of the program.

use std::sync::OnceLock;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use uuid::Uuid;

use crate::StoreError;

static HOOK: OnceLock<fn(&'static str)> = OnceLock::new();

/// From now on `hook` is told of every point around a durable write, before the next thing happens.
/// Only the first hook of a process counts.
pub fn at_every_point(hook: fn(&'static str)) {
    HOOK.set(hook).ok();
}

pub(crate) fn reached(name: &'static str) {
    if let Some(hook) = HOOK.get() {
        hook(name);
    }
}

/// Makes a database on the server of the database at `server`, as a copy of the one at `like` or
/// else empty; answers its address. Nobody may be connected to the one that is copied.
pub async fn make_database(server: &str, like: Option<&str>) -> Result<String, StoreError> {
    let (before, _) = parts(server)?;
    let name = format!("bellhop_test_{}", Uuid::from_u128(rand::random()).simple());
    let template = like.map(parts).transpose()?.map(|(_, name)| format!(" TEMPLATE {name}"));
    let text = format!("CREATE DATABASE {name}{}", template.unwrap_or_default());
    run(server, text).await?;
    Ok(format!("{before}/{name}"))
}

/// Removes a database that [`make_database`] made, whoever is connected to it.
pub async fn remove_database(server: &str, database: &str) -> Result<(), StoreError> {
    let (_, name) = parts(database)?;
    run(server, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await
}

fn parts(address: &str) -> Result<(&str, &str), StoreError> {
    let bad = || StoreError::BadPlace { why: "no postgres://…/DATABASE".to_owned() };
    address.rsplit_once('/').ok_or_else(bad)
}

async fn run(server: &str, text: String) -> Result<(), StoreError> {
    let mut connection = PgConnection::connect(server).await?;
    sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut connection).await?;
    Ok(connection.close().await?)
}
