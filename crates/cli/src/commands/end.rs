//! `bellhop end`

use std::time::Duration;

use bellhop_api::{Client, ClientError, EventStream, Request};
use bellhop_workstation::home::Home;

use crate::args::{self, Format};
use crate::{agent, output, session};

/// How long to wait until the access is shown to be gone.
const PATIENCE: Duration = Duration::from_secs(20);

/// Ends the access and says what became of it.
pub(crate) async fn run(home: &Home, format: Format, ask: args::End) -> anyhow::Result<()> {
    let client = session::client(home)?;
    let events = session::reached(home, client.events(None).await)?;
    let mut request = client.end_request(&ask.number).await?;
    if !ask.no_wait {
        let number = request.number.clone();
        request = match tokio::time::timeout(PATIENCE, until_over(&client, request, events)).await {
            Ok(over) => over?,
            Err(_elapsed) => client.request(&number).await?,
        };
    }
    agent::release_ended(home, &client).await?;
    match format {
        Format::Json => output::json(&request)?,
        Format::Table => output::request(&request, session::now()),
    }
    if !ask.no_wait && !request.is_over() {
        anyhow::bail!(
            "{} is not shown to be gone yet. Bellhop keeps trying: bellhop show {}",
            request.number,
            request.number
        );
    }
    Ok(())
}

async fn until_over(
    client: &Client,
    mut request: Request,
    mut events: EventStream,
) -> Result<Request, ClientError> {
    while !request.is_over() {
        let change = events.next().await?;
        if change.request.as_deref() == Some(&request.number) {
            request = client.request(&request.number).await?;
        }
    }
    Ok(request)
}
