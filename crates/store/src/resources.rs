//! What can be asked for in connected systems, as the last complete lists of them had it.
//!
//! A list is written in parts, so that nobody waits long for their own change. Every part is
//! guarded by the version that its writer read before it asked the system: of two who write at the
//! same time, the one with the older picture stops.

use std::collections::BTreeMap;

use bellhop_domain::IntegrationId;
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::FromRow;
use uuid::Uuid;

use crate::error::{from_json, to_json};
use crate::sql::sql;
use crate::{StoreError, Tx};

/// How far the list of one integration is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListState {
    /// Whose it is.
    pub integration: IntegrationId,
    /// Counts changes of it; 0 before the first.
    pub version: i64,
    /// How many resources it had when it was last complete.
    pub resources: i64,
    /// When it was last complete; none before the first time.
    pub synced_at: Option<DateTime<Utc>>,
}

/// A resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Resource {
    /// Its type, such as `namespace`.
    pub resource_type: String,
    /// Its name.
    pub name: String,
    /// Which very one it is.
    pub uid: String,
    /// What people sort it by in its system.
    pub tags: BTreeMap<String, String>,
}

/// A permission that is offered on resources of a type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, FromRow)]
pub struct Offer {
    /// On resources of this type,
    pub resource_type: String,
    /// this permission,
    pub permission: String,
    /// on this one alone; on all of them when it is empty.
    pub only_on: String,
}

/// Part of what changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// New, or not what they were.
    pub put: Vec<Resource>,
    /// Not there any more, by type and name.
    pub gone: Vec<(String, String)>,
}

#[derive(FromRow)]
struct StateRow {
    integration_id: Uuid,
    version: i64,
    resources: i64,
    synced_at: Option<DateTime<Utc>>,
}

impl From<StateRow> for ListState {
    fn from(row: StateRow) -> Self {
        let StateRow { integration_id, version, resources, synced_at } = row;
        Self { integration: IntegrationId(integration_id), version, resources, synced_at }
    }
}

/// How far every list is, by integration.
pub async fn states(tx: &mut Tx) -> Result<Vec<ListState>, StoreError> {
    let rows = sql!(
        tx,
        fetch_all::<StateRow>,
        "SELECT integration_id, version, resources, synced_at FROM resource_lists \
         ORDER BY integration_id"
    )?;
    Ok(rows.into_iter().map(ListState::from).collect())
}

/// How far the list of one integration is.
pub async fn state(tx: &mut Tx, integration: IntegrationId) -> Result<ListState, StoreError> {
    let row = sql!(
        tx,
        fetch_optional::<StateRow>,
        "SELECT integration_id, version, resources, synced_at FROM resource_lists \
         WHERE integration_id = $1",
        integration.0
    )?;
    let none = ListState { integration, version: 0, resources: 0, synced_at: None };
    Ok(row.map_or(none, ListState::from))
}

/// The resources of one integration, in no order.
pub async fn all(tx: &mut Tx, integration: IntegrationId) -> Result<Vec<Resource>, StoreError> {
    let rows = sql!(
        tx,
        fetch_all::<(String, String, String, String)>,
        "SELECT resource_type, name, uid, tags FROM resources WHERE integration_id = $1",
        integration.0
    )?;
    let read = |(resource_type, name, uid, tags): (String, String, String, String)| {
        let tags = from_json("resources", &name, &tags)?;
        Ok(Resource { resource_type, name, uid, tags })
    };
    rows.into_iter().map(read).collect()
}

/// What is offered in one integration.
pub async fn offers(tx: &mut Tx, integration: IntegrationId) -> Result<Vec<Offer>, StoreError> {
    sql!(
        tx,
        fetch_all::<Offer>,
        "SELECT resource_type, permission, only_on FROM offers WHERE integration_id = $1",
        integration.0
    )
}

