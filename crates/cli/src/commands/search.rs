//! `bellhop search`

use std::collections::BTreeSet;

use bellhop_api::{TargetItem, TargetQuery};
use bellhop_workstation::home::Home;

use crate::args::{self, Format};
use crate::{card, output, session};

/// Lists what the caller may request, the best match first.
pub(crate) async fn run(home: &Home, format: Format, ask: args::Search) -> anyhow::Result<()> {
    let client = session::client(home).await?;
    let q = ask.words.join(" ");
    let query = TargetQuery { q: q.clone(), limit: Some(ask.limit), cursor: None };
    let list = session::reached(home, client.targets(&query).await)?;
    if output::for_programs(format, &list)? {
        return Ok(());
    }
    if list.items.is_empty() {
        output::line(if q.trim().is_empty() {
            "Nothing is known that you may request: no flow lets you, or what is there was not read \
             yet. See: bellhop integrations"
                .to_owned()
        } else {
            format!("Nothing that you may request fits \"{q}\". See all of it: bellhop search")
        });
        return Ok(());
    }
    let rows = list.items.iter().map(row).collect();
    output::table(["TARGET", "APPROVED BY", "FOR", "AT MOST", "NOW"], rows);
    let why: BTreeSet<&String> = list.items.iter().filter_map(|i| i.closed.as_ref()).collect();
    for why in why {
        output::progress(format!("Closed: {why}"));
    }
    let shown = list.items.len();
    if list.next.is_some() {
        output::progress(format!(
            "These are {shown} of {}. More letters find fewer; --limit 200 shows more.",
            list.total
        ));
    }
    Ok(())
}

fn row(item: &TargetItem) -> [String; 5] {
    let length = |seconds: u32| card::length(u64::from(seconds));
    let now = match (&item.active, &item.closed) {
        (Some(number), _) => format!("active, {number}"),
        (None, Some(_)) => "closed".to_owned(),
        (None, None) => String::new(),
    };
    [
        item.target.clone(),
        by(&item.under.approval),
        length(item.under.default_seconds),
        length(item.under.max_seconds),
        now,
    ]
}

/// A flow that approves by itself is nobody.
fn by(approval: &str) -> String {
    if approval == "automatic" { "the flow, at once".to_owned() } else { approval.to_owned() }
}
