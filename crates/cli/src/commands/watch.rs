//! `bellhop watch`: what happens, as it happens.

use std::collections::HashMap;

use bellhop_api::{Client, ClientError, Code, ListQuery, Request};
use bellhop_workstation::home::Home;

use crate::args::{self, Format};
use crate::follow::Changes;
use crate::{card, output, session};

/// Requests whose state is told at the beginning.
const MOST: u32 = 200;

/// Prints what is open and then each change of it, until Ctrl-C; or one request until it is over.
pub(crate) async fn run(home: &Home, format: Format, ask: args::Watch) -> anyhow::Result<()> {
    let client = session::client(home).await?;
    // Watching begins before the first look, so that no change falls in between.
    let mut changes = Changes::watch(home, &client).await?;
    let mut told = HashMap::new();
    if let Some(number) = ask.number {
        let mut request = session::reached(home, client.request(&number).await)?;
        tell(format, &request, &mut told)?;
        while !request.is_over() {
            request = changes.next_of(&request.number).await?;
            tell(format, &request, &mut told)?;
        }
        return Ok(());
    }
    for request in open(&client).await? {
        tell(format, &request, &mut told)?;
    }
    loop {
        let Some(number) = changes.next_number().await? else { continue };
        match client.request(&number).await {
            Ok(request) => tell(format, &request, &mut told)?,
            // It is somebody else's.
            Err(ClientError::Refused(problem))
                if matches!(problem.code, Code::NotFound | Code::Forbidden) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

async fn open(client: &Client) -> anyhow::Result<Vec<Request>> {
    let query = ListQuery { open: true, cursor: None, limit: Some(MOST) };
    let mut open = client.list_requests(&query).await?.items;
    open.reverse();
    Ok(open)
}

/// Tells a request when it differs from what was told last.
fn tell(
    format: Format,
    request: &Request,
    told: &mut HashMap<String, String>,
) -> anyhow::Result<()> {
    let now = session::now();
    let (number, state) = (&request.number, card::state(request));
    let deadline = request.deadline.map(|at| at.timestamp()).unwrap_or_default();
    // The time left alone is no news.
    let news = format!("{state} {deadline}");
    if told.insert(number.clone(), news.clone()).is_some_and(|old| old == news) {
        return Ok(());
    }
    if !output::line_for_programs(format, request)? {
        let time = now.format("%H:%M:%S");
        let (targets, until) = (request.targets.join(", "), card::until(request, now));
        let who = &request.requester;
        output::line(format!("{time}  {number}  {state}  {who}  {targets}  {until}").trim_end());
    }
    Ok(())
}
