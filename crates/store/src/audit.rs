//! The audit log: append-only, in the transaction of the change, each row chained to the one
//! before it by SHA-256 over the exact stored text.

use bellhop_domain::{Event, Subject, sha256};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::{Database, Encode, FromRow, QueryBuilder, Type};

use crate::sql::sql;
use crate::tx::Inner;
use crate::{StoreError, Tx};

/// The hash that the first row is chained to.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
const SCHEMA: u32 = 1;
const PAGE: i64 = 1_000;
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
            Inner::Sqlite(open) => inserts::<sqlx::Sqlite>(now, some)
                .build()
                .execute(&mut **open)
                .await?
                .rows_affected(),
            Inner::Postgres(open) => inserts::<sqlx::Postgres>(now, some)
                .build()
                .execute(&mut **open)
                .await?
                .rows_affected(),
        };
    }
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

/// Up to `limit` of the newest rows, newest first.
pub async fn newest(
    tx: &mut Tx,
    request: Option<i64>,
    limit: i64,
) -> Result<Vec<AuditRow>, StoreError> {
    match request {
        None => sql!(tx, fetch_all::<AuditRow>, rows!("seq > 0 ORDER BY seq DESC LIMIT $1"), limit),
        Some(number) => sql!(
            tx,
            fetch_all::<AuditRow>,
            rows!("request_number = $1 ORDER BY seq DESC LIMIT $2"),
            number,
            limit
        ),
    }
}

/// What a walk over the whole chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every row is what its successor, or the head, says it is.
    Intact(Head),
    /// The chain breaks here.
    Broken {
        /// Place of the first row that does not fit.
        seq: i64,
        /// What does not fit.
        why: String,
    },
}

/// Walks the whole chain.
pub async fn verify(tx: &mut Tx) -> Result<Verdict, StoreError> {
    let head = head(tx).await?;
    let mut last = Head { seq: 0, hash: GENESIS.to_owned() };
    let mut last_at = None;
    loop {
        let page = after(tx, last.seq, None, PAGE).await?;
        if page.is_empty() {
            break;
        }
        for row in page {
            if let Err(why) = fits(&row, &last) {
                return Ok(Verdict::Broken { seq: row.seq, why });
            }
            last = Head { seq: row.seq, hash: row.hash };
            last_at = Some(row.at);
        }
    }
    let head_at = newest_at(tx).await?;
    if last == head && last_at == head_at {
        return Ok(Verdict::Intact(head));
    }
    let why = if last == head {
        "it was not written when the head says".to_owned()
    } else {
        format!("the newest row is {}, but the head says {}", last.seq, head.seq)
    };
    Ok(Verdict::Broken { seq: last.seq, why })
}

fn fits(row: &AuditRow, last: &Head) -> Result<(), String> {
    if row.seq != last.seq + 1 {
        return Err(format!("rows {} to {} are missing", last.seq + 1, row.seq - 1));
    }
    if sha256(&row.text) != row.hash {
        return Err("its text is not what its hash was made from".to_owned());
    }
    let event: Value = serde_json::from_str(&row.text).map_err(|e| e.to_string())?;
    if event.get("prev").and_then(Value::as_str) != Some(&last.hash) {
        return Err("it is not chained to the row before it".to_owned());
    }
    let at = event.get("at").and_then(Value::as_str).map(DateTime::parse_from_rfc3339);
    if !matches!(at, Some(Ok(at)) if at == row.at) {
        return Err("its text names another time".to_owned());
    }
    if event.get("seq").and_then(Value::as_i64) != Some(row.seq) {
        return Err("its text names another place in the log".to_owned());
    }
    Ok(())
}

fn canonical(tx: &Tx, event: &Event, place: &Head) -> Result<String, StoreError> {
    let value = json!({
        "schema": SCHEMA,
        "seq": place.seq,
        "prev": place.hash,
        "id": tx.new_id(),
        "at": tx.now(),
        "kind": event.kind,
        "actor": event.actor,
        "subject": event.subject,
        "before": event.before,
        "after": event.after,
    });
    serde_json_canonicalizer::to_string(&value)
        .map_err(|e| StoreError::inconsistent("audit_events", place.seq, e))
}

fn number_of(subject: &Subject) -> Option<i64> {
    match subject {
        Subject::Request { number, .. } | Subject::Grant { number, .. } => Some(number.0),
        Subject::Setting { .. } => None,
    }
}
