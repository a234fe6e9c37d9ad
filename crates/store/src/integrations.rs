//! Connected systems.

use bellhop_domain::IntegrationId;
use sqlx::FromRow;
use uuid::Uuid;

use crate::sql::sql;
use crate::{StoreError, Tx};

/// Whose an integration is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Of the configuration files: they say what it is, and whether it is.
    File,
    /// Of whoever made it by hand, in a window or on the command line: no file takes it away.
    Ui,
}

impl Owner {
    /// As it is stored and told.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Ui => "ui",
        }
    }

    fn read(name: &str, integration: &str) -> Result<Self, StoreError> {
        match name {
            "file" => Ok(Self::File),
            "ui" => Ok(Self::Ui),
            other => Err(StoreError::Inconsistent {
                table: "integrations",
                row: integration.to_owned(),
                why: format!("the owner \"{other}\" is none that this version knows"),
            }),
        }
    }
}

/// A connected system, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Integration {
    /// Its id.
    pub id: IntegrationId,
    /// Its name.
    pub name: String,
    /// Connector kind.
    pub kind: String,
    /// Whose it is.
    pub owner: Owner,
    /// What the configuration file, or whoever made it, says of it, as JSON.
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
    owner: String,
    declared: String,
    settings: Option<String>,
    pin: Option<String>,
    status: String,
    status_why: String,
    version: i64,
}

/// What is not removed, narrowed down.
macro_rules! select {
    ($more:literal) => {
        concat!(
            "SELECT id, name, kind, owner, declared, settings, pin, status, status_why, version ",
            "FROM integrations WHERE removed_at IS NULL",
            $more
        )
    };
}

impl TryFrom<IntegrationRow> for Integration {
    type Error = StoreError;

    fn try_from(row: IntegrationRow) -> Result<Self, StoreError> {
        let IntegrationRow { id, name, kind, owner, declared, settings, pin, .. } = row;
        let IntegrationRow { status, status_why, version, .. } = row;
        let (id, owner) = (IntegrationId(id), Owner::read(&owner, &name)?);
        Ok(Self { id, name, kind, owner, declared, settings, pin, status, status_why, version })
    }
}

/// All integrations, by name.
pub async fn all(tx: &mut Tx) -> Result<Vec<Integration>, StoreError> {
    let rows = sql!(tx, fetch_all::<IntegrationRow>, select!(" ORDER BY name"))?;
    rows.into_iter().map(Integration::try_from).collect()
}

/// The integration of this name.
pub async fn by_name(tx: &mut Tx, name: &str) -> Result<Option<Integration>, StoreError> {
    let row = sql!(tx, fetch_optional::<IntegrationRow>, select!(" AND name = $1"), name)?;
    row.map(Integration::try_from).transpose()
}

/// The integration of this id, unless it was removed.
pub async fn by_id(tx: &mut Tx, id: IntegrationId) -> Result<Option<Integration>, StoreError> {
    let row = sql!(tx, fetch_optional::<IntegrationRow>, select!(" AND id = $1"), id.0)?;
    row.map(Integration::try_from).transpose()
}

/// Adds an integration that is not connected yet.
pub async fn add(
    tx: &mut Tx,
    name: &str,
    kind: &str,
    (owner, declared): (Owner, &str),
) -> Result<Integration, StoreError> {
    let added = Integration {
        id: IntegrationId(tx.new_id()),
        name: name.to_owned(),
        kind: kind.to_owned(),
        owner,
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
        "INSERT INTO integrations (id, name, kind, owner, declared, settings, pin, status, \
         status_why, version, created_at) VALUES ($1, $2, $3, $4, $5, NULL, NULL, $6, $7, 1, $8)",
        added.id.0,
        name,
        kind,
        owner.name(),
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
        "UPDATE integrations SET owner = $1, declared = $2, settings = $3, pin = $4, status = $5, \
         status_why = $6, version = version + 1 WHERE id = $7 AND version = $8",
        changed.owner.name(),
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

/// Whether there was ever one, also one that was taken out since.
pub async fn any_before(tx: &mut Tx) -> Result<bool, StoreError> {
    let found = sql!(tx, fetch_optional::<(i64,)>, "SELECT version FROM integrations LIMIT 1")?;
    Ok(found.is_some())
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
