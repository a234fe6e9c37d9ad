//! `bellhop status`: what matters now, on one screen.

use bellhop_api::{Client, ListQuery, Me, Request};
use bellhop_workstation::home::Home;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::integrations::why;
use crate::args::Format;
use crate::{card, output, session};

/// Requests of one page; more than a screen are not told one by one.
const MOST: u32 = 200;

#[derive(Serialize)]
struct Status {
    me: Me,
    /// What the caller can decide.
    waits_for_you: Vec<Request>,
    /// The caller's own requests that are open or wait.
    yours: Vec<Request>,
    /// Integrations that do not work as they should, each with why.
    trouble: Vec<String>,
}

/// Who the caller is, what waits for them, what they have, and what is wrong.
pub(crate) async fn run(home: &Home, format: Format) -> anyhow::Result<()> {
    let client = session::client(home).await?;
    let status = session::reached(home, Status::read(&client).await)?;
    if !output::for_programs(format, &status)? {
        status.lines(session::now()).iter().for_each(output::line);
    }
    Ok(())
}

impl Status {
    async fn read(client: &Client) -> Result<Self, bellhop_api::ClientError> {
        let me = client.me().await?;
        let query = ListQuery { open: true, cursor: None, limit: Some(MOST) };
        let all = client.list_requests(&query).await?.items;
        let for_you = |one: &Request| one.waits.as_ref().is_some_and(|waits| waits.for_you);
        let (waits_for_you, others): (Vec<_>, Vec<_>) = all.into_iter().partition(for_you);
        let yours = others.into_iter().filter(|one| one.requester == me.handle).collect();
        let integrations = client.integrations().await?.items.into_iter();
        let trouble = integrations
            .filter(|one| one.status != "active" || !one.failing.is_empty())
            .map(|one| format!("{} is {}: {}", one.name, one.status, why(&one).join(". ")));
        Ok(Self { trouble: trouble.collect(), me, waits_for_you, yours })
    }

    fn lines(&self, now: DateTime<Utc>) -> Vec<String> {
        let mut lines = vec![format!("You are {} ({})", self.me.handle, self.me.role)];
        let told = |request: &Request| {
            let (number, state) = (&request.number, card::state(request));
            let (targets, until) = (request.targets.join(", "), card::until(request, now));
            format!("  {number}  {state}  {targets}  {until}").trim_end().to_owned()
        };
        let mut group = |title: &str, requests: &[Request]| {
            if !requests.is_empty() {
                lines.push(title.to_owned());
                lines.extend(requests.iter().map(told));
            }
        };
        group("Waits for you:", &self.waits_for_you);
        group("Yours:", &self.yours);
        if self.waits_for_you.is_empty() && self.yours.is_empty() {
            lines.push("You have no access open and nothing waits for you".to_owned());
        }
        if let Some(closed) = &self.me.closed {
            lines.push(
                "No new access is given, because the configuration does not read:".to_owned(),
            );
            lines.extend(closed.lines().map(|line| format!("  {line}")));
            lines.push("  Correct it, then: bellhop apply".to_owned());
        }
        if !self.trouble.is_empty() {
            lines.push("Does not work as it should:".to_owned());
            lines.extend(self.trouble.iter().map(|one| format!("  {one}")));
        }
        lines
    }
}
