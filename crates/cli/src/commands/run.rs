//! `bellhop run`

use std::process::ExitCode;

use anyhow::Context;
use bellhop_api::{AccessDetails, Client, CreateRequest, End, Request};
use bellhop_domain::Target;
use bellhop_workstation::home::Home;

use super::request::{asked, not_usable, unless_stopped, until_settled};
use crate::follow::Changes;
use crate::{args, card, child, isolated, output, session};

/// Runs a command with access to one target: asks for it if there is none, waits until it works,
/// and ends as the command ended. The user's own kubeconfig is not touched.
pub(crate) async fn run(home: &Home, ask: args::Run) -> anyhow::Result<ExitCode> {
    // Nobody is asked to approve what cannot run.
    let program = child::found(&ask.command)?;
    let client = session::client(home).await?;
    let target = whole(home, &client, &ask).await?;
    let (request, details) = usable(home, &client, (&ask, &target)).await?;
    let here = details.kubernetes.into_iter().find(|a| a.integration == target.integration);
    let mut access = here.with_context(|| {
        format!("{} reaches no cluster in {}", request.number, target.integration)
    })?;
    if target.resource_type == "namespace" {
        access.namespaces = vec![target.resource.clone()];
    }
    // From here on a signal is the command's, so that the file below is always taken away.
    let signals = child::Signals::listen()?;
    let name = |context: &str| format!("{context}-{}", session::new_key());
    let own = isolated::make(home, &request.number, &access, name)?;
    let ended = child::run(&program, &ask.command, &own.path, signals).await;
    if ended.as_ref().is_ok_and(|code| *code == ExitCode::from(130)) {
        output::fresh_line();
    }
    let removed = isolated::remove(home, &own.path);
    let returned = if ask.end { give_back(&client, &request).await } else { Ok(()) };
    let mut code = ended?;
    for failed in [removed, returned].into_iter().filter_map(Result::err) {
        let of_failure = output::failed(&failed);
        if code == ExitCode::SUCCESS {
            code = of_failure;
        }
    }
    Ok(code)
}

/// The target that is meant. What is shorter than a whole one the backend knows.
async fn whole(home: &Home, client: &Client, ask: &args::Run) -> anyhow::Result<Target> {
    if let Ok(target) = ask.target.parse() {
        return Ok(target);
    }
    let preview = client.preview_request(&body(ask, &ask.target)).await;
    let preview = session::reached(home, preview)?;
    let meant = preview.requests.into_iter().flat_map(|plan| plan.targets).next();
    let meant = meant.with_context(|| format!("{} is no target", ask.target))?;
    output::progress(format!("{} is {meant}", ask.target));
    Ok(meant.parse()?)
}

/// A request of the caller's whose access to the target works, and how to use it.
async fn usable(
    home: &Home,
    client: &Client,
    (ask, target): (&args::Run, &Target),
) -> anyhow::Result<(Request, AccessDetails)> {
    let target = target.to_string();
    // Watching begins before asking, so that no change can fall in between.
    let changes = Changes::watch(home, client).await?;
    let mut open = isolated::open_requests(home, client).await?;
    open.retain(|request| may_open(request, &target));
    // What works already goes before what may work later.
    let known = open.into_iter().max_by_key(|r| (grant_is_active(r, &target), r.deadline));
    let request = match known {
        Some(request) => request,
        None => {
            let request = session::reached(home, asked(client, &body(ask, &target)).await)?;
            output::progress(format!("{} submitted", request.number));
            request
        }
    };
    let number = request.number.clone();
    let work = async {
        let request = until_settled(request, changes).await?;
        opened(&request, &target)?;
        let details = client.access(&request.number).await?;
        Ok((request, details))
    };
    unless_stopped(&number, work).await
}

/// Says until when the target is open under this request; refuses when it is not.
fn opened(request: &Request, target: &str) -> anyhow::Result<()> {
    if request.status != "active" {
        return Err(not_usable(request));
    }
    let number = &request.number;
    if !grant_is_active(request, target) {
        let grant = request.grants.iter().find(|grant| grant.target == target);
        let why = grant.and_then(|grant| grant.note.as_deref()).unwrap_or_default();
        anyhow::bail!("{number} did not open {target}. {why} See bellhop show {number}");
    }
    let until = card::until(request, session::now());
    output::progress(format!("{number} {} until {until}", card::state(request)));
    Ok(())
}

fn body(ask: &args::Run, target: &str) -> CreateRequest {
    CreateRequest {
        targets: vec![target.to_owned()],
        reason: ask.reason.clone(),
        duration_seconds: ask.duration.map(|span| u64::from(span.seconds())),
    }
}

/// Whether the target is open under this request, or may be soon.
fn may_open(request: &Request, target: &str) -> bool {
    let coming = |state: &str| matches!(state, "scheduled" | "applying" | "verifying" | "active");
    match request.status.as_str() {
        "pending" => request.targets.iter().any(|asked| asked == target),
        _ => request.grants.iter().any(|g| g.target == target && coming(&g.state)),
    }
}

fn grant_is_active(request: &Request, target: &str) -> bool {
    request.grants.iter().any(|grant| grant.target == target && grant.state == "active")
}

async fn give_back(client: &Client, request: &Request) -> anyhow::Result<()> {
    let ended = client.end_request(&request.number, &End::default()).await?;
    output::progress(format!("{} {}", ended.number, ended.label));
    Ok(())
}
