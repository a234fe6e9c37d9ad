//! Counts of what is stored, for whoever watches over a backend.

use bellhop_domain::JobKind;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::sql::sql;
use crate::{StoreError, Tx, audit};

/// Counts of one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// For each kind, jobs that are due and that nobody works on.
    pub due: Vec<(JobKind, i64)>,
    /// Since when the oldest access that is to be taken away waits for it; nothing when none does.
    pub oldest_revoke: Option<DateTime<Utc>>,
    /// For each state that is not over, grants in it.
    pub grants: Vec<(String, i64)>,
    /// The newest place in the audit log.
    pub head: i64,
}

/// Counts what there is now.
pub async fn count(tx: &mut Tx) -> Result<Figures, StoreError> {
    let mut due = Vec::with_capacity(JobKind::ALL.len());
    for kind in JobKind::ALL {
        due.push((kind, due_of(tx, kind).await?));
    }
    let oldest = oldest_revoke(tx).await?;
    let grants = sql!(
        tx,
        fetch_all::<(String, i64)>,
        "SELECT state, COUNT(*) FROM grants WHERE state NOT IN ('ended', 'apply_failed') \
         GROUP BY state ORDER BY state"
    )?;
    let head = audit::head(tx).await?.seq;
    Ok(Figures { due, oldest_revoke: oldest.and_then(made_at), grants, head })
}

async fn due_of(tx: &mut Tx, kind: JobKind) -> Result<i64, StoreError> {
    let (count,) = sql!(
        tx,
        fetch_one::<(i64,)>,
        "SELECT COUNT(*) FROM jobs WHERE urgency = $1 AND run_at <= $2 AND lease_until IS NULL",
        kind.urgency(),
        tx.moment.now
    )?;
    Ok(count)
}

/// Ids hold the time at which they were made, and sort by it; trying again changes neither. What
/// waits and what is leased have an index each.
async fn oldest_revoke(tx: &mut Tx) -> Result<Option<Uuid>, StoreError> {
    let waits = sql!(
        tx,
        fetch_optional::<(Uuid,)>,
        "SELECT id FROM jobs WHERE urgency = $1 AND lease_until IS NULL ORDER BY id LIMIT 1",
        JobKind::Revoke.urgency()
    )?;
    let leased = sql!(
        tx,
        fetch_all::<(Uuid,)>,
        "SELECT id FROM jobs WHERE lease_until IS NOT NULL AND urgency = $1",
        JobKind::Revoke.urgency()
    )?;
    Ok(waits.into_iter().chain(leased).map(|(id,)| id).min())
}

fn made_at(id: Uuid) -> Option<DateTime<Utc>> {
    let (seconds, nanos) = id.get_timestamp()?.to_unix();
    DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos)
}
