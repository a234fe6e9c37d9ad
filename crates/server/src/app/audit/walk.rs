//! Going through the audit log a page at a time, and no further than one call may.

use std::collections::{HashMap, VecDeque};

use bellhop_domain::RequestNumber;
use bellhop_store::access::{Which, find};
use bellhop_store::audit::{self, AuditRow};
use bellhop_store::{StoreError, Tx};
use serde_json::Value;

/// Rows that one call looks at.
const MOST_LOOKED_AT: usize = 3_000;
/// Rows that are read at once.
const AT_ONCE: i64 = 250;

/// The way through the log.
pub(super) struct Walk {
    newer: bool,
    /// The last place that was looked at.
    at: i64,
    /// The places that count: from the first, and before the second.
    span: (i64, i64),
    request: Option<i64>,
    read: VecDeque<AuditRow>,
    looked_at: usize,
}

impl Walk {
    /// From the row after `from` to newer ones.
    pub(super) fn forward(from: i64, span: (i64, i64), request: Option<i64>) -> Self {
        let at = from.max(span.0 - 1);
        Self { newer: true, at, span, request, read: VecDeque::new(), looked_at: 0 }
    }

    /// From the row before `from` to older ones.
    pub(super) fn backward(from: i64, span: (i64, i64), request: Option<i64>) -> Self {
        let at = from.min(span.1);
        Self { newer: false, at, span, request, read: VecDeque::new(), looked_at: 0 }
    }

    /// The next row; none when there is no more, or none for this call.
    pub(super) async fn next(&mut self, tx: &mut Tx) -> Result<Option<AuditRow>, StoreError> {
        if self.looked_at >= MOST_LOOKED_AT {
            return Ok(None);
        }
        self.read(tx).await?;
        let row = self.read.pop_front();
        if let Some(row) = &row {
            self.at = row.seq;
            self.looked_at += 1;
        }
        Ok(row)
    }

    /// Where the next call goes on, if there is more.
    pub(super) async fn goes_on(mut self, tx: &mut Tx) -> Result<Option<i64>, StoreError> {
        self.read(tx).await?;
        Ok((!self.read.is_empty()).then_some(self.at))
    }

    async fn read(&mut self, tx: &mut Tx) -> Result<(), StoreError> {
        if !self.read.is_empty() {
            return Ok(());
        }
        let rows = if self.newer {
            audit::after(tx, self.at, self.request, AT_ONCE).await?
        } else {
            audit::before(tx, self.at, self.request, AT_ONCE).await?
        };
        let (from, before) = self.span;
        self.read = rows.into_iter().filter(|row| (from..before).contains(&row.seq)).collect();
        Ok(())
    }
}

/// What rows are about, each request looked up once.
#[derive(Default)]
pub(super) struct About {
    requests: HashMap<i64, Vec<String>>,
}

impl About {
    /// The targets that a row concerns.
    pub(super) async fn targets(
        &mut self,
        tx: &mut Tx,
        row: &AuditRow,
        event: &Value,
    ) -> Result<Vec<String>, StoreError> {
        if let Some(target) = event.pointer("/subject/target").and_then(Value::as_str) {
            return Ok(vec![target.to_owned()]);
        }
        let Some(number) = row.request_number else { return Ok(Vec::new()) };
        if let Some(known) = self.requests.get(&number) {
            return Ok(known.clone());
        }
        // One that does not read any more is in the log all the same.
        let found = match find(tx, Which::Number(RequestNumber(number))).await {
            Ok(found) => found,
            Err(StoreError::Inconsistent { .. }) => None,
            Err(error) => return Err(error),
        };
        let targets = found.iter().flat_map(|access| &access.request.wanted);
        let targets: Vec<_> = targets.map(|wanted| wanted.target.to_string()).collect();
        self.requests.insert(number, targets.clone());
        Ok(targets)
    }
}
