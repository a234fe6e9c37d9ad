//! `bellhop request`

use std::io::{self, IsTerminal as _};

use bellhop_api::{Again, Client, ClientError, CreateRequest, Request};
use bellhop_workstation::home::Home;
use tokio::signal::unix::{SignalKind, signal};

use super::explain;
use crate::args::{self, Format};
use crate::failure::{BrokenOff, Refused, Usage};
use crate::follow::Changes;
use crate::interactive::Chosen;
use crate::{card, contexts, interactive, output, session};

/// Asks, and with `--wait` stays until the access works or somebody said no.
pub(crate) async fn run(home: &Home, format: Format, ask: args::Request) -> anyhow::Result<()> {
    let client = session::client(home).await?;
    if ask.targets.is_empty() {
        return interactively(home, format, &client, ask).await;
    }
    let body = CreateRequest {
        targets: ask.targets,
        reason: ask.reason,
        duration_seconds: ask.duration.map(|span| u64::from(span.seconds())),
    };
    if ask.preview {
        return preview(home, format, &client, &body).await;
    }
    let how = How { wait: ask.wait, use_context: ask.use_context };
    carry_out(home, format, (&client, &body), how).await
}

/// What happens after asking.
struct How {
    wait: bool,
    use_context: bool,
}

/// Where nothing was named, what is needed is asked for, and waited for.
async fn interactively(
    home: &Home,
    format: Format,
    client: &Client,
    ask: args::Request,
) -> anyhow::Result<()> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Usage(
            "say what you need: bellhop request TARGET. What you may request: bellhop search"
                .to_owned(),
        )
        .into());
    }
    let Chosen { body, command } = interactive::choose(client, &ask).await?;
    output::progress(output::faint(&format!("$ {command}")));
    let how = How { wait: true, use_context: ask.use_context };
    carry_out(home, format, (client, &body), how).await
}

/// Asks, and waits if that was wished.
async fn carry_out(
    home: &Home,
    format: Format,
    (client, body): (&Client, &CreateRequest),
    how: How,
) -> anyhow::Result<()> {
    let changes = how.watch(home, client).await?;
    let request = session::reached(home, asked(client, body).await)?;
    for (typed, meant) in body.targets.iter().zip(&request.targets).filter(|(t, m)| t != m) {
        output::progress(format!("{typed} is {meant}"));
    }
    told(home, format, client, (request, changes, how)).await
}

/// Asks for the same as an earlier request, once more.
pub(crate) async fn again(home: &Home, format: Format, ask: args::Again) -> anyhow::Result<()> {
    let client = session::client(home).await?;
    let body = Again {
        reason: ask.reason,
        duration_seconds: ask.duration.map(|span| u64::from(span.seconds())),
    };
    let how = How { wait: ask.wait, use_context: ask.use_context };
    let changes = how.watch(home, &client).await?;
    let once = client.once(session::new_key());
    let request = match once.again(&ask.number, &body).await {
        Err(ClientError::Unreachable(_)) => once.again(&ask.number, &body).await,
        answer => answer,
    };
    let request = session::reached(home, request)?;
    told(home, format, &client, (request, changes, how)).await
}

impl How {
    /// Watching begins before asking, so that no change can fall in between.
    async fn watch(&self, home: &Home, client: &Client) -> anyhow::Result<Option<Changes>> {
        Ok(if self.wait { Some(Changes::watch(home, client).await?) } else { None })
    }
}

/// Says what came of a request that was just made; where it is watched, stays until it is settled.
async fn told(
    home: &Home,
    format: Format,
    client: &Client,
    (request, changes, how): (Request, Option<Changes>, How),
) -> anyhow::Result<()> {
    let Some(changes) = changes else {
        if !output::for_programs(format, &request)? {
            submitted(&request);
        }
        return Ok(());
    };
    output::progress(format!("{} submitted", request.number));
    let number = request.number.clone();
    let work = async {
        let request = until_settled(request, changes).await?;
        output::for_programs(format, &request)?;
        settled(home, format, client, &request, how.use_context).await
    };
    unless_stopped(&number, work).await
}

