//! The agent takes contexts away when their access ends, with no terminal open. In just-me mode
//! `bellhop serve` hosts it.

use std::time::Duration;

use bellhop_api::{Client, ClientError, Code};
use bellhop_workstation::home::Home;
use bellhop_workstation::kubeconfig::{Contexts, Released};
use bellhop_workstation::settings;
use tokio_util::sync::CancellationToken;

/// How long to wait before a broken event stream is opened again.
const PAUSE: Duration = Duration::from_millis(500);
/// A look without any event, in case one was missed or a file was locked at the time.
const AT_LEAST_EVERY: Duration = Duration::from_secs(30);

/// Watches for changes until `stop`.
pub(crate) async fn run(home: Home, client: Client, stop: CancellationToken) {
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => return,
            Err(error) = watch(&home, &client) => {
                tracing::debug!(%error, "watching for changes broke off");
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

async fn watch(home: &Home, client: &Client) -> anyhow::Result<std::convert::Infallible> {
    let mut events = client.events(None).await?;
    loop {
        release_ended(home, client).await?;
        // Only what ends access concerns it.
        let ended = async {
            while !takes_away(&events.next().await?.kind) {}
            Ok::<_, ClientError>(())
        };
        match tokio::time::timeout(AT_LEAST_EVERY, ended).await {
            Ok(ended) => ended?,
            Err(_elapsed) => {}
        }
    }
}

fn takes_away(kind: &str) -> bool {
    matches!(kind, "grant.revoking" | "grant.revoke_stuck" | "grant.ended" | "grant.apply_failed")
}

/// Takes away every context whose requests have nothing active any more. It takes no input and may
/// run at any time: what is right follows from the ledger and the backend alone.
pub(crate) async fn release_ended(home: &Home, client: &Client) -> anyhow::Result<()> {
    let contexts = Contexts::new(home).hopping_back(settings::read(home).settings.hop_back);
    for entry in contexts.ledger()?.contexts {
        for number in &entry.requests {
            if still_usable(client, number, &entry.integration).await? {
                continue;
            }
            told(&contexts.release(&entry.integration, number)?);
        }
    }
    // What could not go before; and another of us may be in the middle of it.
    told(&contexts.release_unneeded()?);
    Ok(())
}

fn told(released: &[Released]) {
    for gone in released {
        let (context, file) = (gone.entry.name.as_str(), gone.entry.file.display());
        tracing::info!(context, %file, "the context was taken away");
    }
}

async fn still_usable(
    client: &Client,
    number: &str,
    integration: &str,
) -> Result<bool, ClientError> {
    let request = match client.request(number).await {
        Ok(request) => request,
        Err(ClientError::Refused(problem)) if problem.code == Code::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let here = |target: &str| target.split('/').next() == Some(integration);
    Ok(request.grants.iter().any(|grant| here(&grant.target) && grant.state == "active"))
}
