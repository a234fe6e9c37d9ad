//! `bellhop contexts`

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use bellhop_api::{Client, ClientError, Code};
use bellhop_workstation::env::Environment;
use bellhop_workstation::home::Home;
use bellhop_workstation::kubeconfig::{Contexts, KubeconfigFiles, LedgerEntry, list_contexts};
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::args::Format;
use crate::{card, output, session};

#[derive(Serialize)]
struct Listed {
    name: String,
    file: PathBuf,
    current: bool,
    /// Whether Bellhop made it.
    bellhop: bool,
    /// The requests that need it.
    requests: BTreeSet<String>,
    /// When the last of them ends; none if that is not known.
    until: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
struct List {
    items: Vec<Listed>,
}

/// Lists the contexts of every kubeconfig file, and until when those of Bellhop's can be used.
pub(crate) async fn run(home: &Home, format: Format) -> anyhow::Result<()> {
    let files = KubeconfigFiles::from_environment(&Environment::read())?;
    let all = list_contexts(&files)?;
    let ledger = Contexts::new(home).ledger()?.contexts;
    let ends = if ledger.is_empty() { BTreeMap::new() } else { ends(home, &ledger).await? };
    let items = all.into_iter().map(|listed| {
        let ours = |entry: &&LedgerEntry| {
            listed.ours && entry.name.as_str() == listed.name && entry.path == listed.path
        };
        let known = ledger.iter().filter(ours);
        let requests: BTreeSet<_> =
            known.flat_map(|entry| entry.requests.iter().cloned()).collect();
        let until = requests.iter().filter_map(|number| ends.get(number).copied()).max();
        let (name, file) = (listed.name, listed.path);
        Listed { name, file, current: listed.current, bellhop: listed.ours, requests, until }
    });
    let list = List { items: items.collect() };
    if output::for_programs(format, &list)? {
        return Ok(());
    }
    if list.items.is_empty() {
        let paths: Vec<_> = files.paths().iter().map(|path| path.display().to_string()).collect();
        output::line(format!("No contexts in {}", paths.join(", ")));
        return Ok(());
    }
    let now = session::now();
    let rows = list.items.iter().map(|listed| row(listed, now)).collect();
    output::table(["CURRENT", "CONTEXT", "REQUEST", "UNTIL", "FILE"], rows);
    Ok(())
}

fn row(listed: &Listed, now: DateTime<Utc>) -> [String; 5] {
    let requests: Vec<_> = listed.requests.iter().map(String::as_str).collect();
    let unknown = if listed.bellhop { "unknown" } else { "" };
    [
        if listed.current { "*" } else { "" }.to_owned(),
        listed.name.clone(),
        requests.join("\n"),
        listed.until.map_or_else(|| unknown.to_owned(), |until| card::with_left(until, now)),
        listed.file.display().to_string(),
    ]
}

/// When each request ends that a context of ours was added for. The contexts are this machine's own
/// matter, so they are listed although nobody can tell.
async fn ends(
    home: &Home,
    ledger: &[LedgerEntry],
) -> anyhow::Result<BTreeMap<String, DateTime<Utc>>> {
    // None is started for this.
    let client = Client::on_socket(&home.socket())?;
    let numbers: BTreeSet<&String> = ledger.iter().flat_map(|entry| &entry.requests).collect();
    let mut ends = BTreeMap::new();
    for number in numbers {
        match client.request(number).await {
            Ok(request) => {
                ends.extend(request.deadline.map(|deadline| (number.clone(), deadline)));
            }
            Err(ClientError::Refused(problem)) if problem.code == Code::NotFound => {}
            Err(ClientError::Unreachable(why)) => {
                output::progress(format!(
                    "bellhop: no backend answers ({why}), so it is not known until when"
                ));
                break;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(ends)
}
