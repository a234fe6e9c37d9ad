//! Lists of requests, newest first.

use bellhop_domain::{Access, PersonId, RequestNumber, Target, Wanted};

use crate::access::{Which, find};
use crate::error::from_json;
use crate::sql::sql;
use crate::{StoreError, Tx};

/// Which requests to list.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Whose.
    pub whose: Whose,
    /// Only those that are not over.
    pub open_only: bool,
    /// Only those with a lower number: the cursor of the next page.
    pub before: Option<RequestNumber>,
}

/// Whose requests.
#[derive(Clone, Debug)]
pub enum Whose {
    /// Everybody's.
    Anybody,
    /// This person's.
    Of(PersonId),
    /// Those under this flow.
    Under(String),
}

/// A request of a list, or its number and why it does not read: one impossible row must not hide
/// all others.
pub type Listed = Result<Access, (RequestNumber, StoreError)>;

macro_rules! numbers {
    ($condition:literal) => {
        concat!(
            "SELECT number FROM requests WHERE ",
            $condition,
            " AND number < $2 ORDER BY number DESC LIMIT $3"
        )
    };
}

macro_rules! open_numbers {
    ($condition:literal) => {
        concat!(
            "SELECT number FROM requests WHERE ",
            $condition,
            " AND status NOT IN ('denied', 'withdrawn', 'lapsed', 'ended', 'failed') ",
            "AND number < $2 ORDER BY number DESC LIMIT $3"
        )
    };
}

type Number = (i64,);

/// Up to `limit` requests, newest first.
pub async fn requests(tx: &mut Tx, filter: &Filter, limit: i64) -> Result<Vec<Listed>, StoreError> {
    let before = filter.before.map_or(i64::MAX, |number| number.0);
    let open = filter.open_only;
    // An index for each, so that a page of few is not sought in the requests of many years.
    let numbers = match &filter.whose {
        Whose::Of(PersonId(id)) if open => {
            sql!(tx, fetch_all::<Number>, open_numbers!("requester_id = $1"), *id, before, limit)?
        }
        Whose::Of(PersonId(id)) => {
            sql!(tx, fetch_all::<Number>, numbers!("requester_id = $1"), *id, before, limit)?
        }
        Whose::Under(flow) if open => {
            sql!(tx, fetch_all::<Number>, open_numbers!("flow_id = $1"), flow, before, limit)?
        }
        Whose::Under(flow) => {
            sql!(tx, fetch_all::<Number>, numbers!("flow_id = $1"), flow, before, limit)?
        }
        Whose::Anybody if open => {
            sql!(tx, fetch_all::<Number>, open_numbers!("number > $1"), 0_i64, before, limit)?
        }
        Whose::Anybody => {
            sql!(tx, fetch_all::<Number>, numbers!("number > $1"), 0_i64, before, limit)?
        }
    };
    let mut listed = Vec::with_capacity(numbers.len());
    for (number,) in numbers {
        let number = RequestNumber(number);
        match find(tx, Which::Number(number)).await {
            Ok(found) => listed.extend(found.map(Ok)),
            Err(error @ StoreError::Inconsistent { .. }) => listed.push(Err((number, error))),
            Err(error) => return Err(error),
        }
    }
    Ok(listed)
}

/// Every request of a person that is not over.
pub async fn open_of(tx: &mut Tx, person: PersonId) -> Result<Vec<Access>, StoreError> {
    let numbers = sql!(
        tx,
        fetch_all::<Number>,
        "SELECT number FROM requests WHERE requester_id = $1 \
         AND status NOT IN ('denied', 'withdrawn', 'lapsed', 'ended', 'failed') ORDER BY number",
        person.0
    )?;
    load_all(tx, &numbers).await
}

/// Every request under a flow that waits for somebody.
pub async fn pending_under(tx: &mut Tx, flow: &str) -> Result<Vec<Access>, StoreError> {
    let numbers = sql!(
        tx,
        fetch_all::<Number>,
        "SELECT number FROM requests WHERE flow_id = $1 AND status = 'pending' ORDER BY number",
        flow
    )?;
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

/// The requests with a grant in one integration that is still in the way of its removal: not over, or
/// over so lately that the system is still to be read once more.
pub async fn holding(tx: &mut Tx, integration: &str) -> Result<Vec<RequestNumber>, StoreError> {
    let mut numbers: Vec<_> =
        open_in(tx, integration).await?.iter().map(|access| access.request.number).collect();
    let read_again = sql!(
        tx,
        fetch_all::<Number>,
        "SELECT DISTINCT r.number FROM jobs j JOIN grants g ON g.id = j.grant_id \
         JOIN requests r ON r.id = g.request_id JOIN integrations i ON i.id = g.integration_id \
         WHERE j.kind = 'recheck' AND i.name = $1 AND i.removed_at IS NULL",
        integration
    )?;
    numbers.extend(read_again.into_iter().map(|(number,)| RequestNumber(number)));
    numbers.sort();
    numbers.dedup();
    Ok(numbers)
}

/// How many grants under a flow are not over, and how many requests under it wait for somebody.
pub async fn standing_under(tx: &mut Tx, flow: &str) -> Result<(i64, i64), StoreError> {
    let (live,) = sql!(
        tx,
        fetch_one::<Number>,
        "SELECT COUNT(*) FROM requests r JOIN grants g ON g.request_id = r.id \
         WHERE r.flow_id = $1 \
         AND r.status NOT IN ('denied', 'withdrawn', 'lapsed', 'ended', 'failed') \
         AND g.state NOT IN ('ended', 'apply_failed')",
        flow
    )?;
    let (pending,) = sql!(
        tx,
        fetch_one::<Number>,
        "SELECT COUNT(*) FROM requests WHERE flow_id = $1 AND status = 'pending'",
        flow
    )?;
    Ok((live, pending))
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

/// The targets of a person's last `most` requests, the newest first, each once.
pub async fn wanted_lately(
    tx: &mut Tx,
    person: PersonId,
    most: i64,
) -> Result<Vec<Target>, StoreError> {
    let rows = sql!(
        tx,
        fetch_all::<(i64, String)>,
        "SELECT number, wanted FROM requests WHERE requester_id = $1 ORDER BY number DESC LIMIT $2",
        person.0,
        most
    )?;
    let mut targets = Vec::new();
    for (number, text) in rows {
        let wanted: Vec<Wanted> = from_json("requests", number, &text)?;
        for Wanted { target, .. } in wanted {
            if !targets.contains(&target) {
                targets.push(target);
            }
        }
    }
    Ok(targets)
}

/// What a person can use at the moment: each target, and the number of its request.
pub async fn active_targets(
    tx: &mut Tx,
    person: PersonId,
) -> Result<Vec<(String, RequestNumber)>, StoreError> {
    let rows = sql!(
        tx,
        fetch_all::<(String, i64)>,
        "SELECT g.target, r.number FROM requests r JOIN grants g ON g.request_id = r.id \
         WHERE r.requester_id = $1 \
         AND r.status NOT IN ('denied', 'withdrawn', 'lapsed', 'ended', 'failed') \
         AND g.state = 'active' ORDER BY r.number",
        person.0
    )?;
    Ok(rows.into_iter().map(|(target, number)| (target, RequestNumber(number))).collect())
}

async fn load_all(tx: &mut Tx, numbers: &[(i64,)]) -> Result<Vec<Access>, StoreError> {
    let mut found = Vec::with_capacity(numbers.len());
    for (number,) in numbers {
        found.extend(find(tx, Which::Number(RequestNumber(*number))).await?);
    }
    Ok(found)
}
