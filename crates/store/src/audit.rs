//! The audit log: append-only, in the transaction of the change, each row chained to the one
//! before it by SHA-256 over the exact stored text.

use bellhop_domain::{Event, Subject};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::{FromRow, QueryBuilder, Sqlite};

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
        rows.push((new.clone(), number_of(&event.subject), text));
    }
    let now = tx.now();
    for some in rows.chunks(ROWS_AT_ONCE) {
        let mut insert = QueryBuilder::<Sqlite>::new(
            "INSERT INTO audit_events (seq, at, request_number, text, hash) ",
        );
        insert.push_values(some, |mut row, (place, number, text)| {
            row.push_bind(place.seq).push_bind(now).push_bind(number);
            row.push_bind(text).push_bind(&place.hash);
        });
        insert.build().execute(&mut *tx.inner).await?;
    }
    let moved = sqlx::query("UPDATE audit_head SET seq = $1, hash = $2 WHERE seq = $3")
        .bind(new.seq)
        .bind(&new.hash)
        .bind(old.seq)
        .execute(&mut *tx.inner)
        .await?;
    if moved.rows_affected() != 1 {
        return Err(StoreError::Conflict { what: "the audit log".to_owned() });
    }
    tx.told.head = Some(new.seq);
    Ok(())
}

/// The newest row's place and hash.
pub async fn head(tx: &mut Tx) -> Result<Head, StoreError> {
    Ok(sqlx::query_as("SELECT seq, hash FROM audit_head").fetch_one(&mut *tx.inner).await?)
}

/// Up to `limit` rows after `seq`, oldest first; of one request when `request` is given.
pub async fn after(
    tx: &mut Tx,
    seq: i64,
    request: Option<i64>,
    limit: i64,
) -> Result<Vec<AuditRow>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT seq, at, request_number, text, hash FROM audit_events \
         WHERE seq > $1 AND (request_number = $2 OR $2 IS NULL) ORDER BY seq LIMIT $3",
    )
    .bind(seq)
    .bind(request)
    .bind(limit)
    .fetch_all(&mut *tx.inner)
    .await?)
}

/// Up to `limit` of the newest rows, newest first.
pub async fn newest(
    tx: &mut Tx,
    request: Option<i64>,
    limit: i64,
) -> Result<Vec<AuditRow>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT seq, at, request_number, text, hash FROM audit_events \
         WHERE (request_number = $1 OR $1 IS NULL) ORDER BY seq DESC LIMIT $2",
    )
    .bind(request)
    .bind(limit)
    .fetch_all(&mut *tx.inner)
    .await?)
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
        }
    }
    if last == head {
        return Ok(Verdict::Intact(head));
    }
    let why = format!("the newest row is {}, but the head says {}", last.seq, head.seq);
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

fn sha256(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().fold(String::with_capacity(64), |mut hex, byte| {
        hex.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
        hex.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        hex
    })
}