/// Writes a part of what changed since `seen`, and answers the list's version after it.
pub async fn change(tx: &mut Tx, seen: ListState, part: &Part) -> Result<ListState, StoreError> {
    let next = next_version(tx, seen).await?;
    let integration = seen.integration.0;
    if !part.put.is_empty() {
        sql!(
            tx,
            execute,
            sqlite: "INSERT INTO resources (integration_id, resource_type, name, uid, tags, seen_at) \
                     SELECT $1, value ->> 't', value ->> 'n', value ->> 'u', value ->> 'g', $3 \
                     FROM json_each($2) WHERE TRUE \
                     ON CONFLICT (integration_id, resource_type, name) DO UPDATE SET \
                     uid = excluded.uid, tags = excluded.tags, seen_at = excluded.seen_at",
            postgres: "INSERT INTO resources (integration_id, resource_type, name, uid, tags, seen_at) \
                       SELECT $1, t, n, u, g, $3 FROM json_to_recordset(($2::text)::json) \
                       AS put (t TEXT, n TEXT, u TEXT, g TEXT) \
                       ON CONFLICT (integration_id, resource_type, name) DO UPDATE SET \
                       uid = excluded.uid, tags = excluded.tags, seen_at = excluded.seen_at",
            integration,
            as_rows(&part.put)?,
            tx.moment.now
        )?;
    }
    if !part.gone.is_empty() {
        let gone: Vec<_> = part.gone.iter().map(|(t, n)| json!({ "t": t, "n": n })).collect();
        sql!(
            tx,
            execute,
            sqlite: "DELETE FROM resources WHERE integration_id = $1 AND (resource_type, name) IN \
                     (SELECT value ->> 't', value ->> 'n' FROM json_each($2))",
            postgres: "DELETE FROM resources WHERE integration_id = $1 AND (resource_type, name) IN \
                       (SELECT t, n FROM json_to_recordset(($2::text)::json) AS gone (t TEXT, n TEXT))",
            integration,
            to_json("resources", "a list", &gone)?
        )?;
    }
    Ok(next)
}

/// The list is complete as it is now, with so many resources. What is offered is written anew when
/// it is not what it was.
pub async fn complete(
    tx: &mut Tx,
    seen: ListState,
    resources: usize,
    offered: &[Offer],
) -> Result<ListState, StoreError> {
    let mut known = offers(tx, seen.integration).await?;
    let mut wished = offered.to_vec();
    known.sort();
    wished.sort();
    wished.dedup();
    let integration = seen.integration.0;
    let mut next = seen;
    // Until the first time, what is not offered was not known.
    if known != wished || seen.synced_at.is_none() {
        next = next_version(tx, seen).await?;
        sql!(tx, execute, "DELETE FROM offers WHERE integration_id = $1", integration)?;
        for Offer { resource_type, permission, only_on } in &wished {
            sql!(
                tx,
                execute,
                "INSERT INTO offers (integration_id, resource_type, permission, only_on) \
                 VALUES ($1, $2, $3, $4)",
                integration,
                resource_type,
                permission,
                only_on
            )?;
        }
    }
    next.resources = i64::try_from(resources).unwrap_or(i64::MAX);
    next.synced_at = Some(tx.moment.now);
    let done = sql!(
        tx,
        execute,
        "UPDATE resource_lists SET resources = $1, synced_at = $2 \
         WHERE integration_id = $3 AND version = $4",
        next.resources,
        tx.moment.now,
        integration,
        next.version
    )?;
    if done == 1 { Ok(next) } else { Err(overtaken(seen)) }
}

async fn next_version(tx: &mut Tx, seen: ListState) -> Result<ListState, StoreError> {
    let done = sql!(
        tx,
        execute,
        "INSERT INTO resource_lists (integration_id, version, resources) VALUES ($1, 1, 0) \
         ON CONFLICT (integration_id) DO UPDATE SET version = resource_lists.version + 1 \
         WHERE resource_lists.version = $2",
        seen.integration.0,
        seen.version
    )?;
    if done == 1 {
        Ok(ListState { version: seen.version + 1, ..seen })
    } else {
        Err(overtaken(seen))
    }
}

fn overtaken(seen: ListState) -> StoreError {
    StoreError::Conflict { what: format!("the list of resources of {}", seen.integration) }
}

fn as_rows(put: &[Resource]) -> Result<String, StoreError> {
    let row = |one: &Resource| {
        let tags = to_json("resources", &one.name, &one.tags)?;
        Ok(json!({ "t": one.resource_type, "n": one.name, "u": one.uid, "g": tags }))
    };
    let rows: Result<Vec<_>, StoreError> = put.iter().map(row).collect();
    to_json("resources", "a list", &rows?)
}
