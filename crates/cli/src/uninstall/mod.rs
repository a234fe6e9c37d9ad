//! `bellhop uninstall`: ends what is open, takes Bellhop out of the clusters and the kubeconfig,
//! and removes its files. Each step is done before the next begins, and one that fails ends it:
//! nothing is removed that is still needed to take access away.

mod plan;

use std::time::Duration;

use anyhow::{Context as _, bail};
use bellhop_api::{Client, Disconnect, End, Request};
use bellhop_workstation::home::Home;
use bellhop_workstation::kubeconfig::Contexts;

use crate::commands::connect::admin_context;
use crate::follow::Changes;
use crate::{agent, args, ask, daemon, output, place, service, session};
use plan::Plan;

/// How long the ends of all access together may take.
const PATIENCE: Duration = Duration::from_mins(2);

/// Lists what is removed, asks, and removes it.
pub(crate) async fn run(home: &Home, ask: args::Uninstall) -> anyhow::Result<()> {
    let client = backend(home).await?;
    let plan = Plan::make(home, client.as_ref()).await?;
    if plan.is_empty() {
        output::line("Nothing of Bellhop is here");
        return Ok(());
    }
    plan.knows(&ask.forget)?;
    plan.lines().iter().for_each(output::progress);
    if !ask.yes {
        ask::agreed("\nRemove all of this?", "what is listed above")?;
    }
    if let Some(client) = &client {
        end_access(home, client, &plan.open).await?;
        for name in &plan.connected {
            leave(client, name, &ask).await?;
        }
    }
    for gone in Contexts::new(home).release_all()? {
        output::line(format!("The context {} is gone", gone.entry.name.as_str()));
    }
    if plan.service {
        service::systemctl(&["disable", "--now", service::UNIT])?;
        let unit = service::unit_file()?;
        std::fs::remove_file(&unit).with_context(|| unit.display().to_string())?;
        service::systemctl(&["daemon-reload"])?;
    }
    if let Some(start) = &plan.at_login {
        start.turn_off()?;
    }
    daemon::stop(home).await?;
    plan.remove_folders(home)?;
    output::line(
        "Bellhop is uninstalled. What is left is the program itself; delete it as you installed it",
    );
    Ok(())
}

/// The backend, which has to say what is open. Where there is no store there is none to ask.
async fn backend(home: &Home) -> anyhow::Result<Option<Client>> {
    if !home.store_file().exists() && daemon::lock_is_free(home)? {
        place::refuse_another(home)?;
        return Ok(None);
    }
    let client = session::client(home).await.context(
        "uninstalling begins with ending what is open, and for that the backend has to run",
    )?;
    Ok(Some(client))
}

async fn end_access(home: &Home, client: &Client, open: &[Request]) -> anyhow::Result<()> {
    let mut changes = Changes::watch(home, client).await?;
    for request in open {
        // One that is ending already says so.
        client.end_request(&request.number, &End::default()).await?;
    }
    let all_over = async {
        for request in open {
            let mut request = client.request(&request.number).await?;
            while !request.is_over() {
                request = changes.next_of(&request.number).await?;
            }
            output::line(format!("{} {}", request.number, request.label));
        }
        anyhow::Ok(())
    };
    match tokio::time::timeout(PATIENCE, all_over).await {
        Ok(ended) => ended?,
        Err(_elapsed) => bail!(
            "not all access is shown to be gone, and only Bellhop can take it away, so it stays. \
             bellhop list says what is open and why; uninstall again when that is over"
        ),
    }
    agent::release_ended(home, client).await
}

async fn leave(client: &Client, name: &str, ask: &args::Uninstall) -> anyhow::Result<()> {
    let forget = ask.forget.iter().any(|forgotten| forgotten == name);
    let body = Disconnect { admin: admin_context(None)?, forget };
    let done = client.disconnect(name, &body).await.with_context(|| {
        format!(
            "Bellhop's account and rights are still in {name}. Take them away with another context \
             (bellhop disconnect {name} --context NAME), or leave them there (--forget {name})"
        )
    })?;
    output::line(format!("{name} is not connected any more"));
    for what in done.removed {
        output::line(format!("  deleted {what}"));
    }
    Ok(())
}
