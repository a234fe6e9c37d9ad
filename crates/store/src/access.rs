//! Requests and their grants, loaded as one and written as one guarded step.

use bellhop_domain::{
    Access, FlowVersion, Grant, GrantId, GrantState, IntegrationId, PersonId, Request, RequestId,
    RequestNumber, Span, Step,
};
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::error::{from_json, to_json};
use crate::sql::sql;
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
    let rows = match which {
        Which::Id(id) => sql!(tx, fetch_all::<Row>, select!("r.id"), id.0)?,
        Which::Number(number) => sql!(tx, fetch_all::<Row>, select!("r.number"), number.0)?,
    };
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
    let (next,) = sql!(
        tx,
        fetch_one::<(i64,)>,
        "UPDATE installation SET next_number = next_number + 1 RETURNING next_number"
    )?;
    Ok(RequestNumber(next - 1))
}

/// Stores a new request: rows, audit and jobs. `integrations` has one entry a grant.
pub async fn insert(
    tx: &mut Tx,
    step: &Step,
    integrations: &[IntegrationId],
) -> Result<(), StoreError> {
    let Access { request, grants } = &step.next;
    sql!(
        tx,
        execute,
        "INSERT INTO requests (id, number, requester_id, flow_id, flow_version, reason, \
         duration_seconds, submitted_at, status, decision, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        request.id.0,
        request.number.0,
        request.requester.0,
        &request.flow.id,
        request.flow.version,
        &request.reason,
        i64::from(request.duration.seconds()),
        request.submitted_at,
        step.next.status().name(),
        to_json("requests", request.id, &request.decision)?,
        request.version
    )?;
    for ((position, grant), integration) in (0_i64..).zip(grants).zip(integrations) {
        sql!(
            tx,
            execute,
            "INSERT INTO grants (id, request_id, position, integration_id, target, account, \
             state, detail, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            grant.id.0,
            request.id.0,
            position,
            integration.0,
            grant.target.to_string(),
            &grant.account,
            grant.state.name(),
            to_json("grants", grant.id, &grant.state)?,
            grant.version
        )?;
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
    let done = sql!(
        tx,
        execute,
        "UPDATE requests SET status = $1, decision = $2, version = $3 \
         WHERE id = $4 AND version = $5 AND status = $6",
        next.status().name(),
        to_json("requests", request.id, &request.decision)?,
        request.version,
        request.id.0,
        before.request.version,
        before.status().name()
    )?;
    one_row(done, || request.number.to_string())
}

async fn update_grant(tx: &mut Tx, old: &Grant, new: &Grant) -> Result<(), StoreError> {
    let done = sql!(
        tx,
        execute,
        "UPDATE grants SET state = $1, detail = $2, version = $3 \
         WHERE id = $4 AND version = $5 AND state = $6",
        new.state.name(),
        to_json("grants", new.id, &new.state)?,
        new.version,
        new.id.0,
        old.version,
        old.state.name()
    )?;
    one_row(done, || new.target.to_string())
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
