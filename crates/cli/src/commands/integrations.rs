//! `bellhop integrations`

use bellhop_api::{Client, FailingWork, Integration};
use bellhop_workstation::home::Home;

use super::integration;
use crate::args::{Format, Integrations, Look};
use crate::{output, session};

/// Lists the connected systems and how they are, or looks at one now.
pub(crate) async fn run(home: &Home, format: Format, ask: Integrations) -> anyhow::Result<()> {
    let client = session::client(home).await?;
    match ask.what {
        None => list(home, format, &client).await,
        Some(Look::Show { name }) => integration::show(home, format, &client, &name).await,
        Some(Look::Sync { name }) => {
            let one = session::reached(home, client.sync_integration(&name).await)?;
            looked_at(format, &one, |one| {
                format!("{}: {} can be asked for", one.name, counted(one))
            })
        }
        Some(Look::Check { name }) => {
            let one = session::reached(home, client.check_integration(&name).await)?;
            looked_at(format, &one, |one| {
                let why = if one.why.is_empty() {
                    "it answers, and no right is missing"
                } else {
                    &one.why
                };
                format!("{} is {}: {why}", one.name, one.status)
            })
        }
    }
}

fn looked_at(
    format: Format,
    one: &Integration,
    words: impl FnOnce(&Integration) -> String,
) -> anyhow::Result<()> {
    if !output::for_programs(format, one)? {
        output::line(words(one));
    }
    Ok(())
}

async fn list(home: &Home, format: Format, client: &Client) -> anyhow::Result<()> {
    let list = session::reached(home, client.integrations().await)?;
    if output::for_programs(format, &list)? {
        return Ok(());
    }
    if list.items.is_empty() {
        let folder = home.config_dir().display();
        output::line(format!(
            "No integrations. Define one in a TOML file in {folder}, then: bellhop apply"
        ));
        return Ok(());
    }
    let row = |i: &Integration| {
        [i.name.clone(), i.kind.clone(), i.status.clone(), listed(i), why(i).join(". ")]
    };
    let rows = list.items.iter().map(row).collect();
    output::table(["NAME", "KIND", "STATUS", "CAN BE ASKED FOR", "WHY"], rows);
    Ok(())
}

/// Everything that is not as it should be there, in short: its status, and the work that fails.
pub(crate) fn why(one: &Integration) -> Vec<String> {
    let status = Some(unprefixed(one, &one.why).to_owned()).filter(|why| !why.is_empty());
    let more: Vec<_> = match one.status.as_str() {
        "active" => one.failing.iter().map(|work| failing(one, work)).collect(),
        _ => fails_too(one).into_iter().collect(),
    };
    status.into_iter().chain(more).collect()
}

/// The work that fails where the status says why already: a system that does not answer fails all of
/// it, in about the same words.
pub(crate) fn fails_too(one: &Integration) -> Option<String> {
    let works: Vec<_> = one.failing.iter().map(|work| work.what.as_str()).collect();
    let text =
        || format!("Fails, too: {}. See: bellhop integrations show {}", works.join(", "), one.name);
    (!works.is_empty()).then(text)
}

/// Work that failed, in words.
pub(crate) fn failing(one: &Integration, work: &FailingWork) -> String {
    let FailingWork { what, times, why, .. } = work;
    let times = if *times == 1 { "once".to_owned() } else { format!("{times} times") };
    format!("{what} failed {times}: {}", unprefixed(one, why))
}

/// Reasons begin with the integration's name, which is told already wherever they are.
pub(crate) fn unprefixed<'a>(one: &Integration, why: &'a str) -> &'a str {
    why.strip_prefix(&one.name).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(why)
}

/// What is known of what can be asked for there.
pub(crate) fn listed(one: &Integration) -> String {
    if one.synced_at.is_none() { "not known yet".to_owned() } else { counted(one) }
}

fn counted(one: &Integration) -> String {
    match one.resources {
        1 => "1 resource".to_owned(),
        count => format!("{count} resources"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn all_that_is_wrong_is_told_and_nothing_twice() {
        let work = |work: &str, what: &str, times: u32, why: &str| {
            json!({ "work": work, "what": what, "times": times, "why": why,
                    "next_at": "2026-11-21T12:00:00Z" })
        };
        let mut one = json!({
            "name": "k8s", "kind": "kubernetes", "status": "active", "why": "k8s: it ends soon",
            "missing_rights": [], "ends_alone": null,
            "failing": [
                work("sweep", "looking", 3, "no right"), work("sync", "reading", 1, "k8s: no answer"),
            ],
        });
        let told = |one: &serde_json::Value| {
            why(&serde_json::from_value(one.clone()).expect("an integration"))
        };
        let all =
            ["it ends soon", "looking failed 3 times: no right", "reading failed once: no answer"];
        assert_eq!(told(&one), all);
        one["status"] = "degraded".into();
        one["why"] = "k8s: no answer".into();
        let short = "Fails, too: looking, reading. See: bellhop integrations show k8s";
        assert_eq!(told(&one), ["no answer", short]);
        one["failing"] = json!([]);
        assert_eq!(told(&one), ["no answer"]);
    }
}
