//! Work as rows: due at a time, leased to one worker, one lease a lane.

mod backlog;

use bellhop_domain::{
    About, GrantId, IntegrationId, JobId, JobKind, NewJob, RequestId, integration_lane,
};
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::sql::sql;
use crate::tx::Inner;
use crate::{StoreError, Tx};

pub use backlog::{Failing, failing, last_error, leased, next_due, recovered, spread_out};

/// A job that a worker holds the lease on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// What is to be done.
    pub kind: JobKind,
    /// What it concerns.
    pub about: About,
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
    request_id: Option<Uuid>,
    grant_id: Option<Uuid>,
    integration_id: Option<Uuid>,
    attempt: i64,
}

impl JobRow {
    fn leased(self, owner: Uuid, lease_until: DateTime<Utc>) -> Result<Job, StoreError> {
        let bad = |why| StoreError::inconsistent("jobs", self.id, why);
        let kind = JobKind::ALL.into_iter().find(|kind| kind.name() == self.kind);
        let request = self.request_id.map(RequestId);
        let about = match (request, self.grant_id, self.integration_id) {
            (Some(request), Some(grant), None) => About::Grant(request, GrantId(grant)),
            (Some(request), None, None) => About::Request(request),
            (None, None, Some(integration)) => About::Integration(IntegrationId(integration)),
            _ => return Err(bad("it concerns nothing, or several things")),
        };
        Ok(Job {
            id: JobId(self.id),
            kind: kind.ok_or_else(|| bad("unknown kind"))?,
            about,
            attempt: self.attempt,
            owner,
            lease_until,
        })
    }
}

/// Adds a job. Work on a whole integration is there once: it is hastened instead.
pub async fn enqueue(tx: &mut Tx, job: &NewJob) -> Result<(), StoreError> {
    if let About::Integration(integration) = job.about {
        return hasten(tx, job.kind, integration, job.run_at).await;
    }
    let id = tx.new_id();
    sql!(
        tx,
        execute,
        "INSERT INTO jobs (id, kind, urgency, taking, request_id, grant_id, lane, run_at, attempt) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)",
        id,
        job.kind.name(),
        job.kind.urgency(),
        job.kind.takes_away(),
        job.about.request().map(|r| r.0),
        job.about.grant().map(|g| g.0),
        &job.lane,
        job.run_at
    )?;
    tx.told.work = true;
    Ok(())
}

/// Work on a whole integration is due no later than `run_at`; it is added when it is missing. What
/// is under way goes on, and comes back by itself.
pub async fn hasten(
    tx: &mut Tx,
    kind: JobKind,
    integration: IntegrationId,
    run_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let id = tx.new_id();
    sql!(
        tx,
        execute,
        "INSERT INTO jobs (id, kind, urgency, taking, integration_id, lane, run_at, attempt) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0) ON CONFLICT (kind, integration_id) \
         WHERE integration_id IS NOT NULL DO UPDATE SET run_at = \
         CASE WHEN excluded.run_at < jobs.run_at THEN excluded.run_at ELSE jobs.run_at END",
        id,
        kind.name(),
        kind.urgency(),
        kind.takes_away(),
        integration.0,
        integration_lane(kind, integration),
        run_at
    )?;
    tx.told.work = true;
    Ok(())
}

/// Which jobs: each class has workers of its own, so that neither keeps the other waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Those that take access away, or close what is open.
    Taking,
    /// Those that give access, or look after it.
    Giving,
}

impl Class {
    /// Kinds of this class, the most urgent first.
    fn kinds(self) -> impl Iterator<Item = JobKind> {
        let taking = self == Self::Taking;
        JobKind::ALL.into_iter().filter(move |kind| kind.takes_away() == taking)
    }
}

/// Takes the lease on the most urgent due job of a class whose lane is free.
pub async fn claim(
    tx: &mut Tx,
    owner: Uuid,
    lease_until: DateTime<Utc>,
    class: Class,
) -> Result<Option<Job>, StoreError> {
    // One urgency after the other: the index then ends each walk at the first job that can be had,
    // or at the first that is not due, however many there are.
    for kind in class.kinds() {
        if let Some(row) = first_of(tx, kind.urgency(), owner, lease_until).await? {
            return row.leased(owner, lease_until).map(Some);
        }
    }
    Ok(None)
}

async fn first_of(
    tx: &mut Tx,
    urgency: i64,
    owner: Uuid,
    lease_until: DateTime<Utc>,
) -> Result<Option<JobRow>, StoreError> {
    sql!(
        tx,
        fetch_optional::<JobRow>,
        "UPDATE jobs SET lease_owner = $1, lease_until = $2 WHERE id = (\
         SELECT j.id FROM jobs j WHERE j.urgency = $3 AND j.run_at <= $4 \
         AND j.lease_until IS NULL AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.lane = j.lane \
         AND o.lease_until IS NOT NULL) ORDER BY j.run_at, j.id LIMIT 1) \
         RETURNING id, kind, request_id, grant_id, integration_id, attempt",
        owner,
        lease_until,
        urgency,
        tx.moment.now
    )
}

