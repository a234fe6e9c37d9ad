//! How much work there is, and when.

use bellhop_domain::GrantId;
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
