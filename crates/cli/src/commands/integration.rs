//! `bellhop integrations show`: one integration, whole.

use bellhop_api::{Client, ClientError, Code, Diagnosis, EndsAlone, Integration, Overdue, Plugin};
use bellhop_workstation::home::Home;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::integrations::{failing, listed, unprefixed};
use crate::args::Format;
use crate::{card, output, session};

#[derive(Serialize)]
struct Shown {
    integration: Integration,
    /// For admins, and where it is connected.
    diagnosis: Option<Diagnosis>,
}

/// Shows how it is and, to admins, how it is connected.
pub(crate) async fn show(
    home: &Home,
    format: Format,
    client: &Client,
    name: &str,
) -> anyhow::Result<()> {
    let integration = session::reached(home, client.integration(name).await)?;
    let diagnosis = session::reached(home, looked_closer(client, &integration).await)?;
    let shown = Shown { integration, diagnosis };
    if !output::for_programs(format, &shown)? {
        shown.lines(session::now()).iter().for_each(output::line);
    }
    Ok(())
}

/// The closer look; none where nothing is connected, or for who may not look.
pub(crate) async fn looked_closer(
    client: &Client,
    integration: &Integration,
) -> Result<Option<Diagnosis>, ClientError> {
    if integration.ends_alone.is_none() {
        return Ok(None);
    }
    match client.diagnosis(&integration.name).await {
        Ok(found) => Ok(Some(found)),
        Err(ClientError::Refused(problem)) if problem.code == Code::Forbidden => Ok(None),
        Err(error) => Err(error),
    }
}

impl Shown {
    fn lines(&self, now: DateTime<Utc>) -> Vec<String> {
        let Self { integration: one, diagnosis } = self;
        let mut lines = vec![format!("{}  {}, {}", one.name, one.kind, one.status)];
        let mut field = |name: &str, text: &str| {
            if !text.is_empty() {
                lines.push(format!("  {name:<10} {text}"));
            }
        };
        field("why", unprefixed(one, &one.why));
        field("missing", &one.missing_rights.join(", "));
        let read = one.synced_at.map(|at| format!(", read {}", card::ago(at, now)));
        field("resources", &format!("{}{}", listed(one), read.unwrap_or_default()));
        field("ends", one.ends_alone.map_or("", alone));
        for work in &one.failing {
            field("fails", &failing(one, work));
            field("", &format!("It is tried again {}", card::with_left(work.next_at, now)));
        }
        if let Some(found) = diagnosis {
            for (name, text) in shell(found) {
                field(name, &text);
            }
            for late in &found.overdue {
                field("overdue", &overdue(late, now));
            }
            for why in &found.unseen {
                field("not seen", unprefixed(one, why));
            }
        }
        lines
    }
}

fn alone(ends: EndsAlone) -> &'static str {
    match ends {
        EndsAlone::All { .. } => "at the deadline, also with Bellhop off",
        EndsAlone::NewSignIns => "new sign-ins at the deadline; the rest when Bellhop is on",
        EndsAlone::Nothing => "when Bellhop is on",
    }
}

/// What connecting kept of the shell, field by field.
pub(crate) fn shell(found: &Diagnosis) -> Vec<(&'static str, String)> {
    let Diagnosis { path, https_proxy, no_proxy, proxy, plugin, .. } = found;
    let mut fields = Vec::new();
    let settings = [("PATH", path), ("HTTPS_PROXY", https_proxy), ("NO_PROXY", no_proxy)];
    for (name, value) in settings {
        fields.extend(value.as_ref().map(|value| ("shell", format!("{name}={value}"))));
    }
    fields.extend(proxy.as_ref().map(|proxy| ("proxy", format!("connections take {proxy}"))));
    fields.extend(plugin.as_ref().map(|plugin| ("plugin", found_at(plugin))));
    fields
}

fn found_at(plugin: &Plugin) -> String {
    match &plugin.found {
        Some(place) => format!("{} is {place}", plugin.command),
        None => format!("{} is not on that PATH", plugin.command),
    }
}

/// What another installation should have taken away, in words.
pub(crate) fn overdue(late: &Overdue, now: DateTime<Utc>) -> String {
    let Overdue { installation, what, deadline, .. } = late;
    let since = card::ago(*deadline, now);
    format!("{what}, of installation {installation}, should have ended {since}")
}
