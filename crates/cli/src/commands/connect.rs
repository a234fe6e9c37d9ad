//! `bellhop connect` and `bellhop disconnect`

use anyhow::{Context, bail};
use bellhop_api::{
    Client, ConnectCheck, ConnectKubernetes, Disconnect, KubeconfigContext, ManifestQuery,
};
use bellhop_workstation::env::Environment;
use bellhop_workstation::home::Home;
use bellhop_workstation::kubeconfig::KubeconfigFiles;

use crate::args::{self, Connect, Format};
use crate::{ask, output, session};

/// Connects a system: shows the rights that it will be given, asks, and uses them.
pub(crate) async fn run(home: &Home, format: Format, what: Connect) -> anyhow::Result<()> {
    let Connect::Kubernetes(ask) = what;
    let client = session::client(home).await?;
    if ask.check {
        return check(home, format, &client, &ask).await;
    }
    if !ask.direct {
        let manifest = manifest(home, &client, &ask).await?;
        if ask.manifest {
            output::line(manifest.trim_end());
            return Ok(());
        }
        if !ask.yes {
            confirm(&manifest)?;
        }
    }
    let body = body(&ask)?;
    let connected = session::reached(home, client.connect(&ask.name, &body).await)?;
    if output::for_programs(format, &connected)? {
        return Ok(());
    }
    let integration = &connected.integration;
    output::line(format!(
        "{} is {}: Kubernetes {}, pinned to cluster {}",
        integration.name, integration.status, connected.version, connected.pin
    ));
    if !integration.why.is_empty() {
        output::line(&integration.why);
    }
    Ok(())
}

/// What the cluster will be given.
async fn manifest(
    home: &Home,
    client: &Client,
    ask: &args::ConnectKubernetes,
) -> anyhow::Result<String> {
    if !ask.new {
        let query = ManifestQuery::of(&ask.offer, &ask.namespaces);
        return session::reached(home, client.manifest(&ask.name, &query).await);
    }
    let found = session::reached(home, client.preview_connection(&ask.name, &body(ask)?).await)?;
    if !found.ready && !ask.manifest {
        let failed = found.checks.iter().filter(|check| check.failed());
        failed.flat_map(checked).for_each(output::progress);
        bail!("{} was not connected", ask.name);
    }
    found.manifest.context("what is asked for is no connection that can be made")
}

/// Says what connecting would come to, and fails when it would not work.
async fn check(
    home: &Home,
    format: Format,
    client: &Client,
    ask: &args::ConnectKubernetes,
) -> anyhow::Result<()> {
    let body = body(ask)?;
    let found = session::reached(home, client.preview_connection(&ask.name, &body).await)?;
    if !output::for_programs(format, &found)? {
        found.checks.iter().flat_map(checked).for_each(output::line);
    }
    if !found.ready {
        bail!("{} would not be connected", ask.name);
    }
    Ok(())
}

fn checked(check: &ConnectCheck) -> Vec<String> {
    let mark = match check.state.as_str() {
        "passed" => "ok  ",
        "failed" => "BAD ",
        _ => "?   ",
    };
    let mut lines = vec![format!("{mark}  {}", check.what)];
    let command =
        check.command.iter().map(|word| output::quoted(word)).collect::<Vec<_>>().join(" ");
    let missing = check.missing.join(", ");
    for text in [&check.why, &missing, &check.next, &command, &check.details] {
        if !text.is_empty() {
            lines.push(format!("      {text}"));
        }
    }
    lines
}

fn confirm(manifest: &str) -> anyhow::Result<()> {
    output::progress(manifest.trim_end());
    ask::agreed("\nApply this manifest with your kubeconfig context?", "the manifest above")
}

fn body(ask: &args::ConnectKubernetes) -> anyhow::Result<ConnectKubernetes> {
    Ok(ConnectKubernetes {
        admin: admin_context(ask.context.clone())?,
        offer: ask.offer.clone(),
        namespaces: ask.namespaces.clone(),
        direct: ask.direct,
        accept_stuck: ask.accept_stuck,
        new: ask.new,
    })
}

/// Takes away what connecting made, with the kubeconfig's context.
pub(crate) async fn disconnect(
    home: &Home,
    format: Format,
    ask: args::Disconnect,
) -> anyhow::Result<()> {
    let client = session::client(home).await?;
    let name = &ask.name;
    if !ask.yes {
        output::progress(if ask.forget {
            format!("{name} is forgotten. What Bellhop made there stays: its account and rights")
        } else {
            format!("Bellhop's account and rights in {name} are deleted, and {name} is forgotten")
        });
        ask::agreed("Go on?", "what is said above")?;
    }
    let body = Disconnect { admin: admin_context(ask.context.clone())?, forget: ask.forget };
    let done = session::reached(home, client.disconnect(name, &body).await)?;
    if output::for_programs(format, &done)? {
        return Ok(());
    }
    output::line(format!("{name} is not connected any more"));
    for what in done.removed {
        output::line(format!("  deleted {what}"));
    }
    Ok(())
}

/// The context that was named, as this shell would use it: it must work in the backend.
pub(crate) fn admin_context(context: Option<String>) -> anyhow::Result<KubeconfigContext> {
    Ok(KubeconfigContext {
        kubeconfig: kubeconfig_files()?,
        context,
        path: shell("PATH"),
        https_proxy: shell("HTTPS_PROXY").or_else(|| shell("https_proxy")),
        no_proxy: shell("NO_PROXY").or_else(|| shell("no_proxy")),
    })
}

fn kubeconfig_files() -> anyhow::Result<Vec<String>> {
    let files = KubeconfigFiles::from_environment(&Environment::read())?;
    let text = |path: &std::path::PathBuf| {
        let path = std::path::absolute(path)?;
        let text = path.to_str().context("a path in KUBECONFIG is not UTF-8")?;
        anyhow::Ok(text.to_owned())
    };
    files.paths().iter().map(text).collect()
}

/// What the exec plugins and connections of this shell would see.
fn shell(name: &str) -> Option<String> {
    std::env::var_os(name).and_then(|value| value.into_string().ok()).filter(|v| !v.is_empty())
}
