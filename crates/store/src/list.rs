//! Lists of requests, newest first.

use bellhop_domain::{Access, PersonId, RequestNumber};

use crate::access::{Which, find};
use crate::sql::sql;
use crate::{StoreError, Tx};

/// Which requests to list.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Only this person's.
    pub requester: Option<PersonId>,
    /// Only those that are not over.
    pub open_only: bool,
    /// Only those with a lower number: the cursor of the next page.
    pub before: Option<RequestNumber>,
}

/// Up to `limit` requests, newest first.
pub async fn requests(tx: &mut Tx, filter: Filter, limit: i64) -> Result<Vec<Access>, StoreError> {
    let before = filter.before.map_or(i64::MAX, |number| number.0);
    // An index for each, so that a page of few is not sought in the requests of many years.
    let numbers = match (filter.requester, filter.open_only) {
        (Some(person), open_only) => sql!(
            tx,
            fetch_all::<(i64,)>,
            "SELECT number FROM requests WHERE requester_id = $1 AND number < $2 \
             AND (NOT $3 OR status NOT IN ('ended', 'failed')) ORDER BY number DESC LIMIT $4",
            person.0,
            before,
            open_only,
            limit
        )?,
        (None, true) => sql!(
            tx,
            fetch_all::<(i64,)>,
            "SELECT number FROM requests WHERE status NOT IN ('ended', 'failed') \
             AND number < $1 ORDER BY number DESC LIMIT $2",
            before,
            limit
        )?,
        (None, false) => sql!(
            tx,
            fetch_all::<(i64,)>,
            "SELECT number FROM requests WHERE number < $1 ORDER BY number DESC LIMIT $2",
            before,
            limit
        )?,
    };
    load_all(tx, &numbers).await
}

/// Every request with a grant in one integration that is not over.
pub async fn open_in(tx: &mut Tx, integration: &str) -> Result<Vec<Access>, StoreError> {
    let numbers = sql!(
        tx,
        fetch_all::<(i64,)>,
        "SELECT DISTINCT r.number FROM requests r JOIN grants g ON g.request_id = r.id \
         JOIN integrations i ON i.id = g.integration_id \
         WHERE i.name = $1 AND g.state NOT IN ('ended', 'apply_failed') ORDER BY r.number",
        integration
    )?;
    load_all(tx, &numbers).await
}

/// A person's live grants in one integration: what a credential there may be used for.
pub async fn live_in(
    tx: &mut Tx,
    person: PersonId,
    integration: &str,
) -> Result<Vec<Access>, StoreError> {
    let numbers = sql!(
        tx,
        fetch_all::<(i64,)>,
        "SELECT DISTINCT r.number FROM requests r JOIN grants g ON g.request_id = r.id \
         JOIN integrations i ON i.id = g.integration_id \
         WHERE r.requester_id = $1 AND i.name = $2 AND g.state = 'active' ORDER BY r.number",
        person.0,
        integration
    )?;
    load_all(tx, &numbers).await
}

async fn load_all(tx: &mut Tx, numbers: &[(i64,)]) -> Result<Vec<Access>, StoreError> {
    let mut found = Vec::with_capacity(numbers.len());
    for (number,) in numbers {
        found.extend(find(tx, Which::Number(RequestNumber(*number))).await?);
    }
    Ok(found)
}
