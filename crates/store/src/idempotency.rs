//! Calls that may come twice: what was answered the first time.

use bellhop_domain::PersonId;
use chrono::{DateTime, Utc};
use sqlx::FromRow;

use crate::sql::sql;
use crate::{StoreError, Tx};

/// What was answered to a call.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Answered {
    /// A hash of the call's body: another body under the same key is a mistake of the caller.
    pub body_hash: String,
    /// The answer, as it was sent.
    pub answer: String,
}

/// What the person was answered under this key.
pub async fn find(
    tx: &mut Tx,
    person: PersonId,
    key: &str,
) -> Result<Option<Answered>, StoreError> {
    sql!(
        tx,
        fetch_optional::<Answered>,
        "SELECT body_hash, answer FROM idempotency_keys WHERE person_id = $1 AND key = $2",
        person.0,
        key
    )
}

/// Stores the answer in the transaction of what the call changed. A conflict when the key has an
/// answer already.
pub async fn insert(
    tx: &mut Tx,
    person: PersonId,
    key: &str,
    answered: &Answered,
) -> Result<(), StoreError> {
    let now = tx.now();
    let rows = sql!(
        tx,
        execute,
        "INSERT INTO idempotency_keys (person_id, key, body_hash, answer, created_at) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        person.0,
        key,
        &answered.body_hash,
        &answered.answer,
        now
    )?;
    if rows == 1 {
        return Ok(());
    }
    Err(StoreError::Conflict { what: format!("the answer under the key {key}") })
}

/// Forgets answers that were given before `before`; answers how many.
pub async fn prune(tx: &mut Tx, before: DateTime<Utc>) -> Result<u64, StoreError> {
    sql!(tx, execute, "DELETE FROM idempotency_keys WHERE created_at < $1", before)
}
