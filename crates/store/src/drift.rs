//! What was found in connected systems and should not be there, from when it is on record until it
//! is shown to be gone. Whoever dies while removing something reports it all the same.

use bellhop_domain::{GrantId, IntegrationId};

use crate::sql::sql;
use crate::{StoreError, Tx};

/// Where something was found.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The system.
    pub integration: IntegrationId,
    /// The grant whose end it stands in the way of; none for what a sweep finds.
    pub grant: Option<GrantId>,
}

impl Place {
    fn grant(self) -> String {
        self.grant.map(|grant| grant.to_string()).unwrap_or_default()
    }
}

/// It was found; whether that is news.
pub async fn note(tx: &mut Tx, place: Place, what: &str) -> Result<bool, StoreError> {
    let now = tx.now();
    let rows = sql!(
        tx,
        execute,
        "INSERT INTO drift (integration_id, of_grant, what, found_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT DO NOTHING",
        place.integration.0,
        place.grant(),
        what,
        now
    )?;
    Ok(rows == 1)
}

/// It is gone; whether it was on record.
pub async fn forget(tx: &mut Tx, place: Place, what: &str) -> Result<bool, StoreError> {
    let rows = sql!(
        tx,
        execute,
        "DELETE FROM drift WHERE integration_id = $1 AND of_grant = $2 AND what = $3",
        place.integration.0,
        place.grant(),
        what
    )?;
    Ok(rows == 1)
}

/// What is on record there.
pub async fn noted(tx: &mut Tx, place: Place) -> Result<Vec<String>, StoreError> {
    let rows = sql!(
        tx,
        fetch_all::<(String,)>,
        "SELECT what FROM drift WHERE integration_id = $1 AND of_grant = $2 ORDER BY what",
        place.integration.0,
        place.grant()
    )?;
    Ok(rows.into_iter().map(|(what,)| what).collect())
}
