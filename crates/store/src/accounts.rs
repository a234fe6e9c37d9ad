//! The identities that Bellhop makes in connected systems: one for each person and integration,
//! for as long as the person holds something there. A name is random and never used twice, so an
//! old credential can never come back to life under it.

use bellhop_domain::{IntegrationId, PersonId};

use crate::{StoreError, Tx};

/// The person's account in an integration, made when there is none in use.
pub async fn in_use(
    tx: &mut Tx,
    integration: IntegrationId,
    person: PersonId,
) -> Result<String, StoreError> {
    let found: Option<(String,)> = sqlx::query_as(
        "SELECT name FROM accounts \
         WHERE integration_id = $1 AND person_id = $2 AND retired_at IS NULL",
    )
    .bind(integration.0)
    .bind(person.0)
    .fetch_optional(&mut *tx.inner)
    .await?;
    if let Some((name,)) = found {
        return Ok(name);
    }
    let name = format!("bellhop-{:020x}", rand::random::<u128>() >> 48);
    sqlx::query(
        "INSERT INTO accounts (name, integration_id, person_id, created_at) \
         VALUES ($1, $2, $3, $4)",
    )
    .bind(&name)
    .bind(integration.0)
    .bind(person.0)
    .bind(tx.now())
    .execute(&mut *tx.inner)
    .await?;
    Ok(name)
}

/// Retires the account when no grant needs it any more; answers whether it is retired.
pub async fn retire_if_unused(tx: &mut Tx, name: &str) -> Result<bool, StoreError> {
    sqlx::query(
        "UPDATE accounts SET retired_at = $1 WHERE name = $2 AND retired_at IS NULL \
         AND NOT EXISTS (SELECT 1 FROM grants WHERE account = $2 \
         AND state IN ('scheduled', 'applying', 'verifying', 'active'))",
    )
    .bind(tx.now())
    .bind(name)
    .execute(&mut *tx.inner)
    .await?;
    let (retired,): (bool,) =
        sqlx::query_as("SELECT retired_at IS NOT NULL FROM accounts WHERE name = $1")
            .bind(name)
            .fetch_one(&mut *tx.inner)
            .await?;
    Ok(retired)
}
