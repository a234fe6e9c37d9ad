//! Work as rows: due at a time, leased to one worker, one lease a lane.

use bellhop_domain::{GrantId, JobId, JobKind, NewJob, RequestId};
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{StoreError, Tx};

/// A job that a worker holds the lease on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// What is to be done.
    pub kind: JobKind,
    /// The request that it belongs to.
    pub request: RequestId,
    /// The grant, when it concerns one.
    pub grant: Option<GrantId>,
    /// How often it was tried before.
    pub attempt: i64,
    /// Who holds the lease.
    pub owner: Uuid,
    /// Until when.
    pub lease_until: DateTime<Utc>,
}

#[derive(FromRow)]
struct JobRow {
    id: Uuid,
    kind: String,
    request_id: Uuid,
    grant_id: Option<Uuid>,
    attempt: i64,
}

/// Adds a job.
pub async fn enqueue(tx: &mut Tx, job: &NewJob) -> Result<(), StoreError> {
    let id = tx.new_id();
    sqlx::query(
        "INSERT INTO jobs (id, kind, urgency, request_id, grant_id, lane, run_at, attempt) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0)",
    )
    .bind(id)
    .bind(job.kind.name())
    .bind(job.kind.urgency())
    .bind(job.request.0)
    .bind(job.grant.map(|g| g.0))
    .bind(&job.lane)
    .bind(job.run_at)
    .execute(&mut *tx.inner)
    .await?;
    tx.told.work = true;
    Ok(())
}

/// Takes the lease on the most urgent due job whose lane is free. With `most_urgent_only`, jobs
/// that give access are left alone: only those that take it away are claimed.
pub async fn claim(
    tx: &mut Tx,
    owner: Uuid,
    lease_until: DateTime<Utc>,
    most_urgent_only: bool,
) -> Result<Option<Job>, StoreError> {
    let least_urgent =
        if most_urgent_only { JobKind::Revoke.urgency() } else { JobKind::Apply.urgency() };
    let row: Option<JobRow> = sqlx::query_as(
        "UPDATE jobs SET lease_owner = $1, lease_until = $2 WHERE id = (\
         SELECT j.id FROM jobs j WHERE j.run_at <= $3 AND j.urgency <= $4 \
         AND j.lease_until IS NULL AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.lane = j.lane \
         AND o.lease_until IS NOT NULL) ORDER BY j.urgency, j.run_at, j.id LIMIT 1) \
         RETURNING id, kind, request_id, grant_id, attempt",
    )
    .bind(owner)
    .bind(lease_until)
    .bind(tx.now())
    .bind(least_urgent)
    .fetch_optional(&mut *tx.inner)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let kind = JobKind::ALL.into_iter().find(|kind| kind.name() == row.kind);
    Ok(Some(Job {
        id: JobId(row.id),
        kind: kind.ok_or_else(|| StoreError::inconsistent("jobs", row.id, "unknown kind"))?,
        request: RequestId(row.request_id),
        grant: row.grant_id.map(GrantId),
        attempt: row.attempt,
        owner,
        lease_until,
    }))
}

/// Whether no job of this lane is under lease.
pub async fn lane_is_free(tx: &mut Tx, lane: &str) -> Result<bool, StoreError> {
    let (leased,): (i64,) =
        sqlx::query_as("SELECT COUNT(*) FROM jobs WHERE lane = $1 AND lease_until IS NOT NULL")
            .bind(lane)
            .fetch_one(&mut *tx.inner)
            .await?;
    Ok(leased == 0)
}

/// Takes the lease on a grant's new `apply` job, whose lane is known to be free.
pub async fn lease_new(
    tx: &mut Tx,
    grant: GrantId,
    owner: Uuid,
    lease_until: DateTime<Utc>,
) -> Result<Option<Job>, StoreError> {
    let row: Option<(Uuid, Uuid)> = sqlx::query_as(
        "UPDATE jobs SET lease_owner = $1, lease_until = $2 \
         WHERE grant_id = $3 AND kind = 'apply' AND lease_until IS NULL RETURNING id, request_id",
    )
    .bind(owner)
    .bind(lease_until)
    .bind(grant.0)
    .fetch_optional(&mut *tx.inner)
    .await?;
    Ok(row.map(|(id, request)| Job {
        id: JobId(id),
        kind: JobKind::Apply,
        request: RequestId(request),
        grant: Some(grant),
        attempt: 0,
        owner,
        lease_until,
    }))
}

/// Gives up leases that ran out: their worker is gone, or slept past them.
pub async fn release_expired(tx: &mut Tx) -> Result<u64, StoreError> {
    let done = sqlx::query(
        "UPDATE jobs SET lease_owner = NULL, lease_until = NULL WHERE lease_until <= $1",
    )
    .bind(tx.now())
    .execute(&mut *tx.inner)
    .await?;
    Ok(done.rows_affected())
}