/// Says what asking would come to. What would be refused is a refusal.
async fn preview(
    home: &Home,
    format: Format,
    client: &Client,
    body: &CreateRequest,
) -> anyhow::Result<()> {
    let preview = session::reached(home, client.preview_request(body).await)?;
    let told = output::for_programs(format, &preview)?;
    for plan in preview.requests.iter().filter(|_| !told) {
        explain::comes_to(plan).iter().for_each(output::line);
    }
    match preview.refusal {
        Some(refusal) => Err(Refused(refusal.detail).into()),
        None => Ok(()),
    }
}

/// Asks once, also when the answer got lost and it is sent again.
pub(crate) async fn asked(client: &Client, body: &CreateRequest) -> Result<Request, ClientError> {
    let client = client.once(session::new_key());
    match client.create_request(body).await {
        Err(ClientError::Unreachable(_)) => client.create_request(body).await,
        answer => answer,
    }
}

/// Does what follows a request that was made, until whoever waits has had enough: then the request
/// goes on without them.
pub(crate) async fn unless_stopped<T>(
    number: &str,
    work: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    // Before the first word of `work`, which may be what somebody answers with Ctrl-C.
    let mut interrupts = signal(SignalKind::interrupt())?;
    tokio::select! {
        done = work => done,
        _ = interrupts.recv() => {
            output::fresh_line();
            Err(BrokenOff(format!(
                "{number} goes on without you. To see it: bellhop show {number}. To be rid of it: \
                 bellhop withdraw {number}, or bellhop end {number} once it is approved"
            ))
            .into())
        }
    }
}

/// Follows a request until nobody has to decide and nothing is being set up any more.
pub(crate) async fn until_settled(
    mut request: Request,
    mut changes: Changes,
) -> Result<Request, ClientError> {
    let mut said = String::new();
    while matches!(request.status.as_str(), "pending" | "granting") {
        let news = match who_decides(&request) {
            Some(who) => format!("{} {}. {who}", request.number, request.label),
            None => format!("{} {}", request.number, request.label),
        };
        if said != news {
            output::progress(&news);
            said = news;
        }
        request = changes.next_of(&request.number).await?;
    }
    Ok(request)
}

/// Who is waited for, until when, and what they type.
fn who_decides(request: &Request) -> Option<String> {
    let waits = request.waits.as_ref()?;
    let until = card::with_left(waits.lapses_at, session::now());
    let (who, number) = (card::who(waits), &request.number);
    Some(format!("Waits for {who}, until {until}: bellhop approve {number}"))
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
        return Err(not_usable(request));
    }
    let details = client.access(&request.number).await?;
    let added = contexts::add(home, &details, use_context)?;
    if format == Format::Table {
        let (number, state) = (&request.number, card::state(request));
        output::line(format!("{number} {state} until {}", card::until(request, session::now())));
        for context in added {
            output::line(format!("Context {} was added. Try:", context.context));
            output::line(format!("  {}", context.try_it));
        }
        output::line(&request.ends_alone);
    }
    Ok(())
}

/// Why there is nothing to use: what somebody decided is a refusal, everything else a failure.
pub(crate) fn not_usable(request: &Request) -> anyhow::Error {
    let number = &request.number;
    let decision = request.decision.as_ref();
    let by = decision.map(|decision| decision.by.as_str()).unwrap_or_default();
    let note = decision.map(|decision| decision.note.as_str()).filter(|note| !note.is_empty());
    let note = note.map(|note| format!(": {note}")).unwrap_or_default();
    match request.status.as_str() {
        "denied" => Refused(format!("{number} was denied by {by}{note}")).into(),
        "withdrawn" => Refused(format!("{number} was withdrawn by {by}")).into(),
        "lapsed" => {
            let text = "got no answer in time. Ask again if you still need it";
            Refused(format!("{number} {text}")).into()
        }
        _ => anyhow::anyhow!("{number} is {} and cannot be used", request.label.to_lowercase()),
    }
}

fn submitted(request: &Request) {
    output::line(format!("{} submitted: {}", request.number, request.label));
    if let Some(who) = who_decides(request) {
        output::line(who);
    }
    output::line(&request.ends_alone);
    output::line(format!(
        "When it is active, use it with:\n  bellhop access {} --add-context",
        request.number
    ));
}
