//! Each row of the audit log is chained to the one before it.

use bellhop_domain::{Event, sha256};
use chrono::DateTime;
use serde_json::{Value, json};

use super::{AuditRow, GENESIS, Head, after, head, newest_at};
use crate::{StoreError, Tx};

const SCHEMA: u32 = 1;
const PAGE: i64 = 1_000;

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

/// The event as the text that is stored and hashed.
pub(super) fn canonical(tx: &Tx, event: &Event, place: &Head) -> Result<String, StoreError> {
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
