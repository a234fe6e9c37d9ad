//! `bellhop audit`

use bellhop_api::{AuditEntry, AuditQuery};
use bellhop_workstation::home::Home;
use serde_json::Value;

use super::{export, verify};
use crate::args::{Audit, AuditList, Format};
use crate::{output, session};

/// Reads or checks the audit log.
pub(crate) async fn run(home: &Home, format: Format, ask: Audit) -> anyhow::Result<()> {
    match ask {
        Audit::List(ask) => list(home, format, ask).await,
        Audit::Verify { file: Some(file), .. } => verify::offline(format, &file),
        Audit::Verify { against: Some(file), .. } => verify::against(home, format, &file).await,
        Audit::Verify { .. } => verify::backend(home, format).await,
        Audit::Export { after, format } => export::run(home, after, format).await,
    }
}

async fn list(home: &Home, format: Format, ask: AuditList) -> anyhow::Result<()> {
    let client = session::client(home).await?;
    let limit = ask.limit;
    let (newest_first, mut query) = (ask.after.is_none(), AuditQuery::from(ask));
    let mut page = session::reached(home, client.audit(&query).await)?;
    // One call looks at so many rows and no more: the answer may be further on.
    while let (Some(next), true) = (&page.next, page.items.len() < limit as usize) {
        query.cursor = Some(next.clone());
        let mut more = client.audit(&query).await?;
        if newest_first {
            more.items.append(&mut page.items);
            let over = more.items.len().saturating_sub(limit as usize);
            more.items.drain(..over);
        } else {
            more.items.splice(0..0, page.items);
            more.items.truncate(limit as usize);
        }
        page = more;
    }
    if output::for_programs(format, &page)? {
        return Ok(());
    }
    let rows = page.items.iter().map(row).collect();
    output::table(["SEQ", "AT", "WHO", "WHAT", "SUBJECT", "DETAIL"], rows);
    Ok(())
}

fn row(entry: &AuditEntry) -> [String; 6] {
    let event = &entry.event;
    let text = |pointer: &str| {
        let found = event.pointer(pointer).and_then(Value::as_str);
        found.map(str::to_owned)
    };
    let number = text("/subject/number");
    let subject = match (number, text("/subject/target"), text("/subject/name")) {
        (Some(number), Some(target), _) => format!("{number} {target}"),
        (Some(number), None, _) => number,
        (None, _, name) => name.unwrap_or_default(),
    };
    [
        event.pointer("/seq").map(ToString::to_string).unwrap_or_default(),
        text("/at").map(|at| at.chars().take(19).collect()).unwrap_or_default(),
        text("/actor/handle").unwrap_or_else(|| "system".to_owned()),
        text("/kind").unwrap_or_default(),
        subject,
        detail(event),
    ]
}

/// The one thing about an event that a reader wants to see at once.
fn detail(event: &Value) -> String {
    let late = event.pointer("/after/late_ms").and_then(Value::as_i64);
    let reason = event.pointer("/after/reason").and_then(Value::as_str);
    let state = event.pointer("/after/state").and_then(Value::as_str);
    let found = event.pointer("/after/before/found").and_then(Value::as_str);
    if let (Some(found), Some("grant.observed")) =
        (found, event.pointer("/kind").and_then(Value::as_str))
    {
        return format!("was {found} before");
    }
    match (reason, late) {
        (Some("expired"), Some(late)) => format!("expired, {late} ms after the deadline"),
        (Some(reason), _) => reason.to_owned(),
        (None, _) => state.unwrap_or_default().to_owned(),
    }
}
