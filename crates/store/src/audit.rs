//! The audit log: append-only, in the transaction of the change, each row chained to the one
//! before it by SHA-256 over the exact stored text.

mod chain;

use bellhop_domain::{Event, Subject, sha256};
use chrono::{DateTime, Utc};
use sqlx::{Database, Encode, FromRow, QueryBuilder, Type};

use crate::sql::sql;
use crate::tx::{Inner, point};
use crate::{StoreError, Tx};
use chain::canonical;

pub use chain::{Verdict, Walk, verify};

/// The hash that the first row is chained to.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// Every row binds five values, and a statement binds at most 32,766.
const ROWS_AT_ONCE: usize = 1_000;

/// One stored row.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct AuditRow {
    /// Its place: the order in which changes were committed.
    pub seq: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// The request that it is about, if it is about one.
    pub request_number: Option<i64>,
    /// The event as canonical JSON (RFC 8785): exactly what the hash covers.
    pub text: String,
    /// SHA-256 of `text`, in hexadecimal.
    pub hash: String,
}

/// The newest row's place and hash.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Head {
    /// Place of the newest row; 0 when there is none.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
}

/// Appends events. Called last in a transaction: the head is the row that every writer shares.
pub async fn append(tx: &mut Tx, events: &[Event]) -> Result<(), StoreError> {
    if events.is_empty() {
        return Ok(());
    }
    let old = head(tx).await?;
    let mut new = old.clone();
    let mut rows = Vec::with_capacity(events.len());
    for event in events {
        new.seq += 1;
        let text = canonical(tx, event, &new)?;
        new.hash = sha256(&text);
        rows.push(NewRow { place: new.clone(), number: number_of(&event.subject), text });
    }
    let now = tx.now();
    for some in rows.chunks(ROWS_AT_ONCE) {
        match &mut tx.inner {
            Inner::Sqlite(open) => {
                inserts::<sqlx::Sqlite>(now, some).build().execute(&mut **open).await.map(drop)?;
            }
            Inner::Postgres(open) => {
                inserts::<sqlx::Postgres>(now, some)
                    .build()
                    .execute(&mut **open)
                    .await
                    .map(drop)?;
            }
        }
    }
    point("between rows of the audit log and its head");
    let moved = sql!(
        tx,
        execute,
        "UPDATE audit_head SET seq = $1, hash = $2, at = $3 WHERE seq = $4",
        new.seq,
        &new.hash,
        now,
        old.seq
    )?;
    if moved != 1 {
        return Err(StoreError::Conflict { what: "the audit log".to_owned() });
    }
    tx.told.head = Some(new.seq);
    Ok(())
}

/// A row that is not stored yet.
struct NewRow {
    place: Head,
    number: Option<i64>,
    text: String,
}

/// All rows in one statement; the only text that `sql!` cannot write, as its length differs.
fn inserts<'a, DB: Database>(now: DateTime<Utc>, rows: &'a [NewRow]) -> QueryBuilder<DB>
where
    DB::Arguments: Default,
    i64: Encode<'a, DB> + Type<DB>,
    Option<i64>: Encode<'a, DB> + Type<DB>,
    &'a str: Encode<'a, DB> + Type<DB>,
    DateTime<Utc>: Encode<'a, DB> + Type<DB>,
{
    let text = "INSERT INTO audit_events (seq, at, request_number, text, hash) ";
    let mut insert = QueryBuilder::new(text);
    insert.push_values(rows, |mut row, new| {
        row.push_bind(new.place.seq).push_bind(now).push_bind(new.number);
        row.push_bind(new.text.as_str()).push_bind(new.place.hash.as_str());
    });
    insert
}

/// The newest row's place and hash.
pub async fn head(tx: &mut Tx) -> Result<Head, StoreError> {
    sql!(tx, fetch_one::<Head>, "SELECT seq, hash FROM audit_head")
}

/// When the newest row was written; none while there is no row.
pub async fn newest_at(tx: &mut Tx) -> Result<Option<DateTime<Utc>>, StoreError> {
    let (at,) = sql!(tx, fetch_one::<(Option<DateTime<Utc>>,)>, "SELECT at FROM audit_head")?;
    Ok(at)
}

macro_rules! rows {
    ($rest:literal) => {
        concat!("SELECT seq, at, request_number, text, hash FROM audit_events WHERE ", $rest)
    };
}

/// Up to `limit` rows after `seq`, oldest first; of one request when `request` is given.
pub async fn after(
    tx: &mut Tx,
    seq: i64,
    request: Option<i64>,
    limit: i64,
) -> Result<Vec<AuditRow>, StoreError> {
    match request {
        None => {
            sql!(tx, fetch_all::<AuditRow>, rows!("seq > $1 ORDER BY seq LIMIT $2"), seq, limit)
        }
        Some(number) => sql!(
            tx,
            fetch_all::<AuditRow>,
            rows!("seq > $1 AND request_number = $2 ORDER BY seq LIMIT $3"),
            seq,
            number,
            limit
        ),
    }
}

/// Up to `limit` of the newest rows before `seq`, newest first; of one request when `request` is
/// given.
pub async fn before(
    tx: &mut Tx,
    seq: i64,
    request: Option<i64>,
    limit: i64,
) -> Result<Vec<AuditRow>, StoreError> {
    match request {
        None => sql!(
            tx,
            fetch_all::<AuditRow>,
            rows!("seq < $1 ORDER BY seq DESC LIMIT $2"),
            seq,
            limit
        ),
        Some(number) => sql!(
            tx,
            fetch_all::<AuditRow>,
            rows!("seq < $1 AND request_number = $2 ORDER BY seq DESC LIMIT $3"),
            seq,
            number,
            limit
        ),
    }
}

fn number_of(subject: &Subject) -> Option<i64> {
    match subject {
        Subject::Request { number, .. } | Subject::Grant { number, .. } => Some(number.0),
        Subject::Setting { .. } => None,
    }
}
