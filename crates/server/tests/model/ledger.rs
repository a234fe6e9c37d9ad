//! What the audit log says, replayed: it has to come to what is stored.

use std::collections::BTreeMap;

use bellhop_domain::{Access, GrantId};
use bellhop_store::audit::AuditRow;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::checks::{Broken, ensure};

/// One row, read.
pub(crate) struct Row {
    pub(crate) at: DateTime<Utc>,
    pub(crate) kind: String,
    /// The handle of whoever did it; nobody for the system.
    pub(crate) by: Option<String>,
    pub(crate) number: Option<i64>,
    pub(crate) grant: Option<(GrantId, String)>,
    pub(crate) before: Value,
    pub(crate) after: Value,
}

/// A grant as the log tells it.
pub(crate) struct Held {
    pub(crate) number: i64,
    pub(crate) target: String,
    /// To whom; the log does not say, the store does.
    pub(crate) account: String,
    pub(crate) state: Value,
    rows: i64,
}

/// A request as the log tells it.
#[derive(Default)]
struct Told {
    state: String,
    approval: Value,
    rows: i64,
    version: i64,
}

/// Everything that the log told so far.
pub(crate) struct Ledger {
    pub(crate) seq: i64,
    pub(crate) at: DateTime<Utc>,
    pub(crate) grants: BTreeMap<GrantId, Held>,
    requests: BTreeMap<i64, Told>,
}

impl Held {
    pub(crate) fn is(&self, names: &[&str]) -> bool {
        names.contains(&self.state["state"].as_str().unwrap_or_default())
    }

    pub(crate) fn lane(&self) -> String {
        format!("{}@{}", self.target, self.account)
    }

    /// Whether it may have its effect in the system: what was there is on record, and it is not
    /// over.
    pub(crate) fn may_be_there(&self) -> bool {
        match self.state["state"].as_str() {
            Some("applying") => !self.state["before"].is_null(),
            Some("verifying" | "active") => true,
            Some("revoking" | "revoke_stuck") => !self.state["ending"]["before"].is_null(),
            _ => false,
        }
    }
}

impl Row {
    pub(crate) fn read(row: &AuditRow) -> Self {
        let mut event: Value = serde_json::from_str(&row.text).expect("JSON");
        let subject = event["subject"].take();
        let grant = (subject["kind"] == "grant").then(|| {
            let id = serde_json::from_value(subject["id"].clone()).expect("an id");
            (id, subject["target"].as_str().unwrap_or_default().to_owned())
        });
        Self {
            at: row.at,
            kind: event["kind"].as_str().unwrap_or_default().to_owned(),
            by: event["actor"]["handle"].as_str().map(str::to_owned),
            number: row.request_number,
            grant,
            before: event["before"].take(),
            after: event["after"].take(),
        }
    }

    pub(crate) fn time(&self, field: &str) -> Option<DateTime<Utc>> {
        serde_json::from_value(self.after[field].clone()).ok()
    }
}

impl Ledger {
    pub(crate) fn new(seq: i64, at: DateTime<Utc>) -> Self {
        Self { seq, at, grants: BTreeMap::new(), requests: BTreeMap::new() }
    }

    /// Replays one row.
    pub(crate) fn take(&mut self, row: &Row) -> Result<(), Broken> {
        ensure(row.at >= self.at, || format!("7: {} is dated before the row before", row.kind))?;
        self.at = row.at;
        let Some(number) = row.number else { return Ok(()) };
        match &row.grant {
            Some((id, target)) => self.take_grant(row, *id, target, number)?,
            None => self.take_request(row, number)?,
        }
        self.requests.entry(number).or_default().rows += 1;
        Ok(())
    }

    fn take_grant(
        &mut self,
        row: &Row,
        id: GrantId,
        target: &str,
        number: i64,
    ) -> Result<(), Broken> {
        let (target, account) = (target.to_owned(), String::new());
        let new = Held { number, target, account, state: Value::Null, rows: 0 };
        let held = self.grants.entry(id).or_insert(new);
        let (was, kind) = (&held.state, &row.kind);
        ensure(row.before == *was, || {
            format!("7: {kind} came after {}, and was {was}", row.before)
        })?;
        ensure(!held.is(&["ended", "apply_failed"]), || format!("4: {kind} after {was}"))?;
        held.state = row.after.clone();
        if let Some(fields) = held.state.as_object_mut() {
            fields.remove("deadline");
            fields.remove("late_ms");
        }
        held.rows += 1;
        Ok(())
    }

    fn take_request(&mut self, row: &Row, number: i64) -> Result<(), Broken> {
        let told = self.requests.entry(number).or_default();
        let (was, kind) = (told.state.as_str(), &row.kind);
        let before = row.before["state"].as_str().unwrap_or_default();
        ensure(before == was, || format!("7: {kind} came after {before}, and was {was}"))?;
        let over = ["denied", "withdrawn", "lapsed", "ended", "failed"].contains(&was);
        ensure(!over, || format!("4: {kind} after {was}"))?;
        row.after["state"].as_str().unwrap_or_default().clone_into(&mut told.state);
        if !row.after["deadline"].is_null() {
            let of = |field: &str| row.after[field].clone();
            told.approval = json!([of("deadline"), of("extended"), of("extension")]);
        }
        Ok(())
    }

    /// Whether a request is stored as the log tells it.
    pub(crate) fn compare(&mut self, access: &Access) -> Result<(), Broken> {
        let number = access.request.number;
        let told = self.requests.entry(number.0).or_default();
        let status = access.status().name();
        ensure(told.state == status, || {
            format!("7: {number} is stored as {status}, and the log says {}", told.state)
        })?;
        let approval = access.approved().map_or(Value::Null, |approved| {
            json!([approved.deadline, approved.extended, approved.extension])
        });
        ensure(approval == told.approval, || {
            format!("7: {number} is approved as {approval}, and the log says {}", told.approval)
        })?;
        let (rows, moved) = (told.rows, access.request.version - told.version);
        ensure(moved <= rows && (moved == 0) == (rows == 0), || {
            format!("7: {number} moved by {moved} versions, with {rows} rows")
        })?;
        (told.rows, told.version) = (0, access.request.version);
        for grant in &access.grants {
            let Some(held) = self.grants.get_mut(&grant.id) else {
                return Err(format!("7: {} of {number} is in no row", grant.target));
            };
            let state = serde_json::to_value(&grant.state).map_err(|e| e.to_string())?;
            ensure(state == held.state && grant.version == held.rows, || {
                let (rows, told) = (held.rows, &held.state);
                format!("7: {state} (version {}) is told as {told} ({rows} rows)", grant.version)
            })?;
            let same = held.target == grant.target.to_string()
                && (held.account.is_empty() || held.account == grant.account);
            ensure(same, || format!("10: the grant of {} became {}", held.target, grant.target))?;
            held.account.clone_from(&grant.account);
        }
        Ok(())
    }
}
