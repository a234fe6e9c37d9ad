//! Plays the audit log: each row begins where the one before it ended, and the last ones say what is
//! stored.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use bellhop_domain::Access;
use bellhop_store::audit::AuditRow;
use serde_json::{Value, json};

#[derive(Default)]
struct Played {
    /// The state that each grant's rows came to, and how many rows there were.
    grants: BTreeMap<String, (Value, i64)>,
    /// The same of each request's status.
    requests: BTreeMap<String, Vec<String>>,
}

/// Answers which statuses each request has had.
pub(crate) fn replay(
    rows: &[AuditRow],
    stored: &[Access],
) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let mut played = Played::default();
    for row in rows {
        let event: Value = serde_json::from_str(&row.text)?;
        played.play(&event).with_context(|| row.text.clone())?;
    }
    let (mut grants, mut requests) = (0, 0);
    for access in stored {
        let number = access.request.number.to_string();
        requests += 1;
        let said = played.requests.get(&number).and_then(|all| all.last());
        let status = access.status().name();
        ensure!(said.is_some_and(|said| said == status), "{number}: {said:?}, stored {status}");
        for grant in &access.grants {
            grants += 1;
            let (said, rows) =
                played.grants.get(&grant.id.to_string()).context("a grant without a row")?;
            ensure!(*rows == grant.version, "{rows} rows for version {}", grant.version);
            let state = serde_json::to_value(&grant.state)?;
            ensure!(within(&state, said), "{}: {said}, stored {state}", grant.target);
        }
    }
    ensure!(requests == played.requests.len(), "rows of requests that are not stored");
    ensure!(grants == played.grants.len(), "rows of grants that are not stored");
    let set = |(number, all): (String, Vec<String>)| (number, all.into_iter().collect());
    Ok(played.requests.into_iter().map(set).collect())
}

impl Played {
    fn play(&mut self, event: &Value) -> Result<()> {
        let subject = &event["subject"];
        match subject["kind"].as_str() {
            Some("grant") => {
                let id = subject["id"].as_str().context("an id")?.to_owned();
                let was = self.grants.get(&id);
                let before = was.map_or(&Value::Null, |(state, _)| state);
                ensure!(*before == event["before"], "the grant was {before}");
                let rows = was.map_or(0, |(_, rows)| *rows) + 1;
                self.grants.insert(id, (event["after"].clone(), rows));
            }
            Some("request") => {
                let number = number(subject)?;
                let all = self.requests.entry(number).or_default();
                let before = all.last().map_or(Value::Null, |last| json!(last));
                ensure!(before == event["before"]["state"], "the request was {before}");
                all.push(event["after"]["state"].as_str().context("a state")?.to_owned());
            }
            _ => {}
        }
        Ok(())
    }
}

fn number(subject: &Value) -> Result<String> {
    let number = &subject["number"];
    let text = number.as_str().map(str::to_owned);
    text.or_else(|| number.as_i64().map(|n| format!("R-{n}"))).context("a number")
}

/// Whether all that is stored was said; a row may say more.
fn within(stored: &Value, said: &Value) -> bool {
    let (Some(stored), Some(said)) = (stored.as_object(), said.as_object()) else { return false };
    stored.iter().all(|(name, value)| said.get(name) == Some(value))
}
