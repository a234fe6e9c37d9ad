//! Requests and their grants, loaded as one and written as one guarded step.

use bellhop_domain::{
    Access, FlowVersion, Grant, GrantId, GrantState, IntegrationId, PersonId, Request, RequestId,
    RequestNumber, Span, Step,
};
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::error::{from_json, to_json};
use crate::{StoreError, Tx, audit, jobs};

#[derive(FromRow)]
struct RequestRow {
    id: Uuid,
    number: i64,
    requester_id: Uuid,
    flow_id: String,
    flow_version: i64,
    reason: String,
    duration_seconds: i64,
    submitted_at: DateTime<Utc>,
    decision: String,
    version: i64,
}

#[derive(FromRow)]
struct GrantRow {
    #[sqlx(rename = "grant_id")]
    id: Uuid,
    target: String,
    account: String,
    state: String,
    detail: String,
    #[sqlx(rename = "grant_version")]
    version: i64,
}

/// A grant with the request that it is of.
#[derive(FromRow)]
struct Row {
    #[sqlx(flatten)]
    request: RequestRow,
    #[sqlx(flatten)]
    grant: GrantRow,
}

impl TryFrom<RequestRow> for Request {
    type Error = StoreError;

    fn try_from(row: RequestRow) -> Result<Self, StoreError> {
        let bad = |why: &str| StoreError::inconsistent("requests", row.id, why);
        let seconds = u64::try_from(row.duration_seconds).map_err(|_| bad("its duration"))?;
        Ok(Self {
            id: RequestId(row.id),
            number: RequestNumber(row.number),
            requester: PersonId(row.requester_id),
            flow: FlowVersion { id: row.flow_id, version: row.flow_version },
            reason: row.reason,
            duration: Span::from_seconds(seconds)
                .ok_or_else(|| StoreError::inconsistent("requests", row.id, "its duration"))?,
            submitted_at: row.submitted_at,
            version: row.version,
            decision: from_json("requests", row.id, &row.decision)?,
        })
    }
}

impl TryFrom<GrantRow> for Grant {
    type Error = StoreError;

    fn try_from(row: GrantRow) -> Result<Self, StoreError> {
        let state: GrantState = from_json("grants", row.id, &row.detail)?;
        if state.name() != row.state {
            return Err(StoreError::inconsistent("grants", row.id, "state and detail disagree"));
        }
        let target = row.target.parse();
        let target = target.map_err(|e| StoreError::inconsistent("grants", row.id, e))?;
        let id = GrantId(row.id);
        Ok(Self { id, target, account: row.account, version: row.version, state })
    }
}

/// Which request.
#[derive(Clone, Copy, Debug)]
pub enum Which {
    /// By id.
    Id(RequestId),
    /// By the number people say.
    Number(RequestNumber),
}

/// A request with its grants.
pub async fn find(tx: &mut Tx, which: Which) -> Result<Option<Access>, StoreError> {
    macro_rules! select {
        ($by:literal) => {
            concat!(
                "SELECT r.id, r.number, r.requester_id, r.flow_id, r.flow_version, r.reason, ",
                "r.duration_seconds, r.submitted_at, r.decision, r.version, g.id AS grant_id, ",
                "g.target, g.account, g.state, g.detail, g.version AS grant_version ",
                "FROM requests r JOIN grants g ON g.request_id = r.id WHERE ",
                $by,
                " = $1 ORDER BY g.position"
            )
        };
    }
    let query = match which {
        Which::Id(id) => sqlx::query_as(select!("r.id")).bind(id.0),
        Which::Number(number) => sqlx::query_as(select!("r.number")).bind(number.0),
    };
    let rows: Vec<Row> = query.fetch_all(&mut *tx.inner).await?;
    let mut found = None;
    let mut grants = Vec::with_capacity(rows.len());
    for Row { request, grant } in rows {
        grants.push(Grant::try_from(grant)?);
        found = Some(request);
    }
    let request = found.map(Request::try_from).transpose()?;
    Ok(request.map(|request| Access { request, grants }))
}