/// Gives up every lease: on SQLite there is one backend, and it has just started.
pub async fn release_all(tx: &mut Tx) -> Result<u64, StoreError> {
    let done = sqlx::query(
        "UPDATE jobs SET lease_owner = NULL, lease_until = NULL WHERE lease_until IS NOT NULL",
    )
    .execute(&mut *tx.inner)
    .await?;
    Ok(done.rows_affected())
}

/// The job is done. Refused when the lease was lost meanwhile, so that a worker that slept past
/// its lease writes nothing.
pub async fn complete(tx: &mut Tx, job: &Job) -> Result<(), StoreError> {
    let done =
        sqlx::query("DELETE FROM jobs WHERE id = $1 AND lease_owner = $2 AND lease_until > $3")
            .bind(job.id.0)
            .bind(job.owner)
            .bind(tx.now())
            .execute(&mut *tx.inner)
            .await?;
    // Its lane is free now.
    tx.told.work = true;
    held(done.rows_affected())
}

/// Whether the worker still holds the lease; asked in the transaction that relies on it.
pub async fn still_held(tx: &mut Tx, job: &Job) -> Result<(), StoreError> {
    let (count,): (i64,) = sqlx::query_as(
        "SELECT COUNT(*) FROM jobs WHERE id = $1 AND lease_owner = $2 AND lease_until > $3",
    )
    .bind(job.id.0)
    .bind(job.owner)
    .bind(tx.now())
    .fetch_one(&mut *tx.inner)
    .await?;
    held(u64::try_from(count).unwrap_or(0))
}

/// The job did not work: it is due again at `run_at`, with what went wrong on record.
pub async fn retry(
    tx: &mut Tx,
    job: &Job,
    run_at: DateTime<Utc>,
    error: &str,
) -> Result<(), StoreError> {
    let done = sqlx::query(
        "UPDATE jobs SET attempt = attempt + 1, run_at = $1, last_error = $2, \
         lease_owner = NULL, lease_until = NULL \
         WHERE id = $3 AND lease_owner = $4 AND lease_until > $5",
    )
    .bind(run_at)
    .bind(error)
    .bind(job.id.0)
    .bind(job.owner)
    .bind(tx.now())
    .execute(&mut *tx.inner)
    .await?;
    tx.told.work = true;
    held(done.rows_affected())
}

/// When the next job is due, or the next lease runs out.
pub async fn next_due(tx: &mut Tx) -> Result<Option<DateTime<Utc>>, StoreError> {
    let (due,): (Option<DateTime<Utc>>,) =
        // A due job behind a busy lane is not due before that lane's lease ends.
        sqlx::query_as(
            "SELECT MIN(COALESCE(j.lease_until, j.run_at)) FROM jobs j \
             WHERE j.lease_until IS NOT NULL OR NOT EXISTS (SELECT 1 FROM jobs o \
             WHERE o.lane = j.lane AND o.lease_until IS NOT NULL)",
        )
        .fetch_one(&mut *tx.inner)
        .await?;
    Ok(due)
}

/// What the last try of a grant's work said, if work is waiting to be tried again.
pub async fn last_error(tx: &mut Tx, grant: GrantId) -> Result<Option<String>, StoreError> {
    let found: Option<(Option<String>,)> = sqlx::query_as(
        "SELECT last_error FROM jobs WHERE grant_id = $1 AND last_error IS NOT NULL LIMIT 1",
    )
    .bind(grant.0)
    .fetch_optional(&mut *tx.inner)
    .await?;
    Ok(found.and_then(|(error,)| error))
}

fn held(rows: u64) -> Result<(), StoreError> {
    if rows == 1 { Ok(()) } else { Err(StoreError::LeaseLost) }
}

/// The job becomes another kind of job under a fresh lease of the same worker.
pub async fn hand_on(
    tx: &mut Tx,
    job: &Job,
    kind: JobKind,
    lease_until: DateTime<Utc>,
) -> Result<Job, StoreError> {
    let done = sqlx::query(
        "UPDATE jobs SET kind = $1, urgency = $2, attempt = 0, last_error = NULL, \
         lease_until = $3 WHERE id = $4 AND lease_owner = $5 AND lease_until > $6",
    )
    .bind(kind.name())
    .bind(kind.urgency())
    .bind(lease_until)
    .bind(job.id.0)
    .bind(job.owner)
    .bind(tx.now())
    .execute(&mut *tx.inner)
    .await?;
    held(done.rows_affected())?;
    Ok(Job { kind, attempt: 0, lease_until, ..job.clone() })
}
