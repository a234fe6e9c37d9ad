//! The identities that Bellhop makes in connected systems: one for each person and integration,
//! for as long as the person holds something there. A name is random and never used twice, so an
//! old credential can never come back to life under it.

use bellhop_domain::{IntegrationId, PersonId};

use crate::sql::sql;
use crate::{StoreError, Tx};

/// The person's account in an integration, made when there is none in use.
pub async fn in_use(
    tx: &mut Tx,
    integration: IntegrationId,
    person: PersonId,
) -> Result<String, StoreError> {
    let found = sql!(
        tx,
        fetch_optional::<(String,)>,
        "SELECT name FROM accounts \
         WHERE integration_id = $1 AND person_id = $2 AND retired_at IS NULL",
        integration.0,
        person.0
    )?;
    if let Some((name,)) = found {
        return Ok(name);
    }
    let name = format!("bellhop-{:020x}", rand::random::<u128>() >> 48);
    sql!(
        tx,
        execute,
        "INSERT INTO accounts (name, integration_id, person_id, created_at) \
         VALUES ($1, $2, $3, $4)",
        &name,
        integration.0,
        person.0,
        tx.moment.now
    )?;
    Ok(name)
}

/// Retires the account when no grant needs it any more; answers whether it is retired.
pub async fn retire_if_unused(tx: &mut Tx, name: &str) -> Result<bool, StoreError> {
    sql!(
        tx,
        execute,
        "UPDATE accounts SET retired_at = $1 WHERE name = $2 AND retired_at IS NULL \
         AND NOT EXISTS (SELECT 1 FROM grants WHERE account = $2 \
         AND state IN ('scheduled', 'applying', 'verifying', 'active'))",
        tx.moment.now,
        name
    )?;
    let (retired,) = sql!(
        tx,
        fetch_one::<(bool,)>,
        "SELECT retired_at IS NOT NULL FROM accounts WHERE name = $1",
        name
    )?;
    Ok(retired)
}
