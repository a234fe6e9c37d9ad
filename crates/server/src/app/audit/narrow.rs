//! What a list of the audit log is narrowed down to.

use bellhop_api::{AuditEntry, AuditQuery};
use bellhop_store::{Tx, audit};
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::AppError;

/// Longest word that rows are compared with, in characters.
const LONGEST: usize = 200;

/// What rows have to be like; what is left out, all are.
pub(super) struct Narrow {
    who: Option<String>,
    kind: Option<String>,
    integration: Option<String>,
    target: Option<String>,
    said: Option<String>,
    since: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
}

impl Narrow {
    pub(super) fn of(query: &AuditQuery) -> Result<Self, AppError> {
        let short = |name: &str, word: &Option<String>| match word {
            Some(word) if word.chars().count() > LONGEST => Err(AppError::Invalid(format!(
                "{name} has more than {LONGEST} characters, and nothing in the log is compared with so many"
            ))),
            word => Ok(word.clone().filter(|word| !word.is_empty())),
        };
        let lower = |word: Option<String>| word.map(|word| word.to_lowercase());
        Ok(Self {
            who: short("who", &query.who)?,
            kind: short("kind", &query.kind)?,
            integration: short("integration", &query.integration)?,
            target: lower(short("target", &query.target)?),
            said: lower(short("q", &query.q)?),
            since: query.since,
            until: query.until,
        })
    }

    /// What a cursor of this list is bound to.
    pub(super) fn name(&self, query: &AuditQuery) -> String {
        let way = if query.after.is_some() { "newer" } else { "older" };
        let request = query.request.as_deref().unwrap_or("all");
        let Self { who, kind, integration, target, said, since, until } = self;
        let words = [who, kind, integration, target, said];
        if words.iter().all(|word| word.is_none()) && since.is_none() && until.is_none() {
            return format!("audit {way} {request}");
        }
        format!("audit {way} {request} {words:?} {since:?} {until:?}")
    }

    /// The places in the log that count: from the first, and before the second. Rows are in the order
    /// of their times, so that their places are found without reading them.
    pub(super) async fn span(&self, tx: &mut Tx) -> Result<(i64, i64), AppError> {
        let since = match self.since {
            Some(at) => place(tx, at).await?,
            None => 0,
        };
        let until = match self.until {
            Some(at) => place(tx, at).await?,
            None => i64::MAX,
        };
        Ok((since, until))
    }

    pub(super) fn keeps(&self, AuditEntry { event, targets, .. }: &AuditEntry) -> bool {
        let word = |place: &str| event.pointer(place).and_then(Value::as_str);
        let is = |wanted: &Option<String>, fits: &dyn Fn(&str) -> bool| {
            wanted.as_deref().is_none_or(fits)
        };
        let whole_or_first = |wanted: &str| {
            word("/kind").is_some_and(|kind| {
                kind.strip_prefix(wanted)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        };
        let concerns = |name: &str| {
            let here = |target: &String| target.split('/').next() == Some(name);
            targets.iter().any(here) || word("/subject/name") == Some(name)
        };
        is(&self.who, &|who| word("/actor/handle").unwrap_or("system") == who)
            && is(&self.kind, &whole_or_first)
            && is(&self.integration, &concerns)
            && is(&self.target, &|part| targets.iter().any(|t| t.to_lowercase().contains(part)))
            && is(&self.said, &|part| {
                says(event, part) || targets.iter().any(|t| t.to_lowercase().contains(part))
            })
    }
}

/// Whether a value in it, and not the name of one, has this in its text.
fn says(value: &Value, part: &str) -> bool {
    match value {
        Value::Null | Value::Bool(_) => false,
        Value::Number(number) => number.to_string() == part.trim_start_matches('#'),
        Value::String(text) => text.to_lowercase().contains(part),
        Value::Array(items) => items.iter().any(|item| says(item, part)),
        Value::Object(fields) => {
            // Links of the chain are no words.
            let fields = fields.iter().filter(|(name, _)| *name != "prev" && *name != "hash");
            fields.map(|(_, value)| value).any(|value| says(value, part))
        }
    }
}

/// The place of the first row that was written at this moment or later.
async fn place(tx: &mut Tx, at: DateTime<Utc>) -> Result<i64, AppError> {
    let (mut low, mut high) = (1, audit::head(tx).await?.seq + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let row = audit::after(tx, middle - 1, None, 1).await?;
        match row.first() {
            Some(row) if row.at < at => low = row.seq + 1,
            Some(_) | None => high = middle,
        }
    }
    Ok(low)
}
