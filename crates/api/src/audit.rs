//! The audit log on the wire.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// `GET /api/v1/audit`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    /// Only what concerns this request.
    #[param(example = "R-1042")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// Only what this person did, by handle; `system` for what nobody did.
    #[param(example = "mira", max_length = 200)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// Only what is of this kind: a whole one, such as `grant.active`, or its first word.
    #[param(example = "grant", max_length = 200)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Only what concerns this integration, or access to it.
    #[param(example = "k8s-prod", max_length = 200)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration: Option<String>,
    /// Only what concerns targets with this in their text, whatever its case.
    #[param(example = "customer1", max_length = 200)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Only from this moment on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
    /// Only before this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// Only rows that say this somewhere: a name, a number, a reason, whatever its case.
    #[param(max_length = 200)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Rows after this place in the log; the newest ones when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<i64>,
    /// The `next` of the page before; with the same other parameters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// At most this many, 1 to 1,000; 100 when left out.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// Rows of the audit log, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditPage {
    /// The rows.
    pub items: Vec<AuditEntry>,
    /// Pass as `cursor` for the next page; none on the last. Opaque. A page of what is narrowed down
    /// may have few rows, or none, and yet not be the last.
    pub next: Option<String>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// The event: schema, seq, prev, id, at, kind, actor, subject, before, after.
    #[schema(value_type = Object)]
    pub event: Value,
    /// SHA-256 of the event's stored text, in hexadecimal.
    pub hash: String,
    /// The targets that it concerns: the grant's, or all of the request's. Not part of the log.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["k8s-prod/namespace/customer1:edit"]))]
    pub targets: Vec<String>,
}

/// `GET /api/v1/audit/export`: the rows as [`ExportedRow`]s, one a line, oldest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ExportQuery {
    /// Rows after this place; all of them when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<i64>,
    /// How rows are written; lines of JSON when left out.
    #[serde(default)]
    pub format: ExportFormat,
}

/// How the rows of an export are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// Exactly as they are stored and hashed: what `bellhop audit verify` checks.
    #[default]
    Jsonl,
    /// A table for people (RFC 4180), with a first line that names its columns.
    Csv,
}

/// A line of an export: `{"hash":"…","event":…}`, with the event exactly as it is stored, byte for
/// byte, so that the hash can be made from it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportedRow<'a> {
    /// SHA-256 of `event`, in hexadecimal.
    pub hash: &'a str,
    /// The event's stored text: canonical JSON (RFC 8785), which has no line breaks.
    pub event: &'a str,
}

impl<'a> ExportedRow<'a> {
    /// Reads a line, with or without its end; nothing when it is none of an export.
    pub fn read(line: &'a str) -> Option<Self> {
        let inner = line.trim_end_matches(['\n', '\r']).strip_prefix("{\"hash\":\"")?;
        let (hash, event) = inner.strip_suffix('}')?.split_once("\",\"event\":")?;
        Some(Self { hash, event })
    }

    /// Adds the row to `text` as a line.
    pub fn write(self, text: &mut String) {
        let Self { hash, event } = self;
        text.extend(["{\"hash\":\"", hash, "\",\"event\":", event, "}\n"]);
    }
}

/// `GET /api/v1/audit/verify`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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

#[cfg(test)]
mod tests {
    use super::ExportedRow;

    #[test]
    fn a_row_reads_back_as_written() {
        let row = ExportedRow { hash: "0f", event: r#"{"a":"\",\"event\":}"}"# };
        let mut text = String::new();
        row.write(&mut text);
        assert_eq!(ExportedRow::read(&text), Some(row));
        assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{text}");
        for other in ["", "{}", "{\"hash\":\"0f\"}", "{\"event\":{},\"hash\":\"0f\"}"] {
            assert_eq!(ExportedRow::read(other), None, "{other}");
        }
    }
}