/// The next request number.
pub async fn next_number(tx: &mut Tx) -> Result<RequestNumber, StoreError> {
    let (next,): (i64,) = sqlx::query_as(
        "UPDATE installation SET next_number = next_number + 1 RETURNING next_number",
    )
    .fetch_one(&mut *tx.inner)
    .await?;
    Ok(RequestNumber(next - 1))
}

/// Stores a new request: rows, audit and jobs. `integrations` has one entry a grant.
pub async fn insert(
    tx: &mut Tx,
    step: &Step,
    integrations: &[IntegrationId],
) -> Result<(), StoreError> {
    let Access { request, grants } = &step.next;
    sqlx::query(
        "INSERT INTO requests (id, number, requester_id, flow_id, flow_version, reason, \
         duration_seconds, submitted_at, status, decision, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(request.id.0)
    .bind(request.number.0)
    .bind(request.requester.0)
    .bind(&request.flow.id)
    .bind(request.flow.version)
    .bind(&request.reason)
    .bind(i64::from(request.duration.seconds()))
    .bind(request.submitted_at)
    .bind(step.next.status().name())
    .bind(to_json("requests", request.id, &request.decision)?)
    .bind(request.version)
    .execute(&mut *tx.inner)
    .await?;
    for ((position, grant), integration) in (0_i64..).zip(grants).zip(integrations) {
        sqlx::query(
            "INSERT INTO grants (id, request_id, position, integration_id, target, account, \
             state, detail, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(grant.id.0)
        .bind(request.id.0)
        .bind(position)
        .bind(integration.0)
        .bind(grant.target.to_string())
        .bind(&grant.account)
        .bind(grant.state.name())
        .bind(to_json("grants", grant.id, &grant.state)?)
        .bind(grant.version)
        .execute(&mut *tx.inner)
        .await?;
    }
    record(tx, step).await
}

/// Stores a step on a request that was loaded as `before`. Every changed row is guarded by the
/// version and state that were read; somebody else's change in between is a conflict.
pub async fn write(tx: &mut Tx, before: &Access, step: &Step) -> Result<(), StoreError> {
    let next = &step.next;
    if next != before {
        update_request(tx, before, next).await?;
        for (old, new) in before.grants.iter().zip(&next.grants).filter(|(old, new)| old != new) {
            update_grant(tx, old, new).await?;
        }
    }
    record(tx, step).await
}

async fn update_request(tx: &mut Tx, before: &Access, next: &Access) -> Result<(), StoreError> {
    let request = &next.request;
    let done = sqlx::query(
        "UPDATE requests SET status = $1, decision = $2, version = $3 \
         WHERE id = $4 AND version = $5 AND status = $6",
    )
    .bind(next.status().name())
    .bind(to_json("requests", request.id, &request.decision)?)
    .bind(request.version)
    .bind(request.id.0)
    .bind(before.request.version)
    .bind(before.status().name())
    .execute(&mut *tx.inner)
    .await?;
    one_row(done.rows_affected(), || request.number.to_string())
}

async fn update_grant(tx: &mut Tx, old: &Grant, new: &Grant) -> Result<(), StoreError> {
    let done = sqlx::query(
        "UPDATE grants SET state = $1, detail = $2, version = $3 \
         WHERE id = $4 AND version = $5 AND state = $6",
    )
    .bind(new.state.name())
    .bind(to_json("grants", new.id, &new.state)?)
    .bind(new.version)
    .bind(new.id.0)
    .bind(old.version)
    .bind(old.state.name())
    .execute(&mut *tx.inner)
    .await?;
    one_row(done.rows_affected(), || new.target.to_string())
}

fn one_row(affected: u64, what: impl FnOnce() -> String) -> Result<(), StoreError> {
    if affected == 1 { Ok(()) } else { Err(StoreError::Conflict { what: what() }) }
}

async fn record(tx: &mut Tx, step: &Step) -> Result<(), StoreError> {
    for job in &step.jobs {
        jobs::enqueue(tx, job).await?;
    }
    audit::append(tx, &step.events).await
}
