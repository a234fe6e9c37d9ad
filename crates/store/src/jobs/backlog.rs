//! How much work there is, and when.

use bellhop_domain::{GrantId, IntegrationId, JobKind};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::Class;
use crate::sql::sql;
use crate::{StoreError, Tx};

/// How many jobs are under lease: somebody is at work on them.
pub async fn leased(tx: &mut Tx) -> Result<i64, StoreError> {
    let (count,) = sql!(
        tx,
        fetch_one::<(i64,)>,
        "SELECT COUNT(*) FROM jobs WHERE lease_until > $1",
        tx.moment.now
    )?;
    Ok(count)
}

/// When the next job of a class is due, or the next lease runs out.
pub async fn next_due(tx: &mut Tx, class: Class) -> Result<Option<DateTime<Utc>>, StoreError> {
    // A due job behind a busy lane is not due before that lane's lease ends. What waits and what
    // is leased have an index each, so that neither is walked further than to its first.
    let (due,) = sql!(
        tx,
        fetch_one::<(Option<DateTime<Utc>>,)>,
        "SELECT MIN(due) FROM (SELECT MIN(lease_until) AS due FROM jobs \
         WHERE lease_until IS NOT NULL UNION ALL SELECT (SELECT j.run_at FROM jobs j \
         WHERE j.taking = $1 AND j.lease_until IS NULL AND NOT EXISTS (SELECT 1 FROM jobs o \
         WHERE o.lane = j.lane AND o.lease_until IS NOT NULL) ORDER BY j.run_at LIMIT 1)) AS first",
        class == Class::Taking
    )?;
    Ok(due)
}

/// Jobs that give access and are due by now, because nobody was there to do them, are due one after
/// the other instead, over at most `within`. Those that take access away do not wait.
pub async fn spread_out(
    tx: &mut Tx,
    each: TimeDelta,
    within: TimeDelta,
) -> Result<u64, StoreError> {
    let due = sql!(
        tx,
        fetch_all::<(Uuid,)>,
        "SELECT id FROM jobs WHERE taking = $1 AND lease_until IS NULL AND run_at <= $2 \
         ORDER BY run_at, id",
        false,
        tx.moment.now
    )?;
    let count = i32::try_from(due.len()).unwrap_or(i32::MAX);
    let step = each.min(within / count.max(1));
    for ((id,), place) in due.iter().zip(0..) {
        let run_at = tx.moment.now + step * place;
        sql!(tx, execute, "UPDATE jobs SET run_at = $1 WHERE id = $2", run_at, *id)?;
    }
    Ok(u64::try_from(due.len()).unwrap_or(0))
}

/// What the last try of a grant's work said, if work is waiting to be tried again.
pub async fn last_error(tx: &mut Tx, grant: GrantId) -> Result<Option<String>, StoreError> {
    let found = sql!(
        tx,
        fetch_optional::<(Option<String>,)>,
        "SELECT last_error FROM jobs WHERE grant_id = $1 AND last_error IS NOT NULL LIMIT 1",
        grant.0
    )?;
    Ok(found.and_then(|(error,)| error))
}

/// Work on a whole integration whose last try failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failing {
    /// Which work.
    pub kind: JobKind,
    /// How often in a row.
    pub times: i64,
    /// What the last try said.
    pub why: String,
    /// When it is tried again.
    pub next_at: DateTime<Utc>,
}

/// The work on an integration that failed the last time, the most urgent first.
pub async fn failing(tx: &mut Tx, integration: IntegrationId) -> Result<Vec<Failing>, StoreError> {
    let rows = sql!(
        tx,
        fetch_all::<(Uuid, String, i64, String, DateTime<Utc>)>,
        "SELECT id, kind, attempt, last_error, run_at FROM jobs \
         WHERE integration_id = $1 AND last_error IS NOT NULL ORDER BY urgency",
        integration.0
    )?;
    let read = |(id, kind, times, why, next_at): (Uuid, String, i64, String, DateTime<Utc>)| {
        let found = JobKind::ALL.into_iter().find(|one| one.name() == kind);
        let kind = found.ok_or_else(|| StoreError::inconsistent("jobs", id, "unknown kind"))?;
        Ok(Failing { kind, times, why, next_at })
    };
    rows.into_iter().map(read).collect()
}

/// Somebody did this work by hand, and it went well: what failed before does not count any more.
pub async fn recovered(
    tx: &mut Tx,
    kind: JobKind,
    integration: IntegrationId,
) -> Result<(), StoreError> {
    sql!(
        tx,
        execute,
        "UPDATE jobs SET attempt = 0, last_error = NULL \
         WHERE integration_id = $1 AND kind = $2 AND lease_until IS NULL",
        integration.0,
        kind.name()
    )?;
    Ok(())
}