/// Whether no job of this lane is under lease.
pub async fn lane_is_free(tx: &mut Tx, lane: &str) -> Result<bool, StoreError> {
    let (leased,) = sql!(
        tx,
        fetch_one::<(i64,)>,
        "SELECT COUNT(*) FROM jobs WHERE lane = $1 AND lease_until IS NOT NULL",
        lane
    )?;
    Ok(leased == 0)
}

/// Takes the lease on a grant's new `apply` job, whose lane is known to be free.
pub async fn lease_new(
    tx: &mut Tx,
    grant: GrantId,
    owner: Uuid,
    lease_until: DateTime<Utc>,
) -> Result<Option<Job>, StoreError> {
    let row = sql!(
        tx,
        fetch_optional::<(Uuid, Uuid)>,
        "UPDATE jobs SET lease_owner = $1, lease_until = $2 \
         WHERE grant_id = $3 AND kind = 'apply' AND lease_until IS NULL RETURNING id, request_id",
        owner,
        lease_until,
        grant.0
    )?;
    Ok(row.map(|(id, request)| Job {
        id: JobId(id),
        kind: JobKind::Apply,
        about: About::Grant(RequestId(request), grant),
        attempt: 0,
        owner,
        lease_until,
    }))
}

/// Gives up leases that ran out: their worker is gone, or slept past them.
pub async fn release_expired(tx: &mut Tx) -> Result<u64, StoreError> {
    sql!(
        tx,
        execute,
        "UPDATE jobs SET lease_owner = NULL, lease_until = NULL WHERE lease_until <= $1",
        tx.moment.now
    )
}

/// Gives up every lease of a backend that is gone, at the start of this one. On SQLite there is one
/// backend, and it has just started, so these are all; on PostgreSQL other replicas hold leases and
/// go on, so these are the ones that ran out.
pub async fn release_all(tx: &mut Tx) -> Result<u64, StoreError> {
    if matches!(tx.inner, Inner::Postgres(_)) {
        return release_expired(tx).await;
    }
    sql!(
        tx,
        execute,
        "UPDATE jobs SET lease_owner = NULL, lease_until = NULL WHERE lease_until IS NOT NULL"
    )
}

/// The job is done. Refused when the lease was lost meanwhile, so that a worker that slept past
/// its lease writes nothing.
pub async fn complete(tx: &mut Tx, job: &Job) -> Result<(), StoreError> {
    let done = sql!(
        tx,
        execute,
        "DELETE FROM jobs WHERE id = $1 AND lease_owner = $2 AND lease_until > $3",
        job.id.0,
        job.owner,
        tx.moment.now
    )?;
    // Its lane is free now.
    tx.told.work = true;
    held(done)
}

/// Whether the worker still holds the lease; asked in the transaction that relies on it.
pub async fn still_held(tx: &mut Tx, job: &Job) -> Result<(), StoreError> {
    let (count,) = sql!(
        tx,
        fetch_one::<(i64,)>,
        "SELECT COUNT(*) FROM jobs WHERE id = $1 AND lease_owner = $2 AND lease_until > $3",
        job.id.0,
        job.owner,
        tx.moment.now
    )?;
    held(u64::try_from(count).unwrap_or(0))
}

/// The job is done for now and comes back at `run_at`.
pub async fn again(tx: &mut Tx, job: &Job, run_at: DateTime<Utc>) -> Result<(), StoreError> {
    let done = sql!(
        tx,
        execute,
        "UPDATE jobs SET attempt = 0, run_at = $1, last_error = NULL, lease_owner = NULL, \
         lease_until = NULL WHERE id = $2 AND lease_owner = $3 AND lease_until > $4",
        run_at,
        job.id.0,
        job.owner,
        tx.moment.now
    )?;
    tx.told.work = true;
    held(done)
}

/// The worker needs longer: its lease goes on until `lease_until`.
pub async fn renew(tx: &mut Tx, job: &Job, lease_until: DateTime<Utc>) -> Result<(), StoreError> {
    let done = sql!(
        tx,
        execute,
        "UPDATE jobs SET lease_until = $1 WHERE id = $2 AND lease_owner = $3 AND lease_until > $4",
        lease_until,
        job.id.0,
        job.owner,
        tx.moment.now
    )?;
    held(done)
}

/// The job did not work: it is due again at `run_at`, with what went wrong on record.
pub async fn retry(
    tx: &mut Tx,
    job: &Job,
    run_at: DateTime<Utc>,
    error: &str,
) -> Result<(), StoreError> {
    let done = sql!(
        tx,
        execute,
        "UPDATE jobs SET attempt = attempt + 1, run_at = $1, last_error = $2, \
         lease_owner = NULL, lease_until = NULL \
         WHERE id = $3 AND lease_owner = $4 AND lease_until > $5",
        run_at,
        error,
        job.id.0,
        job.owner,
        tx.moment.now
    )?;
    tx.told.work = true;
    held(done)
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
    let done = sql!(
        tx,
        execute,
        "UPDATE jobs SET kind = $1, urgency = $2, taking = $7, attempt = 0, last_error = NULL, \
         lease_until = $3 WHERE id = $4 AND lease_owner = $5 AND lease_until > $6",
        kind.name(),
        kind.urgency(),
        lease_until,
        job.id.0,
        job.owner,
        tx.moment.now,
        kind.takes_away()
    )?;
    held(done)?;
    Ok(Job { kind, attempt: 0, lease_until, ..job.clone() })
}
