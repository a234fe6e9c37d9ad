//! Flows, every version of them: a request keeps the version that it was decided under.

use bellhop_domain::{Flow, FlowInForce};
use sqlx::FromRow;

use crate::error::{from_json, to_json};
use crate::{StoreError, Tx};

#[derive(FromRow)]
struct FlowRow {
    id: String,
    version: i64,
    content: String,
}

/// The flows in force, by id.
pub async fn in_force(tx: &mut Tx) -> Result<Vec<FlowInForce>, StoreError> {
    let rows: Vec<FlowRow> =
        sqlx::query_as("SELECT id, version, content FROM flows WHERE in_force = 1 ORDER BY id")
            .fetch_all(&mut *tx.inner)
            .await?;
    rows.into_iter()
        .map(|row| {
            let flow = from_json("flows", &row.id, &row.content)?;
            Ok(FlowInForce { version: row.version, flow })
        })
        .collect()
}

/// Puts `flow` in force as a new version. Live grants keep the version they were decided under.
pub async fn put(tx: &mut Tx, flow: &Flow) -> Result<i64, StoreError> {
    let (newest,): (Option<i64>,) = sqlx::query_as("SELECT MAX(version) FROM flows WHERE id = $1")
        .bind(&flow.id)
        .fetch_one(&mut *tx.inner)
        .await?;
    let version = newest.unwrap_or(0) + 1;
    retire(tx, &flow.id).await?;
    sqlx::query(
        "INSERT INTO flows (id, version, content, in_force, created_at) \
         VALUES ($1, $2, $3, 1, $4)",
    )
    .bind(&flow.id)
    .bind(version)
    .bind(to_json("flows", &flow.id, flow)?)
    .bind(tx.now())
    .execute(&mut *tx.inner)
    .await?;
    Ok(version)
}

/// Takes a flow out of force.
pub async fn retire(tx: &mut Tx, id: &str) -> Result<(), StoreError> {
    sqlx::query("UPDATE flows SET in_force = 0 WHERE id = $1 AND in_force = 1")
        .bind(id)
        .execute(&mut *tx.inner)
        .await?;
    Ok(())
}
