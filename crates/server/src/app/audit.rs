//! Reading the audit log.

mod narrow;
mod table;
mod walk;

use bellhop_api::{
    AuditEntry, AuditPage, AuditQuery, AuditVerdict, Change, ExportFormat, ExportedRow,
};
use bellhop_domain::{Person, RequestNumber, Role};
use bellhop_store::audit::{self, AuditRow, Verdict};
use serde_json::Value;

use self::narrow::Narrow;
use self::walk::{About, Walk};
use super::cursor::Cursor;
use super::{App, AppError, Caller, requests};

/// Rows that an export holds in memory at a time.
const EXPORTED_AT_ONCE: i64 = 200;

/// Rows of the log, oldest first. Members see what concerns their own requests.
///
/// A call looks at a bounded number of rows, whatever it is narrowed down to: its page may have few,
/// and the next one goes on from where it stopped.
pub async fn list(app: &App, person: &Person, query: AuditQuery) -> Result<AuditPage, AppError> {
    let limit = usize::try_from(query.limit.unwrap_or(100).clamp(1, 1_000)).unwrap_or(100);
    let mut tx = app.store.read().await?;
    let request = match &query.request {
        Some(number) => Some(requests::visible(&mut tx, person, number).await?.request.number.0),
        None if person.role == Role::Member => {
            return Err(AppError::Forbidden(
                "the whole audit log is for auditors and admins. Name one of your requests".into(),
            ));
        }
        None => None,
    };
    let narrow = Narrow::of(&query)?;
    let pages = Cursor::of(&narrow.name(&query));
    let from = query.cursor.as_deref().map(|cursor| pages.read(cursor)).transpose()?;
    let span = narrow.span(&mut tx).await?;
    let mut walk = match query.after {
        Some(seq) => Walk::forward(from.unwrap_or(seq), span, request),
        None => Walk::backward(from.unwrap_or(i64::MAX), span, request),
    };
    let mut about = About::default();
    let mut items = Vec::with_capacity(limit);
    while items.len() < limit
        && let Some(row) = walk.next(&mut tx).await?
    {
        let mut entry = entry(&row)?;
        entry.targets = about.targets(&mut tx, &row, &entry.event).await?;
        if narrow.keeps(&entry) {
            items.push(entry);
        }
    }
    let next = walk.goes_on(&mut tx).await?.map(|seq| pages.write(seq));
    if query.after.is_none() {
        items.reverse();
    }
    Ok(AuditPage { items, next })
}

/// The first line of an export, if it has one that is no row.
pub fn export_head(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Jsonl => "",
        ExportFormat::Csv => table::HEAD,
    }
}

/// Where an export ends: the newest row when it began, so that it does end.
pub async fn export_end(app: &App, caller: &Caller) -> Result<i64, AppError> {
    let mut tx = app.store.glance().await?;
    may_export(&caller.now(&mut tx).await?.person)?;
    Ok(audit::head(&mut tx).await?.seq)
}

/// The next lines of an export, and the place to go on from; none when it is complete.
///
/// No transaction spans an export: it may take as long as its reader does, and the log only grows.
pub async fn export(
    app: &App,
    caller: &Caller,
    (after, end): (i64, i64),
    format: ExportFormat,
) -> Result<Option<(String, i64)>, AppError> {
    if after >= end {
        return Ok(None);
    }
    let mut tx = app.store.glance().await?;
    may_export(&caller.now(&mut tx).await?.person)?;
    let rows = audit::after(&mut tx, after, None, EXPORTED_AT_ONCE.min(end - after)).await?;
    let mut lines = String::new();
    for row in &rows {
        match format {
            ExportFormat::Jsonl => {
                ExportedRow { hash: &row.hash, event: &row.text }.write(&mut lines);
            }
            ExportFormat::Csv => lines.push_str(&table::line(&entry(row)?)?),
        }
    }
    Ok(rows.last().map(|last| (lines, last.seq)))
}

fn may_export(person: &Person) -> Result<(), AppError> {
    if person.role == Role::Member {
        let text = "exporting the audit log is for auditors and admins";
        return Err(AppError::Forbidden(text.to_owned()));
    }
    Ok(())
}

/// Walks the whole chain.
pub async fn verify(app: &App, person: &Person) -> Result<AuditVerdict, AppError> {
    if person.role == Role::Member {
        let text = "checking the audit log is for auditors and admins";
        return Err(AppError::Forbidden(text.to_owned()));
    }
    let mut tx = app.store.read().await?;
    Ok(match audit::verify(&mut tx).await? {
        Verdict::Intact(head) => {
            AuditVerdict { intact: true, seq: head.seq, head: Some(head.hash), why: None }
        }
        Verdict::Broken { seq, why } => {
            AuditVerdict { intact: false, seq, head: None, why: Some(why) }
        }
    })
}

/// Changes after a place in the log that the caller may see, and the place to go on from.
pub async fn changes(
    app: &App,
    caller: &Caller,
    after: i64,
) -> Result<(Vec<Change>, i64), AppError> {
    let mut tx = app.store.glance().await?;
    let rows = audit::after(&mut tx, after, None, 500).await?;
    // A stream stays open for long: who may see what is asked anew each time.
    let person = &caller.now(&mut tx).await?.person;
    let last = rows.last().map_or(after, |row| row.seq);
    let mut changes = Vec::with_capacity(rows.len());
    for row in rows {
        let number = row.request_number.map(|n| RequestNumber(n).to_string());
        let seen = match (&number, person.role) {
            (_, Role::Admin | Role::Auditor) => true,
            (Some(number), Role::Member) => {
                requests::visible(&mut tx, person, number).await.is_ok()
            }
            (None, Role::Member) => false,
        };
        if seen {
            let event = entry(&row)?.event;
            let kind = event.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
            changes.push(Change { seq: row.seq, kind, request: number });
        }
    }
    Ok((changes, last))
}

fn entry(row: &AuditRow) -> Result<AuditEntry, AppError> {
    let event = serde_json::from_str(&row.text).map_err(|e| {
        let table = "audit_events";
        bellhop_store::StoreError::Inconsistent {
            table,
            row: row.seq.to_string(),
            why: e.to_string(),
        }
    })?;
    Ok(AuditEntry { event, hash: row.hash.clone(), targets: Vec::new() })
}
