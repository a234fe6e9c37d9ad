//! `bellhop end`

use std::time::Duration;

use bellhop_api::{ClientError, End, Request};
use bellhop_workstation::home::Home;

use crate::args::{self, Format};
use crate::follow::Changes;
use crate::{agent, output, session};

/// How long to wait until the access is shown to be gone.
const PATIENCE: Duration = Duration::from_secs(20);

/// Ends the access and says what became of it.
pub(crate) async fn run(home: &Home, format: Format, ask: args::End) -> anyhow::Result<()> {
    let client = session::client(home).await?;
    let changes = Changes::watch(home, &client).await?;
    let end = End { note: ask.note };
    let mut request = client.end_request(&ask.number, &end).await?;
    if !ask.no_wait {
        let number = request.number.clone();
        request = match tokio::time::timeout(PATIENCE, until_over(request, changes)).await {
            Ok(over) => over?,
            Err(_elapsed) => client.request(&number).await?,
        };
    }
    agent::release_ended(home, &client).await?;
    if !output::for_programs(format, &request)? {
        output::request(&request, session::now());
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

async fn until_over(mut request: Request, mut changes: Changes) -> Result<Request, ClientError> {
    while !request.is_over() {
        request = changes.next_of(&request.number).await?;
    }
    Ok(request)
}
