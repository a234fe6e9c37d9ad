//! `bellhop list`

use bellhop_api::{ListQuery, Request, Waits};
use bellhop_workstation::home::Home;
use chrono::{DateTime, Utc};

use crate::args::{self, Format};
use crate::{card, output, session};

/// Lists requests: what waits for the caller, then the others, each newest first.
pub(crate) async fn run(home: &Home, format: Format, ask: args::List) -> anyhow::Result<()> {
    let client = session::client(home).await?;
    let query = ListQuery { open: ask.open, cursor: None, limit: Some(ask.limit) };
    let page = session::reached(home, client.list_requests(&query).await)?;
    for broken in &page.unreadable {
        output::progress(format!("bellhop: {broken}"));
    }
    if output::for_programs(format, &page)? {
        return Ok(());
    }
    if page.items.is_empty() && page.unreadable.is_empty() {
        output::line("No requests. Ask for access with: bellhop request TARGET");
        return Ok(());
    }
    let now = session::now();
    let (mine, others): (Vec<_>, Vec<_>) =
        page.items.iter().partition(|r| r.waits.as_ref().is_some_and(|waits| waits.for_you));
    let rows = mine.iter().chain(&others).map(|request| row(request, now)).collect();
    output::table(["REQUEST", "STATE", "TARGET", "REQUESTER", "WAITS FOR", "UNTIL"], rows);
    if let Some(first) = mine.first() {
        let number = &first.number;
        output::progress(format!("Decide with: bellhop approve {number}, bellhop deny {number}"));
    }
    if page.next.is_some() {
        output::progress(format!("There are older ones; these are the newest {}.", ask.limit));
    }
    Ok(())
}

fn row(request: &Request, now: DateTime<Utc>) -> [String; 6] {
    [
        request.number.clone(),
        card::state(request),
        request.targets.join("\n"),
        request.requester.clone(),
        request.waits.as_ref().map(waits_for).unwrap_or_default(),
        card::until(request, now),
    ]
}

fn waits_for(waits: &Waits) -> String {
    match (waits.for_you, waits.approvers.is_empty()) {
        (true, _) => "you".to_owned(),
        (false, true) => "nobody".to_owned(),
        (false, false) => waits.approvers.join("\n"),
    }
}
