//! `bellhop list`

use bellhop_api::ListQuery;
use bellhop_workstation::home::Home;

use crate::args::{self, Format};
use crate::{output, session};

/// Lists requests, newest first.
pub(crate) async fn run(home: &Home, format: Format, ask: args::List) -> anyhow::Result<()> {
    let client = session::client(home)?;
    let query = ListQuery { open: ask.open, before: None, limit: Some(ask.limit) };
    let page = session::reached(home, client.list_requests(&query).await)?;
    if format == Format::Json {
        return output::json(&page);
    }
    if page.items.is_empty() {
        output::line("No requests. Ask for access with: bellhop request TARGET");
        return Ok(());
    }
    let now = session::now();
    let row = |request: &bellhop_api::Request| {
        let targets: Vec<_> = request.grants.iter().map(|g| g.target.as_str()).collect();
        [
            request.number.clone(),
            request.label.clone(),
            targets.join("\n"),
            request.requester.clone(),
            output::until(request, now),
        ]
    };
    let rows = page.items.iter().map(row).collect();
    output::table(["REQUEST", "STATE", "TARGET", "REQUESTER", "UNTIL"], rows);
    if page.next.is_some() {
        output::progress(format!("There are older ones; these are the newest {}.", ask.limit));
    }
    Ok(())
}
