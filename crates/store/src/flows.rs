//! Flows, every version of them: a request keeps the version that it was decided under.

use bellhop_domain::{Flow, FlowInForce};
use sqlx::FromRow;

use crate::error::{from_json, to_json};
use crate::sql::sql;
use crate::{StoreError, Tx};

#[derive(FromRow)]
struct FlowRow {
    id: String,
    version: i64,
    content: String,
}

impl TryFrom<FlowRow> for FlowInForce {
    type Error = StoreError;

    fn try_from(row: FlowRow) -> Result<Self, StoreError> {
        let flow = from_json("flows", &row.id, &row.content)?;
        Ok(Self { version: row.version, flow })
    }
}

/// The flows in force, by id.
pub async fn in_force(tx: &mut Tx) -> Result<Vec<FlowInForce>, StoreError> {
    let rows = sql!(
        tx,
        fetch_all::<FlowRow>,
        "SELECT id, version, content FROM flows WHERE in_force ORDER BY id"
    )?;
    rows.into_iter().map(FlowInForce::try_from).collect()
}

/// Which version of each flow is in force, by id: tells whether [`in_force`] would say something new.
pub async fn versions(tx: &mut Tx) -> Result<Vec<(String, i64)>, StoreError> {
    sql!(tx, fetch_all::<(String, i64)>, "SELECT id, version FROM flows WHERE in_force ORDER BY id")
}

/// The flow of this id, if it is in force.
pub async fn by_id(tx: &mut Tx, id: &str) -> Result<Option<FlowInForce>, StoreError> {
    let row = sql!(
        tx,
        fetch_optional::<FlowRow>,
        "SELECT id, version, content FROM flows WHERE id = $1 AND in_force",
        id
    )?;
    row.map(FlowInForce::try_from).transpose()
}

/// Puts `flow` in force as a new version. Live grants keep the version they were decided under.
pub async fn put(tx: &mut Tx, flow: &Flow) -> Result<i64, StoreError> {
    let (newest,) = sql!(
        tx,
        fetch_one::<(Option<i64>,)>,
        "SELECT MAX(version) FROM flows WHERE id = $1",
        &flow.id
    )?;
    let version = newest.unwrap_or(0) + 1;
    retire(tx, &flow.id).await?;
    sql!(
        tx,
        execute,
        "INSERT INTO flows (id, version, content, in_force, created_at) \
         VALUES ($1, $2, $3, TRUE, $4)",
        &flow.id,
        version,
        to_json("flows", &flow.id, flow)?,
        tx.moment.now
    )?;
    Ok(version)
}

/// Takes a flow out of force.
pub async fn retire(tx: &mut Tx, id: &str) -> Result<(), StoreError> {
    sql!(tx, execute, "UPDATE flows SET in_force = FALSE WHERE id = $1 AND in_force", id)?;
    Ok(())
}
