//! What the API server wrote down about each round: whether the reference makes the calls that
//! Bellhop makes.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bellhop_e2e::cluster::Cluster;
use chrono::{DateTime, Utc};
use serde_json::Value;

const ACCOUNTS: &str = "system:serviceaccount:bellhop-system:";

/// How often each call was made.
pub(crate) type Calls = BTreeMap<String, usize>;

/// Whether two sides made the same calls. When the one `asked_again` in every round, how often
/// that was is not compared.
pub(crate) fn same(calls: &Calls, reference: &Calls, asked_again: bool) -> bool {
    let repeated = |call: &str| {
        let asking = ["create selfsubject", "get rolebindings", "get namespaces kube-system"];
        asked_again && asking.iter().any(|start| call.starts_with(start))
    };
    let rest = |calls: &Calls| {
        let mut calls = calls.clone();
        calls.iter_mut().filter(|(call, _)| repeated(call)).for_each(|(_, count)| *count = 1);
        calls
    };
    rest(calls) == rest(reference)
}

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

    /// What the round with the fewest calls did, and how many rounds made more: because they had
    /// to ask again, or because the backend looked after the cluster meanwhile, as it does once a
    /// minute.
    pub(crate) fn fewest(&self, windows: &[Window]) -> Result<(Calls, usize)> {
        let total = |calls: &Calls| calls.values().sum::<usize>();
        let rounds: Vec<Calls> = windows.iter().map(|window| self.within(*window)).collect();
        let fewest = rounds.iter().min_by_key(|calls| total(calls)).context("no rounds")?.clone();
        let more = rounds.iter().filter(|calls| total(calls) > total(&fewest)).count();
        Ok((fewest, more))
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
