//! What the API server wrote down about each round: whether the reference makes the calls that
//! Bellhop makes.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bellhop_e2e::cluster::Cluster;
use chrono::{DateTime, Utc};
use serde_json::Value;

const ACCOUNTS: &str = "system:serviceaccount:bellhop-system:";

/// How often each call was made.
pub(crate) type Calls = BTreeMap<String, usize>;

/// From when to when something was done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub(crate) from: DateTime<Utc>,
    pub(crate) to: DateTime<Utc>,
}

/// The calls of Bellhop's accounts, in the order in which they arrived.
pub(crate) struct Log(Vec<(DateTime<Utc>, String)>);

impl Log {
    /// `token` is that of Bellhop's own account; its other accounts are grantees'.
    pub(crate) fn read(cluster: &Cluster, token: &str) -> Result<Self> {
        let own = subject(token)?;
        let mut calls: Vec<_> = cluster
            .audit_log()?
            .iter()
            .filter_map(|event| {
                let user = event["user"]["username"].as_str()?;
                let at = event["requestReceivedTimestamp"].as_str()?;
                let at = DateTime::parse_from_rfc3339(at).ok()?.to_utc();
                user.starts_with(ACCOUNTS).then(|| (at, told(event, user == own)))
            })
            .collect();
        calls.sort();
        Ok(Self(calls))
    }

    /// What most rounds did; how many did something else. Once a minute the backend looks after
    /// the connected systems, which may fall into a round.
    pub(crate) fn usual(&self, windows: &[Window]) -> Result<(Calls, usize)> {
        let mut rounds: Vec<(Calls, usize)> = Vec::new();
        for window in windows {
            let calls = self.within(*window);
            match rounds.iter_mut().find(|(known, _)| *known == calls) {
                Some((_, count)) => *count += 1,
                None => rounds.push((calls, 1)),
            }
        }
        let (calls, count) =
            rounds.into_iter().max_by_key(|(_, count)| *count).context("no rounds")?;
        ensure!(count * 2 > windows.len(), "no two rounds are alike; the most usual: {calls:#?}");
        Ok((calls, windows.len() - count))
    }

    fn within(&self, window: Window) -> Calls {
        let mut calls = Calls::new();
        for (_, call) in self.0.iter().filter(|(at, _)| (window.from..=window.to).contains(at)) {
            *calls.entry(call.clone()).or_default() += 1;
        }
        calls
    }
}

/// `get namespaces customer1 200 as itself`
fn told(event: &Value, own: bool) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let object = &event["objectRef"];
    let mut resource = text(&object["resource"]);
    match resource.as_str() {
        // The others are made up for each round.
        "namespaces" | "clusterroles" => resource = format!("{resource} {}", text(&object["name"])),
        _ if object["subresource"].is_string() => {
            resource = format!("{resource}/{}", text(&object["subresource"]));
        }
        _ => {}
    }
    let who = if own { "itself" } else { "the grantee" };
    format!("{} {resource} {} as {who}", text(&event["verb"]), event["responseStatus"]["code"])
}

/// The user that a token is of.
fn subject(token: &str) -> Result<String> {
    let payload = token.split('.').nth(1).context("Bellhop's own token is not a JWT")?;
    let payload: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload)?)?;
    Ok(payload["sub"].as_str().context("Bellhop's own token names nobody")?.to_owned())
}
