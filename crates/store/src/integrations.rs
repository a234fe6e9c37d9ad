//! Connected systems.

use bellhop_domain::IntegrationId;
use sqlx::FromRow;
use uuid::Uuid;

use crate::sql::sql;
use crate::{StoreError, Tx};

/// A connected system, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Integration {
    /// Its id.
    pub id: IntegrationId,
    /// Its name.
    pub name: String,
    /// Connector kind.
    pub kind: String,
    /// What the configuration file says of it, as JSON.
    pub declared: String,
    /// What it takes to reach it, as the connector's own JSON; none until it is connected.
    pub settings: Option<String>,
    /// Which system it is; none until it is connected.
    pub pin: Option<String>,
    /// `active`, `degraded` or `error`.
    pub status: String,
    /// Why it is not `active`; empty when it is.
    pub status_why: String,
    /// Counts writes.
    pub version: i64,
}

#[derive(FromRow)]
struct IntegrationRow {
    id: Uuid,
    name: String,
    kind: String,
    declared: String,
    settings: Option<String>,
    pin: Option<String>,
    status: String,
    status_why: String,
    version: i64,
}

impl From<IntegrationRow> for Integration {
    fn from(row: IntegrationRow) -> Self {
        let IntegrationRow { id, name, kind, declared, settings, pin, status, status_why, version } =
            row;
        let id = IntegrationId(id);
        Self { id, name, kind, declared, settings, pin, status, status_why, version }
    }
}

/// All integrations, by name.
pub async fn all(tx: &mut Tx) -> Result<Vec<Integration>, StoreError> {
    let rows = sql!(
        tx,
        fetch_all::<IntegrationRow>,
        "SELECT id, name, kind, declared, settings, pin, status, status_why, version FROM integrations \
         WHERE removed_at IS NULL ORDER BY name"
    )?;
    Ok(rows.into_iter().map(Integration::from).collect())
}

/// The integration of this name.
pub async fn by_name(tx: &mut Tx, name: &str) -> Result<Option<Integration>, StoreError> {
    let row = sql!(
        tx,
        fetch_optional::<IntegrationRow>,
        "SELECT id, name, kind, declared, settings, pin, status, status_why, version FROM integrations \
         WHERE name = $1 AND removed_at IS NULL",
        name
    )?;
    Ok(row.map(Integration::from))
}

/// The integration of this id, unless it was removed.
pub async fn by_id(tx: &mut Tx, id: IntegrationId) -> Result<Option<Integration>, StoreError> {
    let row = sql!(
        tx,
        fetch_optional::<IntegrationRow>,
        "SELECT id, name, kind, declared, settings, pin, status, status_why, version FROM integrations \
         WHERE id = $1 AND removed_at IS NULL",
        id.0
    )?;
    Ok(row.map(Integration::from))
}

/// Adds an integration that is not connected yet.
pub async fn add(
    tx: &mut Tx,
    name: &str,
    kind: &str,
    declared: &str,
) -> Result<Integration, StoreError> {
    let added = Integration {
        id: IntegrationId(tx.new_id()),
        name: name.to_owned(),
        kind: kind.to_owned(),
        declared: declared.to_owned(),
        settings: None,
        pin: None,
        status: "error".to_owned(),
        status_why: format!("not connected yet; run: bellhop connect {kind} {name}"),
        version: 1,
    };
    sql!(
        tx,
        execute,
        "INSERT INTO integrations (id, name, kind, declared, settings, pin, status, status_why, \
         version, created_at) VALUES ($1, $2, $3, $4, NULL, NULL, $5, $6, 1, $7)",
        added.id.0,
        name,
        kind,
        declared,
        &added.status,
        &added.status_why,
        tx.moment.now
    )?;
    Ok(added)
}

/// Stores changed settings or status, guarded by the version that was read.
pub async fn update(tx: &mut Tx, changed: &Integration) -> Result<(), StoreError> {
    let done = sql!(
        tx,
        execute,
        "UPDATE integrations SET declared = $1, settings = $2, pin = $3, status = $4, \
         status_why = $5, version = version + 1 WHERE id = $6 AND version = $7",
        &changed.declared,
        &changed.settings,
        &changed.pin,
        &changed.status,
        &changed.status_why,
        changed.id.0,
        changed.version
    )?;
    if done == 1 {
        return Ok(());
    }
    Err(StoreError::Conflict { what: format!("the integration {}", changed.name) })
}

/// Takes an integration out, guarded by the version that was read. Its row stays for what was granted
/// there; under its name there may be another one from now on, which is not connected.
pub async fn remove(tx: &mut Tx, removed: &Integration) -> Result<(), StoreError> {
    let done = sql!(
        tx,
        execute,
        "UPDATE integrations SET removed_at = $1, settings = NULL, pin = NULL, \
         version = version + 1 WHERE id = $2 AND version = $3 AND removed_at IS NULL",
        tx.moment.now,
        removed.id.0,
        removed.version
    )?;
    if done == 1 {
        return Ok(());
    }
    Err(StoreError::Conflict { what: format!("the integration {}", removed.name) })
}
