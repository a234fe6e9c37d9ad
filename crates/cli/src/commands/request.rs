//! `bellhop request`

use anyhow::bail;
use bellhop_api::{Client, ClientError, CreateRequest, EventStream, Request};
use bellhop_workstation::home::Home;

use crate::args::{self, Format};
use crate::{contexts, output, session};

/// Asks, and with `--wait` stays until the access works.
pub(crate) async fn run(home: &Home, format: Format, ask: args::Request) -> anyhow::Result<()> {
    let client = session::client(home)?;
    // Watching begins before asking, so that no change can fall in between.
    let events =
        if ask.wait { Some(session::reached(home, client.events(None).await)?) } else { None };
    let body = CreateRequest {
        targets: ask.targets,
        reason: ask.reason,
        duration_seconds: ask.duration.map(|span| u64::from(span.seconds())),
    };
    let mut request = session::reached(home, client.create_request(&body).await)?;
    if let Some(events) = events {
        output::progress(format!("{} submitted", request.number));
        request = until_settled(&client, request, events).await?;
    }
    if format == Format::Json {
        output::json(&request)?;
    }
    if !ask.wait {
        if format == Format::Table {
            submitted(&request);
        }
        return Ok(());
    }
    settled(home, format, &client, &request, ask.use_context).await
}

/// Follows a request until nothing is being set up any more.
async fn until_settled(
    client: &Client,
    mut request: Request,
    mut events: EventStream,
) -> Result<Request, ClientError> {
    let mut said = String::new();
    while request.status == "granting" {
        if said != request.label {
            output::progress(format!("{} {}", request.number, request.label));
            said.clone_from(&request.label);
        }
        let change = events.next().await?;
        if change.request.as_deref() == Some(&request.number) {
            request = client.request(&request.number).await?;
        }
    }
    Ok(request)
}

async fn settled(
    home: &Home,
    format: Format,
    client: &Client,
    request: &Request,
    use_context: bool,
) -> anyhow::Result<()> {
    if request.status != "active" {
        if format == Format::Table {
            output::request(request, session::now());
        }
        bail!("{} is {} and cannot be used", request.number, request.label.to_lowercase());
    }
    let details = client.access(&request.number).await?;
    let added = contexts::add(home, &details, use_context)?;
    if format == Format::Table {
        let open = request.grants.iter().filter(|g| g.state == "active").count();
        let all = request.grants.len();
        let count = if open < all { format!(" ({open} of {all} open)") } else { String::new() };
        let until = output::until(request, session::now());
        output::line(format!("{} {}{count} until {until}", request.number, request.label));
        for context in added {
            output::line(format!("Context {} was added. Try:", context.context));
            output::line(format!("  {}", context.try_it));
        }
        output::line(&request.ends_alone);
    }
    Ok(())
}

fn submitted(request: &Request) {
    output::line(format!("{} submitted: {}", request.number, request.label));
    output::line(&request.ends_alone);
    output::line(format!(
        "When it is active, use it with:\n  bellhop access {} --add-context",
        request.number
    ));
}
