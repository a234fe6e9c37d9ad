//! Each row of the audit log is chained to the one before it.

use bellhop_domain::{Event, sha256};
use chrono::{DateTime, Utc};
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

/// Follows a chain row by row. It needs the rows alone, so that what was exported can be checked
/// where there is no store.
#[derive(Clone, Debug)]
pub struct Walk {
    last: Option<Head>,
}

impl Walk {
    /// A walk that begins with the very first row.
    pub fn from_the_start() -> Self {
        Self { last: Some(beginning()) }
    }

    /// A walk that begins with whichever row comes first. If that is not the very first one, what
    /// it names as the one before it is not looked at.
    pub fn from_anywhere() -> Self {
        Self { last: None }
    }

    /// The place that the walk has come to; none before the first row of a walk from anywhere.
    pub fn last(&self) -> Option<&Head> {
        self.last.as_ref()
    }

    /// Goes on to the next row; answers when it was written.
    ///
    /// # Errors
    /// What does not fit. The walk stays where it was.
    pub fn step(&mut self, text: &str, hash: &str) -> Result<DateTime<Utc>, String> {
        if sha256(text) != hash {
            return Err("its text is not what its hash was made from".to_owned());
        }
        let event: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
        let named = |key| event.get(key).and_then(Value::as_str);
        let seq = event.get("seq").and_then(Value::as_i64).filter(|seq| *seq > 0);
        let seq = seq.ok_or("its text names no place in the log")?;
        let first = (seq == 1).then(beginning);
        if let Some(last) = self.last.as_ref().or(first.as_ref()) {
            if seq > last.seq + 1 {
                return Err(missing(last.seq, seq));
            }
            if seq != last.seq + 1 {
                return Err("its text names another place in the log".to_owned());
            }
            if named("prev") != Some(&last.hash) {
                return Err("it is not chained to the row before it".to_owned());
            }
        }
        let at = named("at").map(DateTime::parse_from_rfc3339);
        let Some(Ok(at)) = at else { return Err("its text names no time".to_owned()) };
        self.last = Some(Head { seq, hash: hash.to_owned() });
        Ok(at.to_utc())
    }
}

fn beginning() -> Head {
    Head { seq: 0, hash: GENESIS.to_owned() }
}

fn missing(before: i64, after: i64) -> String {
    format!("rows {} to {} are missing", before + 1, after - 1)
}

/// Walks the whole chain.
pub async fn verify(tx: &mut Tx) -> Result<Verdict, StoreError> {
    let head = head(tx).await?;
    let mut walk = Walk::from_the_start();
    let mut last = beginning();
    let mut last_at = None;
    loop {
        let page = after(tx, last.seq, None, PAGE).await?;
        if page.is_empty() {
            break;
        }
        for row in page {
            if let Err(why) = fits(&row, &last, &mut walk) {
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

fn fits(row: &AuditRow, last: &Head, walk: &mut Walk) -> Result<(), String> {
    if row.seq != last.seq + 1 {
        return Err(missing(last.seq, row.seq));
    }
    if walk.step(&row.text, &row.hash)? == row.at {
        return Ok(());
    }
    Err("its text names another time".to_owned())
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A row as it is exported, and its hash.
    fn row(seq: i64, prev: &str) -> (String, String) {
        let at = "2026-11-20T12:00:00Z";
        let text = serde_json::json!({ "seq": seq, "prev": prev, "at": at }).to_string();
        let hash = sha256(&text);
        (text, hash)
    }

    #[test]
    fn t23_a_walk_from_anywhere_begins_at_any_row_and_then_misses_nothing() {
        let (text, hash) = row(5, "whatever came before");
        let mut walk = Walk::from_anywhere();
        assert_eq!(walk.last(), None);
        walk.step(&text, &hash).expect("begins");
        assert_eq!(walk.last(), Some(&Head { seq: 5, hash: hash.clone() }));
        let (after, its_hash) = row(7, &hash);
        let missed = walk.step(&after, &its_hash);
        assert_eq!(missed, Err("rows 6 to 6 are missing".to_owned()));
        let (next, its_hash) = row(6, &hash);
        walk.step(&next, &its_hash).expect("goes on");
    }

    #[test]
    fn t23_the_very_first_row_has_nothing_before_it_wherever_a_walk_begins() {
        let (forged, its_hash) = row(1, "something before");
        let refused = Walk::from_anywhere().step(&forged, &its_hash);
        assert_eq!(refused, Err("it is not chained to the row before it".to_owned()));
        let (first, its_hash) = row(1, GENESIS);
        Walk::from_anywhere().step(&first, &its_hash).expect("begins");
        for nowhere in [0, -1] {
            let (text, its_hash) = row(nowhere, GENESIS);
            let refused = Walk::from_anywhere().step(&text, &its_hash);
            assert_eq!(refused, Err("its text names no place in the log".to_owned()));
        }
    }
}
