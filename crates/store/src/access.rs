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
    wanted: String,
    decision: String,
    version: i64,
}

#[derive(FromRow)]
struct GrantRow {
    grant_id: Uuid,
    integration_id: Uuid,
    target: String,
    account: String,
    state: String,
    detail: String,
    grant_version: i64,
}

/// A request with one of its grants; with none before it is approved.
#[derive(FromRow)]
struct Row {
    #[sqlx(flatten)]
    request: RequestRow,
    grant_id: Option<Uuid>,
    integration_id: Option<Uuid>,
    target: Option<String>,
    account: Option<String>,
    state: Option<String>,
    detail: Option<String>,
    grant_version: Option<i64>,
}

impl Row {
    fn split(self) -> (RequestRow, Option<GrantRow>) {
        let Self { request, grant_id, integration_id, .. } = self;
        let rest = (self.target, self.account, self.state, self.detail, self.grant_version);
        let (Some(grant_id), Some(integration_id)) = (grant_id, integration_id) else {
            return (request, None);
        };
        let (Some(target), Some(account), Some(state), Some(detail), Some(grant_version)) = rest
        else {
            return (request, None);
        };
        let grant =
            GrantRow { grant_id, integration_id, target, account, state, detail, grant_version };
        (request, Some(grant))
    }
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
            wanted: from_json("requests", row.id, &row.wanted)?,
            decision: from_json("requests", row.id, &row.decision)?,
        })
    }
}

impl TryFrom<GrantRow> for Grant {
    type Error = StoreError;

    fn try_from(row: GrantRow) -> Result<Self, StoreError> {
        let id = GrantId(row.grant_id);
        let state: GrantState = from_json("grants", id, &row.detail)?;
        if state.name() != row.state {
            return Err(StoreError::inconsistent("grants", id, "state and detail disagree"));
        }
        let target = row.target.parse();
        Ok(Self {
            id,
            target: target.map_err(|e| StoreError::inconsistent("grants", id, e))?,
            integration: IntegrationId(row.integration_id),
            account: row.account,
            version: row.grant_version,
            state,
        })
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
                "r.duration_seconds, r.submitted_at, r.wanted, r.decision, r.version, ",
                "g.id AS grant_id, g.integration_id, g.target, g.account, g.state, g.detail, ",
                "g.version AS grant_version FROM requests r LEFT JOIN grants g ON g.request_id = r.id WHERE ",
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
    for row in rows {
        let (request, grant) = row.split();
        grants.extend(grant.map(Grant::try_from).transpose()?);
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

/// Stores a new request: rows, audit and jobs.
pub async fn insert(tx: &mut Tx, step: &Step) -> Result<(), StoreError> {
    let Access { request, grants } = &step.next;
    sql!(
        tx,
        execute,
        "INSERT INTO requests (id, number, requester_id, flow_id, flow_version, reason, \
         duration_seconds, submitted_at, status, wanted, decision, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        request.id.0,
        request.number.0,
        request.requester.0,
        &request.flow.id,
        request.flow.version,
        &request.reason,
        i64::from(request.duration.seconds()),
        request.submitted_at,
        step.next.status().name(),
        to_json("requests", request.id, &request.wanted)?,
        to_json("requests", request.id, &request.decision)?,
        request.version
    )?;
    insert_grants(tx, request, (0_i64..).zip(grants)).await?;
    record(tx, step).await
}

async fn insert_grants(
    tx: &mut Tx,
    request: &Request,
    grants: impl Iterator<Item = (i64, &Grant)>,
) -> Result<(), StoreError> {
    for (position, grant) in grants {
        sql!(
            tx,
            execute,
            "INSERT INTO grants (id, request_id, position, integration_id, target, account, \
             state, detail, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            grant.id.0,
            request.id.0,
            position,
            grant.integration.0,
            grant.target.to_string(),
            &grant.account,
            grant.state.name(),
            to_json("grants", grant.id, &grant.state)?,
            grant.version
        )?;
    }
    Ok(())
}

/// The other unfinished grants of `grant`'s lane (same target, same account): those whose effect
/// is there or may be, the ones that are being taken away included.
pub async fn lane_mates(
    tx: &mut Tx,
    grant: &Grant,
) -> Result<Vec<(GrantId, GrantState)>, StoreError> {
    let rows = sql!(
        tx,
        fetch_all::<(Uuid, String)>,
        "SELECT id, detail FROM grants WHERE account = $1 AND target = $2 AND id <> $3 \
         AND state IN ('applying', 'verifying', 'active', 'revoking', 'revoke_stuck') ORDER BY id",
        &grant.account,
        grant.target.to_string(),
        grant.id.0
    )?;
    let mut mates = Vec::with_capacity(rows.len());
    for (id, detail) in rows {
        let state: GrantState = from_json("grants", id, &detail)?;
        if state.before().is_some() {
            mates.push((GrantId(id), state));
        }
    }
    Ok(mates)
}

/// Those of the lane's other grants that still need the effect: the last one out removes it.
pub async fn owners(tx: &mut Tx, grant: &Grant) -> Result<Vec<GrantId>, StoreError> {
    let mates = lane_mates(tx, grant).await?;
    Ok(mates.into_iter().filter(|(_, state)| state.wants_account()).map(|(id, _)| id).collect())
}

/// Those of the lane's other grants that are over and were not yet read once more: what a worker
/// that slept meant to make for them can still come to be.
pub async fn just_over(tx: &mut Tx, grant: &Grant) -> Result<Vec<GrantId>, StoreError> {
    let rows = sql!(
        tx,
        fetch_all::<(Uuid,)>,
        "SELECT g.id FROM grants g JOIN jobs j ON j.grant_id = g.id AND j.kind = 'recheck' \
         WHERE g.account = $1 AND g.target = $2 AND g.id <> $3 \
         AND g.state IN ('ended', 'apply_failed') ORDER BY g.id",
        &grant.account,
        grant.target.to_string(),
        grant.id.0
    )?;
    Ok(rows.into_iter().map(|(id,)| GrantId(id)).collect())
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
        let new = (0_i64..).zip(&next.grants).skip(before.grants.len());
        insert_grants(tx, &next.request, new).await?;
    }
    record(tx, step).await
}

async fn update_request(tx: &mut Tx, before: &Access, next: &Access) -> Result<(), StoreError> {
    let request = &next.request;
    let done = sql!(
        tx,
        execute,
        "UPDATE requests SET status = $1, decision = $2, version = $3, flow_version = $7 \
         WHERE id = $4 AND version = $5 AND status = $6",
        next.status().name(),
        to_json("requests", request.id, &request.decision)?,
        request.version,
        request.id.0,
        before.request.version,
        before.status().name(),
        request.flow.version
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
