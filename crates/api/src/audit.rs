//! The audit log on the wire.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `GET /api/v1/audit`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    /// Only what concerns this request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// Rows after this place, oldest first; without it the newest rows, newest last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<i64>,
    /// At most this many, 1 to 1,000; 100 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// Rows of the audit log, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    /// The rows.
    pub items: Vec<AuditEntry>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// The event: schema, seq, prev, id, at, kind, actor, subject, before, after.
    pub event: Value,
    /// SHA-256 of the event's stored text, in hexadecimal.
    pub hash: String,
}

/// `GET /api/v1/audit/verify`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditVerdict {
    /// Whether every row fits the one before it.
    pub intact: bool,
    /// Place of the newest row, or of the first one that does not fit.
    pub seq: i64,
    /// Hash of the newest row, when intact.
    pub head: Option<String>,
    /// What does not fit, otherwise.
    pub why: Option<String>,
}
